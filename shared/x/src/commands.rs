//! Runs the commands of a page, as a reader would type them, one after the other.

use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::course::Course;
use crate::failure::Failure;
use crate::port::free_port;
use crate::program::{Output, Program, cargo, finish, finish_child, plain, wait};
use crate::server::Server;
use crate::typed::{Typed, is_printed};
use crate::waiting::Waiting;
use crate::words::{PIPE, words};

/// The port of SIP, which the commands of a page mean unless they name another.
const SIP_PORT: &str = "5060";
/// How long a program before a bar may run on after the one behind it has ended.
const PATIENCE: Duration = Duration::from_secs(10);

/// One reader at one terminal: an empty folder to work in, and the server started last.
///
/// Servers listen on a free port in place of 5060, and phones ask there, so that nothing else on
/// the machine is in the way; a server goes on until the next one starts or the session ends.
#[derive(Debug)]
pub struct Session<'a> {
    course: &'a Course,
    folder: TempDir,
    port: String,
    server: Option<Server>,
    waiting: Option<Waiting>,
    watch: Option<Waiting>,
}

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It succeeded; this is its standard output.
    Ran(String),
    /// It is a server: it runs and answers.
    Serves,
    /// It is a phone that waits for a call, or the watch page, which waits for a reader.
    Waits,
    /// It needs this program, which is not installed.
    Missing(String),
}

impl<'a> Session<'a> {
    /// A new session in an empty folder.
    ///
    /// # Errors
    /// When no folder can be made or no port is free.
    pub fn new(course: &'a Course) -> Result<Self, Failure> {
        let port = free_port().ok_or_else(|| Failure::new("no port is free"))?;
        Ok(Self {
            course,
            folder: tempfile::tempdir()?,
            port: port.to_string(),
            server: None,
            waiting: None,
            watch: None,
        })
    }

    /// Runs one command of a page, and compares what it prints with what the page says. Where the
    /// page does not say anything, it must end well.
    ///
    /// # Errors
    /// When it fails, does not end, prints something else, or is a server that does not answer.
    pub fn play(&mut self, typed: &Typed) -> Result<Outcome, Failure> {
        let Some(says) = &typed.prints else {
            return self.run(&typed.command);
        };
        if typed.command.is_empty() {
            return self.expect_of_server(&format!("...\n{}\n...", says.trim_end()));
        }
        let at = |p: Failure| p.at(format!("`{}`", typed.command));
        match self.interpret(&typed.command).map_err(at)? {
            Happened::Ended(output) => {
                let printed = self.as_at_home(&(output.stdout + &output.stderr));
                expect(says, &printed).map_err(at)?;
                Ok(Outcome::Ran(printed))
            }
            Happened::Serves => self
                .expect_of_server(&format!("{}\n...", says.trim_end()))
                .map_err(at),
            Happened::Waits => {
                if let Some(waiting) = &mut self.waiting {
                    waiting.says = Some(says.clone());
                }
                Ok(Outcome::Waits)
            }
            Happened::Missing(program) => Ok(Outcome::Missing(program)),
        }
    }

    /// Runs one command line.
    ///
    /// # Errors
    /// When it fails, does not end, or is a server that does not answer.
    pub fn run(&mut self, line: &str) -> Result<Outcome, Failure> {
        let outcome = self.interpret(line).and_then(|happened| {
            Ok(match happened {
                Happened::Ended(output) => Outcome::Ran(well(output)?),
                Happened::Serves => Outcome::Serves,
                Happened::Waits => Outcome::Waits,
                Happened::Missing(program) => Outcome::Missing(program),
            })
        });
        outcome.map_err(|p| p.at(format!("`{line}`")))
    }

    /// Stops the server that runs, which must end well.
    ///
    /// # Errors
    /// When it does not end on an interrupt, or ends with an error.
    pub fn stop(&mut self) -> Result<(), Failure> {
        match self.server.take() {
            Some(server) => server.stop(),
            None => Ok(()),
        }
    }

