//! A control socket to call, and bindings behind it.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use sip_chapter::{Control, Methods, Running, Watchers};
use sip_location::{Binding, Location};
use sip_server::{Clock, Stats};

/// 2007-04-19 15:59:44 UTC.
pub const NOW: u64 = 1_176_998_384;

pub struct Server {
    pub location: Location,
    pub stats: Arc<Stats>,
    pub watchers: Watchers,
    pub path: PathBuf,
    pub _control: Control,
    pub _directory: tempfile::TempDir,
}

pub fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(NOW)
}

pub fn binding(aor: &str, contact: &str) -> Binding {
    Binding {
        ruid: String::new(),
        aor: aor.to_owned(),
        contact: contact.to_owned(),
        params: ";q=0.5;+sip.instance=\"<urn:uuid:1>\";reg-id=1".to_owned(),
        q: sip_message::Q::from_thousandths(500),
        expires: NOW as u32 + 600,
        modified: NOW as u32,
        call_id: "a@192.168.1.10".to_owned(),
        cseq: 3,
        user_agent: String::new(),
        socket: "udp:192.168.1.15:5060".to_owned(),
        flow: None,
    }
}

pub fn server(bindings: impl IntoIterator<Item = Binding>) -> Server {
    server_with(bindings, Methods::default())
}

pub fn server_with(bindings: impl IntoIterator<Item = Binding>, methods: Methods) -> Server {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sip.sock");
    let location = Location::new(sip_location::Settings::default(), None);
    location.load(bindings, now());
    let stats = Arc::new(Stats::default());
    let running = Running {
        stats: Arc::clone(&stats),
        ..Running::new("step-01", Clock::starting_at(now()), location.clone())
    };
    let watchers = running.watchers.clone();
    let claimed = Control::claim(&path).unwrap().offering(methods);
    let control = claimed.answer(running).unwrap();
    Server {
        location,
        stats,
        watchers,
        _control: control,
        path,
        _directory: directory,
    }
}

impl Server {
    pub fn connect(&self) -> UnixStream {
        let stream = UnixStream::connect(&self.path).unwrap();
        let limit = Some(Duration::from_secs(20));
        stream.set_read_timeout(limit).unwrap();
        stream
    }

    /// Sends a text and returns the one line that comes back.
    pub fn say(&self, text: &str) -> String {
        let mut stream = self.connect();
        stream.write_all(text.as_bytes()).unwrap();
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).unwrap();
        line
    }

    pub fn call(&self, method: &str, params: Value) -> Value {
        let call = json!({"jsonrpc": "2.0", "method": method, "params": params, "id": 1});
        serde_json::from_str(&self.say(&format!("{call}\n"))).unwrap()
    }
}
