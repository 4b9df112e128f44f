//! Every state has a bound.

use std::sync::atomic::Ordering::Relaxed;

use sip_server::Limits;

use super::harness::{Server, caller, ms, starts};
use super::messages::{as_method, invite, request, with};

fn numbered(text: &str, number: usize) -> String {
    text.replace("branch=z9hG4bK", &format!("branch=z9hG4bK{number}x"))
}

#[test]
fn one_transaction_too_many_is_shed_with_503_and_retry_after() {
    let mut server = Server::with_limits(Limits {
        transactions: 16,
        ..Limits::default()
    });
    // Of 16, two are for what ends or confirms a call; of 14, one source may have as many as are
    // left for others. Each call is two.
    for number in 0..4 {
        assert_eq!(
            server
                .gets(caller(), &numbered(&invite(caller(), "b"), number))
                .len(),
            2
        );
    }
    let sent = server.gets(caller(), &numbered(&invite(caller(), "b"), 4));
    assert_eq!(starts(&sent), ["SIP/2.0 503 Service Unavailable"]);
    assert_eq!(sent[0].header("Retry-After"), "5");
    assert_eq!(server.stats.shed.load(Relaxed), 1);
    server.passes(ms(70_000));
    assert_eq!(
        server
            .gets(caller(), &numbered(&invite(caller(), "b"), 5))
            .len(),
        2
    );
}

#[test]
fn a_copy_of_what_is_under_way_is_absorbed_when_there_is_no_room() {
    let mut server = Server::with_limits(Limits {
        transactions: 2,
        ..Limits::default()
    });
    server.calls("b");
    let sent = server.gets(caller(), &invite(caller(), "b"));
    assert_eq!(starts(&sent), ["SIP/2.0 100 Trying"]);
}

#[test]
fn messages_under_way_are_bounded_in_bytes_and_given_back_when_they_end() {
    let mut server = Server::with_limits(Limits {
        open_bytes: 160_000,
        ..Limits::default()
    });
    let large = with(
        &invite(caller(), "b"),
        &format!("X-Filler: {}", "x".repeat(20_000)),
    );
    for round in 0..3 {
        let mut invites = Vec::new();
        for number in 0..5 {
            let sent = server.gets(caller(), &numbered(&large, round * 5 + number));
            invites.extend(
                sent.into_iter()
                    .filter(|sent| sent.start().starts_with("INVITE")),
            );
        }
        assert_eq!(invites.len(), 2, "each is held by a server and by a branch");
        for invite in &invites {
            server.answered(invite, 486, "t");
        }
    }
}

#[test]
fn what_a_waiting_script_holds_counts_and_is_given_back() {
    let mut server = Server::with_limits(Limits {
        open_bytes: 140_000,
        ..Limits::default()
    });
    let large = with(
        &request(caller(), "REGISTER", "sip:192.0.2.1", "z9hG4bK"),
        &format!("X: {}", "x".repeat(20_000)),
    );
    for round in 0..3 {
        server.holds_scripts = true;
        for number in 0..3 {
            server.gets(caller(), &numbered(&large, round * 3 + number));
        }
        assert_eq!(server.waiting(), 2);
        assert_eq!(
            starts(&server.decide()),
            ["SIP/2.0 200 OK", "SIP/2.0 200 OK"]
        );
    }
}

#[test]
fn finished_transactions_are_bounded_and_the_oldest_go_first() {
    let mut server = Server::with_limits(Limits {
        finished_bytes: 100 * 1024,
        ..Limits::default()
    });
    for number in 0..10_000 {
        server.gets(caller(), &numbered(&invite(caller(), "nobody"), number));
    }
    assert!(server.transactions() <= 120, "{}", server.transactions());
    server.gets(caller(), &numbered(&invite(caller(), "nobody"), 9_999));
    assert_eq!(
        server.stats.retransmissions.load(Relaxed),
        1,
        "the newest is remembered"
    );
    server.gets(caller(), &numbered(&invite(caller(), "nobody"), 0));
    assert_eq!(
        server.stats.retransmissions.load(Relaxed),
        1,
        "the oldest is not"
    );
}

#[test]
fn a_call_that_still_rings_is_not_forgotten_for_finished_ones() {
    let mut server = Server::with_limits(Limits {
        finished_bytes: 10 * 1024,
        ..Limits::default()
    });
    let invites = server.calls("b");
    server.answered(&invites[0], 180, "t");
    for number in 0..1000 {
        server.gets(caller(), &numbered(&invite(caller(), "nobody"), number));
    }
    assert_eq!(
        starts(&server.answered(&invites[0], 200, "t")),
        ["SIP/2.0 200 Reason"]
    );
}

#[test]
fn a_key_that_is_used_again_is_not_taken_for_the_finished_one() {
    let mut server = Server::with_limits(Limits {
        finished_bytes: 10 * 1024,
        ..Limits::default()
    });
    let unknown = invite(caller(), "nobody");
    server.gets(caller(), &unknown);
    server.gets(caller(), &as_method(&unknown, "ACK"));
    server.passes(ms(5000)); // Timer I has ended it; it is still among the finished
    server.holds_scripts = true;
    server.gets(caller(), &unknown);
    server.holds_scripts = false;
    for number in 0..100 {
        server.gets(caller(), &numbered(&unknown, number));
    }
    server.holds_scripts = true;
    server.gets(caller(), &unknown);
    assert_eq!(server.waiting(), 1, "the copy was absorbed");
}

#[test]
fn a_message_that_outgrows_the_largest_is_refused_not_cut() {
    let mut server = Server::new();
    let text = invite(caller(), "b");
    let filler = "x".repeat(65_535 - text.len() - "X: \r\n".len());
    let sent = server.gets(caller(), &with(&text, &format!("X: {filler}")));
    assert_eq!(
        starts(&sent),
        ["SIP/2.0 100 Trying", "SIP/2.0 513 Message Too Large"]
    );
}

#[test]
fn a_message_is_relayed_as_long_as_it_fits_into_what_it_leaves_in() {
    for (transport, longest) in [("udp", 65_507), ("tcp", 65_535)] {
        let relayed = |filler: usize| {
            let mut server = Server::new();
            server.user("b", &[&format!("sip:b@192.0.2.11;transport={transport}")]);
            let text = with(
                &invite(caller(), "b"),
                &format!("X: {}", "x".repeat(filler)),
            );
            server.gets(caller(), &text).remove(1)
        };
        let room = longest - relayed(0).text.len();
        let fits = relayed(room);
        assert!(fits.start().starts_with("INVITE"), "{}", fits.start());
        assert_eq!(fits.text.len(), longest);
        let refused = relayed(room + 1);
        assert_eq!(
            refused.start(),
            "SIP/2.0 513 Message Too Large",
            "{transport}"
        );
    }
}
