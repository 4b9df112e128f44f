//! The `address` table: what a row lets in, and how it is read again.

use sip_stage::Stage;

use super::cast::{MISTYPED, RELOAD, RIGHT, busy, carrier, eleven, from_carrier};
use crate::cast::talk;

pub async fn the_port_is_the_callers(stage: &mut Stage) {
    let eleven = eleven(stage).await;
    let other_port = carrier(stage, "10.0.1.102:5080");
    stage.explain_each(&[
        "The text's row says port 5060, and the carrier sends from 5080 today.",
        "It is a stranger: the port of a row is the one a request comes from.",
        "",
    ]);
    from_carrier(&other_port, "11").call().refused(403).await;
    let any_port = stage.peer("other carrier", "+41215500000", "10.0.2.7:5080");
    stage.explain_each(&["This row says port 0,", "", "which is any."]);
    busy(from_carrier(&any_port, "11").call(), &eleven).await;
}

pub async fn a_mask_lets_a_network_in(stage: &mut Stage) {
    let eleven = eleven(stage).await;
    let inside = carrier(stage, "10.0.2.254");
    stage.explain("The first 24 bits of 10.0.2.254 are those of 10.0.2.0.");
    busy(from_carrier(&inside, "11").call(), &eleven).await;
    let outside = stage.peer("neighbour", "+41215500000", "10.0.3.1");
    stage.explain_each(&["Those of 10.0.3.1 are not.", "", ""]);
    from_carrier(&outside, "11").call().refused(403).await;
}

pub async fn an_ipv6_carrier_calls(stage: &mut Stage) {
    let eleven = stage.phone("11", "2001:db8::11");
    eleven.register_with("abc11").await;
    let carrier = carrier(stage, "2001:db8:102::7");
    stage.explain("2001:db8:102::7 shares its first 48 bits with the row's address.");
    let mut caller = from_carrier(&carrier, "11").call();
    let mut callee = talk(&mut caller, &eleven).await;
    let bye = callee.hang_up();
    caller.hung_up().await;
    bye.answer(200).await;
}

pub async fn a_new_carrier_is_let_in_without_a_restart(stage: &mut Stage) {
    let eleven = eleven(stage).await;
    let carrier = carrier(stage, "10.0.9.7");
    stage.explain_each(&["A new carrier, not yet in the table.", "", ""]);
    from_carrier(&carrier, "11").call().refused(403).await;
    stage.show(MISTYPED);
    stage.show(RELOAD);
    stage.show(RIGHT);
    stage.explain_each(&["A row counts once it was read:", "", ""]);
    stage.wait_seconds(1).await;
    from_carrier(&carrier, "11").call().refused(403).await;
    stage.show(RELOAD);
    stage.explain_each(&["now.", "", ""]);
    busy(from_carrier(&carrier, "11").call(), &eleven).await;
}

pub async fn the_table_in_use_is_shown(stage: &mut Stage) {
    stage.wait_seconds(1).await; // the server starts
    stage.show("permissions.addressDump");
}
