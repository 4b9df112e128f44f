//! What a stream that cannot be read is answered before it is closed.

use sip_message::{Arrival, FrameError, Method, Packet, Reply, Request, parse};

/// The answer to a stream that cannot be read any further: 400 or 513, to the request whose
/// head is at fault. `None` where nobody can be answered, or should not (an ACK, a response).
pub(crate) fn refusal(error: &FrameError, arrival: Arrival, tag: &str) -> Option<Vec<u8>> {
    let request = answerable(error.head.clone()?, arrival)?;
    Some(Reply::new(error.kind.status(), error.fault).to_bytes(&request, tag))
}

fn answerable(head: Vec<u8>, arrival: Arrival) -> Option<Request> {
    let request = match parse(head, arrival) {
        Ok(Packet::Request(request)) => request,
        Ok(Packet::Response(_)) => return None,
        Err(malformed) => *malformed.request?,
    };
    Some(request).filter(|request| *request.method() != Method::Ack)
}
