//! A program of the workspace: built if it is not fresh, run to its end within a limit.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use crate::course::Course;
use crate::failure::Failure;

/// A demonstration takes less than a second; compiling the tests once takes minutes.
const LIMIT: Duration = Duration::from_secs(600);

/// A program of this workspace, built and ready to run.
#[derive(Debug, Clone)]
pub struct Program {
    path: PathBuf,
}

/// What a program said, and whether it ended well.
#[derive(Debug, Clone)]
pub struct Output {
    /// Whether its exit code was 0.
    pub success: bool,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Program {
    /// The program `name` of the package `package`. One that `cargo test` or `cargo build` has
    /// just made is taken as it is; a missing or older one is built first.
    ///
    /// # Errors
    /// When it does not build.
    pub fn built(course: &Course, package: &str, name: &str) -> Result<Self, Failure> {
        let folder = target_folder()?;
        let path = folder.join(name).with_extension(env::consts::EXE_EXTENSION);
        if !is_fresh(&path, &course.root) {
            let mut build = cargo();
            build.current_dir(&course.root);
            build.args(["build", "--quiet", "--package", package, "--bin", name]);
            if folder.file_name() == Some(OsStr::new("release")) {
                build.arg("--release");
            }
            let built = build.status().map_err(|e| Failure::of("cargo", e))?;
            if !built.success() {
                return Err(Failure::new(format!("{package} does not build")));
            }
        }
        Ok(Self { path })
    }

    /// The program of a copy of a chapter, which is a workspace of its own in `folder`, relative to
    /// the course's.
    ///
    /// # Errors
    /// When it does not build; the compiler has said why on standard error.
    pub fn of_copy(course: &Course, folder: &Path, package: &str) -> Result<Self, Failure> {
        let target = target_folder()?;
        let mut build = cargo();
        build.current_dir(course.root.join(folder));
        build.args(["build", "--quiet", "--bin", package]);
        if target.file_name() == Some(OsStr::new("release")) {
            build.arg("--release");
        }
        if !build
            .status()
            .map_err(|e| Failure::of("cargo", e))?
            .success()
        {
            return Err(Failure::new(format!("{} does not build", folder.display())));
        }
        let path = target
            .join(package)
            .with_extension(env::consts::EXE_EXTENSION);
        Ok(Self { path })
    }

    /// Runs it in a folder, without colour, to its end.
    ///
    /// # Errors
    /// When it does not start, or does not end within ten minutes.
    pub fn run(&self, folder: &Path, arguments: &[&str]) -> Result<Output, Failure> {
        finish(self.command(folder, arguments)).map_err(|p| p.at(self.path.display()))
    }

    /// The command that runs it in a folder, without colour.
    pub fn command(&self, folder: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.path);
        command.args(arguments);
        plain(&mut command, folder);
        command
    }
}

/// Makes a command run in a folder, without colour, without input.
pub(crate) fn plain(command: &mut Command, folder: &Path) {
    command
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .env("COLUMNS", "100")
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
}

/// The cargo that started this program, or the one on the path.
pub(crate) fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Runs a command to its end.
pub(crate) fn finish(mut command: Command) -> Result<Output, Failure> {
    finish_child(command.spawn()?)
}

/// Waits for the end of what was started.
pub(crate) fn finish_child(mut child: Child) -> Result<Output, Failure> {
    let stdout = drain(child.stdout.take());
    let stderr = drain(child.stderr.take());
    let success = wait(&mut child, LIMIT)?;
    Ok(Output {
        success,
        stdout: stdout.join().unwrap_or_default(),
        stderr: stderr.join().unwrap_or_default(),
    })
}

/// Waits for a child's end, and kills it after the limit.
pub(crate) fn wait(child: &mut Child, limit: Duration) -> Result<bool, Failure> {
    let start = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status.success()),
            Ok(None) if start.elapsed() < limit => thread::sleep(Duration::from_millis(5)),
            Ok(None) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(Failure::new(format!("did not end within {limit:?}")));
            }
            Err(e) => return Err(e.into()),
        }
    }
}

/// Reads a pipe to its end beside the wait, so that a full pipe stops nobody.
pub(crate) fn drain(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            let _ = pipe.read_to_end(&mut bytes);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// Where cargo puts the programs of the profile this one was built with.
fn target_folder() -> Result<PathBuf, Failure> {
    let me = env::current_exe()?;
    let mut folder = me.parent();
    if folder.and_then(Path::file_name) == Some(OsStr::new("deps")) {
        folder = folder.and_then(Path::parent);
    }
    folder
        .map(Path::to_owned)
        .ok_or_else(|| Failure::new(format!("{}: not in a target folder", me.display())))
}

/// Whether the program was made from the sources below `root`, and none of them is newer. Cargo
/// lists them in a `.d` file beside it: `PROGRAM: SOURCE SOURCE ...`, spaces in a path escaped.
/// Two clones with one target folder make the same program in turns.
fn is_fresh(program: &Path, root: &Path) -> bool {
    let changed = |path: &Path| fs::metadata(path).and_then(|m| m.modified());
    let fresh = || -> Option<bool> {
        let built: SystemTime = changed(program).ok()?;
        let list = fs::read_to_string(program.with_extension("d")).ok()?;
        let (_, sources) = list.trim_end().split_once(": ")?;
        let sources = sources.replace("\\ ", "\0");
        Some(sources.split(' ').all(|source| {
            let source = PathBuf::from(source.replace('\0', " "));
            source.starts_with(root) && changed(&source).is_ok_and(|at| at <= built)
        }))
    };
    fresh().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use super::*;

    #[test]
    fn a_program_of_another_clone_with_the_same_target_folder_is_not_taken() {
        let folder = tempfile::tempdir().unwrap();
        let [mine, other] = ["mine", "my other"].map(|name| folder.path().join(name));
        for clone in [&mine, &other] {
            fs::create_dir(clone).unwrap();
            fs::write(clone.join("main.rs"), "").unwrap();
        }
        let program = folder.path().join("program");
        fs::write(&program, "").unwrap();
        let list = format!("{}: {}/main.rs\n", program.display(), other.display());
        let list = list.replace("my other", "my\\ other");
        fs::write(program.with_extension("d"), list).unwrap();
        assert!(is_fresh(&program, &other));
        assert!(!is_fresh(&program, &mine));
    }
}
