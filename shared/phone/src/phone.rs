use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sip_message::{Flow, Host, Method, Packet, Reply, Request, Response, Transport, Uri};
use sip_server::{Network, Timers, Unreachable};
use tokio::sync::Notify;

use crate::call::Call;
use crate::dialog::Dialog;
use crate::draft::{Draft, Style};
use crate::ids::Ids;
use crate::inbox::{Inbox, Outgoing};
use crate::repeat::{Repeat, Until};
use crate::wanted::NeverCame;

/// How long a phone waits before it says that something never came: longer than the 32 s after
/// which a transaction gives up (RFC 3261 §17, 64·T1).
const PATIENCE: Duration = Duration::from_secs(40);

/// What is typed into a phone's settings.
#[derive(Debug, Clone)]
pub struct Account {
    /// The user part of its address-of-record: `10`.
    pub user: String,
    /// The domain of its address-of-record, as the user would write it: `192.168.1.15`.
    pub domain: String,
    /// Where it sends what has no route of its own.
    pub server: SocketAddr,
    /// Its own address, as it stands in Via and Contact.
    pub local: SocketAddr,
    /// The transport it prefers.
    pub transport: Transport,
}

/// A phone: a cheap handle, all clones of which are the same phone.
#[derive(Clone)]
pub struct Phone {
    state: Arc<Mutex<State>>,
    /// Something came.
    news: Arc<Notify>,
    /// Something is to be repeated from now on.
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
}

/// All registrations of a phone share a Call-ID and count one CSeq (RFC 3261 §10.2).
#[derive(Clone)]
struct Registration {
    call_id: String,
    tag: String,
    cseq: u32,
}

impl Phone {
    /// A phone with its account, the network it stands on, and its source of ids. It hears
    /// nothing until [`Phone::live`] runs.
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

    /// What it is called in messages to people: `phone 10`.
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

    /// Where it wants to be called: `sip:10@192.168.1.10:5060`.
    pub fn contact(&self) -> String {
        self.with(|state| state.style.contact(&state.account))
    }

    /// Calls it by another name in messages to people.
    pub fn rename(&self, name: impl Into<String>) {
        self.with(|state| state.name = name.into());
    }

    /// Writes its messages in another phone's manner from now on.
    pub fn set_style(&self, style: Style) {
        self.with(|state| state.style = style);
    }

    /// Prefers another transport from now on.
    pub fn set_transport(&self, transport: Transport) {
        self.with(|state| state.account.transport = transport);
    }

