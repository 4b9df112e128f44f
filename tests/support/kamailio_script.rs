//! Configurations for the Kamailio that the benchmark measures: its package's own, and the smallest
//! that does the work, each part of it in the way that is cheapest for Kamailio.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use crate::kamailio::Storage;

/// Where Debian's package puts its configuration.
const PACKAGED: &str = "/etc/kamailio/kamailio.cfg";

/// The configuration of its package, a thousand lines that most administrators of Kamailio start
/// from: it looks for malformed requests, scanners and retransmissions before it routes.
/// Passwords and carriers are on where there are `users`.
///
/// The changes spare Kamailio work: no processes for TCP, HA1 ready in the table. Challenges
/// offer `qop="auth"`, as ours do, and bindings are written through, not back.
pub fn packaged(
    address: SocketAddr,
    storage: &Storage,
    workers: u32,
    users: Option<&Path>,
) -> String {
    let mut script = fs::read_to_string(PACKAGED).expect("the package's configuration");
    let mut change = |from: &str, to: &str| {
        assert!(script.contains(from), "{PACKAGED} has no line {from}");
        script = script.replace(from, to);
    };
    let listen = format!("children={workers}\nlisten=udp:{address}\ndisable_tcp=yes");
    change("children=8", &listen);
    let mut first = String::from("#!KAMAILIO\n");
    let bindings = match storage {
        Storage::Memory => None,
        Storage::WriteThrough(file) => Some((file.as_path(), "1")),
        Storage::DatabaseOnly(file) => Some((file.as_path(), "3")),
    };
    if let Some((_, mode)) = bindings {
        first.push_str("#!define WITH_USRLOCDB\n");
        let mode = format!("\"db_mode\", {mode})");
        change("\"db_mode\", 2)", &mode);
    }
    if users.is_some() {
        first.push_str("#!define WITH_AUTH\n#!define WITH_IPAUTH\n");
        change("\"calculate_ha1\", yes)", "\"calculate_ha1\", 0)");
        change(
            "\"password_column\", \"password\")",
            "\"password_column\", \"ha1\")",
        );
        change(
            "auth_challenge(\"$fd\", \"0\")",
            "auth_challenge(\"$fd\", \"1\")",
        );
        change("allow_source_address()", "allow_source_address(\"200\")");
    }
    if let Some(file) = users.or(bindings.map(|(file, _)| file)) {
        let file = file.display();
        first.push_str("loadmodule \"db_sqlite.so\"\n");
        first.push_str(&format!("#!define DBURL \"sqlite:///{file}\"\n"));
    }
    change("#!KAMAILIO\n", &first);
    script
}

/// What chapters 1 and 2 do.
pub fn open(address: SocketAddr, storage: &Storage, workers: u32) -> String {
    let database = match storage {
        Storage::Memory => "",
        Storage::WriteThrough(_) | Storage::DatabaseOnly(_) => "loadmodule \"db_sqlite.so\"\n",
    };
    let common = common(address, storage, workers);
    format!("{common}{database}{OPEN}")
}

/// What chapter 7 does: passwords for phones that register or call, none for carriers.
///
/// The passwords are HA1 in the table (`calculate_ha1` 0), so none is worked out for a request.
/// The realm is a constant, which spares two evaluations of `$fd`. `auth_check` with flag 1
/// compares the user with To or From in C, where a script would compare `$au` with `$tU`.
/// Challenges offer `qop="auth"` (flag 1 of `auth_challenge`), as ours do, so that both hash the
/// same texts; counting the uses of a nonce (`nc_enabled`) and nonces for one use are off, which
/// ours does and Kamailio is spared. A nonce lives 300 s with both. A challenge to an INVITE is
/// sent without a transaction, and `sl` takes its ACK before the script sees it. Aliases are
/// left out: ours looks them up for every call.
pub fn asking(address: SocketAddr, storage: &Storage, workers: u32, users: &Path) -> String {
    let (common, realm) = (common(address, storage, workers), address.ip());
    let users = users.display();
    format!(
        r#"{common}loadmodule "db_sqlite.so"
loadmodule "auth.so"
loadmodule "auth_db.so"
loadmodule "permissions.so"
modparam("auth", "nonce_expire", 300)
modparam("auth_db", "db_url", "sqlite:///{users}")
modparam("auth_db", "calculate_ha1", 0)
modparam("auth_db", "password_column", "ha1")
modparam("permissions", "db_url", "sqlite:///{users}")
modparam("permissions", "load_backends", 1)
#!define REALM "{realm}"
{ASKING}"#
    )
}

fn common(address: SocketAddr, storage: &Storage, workers: u32) -> String {
    let bindings = match storage {
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

loadmodule "ctl.so"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "maxfwd.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
{bindings}modparam("rr", "append_fromtag", 0)
modparam("usrloc", "hash_size", 14)
"#
    )
}

fn database(file: &Path, mode: u8) -> String {
    let file = file.display();
    format!(
        r#"modparam("usrloc", "db_mode", {mode})
modparam("usrloc", "db_url", "sqlite:///{file}")
"#
    )
}

const OPEN: &str = r#"
request_route {
    if (!mf_process_maxfwd_header("70")) {
        sl_send_reply("483", "Too Many Hops");
        exit;
    }
    if (loose_route()) {
        t_relay();
        exit;
    }
    if (method == "REGISTER") {
        save("location");
        exit;
    }
    if (method == "OPTIONS" && uri == myself) {
        sl_send_reply("200", "OK");
        exit;
    }
    if (method == "INVITE") {
        record_route();
    }
    if (!lookup("location")) {
        sl_send_reply("404", "Not Found");
        exit;
    }
    t_relay();
}
"#;

const ASKING: &str = r#"
request_route {
    if (!mf_process_maxfwd_header("70")) {
        sl_send_reply("483", "Too Many Hops");
        exit;
    }
    if (loose_route()) {
        t_relay();
        exit;
    }
    if (method == "REGISTER") {
        if (!auth_check(REALM, "subscriber", "1")) {
            auth_challenge(REALM, "1");
            exit;
        }
        save("location");
        exit;
    }
    if (method == "OPTIONS" && uri == myself) {
        sl_send_reply("200", "OK");
        exit;
    }
    if (!allow_source_address("200")) {
        if (!auth_check(REALM, "subscriber", "1")) {
            auth_challenge(REALM, "1");
            exit;
        }
        consume_credentials();
    }
    if (method == "INVITE") {
        record_route();
    }
    if (!lookup("location")) {
        sl_send_reply("404", "User not Registered");
        exit;
    }
    t_relay();
}
"#;
