//! No credentials for this server leave it, and no challenge that another wrote in its name: with
//! every method, every header field, every way to write a realm.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

#[path = "../src/route.rs"]
mod route;
mod server;

use sip_message::{HeaderName, Method, Reply, Request};
use sip_stage::{Call, Exchange, Phone, Stage, exchange};

const REALMS: [&str; 14] = [
    "realm=\"192.168.1.15\"",
    "realm=192.168.1.15",
    "REALM = \"example.com\"",
    "realm=\"EXAMPLE.com\"",
    "realm=\"a.example\"",
    "realm=\"[2001:db8::15]\"",
    "realm=\"[2001:DB8:0:0::15]\"",
    "realm=\"2001:db8::15\"",
    "realm=\"ex\\ample.com\"",
    "realm=\"SIP \\Steps\"",
    "realm=\"sip steps\"",
    "realm=\"other\", realm=\"example.com\"",
    "qop=auth",
    "realm=\"192.168.1.15",
];

const METHODS: [Method; 9] = [
    Method::Invite,
    Method::Update,
    Method::Message,
    Method::Options,
    Method::Prack,
    Method::Info,
    Method::Notify,
    Method::Ack,
    Method::Bye,
];

const FOREIGN: [&str; 5] = [
    "Digest username=\"10\", realm=\"carrier.example\", nonce=\"n, realm=example.com\"",
    "dIgEsT  realm=\"an.example.com\",  username=\"10\"",
    "Digest realm=\"192.168.1.1\" , response=\"example.com\"",
    "Basic realm=\"x\"",
    "Bearer example.com",
];

/// Plays with a server of two domains and a realm of its own.
fn play(exchange: Exchange) {
    let flags = &["--domain", "example.com", "--domain", "a.example", "--realm", "SIP Steps"];
    server::play(&exchange.with_flags(flags));
}

/// Phone 10 has called 11; From and To are as odd as a caller may choose.
async fn in_a_call(stage: &mut Stage) -> (Phone, Phone, Call, Call) {
    let (ten, eleven) = (stage.phone("10", "192.168.1.10"), stage.phone("11", "192.168.1.11"));
    eleven.register_with("abc11").await;
    let invite = || ten.new_invite("11").to("\"x\" <tel:11;phone-context=elsewhere.example>");
    let challenge = invite().call().refused(407).await;
    let mut caller = invite().cseq(2).answering(&challenge, "abc10").call();
    let mut callee = eleven.incoming_call().await;
    callee.answer();
    caller.answered().await;
    callee.acknowledged().await;
    (ten, eleven, caller, callee)
}

fn credentials_in(request: &Request) -> Vec<String> {
    let fields = [HeaderName::Authorization, HeaderName::ProxyAuthorization];
    let values = fields.into_iter().flat_map(|name| request.raw(name));
    values.map(|value| String::from_utf8(value.to_vec()).unwrap()).collect()
}

async fn nothing_of_ours_leaves(stage: &mut Stage) {
    let (ten, eleven, mut caller, mut callee) = in_a_call(stage).await;
    for method in METHODS {
        for (from, to, phone) in [(&mut caller, &eleven, "11"), (&mut callee, &ten, "10")] {
            let mut draft = from.new_request(method.clone());
            for field in ["Authorization", "Proxy-Authorization"] {
                for foreign in FOREIGN {
                    draft = draft.header(field, foreign);
                }
                for realm in REALMS {
                    draft = draft.header(field, format!("Digest username=\"{phone}\", {realm}"));
                }
            }
            draft.send();
            let received = to.receive(method.as_str()).await;
            let expected: Vec<&str> = FOREIGN.into_iter().chain(FOREIGN).collect();
            assert_eq!(credentials_in(&received), expected, "{method} to {}", to.name());
            if method != Method::Ack {
                to.reply(&received, 200);
            }
        }
    }
}

#[test]
fn no_request_inside_a_call_carries_credentials_of_ours() {
    play(exchange!(nothing_of_ours_leaves, "in a call"));
}

