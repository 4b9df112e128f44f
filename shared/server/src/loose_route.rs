//! What a request's Routes prove and where they lead (RFC 3261 §16.4, §16.12).

use sip_message::HeaderName;

use crate::record_route::{Asking, OwnRoute, Route};
use crate::request::Request;
use crate::text::push_params;

/// Route entries of ours that one visit takes away: two a turn of a spiral. Bounds the work a
/// request with thousands of them makes.
const MAX_OWN_ROUTES: usize = 16;

impl Request {
    /// Takes our own Route entries away (§16.4). True when they prove that this request is
    /// inside a call which passed here before and goes on: they carry the signature that
    /// [`Request::record_route`] gave that call, and the Request-URI is where its other end is.
    #[track_caller]
    pub fn loose_route(&mut self) -> bool {
        self.note_asked();
        let (has_route, has_params) = (self.has_route(), self.uri_text().contains(';'));
        if !has_route && !has_params {
            return false;
        }
        self.loop_mark(); // of the request as it came
        if has_route && has_params {
            self.undo_strict_routing();
        }
        if has_params {
            self.strip_own_maddr();
        }
        self.remove_own_routes();
        self.notes.inside.is_some() && self.has_to_tag() && !self.leads_here()
    }

    /// A call leads to a phone: what is for this server itself is not relayed to it. Over a
    /// connection it leads to the phone at its other end, whatever the Contact says.
    #[track_caller]
    fn leads_here(&self) -> bool {
        let (uri, flow) = (self.uri(), self.arrival().flow);
        let is_here = uri.is_ok_and(|uri| self.myself().leads_here(&uri, &flow));
        is_here && self.notes.next_flow.is_none() && !self.has_route()
    }

    /// A strict router before us put our Record-Route into the Request-URI, and the real one
    /// behind the last Route (§16.4).
    fn undo_strict_routing(&mut self) {
        let own = self.asking(|asking, routes| {
            let (target, behind) = routes.split_last()?;
            let own = Route::of_uri(asking.request.uri_text());
            let own = asking.own(&own, target.uri, behind)?;
            Some((own, target.uri.to_owned()))
        });
        let Some((own @ OwnRoute::Inside { .. }, target)) = own else {
            return;
        };
        self.take(own);
        self.message.remove_last(HeaderName::Route);
        self.message.set_uri(&target);
    }

    fn remove_own_routes(&mut self) {
        let own = self.asking(|asking, routes| {
            let target = asking.request.uri_text();
            let own = |(at, route)| asking.own(route, target, &routes[at + 1..]);
            let visited = routes.iter().enumerate().take(MAX_OWN_ROUTES);
            visited.map_while(own).collect::<Vec<_>>()
        });
        let mut left = own.len();
        self.message.remove_first_while(HeaderName::Route, |_| {
            let is_own = left > 0;
            left = left.saturating_sub(1);
            is_own
        });
        for route in own {
            self.take(route);
        }
    }

    /// Takes what a Route of ours says. Of several, the last leads on.
    fn take(&mut self, route: OwnRoute) {
        (self.notes.next_flow, self.notes.next_local) = (None, None);
        match route {
            OwnRoute::Inside {
                proof,
                connection,
                local,
            } => {
                self.notes.inside = Some(proof);
                (self.notes.next_flow, self.notes.next_local) = (connection, local);
            }
            OwnRoute::Over => self.notes.is_after_call = true,
            OwnRoute::Unsigned => {}
        }
    }

    /// Reads the Routes, with what is known of the calls that go on.
    fn asking<T>(&self, read: impl FnOnce(Asking<'_>, &[Route<'_>]) -> T) -> T {
        let routes: Vec<Route<'_>> = self
            .message
            .list(HeaderName::Route)
            .map(Route::read)
            .collect();
        let calls = self.calls.borrow();
        let asking = Asking {
            myself: self.myself(),
            calls: &calls,
            request: &self.message,
            now: self.notes.came,
        };
        read(asking, &routes)
    }

    /// A `maddr` that names us has led the request here; it goes, with the port and transport
    /// that went with it (§16.4).
    fn strip_own_maddr(&mut self) {
        let flow = self.arrival().flow;
        let Some(uri) = self.message.uri().ok().and_then(|uri| uri.sip().copied()) else {
            return;
        };
        let came_by = |token: &str| token.eq_ignore_ascii_case(flow.transport.as_str());
        let transport = uri.params.value("transport");
        if !self.myself().is_my_maddr(&uri, &flow) || !transport.map_or(came_by("UDP"), came_by) {
            return;
        }
        let scheme = if uri.secure { "sips:" } else { "sip:" };
        let mut bare = scheme.to_owned();
        if let Some(user) = uri.user {
            bare.push_str(user);
            bare.extend(uri.password.into_iter().flat_map(|word| [":", word]));
            bare.push('@');
        }
        bare.push_str(&uri.host.to_string());
        push_params(&mut bare, uri.params, &["maddr", "transport"]);
        self.message.set_uri(&bare);
    }
}
