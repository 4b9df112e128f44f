//! The server: its address, the way to it, and whether anybody is there.

use std::future::pending;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use sip_message::{Transport, Uri};
use sip_user_agent::Account;
use tokio::time::{sleep, timeout};

use crate::failure::Failure;
use crate::watched::Heard;

/// The port of SIP where none is given (RFC 3261 §19.1.2).
const SIP_PORT: u16 = 5060;

/// How long looking the server's name up may take.
const LOOK_UP: Duration = Duration::from_secs(5);

/// How long a server may be silent before the phone looks whether its port is open: T1.
const SILENCE: Duration = Duration::from_millis(500);

/// A keepalive (RFC 5626 §4.4.1), which a server answers with silence.
const KEEPALIVE: &[u8] = b"\r\n\r\n";

/// Its address; a name is looked up.
pub(crate) async fn find(server: &str) -> Result<SocketAddr, Failure> {
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
    let own =
        ask().map_err(|error: io::Error| Failure::new(format!("no way to {server}: {error}")))?;
    Ok(own.ip())
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
