//! Starts, stops and kills the two servers of a chapter in the same way.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use whole_system::address;
use whole_system::process::{Process, Signal};
use whole_system::step::program;

use crate::listing;

const START: Duration = Duration::from_secs(20);
const STOP: Duration = Duration::from_secs(20);

/// The host where both listen, so that both put the same name into a challenge.
pub const HOST: u8 = 15;

/// The longest request that both accept, in bytes.
pub const MAX_LENGTH: usize = 4000;

/// The settings of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Setting {
    /// Ours with the flags that follow the texts: `--qop none`, and `--provisional-register` if
    /// they send 100 to REGISTER.
    AsTheTexts,
    /// Ours without a flag.
    AsItStarts,
    /// The same, and a nonce lives for a second.
    ShortNonces,
    /// As the texts, but both offer `qop="auth"`: ours by default, Kamailio by challenge flag 1.
    Qop,
    /// The same, and Kamailio counts, too: its `nonce_count` is 1.
    CountedQop,
    /// As the texts, but phones register only from group 300: `--offices-only`, and `OFFICES`.
    Offices,
    /// *Kamailio 101* on its way, when its script let in only carriers. Ours was never like that.
    CarriersAlone,
    /// The same, with one more line below the block.
    CarriersAloneAndMore,
}

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Kamailio with docs/kamailio/NN.cfg.
    Kamailio,
    /// The chapter's own server.
    Step,
}

/// A running server.
pub struct Server {
    kind: Kind,
    chapter: u8,
    setting: Setting,
    directory: PathBuf,
    address: SocketAddr,
    process: Option<Process>,
}

impl Server {
    /// Starts one with its files in `directory`, and with a database of users if the chapter has
    /// one.
    pub fn start(kind: Kind, chapter: u8, setting: Setting, directory: &Path) -> Self {
        let address = address::free(HOST);
        let mut server = Self {
            kind,
            chapter,
            setting,
            directory: directory.to_owned(),
            address,
            process: None,
        };
        if chapter > 1 {
            server.make_database();
        }
        server.run();
        server
    }

    /// The address it listens at.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops it in good order and starts it again.
    pub fn restart(&mut self) {
        self.stop();
        self.run();
    }

    /// Kills it, so that it cannot write anything more, and starts it again.
    pub fn kill_and_restart(&mut self) {
        if let Some(process) = self.process.take() {
            match self.kind {
                // Its workers, too: dropping a process also kills its children.
                Kind::Kamailio => drop(process),
                Kind::Step => {
                    let mut process = process;
                    process.signal(Signal::Kill);
                    process.wait(STOP);
                }
            }
        }
        self.run();
    }

    /// Puts other carriers into the address table: address, mask and port. A server sees them
    /// only after it reads the table again.
    pub fn write_carriers(&self, rows: &[(&str, u8, u16)]) {
        let mut sql = String::from("DELETE FROM address WHERE grp = 200;");
        for (address, mask, port) in rows {
            sql += &format!(
                "INSERT INTO address (grp, ip_addr, mask, port) \
                 VALUES (200, '{address}', {mask}, {port});"
            );
        }
        let database = rusqlite::Connection::open(self.directory.join("sip.db"));
        let database = database.expect("the server has made it");
        database
            .execute_batch(&sql)
            .expect("Kamailio's own columns");
    }

    /// Makes it read the address table again, as its administrator would.
    pub fn reload_addresses(&self) {
        let mut command = match self.kind {
            Kind::Kamailio => {
                let socket = self.directory.join("kamailio_ctl");
                let mut command = Command::new("kamcmd");
                command.arg("-s").arg(format!("unixs:{}", socket.display()));
                command.arg("permissions.addressReload");
                command
            }
            Kind::Step => {
                let mut command = Command::new(program("sipctl"));
                command.args(["address", "reload"]);
                command
            }
        };
        let output = command.current_dir(&self.directory).output();
        let output = output.unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
        assert!(output.status.success(), "{command:?}: {output:?}");
    }

    /// Stops it in good order. Dropping a server kills it, and most scenes need no more.
    fn stop(&mut self) {
        if let Some(process) = self.process.take() {
            process.stop(STOP);
        }
    }

    /// Both use the tables that our server creates: they are Kamailio's own.
    fn make_database(&mut self) {
        let kind = std::mem::replace(&mut self.kind, Kind::Step);
        self.run();
        self.stop();
        self.kind = kind;
        let database = rusqlite::Connection::open(self.directory.join("sip.db"));
        let database = database.expect("the server has made it");
        fill(&database, self.chapter, self.address);
    }

