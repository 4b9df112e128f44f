//! What the core costs apart from sockets: parsing, deciding, printing.

#![allow(
    missing_docs,
    reason = "criterion's macros make undocumented functions"
)]

use std::fmt;
use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant, SystemTime};

use criterion::{Criterion, criterion_group, criterion_main};
use sip_message::{Arrival, Connection, Flow, Method, Transport};
use sip_server::protocol::{Core, Departure, Waits};
use sip_server::{
    Account, Action, Clock, Direction, Event, Found, Limits, Lookup, Myself, Network, Observer,
    OnReply, Outgoing, PrivateTargets, Reply, Request, Secret, Settings, Stats, SystemEntropy,
    Target, Timers, Unreachable, Ways, relay, relay_in_dialog, take_apart,
};

const SERVER: &str = "192.0.2.1:5060";
const CALLER: &str = "192.0.2.10:5060";
const CALLEE: &str = "192.0.2.11:5060";

/// A network that keeps the last message for each phone and drops the others.
#[derive(Default)]
struct Null {
    to_caller: Vec<u8>,
    to_callee: Vec<u8>,
    sent: u64,
}

impl Network for Null {
    fn poll_events(&mut self, _: &mut Context<'_>, _: &mut Vec<Event>) -> Poll<()> {
        Poll::Pending
    }

    fn flow_to(
        &mut self,
        _: Transport,
        remote: SocketAddr,
        _: Account,
    ) -> Result<Flow, Unreachable> {
        Ok(flow(remote))
    }

    fn flow_of(&self, _: Connection) -> Option<Flow> {
        None
    }

    fn send_all(&mut self, out: &mut Outgoing) {
        for (flow, bytes) in out.messages() {
            self.sent += 1;
            let is_callee = flow.remote.ip() == IpAddr::V4(Ipv4Addr::new(192, 0, 2, 11));
            let kept = if is_callee {
                &mut self.to_callee
            } else {
                &mut self.to_caller
            };
            kept.clear();
            kept.extend_from_slice(bytes);
            black_box(bytes);
        }
        out.clear();
    }

    fn resolve(&self, _: &str, _: u16, _: Account) -> Lookup {
        Box::pin(std::future::ready(Ok(Vec::new())))
    }
}

struct Nobody;

impl Observer for Nobody {
    fn message(&mut self, _: Direction, _: &Flow, _: SystemTime, _: &[u8]) {}
    fn note(&mut self, _: SystemTime, _: SocketAddr, _: fmt::Arguments<'_>) {}
}

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn flow(remote: SocketAddr) -> Flow {
    Flow::udp(address(SERVER), remote)
}

/// A core under load: its tables are as full as its limits let them be.
struct Bench {
    core: Core,
    ways: Ways,
    network: Null,
    now: Instant,
    count: u64,
    calls: u64,
    /// The time spent in the core: what the peers do is not counted.
    spent: Duration,
    caller: Flow,
    callee: Flow,
}

impl Bench {
    fn new() -> Self {
        let myself = Myself::new(
            vec![address(SERVER)],
            Vec::new(),
            Secret(*b"sixteen bytes ok"),
        );
        let settings = Settings {
            myself,
            clock: Clock::system(),
            entropy: Box::new(SystemEntropy::default()),
            observer: Box::new(Nobody),
            timers: Timers::default(),
            limits: Limits::default(),
            private_targets: PrivateTargets::default(),
            stats: Arc::new(Stats::default()),
            on_reply: OnReply::default(),
        };
        let now = Instant::now();
        let (core, ways, _) = take_apart(settings, now);
        Self {
            core,
            ways,
            network: Null::default(),
            now,
            count: 0,
            calls: 0,
            spent: Duration::ZERO,
            caller: flow(address(CALLER)),
            callee: flow(address(CALLEE)),
        }
    }

    /// One message through parser, transactions and script, as the driver does it.
    fn gets(&mut self, flow: Flow, text: &str) {
        let mut bytes = Vec::with_capacity(text.len() + 1024);
        bytes.extend_from_slice(text.as_bytes());
        let at = SystemTime::UNIX_EPOCH;
        let arrival = Arrival { flow, at };
        let began = Instant::now();
        self.core.turn(self.now, at);
        if let Some(mut request) = self.core.receive(bytes, arrival) {
            black_box(Waits::of(&request));
            let decision = script(&mut request);
            if let Some(departure) = self.core.decide(request, decision) {
                self.depart(departure);
            }
        }
        self.core.fire();
        self.network.send_all(self.core.outgoing().0);
        self.spent += began.elapsed();
    }

    fn depart(&mut self, departure: Departure) {
        let (hops, from) = (departure.hops(), departure.came_by());
        let (found, account) = (Found::default(), departure.account());
        let ways = self
            .ways
            .find(hops, &found, from, account, &mut self.network);
        self.core.send(departure, ways);
    }

    fn request(&mut self, text: &str) {
        self.count += 1;
        let text = text.replace("BRANCH", &format!("{:012x}", self.count));
        let text = text.replace("CALL", &format!("{:019}", self.calls));
        self.gets(self.caller, &text);
    }

    /// The callee's answer to what it was sent last.
    fn answers(&mut self, status: &str) {
        let request = String::from_utf8_lossy(&self.network.to_callee).into_owned();
        let (_, rest) = request.split_once("\r\n").unwrap_or_default();
        let head = rest.split("Content-Type").next().unwrap_or_default();
        let head = head.replace(
            "To: <sip:11@192.0.2.1>\r\n",
            "To: <sip:11@192.0.2.1>;tag=callee\r\n",
        );
        let head = head.replace("Contact: <sip:10@192.0.2.10:5060>\r\n", "");
        let end = "Contact: <sip:11@192.0.2.11:5060>\r\nContent-Length: 0\r\n\r\n";
        self.gets(self.callee, &format!("SIP/2.0 {status}\r\n{head}{end}"));
    }

