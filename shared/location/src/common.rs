//! Texts that consecutive REGISTERs have in common. They are made once: making them each time took a
//! third of the time of a save.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use sip_message::{Flow, Transport};

use crate::registration::seconds;

/// The last of each.
#[derive(Debug, Default)]
pub(crate) struct Common(Mutex<Last>);

#[derive(Debug, Default)]
struct Last {
    socket: Option<((Transport, SocketAddr), Arc<str>)>,
    date: Option<(u32, Arc<str>)>,
}

impl Common {
    /// The local end of a flow, as Kamailio writes a socket: `udp:192.0.2.15:5060`.
    pub(crate) fn socket(&self, flow: &Flow) -> Arc<str> {
        let key = (flow.transport, flow.local);
        let transport = match flow.transport {
            Transport::Udp => "udp",
            Transport::Tcp => "tcp",
        };
        let make = || format!("{transport}:{}", flow.local).into();
        last(&mut self.lock().socket, key, make)
    }

    /// The value of a Date header field (RFC 3261 §20.17).
    pub(crate) fn date(&self, at: SystemTime) -> Arc<str> {
        let make = || httpdate::fmt_http_date(at).into();
        last(&mut self.lock().date, seconds(at), make)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Last> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The address in such a text; `None` if it is unknown.
pub(crate) fn local(socket: &str) -> Option<SocketAddr> {
    let (_, address) = socket.split_once(':')?;
    address.parse().ok()
}

/// The text kept for `key`, made if another is kept.
fn last<K: PartialEq>(
    kept: &mut Option<(K, Arc<str>)>,
    key: K,
    make: impl FnOnce() -> Arc<str>,
) -> Arc<str> {
    match kept {
        Some((of, text)) if *of == key => Arc::clone(text),
        _ => {
            let text = make();
            *kept = Some((key, Arc::clone(&text)));
            text
        }
    }
}
