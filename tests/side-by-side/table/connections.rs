//! Phones on TCP, in the chapters where TCP makes a difference.

use super::differences::*;
use super::{ASKED, ASKED_TO_CALL, REGISTERED, Row, WHOLE_CALL};
use crate::scenes as play;

/// A call to a phone on a connection, to its end.
const WHOLE_CALL_OVER_TCP: [&str; 2] = [
    "11 gets INVITE over TCP; 100 trying -- your call is important to us; 180 Ringing; 200 OK; \
     11 gets ACK over TCP; 11 gets BYE over TCP; 200 OK",
    "11 gets INVITE over TCP; 100 Trying; 180 Ringing; 200 OK; \
     11 gets ACK over TCP; 11 gets BYE over TCP; 200 OK",
];

const UNREACHABLE: [&str; 2] = [
    "100 trying -- your call is important to us; \
     477 Unfortunately error on sending to next hop occurred (477/SL)",
    "100 Trying; 500 Server Internal Error",
];

pub const ROWS: &[Row] = &[
    Row::same(
        1,
        "over TCP: 11 registers, and refreshes",
        play::refresh_over_tcp,
        "200 OK; 200 OK",
    ),
    Row::differs(
        1,
        "over TCP: 10 calls 12, which is not registered",
        play::nobody_there_over_tcp,
        ["404 Not Found", "404 User Not Found"],
        &[WORDS],
    ),
    Row::differs(
        1,
        "10 calls over TCP, 11 is on UDP",
        play::connection_to_datagrams,
        WHOLE_CALL,
        &[WORDS],
    ),
    Row::differs(
        1,
        "10 calls over UDP, 11 registered over TCP",
        play::datagrams_to_connection,
        WHOLE_CALL_OVER_TCP,
        &[WORDS],
    ),
    Row::differs(
        1,
        "both on TCP",
        play::connection_to_connection,
        WHOLE_CALL_OVER_TCP,
        &[WORDS],
    ),
    Row::differs(
        1,
        "11 connects and registers a second time; 10 calls",
        play::connected_again,
        WHOLE_CALL_OVER_TCP,
        &[WORDS],
    ),
    Row::differs(
        1,
        "11 registers an unreachable Contact over TCP; 10 calls",
        play::contact_nobody_can_reach,
        [UNREACHABLE[0], WHOLE_CALL_OVER_TCP[1]],
        &[OWN_CONNECTION],
    ),
    Row::differs(
        1,
        "11 registers over TCP and disconnects; 10 calls",
        play::connection_that_is_gone,
        UNREACHABLE,
        &[SEND_ERROR],
    ),
    Row::differs(
        2,
        "11 registers over TCP; the server is stopped and started; 10 calls",
        play::connection_and_restart,
        UNREACHABLE,
        &[SEND_ERROR],
    ),
    Row::same(
        3,
        "over TCP: 11 registers without credentials",
        play::register_over_tcp,
        ASKED,
    ),
    Row::same(
        3,
        "over TCP: 11 answers the challenge",
        play::register_with_password_over_tcp,
        REGISTERED,
    ),
    Row::same(
        5,
        "over TCP: 10 calls 11 without credentials",
        play::invite_over_tcp,
        ASKED_TO_CALL,
    ),
    Row::differs(
        5,
        "both on TCP: 10 answers the challenge, and hangs up",
        play::call_with_password_over_tcp,
        [
            "11 gets INVITE over TCP with Proxy-Authorization for 127.0.0.15; \
             100 trying -- your call is important to us; 180 Ringing; 200 OK; \
             11 gets ACK over TCP; 11 gets BYE over TCP; 200 OK",
            "11 gets INVITE over TCP with Proxy-Authorization for 127.0.0.15; \
             100 Trying; 180 Ringing; 200 OK; 11 gets ACK over TCP; 11 gets BYE over TCP; 200 OK",
        ],
        &[WORDS],
    ),
    Row::same(
        5,
        "over TCP: 10 calls 12, which is not registered",
        play::call_nobody_over_tcp,
        "404 User Not Found",
    ),
    Row::differs(
        7,
        "over TCP: the carrier calls 11, and hangs up",
        play::carrier_calls_over_tcp,
        WHOLE_CALL,
        &[WORDS],
    ),
];
