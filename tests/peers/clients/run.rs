//! One client at one server, and what the server and the callee saw.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use whole_system::address;
use whole_system::process::Process;
use whole_system::step::{
    PASSWORD, STEP_01, STEP_03, STEP_05, STEP_07, STEP_08, Server, Step, program,
};

use crate::client::{Calls, Client, Tools};

/// How long a client may take. JsSIP refreshes after 17 s, the others sooner.
const LIMIT: Duration = Duration::from_secs(60);

/// How long a client may try to register: the slowest needs a refresh of JsSIP's besides.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long the callee may take to register.
const START: Duration = Duration::from_secs(20);

/// How long the answer to the last request of a client may take.
const LAST_ANSWER: Duration = Duration::from_secs(2);

/// How the client reaches which server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Chapter 1, which asks for no password, over what the client prefers.
    Open,
    /// Chapter 3, which asks for one in REGISTER, over what the client prefers.
    Registering,
    /// Chapter 5, which asks for one in INVITE too, over what the client prefers.
    Calling,
    /// Chapter 7 over UDP.
    Udp,
    /// Chapter 7 over TCP.
    Tcp,
    /// Chapter 7 at `[::1]`, over what the client prefers.
    Ipv6,
    /// Chapter 8, which offers these algorithms, over what the client prefers.
    Offered(&'static str),
    /// Chapter 8, which offers MD5, and where user 10 was moved to SHA-256.
    Moved,
}

/// A transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// Datagrams.
    Udp,
    /// A connection.
    Tcp,
}

/// What a client managed to do.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The client cannot go this way.
    pub is_impossible: bool,
    /// It got a binding.
    pub registers: bool,
    /// It got one only when it was started again.
    pub at_second_try: bool,
    /// It renewed the binding before it ended.
    pub refreshes: bool,
    /// Its binding is gone at the end.
    pub unregisters: bool,
    /// Its call was connected and ended, or its message was taken.
    pub reaches: bool,
    /// What client and server wrote.
    pub story: String,
}

impl Way {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Open,
        Self::Registering,
        Self::Calling,
        Self::Udp,
        Self::Tcp,
        Self::Ipv6,
    ];

    /// What chapter 8 may offer.
    pub const OFFERS: [Self; 5] = [
        Self::Offered("md5"),
        Self::Offered("sha-256,md5"),
        Self::Offered("md5,sha-256"),
        Self::Offered("sha-256"),
        Self::Moved,
    ];

    fn step(self) -> Step {
        match self {
            Self::Open => STEP_01,
            Self::Registering => STEP_03,
            Self::Calling => STEP_05,
            Self::Udp | Self::Tcp | Self::Ipv6 => STEP_07,
            Self::Offered(_) | Self::Moved => STEP_08,
        }
    }

    /// The server's address and the client's.
    fn addresses(self, worker: usize) -> (SocketAddr, SocketAddr) {
        match self {
            Self::Ipv6 => {
                let here = IpAddr::V6(Ipv6Addr::LOCALHOST);
                (address::free_at(here), address::free_at(here))
            }
            _ => (address::free(1), address::free(20 + worker as u8)),
        }
    }

    fn over(self, client: &Client) -> Option<Over> {
        let wanted = match self {
            Self::Udp => Some(Over::Udp),
            Self::Tcp => Some(Over::Tcp),
            _ => client.over.first().copied(),
        };
        wanted.filter(|over| client.over.contains(over))
    }
}

