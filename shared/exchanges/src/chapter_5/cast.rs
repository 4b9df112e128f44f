//! Who takes part in the exchanges: the chapter's server with its subscribers, and the phones.

use std::sync::Arc;

use sip_auth::{Auth, GivenNonces, KeyedNonces, NonceKey, Settings};
use sip_database::{Database, User};
use sip_location::Location;
use sip_stage::{Call, Exchange, Phone, Recording, Stage, StageServer};

use crate::route::{Cx, onreply_route, route};

/// The paper's challenge, which ended at 2007-04-22 16:51:09 UTC. Phone 11 registered before, with one the
/// paper does not print.
const PAPERS_NONCES: &[&str] =
    &["462b927c00000000000000000000000000000000", "462b927d2ab8368b1771ed4268c47ca585413f95"];

/// Plays an exchange with the paper's two subscribers in a database of its own.
pub fn play(exchange: &Exchange) -> Recording {
    let folder = tempfile::tempdir().unwrap_or_else(|e| panic!("no place for a database: {e}"));
    let path = folder.path().join("sip.db");
    let is_papers = exchange.name() == "the-paper-calls-phone-11";
    Stage::play(exchange, move |stage| {
        let database = Database::inline(&path).unwrap_or_else(|e| panic!("{e}"));
        let mut admin = database.admin().unwrap_or_else(|e| panic!("{e}"));
        for (user, password) in [("10", "abc10"), ("11", "abc11")] {
            let added = admin.add_subscriber(&User::new(user, ""), password);
            added.unwrap_or_else(|e| panic!("{e}"));
        }
        let alias = admin.add_alias(&User::new("alice", ""), &User::new("11", ""));
        alias.unwrap_or_else(|e| panic!("{e}"));
        serve(stage, database, is_papers)
    })
}

/// The chapter's server, on a stage; the paper's phones were offered no qop.
async fn serve(stage: StageServer, database: Database, is_papers: bool) {
    let location =
        Location::new(sip_location::Settings::default(), Some(Arc::new(database.clone())));
    let (settings, given) = match is_papers {
        true => (Settings { qop: None, ..Settings::default() }, PAPERS_NONCES),
        false => (Settings::default(), &[][..]),
    };
    let keyed = KeyedNonces::new(NonceKey::new(*b"the stage's key!"), 1);
    let reader = || database.reader().unwrap_or_else(|e| panic!("{e}"));
    let auth = Auth::new(settings, GivenNonces::new(given, keyed), reader());
    let cx = Cx { location, auth, aliases: reader(), max_length: 4096 };
    stage.serve_both(cx, route, onreply_route).await;
}

pub const TEN: &str = "192.168.1.10";

pub const ELEVEN: &str = "192.168.1.11";

pub const STRANGER: &str = "192.168.1.66";

pub const CARRIER: &str = "10.0.1.102";

/// Phone 10, and phone 11 registered.
pub async fn phones(stage: &mut Stage) -> (Phone, Phone) {
    let (ten, eleven) = (stage.phone("10", TEN), stage.phone("11", ELEVEN));
    eleven.register_with("abc11").await;
    (ten, eleven)
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
