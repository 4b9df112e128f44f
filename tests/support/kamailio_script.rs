//! Configurations for a Kamailio that is measured: the least that does the work, and every part
//! of it in the way that is cheapest for Kamailio.

use std::net::SocketAddr;
use std::path::Path;

use crate::kamailio::Storage;

/// What chapters 1 and 2 do.
pub(crate) fn open(address: SocketAddr, storage: &Storage, workers: u32) -> String {
    let database = match storage {
        Storage::Memory => "",
        Storage::WriteThrough(_) | Storage::DatabaseOnly(_) => "loadmodule \"db_sqlite.so\"\n",
    };
    let common = common(address, storage, workers);
    format!("{common}{database}{OPEN}")
}

/// What chapter 7 does: passwords for those who register and those who call, none for carriers.
///
/// The passwords are HA1 in the table (`calculate_ha1` 0), so none is worked out for a request.
/// The realm is a constant, which spares two evaluations of `$fd`. `auth_check` with flag 1
/// compares the user with To or From in C, where a script would compare `$au` with `$tU`.
/// Challenges offer `qop="auth"` (flag 1 of `auth_challenge`), as ours do, so that both hash the
/// same texts; counting the uses of a nonce (`nc_enabled`) and nonces for one use are off, which
/// ours does and Kamailio is spared. A nonce lives 300 s with both. A challenge to an INVITE is
/// sent without a transaction, and `sl` takes its ACK before the script sees it. Aliases are
/// left out: ours looks them up for every call.
pub(crate) fn asking(address: SocketAddr, storage: &Storage, workers: u32, users: &Path) -> String {
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
