//! A server on the stage: its settings, and how it serves a script.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::net::SocketAddr;
use std::rc::Rc;

use sip_message::Flow;
use sip_server::{Action, Direction, Myself, Observer, Reply, Request, Settings};

use crate::network::StageNetwork;
use crate::sockets::StageSockets;
use crate::values::Values;

/// What a chapter gets to start its server on a stage.
pub struct StageServer {
    /// The server's sockets on the stage's network.
    pub network: StageSockets,
    /// Its names, the paused clock, counted entropy, and an observer that records the log.
    pub settings: Settings,
    /// What exchanges may look at.
    pub views: Views,
    /// What decides before the script does.
    pub screen: Screen,
    /// The values of this play.
    pub values: Values,
}

impl StageServer {
    /// The server's names and addresses.
    pub fn myself(&self) -> Myself {
        self.settings.myself.clone()
    }

    /// Serves with the chapter's script until the stage stops it.
    pub async fn serve(mut self, script: &impl AsyncFn(&mut Request) -> Result<Action, Reply>) {
        let never = std::future::pending();
        let screen = self.screen;
        let script = async |request: &mut Request| match screen.refuses(request) {
            Some(reply) => Err(reply),
            None => script(request).await,
        };
        sip_server::serve(&mut self.network, &script, self.settings, never).await;
    }
}

impl fmt::Debug for StageServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StageServer(..)")
    }
}

type View = Box<dyn Fn(&str) -> Option<String>>;

/// What exchanges may look at besides messages: a table as SQL shows it, a method of the control
/// socket.
#[derive(Clone, Default)]
pub struct Views(Rc<RefCell<Option<View>>>);

impl Views {
    /// Offers what can be looked at: `look` gets what an exchange names, with the values of this
    /// play, and returns what there is to see. A server that restarts offers it again.
    pub fn offer(&self, look: impl Fn(&str) -> Option<String> + 'static) {
        *self.0.borrow_mut() = Some(Box::new(look));
    }

    pub(crate) fn look(&self, name: &str, values: &Values) -> Option<String> {
        let offered = self.0.borrow();
        offered.as_ref().and_then(|look| look(&values.text(name)))
    }
}

impl fmt::Debug for Views {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Views(..)")
    }
}

/// What decides about a request before the chapter's script does; nothing unless an exchange sets it.
#[derive(Clone, Default)]
pub struct Screen(Rc<Cell<Option<Refusing>>>);

type Refusing = fn(&Request) -> Option<Reply>;

impl Screen {
    pub(crate) fn set(&self, refuse: Refusing) {
        self.0.set(Some(refuse));
    }

    fn refuses(&self, request: &Request) -> Option<Reply> {
        self.0.get().and_then(|refuse| refuse(request))
    }
}

impl fmt::Debug for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Screen(..)")
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
