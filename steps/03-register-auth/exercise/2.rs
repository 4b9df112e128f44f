//! Chapter 3: who may register? The registrar asks for a password.

/// The registrar (RFC 3261 §10.3): keeps the phone's Contact under the number in To, once the
/// phone has shown that it knows a password.
async fn register(cx: &Cx, request: &Request) -> Result<Action, Reply> {
    cx.auth.www_authorize(request)?; // 401 Unauthorized, with a challenge
    cx.location.save(request).await.map(Action::Reply)
}