    fn interpret(&mut self, line: &str) -> Result<Happened, Failure> {
        let words = words(line)?;
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["cargo", "run", rest @ ..] => self.cargo_run(line, rest),
            // Compiled but not run: the run may be the one this is called from.
            ["cargo", "test", rest @ ..] | ["cargo", "x", "test", rest @ ..] => {
                let mut cargo = cargo();
                cargo.arg("test").args(rest).arg("--no-run");
                plain(&mut cargo, &self.course.root);
                Ok(Happened::Ended(finish(cargo)?))
            }
            ["cargo", "x", verb, rest @ ..] => {
                let mut arguments = vec![*verb];
                arguments.extend(rest);
                // What somebody is writing, and may not have finished, is not the book's.
                if *verb == "check" && !arguments.contains(&"--finished") {
                    arguments.push("--finished");
                }
                // These two write into the workspace; looking is enough here.
                if ["docs", "ladders"].contains(verb) {
                    arguments = vec!["docs", "--check"];
                }
                let program = Program::built(self.course, "x", "x")?;
                Ok(Happened::Ended(program.run(&self.course.root, &arguments)?))
            }
            ["cargo", "install", ..] => Err(Failure::new(
                "it would install a program where the tests run: link to the instructions instead"
                    .to_owned(),
            )),
            [] => Err(Failure::new("an empty command")),
            words => self.pipeline(words),
        }
    }

    /// Other programs, the output of each the input of the next, as in `printf a | md5sum`.
    fn pipeline(&self, words: &[&str]) -> Result<Happened, Failure> {
        let mut programs = words.split(|word| *word == PIPE).peekable();
        let mut input = None;
        let mut before: Vec<Child> = Vec::new();
        while let Some(words) = programs.next() {
            let [program, arguments @ ..] = words else {
                return Err(Failure::new("an empty command"));
            };
            let mut command = Command::new(program);
            command.args(arguments.iter().map(|a| self.with_port(a)));
            plain(&mut command, self.folder.path());
            if let Some(input) = input.take() {
                command.stdin(Stdio::from(input));
            }
            let mut child = match command.spawn() {
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                    return Ok(Happened::Missing((*program).to_owned()));
                }
                Err(e) => return Err(e.into()),
                Ok(child) => child,
            };
            if programs.peek().is_none() {
                let output = finish_child(child)?;
                for mut child in before {
                    wait(&mut child, PATIENCE)?;
                }
                return Ok(Happened::Ended(output));
            }
            input = child.stdout.take();
            before.push(child);
        }
        Err(Failure::new("an empty command"))
    }

    /// `cargo run [-p PACKAGE] [-- ARGUMENTS]`, with the program cargo would build.
    fn cargo_run(&mut self, line: &str, words: &[&str]) -> Result<Happened, Failure> {
        let cut = words.iter().position(|w| *w == "--").unwrap_or(words.len());
        let (cargo, arguments) = words.split_at(cut);
        let arguments: Vec<String> = arguments
            .iter()
            .skip(1)
            .map(|a| self.with_port(a))
            .collect();
        let newest = self.course.chapters.last().map(|c| c.package());
        let package = match cargo {
            [] => newest.ok_or_else(|| Failure::new("steps/ has no chapter"))?,
            ["-p", package] => (*package).to_owned(),
            _ => {
                return Err(Failure::new(
                    "only `cargo run [-p PACKAGE] [-- ...]` is known".to_owned(),
                ));
            }
        };
        let program = Program::built(self.course, &package, &package)?;
        let mut arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let listen = format!("127.0.0.1:{}", self.port);
        if package == "phone" && !arguments.contains(&"--server") {
            arguments.extend(["--server", &listen]);
        }
        let ends = ["demo", "--help", "--version", "help"];
        if package == "phone" && arguments.contains(&"answer") {
            let command = program.command(self.folder.path(), &arguments);
            self.waiting = Some(Waiting::start(command, "waiting for a call")?);
            return Ok(Happened::Waits);
        }
        if package == "watch" && !arguments.contains(&"--help") {
            let command = program.command(self.folder.path(), &arguments);
            self.watch = Some(Waiting::start(command, "The page is at http://127.0.0.1:")?);
            return Ok(Happened::Waits);
        }
        if !package.starts_with("step-") || arguments.iter().any(|a| ends.contains(a)) {
            let output = program.run(self.folder.path(), &arguments)?;
            if package == "phone" && arguments.contains(&"call") {
                self.end_of_call()?;
            }
            return Ok(Happened::Ended(output));
        }
        self.stop()?;
        if !arguments.contains(&"--listen") {
            arguments.extend(["--listen", &listen]);
        }
        let command = program.command(self.folder.path(), &arguments);
        self.server = Some(Server::start(line, command, &listen)?);
        Ok(Happened::Serves)
    }

    /// The phone that was called ends; it must have printed what the page says.
    fn end_of_call(&mut self) -> Result<(), Failure> {
        let Some(mut waiting) = self.waiting.take() else {
            return Ok(());
        };
        let printed = self.as_at_home(&waiting.end()?);
        let says = waiting.says.take();
        says.map_or(Ok(()), |says| expect(&says, &printed))
            .map_err(|p| p.at("the phone that was called"))
    }

    /// The server that runs has printed this, or prints it soon.
    fn expect_of_server(&self, says: &str) -> Result<Outcome, Failure> {
        let server = self.server.as_ref();
        let server = server.ok_or_else(|| Failure::new("no server runs here"))?;
        let began = Instant::now();
        loop {
            match expect(says, &self.as_at_home(&server.printed())) {
                Err(_) if began.elapsed() < PATIENCE => thread::sleep(PATIENCE / 1000),
                ended => return ended.map(|()| Outcome::Serves),
            }
        }
    }

    /// A text of a program, with the port that the page names.
    fn as_at_home(&self, text: &str) -> String {
        text.replace(&self.port, SIP_PORT)
    }

    fn with_port(&self, word: &str) -> String {
        word.replace(SIP_PORT, &self.port)
    }
}

