//! How long a call may ring.

use super::harness::{Server, ms};

#[test]
fn a_call_that_says_that_it_rings_again_and_again_is_cancelled_after_ten_minutes() {
    let mut server = Server::new();
    let invite = server.calls("b").remove(0);
    let mut cancelled = None;
    for minute in 0..20 {
        server.answered(&invite, 180, "t");
        let sent = server.passes(ms(60_000));
        if sent.iter().any(|sent| sent.start().starts_with("CANCEL")) {
            cancelled = cancelled.or(Some(minute + 1));
        }
    }
    assert_eq!(cancelled, Some(10));
}
