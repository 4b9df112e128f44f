//! The driver: scripts that wait, names, time, and the end.

use std::cell::{Cell, RefCell};
use std::future::pending;
use std::net::SocketAddr;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::SystemTime;

use sip_message::{Arrival, Connection, Flow, Transport};
use sip_server::{
    Account, Action, Event, Limits, Lookup, Network, Outgoing, Reply, Request, Settings,
    Unreachable, relay, serve,
};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep};

use super::harness::{Notes, caller, ms, settings, starts};
use super::messages::{invite, request};
use super::recorded::{Peer, Recorded, Sent};

/// A network whose other end is in the hands of the test.
struct Wired {
    recorded: Rc<RefCell<Recorded>>,
    incoming: mpsc::UnboundedReceiver<Event>,
}

impl Network for Wired {
    fn poll_events(&mut self, context: &mut Context<'_>, events: &mut Vec<Event>) -> Poll<()> {
        match self.incoming.poll_recv(context) {
            Poll::Ready(Some(event)) => {
                events.push(event);
                Poll::Ready(())
            }
            _ => Poll::Pending,
        }
    }

    fn flow_to(
        &mut self,
        transport: Transport,
        remote: SocketAddr,
        account: Account,
    ) -> Result<Flow, Unreachable> {
        self.recorded
            .borrow_mut()
            .flow_to(transport, remote, account)
    }

    fn flow_from(
        &mut self,
        local: SocketAddr,
        transport: Transport,
        remote: SocketAddr,
        account: Account,
    ) -> Result<Flow, Unreachable> {
        let mut recorded = self.recorded.borrow_mut();
        recorded.flow_from(local, transport, remote, account)
    }

    fn flow_of(&self, connection: Connection) -> Option<Flow> {
        self.recorded.borrow().flow_of(connection)
    }

    fn send_all(&mut self, out: &mut Outgoing) {
        self.recorded.borrow_mut().send_all(out);
    }

    fn resolve(&self, host: &str, port: u16, account: Account) -> Lookup {
        self.recorded.borrow().resolve(host, port, account)
    }
}

/// The other end.
pub(crate) struct Line {
    pub(crate) recorded: Rc<RefCell<Recorded>>,
    outgoing: mpsc::UnboundedSender<Event>,
    stop: Cell<Option<oneshot::Sender<()>>>,
}

impl Line {
    /// A message comes; what is sent until nothing more happens in this moment.
    pub(crate) async fn gets(&self, from: Peer, message: impl AsRef<[u8]>) -> Vec<Sent> {
        let arrival = Arrival {
            flow: from.0,
            at: SystemTime::UNIX_EPOCH,
        };
        let bytes = message.as_ref().to_vec();
        self.outgoing
            .send(Event::Message { bytes, arrival })
            .unwrap();
        self.settles().await
    }

    pub(crate) async fn settles(&self) -> Vec<Sent> {
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        std::mem::take(&mut self.recorded.borrow_mut().sent)
    }

    fn stops(&self) {
        self.stop.take().unwrap().send(()).unwrap();
    }
}

/// Runs a server with that script until the test is done or has stopped it.
pub(crate) async fn with_server(
    script: impl AsyncFn(&mut Request) -> Result<Action, Reply>,
    test: impl AsyncFnOnce(&Line),
) {
    with_limited_server(Limits::default(), script, test).await;
}

/// The same, for a server with other limits.
pub(crate) async fn with_limited_server(
    limits: Limits,
    script: impl AsyncFn(&mut Request) -> Result<Action, Reply>,
    test: impl AsyncFnOnce(&Line),
) {
    let settings = settings(limits, &Notes::default(), &Default::default());
    with_server_of(settings, script, test).await;
}

/// The same, for a server with other settings.
pub(crate) async fn with_server_of(
    settings: Settings,
    script: impl AsyncFn(&mut Request) -> Result<Action, Reply>,
    test: impl AsyncFnOnce(&Line),
) {
    let recorded = Rc::new(RefCell::new(Recorded::default()));
    let (outgoing, incoming) = mpsc::unbounded_channel();
    let (stop, stopped) = oneshot::channel();
    let line = Line {
        recorded: recorded.clone(),
        outgoing,
        stop: Cell::new(Some(stop)),
    };
    let mut network = Wired { recorded, incoming };
    let serving = serve(&mut network, &script, settings, async {
        stopped.await.ok();
    });
    let testing = async {
        test(&line).await;
        if let Some(stop) = line.stop.take() {
            stop.send(()).ok();
        }
    };
    tokio::join!(serving, testing);
}