    fn run(&mut self) {
        let mut command = match self.kind {
            Kind::Kamailio => self.kamailio(),
            Kind::Step => self.step(),
        };
        let mut process = Process::start(&mut command, "server", &self.directory);
        let address = self.address;
        process.wait_until("answer", START, |_| speaks(address));
        self.process = Some(process);
    }

    fn kamailio(&self) -> Command {
        let configuration = listing::file(self.chapter, self.setting, &self.directory);
        let database = self.directory.join("sip.db");
        let mut command = Command::new("kamailio");
        // -DD -E: in the foreground, with the log where we can read it.
        command.args(["-DD", "-E", "-m", "64", "-M", "8", "-f"]);
        command.arg(configuration);
        command.arg("-w").arg(&self.directory);
        command.arg("-Y").arg(&self.directory);
        let lifetime = match self.setting {
            Setting::ShortNonces => 1,
            _ => 300,
        };
        for definition in [
            format!("LISTEN={}", self.address),
            format!("DBURL=\"sqlite:///{}\"", database.display()),
            format!("MAX_LENGTH={MAX_LENGTH}"),
            format!("NONCE_LIFETIME={lifetime}"),
        ] {
            command.arg("-A").arg(definition);
        }
        if self.chapter > 6 {
            command.arg("--loadmodule=ctl.so"); // listens for kamcmd
        }
        let names: &[_] = match self.setting {
            Setting::Offices => &["OFFICES"],
            Setting::CarriersAlone => &["CARRIERS_ALONE"],
            Setting::CarriersAloneAndMore => &["CARRIERS_ALONE", "GOES_ON"],
            Setting::AsTheTexts | Setting::AsItStarts | Setting::ShortNonces => &[],
            Setting::Qop | Setting::CountedQop => &[],
        };
        for name in names {
            command.args(["-A", name]);
        }
        command
    }

    fn step(&self) -> Command {
        let mut command = Command::new(program(&format!("step-{:02}", self.chapter)));
        command
            .current_dir(&self.directory)
            .args(["--quiet", "--listen", &self.address.to_string()])
            .args(["--max-length", &MAX_LENGTH.to_string()]);
        if self.chapter > 1 {
            command.args(["--database", "sip.db"]);
        }
        // The text of chapter 7 sends no 100 to REGISTER.
        if (3..7).contains(&self.chapter) && self.setting != Setting::AsItStarts {
            command.arg("--provisional-register");
        }
        let offers_qop = match self.setting {
            Setting::AsItStarts | Setting::Qop | Setting::CountedQop => true,
            Setting::AsTheTexts | Setting::ShortNonces | Setting::Offices => false,
            Setting::CarriersAlone | Setting::CarriersAloneAndMore => false,
        };
        if self.chapter > 2 && !offers_qop {
            command.args(["--qop", "none"]);
        }
        if self.setting == Setting::ShortNonces {
            command.args(["--nonce-lifetime", "1"]);
        }
        if self.setting == Setting::Offices {
            command.arg("--offices-only");
        }
        command
    }
}

/// Whether a server answers right now.
fn speaks(server: SocketAddr) -> bool {
    let socket = address::socket(9);
    let at = socket.local_addr().expect("a bound socket");
    let probe = format!(
        "OPTIONS sip:{server} SIP/2.0\r\nVia: SIP/2.0/UDP {at};branch=z9hG4bK{};rport\r\n\
         Max-Forwards: 0\r\nFrom: <sip:probe@{server}>;tag=p\r\nTo: <sip:{server}>\r\n\
         Call-ID: {}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n",
        at.port(),
        at.port(),
    );
    let _ = socket.send_to(probe.as_bytes(), server);
    let limit = Some(Duration::from_millis(100));
    socket.set_read_timeout(limit).expect("not zero");
    socket.recv_from(&mut [0; 4096]).is_ok()
}

/// Fills the database as an administrator would.
fn fill(database: &rusqlite::Connection, chapter: u8, server: SocketAddr) {
    let mut sql = String::new();
    if chapter > 2 {
        sql += "INSERT INTO subscriber (username, domain, password) \
                VALUES ('10', '', 'abc10'), ('11', '', 'abc11');";
    }
    if chapter > 4 {
        sql += &format!(
            "INSERT INTO dbaliases (alias_username, alias_domain, username, domain) \
             VALUES ('1100', '{}', '11', '{server}');",
            server.ip()
        );
    }
    if chapter > 6 {
        sql += "INSERT INTO address (grp, ip_addr, mask, port) \
                VALUES (200, '127.0.0.102', 32, 0), (300, '127.0.0.11', 32, 0);";
    }
    database
        .execute_batch(&sql)
        .expect("Kamailio's own columns");
}
