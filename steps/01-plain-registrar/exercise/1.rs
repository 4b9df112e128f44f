//! Chapter 1: where is everybody? Yours to write.
//!
//! Run it in this folder: `cargo run`
#![allow(dead_code, unused_imports, unused_variables)] // until the last task; then this line can go

/// What becomes of one new request. A refusal is an `Err`, so `?` leaves the script as `exit`
/// leaves a ser.cfg.
pub async fn route(cx: &Cx, request: &mut Request) -> Result<Action, Reply> {
    Ok(Action::Drop)
}
