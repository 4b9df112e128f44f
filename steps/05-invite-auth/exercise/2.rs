//! Chapter 5: who may call? Users, under any name.
#![allow(dead_code, unused_imports)]

/// A call, or any other request for a user: only for callers who have shown that they know a password.
fn call(cx: &Cx, request: &mut Request) -> Result<Action, Reply> {
    cx.auth.proxy_authorize(request)?; // 407 Proxy Authentication Required
    let targets = cx.location.lookup(request).ok_or(Reply::new(404, "User Not Found"))?;
    request.record_route(); // so that BYE passes here, too
    Ok(relay(targets))
}
