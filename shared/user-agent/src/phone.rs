//! What a phone is and knows, and how it sends.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sip_message::{Flow, Host, Request, Transport, Uri};
use sip_server::{Network, Timers, Unreachable};
use tokio::sync::Notify;

use crate::account::Account;
use crate::ids::Ids;
use crate::inbox::{Inbox, Outgoing};
use crate::nonce_uses::NonceUses;
use crate::repeat::{Repeat, Until};
use crate::style::Style;
use crate::wording::{AsWritten, Wording};

/// How long a phone waits before it reports that a message never came: longer than the 32 s after
/// which a transaction gives up (RFC 3261 §17, 64·T1).
const PATIENCE: Duration = Duration::from_secs(40);

/// A phone. This is a cheap handle: all its clones are the same phone.
#[derive(Clone)]
pub struct Phone {
    state: Arc<Mutex<State>>,
    /// Something came.
    news: Arc<Notify>,
    /// Something was sent, which real sockets hold back until they are polled for events, or a
    /// repetition was scheduled.
    nudge: Arc<Notify>,
}

pub(crate) struct State {
    pub(crate) name: String,
    pub(crate) account: Account,
    pub(crate) network: Box<dyn Network + Send>,
    pub(crate) ids: Ids,
    pub(crate) inbox: Inbox,
    pub(crate) style: Style,
    pub(crate) repeats: Vec<Repeat>,
    pub(crate) timers: Timers,
    patience: Duration,
    registration: Option<Registration>,
    pub(crate) nonce_uses: NonceUses,
    pub(crate) wording: Arc<dyn Wording>,
}

/// All registrations of a phone share a Call-ID and count one CSeq (RFC 3261 §10.2).
#[derive(Clone)]
pub(crate) struct Registration {
    pub(crate) call_id: String,
    pub(crate) tag: String,
    pub(crate) cseq: u32,
}

impl Phone {
    /// A phone with its account, its network and its source of ids. It receives nothing until
    /// [`Phone::live`] runs.
    pub fn new(account: Account, network: Box<dyn Network + Send>, ids: Ids) -> Self {
        let state = State {
            name: format!("phone {}", account.user),
            account,
            network,
            ids,
            inbox: Inbox::default(),
            style: Style::Plain,
            repeats: Vec::new(),
            timers: Timers::default(),
            patience: PATIENCE,
            registration: None,
            nonce_uses: NonceUses::default(),
            wording: Arc::new(AsWritten),
        };
        Self {
            state: Arc::new(Mutex::new(state)),
            news: Arc::default(),
            nudge: Arc::default(),
        }
    }

