//! The configuration of Kamailio's package, on a database of ours.

use std::fs;
use std::net::SocketAddr;

use whole_system::kamailio::Kamailio;
use whole_system::step::{self};
use whole_system::wire::Phone;
use whole_system::{address, digest, text};

use crate::place;

const PACKAGED: &str = "/etc/kamailio/kamailio.cfg";

/// The stock configuration with every part that reads our tables, and these `changes` of its lines.
fn stock(
    address: std::net::SocketAddr,
    files: &std::path::Path,
    changes: &[(&str, &str)],
) -> String {
    let mut script = fs::read_to_string(PACKAGED).expect("the package's configuration");
    let database = step::database(files);
    let first = format!(
        "#!KAMAILIO\n#!define WITH_AUTH\n#!define WITH_USRLOCDB\n#!define WITH_ALIASDB\n\
         #!define WITH_IPAUTH\nloadmodule \"db_sqlite.so\"\n\
         #!define DBURL \"sqlite:///{}\"\n",
        database.display()
    );
    let listen = format!("children=1\nlisten=udp:{address}\ndisable_tcp=yes");
    let own = [("#!KAMAILIO\n", first.as_str()), ("children=8", &listen)];
    for (from, to) in own.iter().chain(changes) {
        assert!(script.contains(from), "{PACKAGED} has no line {from}");
        script = script.replacen(from, to, 1);
    }
    script
}

#[test]
#[ignore = "needs Kamailio (Debian: kamailio, kamailio-sqlite-modules), .ci/run installs it"]
fn the_stock_configuration_serves_our_users_aliases_and_carriers() {
    let hashes: &[(&str, &str)] = &[
        ("\"calculate_ha1\", yes)", "\"calculate_ha1\", no)"),
        (
            "\"password_column\", \"password\")",
            "\"password_column\", \"ha1\")",
        ),
    ];
    // Without the line that chooses the address table, Kamailio reads `trusted`, too.
    let both: &[(&str, &str)] = &[("modparam(\"permissions\", \"load_backends\", 1)\n", "")];
    for changes in [&[], hashes, both] {
        let ha1 = digest::of_password(b"10", "127.0.0.40", "secret");
        let kept = match changes == hashes {
            true => format!("'', '{ha1}'"),
            false => "'secret', ''".to_owned(),
        };
        let files = place::with(&format!(
            "INSERT INTO subscriber (username, domain, password, ha1)
                VALUES ('10', '127.0.0.40', {kept});
             INSERT INTO dbaliases (alias_username, alias_domain, username, domain)
                VALUES ('alice', '127.0.0.40', '10', '127.0.0.40');
             INSERT INTO address (grp, ip_addr) VALUES (1, '127.0.0.102');"
        ));
        // SIP's own port, as the tables name domains without one.
        let address = SocketAddr::new(address::loopback(40), 5060);
        let script = stock(address, files.path(), changes);
        let kamailio = Kamailio::launch(address, &script, files.path()).when_ready();
        let mut ten = Phone::new("10", 15, address).with_password(Some("secret"));
        ten.register(600);
        let mut wrong = Phone::new("10", 16, address).with_password(Some("wrong"));
        let register = wrong.registration("");
        assert_eq!(text::status(&wrong.transact(&register)), Some(401));
        // The carrier calls an alias without a password, and the phone rings.
        let carrier = Phone::new("2000", 102, address);
        carrier.begin_call("alice");
        let invite = ten.receive_request();
        assert_eq!(text::method(&invite), Some("INVITE"));
        kamailio.stop();
    }
}
