//! `sipctl` as it is typed, against the control socket of a server.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use sip_chapter::{Control, Running};
use sip_location::{Binding, Location, Settings};
use sip_server::Clock;

struct Server {
    location: Location,
    control: Option<Control>,
    directory: tempfile::TempDir,
}

/// What a command printed, and its exit code.
struct Ended {
    out: String,
    errors: String,
    code: Option<i32>,
}

fn binding(aor: &str, contact: &str, expires_in: u32) -> Binding {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let now = u32::try_from(now.as_secs()).unwrap();
    Binding {
        ruid: String::new(),
        aor: aor.to_owned(),
        contact: contact.to_owned(),
        params: String::new(),
        q: sip_message::Q::ONE,
        expires: now + expires_in,
        modified: now,
        call_id: "a@192.168.1.10".to_owned(),
        cseq: 1,
        user_agent: "baresip v1.0".to_owned(),
        socket: "udp:192.168.1.15:5060".to_owned(),
        flow: None,
    }
}

fn server(bindings: impl IntoIterator<Item = Binding>) -> Server {
    let directory = tempfile::tempdir().unwrap();
    let location = Location::new(Settings::default(), None);
    location.load(bindings, SystemTime::now());
    let running = Running::new("step-01", Clock::system(), location.clone());
    let claimed = Control::claim(&directory.path().join("sip.sock")).unwrap();
    let control = claimed.answer(running).unwrap();
    Server {
        location,
        control: Some(control),
        directory,
    }
}

impl Server {
    /// Runs sipctl in the server's directory.
    fn sipctl(&self, words: &str) -> Ended {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sipctl"));
        command.args(words.split_whitespace());
        command.current_dir(self.directory.path());
        let output = command.stdin(Stdio::null()).output().unwrap();
        Ended {
            out: String::from_utf8(output.stdout).unwrap(),
            errors: String::from_utf8(output.stderr).unwrap(),
            code: output.status.code(),
        }
    }
}

#[test]
fn who_is_registered_is_a_table() {
    // Half an hour and half a minute: the minutes do not change while this runs.
    let server = server([
        binding("10", "sip:10@192.168.1.10:5060", 1830),
        binding("9", "sip:9@192.168.1.9", 1830),
    ]);
    let ended = server.sipctl("ul show");
    assert_eq!(ended.code, Some(0), "{}", ended.errors);
    let without_seconds: Vec<String> = ended
        .out
        .lines()
        .map(|line| match line.find("30m ") {
            Some(at) => format!("{}30m ..{}", &line[..at], &line[at + 7..]),
            None => line.to_owned(),
        })
        .collect();
    assert_eq!(
        without_seconds,
        [
            "AOR  CONTACT                   EXPIRES  OVER  USER-AGENT",
            "9    sip:9@192.168.1.9         30m ..  UDP   baresip v1.0",
            "10   sip:10@192.168.1.10:5060  30m ..  UDP   baresip v1.0",
            "2 bindings of 2 users",
        ]
    );
}

#[test]
fn one_user_can_be_asked_for_as_a_uri() {
    let server = server([
        binding("10", "sip:10@192.168.1.10", 600),
        binding("11", "sip:11@192.168.1.11", 600),
    ]);
    let ended = server.sipctl("ul show sip:11@192.168.1.15");
    assert!(ended.out.contains("sip:11@192.168.1.11"));
    assert!(!ended.out.contains("sip:10@"));
}

#[test]
fn an_empty_table_is_reported_in_words() {
    let ended = server([]).sipctl("ul show");
    assert_eq!(
        (ended.out.as_str(), ended.code),
        ("nobody is registered\n", Some(0))
    );
}

#[test]
fn an_unknown_user_is_a_failure() {
    let ended = server([]).sipctl("ul show 99");
    assert_eq!(ended.errors, "error: 99 is not registered\n");
    assert_eq!(ended.code, Some(1));
}

#[test]
fn a_removed_user_is_no_longer_registered() {
    let server = server([binding("10", "sip:10@192.168.1.10", 600)]);
    assert_eq!(server.sipctl("ul rm 10").out, "10: 1 binding removed\n");
    assert!(server.location.bindings("10", SystemTime::now()).is_empty());
    let ended = server.sipctl("ul rm 10");
    assert_eq!(ended.errors, "error: 10 is not registered\n");
    assert_eq!((ended.out.as_str(), ended.code), ("", Some(1)));
    assert_eq!(server.sipctl("ul rm 10 --json").code, Some(1));
}

