//! A real Kamailio with a configuration of our own: the least that does what chapters 1 and 2 do.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::process::Process;
use crate::wire;

const START: Duration = Duration::from_secs(20);
const STOP: Duration = Duration::from_secs(20);

/// Where its bindings are (`db_mode` of its module usrloc).
#[derive(Debug, Clone)]
pub enum Storage {
    /// Nowhere but in memory (0).
    Memory,
    /// In a database, written before the answer (1, write-through); read once, at the start.
    WriteThrough(PathBuf),
    /// In a database alone, asked at each look-up (3).
    DatabaseOnly(PathBuf),
}

/// A running Kamailio.
pub struct Kamailio {
    process: Process,
    address: SocketAddr,
}

impl Kamailio {
    /// Whether there is one on this machine.
    pub fn is_installed() -> bool {
        Command::new("kamailio").arg("-v").output().is_ok()
    }

    /// Starts one with `workers` UDP processes at `address` and waits until it answers.
    pub fn start(address: SocketAddr, storage: &Storage, workers: u32, directory: &Path) -> Self {
        let mut kamailio = Self::launch(address, storage, workers, directory);
        kamailio
            .process
            .wait_until("answer to OPTIONS", START, |_| wire::answers(address));
        kamailio
    }

    /// Starts one and does not wait.
    pub fn launch(address: SocketAddr, storage: &Storage, workers: u32, directory: &Path) -> Self {
        let file = directory.join("kamailio.cfg");
        fs::write(&file, configuration(address, storage, workers)).expect("a file can be written");
        let mut command = Command::new("kamailio");
        // -x fm: its fast memory manager; the package's default is one for debugging.
        command
            .args(["-DD", "-E", "-x", "fm", "-m", "512", "-M", "256", "-f"])
            .arg(&file)
            .arg("-w")
            .arg(directory)
            .arg("-Y")
            .arg(directory);
        Self {
            process: Process::start(&mut command, "kamailio", directory),
            address,
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The number of its first process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// What it wrote.
    pub fn log(&self) -> String {
        self.process.log()
    }

    /// Ends it and its workers.
    pub fn stop(self) {
        self.process.stop(STOP);
    }
}

/// Kamailio's own tables, as its `kamdbctl` would make them, for a database it is to fill.
pub fn create_tables(database: &Path) {
    let connection = rusqlite::Connection::open(database).expect("a database can be made");
    // The journal's mode stays with the file.
    connection
        .pragma_update(None, "journal_mode", "WAL")
        .expect("a new database can be set up");
    for part in ["standard", "usrloc"] {
        let file = format!("/usr/share/kamailio/db_sqlite/{part}-create.sql");
        let script = fs::read_to_string(&file).expect("kamailio-sqlite-modules has its tables");
        connection.execute_batch(&script).expect("its own tables");
    }
}

fn configuration(address: SocketAddr, storage: &Storage, workers: u32) -> String {
    let storage = match storage {
        Storage::Memory => "modparam(\"usrloc\", \"db_mode\", 0)\n".to_owned(),
        Storage::WriteThrough(file) => database(file, 1),
        Storage::DatabaseOnly(file) => database(file, 3),
    };
    format!(
        r#"#!KAMAILIO
debug=0
log_stderror=yes
children={workers}
listen=udp:{address}
disable_tcp=yes
auto_aliases=no
dns=no
rev_dns=no
use_dns_cache=no
server_signature=no

loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "maxfwd.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
{storage}modparam("rr", "append_fromtag", 0)
modparam("usrloc", "hash_size", 14)

request_route {{
    if (!mf_process_maxfwd_header("70")) {{
        sl_send_reply("483", "Too Many Hops");
        exit;
    }}
    if (loose_route()) {{
        t_relay();
        exit;
    }}
    if (method == "REGISTER") {{
        save("location");
        exit;
    }}
    if (method == "OPTIONS" && uri == myself) {{
        sl_send_reply("200", "OK");
        exit;
    }}
    if (method == "INVITE") {{
        record_route();
    }}
    if (!lookup("location")) {{
        sl_send_reply("404", "Not Found");
        exit;
    }}
    t_relay();
}}
"#
    )
}

fn database(file: &Path, mode: u8) -> String {
    let file = file.display();
    format!(
        r#"loadmodule "db_sqlite.so"
modparam("usrloc", "db_mode", {mode})
modparam("usrloc", "db_url", "sqlite:///{file}")
"#
    )
}
