//! A Kamailio that answers with what it reads from a row.

use std::net::SocketAddr;
use std::path::Path;

/// OPTIONS asks for a binding, NOTIFY for an alias, MESSAGE whether the source is in group 200, and
/// REGISTER whether the password is right, which is stored in plain or as HA1.
pub fn script(address: SocketAddr, database: &Path, ha1: bool) -> String {
    let url = format!("sqlite:///{}", database.display());
    let (calculate, column) = if ha1 { (0, "ha1") } else { (1, "password") };
    format!(
        r#"#!KAMAILIO
debug=0
log_stderror=yes
children=1
listen=udp:{address}
disable_tcp=yes
auto_aliases=no
dns=no
rev_dns=no
use_dns_cache=no

loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
loadmodule "auth_db.so"
loadmodule "alias_db.so"
loadmodule "permissions.so"
loadmodule "db_sqlite.so"
modparam("usrloc", "db_url", "{url}")
modparam("usrloc", "db_mode", 1)
modparam("auth_db", "db_url", "{url}")
modparam("auth_db", "calculate_ha1", {calculate})
modparam("auth_db", "password_column", "{column}")
modparam("alias_db", "db_url", "{url}")
modparam("permissions", "db_url", "{url}")

request_route {{
    if (method == "REGISTER") {{
        if (!auth_check("127.0.0.1", "subscriber", "0")) {{
            auth_challenge("127.0.0.1", "0");
            exit;
        }}
        sl_send_reply("200", "OK");
        exit;
    }}
    if (method == "MESSAGE") {{
        if (allow_source_address("200")) {{
            sl_send_reply("200", "OK");
            exit;
        }}
        sl_send_reply("403", "Forbidden");
        exit;
    }}
    if (method == "NOTIFY") {{
        if (alias_db_lookup("dbaliases")) {{
            sl_send_reply("200", "$rU");
            exit;
        }}
        sl_send_reply("404", "Not Found");
        exit;
    }}
    if ($rU == $null) {{
        sl_send_reply("200", "OK");
        exit;
    }}
    if (!reg_fetch_contacts("location", "$ru", "c")) {{
        sl_send_reply("404", "Not Found");
        exit;
    }}
    $var(seen) = $(ulc(c=>addr)) + "|" + $(ulc(c=>expires)) + "|" + $(ulc(c=>q)) + "|"
        + $(ulc(c=>cseq)) + "|" + $(ulc(c=>path)) + "|" + $(ulc(c=>received));
    if (!lookup("location")) {{
        sl_send_reply("404", "Not Found");
        exit;
    }}
    sl_send_reply("200", "$var(seen)");
}}
"#
    )
}
