//! Chapter 5: who may call? Yours to write.
//!
//! Run it in this folder: `cargo run`
#![allow(dead_code, unused_imports)] // the tasks use everything; then this line can go

/// A call, or any other request for a user: every phone registered under the number gets it.
fn call(cx: &Cx, request: &mut Request) -> Result<Action, Reply> {
    let targets = cx.location.lookup(request).ok_or(Reply::new(404, "User Not Found"))?;
    request.record_route(); // so that BYE passes here, too
    Ok(relay(targets))
}