    /// Waits at most so long from now on.
    pub fn set_patience(&self, patience: Duration) {
        self.with(|state| state.patience = patience);
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

    /// Forgets its registration's Call-ID and CSeq, as a phone does that lost power.
    pub fn reboot(&self) {
        self.with(|state| state.registration = None);
    }

    /// Sets the CSeq of its next REGISTER (100 unless set, as in the OpenSER paper).
    pub fn set_register_cseq(&self, cseq: u32) {
        self.with(|state| state.registration().cseq = cseq.saturating_sub(1));
    }

    /// A REGISTER with its Contact for 150 seconds (§10.2), to be changed before it is sent.
    pub fn new_register(&self) -> Draft {
        let (registration, domain) = self.with(|state| {
            let registration = state.registration();
            registration.cseq += 1;
            (registration.clone(), state.account.domain.clone())
        });
        let aor = self.address_of_record();
        Draft::new(self, Method::Register, format!("sip:{domain}"))
            .dialog(&registration.call_id, registration.cseq)
            .from(format!("<{aor}>;tag={}", registration.tag))
            .to(format!("<{aor}>"))
            .contact(format!("<{}>", self.contact()))
            .expires(150)
    }

    /// Registers for 150 seconds and waits for the 200.
    ///
    /// # Panics
    /// When another final response comes, or none.
    pub async fn register(&self) -> Response {
        self.new_register().send().answer(200).await
    }

    /// Takes all of its bindings away (§10.2.2): `Contact: *`, and waits for the 200.
    ///
    /// # Panics
    /// When another final response comes, or none.
    pub async fn unregister_all(&self) -> Response {
        let draft = self.new_register().contact("*").expires(0);
        draft.send().answer(200).await
    }

    /// A request out of any call to a user of its server, or to a whole URI.
    pub fn new_request(&self, method: Method, to: &str) -> Draft {
        let (uri, call_id, tag) = self.with(|state| {
            let uri = match to.contains(':') {
                true => to.to_owned(),
                false => format!("sip:{to}@{}", state.account.domain),
            };
            let host = state.account.local.ip().to_string();
            (uri, state.ids.call_id(&host), state.ids.tag())
        });
        Draft::new(self, method, uri.clone())
            .dialog(&call_id, 1)
            .from(format!("<{}>;tag={tag}", self.address_of_record()))
            .to(format!("<{uri}>"))
    }

    /// An INVITE with its Contact and a session description, to be changed before it is sent.
    pub fn new_invite(&self, to: &str) -> Draft {
        let draft = self.new_request(Method::Invite, to);
        draft
            .contact(format!("<{}>", self.contact()))
            .body("application/sdp", self.session_description())
    }

    /// Calls a user of its server, or a whole URI.
    pub fn invite(&self, to: &str) -> Call {
        self.new_invite(to).call()
    }

    /// An OPTIONS, which asks what the other side can do (§11).
    pub fn new_options(&self, to: &str) -> Draft {
        self.new_request(Method::Options, to)
    }

    /// What it offers to talk with (RFC 4566): A-law sound, and digits as telephone events.
    pub fn session_description(&self) -> Vec<u8> {
        let ip = self.with(|state| state.account.local.ip());
        let family = if ip.is_ipv4() { "IP4" } else { "IP6" };
        format!(
            "v=0\r\no=- 1 1 IN {family} {ip}\r\ns=-\r\nc=IN {family} {ip}\r\nt=0 0\r\n\
             m=audio 40000 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\n\
             a=rtpmap:101 telephone-event/8000\r\n"
        )
        .into_bytes()
    }

    /// Waits for a call, and leaves it to be answered.
    ///
    /// # Panics
    /// When none comes.
    pub async fn incoming_call(&self) -> Call {
        let invite = self.receive("INVITE").await;
        let tag = self.with(|state| state.ids.tag());
        let dialog = Dialog::of_callee(&invite, &tag);
        Call::incoming(self.clone(), invite, dialog)
    }

    /// Waits for a request of that method.
    ///
    /// # Panics
    /// When none comes.
    pub async fn receive(&self, method: &str) -> Request {
        match self.wait_for(method).await {
            Ok(Packet::Request(request)) => request,
            Ok(Packet::Response(_)) => unreachable!("a method is never met by a response"),
            Err(never) => panic!("{never}"),
        }
    }

    /// Answers a request that belongs to no call, with RFC 3261's reason phrase.
    pub fn reply(&self, request: &Request, status: u16) {
        let tag = self.with(|state| state.ids.tag());
        let bytes = Reply::of(status).to_bytes(request, &tag);
        self.answer(request, bytes);
    }

    /// Sends the answer to a request back where it came from, again at each repetition.
    pub(crate) fn answer(&self, request: &Request, bytes: Vec<u8>) -> Outgoing {
        let outgoing = (request.arrival().flow, bytes);
        self.with(|state| {
            state.network.send(&outgoing.0, &outgoing.1);
            state.inbox.answered(request, outgoing.clone());
        });
        outgoing
    }

    /// Sends bytes as they are to its server.
    ///
    /// # Errors
    /// When there is no way to it.
    pub fn send_raw(&self, bytes: &[u8]) -> Result<(), Unreachable> {
        self.with(|state| {
            let (transport, server) = (state.account.transport, state.account.server);
            let flow = state.network.flow_to(transport, server)?;
            state.network.send(&flow, bytes);
            Ok(())
        })
    }

    /// Sends a request where its first Route or its Request-URI points when it is inside a
    /// dialog, else to the server (§8.1.2). What has no way there is lost, as on any network.
    pub(crate) fn dispatch(&self, next_hop: Option<&str>, bytes: &[u8]) -> Option<Flow> {
        self.with(|state| {
            let server = (state.account.transport, state.account.server);
            let (transport, remote) = next_hop.and_then(address_in).unwrap_or(server);
            let flow = state.network.flow_to(transport, remote).ok()?;
            state.network.send(&flow, bytes);
            Some(flow)
        })
    }
}

impl State {
    fn registration(&mut self) -> &mut Registration {
        let host = self.account.local.ip().to_string();
        self.registration.get_or_insert_with(|| Registration {
            call_id: self.ids.call_id(&host),
            tag: self.ids.tag(),
            cseq: 99,
        })
    }
}

/// The transport and address a SIP URI names, where it names an address and not a domain.
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

/// Turns a wait in vain into the end of the test, with the whole story as its message.
pub(crate) fn or_panic<T>(outcome: Result<T, NeverCame>) -> T {
    outcome.unwrap_or_else(|never| panic!("{never}"))
}
