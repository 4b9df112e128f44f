//! How the hosts answer the requests that reach them.

use whole_system::text;

use crate::exchange::parameter;
use crate::stage::Stage;

/// How a phone answers a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// It rings, then answers.
    Answers,
    /// It rings until the scene decides.
    Rings,
    /// It refuses at once, with this status line.
    Refuses(&'static str),
}

impl Stage {
    /// Sets how the phone at a host answers from now on.
    pub fn is(&mut self, host: u8, manner: Manner) {
        self.manners.insert(host, manner);
    }

    /// Gives the final answer of a ringing phone.
    pub fn decides(&mut self, host: u8, status: &str) {
        let invite = self.ringing.remove(&host).expect("it rings");
        self.answer(host, &invite, status);
    }

    /// Notes and answers a request that reached a host.
    pub(crate) fn take_request(&mut self, host: u8, request: &str) {
        let method = text::method(request).expect("it is a request");
        let refused = self.refused.contains(&(host, call_id(request)));
        // The server sends the ACK of a refusal by itself (RFC 3261 §17.1.1.3): not part of a scene.
        if !(method == "ACK" && refused) && self.is_new(host, request) {
            let how = if self.lines[&host].is_reliable() {
                " over TCP"
            } else {
                ""
            };
            let noted = format!("{host} gets {method}{how}{}", credentials(request));
            self.reached.push((host, noted));
        }
        match method {
            "ACK" => {}
            "INVITE" => self.take_call(host, request),
            "CANCEL" => {
                self.answer(host, request, "200 OK");
                // A repeated CANCEL finds nothing that rings.
                if self.ringing.contains_key(&host) {
                    self.decides(host, "487 Request Terminated");
                }
            }
            _ => self.answer(host, request, "200 OK"),
        }
    }

    fn take_call(&mut self, host: u8, request: &str) {
        match self.manners.get(&host).unwrap_or(&Manner::Answers) {
            Manner::Answers => {
                self.answer(host, request, "180 Ringing");
                self.answer(host, request, "200 OK");
            }
            Manner::Rings => {
                self.answer(host, request, "180 Ringing");
                self.ringing.insert(host, request.to_owned());
            }
            Manner::Refuses(status) => self.answer(host, request, status),
        }
    }

    /// Whether this is not a retransmission.
    fn is_new(&mut self, host: u8, request: &str) -> bool {
        let method = text::method(request).expect("it is a request");
        let via = text::header(request, "Via").expect("every request has Via");
        self.seen.insert(format!("{host} {method} {via}"))
    }

    fn answer(&mut self, host: u8, request: &str, status: &str) {
        let copied: String = text::lines(request)
            .filter(|(name, _)| {
                let copied = ["Via", "Record-Route", "From", "Call-ID", "CSeq"];
                copied.iter().any(|other| name.eq_ignore_ascii_case(other))
            })
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        let to = text::header(request, "To").expect("every request has To");
        let tag = if to.contains(";tag=") {
            String::new()
        } else {
            format!(";tag=t{host}")
        };
        if text::method(request) == Some("INVITE") && status.as_bytes()[0] >= b'3' {
            self.refused.insert((host, call_id(request)));
        }
        let contact = self.contact(host, &host.to_string());
        self.send(
            host,
            &format!(
                "SIP/2.0 {status}\r\n{copied}To: {to}{tag}\r\n\
                 Contact: <{contact}>\r\nContent-Length: 0\r\n\r\n"
            ),
        );
    }
}

fn call_id(request: &str) -> String {
    text::header(request, "Call-ID")
        .unwrap_or_default()
        .to_owned()
}

/// The credentials in a request, in words.
fn credentials(request: &str) -> String {
    let came: Vec<_> = text::lines(request)
        .filter(|(name, _)| name.to_ascii_lowercase().ends_with("authorization"))
        .map(|(name, value)| format!("{name} for {}", parameter(value, "realm").unwrap_or("?")))
        .collect();
    if came.is_empty() {
        String::new()
    } else {
        format!(" with {}", came.join(", "))
    }
}
