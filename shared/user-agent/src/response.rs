//! How the callee and the caller answer requests inside a call.

use sip_message::{HeaderName, Method, Request, Status};

use crate::call::Call;
use crate::print::line;

impl Call {
    /// A response of this end (§8.2.6, §12.1.1): the header fields that every response copies,
    /// Record-Route, and a Contact if it creates or confirms the dialog.
    pub(crate) fn response(&self, request: &Request, status: Status, body: &[u8]) -> Vec<u8> {
        let mut out = format!("SIP/2.0 {status} {}\r\n", status.reason_phrase());
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        let names = [HeaderName::RecordRoute, HeaderName::Via, HeaderName::From];
        for name in names {
            for value in request.raw(name) {
                line(&mut out, name.as_str(), &text(value));
            }
        }
        line(&mut out, "To", &self.to_with_tag(request));
        for name in [HeaderName::CallId, HeaderName::CSeq] {
            for value in request.raw(name) {
                line(&mut out, name.as_str(), &text(value));
            }
        }
        if *request.method() == Method::Invite && !status.is_refusal() {
            line(&mut out, "Contact", &format!("<{}>", self.phone.contact()));
        }
        if !body.is_empty() {
            line(&mut out, "Content-Type", "application/sdp");
        }
        line(&mut out, "Content-Length", &body.len().to_string());
        out.push_str("\r\n");
        let mut out = out.into_bytes();
        out.extend_from_slice(body);
        out
    }

    fn to_with_tag(&self, request: &Request) -> String {
        let to = String::from_utf8_lossy(request.value(HeaderName::To).unwrap_or_default());
        match (request.has_to_tag(), self.dialog.local.rsplit_once(";tag=")) {
            (false, Some((_, tag))) => format!("{to};tag={tag}"),
            _ => to.into_owned(),
        }
    }
}
