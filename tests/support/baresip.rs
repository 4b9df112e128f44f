//! A real phone: baresip with a sine wave for a voice, controlled over its socket.

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::address;
use crate::process::Process;

const START: Duration = Duration::from_secs(20);

/// How long an event may take.
const EVENT: Duration = Duration::from_secs(20);

/// What the phone plays to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    /// A sine wave of 440 Hz.
    Sine,
    /// What it hears.
    Echo,
}

/// The settings of a phone.
#[derive(Debug, Clone, Copy)]
pub struct Account<'a> {
    /// The user.
    pub user: &'a str,
    /// Where the server is.
    pub server: SocketAddr,
    /// The password, right or wrong, where there is one.
    pub password: Option<&'a str>,
    /// "udp" or "tcp".
    pub transport: &'a str,
    /// Whether the phone registers. One that does not can still call.
    pub registers: bool,
}

impl Account<'_> {
    /// The line of baresip's file of accounts.
    fn line(&self) -> String {
        let Self {
            user,
            server,
            transport,
            ..
        } = self;
        let interval = if self.registers { 60 } else { 0 };
        let password = self.password.map(|it| format!(";auth_pass={it}"));
        let password = password.unwrap_or_default();
        format!(
            "<sip:{user}@{server};transport={transport}>;regint={interval};answermode=auto;\
             audio_codecs=PCMA{password}\n"
        )
    }
}

/// A running baresip.
pub struct Baresip {
    process: Process,
    control: TcpStream,
    user: String,
    unread: Vec<u8>,
    events: Vec<Value>,
}

impl Baresip {
    /// Starts a phone on 127.0.0.`host`. It answers calls by itself.
    pub fn start(account: Account<'_>, host: u8, voice: Voice, directory: &Path) -> Self {
        let name = format!("baresip-{}-{host}", account.user);
        let home = directory.join(&name);
        fs::create_dir_all(&home).expect("a directory can be made");
        let control = address::free(host);
        let files = [
            ("config", configuration(host, control, voice)),
            ("accounts", account.line()),
            ("contacts", String::new()),
        ];
        for (name, text) in files {
            fs::write(home.join(name), text).expect("a file can be written");
        }
        let mut command = Command::new("baresip");
        command.arg("-f").arg(&home);
        let mut process = Process::start(&mut command, &name, directory);
        let mut stream = None;
        process.wait_until("control socket", START, |_| {
            stream = TcpStream::connect(control).ok();
            stream.is_some()
        });
        Self {
            process,
            control: stream.expect("just connected"),
            user: account.user.to_owned(),
            unread: Vec::new(),
            events: Vec::new(),
        }
    }

    /// Waits until the registrar has answered 200.
    pub fn wait_registered(&mut self) {
        let line = format!("{}@", self.user);
        self.process.wait_until("registration", START, |phone| {
            let log = phone.log();
            log.lines()
                .any(|it| it.starts_with(&line) && it.contains("200 OK"))
        });
    }

    /// Waits until the phone says that the registrar refused it with this status, and gives up.
    pub fn wait_not_registered(&mut self, status: &str) {
        let line = format!("reg: sip:{}@", self.user);
        self.process.wait_until("refusal", START, |phone| {
            let log = phone.log();
            log.lines()
                .any(|it| it.contains(&line) && it.contains(status))
        });
    }

    /// Gives a command, such as "dial" with a URI.
    pub fn command(&mut self, name: &str, argument: &str) {
        let text = json!({"command": name, "params": argument, "token": "1"}).to_string();
        let framed = format!("{}:{text},", text.len());
        self.control
            .write_all(framed.as_bytes())
            .expect("a running phone takes commands");
    }

    /// Waits for an event, and returns its parameter.
    ///
    /// # Panics
    /// When it does not come.
    pub fn wait_event(&mut self, kind: &str) -> String {
        let began = Instant::now();
        loop {
            let found = self.events.iter().find(|event| event["type"] == kind);
            if let Some(event) = found {
                return event["param"].as_str().unwrap_or_default().to_owned();
            }
            assert!(
                began.elapsed() < EVENT,
                "{}: no {kind} among {:#?}\n{}",
                self.user,
                self.events,
                self.process.log()
            );
            self.read_events();
        }
    }

    /// Whether an event came so far.
    pub fn saw(&self, kind: &str) -> bool {
        self.events.iter().any(|event| event["type"] == kind)
    }

    /// From now on only new events count.
    pub fn forget_events(&mut self) {
        self.events.clear();
    }

    /// What it wrote.
    pub fn log(&self) -> String {
        self.process.log()
    }

    /// Reads the events of the phone: netstrings of JSON.
    fn read_events(&mut self) {
        let limit = Some(Duration::from_millis(100));
        self.control.set_read_timeout(limit).expect("not zero");
        let mut buffer = [0; 4096];
        match self.control.read(&mut buffer) {
            Ok(0) => panic!("{} hung up its control:\n{}", self.user, self.process.log()),
            Ok(length) => self.unread.extend_from_slice(&buffer[..length]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(error) => panic!("{}: {error}", self.user),
        }
        while let Some((text, length)) = netstring(&self.unread) {
            let value: Value = serde_json::from_slice(text).expect("baresip speaks JSON");
            if value["event"] == true {
                self.events.push(value);
            }
            self.unread.drain(..length);
        }
    }
}

/// The first whole netstring (`LENGTH:TEXT,`) and the bytes it took.
fn netstring(bytes: &[u8]) -> Option<(&[u8], usize)> {
    let colon = bytes.iter().position(|&byte| byte == b':')?;
    let length: usize = str::from_utf8(&bytes[..colon]).ok()?.parse().ok()?;
    let end = colon + 1 + length;
    (bytes.len() > end).then(|| (&bytes[colon + 1..end], end + 1))
}

fn configuration(host: u8, control: SocketAddr, voice: Voice) -> String {
    let address = address::loopback(host);
    let sip = address::free(host);
    let source = match voice {
        Voice::Sine => "ausine,440",
        Voice::Echo => "aubridge,mirror",
    };
    // ausine has 48 kHz stereo only; baresip converts.
    format!(
        "poll_method epoll\n\
         sip_listen {sip}\n\
         net_interface {address}\n\
         call_local_timeout 30\n\
         call_max_calls 4\n\
         audio_source {source}\n\
         audio_player aubridge,mirror\n\
         audio_alert aubridge,alert\n\
         ausrc_srate 48000\n\
         auplay_srate 48000\n\
         ausrc_channels 2\n\
         auplay_channels 2\n\
         rtp_ports 6700-6998\n\
         module_path /usr/lib/baresip/modules\n\
         module g711.so\n\
         module ausine.so\n\
         module aubridge.so\n\
         module_tmp uuid.so\n\
         module_tmp account.so\n\
         module_app menu.so\n\
         module_app ctrl_tcp.so\n\
         ctrl_tcp_listen {control}\n"
    )
}