/// Lets a client register, refresh, call 11 and unregister.
pub fn run(client: &Client, way: Way, tools: &Tools, worker: usize) -> Outcome {
    let Some(over) = way.over(client) else {
        return Outcome {
            is_impossible: true,
            ..Outcome::default()
        };
    };
    println!("{} {way:?}", client.name);
    let files = whole_system::directory();
    let (at, own) = way.addresses(worker);
    let domain = match at.ip() {
        IpAddr::V6(ip) => format!("[{ip}]"),
        IpAddr::V4(ip) => ip.to_string(),
    };
    let mut flags = vec!["--min-expires", "1", "--domain", &domain];
    if let Way::Offered(algorithms) = way {
        flags.extend(["--algorithms", algorithms]);
    }
    let server = Server::start_with(way.step(), files.path(), at, &flags);
    server.add_users(["10", "11"]);
    if way == Way::Moved {
        server.set_offer("10", "sha-256");
    }

    let mut callee = Command::new(program("phone"));
    callee
        .args(["answer", "--user", "11", "--password", PASSWORD])
        .args(["--ring-seconds", "0", "--server", &at.to_string()]);
    let mut callee = Process::start(&mut callee, "phone", files.path());
    callee.wait_until("registration", START, |phone| {
        phone.log().contains("waiting for a call")
    });

    let mut command = client.command(tools);
    let only_registers = matches!(way, Way::Offered(_) | Way::Moved);
    let calls = match client.calls {
        Calls::Voice | Calls::Message if !only_registers => "call",
        _ => "stay",
    };
    command
        .current_dir(files.path())
        .args([at.ip().to_string(), at.port().to_string()])
        .args([own.ip().to_string(), own.port().to_string()])
        .arg(if over == Over::Udp { "udp" } else { "tcp" })
        .args(["10", PASSWORD, calls]);
    let mut playing = Process::start(&mut command, "client", files.path());
    let mut at_second_try = false;
    let status = if only_registers {
        let _ = ended(&mut playing);
        at_second_try = way == Way::Moved && Seen::of(&server.log()).bindings == 0;
        if at_second_try {
            drop(playing);
            playing = Process::start(&mut command, "client again", files.path());
        }
        ended(&mut playing)
    } else {
        Some(playing.wait(LIMIT))
    };
    let seen = Seen::at_last(&server, client.calls);
    Outcome {
        is_impossible: false,
        registers: seen.bindings >= 1,
        at_second_try,
        refreshes: seen.bindings >= 2,
        unregisters: seen.is_gone,
        reaches: match client.calls {
            Calls::Voice => seen.has_hung_up && callee.log().contains("connected"),
            Calls::Message => seen.has_sent_message,
            Calls::Not(_) => false,
        },
        story: format!(
            "{} {way:?} ended with {status:?}\n{}\n{}",
            client.name,
            playing.log(),
            server.log()
        ),
    }
}

/// How it ended. Some never do after a challenge that they do not know.
fn ended(client: &mut Process) -> Option<ExitStatus> {
    let until = Instant::now() + PATIENCE;
    while client.ended().is_none() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(50));
    }
    client.ended()
}

/// What the server's log says about the client of user 10.
#[derive(Debug, Default)]
struct Seen {
    bindings: usize,
    is_gone: bool,
    has_hung_up: bool,
    has_sent_message: bool,
}

impl Seen {
    /// baresip and others end before their BYE and their last REGISTER are answered; on disk that
    /// takes a while.
    fn at_last(server: &Server, calls: Calls) -> Self {
        let until = Instant::now() + LAST_ANSWER;
        loop {
            let seen = Self::of(&server.log());
            let has_ended = seen.has_hung_up || !matches!(calls, Calls::Voice);
            if (seen.is_gone && has_ended) || Instant::now() > until {
                return seen;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn of(log: &str) -> Self {
        let mut seen = Self::default();
        let mut peers: Vec<&str> = Vec::new();
        for line in log.lines() {
            let mut words = line.split_whitespace().skip(1);
            let (arrow, peer) = (words.next(), words.next().unwrap_or_default());
            // SIPp calls over another connection than it registers.
            let is_its = line.contains(" REGISTER 10@") || line.contains(" INVITE 11@");
            if arrow == Some("<-") && is_its {
                peers.push(peer);
            }
            if arrow != Some("->") || !peers.contains(&peer) {
                continue;
            }
            if line.contains("200 OK (REGISTER)") {
                seen.is_gone = line.contains("no binding");
                seen.bindings += usize::from(!seen.is_gone);
            }
            seen.has_hung_up |= line.contains("200 OK (BYE)");
            seen.has_sent_message |= line.contains("200 OK (MESSAGE)");
        }
        seen
    }
}
