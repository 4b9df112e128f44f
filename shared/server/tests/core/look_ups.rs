//! Names among the hops: looked up first, then sent to.

use sip_server::{Request, relay};
use tokio::time::sleep;

use super::driver::{Line, to_b, with_server};
use super::harness::{Users, callee, caller, ms, script, starts};
use super::messages::{as_method, invite, response};
use super::record_route::{from_callee, in_dialog};
use super::recorded::{Peer, Sent};

#[tokio::test(start_paused = true)]
async fn a_name_is_looked_up_and_the_request_sent_there() {
    with_server(to_b("sip:b@phone.example:5080"), async |line: &Line| {
        let address = "192.0.2.77:5080".parse().unwrap();
        line.recorded
            .borrow_mut()
            .hosts
            .insert("phone.example".into(), vec![address]);
        let sent = line.gets(caller(), invite(caller(), "b")).await;
        assert_eq!(
            starts(&sent),
            [
                "SIP/2.0 100 Trying",
                "INVITE sip:b@phone.example:5080 SIP/2.0"
            ]
        );
        assert_eq!(sent[1].flow.remote, address);
        let ok = response(&sent[1], 200, "OK", "tag-b");
        assert_eq!(
            starts(&line.gets(Peer(sent[1].flow), ok).await),
            ["SIP/2.0 200 OK"]
        );
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_name_is_reached_at_the_first_address_there_is_a_way_to() {
    for transport in ["udp", "tcp"] {
        let uri = format!("sip:b@phone.example;transport={transport}");
        let script = async |_: &mut Request| Ok(relay(vec![sip_server::Target::new(&*uri)]));
        with_server(script, async |line: &Line| {
            let addresses = [
                "[2001:db8::77]:5060", // this server is said to listen on no IPv6 address
                "192.0.2.77:5060",
                "192.0.2.78:5060",
            ]
            .map(|address| address.parse().unwrap());
            {
                let mut recorded = line.recorded.borrow_mut();
                recorded.unreachable.insert(addresses[0]);
                let name = "phone.example".to_owned();
                recorded.hosts.insert(name, addresses.to_vec());
            }
            let sent = line.gets(caller(), invite(caller(), "b")).await;
            let invite = format!("INVITE {uri} SIP/2.0");
            assert_eq!(starts(&sent), ["SIP/2.0 100 Trying", &invite]);
            assert_eq!(sent[1].flow.remote, addresses[1]);
        })
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_name_without_an_address_there_is_a_way_to_is_a_500() {
    for addresses in [vec!["[2001:db8::77]:5060".parse().unwrap()], Vec::new()] {
        with_server(to_b("sip:b@phone.example"), async |line: &Line| {
            {
                let mut recorded = line.recorded.borrow_mut();
                recorded.unreachable.extend(addresses.iter().copied());
                recorded.hosts.insert("phone.example".into(), addresses);
            }
            let sent = line.gets(caller(), invite(caller(), "b")).await;
            assert_eq!(
                starts(&sent),
                ["SIP/2.0 100 Trying", "SIP/2.0 500 Server Internal Error"]
            );
        })
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_name_that_leads_nowhere_is_a_500() {
    with_server(to_b("sip:b@phone.example"), async |line: &Line| {
        let sent = line.gets(caller(), invite(caller(), "b")).await;
        assert_eq!(
            starts(&sent),
            ["SIP/2.0 100 Trying", "SIP/2.0 500 Server Internal Error"]
        );
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_name_that_leads_nowhere_does_not_end_the_other_branch() {
    let script = async |_: &mut Request| {
        let targets = ["sip:b@phone.example", "sip:c@192.0.2.12"];
        Ok(relay(targets.map(sip_server::Target::new).to_vec()))
    };
    with_server(script, async |line: &Line| {
        let sent = line.gets(caller(), invite(caller(), "b")).await;
        assert_eq!(
            starts(&sent),
            ["SIP/2.0 100 Trying", "INVITE sip:c@192.0.2.12 SIP/2.0"]
        );
    })
    .await;
}

/// What becomes of a REGISTER that the callee sends inside a call to a caller whose Contact is
/// `sip:a@NAME`, a name of that address.
async fn register_inside_a_call(name: &str, address: &str) -> Vec<Sent> {
    let users = Users::from([("b", vec![sip_server::Target::new("sip:b@192.0.2.11")])]);
    let script = async |request: &mut Request| script(&users, request);
    let mut sent = Vec::new();
    with_server(script, async |line: &Line| {
        let host = name.split(':').next().unwrap().to_owned();
        let address = address.parse().unwrap();
        line.recorded.borrow_mut().hosts.insert(host, vec![address]);
        let invite = invite(caller(), "b").replace("a@192.0.2.10:5060", &format!("a@{name}"));
        let to_callee = line.gets(caller(), invite).await.remove(1);
        let (uri, ours) = (format!("sip:a@{name}"), to_callee.header("Record-Route"));
        let register = from_callee(&in_dialog(callee(), "REGISTER", &uri, &[ours]));
        sent = line.gets(callee(), register).await;
    })
    .await;
    sent
}

#[tokio::test(start_paused = true)]
async fn a_call_leads_to_no_name_of_this_server() {
    for name in ["us.example", "us.example:5060"] {
        let sent = register_inside_a_call(name, "192.0.2.1:5060").await;
        assert_eq!(starts(&sent), ["SIP/2.0 500 Server Internal Error"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_leads_to_a_phone_that_has_the_servers_name_and_another_port() {
    let sent = register_inside_a_call("example.com:5070", "192.0.2.1:5070").await;
    assert_eq!(starts(&sent), ["REGISTER sip:a@example.com:5070 SIP/2.0"]);
}

#[tokio::test(start_paused = true)]
async fn a_cancel_during_a_look_up_ends_the_call() {
    let script = async |_: &mut Request| {
        sleep(ms(10)).await;
        Ok(relay(vec![sip_server::Target::new("sip:b@phone.example")]))
    };
    with_server(script, async |line: &Line| {
        let address = "192.0.2.77:5080".parse().unwrap();
        line.recorded
            .borrow_mut()
            .hosts
            .insert("phone.example".into(), vec![address]);
        let invite = invite(caller(), "b");
        line.gets(caller(), &invite).await;
        let cancel = as_method(&invite, "CANCEL");
        assert_eq!(
            starts(&line.gets(caller(), cancel).await),
            ["SIP/2.0 200 OK"]
        );
        sleep(ms(20)).await;
        assert_eq!(
            starts(&line.settles().await),
            ["SIP/2.0 487 Request Terminated"]
        );
    })
    .await;
}
