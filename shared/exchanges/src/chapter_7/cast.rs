//! Who takes part in the exchanges: the chapter's server with its tables, the carriers and phone 11.

use sip_auth::{Addresses, Auth, KeyedNonces, NonceKey, Settings};
use sip_database::{Address, Database, User};
use sip_server::{Action, Method, Reply, Request};
use sip_stage::{Call, Draft, Exchange, Phone, Recording, Stage, StageServer};

use crate::route::{CARRIERS, Cx, onreply_route, route};

/// The `address` table: the text's row, a network, one of IPv6, the offices.
const ADDRESSES: [(i32, &str, u8, u16, &str); 4] = [
    (200, "10.0.1.102", 32, 5060, "Carrier IP address"),
    (200, "10.0.2.0", 24, 0, "Carrier of many gateways"),
    (200, "2001:db8:102::", 48, 0, "Carrier of tomorrow"),
    (300, "192.168.1.0", 24, 0, "Offices"),
];

/// Plays an exchange with two subscribers and the table in a database of its own.
pub fn play(exchange: &Exchange) -> Recording {
    let folder = tempfile::tempdir().unwrap_or_else(|e| panic!("no place for a database: {e}"));
    let path = folder.path().join("sip.db");
    let name = exchange.name();
    Stage::play(exchange, move |stage| {
        let database = Database::inline(&path).unwrap_or_else(|e| panic!("{e}"));
        let mut admin = database.admin().unwrap_or_else(|e| panic!("{e}"));
        for (user, password) in [("10", "abc10"), ("11", "abc11")] {
            let added = admin.add_subscriber(&User::new(user, ""), password);
            added.unwrap_or_else(|e| panic!("{e}"));
        }
        for (group, ip, mask, port, tag) in ADDRESSES {
            let ip = ip.parse().unwrap_or_else(|e| panic!("{ip}: {e}"));
            let address = Address::new(group, ip, mask, port, tag);
            let address = address.unwrap_or_else(|e| panic!("{ip}/{mask}: {e}"));
            admin.add_address(&address).unwrap_or_else(|e| panic!("{e}"));
        }
        serve(stage, database, name.clone())
    })
}

/// The chapter's server, on a stage.
async fn serve(stage: StageServer, database: Database, exchange: String) {
    let location = database.location(Default::default(), stage.settings.clock.now());
    let location = location.unwrap_or_else(|e| panic!("{e}"));
    let nonces = KeyedNonces::new(NonceKey::new(*b"the stage's key!"), 1);
    let reader = || database.reader().unwrap_or_else(|e| panic!("{e}"));
    let auth = Auth::new(Settings::default(), nonces, reader());
    let addresses = Addresses::load(database.clone(), |_| {});
    let addresses = addresses.unwrap_or_else(|e| panic!("{e}"));
    offer_table(&stage, &database, &addresses);
    let aliases = reader();
    let offices_only = exchange == "phones-register-from-the-offices-alone"
        || exchange == "a-forged-source-registers-nobody";
    let cx = Cx { location, auth, aliases, addresses, offices_only, max_length: 4096 };
    if exchange == "users-can-no-longer-call" {
        return stage.serve_both(cx, carriers_alone, onreply_route).await;
    }
    stage.serve_both(cx, route, onreply_route).await;
}

/// The text's script on its way, when its INVITE block knew carriers and nobody else.
async fn carriers_alone(cx: &Cx, request: &mut Request) -> Result<Action, Reply> {
    let is_call = *request.method() == Method::Invite;
    if is_call && !cx.addresses.allow_source_address(request, CARRIERS) {
        return Err(Reply::new(403, "Nope. Don't know who you are"));
    }
    route(cx, request).await
}

pub const MISTYPED: &str = "insert into address (grp, ip_addr, mask, tag) \
                        values (200, '10.0.9.7', 33, 'New carrier') returning *";

pub const RIGHT: &str = "insert into address (grp, ip_addr, mask, tag) \
                     values (200, '10.0.9.7', 32, 'New carrier') returning *";

pub const RELOAD: &str = "permissions.addressReload";

/// What an administrator does while the server runs.
fn offer_table(stage: &StageServer, database: &Database, addresses: &Addresses) {
    for statement in [MISTYPED, RIGHT] {
        let database = database.clone();
        let execute = move || database.execute(statement).unwrap_or_else(|e| panic!("{e}"));
        stage.views.offer(statement, execute);
    }
    let addresses = addresses.clone();
    stage.views.offer(RELOAD, move || match addresses.reload() {
        Ok(read) => format!("Loaded: {}\nRefused: {}\n", read.loaded, read.refused.join("\n")),
        Err(error) => error.to_string(),
    });
}

/// The first carrier's gateway.
pub const CARRIER: &str = "10.0.1.102";

/// Where phone 11 is.
pub const ELEVEN: &str = "192.168.1.11";

/// Somebody in the telephone network, behind a carrier's gateway.
pub fn carrier(stage: &mut Stage, address: &str) -> Phone {
    stage.peer("carrier", "+41215500000", address)
}

/// An INVITE as carriers write it: From is a number of their own.
pub fn from_carrier(carrier: &Phone, to: &str) -> Draft {
    carrier.new_invite(to).from("<sip:+41215500000@carrier.example>;tag=carrier-1")
}

/// Phone 11, registered.
pub async fn eleven(stage: &mut Stage) -> Phone {
    let eleven = stage.phone("11", ELEVEN);
    eleven.register_with("abc11").await;
    eleven
}

/// Phone 11 rings and answers.
pub async fn talk(caller: &mut Call, eleven: &Phone) -> Call {
    let mut callee = eleven.incoming_call().await;
    callee.ring();
    caller.ringing().await;
    callee.answer();
    caller.answered().await;
    callee.acknowledged().await;
    callee
}
