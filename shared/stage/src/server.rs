//! A server on the stage: its settings, and how it serves a script.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::rc::Rc;

use sip_message::Flow;
use sip_server::{
    Action, Direction, Myself, Observer, OnReply, Reply, Request, Response, Settings,
};

use crate::network::StageNetwork;
use crate::sockets::StageSockets;

/// What a chapter gets to start its server on a stage.
pub struct StageServer {
    /// The server's sockets on the stage's network.
    pub network: StageSockets,
    /// Its names, the paused clock, counted entropy, and an observer that records the log.
    pub settings: Settings,
    /// What exchanges may look at.
    pub views: Views,
}

impl StageServer {
    /// The server's names and addresses.
    pub fn myself(&self) -> Myself {
        self.settings.myself.clone()
    }

    /// Serves with the chapter's script until the stage stops it.
    pub async fn serve(mut self, script: &impl AsyncFn(&mut Request) -> Result<Action, Reply>) {
        let never = std::future::pending();
        sip_server::serve(&mut self.network, script, self.settings, never).await;
    }

    /// Serves with the chapter's script and its `onreply_route`, which sees responses, until the
    /// stage stops it.
    pub async fn serve_both<C: 'static>(
        mut self,
        cx: C,
        route: impl AsyncFn(&C, &mut Request) -> Result<Action, Reply>,
        onreply_route: fn(&C, &mut Response) -> Result<(), Reply>,
    ) {
        let cx = Rc::new(cx);
        let replies = Rc::clone(&cx);
        self.settings.on_reply = OnReply(Box::new(move |it| onreply_route(&replies, it)));
        self.serve(&async |request: &mut _| route(&cx, request).await)
            .await;
    }
}

impl fmt::Debug for StageServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StageServer(..)")
    }
}

type View = Box<dyn Fn() -> String>;

/// What exchanges may look at besides messages: a table as SQL shows it, or the bindings.
#[derive(Clone, Default)]
pub struct Views(Rc<RefCell<BTreeMap<String, View>>>);

impl Views {
    /// Offers something to look at. A server that restarts offers it again.
    pub fn offer(&self, name: &str, look: impl Fn() -> String + 'static) {
        let mut views = self.0.borrow_mut();
        views.insert(name.to_owned(), Box::new(look));
    }

    pub(crate) fn look(&self, name: &str) -> Option<String> {
        self.0.borrow().get(name).map(|look| look())
    }
}

impl fmt::Debug for Views {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Views(..)")
    }
}

/// Writes the server's log lines into the recording. The network records the messages.
pub(crate) struct StageObserver {
    pub(crate) network: StageNetwork,
}

impl Observer for StageObserver {
    fn message(&mut self, _: Direction, _: &Flow, _: std::time::SystemTime, _: &[u8]) {}

    fn decided(
        &mut self,
        at: std::time::SystemTime,
        request: &Request,
        decision: &Result<Action, Reply>,
    ) {
        let decision = crate::decision(at, request, decision);
        self.network
            .with(|it| it.decisions.push((it.entries.len(), decision)));
    }

    fn note(&mut self, _: std::time::SystemTime, _: SocketAddr, text: fmt::Arguments<'_>) {
        self.network.log(&text.to_string());
    }
}
