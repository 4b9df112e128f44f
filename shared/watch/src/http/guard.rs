//! Which requests are answered: those that the page itself makes. Another web page open in the same
//! browser could otherwise read the messages, under a name of its own (DNS rebinding) or with
//! requests that it makes in the page's name.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::answer::Fault;

/// What the browser may load: this program's own files and nothing else.
const POLICY: &str = "default-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'; object-src 'none'";

/// The names by which this server is called.
#[derive(Debug, Clone)]
pub(super) struct Names(Arc<[String]>);

impl Names {
    /// The names of a server at an address.
    pub(super) fn of(address: SocketAddr) -> Self {
        let port = address.port();
        let names = [
            address.to_string(),
            format!("localhost:{port}"),
            format!("127.0.0.1:{port}"),
            format!("[::1]:{port}"),
        ];
        Self(names.into())
    }

    fn has(&self, name: &[u8]) -> bool {
        let Self(names) = self;
        names
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
    }

    /// Why a request is not one of the page; `None` if it is.
    fn fault(&self, headers: &HeaderMap) -> Option<&'static str> {
        let values =
            |name: HeaderName| headers.get_all(name).into_iter().map(HeaderValue::as_bytes);
        let mut hosts = values(header::HOST);
        let is_ours = hosts.next().is_some_and(|host| self.has(host)) && hosts.next().is_none();
        if !is_ours {
            return Some("This server answers to 127.0.0.1 and localhost alone: open it there.");
        }
        let is_own = |origin: &[u8]| {
            let name = origin.strip_prefix(b"http://");
            name.is_some_and(|name| self.has(name))
        };
        if !values(header::ORIGIN).all(is_own) {
            return Some("This request comes from another web page, so it is refused.");
        }
        let site = HeaderName::from_static("sec-fetch-site");
        let is_same = |site: &[u8]| matches!(site, b"same-origin" | b"none");
        if !values(site).all(is_same) {
            return Some("This request comes from another web site, so it is refused.");
        }
        None
    }
}

/// Refuses requests that are not the page's.
pub(super) async fn only_this_page(
    State(names): State<Names>,
    request: Request,
    next: Next,
) -> Response {
    match names.fault(request.headers()) {
        Some(fault) => Fault::new(StatusCode::FORBIDDEN, fault).into_response(),
        None => next.run(request).await,
    }
}

/// Adds what a browser must know about every answer.
pub(super) async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(fields: &[(&'static str, &str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            let name = HeaderName::from_static(name);
            headers.append(name, value.parse().unwrap());
        }
        let names = Names::of("127.0.0.1:8060".parse().unwrap());
        names.fault(&headers).is_some()
    }

    #[test]
    fn the_page_itself_is_answered() {
        assert!(!fault(&[("host", "127.0.0.1:8060")]));
        assert!(!fault(&[
            ("host", "LocalHost:8060"),
            ("origin", "http://localhost:8060")
        ]));
        assert!(!fault(&[
            ("host", "[::1]:8060"),
            ("sec-fetch-site", "same-origin")
        ]));
    }

    #[test]
    fn other_names_origins_and_sites_are_refused() {
        let own = ("host", "127.0.0.1:8060");
        assert!(fault(&[]));
        for host in [
            "127.0.0.1",
            "127.0.0.1:80",
            "evil.example:8060",
            "127.0.0.1.evil.example:8060",
        ] {
            assert!(fault(&[("host", host)]), "{host}");
        }
        assert!(fault(&[own, ("host", "evil.example")]), "two hosts");
        for origin in [
            "null",
            "http://evil.example",
            "https://127.0.0.1:8060",
            "http://127.0.0.1:80",
        ] {
            assert!(fault(&[own, ("origin", origin)]), "{origin}");
        }
        for site in ["cross-site", "same-site"] {
            assert!(fault(&[own, ("sec-fetch-site", site)]), "{site}");
        }
    }
}
