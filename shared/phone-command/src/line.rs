//! A phone on real sockets: its server found, its own address, its lies told.

use std::future::pending;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use sip_message::{Method, Name, Request, Transport, Uri, printable};
use sip_phone::{Account, Draft, Ids, NeverCame, Phone, Wanted};
use sip_server::{Clock, Network, Sockets, SystemEntropy, TransportLimits};
use tokio::time::{sleep, timeout};

use crate::failure::Failure;
use crate::flags::{self, Flags, Lies};
use crate::show::{Show, print, quoted};
use crate::stop::Stop;
use crate::watched::{Heard, Watched};

/// The port of SIP where none is given (RFC 3261 §19.1.2).
const SIP_PORT: u16 = 5060;

/// How long looking the server's name up may take.
const LOOK_UP: Duration = Duration::from_secs(5);

/// How long a server may be silent before the phone looks whether its port is open: T1.
const SILENCE: Duration = Duration::from_millis(500);

/// A keepalive (RFC 5626 §4.4.1), which a server answers with silence.
const KEEPALIVE: &[u8] = b"\r\n\r\n";

/// What the phone says to requests nobody at it has to decide about. The others are 405.
const BY_ITSELF: [(Method, u16); 7] = [
    (Method::Options, 200),
    (Method::Message, 200),
    (Method::Notify, 200),
    (Method::Info, 200),
    (Method::Update, 405),
    (Method::Subscribe, 405),
    (Method::Refer, 405),
];

/// A phone that is switched on, and what every verb needs.
pub(crate) struct Line {
    pub(crate) phone: Phone,
    pub(crate) lies: Lies,
    pub(crate) password: Option<String>,
    pub(crate) stop: Stop,
    pub(crate) timeout: Duration,
    pub(crate) heard: Arc<Heard>,
    is_quiet: bool,
}

/// The sockets before a phone stands on them.
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
            let text = format!("there is no way from --listen {listen} to --server {server}");
            return Err(Failure::usage(text));
        }
        Some(listen) => listen,
        None => SocketAddr::new(own_address(server)?, 0),
    };
    let clock = Clock::system();
    let limits = TransportLimits::default();
    let mut sockets = Sockets::bind(&[listen], clock, &mut SystemEntropy::default(), limits)
        .map_err(|error| Failure::new(error.to_string()))?;
    let flow = sockets.flow_to(Transport::Udp, server);
    let flow = flow.map_err(|error| Failure::new(error.to_string()))?;
    let heard = Heard::new(server);
    Ok(Opened {
        network: Watched::new(sockets, show, heard.clone(), clock),
        account: Account {
            user: given.user.clone(),
            domain: given
                .domain
                .clone()
                .unwrap_or_else(|| domain_of(&given.server)),
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
        password: Option<String>,
        stop: Stop,
    ) -> Result<Self, Failure> {
        let (timeout, is_quiet) = (account.timeout, show.quiet);
        let opened = open(&account, Show::new(&show, password.clone())).await?;
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
            password,
            stop,
            timeout,
            heard,
            is_quiet,
        };
        for (method, status) in BY_ITSELF {
            tokio::spawn(answer_by_itself(
                line.phone.clone(),
                method,
                status,
                line.is_quiet,
            ));
        }
        Ok(line)
    }

    /// Tells the person something.
    pub(crate) fn say(&self, text: &str) {
        if !self.is_quiet {
            print(&format!("{text}\n"));
        }
    }

    /// Whom a user or a URI means; what is no URI is a usage error.
    pub(crate) fn uri(&self, whom: &str) -> Result<String, Failure> {
        whole_uri(whom, &self.phone.account().domain)
    }

    /// A request as an honest phone drafts it, with whatever lies were asked for.
    pub(crate) fn lie(&self, mut draft: Draft, takes_contact: bool) -> Draft {
        if let Some(to) = &self.lies.to {
            draft = draft.to(format!("<{to}>"));
        }
        if let Some(from) = &self.lies.from {
            let tag = self.phone.with_ids(Ids::tag);
            draft = draft.from(format!("<{from}>;tag={tag}"));
        }
        match &self.lies.contact {
            Some(contact) if takes_contact && contact == "*" => draft.contact("*"),
            Some(contact) if takes_contact => draft.contact(format!("<{contact}>")),
            _ => draft,
        }
    }

    /// Waits for a request of that method, as long as it takes.
    pub(crate) async fn request(&self, method: &str, call_id: Option<&str>) -> Request {
        request(&self.phone, method, call_id).await
    }

    /// Refuses every call that comes: for a phone that is not to be called, or is in a call.
    pub(crate) async fn refuse_calls(&self, status: u16) -> std::convert::Infallible {
        loop {
            let invite = self.request("INVITE", None).await;
            self.phone.take_call(invite).refuse(status);
        }
    }

    /// Ends when it is certain that the server does not answer.
    pub(crate) async fn nobody_there(&self) -> Failure {
        nobody_there(&self.heard, &self.phone.account()).await
    }

    /// A wait in vain, in words.
    pub(crate) fn in_vain(&self, never: &NeverCame) -> Failure {
        let account = self.phone.account();
        let seconds = never.waited.as_secs();
        Failure::new(format!(
            "no answer from {} over {} within {seconds} s (--timeout)",
            account.server, account.transport
        ))
    }
}

