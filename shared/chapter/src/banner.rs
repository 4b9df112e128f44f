//! The start-up text: where the server listens, which domains it answers for, what to type into a
//! phone.

mod commands;

use std::fmt::Write;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;

use crate::chapter::{Authentication, Chapter};
use crate::reach::{host, meaning, reached};

/// What the start-up text is about.
pub(crate) struct Banner<'a> {
    pub(crate) chapter: &'a Chapter,
    /// The addresses bound, ports as the system gave them.
    pub(crate) listeners: &'a [SocketAddr],
    /// The addresses of this machine, which a wildcard covers.
    pub(crate) interfaces: &'a [IpAddr],
    pub(crate) domains: &'a [String],
    pub(crate) control: &'a Path,
    /// The file with the users, if the chapter has one.
    pub(crate) database: Option<&'a Path>,
    /// The realm of every challenge, if one is set.
    pub(crate) realm: Option<&'a str>,
    /// Bindings that are known from before a restart.
    pub(crate) bindings: usize,
}

impl Banner<'_> {
    /// The text, some twenty lines.
    pub(crate) fn text(&self) -> String {
        let Chapter { package, title, .. } = self.chapter;
        let reached = reached(self.listeners, self.interfaces);
        let mut out = format!("{package}: {title}\n\nListening, UDP and TCP:\n");
        for listener in self.listeners {
            let _ = writeln!(out, "  {listener}{}", meaning(listener, self.listeners));
        }
        let _ = writeln!(out, "Answering for:");
        for host in self.answered_for(&reached) {
            let _ = writeln!(out, "  sip:USER@{host}");
        }
        match self.bindings {
            0 => {}
            1 => out += "Registered from before: 1 binding\n",
            count => out += &format!("Registered from before: {count} bindings\n"),
        }
        self.phone_settings(&mut out, &reached);
        self.next_steps(&mut out, &reached);
        out
    }

    /// One line of warning, if strangers on the network can use the server.
    pub(crate) fn warning(&self) -> Option<String> {
        let asks = match self.chapter.authentication {
            Authentication::None => {
                "no passwords: anyone who can reach it can register as any user and call"
            }
            Authentication::Register => "no password for calls: anyone who can reach it can call",
            Authentication::RegisterAndCall => return None,
        };
        let open = self.listeners.iter().find(|l| !l.ip().is_loopback())?;
        let package = self.chapter.package;
        Some(format!(
            "{package} on {open} asks for {asks}; keep it off the internet"
        ))
    }

    /// Domains and addresses, each once: an address may also be given as a domain, and two
    /// interfaces may have the same one.
    fn answered_for(&self, reached: &[SocketAddr]) -> Vec<String> {
        let mut hosts: Vec<String> = Vec::new();
        for host in self.domains.iter().cloned().chain(reached.iter().map(host)) {
            if !hosts.contains(&host) {
                hosts.push(host);
            }
        }
        hosts
    }

    fn phone_settings(&self, out: &mut String, reached: &[SocketAddr]) {
        let Some(server) = reached.first().map(host) else {
            return;
        };
        let password = match self.chapter.authentication {
            Authentication::None => "not needed; if the phone insists, type anything",
            _ => "the one given to `sipctl add`",
        };
        let _ = writeln!(out, "\nType into a phone:");
        match self.domains.first() {
            Some(domain) => {
                let _ = writeln!(out, "  domain     {domain}");
                let _ = writeln!(out, "  proxy      {server}");
            }
            None => {
                let _ = writeln!(out, "  domain     {server}    (or server, or registrar)");
            }
        }
        let _ = writeln!(
            out,
            "  user name  10    (the next phone: 11, and they can call)"
        );
        let _ = writeln!(out, "  password   {password}");
        let _ = writeln!(out, "  transport  UDP or TCP");
    }
}

#[cfg(test)]
mod tests {
    use super::commands::DEFAULT_DATABASE;
    use super::*;
    use crate::start::DEFAULT_CONTROL;

    const CHAPTER: Chapter = Chapter {
        package: "step-01",
        folder: "",
        title: "a registrar and proxy in memory",
        authentication: Authentication::None,
        exchanges: &[],
    };

    fn banner<'a>(listeners: &'a [SocketAddr], domains: &'a [String]) -> Banner<'a> {
        const INTERFACES: [IpAddr; 2] = [
            IpAddr::V4(std::net::Ipv4Addr::LOCALHOST),
            IpAddr::V4(std::net::Ipv4Addr::new(192, 168, 1, 15)),
        ];
        Banner {
            chapter: &CHAPTER,
            listeners,
            interfaces: &INTERFACES,
            domains,
            control: Path::new(DEFAULT_CONTROL),
            database: None,
            realm: None,
            bindings: 0,
        }
    }

    fn at(text: &str) -> [SocketAddr; 1] {
        [text.parse().unwrap()]
    }

    #[test]
    fn a_newcomer_reads_what_to_type_into_a_phone() {
        let text = banner(&at("127.0.0.1:5060"), &[]).text();
        assert_eq!(
            text,
            "\
step-01: a registrar and proxy in memory

Listening, UDP and TCP:
  127.0.0.1:5060  (this machine alone; for phones on the network: --listen 0.0.0.0)
Answering for:
  sip:USER@127.0.0.1

Type into a phone:
  domain     127.0.0.1    (or server, or registrar)
  user name  10    (the next phone: 11, and they can call)
  password   not needed; if the phone insists, type anything
  transport  UDP or TCP

In another terminal:
  cargo run -p sipctl -- ul show  who is registered
  cargo run -p phone -- pair      two phones, 10 and 11, call each other here
  cargo run -p step-01 -- demo    this chapter's exchanges, played here
Ctrl-C stops the server.

"
        );
    }

