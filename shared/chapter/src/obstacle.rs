//! What keeps a server from its start, and what to do about it on this machine.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};

use nix::sys::resource::{Resource::RLIMIT_NOFILE, getrlimit, setrlimit};
use sip_server::CannotListen;

use crate::failure::Failure;
use crate::interfaces;
use crate::ports::{free_beside, holder};
use crate::reach::is_link_local;

/// Open files a server asks for: more than the connections it serves at most.
const OPEN_FILES: u64 = 16_384;

/// Open files without which it cannot start: its sockets, the database and the event loop take
/// some 30.
const FEWEST_OPEN_FILES: u64 = 64;

/// The addresses of this machine that are named, at most.
const NAMED: usize = 6;

/// Every TCP connection is an open file. A shell allows a program 1,024 of them, even where it
/// may ask for many more. If the system refuses, the server serves fewer connections.
///
/// # Errors
/// If it allows so few that no server can start.
pub(crate) fn raise_open_files() -> Result<(), Failure> {
    let Ok((soft, hard)) = getrlimit(RLIMIT_NOFILE) else {
        return Ok(());
    };
    let wanted = hard.min(OPEN_FILES);
    if soft < wanted {
        let _ = setrlimit(RLIMIT_NOFILE, wanted, hard);
    }
    if hard < FEWEST_OPEN_FILES {
        return Err(Failure::new(format!(
            "this shell lets a program open {hard} files, and the server needs \
             {FEWEST_OPEN_FILES}: open another terminal, or raise the limit with `ulimit -n 1024`"
        )));
    }
    Ok(())
}

/// Why an address cannot be listened on, with what to type instead.
pub(crate) fn cannot_listen(error: io::Error) -> Failure {
    let cause = error
        .get_ref()
        .and_then(|it| it.downcast_ref::<CannotListen>());
    match cause.and_then(advice) {
        Some(text) => Failure::because(text, error),
        None => Failure::from(error),
    }
}

fn advice(error: &CannotListen) -> Option<String> {
    let CannotListen {
        transport, address, ..
    } = error;
    let why = match error.source.kind() {
        ErrorKind::AddrInUse => in_use(error),
        ErrorKind::PermissionDenied if address.port() < 1024 => format!(
            "ports below 1024 are for privileged users; listen on a higher port, such as SIP's \
             own: --listen {}",
            SocketAddr::new(address.ip(), 5060)
        ),
        ErrorKind::AddrNotAvailable => not_here(address, interfaces::addresses()),
        // The kernel was built or started without this family.
        _ if error.source.raw_os_error() == Some(nix::errno::Errno::EAFNOSUPPORT as i32) => {
            not_here(address, Vec::new())
        }
        _ => return None,
    };
    Some(format!("cannot listen on {transport} {address}: {why}"))
}

fn in_use(error: &CannotListen) -> String {
    let CannotListen {
        transport, address, ..
    } = error;
    let who = match holder(*transport, *address) {
        Some(holder) => format!(
            "{holder} has this port; stop it with Ctrl-C in its terminal or `kill {}`",
            holder.process
        ),
        None => "another user's program has this port; stop it".to_owned(),
    };
    match free_beside(*address) {
        Some(free) => format!("{who}, or listen on another port: --listen {free}"),
        None => format!("{who}, or listen on another port"),
    }
}

fn not_here(address: &SocketAddr, mut here: Vec<IpAddr>) -> String {
    here.retain(|ip| ip.is_ipv4() == address.is_ipv4() && !is_link_local(ip));
    here.sort_unstable_by_key(|ip| (ip.is_loopback(), *ip));
    here.dedup();
    if here.is_empty() && address.is_ipv6() {
        let v4 = SocketAddr::new([127, 0, 0, 1].into(), address.port());
        return format!("IPv6 is switched off on this machine; listen on IPv4: --listen {v4}");
    }
    let any = if address.is_ipv4() { "0.0.0.0" } else { "[::]" };
    let more = match here.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let named: Vec<String> = here.iter().take(NAMED).map(IpAddr::to_string).collect();
    format!(
        "this machine has no such address; it has {}{more}; listen on one of them, or on all with \
         --listen {any}",
        named.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advice(address: &str, here: &[&str]) -> String {
        let here = here.iter().map(|ip| ip.parse().unwrap()).collect();
        not_here(&address.parse().unwrap(), here)
    }

    #[test]
    fn the_addresses_of_this_machine_are_named_those_of_the_network_first() {
        let here = [
            "127.0.0.1",
            "::1",
            "169.254.1.1",
            "192.168.1.15",
            "10.0.0.1",
            "10.0.0.1",
        ];
        assert_eq!(
            advice("192.0.2.1:5060", &here),
            "this machine has no such address; it has 10.0.0.1, 192.168.1.15, 127.0.0.1; listen \
             on one of them, or on all with --listen 0.0.0.0"
        );
        let many: Vec<String> = (1..=9).map(|last| format!("10.0.0.{last}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let text = advice("192.0.2.1:5060", &many);
        assert!(
            text.contains("10.0.0.5, 10.0.0.6 and 3 more; listen"),
            "{text}"
        );
    }

    #[test]
    fn without_any_ipv6_address_ipv6_is_off() {
        let text = advice("[::1]:5070", &["127.0.0.1", "fe80::1"]);
        let expected = "IPv6 is switched off on this machine; listen on IPv4: --listen ";
        assert_eq!(text, format!("{expected}127.0.0.1:5070"));
    }
}