#[test]
fn one_contact_of_a_user_is_removed_and_the_other_stays() {
    let server = server([
        binding("10", "sip:10@192.168.1.10", 600),
        binding("10", "sip:10@192.168.1.20", 600),
    ]);
    let words = "ul rm 10 sip:10@192.168.1.20";
    assert_eq!(server.sipctl(words).out, "10: 1 binding removed\n");
    let left = server.location.bindings("10", SystemTime::now());
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].contact, "sip:10@192.168.1.10");
    let ended = server.sipctl(words);
    assert_eq!(ended.code, Some(1));
    assert!(
        ended
            .errors
            .contains("is not registered at sip:10@192.168.1.20"),
        "{}",
        ended.errors
    );
}

#[test]
fn a_user_is_named_as_in_a_uri_or_as_it_is_kept() {
    let server = server([binding("20#1", "sip:20%231@192.168.1.10", 600)]);
    for name in ["20%231", "20#1", "sip:20%231@192.168.1.15"] {
        let ended = server.sipctl(&format!("ul show {name}"));
        assert!(ended.out.contains("20#1"), "{name}: {}", ended.errors);
    }
    assert_eq!(server.sipctl("ul rm 20%231").code, Some(0));
}

#[test]
fn a_binding_without_an_end_is_permanent() {
    let mut forever = binding("10", "sip:10@192.168.1.10", 0);
    forever.expires = u32::MAX;
    let server = server([forever]);
    let shown = server.sipctl("ul show").out;
    assert!(shown.contains(" permanent "), "{shown}");
    let json = server.sipctl("ul show 10 --json").out;
    assert!(json.contains(r#""Expires":"permanent""#), "{json}");
}

#[test]
fn json_has_kamailios_field_names() {
    let server = server([binding("10", "sip:10@192.168.1.10", 600)]);
    let ended = server.sipctl("ul show --json");
    let answer: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
    let info = &answer["Domains"][0]["Domain"]["AoRs"][0]["Info"];
    assert_eq!(info["AoR"], "10");
    let contact = &info["Contacts"][0]["Contact"];
    assert_eq!(contact["Address"], "sip:10@192.168.1.10");
    assert_eq!(contact["User-Agent"], "baresip v1.0");
}

#[test]
fn counters_and_uptime_are_shown() {
    let server = server([binding("10", "sip:10@192.168.1.10", 600)]);
    let stats = server.sipctl("stats usrloc:").out;
    assert_eq!(
        stats,
        "COUNTER                   COUNT\n\
         usrloc:location_contacts  1\n\
         usrloc:registered_users   1\n"
    );
    let uptime = server.sipctl("uptime").out;
    assert!(
        uptime.starts_with("sip-steps ") && uptime.contains("(step-01): up "),
        "{uptime}"
    );
    let unknown = server.sipctl("stats nonsense");
    assert_eq!(
        unknown.errors,
        "error: nonsense is not a counter; `sipctl stats` lists them all\n"
    );
    assert_eq!(unknown.code, Some(1));
    let unknown = server.sipctl("stats nonsense --json");
    let error = "{\"error\":\"nonsense is not a counter; `sipctl stats` lists them all\"}\n";
    assert_eq!((unknown.out.as_str(), unknown.errors.as_str()), ("", error));
    assert_eq!(unknown.code, Some(1));
}

#[test]
fn without_a_server_the_error_says_how_to_start_one() {
    let mut server = server([]);
    server.control = None;
    let ended = server.sipctl("ul show");
    assert_eq!(
        ended.errors,
        "error: no server answers at sip.sock; is one running? start it with `cargo run`, \
         or name its socket with --control PATH\n"
    );
    assert_eq!(ended.code, Some(1));
}

#[test]
fn a_socket_elsewhere_is_named_before_or_after_the_verb() {
    let server = server([]);
    let path: PathBuf = server.directory.path().join("sip.sock");
    for words in ["--control {} ul show", "ul show --control {}"] {
        let words = words.replace("{}", path.to_str().unwrap());
        assert_eq!(server.sipctl(&words).out, "nobody is registered\n");
    }
}

#[test]
fn what_was_typed_wrongly_has_its_own_exit_code() {
    let server = server([]);
    assert_eq!(server.sipctl("ul").code, Some(2));
    assert_eq!(server.sipctl("ul rm").code, Some(2));
    assert_eq!(server.sipctl("--help").code, Some(0));
}