pub(crate) fn to_b(uri: &'static str) -> impl AsyncFn(&mut Request) -> Result<Action, Reply> {
    async move |_: &mut Request| Ok(relay(vec![sip_server::Target::new(uri)]))
}

#[tokio::test(start_paused = true)]
async fn a_script_that_waits_does_not_hold_up_others() {
    let script = async |request: &mut Request| {
        if request.has_user() {
            sleep(ms(1000)).await;
            return Err(Reply::of(404));
        }
        Ok(Reply::of(200).into())
    };
    with_server(script, async |line: &Line| {
        assert!(line.gets(caller(), invite(caller(), "b")).await.is_empty());
        let options = request(caller(), "OPTIONS", "sip:192.0.2.1", "z9hG4bK-o");
        assert_eq!(
            starts(&line.gets(caller(), options).await),
            ["SIP/2.0 200 OK"]
        );
        sleep(ms(300)).await;
        assert_eq!(starts(&line.settles().await), ["SIP/2.0 100 Trying"]);
        sleep(ms(700)).await;
        assert_eq!(starts(&line.settles().await), ["SIP/2.0 404 Not Found"]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_copy_never_reaches_the_script() {
    let runs = Cell::new(0);
    let script = async |_: &mut Request| {
        runs.set(runs.get() + 1);
        sleep(ms(100)).await;
        Ok(Reply::of(200).into())
    };
    with_server(script, async |line: &Line| {
        let register = request(caller(), "REGISTER", "sip:192.0.2.1", "z9hG4bK-r");
        for _ in 0..3 {
            line.gets(caller(), &register).await;
        }
        sleep(ms(101)).await;
        assert_eq!(
            line.gets(caller(), &register).await.len(),
            2,
            "the answer, and again"
        );
    })
    .await;
    assert_eq!(runs.get(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_script_that_never_ends_is_a_500_when_the_client_has_given_up() {
    with_server(
        async |_: &mut Request| pending().await,
        async |line: &Line| {
            let options = request(caller(), "OPTIONS", "sip:192.0.2.1", "z9hG4bK-o");
            line.gets(caller(), &options).await;
            sleep(ms(31_999)).await;
            assert_eq!(starts(&line.settles().await), ["SIP/2.0 100 Trying"]);
            sleep(ms(2)).await;
            assert_eq!(
                starts(&line.settles().await),
                ["SIP/2.0 500 Server Internal Error"]
            );
        },
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_driver_keeps_time() {
    with_server(to_b("sip:b@192.0.2.11"), async |line: &Line| {
        line.gets(caller(), invite(caller(), "b")).await;
        sleep(ms(499)).await;
        assert!(line.settles().await.is_empty());
        sleep(ms(3)).await;
        assert_eq!(
            starts(&line.settles().await),
            ["INVITE sip:b@192.0.2.11 SIP/2.0"]
        );
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_server_without_waiting_scripts_stops_at_once() {
    let began = Instant::now();
    with_server(to_b("sip:b@192.0.2.11"), async |line: &Line| {
        line.gets(caller(), invite(caller(), "b")).await;
        line.stops();
    })
    .await;
    assert!(began.elapsed() < ms(2));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stops_lets_its_scripts_answer_and_sheds_what_is_new() {
    let script = async |_: &mut Request| {
        sleep(ms(1000)).await;
        Ok(Reply::of(200).into())
    };
    with_server(script, async |line: &Line| {
        let register = request(caller(), "REGISTER", "sip:192.0.2.1", "z9hG4bK-1");
        line.gets(caller(), &register).await;
        line.stops();
        line.settles().await;
        let sent = line.gets(caller(), register.replace("-1\r", "-2\r")).await;
        assert_eq!(starts(&sent), ["SIP/2.0 503 Service Unavailable"]);
        sleep(ms(1001)).await;
        assert_eq!(starts(&line.settles().await), ["SIP/2.0 200 OK"]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stops_waits_two_seconds_and_no_longer() {
    let began = Instant::now();
    with_server(
        async |_: &mut Request| pending().await,
        async |line: &Line| {
            line.gets(caller(), invite(caller(), "b")).await;
            line.stops();
        },
    )
    .await;
    let took = began.elapsed();
    assert!(took >= ms(2000) && took < ms(2010), "{took:?}");
}