async fn nothing_of_ours_leaves_with_a_new_request(stage: &mut Stage) {
    let ten = stage.phone("10", "192.168.1.10");
    let carrier = stage.peer("carrier", "1900", "10.0.1.102");
    for method in [Method::Invite, Method::Message, Method::Subscribe, Method::Options] {
        for field in ["Authorization", "Proxy-Authorization"] {
            for realm in REALMS {
                let asked = || ten.new_request(method.clone(), "sip:1900@10.0.1.102");
                let challenge = asked().send().answer(407).await;
                let right = asked().cseq(2).answering(&challenge, "abc10");
                let more = format!("Digest username=\"10\", {realm}");
                right.header(field, FOREIGN[0]).header(field, more).send();
                let Ok(packet) = carrier.wait_for(method.as_str()).await else {
                    // It answered with what cannot be read, in the field that is read.
                    assert_eq!((field, realm), ("Proxy-Authorization", "realm=\"192.168.1.15"));
                    continue;
                };
                let sip_message::Packet::Request(received) = packet else { unreachable!() };
                assert_eq!(credentials_in(&received), [FOREIGN[0]], "{method} {field} {realm}");
                carrier.reply(&received, 486);
            }
        }
    }
}

#[test]
fn no_request_that_begins_something_carries_credentials_of_ours() {
    let title = "outside a call";
    play(exchange!(nothing_of_ours_leaves_with_a_new_request, title));
}

async fn nobody_asks_in_our_name(stage: &mut Stage) {
    let (ten, eleven, mut caller, mut callee) = in_a_call(stage).await;
    let foreign = "Digest realm=\"carrier.example\", nonce=\"n, realm=x\", qop=\"auth,auth-int\"";
    for (at, realm) in REALMS.into_iter().filter(|realm| *realm != "qop=auth").enumerate() {
        for status in [401, 407, 403, 200] {
            let (from, to) = match at % 2 {
                0 => (&mut caller, &eleven),
                _ => (&mut callee, &ten),
            };
            let sent = from.new_request(Method::Message).send();
            let received = to.receive("MESSAGE").await;
            let ours = format!("Digest nonce=\"n\", {realm}");
            let both = format!("{foreign}, {ours}");
            let mut reply = Reply::of(status);
            for field in ["WWW-Authenticate", "Proxy-Authenticate"] {
                reply = reply.with(field, ours.clone());
            }
            send_reply(to, &received, reply.clone());
            let expected = if matches!(status, 401 | 407) { 403 } else { status };
            let heard = sent.final_answer().await;
            assert_eq!(heard.status(), expected, "{realm}");
            assert_eq!(challenges_in(&heard), [""; 0], "{realm}");

            let sent = from.new_request(Method::Message).send();
            let received = to.receive("MESSAGE").await;
            let reply = reply.with("Proxy-Authenticate", foreign);
            let readable = !realm.ends_with("168.1.15");
            let reply = if readable { reply.with("WWW-Authenticate", both) } else { reply };
            send_reply(to, &received, reply);
            let heard = sent.final_answer().await;
            assert_eq!(heard.status(), status, "{realm}");
            let left = if readable { vec![foreign; 2] } else { vec![foreign] };
            assert_eq!(challenges_in(&heard), left, "{realm}");
        }
    }
}

fn send_reply(phone: &Phone, request: &Request, reply: Reply) {
    phone.send_raw(&reply.to_bytes(request, "odd")).unwrap();
}

fn challenges_in(response: &sip_message::Response) -> Vec<String> {
    let fields = [HeaderName::WwwAuthenticate, HeaderName::ProxyAuthenticate];
    let values = fields.into_iter().flat_map(|name| response.raw(name));
    values.map(|value| String::from_utf8(value.to_vec()).unwrap()).collect()
}

#[test]
fn no_phone_can_ask_another_for_our_passwords() {
    play(exchange!(nobody_asks_in_our_name, "challenges"));
}
