//! The DevTools protocol of Chromium: commands with answers, and events in between.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tungstenite::{Error, Message, WebSocket};

/// How long an answer may take on a busy machine.
const ANSWER: Duration = Duration::from_secs(60);

/// How long one look at the socket lasts.
const LOOK: Duration = Duration::from_millis(20);

/// A connection to a running Chromium, with one page.
pub struct DevTools {
    socket: WebSocket<TcpStream>,
    page: Option<String>,
    last: u64,
    events: Vec<Value>,
}

impl DevTools {
    /// Connects to the browser at `address`, and opens a page.
    pub fn connect(address: SocketAddr, path: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        let (socket, _) = tungstenite::client(format!("ws://{address}{path}"), stream).unwrap();
        socket.get_ref().set_read_timeout(Some(LOOK)).unwrap();
        let mut it = Self {
            socket,
            page: None,
            last: 0,
            events: Vec::new(),
        };
        let target = it.call("Target.createTarget", json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let session = it.call("Target.attachToTarget", attach);
        it.page = session["sessionId"].as_str().map(str::to_owned);
        it
    }

    /// Sends a command to the page, and waits for its answer.
    ///
    /// # Panics
    /// When the browser refuses it, or does not answer.
    pub fn call(&mut self, method: &str, parameters: Value) -> Value {
        let page = self.page.clone();
        self.send(page, method, parameters)
    }

    /// Sends a command to the browser as a whole.
    pub fn call_browser(&mut self, method: &str) -> Value {
        self.send(None, method, json!({}))
    }

    /// All events so far.
    pub fn events(&self) -> &[Value] {
        &self.events
    }

    fn send(&mut self, session: Option<String>, method: &str, parameters: Value) -> Value {
        self.last += 1;
        let mut command = json!({"id": self.last, "method": method, "params": parameters});
        if let Some(session) = session {
            command["sessionId"] = session.into();
        }
        self.socket
            .send(Message::text(command.to_string()))
            .unwrap();
        let began = Instant::now();
        loop {
            assert!(began.elapsed() < ANSWER, "no answer to {command}");
            let Some(message) = self.read() else { continue };
            if message["id"] != self.last {
                self.events.push(message);
                continue;
            }
            assert!(message["error"].is_null(), "{command}: {message}");
            return message["result"].clone();
        }
    }

    fn read(&mut self) -> Option<Value> {
        match self.socket.read() {
            Ok(message) => serde_json::from_str(message.to_text().unwrap()).ok(),
            Err(Error::Io(error))
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) =>
            {
                None
            }
            Err(error) => panic!("the browser hung up: {error}"),
        }
    }
}