impl Lies {
    /// Whether a header field of a replayed request is another.
    pub(crate) fn changes_a_field(&self) -> bool {
        self.to.is_some() || self.from.is_some() || self.contact.is_some()
    }

    /// With every user made a URI.
    pub(crate) fn whole(self, domain: &str) -> Result<Self, Failure> {
        let whole = |uri: Option<String>| uri.map(|uri| whole_uri(&uri, domain)).transpose();
        let contact = match self.contact.as_deref() {
            Some("*") => self.contact,
            _ => whole(self.contact)?,
        };
        Ok(Self {
            to: whole(self.to)?,
            from: whole(self.from)?,
            contact,
            ..self
        })
    }
}

/// The password as it is to be used: from the standard input for `-`, and wrong where a wrong
/// one is asked for.
pub(crate) fn password(flags: &Flags) -> Result<Option<String>, Failure> {
    let password = match flags.account.password.as_deref() {
        Some("-") => Some(read_password()?),
        given => given.map(str::to_owned),
    };
    Ok(match flags.lies.wrong_password {
        true => Some(format!("not-{}", password.unwrap_or_default())),
        false => password,
    })
}

fn read_password() -> Result<String, Failure> {
    if io::stdin().is_terminal() {
        // Nothing is lost where this cannot be shown.
        let _ = write!(io::stderr(), "Password (it shows as you type): ");
    }
    let mut line = String::new();
    let read = io::stdin().read_line(&mut line);
    read.map_err(|error| Failure::new(format!("the password on the standard input: {error}")))?;
    match line.trim_end_matches(['\r', '\n']) {
        "" => Err(Failure::usage(
            "--password -: no password came on the standard input",
        )),
        password => Ok(password.to_owned()),
    }
}