    /// INVITE, 100, 180, 200, ACK, BYE, 200.
    fn call(&mut self) {
        let before = self.network.sent;
        self.calls += 1;
        self.now += Duration::from_millis(1);
        self.request(INVITE);
        self.answers("100 Trying");
        self.answers("180 Ringing");
        self.answers("200 OK");
        let sent = String::from_utf8_lossy(&self.network.to_caller).into_owned();
        let mut fields = sent
            .lines()
            .filter_map(|line| line.strip_prefix("Record-Route: "));
        let route = fields.next().unwrap_or_default().to_owned();
        self.request(&IN_DIALOG.replace("METHOD", "ACK").replace("ROUTE", &route));
        self.request(&IN_DIALOG.replace("METHOD", "BYE").replace("ROUTE", &route));
        self.answers("200 OK");
        assert_eq!(self.network.sent, before + 7, "with the server's own 100");
    }
}

fn script(request: &mut Request) -> Result<Action, Reply> {
    request.check_max_forwards(70)?;
    request.check_length(4096)?;
    if request.loose_route() {
        return Ok(relay_in_dialog());
    }
    if !request.is_for_us() || request.has_route() {
        return Err(Reply::new(403, "Relaying Denied"));
    }
    match request.method() {
        Method::Ack => Ok(Action::Drop),
        Method::Register => {
            let contact = "<sip:10@192.0.2.10:5060>;expires=3600";
            Ok(Reply::of(200).with("Contact", contact).into())
        }
        _ if request.has_user() => {
            request.record_route();
            Ok(relay(vec![Target::new("sip:11@192.0.2.11:5060")]))
        }
        _ => Ok(Reply::of(200)
            .with("Allow", "INVITE, ACK, CANCEL, BYE")
            .into()),
    }
}

const OPTIONS: &str = "OPTIONS sip:192.0.2.1 SIP/2.0\r\n\
    Via: SIP/2.0/UDP 192.0.2.10:5060;rport;branch=z9hG4bK-BRANCH\r\n\
    Max-Forwards: 70\r\n\
    From: \"Ten\" <sip:10@192.0.2.1>;tag=ab12cd34\r\n\
    To: <sip:192.0.2.1>\r\n\
    Call-ID: 3848276298220188511@192.0.2.10\r\n\
    CSeq: 1 OPTIONS\r\n\
    Contact: <sip:10@192.0.2.10:5060>\r\n\
    Accept: application/sdp\r\n\
    User-Agent: bench\r\n\
    Content-Length: 0\r\n\r\n";

const REGISTER: &str = "REGISTER sip:192.0.2.1 SIP/2.0\r\n\
    Via: SIP/2.0/UDP 192.0.2.10:5060;rport;branch=z9hG4bK-BRANCH\r\n\
    Max-Forwards: 70\r\n\
    From: \"Ten\" <sip:10@192.0.2.1>;tag=ab12cd34\r\n\
    To: <sip:10@192.0.2.1>\r\n\
    Call-ID: 3848276298220188511@192.0.2.10\r\n\
    CSeq: 1 REGISTER\r\n\
    Contact: <sip:10@192.0.2.10:5060>;expires=3600\r\n\
    User-Agent: bench\r\n\
    Content-Length: 0\r\n\r\n";

const INVITE: &str = "INVITE sip:11@192.0.2.1 SIP/2.0\r\n\
    Via: SIP/2.0/UDP 192.0.2.10:5060;rport;branch=z9hG4bK-BRANCH\r\n\
    Max-Forwards: 70\r\n\
    From: \"Ten\" <sip:10@192.0.2.1>;tag=ab12cd34\r\n\
    To: <sip:11@192.0.2.1>\r\n\
    Call-ID: CALL@192.0.2.10\r\n\
    CSeq: 1 INVITE\r\n\
    Contact: <sip:10@192.0.2.10:5060>\r\n\
    Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, MESSAGE, UPDATE\r\n\
    User-Agent: bench\r\n\
    Content-Type: application/sdp\r\n\
    Content-Length: 128\r\n\r\n\
    v=0\r\no=10 53655765 2353687637 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\n\
    t=0 0\r\nm=audio 6000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n..";

const IN_DIALOG: &str = "METHOD sip:11@192.0.2.11:5060 SIP/2.0\r\n\
    Via: SIP/2.0/UDP 192.0.2.10:5060;rport;branch=z9hG4bK-BRANCH\r\n\
    Route: ROUTE\r\n\
    Max-Forwards: 70\r\n\
    From: \"Ten\" <sip:10@192.0.2.1>;tag=ab12cd34\r\n\
    To: <sip:11@192.0.2.1>;tag=callee\r\n\
    Call-ID: CALL@192.0.2.10\r\n\
    CSeq: 2 METHOD\r\n\
    User-Agent: bench\r\n\
    Content-Length: 0\r\n\r\n";

fn core(criterion: &mut Criterion) {
    let mut measure = |name: &str, run: fn(&mut Bench)| {
        let mut bench = Bench::new();
        criterion.bench_function(name, |b| {
            b.iter_custom(|times| {
                bench.spent = Duration::ZERO;
                (0..times).for_each(|_| run(&mut bench));
                bench.spent
            })
        });
    };
    measure("OPTIONS", |bench| bench.request(OPTIONS));
    measure("REGISTER", |bench| bench.request(REGISTER));
    measure("a whole call", Bench::call);
}

criterion_group!(benches, core);
criterion_main!(benches);
