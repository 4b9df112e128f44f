//! Which commands the start-up text shows, with the flags that fit this server.

use std::fmt::Write;
use std::net::SocketAddr;
use std::path::Path;

use super::Banner;
use crate::chapter::Authentication;
use crate::reach::{bare, host};
use crate::start::DEFAULT_CONTROL;

/// Where `sipctl` keeps users by default.
pub(super) const DEFAULT_DATABASE: &str = "sip.db";

impl Banner<'_> {
    /// ` --domain D`, with which `sipctl` keeps hashes: the realm of a phone that is set up as
    /// above.
    fn users_domain(&self, reached: &[SocketAddr]) -> String {
        let first = self.domains.first().map(String::as_str);
        let address = reached.first().map(|address| bare(address.ip()));
        match self.realm.or(first).or(address.as_deref()) {
            Some(domain) if domain.contains(' ') => format!(" --domain '{domain}'"),
            Some(domain) => format!(" --domain {domain}"),
            None => String::new(),
        }
    }

    /// The command that calls without any other phone.
    fn pair(&self, reached: &[SocketAddr]) -> String {
        let mut command = "cargo run -p phone -- pair".to_owned();
        match reached.first().map(host) {
            Some(server) if server != "127.0.0.1" => command += &format!(" --server {server}"),
            _ => {}
        }
        if let Some(domain) = self.domains.first() {
            command += &format!(" --domain {domain}");
        }
        if self.chapter.authentication != Authentication::None {
            command += " --password PASSWORD";
        }
        command
    }

    /// What to type in another terminal.
    pub(super) fn next_steps(&self, out: &mut String, reached: &[SocketAddr]) {
        let package = self.chapter.package;
        let place = |flag: &str, path: &Path, default: &str| match path.to_str() {
            Some(path) if path == default => String::new(),
            _ => format!("--{flag} {} ", path.display()),
        };
        let control = place("control", self.control, DEFAULT_CONTROL);
        let mut steps = vec![
            (
                format!("cargo run -p sipctl -- {control}ul show"),
                "who is registered",
            ),
            (
                self.pair(reached),
                "two phones, 10 and 11, call each other here",
            ),
            (
                format!("cargo run -p {package} -- demo"),
                "this chapter's exchanges, played here",
            ),
        ];
        if self.chapter.authentication != Authentication::None {
            let kept = self.database.unwrap_or(Path::new(DEFAULT_DATABASE));
            let database = place("database", kept, DEFAULT_DATABASE);
            let domain = self.users_domain(reached);
            let add = format!("cargo run -p sipctl -- {database}add 10 PASSWORD{domain}");
            steps.insert(0, (add, "lets phone 10 in; do this once for each number"));
        }
        let width = steps.iter().map(|(command, _)| command.len()).max();
        let width = width.unwrap_or_default();
        out.push_str("\nIn another terminal:\n");
        for (command, what) in steps {
            let _ = writeln!(out, "  {command:width$}  {what}");
        }
        out.push_str("Ctrl-C stops the server.\n\n");
    }
}
