//! What phones do with chapter 1's server. Each function is a test, a demonstration
//! (`cargo run -p step-01 -- demo NAME`), and the text and pictures of the book.

use sip_location::{Location, Settings};
use sip_message::{Method, Transport};
use sip_server::Request;
use sip_stage::{Call, Exchange, Recording, Stage, StageServer, exchanges};

use crate::route::{Cx, route};

exchanges! {
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
    a_message_is_too_long: "513 for a message longer than --max-length",
    a_message_cannot_be_read: "400 says what is wrong and where",
    a_phone_asks_whether_the_server_is_there: "OPTIONS to the server itself",
    a_lost_message_is_sent_again: "UDP loses an INVITE and a 200, and nobody notices",
    a_phone_on_tcp_is_called_over_its_connection: "TCP and UDP in one call",
    the_server_restarts_and_the_phones_are_lost: "What is only in memory is gone",
}

/// Plays an exchange with the chapter's server.
pub fn play(exchange: &Exchange) -> Recording {
    Stage::play(exchange, serve)
}

/// The chapter's server, on a stage.
async fn serve(stage: StageServer) {
    let location = Location::new(Settings::default(), None);
    let cx = Cx { location, max_length: 4096 };
    stage.serve(&async |request: &mut Request| route(&cx, request).await).await;
}

const TEN: &str = "192.168.1.10";
const ELEVEN: &str = "192.168.1.11";