async fn answer_by_itself(phone: Phone, method: Method, status: u16, is_quiet: bool) {
    loop {
        let request = request(&phone, method.as_str(), None).await;
        phone.reply(&request, status);
        if method == Method::Message && !is_quiet {
            let from = request.value(Name::From).unwrap_or_default();
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
        // A wait in vain only begins the next.
        if let Ok(sip_message::Packet::Request(request)) = phone.wait_for(wanted.clone()).await {
            return request;
        }
    }
}

/// Ends when it is certain that the server does not answer: something sent to it was lost, or
/// it is silent and the system tells that nobody has its UDP port.
pub(crate) async fn nobody_there(heard: &Heard, account: &Account) -> Failure {
    tokio::select! {
        () = heard.lost() => {}
        () = port_is_closed(heard, account) => {}
    }
    Failure::new(format!(
        "nothing answers at {} over {}: is the server running, and there? (--server)",
        account.server, account.transport
    ))
}

/// For TCP the connection itself tells.
async fn port_is_closed(heard: &Heard, account: &Account) {
    if account.transport == Transport::Udp {
        sleep(SILENCE).await;
        if !heard.anything() && is_refused(account.local.ip(), account.server).await {
            return;
        }
    }
    pending().await
}

/// Whether the system tells that nobody listens there. Asked from another port, which the
/// answer comes back to.
async fn is_refused(from: IpAddr, server: SocketAddr) -> bool {
    let ask = async {
        let socket = tokio::net::UdpSocket::bind((from, 0)).await?;
        socket.connect(server).await?;
        socket.send(KEEPALIVE).await?;
        socket.recv(&mut [0; 64]).await
    };
    ask.await
        .is_err_and(|error: io::Error| error.kind() == ErrorKind::ConnectionRefused)
}

async fn find(server: &str) -> Result<SocketAddr, Failure> {
    let wanted = || {
        Failure::usage(format!(
            "--server {server}: a host with or without a port is wanted"
        ))
    };
    let uri = format!("sip:{server}");
    let uri = Uri::parse(&uri).map_err(|_| wanted())?;
    let uri = uri
        .sip()
        .filter(|uri| uri.user.is_none())
        .ok_or_else(wanted)?;
    let port = uri.port.unwrap_or(SIP_PORT);
    if let Some(ip) = uri.host.ip() {
        return Ok(SocketAddr::new(ip, port));
    }
    let host = uri.host.to_string();
    let unknown = |why: String| Failure::new(format!("--server {server}: {why}"));
    let found = timeout(LOOK_UP, tokio::net::lookup_host((host, port))).await;
    let found = found.map_err(|_| unknown("its name is not found in time".to_owned()))?;
    let mut found = found.map_err(|error| unknown(error.to_string()))?;
    found
        .next()
        .ok_or_else(|| unknown("a name without an address".to_owned()))
}

/// The address the system would send from.
fn own_address(server: SocketAddr) -> Result<IpAddr, Failure> {
    let any: IpAddr = match server {
        SocketAddr::V4(_) => std::net::Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => std::net::Ipv6Addr::UNSPECIFIED.into(),
    };
    let ask = || {
        let socket = std::net::UdpSocket::bind((any, 0))?;
        socket.connect(server)?; // which sends nothing
        socket.local_addr()
    };
    let own =
        ask().map_err(|error: io::Error| Failure::new(format!("no way to {server}: {error}")))?;
    Ok(own.ip())
}

/// The domain of a server that was given without one: its name, without SIP's own port.
fn domain_of(server: &str) -> String {
    let bare = server.strip_suffix(":5060").unwrap_or(server);
    bare.to_owned()
}

/// `11` as `sip:11@domain`, `11@h` as `sip:11@h`, a URI as it is.
fn whole_uri(text: &str, domain: &str) -> Result<String, Failure> {
    let has_scheme = ["sip:", "sips:", "tel:"]
        .iter()
        .any(|scheme| text.starts_with(scheme));
    let uri = match (has_scheme, text.contains('@')) {
        (true, _) => text.to_owned(),
        (false, true) => format!("sip:{text}"),
        (false, false) => format!("sip:{text}@{domain}"),
    };
    match Uri::parse(&uri) {
        Ok(_) => Ok(uri),
        Err(error) => Err(Failure::usage(format!(
            "{}: {error}",
            printable(uri.as_bytes())
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_becomes_a_uri_of_the_domain() {
        let whole = |text| whole_uri(text, "127.0.0.1:7200").unwrap();
        assert_eq!(whole("11"), "sip:11@127.0.0.1:7200");
        assert_eq!(whole("11@h:5070"), "sip:11@h:5070");
        assert_eq!(whole("sips:h"), "sips:h");
        assert!(whole_uri("1 1", "h").is_err());
        assert!(whole_uri("11\r\nX: y", "h").is_err());
    }

    #[test]
    fn the_domain_is_the_server_without_sips_own_port() {
        assert_eq!(domain_of("127.0.0.1:5060"), "127.0.0.1");
        assert_eq!(domain_of("[::1]:5070"), "[::1]:5070");
    }
}
