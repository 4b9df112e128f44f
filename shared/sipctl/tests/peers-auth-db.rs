//! Users that `sipctl` adds to the file can register at a real Kamailio with its own `auth_db`.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use common::{Place, place};

/// A Kamailio on the file, ended with the value.
struct Kamailio {
    child: Child,
    address: String,
}

impl Kamailio {
    /// Starts one that asks for passwords at registration. With `calculate_ha1` 0 it reads hashes,
    /// with 1 passwords: the texts have both.
    fn start(place: &Place, port: u16, calculate_ha1: u8) -> Self {
        let directory = place.directory.path();
        let column = ["ha1", "password"][usize::from(calculate_ha1)];
        let config = format!(
            "children=1\nlisten=udp:127.0.0.1:{port}\ndisable_tcp=yes\nlog_stderror=yes\n\
             loadmodule \"tm.so\"\nloadmodule \"sl.so\"\nloadmodule \"pv.so\"\n\
             loadmodule \"db_sqlite.so\"\nloadmodule \"auth.so\"\nloadmodule \"auth_db.so\"\n\
             modparam(\"auth_db\", \"db_url\", \"sqlite:///{}\")\n\
             modparam(\"auth_db\", \"calculate_ha1\", {calculate_ha1})\n\
             modparam(\"auth_db\", \"password_column\", \"{column}\")\n\
             request_route {{\n\
               if (method == \"OPTIONS\") {{ sl_send_reply(\"200\", \"OK\"); exit; }}\n\
               if (!www_authorize(\"$td\", \"subscriber\")) {{\n\
                 www_challenge(\"$td\", \"1\"); exit;\n\
               }}\n\
               sl_send_reply(\"200\", \"OK\");\n}}\n",
            place.database().display()
        );
        let file = directory.join("kamailio.cfg");
        fs::write(&file, config).unwrap();
        let log = fs::File::create(directory.join("kamailio.log")).unwrap();
        let child = Command::new("kamailio")
            .args(["-DD", "-E", "-f"])
            .arg(&file)
            .arg("-Y")
            .arg(directory)
            .stderr(Stdio::from(log))
            .spawn()
            .unwrap_or_else(|e| panic!("install kamailio and kamailio-sqlite-modules: {e}"));
        let address = format!("127.0.0.1:{port}");
        let kamailio = Self { child, address };
        let ping = ["-s", &format!("sip:{}", kamailio.address)];
        for _ in 0..50 {
            if sipsak(&ping) {
                return kamailio;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!(
            "Kamailio does not answer: {}",
            fs::read_to_string(directory.join("kamailio.log")).unwrap()
        );
    }

    fn registers(&self, user: &str, password: &str) -> bool {
        let uri = format!("sip:{user}@{}", self.address);
        // Without -u its username is `1000@`, which only a server that has the password can hash.
        sipsak(&["-U", "-x", "60", "-u", user, "-a", password, "-s", &uri])
    }
}

impl Drop for Kamailio {
    fn drop(&mut self) {
        // Ends its children as well, which a kill would not.
        let kill = format!("kill {}", self.child.id());
        let _ = Command::new("sh").args(["-c", &kill]).status();
        let _ = self.child.wait();
    }
}

fn sipsak(words: &[&str]) -> bool {
    let output = Command::new("sipsak").args(words).output();
    output
        .unwrap_or_else(|error| panic!("install sipsak: {error}"))
        .status
        .success()
}

#[test]
#[ignore = "needs kamailio, kamailio-sqlite-modules and sipsak"]
fn a_user_whose_hashes_are_kept_registers_at_kamailio() {
    let place = place();
    place.passes(&["add", "1000", "secret", "--domain", "127.0.0.1"]);
    let kamailio = Kamailio::start(&place, 7001, 0);
    assert!(kamailio.registers("1000", "secret"));
    assert!(!kamailio.registers("1000", "wrong"));
    assert!(!kamailio.registers("1001", "secret"));
    // While it runs.
    place.passes(&["passwd", "1000", "other"]);
    assert!(kamailio.registers("1000", "other"));
    assert!(!kamailio.registers("1000", "secret"));
    place.write("users.csv", "1001,secret1\n");
    place.passes(&["import", "users.csv", "--domain", "127.0.0.1"]);
    assert!(kamailio.registers("1001", "secret1"));
    place.passes(&["rm", "1000"]);
    assert!(!kamailio.registers("1000", "other"));
}

#[test]
#[ignore = "needs kamailio, kamailio-sqlite-modules and sipsak"]
fn a_user_whose_password_is_kept_registers_at_kamailio() {
    let place = place();
    place.passes(&["add", "1000", "secret"]);
    place.passes(&["add", "1001", "secret", "--domain", "127.0.0.1"]);
    let kamailio = Kamailio::start(&place, 7002, 1);
    assert!(kamailio.registers("1000", "secret"));
    assert!(!kamailio.registers("1000", "wrong"));
    // A Kamailio that wants passwords cannot use hashes.
    assert!(!kamailio.registers("1001", "secret"));
}
