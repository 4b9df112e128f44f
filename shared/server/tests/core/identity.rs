//! Who a caller claims to be besides From (RFC 3325).

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use sip_message::Arrival;
use sip_server::{Limits, take_apart};

use super::harness::{Notes, caller, settings};
use super::messages::{invite, with};

#[test]
fn whom_a_caller_says_to_be_beside_from_goes_no_further() {
    let mut text = with(&invite(caller(), "b"), "Subject: boss");
    for name in [
        "P-Asserted-Identity",
        "p-asserted-IDENTITY ",
        "P-Preferred-Identity",
        "Remote-Party-ID",
    ] {
        text = with(&text, &format!("{name}: <sip:boss@example.com>"));
    }
    let settings = settings(Limits::default(), &Notes::default(), &Arc::default());
    let (mut core, ..) = take_apart(settings, Instant::now());
    let (flow, at) = (caller().0, SystemTime::UNIX_EPOCH);
    let arrival = Arrival { flow, at };
    let mut request = core.receive(text.into_bytes(), arrival).unwrap();
    request.remove_asserted_identity();
    let left = String::from_utf8(request.to_bytes()).unwrap();
    assert!(!left.contains("sip:boss"), "{left}");
    assert!(left.contains("Subject: boss"), "{left}");
}
