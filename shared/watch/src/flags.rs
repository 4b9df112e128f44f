//! The command line.

use std::path::PathBuf;

use clap::Parser;

/// Show every message of a running chapter on a page in the browser, and why the server decided
/// as it did.
#[derive(Debug, Parser)]
#[command(version, after_help = EXAMPLES)]
pub struct Flags {
    /// Traces and captures to open as well: text with SIP messages, pcap or pcapng.
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// The control socket of the server.
    #[arg(long, value_name = "PATH", default_value = "sip.sock")]
    pub control: PathBuf,

    /// The port of the page on 127.0.0.1; 0 is any free one.
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub port: u16,

    /// An exchange to play as well: the chapter's number, a slash, the exchange's name.
    #[arg(long, value_name = "N/NAME", value_parser = exchange)]
    pub play: Option<Exchange>,
}

/// An exchange of a chapter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// The chapter's number.
    pub chapter: u32,
    /// The exchange's name.
    pub name: String,
}

const EXAMPLES: &str = "\
Examples:
  cargo run -p watch                          watch the server started with `cargo run`
  cargo run -p watch -- --control /tmp/s.sock  watch a server with another control socket
  cargo run -p watch -- trace.txt call.pcap   open a pasted trace and a capture
  cargo run -p watch -- --play 1/a-whole-call  play an exchange of chapter 1
  cargo run -p watch -- --port 8060           always use the same port

The page is for this user on this machine alone. Ctrl-C ends it; the server goes on.";

fn exchange(text: &str) -> Result<Exchange, String> {
    let parts = text.split_once('/');
    let read = parts.and_then(|(chapter, name)| {
        Some(Exchange {
            chapter: chapter.parse().ok()?,
            name: name.to_owned(),
        })
    });
    read.ok_or_else(|| {
        "write the chapter's number, a slash and the name: 1/a-whole-call".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Flags::command().debug_assert();
    }

    #[test]
    fn an_exchange_is_a_chapter_and_a_name() {
        let expected = Exchange {
            chapter: 5,
            name: "a-call".to_owned(),
        };
        assert_eq!(exchange("5/a-call"), Ok(expected));
        assert!(exchange("a-call").is_err());
    }
}
