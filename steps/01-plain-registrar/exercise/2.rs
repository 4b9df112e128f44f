//! Chapter 1: where is everybody? A registrar.
#![allow(unused_imports)]

/// What becomes of one new request. A refusal is an `Err`, so `?` leaves the script as `exit`
/// leaves a ser.cfg.
pub async fn route(cx: &Cx, request: &mut Request) -> Result<Action, Reply> {
    match request.method() {
        Method::Register => register(cx, request).await,
        _ => Ok(Action::Drop),
    }
}