/// How a command went.
enum Happened {
    Ended(Output),
    Serves,
    Waits,
    Missing(String),
}

fn expect(says: &str, printed: &str) -> Result<(), Failure> {
    // Programs leave out 5060 in some places, where they name the free port of this session.
    let [bare_says, bare_printed] = [says, printed].map(|text| text.replace(":5060", ""));
    if is_printed(&bare_says, &bare_printed) {
        return Ok(());
    }
    Err(Failure::new(format!(
        "the page says\n{says}\nand this is printed\n{printed}"
    )))
}

/// The standard output of what ended well.
fn well(output: Output) -> Result<String, Failure> {
    if output.success {
        Ok(output.stdout)
    } else {
        let said = output.stdout + &output.stderr;
        Err(Failure::new(format!("failed: {said}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_reads_the_output_of_the_one_before_the_bar() {
        let course = Course::here().unwrap();
        let mut session = Session::new(&course).unwrap();
        let ran = session.run("printf 'a | b' | tr a c | cat").unwrap();
        assert_eq!(ran, Outcome::Ran("c | b".to_owned()));
        assert!(session.run("printf a |").is_err());
        assert!(session.run("printf a | ls --no-such-option").is_err());
    }

    #[test]
    fn a_failed_command_is_a_failure_and_an_unknown_one_is_missing() {
        let course = Course::here().unwrap();
        let mut session = Session::new(&course).unwrap();
        let missing = session.run("no-such-program-anywhere x").unwrap();
        assert_eq!(
            missing,
            Outcome::Missing("no-such-program-anywhere".to_owned())
        );
        assert!(session.run("cargo x diff 01 77").is_err());
    }

    #[test]
    fn the_tests_install_nothing_on_the_machine() {
        let course = Course::here().unwrap();
        let mut session = Session::new(&course).unwrap();
        let refusal = session.run("cargo install no-such-program").unwrap_err();
        assert!(refusal.to_string().contains("would install"), "{refusal}");
    }
}
