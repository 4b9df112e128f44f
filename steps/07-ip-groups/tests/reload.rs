//! The table is read again while the server runs, over its control socket.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use sip_database::{Address, Database};

/// Long enough for a busy machine; what is waited for takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(20);

struct Server {
    process: Child,
    address: SocketAddr,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Server {
    fn start(folder: &Path) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_step-07"))
            .args(["--listen", "127.0.0.1:0"])
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let words = BufReader::new(process.stdout.take().unwrap());
        let mut lines = words.lines().map(|line| line.unwrap());
        let address = lines.find(|line| line.starts_with("  127.0.0.1:")).unwrap();
        let address = address.split_whitespace().next().unwrap().parse().unwrap();
        lines.find(|line| line == "Ctrl-C stops the server.").unwrap();
        std::thread::spawn(move || lines.for_each(drop)); // its trace must not fill the pipe
        Self { process, address }
    }

    /// A call from a carrier; the first line of what comes back.
    fn call_from(&self, carrier: [u8; 4], number: u32) -> String {
        let socket = UdpSocket::bind((IpAddr::from(carrier), 0)).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let (here, server) = (socket.local_addr().unwrap(), self.address);
        let invite = format!(
            "INVITE sip:12@{server} SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bK{number}\r\n\
             Max-Forwards: 70\r\nFrom: <sip:+41215500000@carrier.example>;tag=1\r\n\
             To: <sip:12@{server}>\r\nCall-ID: {number}\r\nCSeq: 1 INVITE\r\n\
             Contact: <sip:{here}>\r\nContent-Length: 0\r\n\r\n"
        );
        socket.send_to(invite.as_bytes(), server).unwrap();
        let mut answer = [0; 2048];
        let length = loop {
            match socket.recv(&mut answer) {
                // A machine that is frozen for a moment interrupts a wait that has a limit.
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                received => break received.unwrap(),
            }
        };
        String::from_utf8_lossy(&answer[..length]).lines().next().unwrap().to_owned()
    }

    fn stop(mut self) -> String {
        self.process.kill().unwrap();
        let mut said = String::new();
        self.process.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        said
    }
}

/// Calls a method without parameters; the one line that comes back.
fn ask(folder: &Path, method: &str) -> String {
    let mut socket = UnixStream::connect(folder.join("sip.sock")).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let call = format!("{{\"jsonrpc\":\"2.0\",\"method\":\"{method}\",\"params\":[],\"id\":1}}\n");
    socket.write_all(call.as_bytes()).unwrap();
    let mut line = String::new();
    BufReader::new(socket).read_line(&mut line).unwrap();
    line
}

const CARRIER: [u8; 4] = [127, 0, 0, 102];

#[test]
fn a_reload_lets_a_new_carrier_in() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    assert_eq!(server.call_from(CARRIER, 1), "SIP/2.0 403 Use From=ID");

    let database = Database::inline(folder.path().join("sip.db")).unwrap();
    let carrier = Address::new(200, CARRIER.into(), 32, 0, "Carrier").unwrap();
    database.admin().unwrap().add_address(&carrier).unwrap();
    assert_eq!(server.call_from(CARRIER, 2), "SIP/2.0 403 Use From=ID");
    let reloaded = ask(folder.path(), "permissions.addressReload");
    assert!(reloaded.contains(r#""result":{"Loaded":1,"Refused":[]}"#), "{reloaded}");
    assert_eq!(server.call_from(CARRIER, 3), "SIP/2.0 404 User not Registered");
    let shown = ask(folder.path(), "permissions.addressDump");
    let row = r#"{"grp":200,"ip_addr":"127.0.0.102","mask":32,"port":0,"tag":"Carrier"}"#;
    assert!(shown.contains(&format!("\"result\":[{row}]")), "{shown}");
}

#[test]
fn a_wrong_row_is_reported_at_the_start_and_at_a_reload_and_the_others_count() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::inline(folder.path().join("sip.db")).unwrap();
    let rows = "insert into address (grp, ip_addr, mask) \
                values (200, '10.0.1.102', 33), (200, '127.0.0.102', 32)";
    database.execute(rows).unwrap();
    let server = Server::start(folder.path());
    assert_eq!(server.call_from(CARRIER, 1), "SIP/2.0 404 User not Registered");
    let reloaded = ask(folder.path(), "permissions.addressReload");
    let why = "address table, row 1 left out: mask 33 of 10.0.1.102 is not a number from 0 to 32";
    assert!(reloaded.contains(&format!(r#"{{"Loaded":1,"Refused":["{why}"]}}"#)), "{reloaded}");
    let said = server.stop();
    assert_eq!(said.matches(&format!("warning: {why}\n")).count(), 2, "{said}");
}

#[test]
fn a_row_with_mask_0_lets_in_that_address_alone() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::inline(folder.path().join("sip.db")).unwrap();
    let rows = "insert into address (grp, ip_addr, mask) \
                values (200, '10.0.0.1', 0), (200, '0.0.0.0', 0)";
    database.execute(rows).unwrap();
    let server = Server::start(folder.path());
    assert_eq!(server.call_from(CARRIER, 1), "SIP/2.0 403 Use From=ID");
    let row = "insert into address (grp, ip_addr, mask) values (200, '127.0.0.102', 0)";
    database.execute(row).unwrap();
    let reloaded = ask(folder.path(), "permissions.addressReload");
    assert!(reloaded.contains(r#""Loaded":3,"Refused":[]"#), "{reloaded}");
    assert!(reloaded.contains("row 2: mask 0 means only 0.0.0.0"), "{reloaded}");
    assert_eq!(server.call_from(CARRIER, 2), "SIP/2.0 404 User not Registered");
    let said = server.stop();
    let nobody = "warning: address table, row 2: mask 0 means only 0.0.0.0, which matches nobody";
    assert!(said.contains(nobody), "{said}");
}
