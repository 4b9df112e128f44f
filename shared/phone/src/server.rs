//! Where the server is, and whether it is running.

use std::future::pending;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use sip_message::{Transport, Uri};
use sip_user_agent::Account;
use tokio::time::{sleep, timeout};

use crate::failure::Failure;
use crate::watched::Heard;

/// The port of SIP if none is given (RFC 3261 §19.1.2).
const SIP_PORT: u16 = 5060;

/// How long the look-up of the server's name may take.
const LOOK_UP: Duration = Duration::from_secs(5);

/// How long a server may be silent before the phone checks whether its port is open: T1.
const SILENCE: Duration = Duration::from_millis(500);

/// A keepalive (RFC 5626 §4.4.1), which a server answers with silence.
const KEEPALIVE: &[u8] = b"\r\n\r\n";

/// The address of a server; a name is looked up.
pub(crate) async fn find(server: &str) -> Result<SocketAddr, Failure> {
    let wanted = || {
        Failure::usage(format!(
            "--server {server}: use a host with or without a port"
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
    let about = format!("--server {server}");
    let found = timeout(LOOK_UP, tokio::net::lookup_host((host, port))).await;
    let found = found.map_err(|_| Failure::new("the name was not found in time").of(&about))?;
    let mut found = found.map_err(|error| Failure::caused(error).of(&about))?;
    let first = found.next();
    first.ok_or_else(|| Failure::new("the name has no address").of(&about))
}

/// The address from which the system would send to the server.
pub(crate) fn own_address(server: SocketAddr) -> Result<IpAddr, Failure> {
    let any: IpAddr = match server {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let ask = || {
        let socket = std::net::UdpSocket::bind((any, 0))?;
        socket.connect(server)?; // which sends nothing
        socket.local_addr()
    };
    let own = ask().map_err(|error: io::Error| {
        Failure::caused(error).of(format_args!("{server} cannot be reached"))
    })?;
    Ok(own.ip())
}

/// Returns when it is certain that the server does not answer: something sent to it was lost, or
/// it is silent and the system reports that its UDP port is closed.
pub(crate) async fn no_server(heard: &Heard, account: &Account) -> Failure {
    tokio::select! {
        () = heard.lost() => {}
        () = port_is_closed(heard, account) => {}
    }
    Failure::new(format!(
        "no answer from {} over {}: is the server running? is --server right?",
        account.server, account.transport
    ))
}

/// For TCP the connection itself shows it.
async fn port_is_closed(heard: &Heard, account: &Account) {
    if account.transport == Transport::Udp {
        sleep(SILENCE).await;
        if !heard.anything() && is_refused(account.local.ip(), account.server).await {
            return;
        }
    }
    pending().await
}

/// Whether the system reports that the port is closed. The phone asks from another port, which
/// then gets the answer.
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