async fn two_phones_register(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    let eleven = stage.phone("11", ELEVEN);
    stage.explain_each(&[
        "Phone 10 tells the registrar: whoever calls sip:10@192.168.1.15 finds me at this Contact.",
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
    ten.new_register().without_contact().send().answer(200).await;
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
    stage.explain_each(&["A second phone under the same number.", "The answer lists both."]);
    kitchen.register().await;
    stage.explain_each(&[
        "Every Contact of this number, whoever registered it: * goes with Expires 0 only.",
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

/// Phone 11 is registered, 10 calls it, and they talk.
async fn connect(stage: &mut Stage) -> (Call, Call) {
    let ten = stage.phone("10", TEN);
    let eleven = stage.phone("11", ELEVEN);
    eleven.register().await;
    stage.explain_each(&[
        "Phone 10 calls a name at the server, not an address.",
        "100 Trying: the proxy has it, phone 10 need not repeat it.",
        "The Request-URI is now phone 11's Contact. A Via on top brings the answers back, a \
         Record-Route the rest of the call.",
        "It rings. The proxy takes its own Via off",
        "and passes the rest on.",
        "Phone 11 answers, with its Contact for the rest of the call.",
        "A 200 to an INVITE passes at once.",
        "The ACK is a request of its own: to phone 11's Contact, by way of Route.",
        "The proxy takes its Route off and passes it on. Now they talk.",
    ]);
    let mut caller = ten.invite("11");
    let mut callee = eleven.incoming_call().await;
    callee.ring();
    caller.ringing().await;
    callee.answer();
    caller.answered().await;
    callee.acknowledged().await;
    (caller, callee)
}

async fn a_whole_call(stage: &mut Stage) {
    let (mut caller, mut callee) = connect(stage).await;
    stage.wait_seconds(3).await;
    stage.explain_each(&[
        "Phone 10 hangs up. BYE goes the way of the ACK",
        "because Record-Route kept the proxy on the path.",
        "Phone 11 confirms.",
        "The call is over.",
    ]);
    let bye = caller.hang_up();
    callee.hung_up().await;
    bye.answer(200).await;
}

async fn a_digit_is_pressed_during_a_call(stage: &mut Stage) {
    let (mut caller, mut callee) = connect(stage).await;
    stage.wait_seconds(1).await;
    stage.explain_each(&[
        "Phone 10 presses 3 for 180 milliseconds: INFO carries it (RFC 6086).",
        "The body passes byte for byte.",
    ]);
    let info = caller.press('3', 180);
    let pressed = callee.receive_request("INFO").await;
    callee.reply_to(&pressed, 200);
    info.answer(200).await;
    stage.explain("This time the callee hangs up: the same path from the other end.");
    let bye = callee.hang_up();
    caller.hung_up().await;
    bye.answer(200).await;
}

async fn two_phones_on_one_number_ring_together(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    let desk = stage.phone("11", ELEVEN);
    let kitchen = stage.phone("11", "192.168.1.12");
    desk.register().await;
    kitchen.register().await;
    stage.explain_each(&[
        "Phone 10 calls 11, where two phones are.",
        "One 100 for both.",
        "The request forks: a branch to each phone,",
        "with half of Max-Breadth, so that forks cannot multiply without end (RFC 5393).",
    ]);
    let mut caller = ten.invite("11");
    let mut at_desk = desk.incoming_call().await;
    let mut in_kitchen = kitchen.incoming_call().await;
    at_desk.ring();
    caller.ringing().await;
    in_kitchen.ring();
    caller.ringing().await;
    stage.explain_each(&[
        "The kitchen answers.",
        "Its 200 passes to phone 10,",
        "and the desk phone is told to stop ringing.",
    ]);
    in_kitchen.answer();
    let stops = at_desk.cancelled();
    caller.answered().await;
    in_kitchen.acknowledged().await;
    stops.await;
    let bye = caller.hang_up();
    in_kitchen.hung_up().await;
    bye.answer(200).await;
}

/// Phone 11 rings and waits to be answered.
async fn ring(stage: &mut Stage) -> (Call, Call) {
    let ten = stage.phone("10", TEN);
    let eleven = stage.phone("11", ELEVEN);
    eleven.register().await;
    let mut caller = ten.invite("11");
    let mut callee = eleven.incoming_call().await;
    callee.ring();
    caller.ringing().await;
    (caller, callee)
}

async fn the_caller_gives_up(stage: &mut Stage) {
    let (mut caller, mut callee) = ring(stage).await;
    stage.wait_seconds(5).await;
    stage.explain_each(&[
        "Phone 10 gives up: CANCEL has the branch of the INVITE it ends.",
        "The proxy answers the CANCEL itself,",
        "and cancels its own branch.",
    ]);
    let cancel = caller.cancel();
    callee.cancelled().await;
    cancel.answer(200).await;
    caller.refused(487).await;
}

async fn the_callee_is_busy(stage: &mut Stage) {
    let (mut caller, mut callee) = ring(stage).await;
    stage.explain_each(&[
        "Phone 11 declines.",
        "The proxy confirms the refusal to phone 11 by itself: hop by hop,",
        "and passes it to phone 10,",
        "which confirms it to the proxy, where that ACK ends.",
    ]);
    callee.refuse(486);
    callee.acknowledged().await;
    caller.refused(486).await;
}

async fn nobody_is_registered_under_the_number(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    stage.explain_each(&[
        "Nobody has registered 12.",
        "So the server says in the texts' words.",
        "And the phone confirms.",
    ]);
    ten.invite("12").refused(404).await;
}

async fn a_stranger_wants_a_relay(stage: &mut Stage) {
    let stranger = stage.peer("stranger", "10", "192.168.1.66");
    stage.explain_each(&[
        "A Request-URI that is not ours. The listings of the texts relay it, whoever asks.",
        "We do not.",
    ]);
    stranger.invite("sip:victim@10.0.1.102").refused(403).await;
    stage.explain_each(&["A Request-URI that is ours, and a Route that is not.", "The same."]);
    let preloaded = stranger.new_invite("11").route("<sip:10.0.1.102;lr>");
    preloaded.call().refused(403).await;
}

async fn a_made_up_dialog_opens_no_way(stage: &mut Stage) {
    let stranger = stage.peer("stranger", "10", "192.168.1.66");
    stage.explain_each(&[
        "A BYE as if inside a call: a To tag, and a Route to us. Kamailio's loose_route() takes it.",
        "Our Route carries a signature of the call it belongs to. This one has none.",
    ]);
    let bye = stranger.new_request(Method::Bye, "sip:victim@10.0.1.102");
    let bye = bye.to("<sip:victim@10.0.1.102>;tag=made-up").route("<sip:192.168.1.15;lr>");
    bye.send().answer(403).await;
}

async fn a_contact_on_loopback_is_called_by_nobody(stage: &mut Stage) {
    let (ten, stranger) = (stage.phone("10", TEN), stage.peer("stranger", "11", "192.168.1.66"));
    stage.explain_each(&[
        "A Contact that is nobody's phone: a database on the server's own machine, over TCP.",
        "The registrar keeps what it is told.",
    ]);
    let register = stranger.new_register();
    register.contact("<sip:11@127.0.0.1:6379;transport=tcp>").send().answer(200).await;
    stage.explain_each(&[
        "Phone 10 calls 11.",
        "",
        "Nothing was sent there, so the answer is the same whether a service listens or not.",
    ]);
    ten.invite("11").refused(500).await;
}

async fn no_hops_are_left(stage: &mut Stage) {
    let (ten, eleven) = (stage.phone("10", TEN), stage.phone("11", ELEVEN));
    eleven.register().await;
    stage.explain_each(&[
        "Every proxy takes one from Max-Forwards, so that no message travels for ever.",
        "There is none left to take.",
        "",
        "What is for the server itself goes no further, and needs none.",
        "So ask those who want to know whether this very server is there.",
    ]);
    ten.new_invite("11").max_forwards(0).call().refused(483).await;
    let ping = ten.new_request(Method::Options, "sip:192.168.1.15");
    ping.max_forwards(0).send().answer(200).await;
}

async fn a_message_is_too_long(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    stage.explain_each(&["A body of 5,000 bytes.", "More than this server was told to take."]);
    let message = ten.new_request(Method::Message, "11");
    message.body("text/plain", "x".repeat(5_000)).send().answer(513).await;
}

async fn a_message_cannot_be_read(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    stage.explain_each(&[
        "A Contact whose bracket never closes.",
        "The reason names the fault and the byte, and nothing is stored.",
    ]);
    let register = ten.new_register().contact("<sip:10@192.168.1.10");
    register.send().answer(400).await;
}

async fn a_phone_asks_whether_the_server_is_there(stage: &mut Stage) {
    let ten = stage.phone("10", TEN);
    stage.explain_each(&[
        "No number before the @: this is for the server. The texts' listings answer 404.",
        "It is there, and says what it takes.",
    ]);
    ten.new_options("sip:192.168.1.15").send().answer(200).await;
    stage.explain_each(&[
        "Whoever answers is to know an extension, or to say that he does not (RFC 3261 §8.2.2.3).",
        "None is known here.",
    ]);
    let requiring = ten.new_options("sip:192.168.1.15").header("Require", "path");
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
