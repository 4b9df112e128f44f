//! Chapter 6: who needs to know? Nobody sees an answer of ours, and anybody may ask for one.

/// What becomes of a response to what was relayed (Kamailio's `onreply_route`), before it is passed on.
pub fn onreply_route(_: &Cx, response: &mut Response) -> Result<(), Reply> {
    response.remove_asserted_identity(); // a phone that answers was not asked who it is
    Ok(())
}
