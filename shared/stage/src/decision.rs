//! What a script decided about a request, in words for those who watch.

use std::time::{SystemTime, UNIX_EPOCH};

use sip_control::watch::{Decision, Verdict};
use sip_message::Reply;
use sip_server::{Action, Request};

/// Microseconds since 1970.
pub fn micros(at: SystemTime) -> u64 {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

/// The decision about a request, made at `at`: what becomes of the request, why, and the lines of
/// the script that may have decided.
pub fn decision(at: SystemTime, request: &Request, decided: &Result<Action, Reply>) -> Decision {
    let (verdict, reply) = match decided {
        Ok(Action::Relay(_)) => (Verdict::Relayed, None),
        Ok(Action::RelayInDialog) => (Verdict::RelayedInDialog, None),
        Ok(Action::Drop) => (Verdict::Dropped, None),
        Ok(Action::Reply(reply)) | Err(reply) if !reply.status.is_refusal() => {
            (Verdict::Answered, Some(reply))
        }
        Ok(Action::Reply(reply)) | Err(reply) => (Verdict::Refused, Some(reply)),
    };
    let cseq = request
        .cseq()
        .map(|cseq| format!("{} {}", cseq.number, cseq.method));
    // A reply that a shared crate made does not say which line of the script asked for it.
    let made = reply.map(|reply| reply.place);
    let places = made.into_iter().chain(request.last_asked());
    Decision {
        at: micros(at),
        from: request.arrival().flow.remote.to_string(),
        call_id: request.call_id().unwrap_or_default().to_owned(),
        cseq: cseq.unwrap_or_default(),
        branch: request.top_via().map_or("", |via| via.branch()).to_owned(),
        verdict,
        answer: reply.map(|reply| (reply.status.code(), reply.reason.to_string())),
        because: reply.and_then(|reply| reply.why.clone()),
        places: places
            .map(|place| (place.file().to_owned(), place.line()))
            .collect(),
    }
}
