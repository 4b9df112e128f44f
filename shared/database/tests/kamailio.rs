//! One file, two servers: a real Kamailio serves the phones that registered here, and we serve
//! those that registered there.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::fs;
use std::net::UdpSocket;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use common::{file, sql};
use sip_database::Database;
use sip_location::{Location, Settings};
use sip_message::{Arrival, Request, fixture};

const REASON: &str = "kamailio and kamailio-sqlite-modules";
const KAMAILIO: &str = "127.0.0.1:6120";

/// A Kamailio on our file, killed at the end.
struct Kamailio(Child);

impl Kamailio {
    fn start(path: &Path, db_mode: u8) -> Self {
        let directory = path.parent().unwrap();
        let config = format!(
            "children=1\nlisten=udp:{KAMAILIO}\ndisable_tcp=yes\nlog_stderror=yes\n\
             loadmodule \"tm.so\"\nloadmodule \"sl.so\"\nloadmodule \"pv.so\"\n\
             loadmodule \"db_sqlite.so\"\nloadmodule \"usrloc.so\"\nloadmodule \"registrar.so\"\n\
             loadmodule \"nathelper.so\"\n\
             modparam(\"usrloc\", \"db_url\", \"sqlite:///{}\")\n\
             modparam(\"usrloc\", \"db_mode\", {db_mode})\n\
             modparam(\"nathelper|registrar\", \"received_avp\", \"$avp(received)\")\n\
             request_route {{\n\
               if (method == \"REGISTER\") {{ fix_nated_register(); save(\"location\"); exit; }}\n\
               if (!lookup(\"location\")) {{ sl_send_reply(\"404\", \"Not Found\"); exit; }}\n\
               t_relay();\n}}\n",
            path.display()
        );
        let file = directory.join("kamailio.cfg");
        fs::write(&file, config).unwrap();
        let log = fs::File::create(directory.join("kamailio.log")).unwrap();
        let child = Command::new("kamailio")
            .args(["-DD", "-E", "-f"])
            .arg(&file)
            .arg("-Y")
            .arg(directory)
            .arg("-P")
            .arg(directory.join("kamailio.pid"))
            .env("TZ", "America/New_York") // dates must not depend on it
            .stderr(Stdio::from(log))
            .spawn()
            .unwrap_or_else(|error| panic!("install {REASON}: {error}"));
        Self(child)
    }

    /// Sends a request until there is an answer, as Kamailio takes a moment to start.
    fn ask(&self, socket: &UdpSocket, request: &str) -> String {
        socket
            .set_read_timeout(Some(Duration::from_millis(200)))
            .unwrap();
        let mut buffer = [0; 4096];
        for _ in 0..50 {
            socket.send_to(request.as_bytes(), KAMAILIO).unwrap();
            if let Ok(length) = socket.recv(&mut buffer) {
                return String::from_utf8_lossy(&buffer[..length]).into_owned();
            }
        }
        panic!("Kamailio does not answer; see its log");
    }
}

impl Drop for Kamailio {
    fn drop(&mut self) {
        // Ends its children as well, which a kill would not.
        let kill = format!("kill {}", self.0.id());
        let _ = Command::new("sh").args(["-c", &kill]).status();
        let _ = self.0.wait();
    }
}

fn text(method: &str, uri: &str, user: &str, via: &str, headers: &str) -> String {
    format!(
        "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {via};branch=z9hG4bK{user};rport\r\n\
         Max-Forwards: 70\r\nFrom: <sip:{user}@127.0.0.1>;tag=f\r\nTo: <sip:{user}@127.0.0.1>\r\n\
         Call-ID: {user}@127.0.0.1\r\nCSeq: 1 {method}\r\nUser-Agent: Test phone\r\n{headers}\
         Content-Length: 0\r\n\r\n"
    )
}

fn request(text: String, source: &str) -> Request {
    let flow = fixture::flow(KAMAILIO, source);
    let at = SystemTime::now();
    fixture::request(text, Arrival { flow, at })
}

fn location(database: &Database) -> Location {
    Location::new(Settings::default(), Some(Arc::new(database.clone())))
}

