//! What phones do with chapter 2's server.

use sip_stage::{Stage, exchanges};

use crate::cast::{ELEVEN, TEN};

exchanges! {
    test_chapter_2;
    the_server_restarts_and_the_call_goes_through: "Chapter 1's failure, mended",
    the_table_shows_who_is_where: "A REGISTER, and the row it leaves",
    a_kill_between_two_registrations_loses_neither: "What got a 200 is on disk",
    what_expired_meanwhile_does_not_come_back: "Time goes on while the server is down",
    a_phone_that_left_stays_away: "An unregistration lasts, too",
}

/// The table of the paper's section 3, as SQL shows it.
const TABLE: &str =
    "select username, contact, datetime(expires, '0.5 seconds') as expires from location";

async fn the_server_restarts_and_the_call_goes_through(stage: &mut Stage) {
    let (ten, eleven) = (stage.phone("10", TEN), stage.phone("11", ELEVEN));
    stage.explain_each(&[
        "Phone 11 registers for 150 seconds.",
        "This 200 was sent after the row was on disk, not before.",
    ]);
    eleven.register().await;
    stage.restart_server().await;
    stage.explain_each(&[
        "Phone 10 calls phone 11, which has noticed nothing.",
        "",
        "The server has read the table. It rings.",
    ]);
    let mut caller = ten.invite("11");
    let mut callee = eleven.incoming_call().await;
    callee.ring();
    caller.ringing().await;
    callee.answer();
    caller.answered().await;
    callee.acknowledged().await;
    let bye = caller.hang_up();
    callee.hung_up().await;
    bye.answer(200).await;
}

async fn the_table_shows_who_is_where(stage: &mut Stage) {
    let (ten, eleven) = (stage.phone("10", TEN), stage.phone("11", ELEVEN));
    ten.register().await;
    eleven.register().await;
    stage.show(TABLE);
    stage.wait_seconds(75).await;
    stage.explain_each(&[
        "Phone 10 refreshes its binding:",
        "the same row, a later time.",
    ]);
    ten.register().await;
    stage.show(TABLE);
}

async fn a_kill_between_two_registrations_loses_neither(stage: &mut Stage) {
    let (ten, eleven) = (stage.phone("10", TEN), stage.phone("11", ELEVEN));
    ten.register().await;
    stage.restart_server().await;
    eleven.register().await;
    stage.restart_server().await;
    stage.show(TABLE);
    stage.explain_each(&[
        "Phone 10 asks what is registered.",
        "Its binding, 150 seconds less what passed.",
    ]);
    ten.new_register()
        .without_contact()
        .send()
        .answer(200)
        .await;
}

async fn what_expired_meanwhile_does_not_come_back(stage: &mut Stage) {
    let (ten, eleven) = (stage.phone("10", TEN), stage.phone("11", ELEVEN));
    eleven.register().await;
    stage.stop_server().await;
    stage.wait_seconds(151).await;
    stage.start_server().await;
    stage.explain_each(&[
        "Phone 11 was switched off meanwhile, and its 150 seconds are over.",
        "A row that has expired is not read.",
    ]);
    ten.invite("11").refused(404).await;
}

async fn a_phone_that_left_stays_away(stage: &mut Stage) {
    let (ten, eleven) = (stage.phone("10", TEN), stage.phone("11", ELEVEN));
    eleven.register().await;
    stage.explain_each(&[
        "Phone 11 goes.",
        "Its row is gone from the disk before it hears so.",
    ]);
    eleven.new_register().expires(0).send().answer(200).await;
    stage.restart_server().await;
    stage.show(TABLE);
    ten.invite("11").refused(404).await;
}
