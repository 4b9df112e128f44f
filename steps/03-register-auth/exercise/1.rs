//! Chapter 3: who may register? Yours to write.
//!
//! Run it in this folder: `cargo run`
#![allow(dead_code, unused_imports)] // the tasks use everything; then this line can go

/// The registrar (RFC 3261 §10.3): keeps the phone's Contact under the number in To.
async fn register(cx: &Cx, request: &Request) -> Result<Action, Reply> {
    cx.location.save(request).await.map(Action::Reply)
}