    #[test]
    fn a_wildcard_is_shown_as_the_address_phones_can_reach() {
        let text = banner(&at("0.0.0.0:5070"), &[]).text();
        assert!(text.contains("  0.0.0.0:5070  (every IPv4 address of this machine)\n"));
        assert!(text.contains("  sip:USER@192.168.1.15:5070\n  sip:USER@127.0.0.1:5070\n"));
        assert!(text.contains("  domain     192.168.1.15:5070 "), "{text}");
    }

    #[test]
    fn a_wildcard_of_ipv6_names_what_serves_ipv4() {
        let both = ["[::]:5060", "0.0.0.0:5060"].map(|address| address.parse().unwrap());
        let alone = banner(&both[..1], &[]).text();
        let words = "  [::]:5060  (every IPv6 address of this machine; for IPv4 phones, add \
                     --listen 0.0.0.0)\n";
        assert!(alone.contains(words), "{alone}");
        let text = banner(&both, &[]).text();
        assert!(
            text.contains("  [::]:5060  (every IPv6 address of this machine)\n"),
            "{text}"
        );
        assert!(text.contains("  0.0.0.0:5060  (every IPv4 address of this machine)\n"));
    }

    #[test]
    fn what_to_listen_on_besides_has_the_port_of_the_listener() {
        for (listener, flag) in [
            ("[::]:5070", "--listen 0.0.0.0:5070)\n"),
            ("127.0.0.1:5070", "--listen 0.0.0.0:5070)\n"),
            ("[::1]:5060", "--listen 0.0.0.0)\n"),
        ] {
            let text = banner(&at(listener), &[]).text();
            assert!(text.contains(flag), "{text}");
        }
    }

    #[test]
    fn each_address_is_answered_for_once() {
        let listeners = ["192.168.1.15:5060", "127.0.0.1:5060"].map(|at| at.parse().unwrap());
        let domains = ["127.0.0.1".to_owned(), "example.com".to_owned()];
        let text = banner(&listeners, &domains).text();
        let answering = "Answering for:\n  sip:USER@127.0.0.1\n  sip:USER@example.com\n  \
                         sip:USER@192.168.1.15\n\n";
        assert!(text.contains(answering), "{text}");
    }

    #[test]
    fn with_a_domain_the_phone_needs_the_proxy_too() {
        let text = banner(&at("[2001:db8::15]:5060"), &["example.com".to_owned()]).text();
        assert!(text.contains("  sip:USER@example.com\n  sip:USER@[2001:db8::15]\n"));
        assert!(text.contains("  domain     example.com\n  proxy      [2001:db8::15]\n"));
    }

    #[test]
    fn an_open_server_without_passwords_warns() {
        let warning = banner(&at("192.168.1.15:5060"), &[]).warning().unwrap();
        assert!(warning.starts_with("step-01 on 192.168.1.15:5060 asks for no passwords"));
        assert_eq!(banner(&at("127.0.0.1:5060"), &[]).warning(), None);
        assert_eq!(banner(&at("[::1]:5060"), &[]).warning(), None);
    }

    #[test]
    fn bindings_from_before_a_restart_are_counted() {
        let listeners = at("127.0.0.1:5060");
        let mut banner = banner(&listeners, &[]);
        banner.bindings = 2;
        assert!(
            banner
                .text()
                .contains("\nRegistered from before: 2 bindings\n")
        );
    }

    #[test]
    fn a_control_socket_elsewhere_is_in_the_command_to_type() {
        let listeners = at("127.0.0.1:5060");
        let mut banner = banner(&listeners, &[]);
        banner.control = Path::new("/run/sip.sock");
        let text = banner.text();
        assert!(text.contains("sipctl -- --control /run/sip.sock ul show"));
    }

    #[test]
    fn the_pair_of_phones_is_sent_to_the_server_that_was_started() {
        let listeners = at("0.0.0.0:5070");
        let domains = ["example.com".to_owned()];
        let text = banner(&listeners, &domains).text();
        let command = "pair --server 192.168.1.15:5070 --domain example.com  two phones";
        assert!(text.contains(command), "{text}");
    }

    const WITH_PASSWORDS: Chapter = Chapter {
        package: "step-03",
        authentication: Authentication::Register,
        ..CHAPTER
    };

    #[test]
    fn a_server_that_asks_for_passwords_shows_how_to_add_a_user() {
        let listeners = at("127.0.0.1:5060");
        let mut banner = banner(&listeners, &[]);
        banner.chapter = &WITH_PASSWORDS;
        banner.database = Some(Path::new(DEFAULT_DATABASE));
        let text = banner.text();
        assert!(
            text.contains(
                "In another terminal:\n  \
                 cargo run -p sipctl -- add 10 PASSWORD --domain 127.0.0.1  lets phone 10 in; do this once for each number\n  \
                 cargo run -p sipctl -- ul show                             who is registered\n  \
                 cargo run -p phone -- pair --password PASSWORD             two phones, 10 and 11, call each other here\n  \
                 cargo run -p step-03 -- demo                               this chapter's exchanges, played here\n"
            ),
            "{text}"
        );
        banner.database = Some(Path::new("data/users.db"));
        banner.realm = Some("at home");
        let text = banner.text();
        assert!(
            text.contains("-- --database data/users.db add 10 PASSWORD --domain 'at home'  lets"),
            "{text}"
        );
    }
}
