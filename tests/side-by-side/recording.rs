//! Reads what the hosts hear from a recorded exchange: the snapshot of a chapter's tests.

use std::fs;
use std::path::Path;

use whole_system::text;

use crate::exchange::summary;

/// The server's own address on that stage.
const SERVER: &str = "192.168.1.15:5060";

/// What the hosts heard after they had registered, in the words of a scene.
///
/// # Panics
/// When the recording does not exist.
pub fn heard(chapter: &str, name: &str) -> String {
    let file = format!("../steps/{chapter}/tests/snapshots/exchanges__{name}.snap.sip");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let recording = fs::read_to_string(file).expect("the exchange was recorded");
    let (mut heard, mut answers) = (Vec::new(), Vec::new());
    for block in recording.split("--- ").skip(1) {
        let Some((title, message)) = block.split_once('\n') else {
            continue;
        };
        let message = message.trim_start();
        let from_server = title.contains(&format!("{SERVER} ->"));
        let is_point = !text::header(message, "CSeq")
            .is_some_and(|cseq| cseq.ends_with("REGISTER"))
            && text::method(message) != Some("ACK");
        match (from_server && is_point, text::method(message)) {
            (true, Some(method)) => heard.push(format!("{} gets {method}", receiver(title))),
            (true, None) => answers.push(summary(message)),
            // The next request: the answers to the last one are complete.
            (false, Some(_)) => heard.append(&mut answers),
            (false, None) => {}
        }
    }
    heard.append(&mut answers);
    heard.join("; ")
}

/// The host a message goes to: the last part of its address.
fn receiver(title: &str) -> &str {
    let (_, to) = title.split_once("-> ").expect("a title names both ends");
    let address = to.split(':').next().unwrap_or_default();
    address.rsplit('.').next().unwrap_or_default()
}
