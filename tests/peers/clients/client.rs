//! The clients, how each is started, and what must be set in it.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use whole_system::process::output;

use crate::run::Over;

/// A client. Its script takes the server's host and port, its own host and port, `udp` or `tcp`,
/// a user, a password, and `call` or `stay`; it ends with 0 when all went well.
pub struct Client {
    /// Its name, as people know it.
    pub name: &'static str,
    /// What must be set, in the words of the table.
    pub settings: &'static str,
    /// How it calls.
    pub calls: Calls,
    /// Transports its interface lets a program choose.
    pub over: &'static [Over],
    kind: Kind,
}

/// What a client does after it has registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calls {
    /// It calls 11 and hangs up.
    Voice,
    /// It sends 11 a text: its calls need a browser.
    Message,
    /// It does not call; the reason.
    Not(&'static str),
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    /// A script, and the command that prints the version.
    Shell(&'static str, &'static str, &'static [&'static str]),
    Perl(&'static str),
    Node(&'static str, &'static str),
    Python(&'static str, &'static str),
    Sofia,
}

/// The clients of the table.
pub const CLIENTS: &[Client] = &[
    Client {
        name: "baresip",
        settings: "a file `accounts`, as above",
        calls: Calls::Voice,
        over: &[Over::Udp, Over::Tcp],
        kind: Kind::Shell("baresip.sh", "baresip", &["-h"]),
    },
    Client {
        name: "Linphone (linphonec)",
        settings: "*Outbound proxy*, *ICE* and *STUN* off",
        calls: Calls::Voice,
        over: &[Over::Udp, Over::Tcp],
        kind: Kind::Shell("linphone.sh", "linphonec", &["-v"]),
    },
    Client {
        name: "sipsak",
        settings: "`-u` and `-x`, see below",
        calls: Calls::Not("it cannot call"),
        over: &[Over::Udp, Over::Tcp],
        kind: Kind::Shell("sipsak.sh", "sipsak", &["--version"]),
    },
    Client {
        name: "SIPp",
        settings: "`-auth_uri`, see below",
        calls: Calls::Voice,
        over: &[Over::Udp, Over::Tcp],
        kind: Kind::Shell("sipp.sh", "sipp", &["-v"]),
    },
    Client {
        name: "Net::SIP (Perl)",
        settings: "`outgoing_proxy` and `registrar` as `HOST:PORT`; it refreshes when the program \
                   registers again",
        calls: Calls::Voice,
        over: &[Over::Udp, Over::Tcp],
        kind: Kind::Perl("net_sip.pl"),
    },
    Client {
        name: "sofia-sip (nua)",
        settings: "`NUTAG_PROXY`, `NUTAG_REGISTRAR`; outbound `no-outbound no-validate`",
        calls: Calls::Voice,
        over: &[Over::Udp, Over::Tcp],
        kind: Kind::Sofia,
    },
    Client {
        name: "JsSIP",
        settings: "a socket class that carries its messages over TCP, as it has WebSocket only",
        calls: Calls::Message,
        over: &[Over::Tcp],
        kind: Kind::Node("jssip.js", "jssip"),
    },
    Client {
        name: "sip (npm)",
        settings: "a Route to the server with `;lr`, and the password for each request",
        calls: Calls::Voice,
        over: &[Over::Udp, Over::Tcp],
        kind: Kind::Node("sip_npm.js", "sip"),
    },
    Client {
        name: "pyVoIP",
        settings: "the server as a name or address without a port, so start it with `--domain`; \
                   it refreshes after 115 s, whatever it is granted",
        calls: Calls::Not("its ACK has no Route, and it cannot answer 407"),
        over: &[Over::Udp],
        kind: Kind::Python("pyvoip.py", "pyVoIP"),
    },
];

impl Client {
    /// The command that runs it, without its arguments.
    pub fn command(&self, tools: &Tools) -> Command {
        let scripts = scripts();
        let with = |program: &str, script: &str| {
            let mut command = Command::new(program);
            command.arg(scripts.join(script));
            command
        };
        match self.kind {
            Kind::Shell(script, ..) => with("sh", script),
            Kind::Perl(script) => with("perl", script),
            Kind::Node(script, _) => {
                let mut command = with("node", script);
                command.env("NODE_PATH", tools.packages.join("node_modules"));
                command
            }
            Kind::Python(script, _) => {
                let mut command = with("python3", script);
                command.env("PYTHONPATH", tools.packages.join("python"));
                command.env("PYTHONUNBUFFERED", "1");
                command
            }
            Kind::Sofia => Command::new(tools.folder.path().join("sofia")),
        }
    }

    /// The version that is installed.
    ///
    /// # Panics
    /// When it is not installed.
    pub fn version(&self, tools: &Tools) -> String {
        let packages = tools.packages.display();
        let text = match self.kind {
            // baresip's help, which begins with its version, counts as a failure.
            Kind::Shell(_, program, flags) => {
                String::from_utf8_lossy(&output(program, flags).stdout).into_owned()
            }
            Kind::Perl(_) => said("perl", &["-MNet::SIP", "-e", "print $Net::SIP::VERSION"]),
            Kind::Node(_, package) => {
                let manifest = format!("{packages}/node_modules/{package}/package.json");
                said("node", &["-p", &format!("require('{manifest}').version")])
            }
            Kind::Python(_, package) => {
                let code = format!(
                    "import sys; sys.path.insert(0, '{packages}/python'); import {package}; \
                     print({package}.__version__)"
                );
                said("python3", &["-c", &code])
            }
            Kind::Sofia => said("pkg-config", &["--modversion", "sofia-sip-ua"]),
        };
        let mut words = text
            .split_whitespace()
            .map(|word| word.trim_start_matches('v'));
        let version = words.find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
        let version = version.unwrap_or_else(|| panic!("{}: no version in {text}", self.name));
        // SIPp lists its build options behind a hyphen.
        version.split('-').next().unwrap_or(version).to_owned()
    }
}

/// What the clients need beside their own packages.
pub struct Tools {
    /// Where .ci/run puts the packages of npm and PyPI.
    packages: PathBuf,
    folder: TempDir,
}

impl Tools {
    /// Builds sofia-sip's client.
    ///
    /// # Panics
    /// When something is missing.
    pub fn prepare() -> Self {
        let tests = std::env::current_exe().unwrap_or_else(|error| panic!("{error}"));
        // A test program is TARGET/PROFILE/deps/NAME.
        let target = tests.ancestors().nth(3).map(Path::to_owned);
        let packages = target.unwrap_or_default().join("clients");
        let what = "`bash .ci/run` installs the clients of npm and PyPI there";
        assert!(packages.is_dir(), "{}: {what}", packages.display());
        let folder = whole_system::directory();
        let flags = said("pkg-config", &["--cflags", "--libs", "sofia-sip-ua"]);
        let source = scripts().join("sofia.c");
        let built = Command::new("cc")
            .arg("-o")
            .arg(folder.path().join("sofia"))
            .arg(source)
            .args(flags.split_whitespace())
            .status();
        assert!(built.is_ok_and(|status| status.success()), "sofia.c builds");
        Self { packages, folder }
    }
}

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/clients/scripts")
}

/// What a program prints.
fn said(program: &str, arguments: &[&str]) -> String {
    let output = output(program, arguments);
    assert!(output.status.success(), "{program}: {output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
