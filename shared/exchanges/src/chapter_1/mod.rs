//! What phones do with chapter 1's server.

mod calls;
mod refusals;

use sip_message::Transport;
use sip_stage::{Stage, exchanges};

use crate::cast::{ELEVEN, TEN};
use calls::{
    a_digit_is_pressed_during_a_call, a_whole_call, the_callee_is_busy, the_caller_gives_up,
    two_phones_on_one_number_ring_together,
};
use refusals::{
    a_contact_on_loopback_is_called_by_nobody, a_made_up_dialog_opens_no_way,
    a_message_cannot_be_read, a_message_is_too_long, a_stranger_wants_a_relay,
    an_ack_of_no_call_goes_nowhere, no_hops_are_left, nobody_is_registered_under_the_number,
    the_server_itself_reads_no_messages,
};

exchanges! {
    test_chapter_1;
    two_phones_register: "Two phones say where they are",
    a_phone_asks_where_it_is_registered: "A REGISTER without Contact is a question",
    a_phone_refreshes_its_registration: "The same phone again, before its time is up",
    a_phone_unregisters: "Expires 0 takes one binding away",
    a_phone_takes_every_binding_away: "Contact: * takes all of them away",
    a_registration_is_too_brief: "Ten seconds are refused with 423, and a minute is taken",
    a_whole_call: "INVITE, 100, 180, 200, ACK, and a BYE through the same proxy",
    a_digit_is_pressed_during_a_call: "INFO carries a DTMF digit, and the callee hangs up",
    two_phones_on_one_number_ring_together: "One answers, the other is cancelled",
    the_caller_gives_up: "CANCEL, and 487 to the INVITE",
    the_callee_is_busy: "486 passes through, each hop confirms it by itself",
    nobody_is_registered_under_the_number: "404 User Not Found",
    a_stranger_wants_a_relay: "403 for a Request-URI and for a Route that are not ours",
    a_made_up_dialog_opens_no_way: "A To tag and a Route alone prove nothing",
    a_contact_on_loopback_is_called_by_nobody:
        "A Contact leads to no service of the server's own machine",
    no_hops_are_left: "Max-Forwards 0 ends here with 483",
    a_message_is_too_long with ["--max-length", "4096"]:
        "513 for a message longer than --max-length",
    a_message_cannot_be_read: "400 says what is wrong and where",
    a_phone_asks_whether_the_server_is_there: "OPTIONS to the server itself",
    the_server_itself_reads_no_messages: "405 names the methods that it takes",
    an_ack_of_no_call_goes_nowhere: "ACK is never answered, and this one is not relayed",
    a_lost_message_is_sent_again: "UDP loses an INVITE and a 200, and nobody notices",
    a_phone_on_tcp_is_called_over_its_connection: "TCP and UDP in one call",
    the_server_restarts_and_the_phones_are_lost: "What is only in memory is gone",
}

async fn two_phones_register(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    let eleven = stage.phone("11", ELEVEN);
    stage.explain_each(&[
        "Phone 10 says to the registrar: calls to sip:10@192.168.1.15 reach me at this Contact.",
        "The binding is kept for 150 seconds. Received and rport say where the request came from.",
        "Phone 11 does the same.",
        "Both can be called now.",
    ]);
    ten.register().await;
    eleven.register().await;
}

async fn a_phone_asks_where_it_is_registered(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    ten.register().await;
    stage.wait_seconds(50).await;
    stage.explain_each(&[
        "No Contact: phone 10 changes nothing, it asks.",
        "The answer lists every binding with the seconds it has left.",
    ]);
    ten.new_register()
        .without_contact()
        .send()
        .answer(200)
        .await;
}

async fn a_phone_refreshes_its_registration(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    stage.explain("The first registration, CSeq 100.");
    ten.register().await;
    stage.wait_seconds(75).await;
    stage.explain_each(&[
        "Half the time is over: the same Call-ID, the next CSeq.",
        "150 seconds again, and still one binding.",
    ]);
    ten.register().await;
}