    /// Runs with the state, for a moment and never across a wait.
    pub(crate) fn with<T>(&self, run: impl FnOnce(&mut State) -> T) -> T {
        run(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Its name in messages to people: `phone 10`.
    pub fn name(&self) -> String {
        self.with(|state| state.name.clone())
    }

    /// Its account.
    pub fn account(&self) -> Account {
        self.with(|state| state.account.clone())
    }

    /// Its address-of-record: `sip:10@192.168.1.15`.
    pub fn address_of_record(&self) -> String {
        self.with(|state| format!("sip:{}@{}", state.account.user, state.account.domain))
    }

    /// Its Contact: `sip:10@192.168.1.10:5060`.
    pub fn contact(&self) -> String {
        self.with(|state| state.style.contact(&state.account))
    }

    /// Gives it another name in messages to people.
    pub fn rename(&self, name: impl Into<String>) {
        self.with(|state| state.name = name.into());
    }

    /// Changes the style of its messages.
    pub fn set_style(&self, style: Style) {
        self.with(|state| state.style = style);
    }

    /// Changes its preferred transport.
    pub fn set_transport(&self, transport: Transport) {
        self.with(|state| state.account.transport = transport);
    }

    /// Changes how long it waits at most.
    pub fn set_patience(&self, patience: Duration) {
        self.with(|state| state.patience = patience);
    }

    /// Calculates its digests with the names that its network sends in place of those it writes.
    pub fn set_wording(&self, wording: Arc<dyn Wording>) {
        self.with(|state| state.wording = wording);
    }

    /// The next branches, tags and Call-IDs can be given here.
    pub fn with_ids<T>(&self, give: impl FnOnce(&mut Ids) -> T) -> T {
        self.with(|state| give(&mut state.ids))
    }

    pub(crate) fn patience(&self) -> Duration {
        self.with(|state| state.patience)
    }

    pub(crate) fn news(&self) -> Arc<Notify> {
        self.news.clone()
    }

    pub(crate) fn nudge(&self) -> Arc<Notify> {
        self.nudge.clone()
    }

    /// Sends a message again until something comes, unless the transport delivers by itself.
    pub(crate) fn repeat(&self, outgoing: &Outgoing, until: Until, call_id: &str, cseq: u32) {
        if outgoing.0.transport.is_reliable() && until != Until::Ack {
            return;
        }
        self.with(|state| {
            let repeat = Repeat::new(outgoing.clone(), until, call_id, cseq, &state.timers);
            state.repeats.push(repeat);
        });
        self.nudge.notify_one();
    }

    /// Forgets its registration's Call-ID and CSeq, as a phone does after a power cut.
    pub fn reboot(&self) {
        self.with(|state| state.registration = None);
    }

    /// Sets the CSeq of its next REGISTER (100 unless set, as in the OpenSER paper).
    pub fn set_register_cseq(&self, cseq: u32) {
        self.with(|state| state.registration().cseq = cseq.saturating_sub(1));
    }

    /// Sends the answer to a request back to where the request came from, and again at each
    /// repetition.
    pub(crate) fn answer(&self, request: &Request, bytes: Vec<u8>) -> Outgoing {
        let outgoing = (request.arrival().flow, bytes);
        self.with(|state| {
            state.network.send(&outgoing.0, &outgoing.1);
            state.inbox.answered(request, outgoing.clone());
        });
        self.nudge.notify_one();
        outgoing
    }

    /// Sends bytes as they are to its server.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub fn send_raw(&self, bytes: &[u8]) -> Result<(), Unreachable> {
        self.with(|state| {
            let transport = state.account.transport;
            let server = state.account.server;
            let server_itself = sip_server::Account::at(server.ip());
            let flow = state.network.flow_to(transport, server, server_itself)?;
            state.network.send(&flow, bytes);
            self.nudge.notify_one();
            Ok(())
        })
    }

    /// Sends a request: inside a dialog to its first Route or its Request-URI, otherwise to the server
    /// (§8.1.2). If that cannot be reached, the request is lost, as on any network.
    pub(crate) fn dispatch(&self, next_hop: Option<&str>, bytes: &[u8]) -> Option<Flow> {
        self.with(|state| {
            let server = (state.account.transport, state.account.server);
            let (transport, remote) = next_hop.and_then(address_in).unwrap_or(server);
            let peer = sip_server::Account::at(remote.ip());
            let flow = state.network.flow_to(transport, remote, peer).ok()?;
            state.network.send(&flow, bytes);
            self.nudge.notify_one();
            Some(flow)
        })
    }
}

impl Registration {
    pub(crate) fn next_cseq(&mut self) -> u32 {
        self.cseq += 1;
        self.cseq
    }
}

impl State {
    pub(crate) fn registration(&mut self) -> &mut Registration {
        let host = self.account.local.ip().to_string();
        self.registration.get_or_insert_with(|| Registration {
            call_id: self.ids.call_id(&host),
            tag: self.ids.tag(),
            cseq: 99,
        })
    }
}

/// The transport and address of a SIP URI; `None` if its host is a domain.
fn address_in(uri: &str) -> Option<(Transport, SocketAddr)> {
    let uri = Uri::parse(uri).ok()?;
    let uri = uri.sip()?;
    let ip = match uri.host {
        Host::Name(_) => return None,
        host => host.ip()?,
    };
    let named = uri
        .params
        .value("transport")
        .and_then(Transport::from_token);
    let transport = named.unwrap_or(Transport::Udp);
    Some((transport, SocketAddr::new(ip, uri.port_or_default())))
}
