//! The first minute without a phone: a server in a terminal offers to play a call.

use std::io::{self, BufRead, BufReader, Write};

use sip_stage::{Logins, Notes, Recording, Values, heading};

use crate::chapter::Chapter;
use crate::demo::{Listed, step};
use crate::keyboard::Keyboard;
use crate::program::Program;

/// Below the start-up text.
const OFFER: &str = "No phone? Press Enter, and two phones make a call here, on a stage inside \
                     this program.\n\n";

/// Offers a call if a person sits at the terminal, and plays it on a thread of its own. The server
/// goes on meanwhile.
pub(crate) fn offer(chapter: &Chapter, program: Program) {
    let Some(keyboard) = Keyboard::of_terminal() else {
        return;
    };
    let chapter = *chapter;
    let play = move || {
        let mut input = BufReader::new(keyboard);
        // Fails if the terminal is gone.
        let _ = play_on_request(&chapter, &program, &mut input, &mut anstream::stdout());
    };
    let thread = std::thread::Builder::new().name("first call".to_owned());
    // If the system refuses, the server has no offer to make.
    let _ = thread.spawn(play);
}

/// Plays the call each time when a line is typed, until the input ends.
fn play_on_request(
    chapter: &Chapter,
    program: &Program,
    input: &mut impl BufRead,
    out: &mut impl Write,
) -> io::Result<()> {
    out.write_all(OFFER.as_bytes())?;
    out.flush()?;
    while input.read_line(&mut String::new())? > 0 {
        let Some((listed, recording)) = first_call(chapter, program) else {
            return Ok(());
        };
        let title = format!("{} {}", listed.number(), recording.title);
        out.write_all(heading(&title).as_bytes())?;
        step(&recording.pieces(Notes::Brief), input, out)?;
        let package = chapter.package;
        let number = listed.number();
        writeln!(
            out,
            "The server is still running. To see this call as a picture, in another terminal:\n  \
             cargo run -p {package} -- demo {number} --ladder\n\
             Enter plays it again; Ctrl-C stops the server.\n"
        )?;
        out.flush()?;
    }
    Ok(())
}

/// The first exchange in which one phone calls another and is answered; without one, the first.
fn first_call<'a>(chapter: &'a Chapter, program: &Program) -> Option<(Listed<'a>, Recording)> {
    let play = |it: Listed<'_>| program.play(it.exchange, Values::as_written(), Logins::default());
    let played = Listed::all(chapter).map(|it| (it, play(it)));
    let found = played.into_iter().find(|(_, recording)| is_call(recording));
    found.or_else(|| Listed::all(chapter).next().map(|it| (it, play(it))))
}

fn is_call(recording: &Recording) -> bool {
    let mut names = recording.nodes.iter().map(|node| node.name.as_str());
    let only_phones = names.all(|name| name == "server" || name.starts_with("phone "));
    let is_answer = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        text.starts_with("SIP/2.0 200 ") && text.contains(" INVITE\r\n")
    };
    only_phones
        && recording
            .messages()
            .any(|message| is_answer(&message.bytes))
}
