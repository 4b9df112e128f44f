//! What the hosts do with requests that reach them.

use whole_system::text;

use crate::exchange::parameter;
use crate::stage::Stage;

/// What a phone does when it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// It rings, and somebody answers.
    Answers,
    /// It rings, until the scene says what becomes of it.
    Rings,
    /// It refuses at once, with this status line.
    Refuses(&'static str),
}

impl Stage {
    /// How the phone at a host is from now on.
    pub fn is(&mut self, host: u8, manner: Manner) {
        self.manners.insert(host, manner);
    }

    /// What a phone that rings says at last.
    pub fn decides(&mut self, host: u8, status: &str) {
        let invite = self.ringing.remove(&host).expect("it rings");
        self.answer(host, &invite, status);
    }

    /// A request that reached a host: told, and answered.
    pub(crate) fn take_request(&mut self, host: u8, request: &str) {
        let method = text::method(request).expect("it is no response");
        let refused = self.refused.contains(&(host, call_id(request)));
        // The ACK of a refusal is the neighbour's (RFC 3261 §17.1.1.3), and no part of the scene.
        if !(method == "ACK" && refused) && self.is_new(host, request) {
            let how = if self.lines[&host].is_reliable() {
                " over TCP"
            } else {
                ""
            };
            let told = format!("{host} gets {method}{how}{}", credentials(request));
            self.told.push((host, told));
        }
        match method {
            "ACK" => {}
            "INVITE" => self.take_call(host, request),
            "CANCEL" => {
                self.answer(host, request, "200 OK");
                // One that comes a second time finds nothing that rings.
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

    /// Whether this is no retransmission.
    fn is_new(&mut self, host: u8, request: &str) -> bool {
        let method = text::method(request).expect("it is no response");
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

/// Which credentials came along.
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