/// The first line of what a phone receives.
fn received(phone: &UdpSocket) -> String {
    phone
        .set_read_timeout(Some(Duration::from_secs(5)))
        .unwrap();
    let mut buffer = [0; 4096];
    let length = phone.recv(&mut buffer).unwrap();
    let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
    text.lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
#[ignore = "needs kamailio and kamailio-sqlite-modules"]
async fn kamailio_calls_the_phones_that_registered_here() {
    for db_mode in [1, 2, 3] {
        let (_directory, path) = file();
        let database = Database::open(&path).unwrap();
        let location = location(&database);
        let (phone, nat) = (socket(), socket());
        let here = phone.local_addr().unwrap();
        // One at its Contact; one behind a NAT, whose Contact leads nowhere.
        let contact = format!(
            "Contact: <sip:11@{here};line=x>;q=0.5;+sip.instance=\"<urn:uuid:1>\";reg-id=1\r\n"
        );
        let plain = text(
            "REGISTER",
            "sip:127.0.0.1",
            "11",
            &here.to_string(),
            &contact,
        );
        location
            .save(&request(plain, &here.to_string()))
            .await
            .unwrap();
        let source = nat.local_addr().unwrap().to_string();
        let contact = "Contact: <sip:12@192.168.9.9:5060>\r\n";
        let behind = text(
            "REGISTER",
            "sip:127.0.0.1",
            "12",
            "192.168.9.9:5060",
            contact,
        );
        location.save(&request(behind, &source)).await.unwrap();

        let kamailio = Kamailio::start(&path, db_mode);
        let caller = socket();
        let via = caller.local_addr().unwrap().to_string();
        for (user, phone, uri) in [
            ("11", &phone, format!("sip:11@{here};line=x")),
            ("12", &nat, "sip:12@192.168.9.9:5060".to_owned()),
        ] {
            let options = text("OPTIONS", &format!("sip:{user}@{KAMAILIO}"), user, &via, "");
            let sent = std::thread::scope(|scope| {
                let asked = scope.spawn(|| received(phone));
                while !asked.is_finished() {
                    caller.send_to(options.as_bytes(), KAMAILIO).unwrap();
                    std::thread::sleep(Duration::from_millis(100));
                }
                asked.join().unwrap()
            });
            assert_eq!(sent, format!("OPTIONS {uri} SIP/2.0"), "db_mode {db_mode}");
        }
        drop(kamailio);
    }
}

#[test]
#[ignore = "needs kamailio and kamailio-sqlite-modules"]
fn phones_that_registered_at_kamailio_are_served_here() {
    let (_directory, path) = file();
    drop(Database::open(&path).unwrap());
    let kamailio = Kamailio::start(&path, 1);
    let phone = socket();
    let here = phone.local_addr().unwrap();
    let contact = format!(
        "Contact: <sip:11@{here};ob>;q=0.5;+sip.instance=\"<urn:uuid:1>\";reg-id=1;expires=600\r\n"
    );
    let register = text(
        "REGISTER",
        "sip:127.0.0.1",
        "11",
        &here.to_string(),
        &contact,
    );
    let before = SystemTime::now();
    let answer = kamailio.ask(&phone, &register);
    assert!(answer.starts_with("SIP/2.0 200"), "{answer}");
    drop(kamailio);

    let database = Database::open(&path).unwrap();
    let location = location(&database);
    assert_eq!(database.load(&location, before).unwrap().bindings, 1);
    let binding = location.bindings("11", before).remove(0);
    let since = before
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_secs() as u32;
    let late = binding.expires - since - 600;
    assert!(late <= 15, "expires {late} s late, or in another time zone");
    assert_eq!(binding.contact, format!("sip:11@{here};ob"));
    assert_eq!(
        binding.params,
        ";q=0.5;+sip.instance=\"<urn:uuid:1>\";reg-id=1"
    );
    assert_eq!(
        (binding.call_id.as_str(), binding.cseq),
        ("11@127.0.0.1", 1)
    );
    assert_eq!(binding.received(), Some(here));
    assert_eq!(binding.socket, format!("udp:{KAMAILIO}"));
    assert!(binding.ruid.starts_with("uloc-"), "{}", binding.ruid);
    let columns: Vec<String> = columns(&path);
    assert!(
        columns.contains(&"keepalive INTEGER".to_owned()),
        "{columns:?}"
    );
}

/// Column and type of the table both wrote.
fn columns(path: &Path) -> Vec<String> {
    let all = "SELECT group_concat(name || ' ' || type, ',') FROM pragma_table_info('location')";
    sql::<String>(path, all)
        .split(',')
        .map(str::to_owned)
        .collect()
}

fn socket() -> UdpSocket {
    UdpSocket::bind("127.0.0.1:0").unwrap()
}
