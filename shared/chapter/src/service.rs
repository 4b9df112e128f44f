//! What a chapter's `open` returns.

use std::rc::Rc;

use sip_server::{OnReply, Reply, Response};

/// A chapter's server, ready to serve.
pub struct Service<C> {
    /// The script's context.
    pub(crate) cx: C,
    /// The realm of every challenge, if it is always the same.
    pub(crate) realm: Option<String>,
    /// What is done to responses, if the chapter does anything.
    pub(crate) onreply_route: Option<OnreplyRoute<C>>,
}

/// A chapter's `onreply_route` (Kamailio's name): what it does to every response before the
/// server passes it on. See [`sip_server::OnReply`] for what a refusal means.
pub type OnreplyRoute<C> = fn(&C, &mut Response) -> Result<(), Reply>;

impl<C> Service<C> {
    /// A server that asks in the domain of the user, and passes responses on as they came.
    pub fn new(cx: C) -> Self {
        Self {
            cx,
            realm: None,
            onreply_route: None,
        }
    }

    /// Asks for passwords in this realm, if there is one. The start-up text shows it.
    #[must_use]
    pub fn in_realm(mut self, realm: Option<&str>) -> Self {
        self.realm = realm.map(str::to_owned);
        self
    }

    /// Runs every response through this function.
    #[must_use]
    pub fn on_reply(mut self, onreply_route: OnreplyRoute<C>) -> Self {
        self.onreply_route = Some(onreply_route);
        self
    }
}

/// What is done to responses: the chapter's `onreply_route`, or nothing.
pub(crate) fn on_reply<C: 'static>(cx: &Rc<C>, onreply_route: Option<OnreplyRoute<C>>) -> OnReply {
    let Some(onreply_route) = onreply_route else {
        return OnReply::default();
    };
    let cx = Rc::clone(cx);
    OnReply(Box::new(move |response| onreply_route(&cx, response)))
}