async fn a_phone_unregisters(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    let eleven = stage.phone("11", ELEVEN);
    ten.register().await;
    stage.explain_each(&[
        "Expires 0: phone 10 is going away.",
        "The 200 lists what is left, which is nothing.",
    ]);
    ten.new_register().expires(0).send().answer(200).await;
    stage.explain_each(&["A call to it", "finds nobody."]);
    eleven.invite("10").refused(404).await;
}

async fn a_phone_takes_every_binding_away(stage: &mut Stage) {
    let desk = stage.phone("10", TEN);
    let kitchen = stage.phone("10", "192.168.1.12");
    desk.register().await;
    stage.explain_each(&[
        "A second phone under the same number.",
        "The answer lists both.",
    ]);
    kitchen.register().await;
    stage.explain_each(&[
        "Every Contact of this number, from any phone: * is allowed with Expires 0 only.",
        "Nothing is left.",
    ]);
    desk.unregister_all().await;
}

async fn a_registration_is_too_brief(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    stage.explain_each(&[
        "Ten seconds would keep the registrar busy.",
        "423 names the shortest time it takes in Min-Expires.",
    ]);
    ten.new_register().expires(10).send().answer(423).await;
    stage.explain_each(&["So the phone asks for that.", "Done."]);
    ten.new_register().expires(60).send().answer(200).await;
}

async fn a_phone_asks_whether_the_server_is_there(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    stage.explain_each(&[
        "No number before the @: this is for the server. The texts' listings answer 404.",
        "It is there, and says what it takes.",
    ]);
    ten.new_options("sip:192.168.1.15").send().answer(200).await;
    stage.explain_each(&[
        "The answering phone must know an extension, or say that it does not (RFC 3261 §8.2.2.3).",
        "None is known here.",
    ]);
    let requiring = ten
        .new_options("sip:192.168.1.15")
        .header("Require", "path");
    requiring.send().answer(420).await;
}

async fn a_lost_message_is_sent_again(stage: &mut Stage) {
    let (ten, eleven) = (stage.phone("10", TEN), stage.phone("11", ELEVEN));
    eleven.register().await;
    stage.explain_each(&[
        "This INVITE is lost on the way to the server.",
        "After half a second the phone sends it again (Timer A, RFC 3261 §17.1.1.2).",
    ]);
    stage.lose("INVITE");
    let mut caller = ten.invite("11");
    let mut callee = eleven.incoming_call().await;
    callee.ring();
    caller.ringing().await;
    stage.explain_each(&[
        "This 200 is lost on the way to the proxy.",
        "Phone 11 repeats it until the ACK comes (§13.3.1.4).",
    ]);
    stage.lose("200");
    callee.answer();
    caller.answered().await;
    callee.acknowledged().await;
}

async fn a_phone_on_tcp_is_called_over_its_connection(stage: &mut Stage) {
    let (ten, eleven) = (stage.phone("10", TEN), stage.phone("11", ELEVEN));
    eleven.set_transport(Transport::Tcp);
    stage.explain_each(&[
        "Phone 11 prefers TCP: the connection it registers on stays open.",
        "The registrar remembers the connection.",
    ]);
    eleven.register().await;
    stage.explain_each(&[
        "Phone 10 calls by UDP,",
        "100,",
        "and phone 11 is called over its own connection. Two Record-Routes, one a side: each \
         phone gets the one of its transport.",
    ]);
    let mut caller = ten.invite("11");
    let mut callee = eleven.incoming_call().await;
    callee.answer();
    caller.answered().await;
    callee.acknowledged().await;
    let bye = callee.hang_up();
    caller.hung_up().await;
    bye.answer(200).await;
}

async fn the_server_restarts_and_the_phones_are_lost(stage: &mut Stage) {
    let (ten, eleven) = (stage.phone("10", TEN), stage.phone("11", ELEVEN));
    stage.explain_each(&["Phone 11 registers for 150 seconds.", "All is well."]);
    eleven.register().await;
    stage.restart_server().await;
    stage.explain_each(&[
        "Phone 11 believes that it is registered. Phone 10 calls it.",
        "The table was in memory. Until phone 11 registers again it cannot be called.",
    ]);
    ten.invite("11").refused(404).await;
}
