//! How a phone writes a request: which header fields, in which order.

use std::fmt::Write;

use crate::draft::Draft;
use crate::style::Style;

impl Draft {
    /// The request as bytes.
    pub(crate) fn print(&self, branch: &str) -> Vec<u8> {
        let (style, account) = self
            .phone
            .with(|state| (state.style, state.account.clone()));
        let mut out = format!("{} {} SIP/2.0\r\n", self.method, self.uri);
        let rport = match style {
            Style::Plain => ";rport",
            Style::Grandstream => "",
        };
        let sent_by = style.sent_by(&account);
        let via = format!(
            "SIP/2.0/{} {sent_by};branch={branch}{rport}",
            account.transport
        );
        line(&mut out, "Via", &via);
        for route in &self.routes {
            line(&mut out, "Route", route);
        }
        match style {
            Style::Plain => self.print_plain(&mut out),
            Style::Grandstream => self.print_grandstream(&mut out),
        }
        if let Some((content_type, _)) = &self.body {
            line(&mut out, "Content-Type", content_type);
        }
        let body = self.body.as_ref().map_or(&[][..], |(_, body)| body);
        line(&mut out, "Content-Length", &body.len().to_string());
        out.push_str("\r\n");
        let mut out = out.into_bytes();
        out.extend_from_slice(body);
        out
    }

    fn print_plain(&self, out: &mut String) {
        line(out, "Max-Forwards", &self.max_forwards.to_string());
        line(out, "From", &self.from);
        line(out, "To", &self.to);
        line(out, "Call-ID", &self.call_id);
        line(out, "CSeq", &format!("{} {}", self.cseq, self.method));
        self.print_headers(out);
        self.print_contact(out);
        self.print_expires(out);
    }

    fn print_grandstream(&self, out: &mut String) {
        line(out, "From", &self.from);
        line(out, "To", &self.to);
        self.print_contact(out);
        self.print_headers(out);
        line(out, "Call-ID", &self.call_id);
        line(out, "CSeq", &format!("{} {}", self.cseq, self.method));
        self.print_expires(out);
        line(out, "User-Agent", "Grandstream BT110 1.0.8.33");
        line(out, "Max-Forwards", &self.max_forwards.to_string());
    }

    fn print_headers(&self, out: &mut String) {
        for (name, value) in &self.headers {
            line(out, name, value);
        }
    }

    fn print_contact(&self, out: &mut String) {
        if let Some(contact) = &self.contact {
            line(out, "Contact", contact);
        }
    }

    fn print_expires(&self, out: &mut String) {
        if let Some(expires) = self.expires {
            line(out, "Expires", &expires.to_string());
        }
    }
}

pub(crate) fn line(out: &mut String, name: &str, value: &str) {
    // Writing to a String cannot fail.
    let _ = write!(out, "{name}: {value}\r\n");
}
