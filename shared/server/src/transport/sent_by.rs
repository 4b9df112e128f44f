use sip_message::{Arrival, Packet, parse};

/// The port of a Via that names none (RFC 3261 §18.1.1).
const SIP_PORT: u16 = 5060;

/// The port at which the sender of a request says it can be called: that of its topmost Via.
/// `None` for a response, whose topmost Via is ours.
pub(crate) fn sent_by_port(bytes: &[u8], arrival: Arrival) -> Option<u16> {
    match parse(bytes.to_vec(), arrival) {
        Ok(Packet::Request(request)) => {
            let via = request.top_via().ok()?;
            Some(via.port.unwrap_or(SIP_PORT))
        }
        _ => None,
    }
}
