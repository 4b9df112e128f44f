//! A phone on real sockets: how it finds its server and its own address, and what it answers by
//! itself.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use sip_message::{HeaderName, Method, Request, Transport, printable};
use sip_server::{Clock, Network, Sockets, SystemEntropy, TransportLimits};
use sip_user_agent::{Account, Ids, Phone, Wanted};

use crate::failure::Failure;
use crate::flags::{self, Lies};
use crate::realms::Realms;
use crate::server::{find, no_server, own_address};
use crate::show::{Show, print, quoted};
use crate::stop::Stop;
use crate::typed::{domain_of, whole_uri};
use crate::watched::{Heard, Watched};

/// How the phone answers requests about which no person has to decide.
const BY_ITSELF: [(Method, u16); 7] = [
    (Method::Options, 200),
    (Method::Message, 200),
    (Method::Notify, 200),
    (Method::Info, 200),
    (Method::Update, 501),
    (Method::Subscribe, 501),
    (Method::Refer, 501),
];

/// A phone that is switched on, and what every verb needs.
pub(crate) struct Line {
    pub(crate) phone: Phone,
    pub(crate) lies: Lies,
    pub(crate) realms: Realms,
    pub(crate) stop: Stop,
    pub(crate) timeout: Duration,
    pub(crate) heard: Arc<Heard>,
    is_quiet: bool,
    /// Begins each line that is said, if the command is several phones.
    name: String,
}

/// The sockets, before a phone uses them.
pub(crate) struct Opened {
    pub(crate) network: Watched,
    pub(crate) account: Account,
    pub(crate) heard: Arc<Heard>,
}

/// Opens the sockets on the way to the server.
pub(crate) async fn open(given: &flags::Account, show: Show) -> Result<Opened, Failure> {
    let server = find(&given.server).await?;
    let listen = match given.listen {
        Some(listen) if listen.is_ipv4() != server.is_ipv4() => {
            let text =
                format!("--listen {listen} and --server {server} are not both IPv4 or both IPv6");
            return Err(Failure::usage(text));
        }
        Some(listen) => listen,
        None => SocketAddr::new(own_address(server)?, 0),
    };
    let clock = Clock::system();
    // A phone waits for calls for as long as its server keeps the connection.
    let limits = TransportLimits {
        idle: Duration::from_secs(2 * 60 * 60),
        ..TransportLimits::default()
    };
    let mut sockets = Sockets::bind(&[listen], clock, &mut SystemEntropy::default(), limits)
        .map_err(Failure::caused)?;
    let flow = sockets.flow_to(Transport::Udp, server, sip_server::Account::at(server.ip()));
    let flow = flow.map_err(Failure::caused)?;
    let heard = Heard::new(server);
    let domain = given.domain.clone();
    let domain = domain.unwrap_or_else(|| domain_of(&given.server, server));
    Ok(Opened {
        network: Watched::new(sockets, show, heard.clone(), clock),
        account: Account {
            user: given.user.clone(),
            domain,
            server,
            local: flow.local,
            transport: given.transport.into(),
        },
        heard,
    })
}

impl Line {
    /// Switches a phone on.
    pub(crate) async fn new(
        account: flags::Account,
        show: flags::Show,
        lies: Lies,
        realms: Realms,
        stop: Stop,
    ) -> Result<Self, Failure> {
        let timeout = account.timeout;
        let is_quiet = show.quiet;
        let name = show.name.as_ref().map(|name| format!("{name}: "));
        let opened = open(&account, Show::new(&show, realms.clone())).await?;
        let Opened {
            network,
            account,
            heard,
        } = opened;
        let domain = account.domain.clone();
        let ids = Ids::random(Box::new(SystemEntropy::default()));
        let phone = Phone::new(account, Box::new(network), ids);
        phone.set_patience(timeout);
        tokio::spawn(phone.clone().live());
        let line = Self {
            phone,
            lies: lies.whole(&domain)?,
            realms,
            stop,
            timeout,
            heard,
            is_quiet,
            name: name.unwrap_or_default(),
        };
        for (method, status) in BY_ITSELF {
            let phone = line.phone.clone();
            tokio::spawn(answer_by_itself(phone, method, status, is_quiet));
        }
        Ok(line)
    }

    /// Prints a line for the person, unless --quiet.
    pub(crate) fn say(&self, text: &str) {
        if !self.is_quiet {
            print(&format!("{}{text}\n", self.name));
        }
    }

    /// The URI of a user, or the URI itself.
    ///
    /// # Errors
    /// A usage error for anything that does not make a URI.
    pub(crate) fn uri(&self, to: &str) -> Result<String, Failure> {
        whole_uri(to, &self.phone.account().domain)
    }

    /// Waits for a request of this method, however long it takes.
    pub(crate) async fn request(&self, method: &str, call_id: Option<&str>) -> Request {
        request(&self.phone, method, call_id).await
    }

    /// Refuses every call that comes: for a phone that takes no calls or is in a call.
    pub(crate) async fn refuse_calls(&self, status: u16) -> std::convert::Infallible {
        loop {
            let invite = self.request("INVITE", None).await;
            self.phone.take_call(invite).refuse(status);
        }
    }

    /// Returns when it is certain that the server does not answer.
    pub(crate) async fn no_server(&self) -> Failure {
        no_server(&self.heard, &self.phone.account()).await
    }

    /// The failure when no answer came in time.
    pub(crate) fn no_answer(&self) -> Failure {
        let account = self.phone.account();
        let seconds = self.timeout.as_secs_f64();
        Failure::new(format!(
            "no answer from {} over {} within {seconds} s (--timeout)",
            account.server, account.transport
        ))
    }
}

async fn answer_by_itself(phone: Phone, method: Method, status: u16, is_quiet: bool) {
    loop {
        let request = request(&phone, method.as_str(), None).await;
        phone.reply(&request, status);
        if method == Method::Message && !is_quiet {
            let from = request.value(HeaderName::From).unwrap_or_default();
            print(&format!(
                "a message from {}:\n{}",
                printable(from),
                quoted(request.body())
            ));
        }
    }
}

async fn request(phone: &Phone, method: &str, call_id: Option<&str>) -> Request {
    let mut wanted = Wanted::from(method);
    if let Some(call_id) = call_id {
        wanted = wanted.in_call(call_id);
    }
    loop {
        // After a wait without a result, the next one begins.
        if let Ok(sip_message::Packet::Request(request)) = phone.wait_for(wanted.clone()).await {
            return request;
        }
    }
}
