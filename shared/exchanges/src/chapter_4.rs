//! What phones do with chapter 4's server. Each function is a test, a demonstration
//! (`cargo run -p step-04 -- demo NAME`), and the text and pictures of the book.

use std::sync::Arc;

use sip_auth::{Auth, KeyedNonces, NonceKey, Settings};
use sip_database::{Database, User};
use sip_location::Location;
use sip_message::Response;
use sip_stage::{Draft, Exchange, Phone, Recording, Stage, StageServer, exchanges};

use crate::route::{Cx, route};

exchanges! {
    a_password_registers_its_own_number: "The phone whose password it is",
    a_password_does_not_register_another_number: "Credentials of 10, To of 11: refused",
    an_answer_with_another_contact_is_too_late: "What check_to does not stop, the count does",
    an_answer_for_another_uri_is_refused: "An answer is good for the place it was made for",
}

/// Plays an exchange with the paper's two subscribers in a database of its own.
pub fn play(exchange: &Exchange) -> Recording {
    let folder = tempfile::tempdir().unwrap_or_else(|e| panic!("no place for a database: {e}"));
    let path = folder.path().join("sip.db");
    Stage::play(exchange, move |stage| {
        let database = Database::inline(&path).unwrap_or_else(|e| panic!("{e}"));
        let mut admin = database.admin().unwrap_or_else(|e| panic!("{e}"));
        for (user, password) in [("10", "abc10"), ("11", "abc11")] {
            let added = admin.add_subscriber(&User::new(user, ""), password);
            added.unwrap_or_else(|e| panic!("{e}"));
        }
        serve(stage, database)
    })
}

/// The chapter's server, on a stage.
async fn serve(stage: StageServer, database: Database) {
    let location =
        Location::new(sip_location::Settings::default(), Some(Arc::new(database.clone())));
    let nonces = KeyedNonces::new(NonceKey::new(*b"the stage's key!"), 1);
    let reader = database.reader().unwrap_or_else(|e| panic!("{e}"));
    let auth = Auth::new(Settings::default(), nonces, reader);
    let cx = Cx { location, auth, max_length: 4096 };
    stage.serve(&async |request: &mut _| route(&cx, request).await).await;
}

const TEN: &str = "192.168.1.10";

/// The attacker of the paper's section 4.2.5, who knows 10's password or has heard its answer.
const ATTACKER: &str = "192.168.1.66";

async fn a_password_registers_its_own_number(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    ten.register_with("abc10").await;
}

/// A REGISTER of the attacker with 10's credentials.
fn attack(attacker: &Phone, challenge: &Response) -> Draft {
    attacker.new_register().answering_as(challenge, "10", "abc10")
}

async fn a_password_does_not_register_another_number(stage: &mut Stage) {
    let attacker = stage.peer("attacker", "10", ATTACKER);
    let eleven = "<sip:11@192.168.1.15>";
    let challenge = attacker.new_register().to(eleven).send().answer(401).await;
    stage.explain_each(&[
        "The credentials are 10's and right. To says 11. At chapter 3's server this succeeds.",
        "Here it is refused, with a challenge for a phone that has 11's password.",
    ]);
    attack(&attacker, &challenge).to(eleven).send().answer(401).await;
    stage.explain_each(&["Phone 10 calls 11:", "nothing was saved."]);
    stage.phone("10", TEN).invite("11").refused(404).await;
}

async fn an_answer_with_another_contact_is_too_late(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    let challenge = ten.new_register().send().answer(401).await;
    let answered = ten.new_register().answering(&challenge, "abc10");
    let copy = answered.clone();
    stage.explain("This answer is heard by somebody.");
    answered.send().answer(200).await;
    stage.explain_each(&[
        "The same answer with a Contact of the attacker's: digest covers no header field but its own.",
        "The answer was used: its nonce count must be higher each time.",
    ]);
    let stolen = copy.contact("<sip:10@192.168.1.66>").cseq(200);
    stolen.send().answer(401).await;
}

async fn an_answer_for_another_uri_is_refused(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    let challenge = ten.new_register().send().answer(401).await;
    stage.explain_each(&[
        "An answer made for a REGISTER to another server, which shares the password.",
        "The uri that was hashed is not the one of the request.",
    ]);
    let elsewhere = ten.new_register().uri("sip:10.0.1.102").answering(&challenge, "abc10");
    elsewhere.uri("sip:192.168.1.15").send().answer(401).await;
}
