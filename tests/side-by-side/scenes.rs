//! The scenes, one function each. A scene forgets what it heard before its point.

mod calling;
mod connections;
mod forking;
mod groups;
mod registering;
mod routing;

pub use calling::*;
pub use connections::*;
pub use forking::*;
pub use groups::*;
pub use registering::*;
pub use routing::*;

use crate::exchange::Exchange;
use crate::stage::Stage;

/// Registers the phone at a host under its number, and forgets the messages.
fn registered(s: &mut Stage, host: u8) {
    registered_as(s, host, &host.to_string());
}

/// The same under another number.
fn registered_as(s: &mut Stage, host: u8, user: &str) {
    let ask = s.register(host, user);
    let first = s.play(&ask);
    if first.answer.starts_with("SIP/2.0 401") {
        s.play_again(&ask, &first, user, &format!("abc{user}"));
    }
    s.forget();
}

fn call_without_registering(s: &mut Stage) {
    let ask = s.ask("INVITE", 10, "10", "11");
    s.play(&ask);
}

fn whole_call(s: &mut Stage, host: u8, user: &str) {
    let ask = s.ask("INVITE", host, user, "11");
    let answered = s.play(&ask);
    rest_of_call(s, host, &answered, "");
}

/// The ACK and a BYE, if the call was answered.
fn rest_of_call(s: &mut Stage, host: u8, answered: &Exchange, extra: &str) {
    if !answered.answer.starts_with("SIP/2.0 200") {
        return;
    }
    let ack = answered.in_dialog("ACK", 1, extra);
    s.send(host, &ack);
    let bye = answered.in_dialog("BYE", 1_000, extra);
    s.play_text(host, &bye);
}

/// An INVITE from `from` that is challenged, and again with the answer of `user`.
fn authorized(s: &mut Stage, from: &str, callee: &str, user: &str, password: &str) {
    let ask = s.ask("INVITE", 10, from, callee);
    let challenged = s.play(&ask);
    s.forget();
    s.play_again(&ask, &challenged, user, password);
}
