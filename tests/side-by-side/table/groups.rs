//! Chapter 7: callers that the server knows by address.

use super::differences::*;
use super::{
    ASKED_TO_CALL, ASKED_WITH_QOP, CALLED_OUT, CARRIED_ELSEWHERE, RINGS, Row, USE_FROM_ID,
    WHOLE_CALL, WHOLE_CALL_WITH_CREDENTIALS,
};
use crate::scenes as play;
use crate::servers::Setting::{AsItStarts, CarriersAlone, CarriersAloneAndMore, Offices};

/// The exchange for a script that our server never had.
const ON_ITS_WAY: &str = "users-can-no-longer-call";

const CARRIERS_ALONE: [&str; 2] = [
    "11 gets INVITE; 100 trying -- your call is important to us; 486 Busy Here; \
     403 Nope. Don't know who you are",
    "11 gets INVITE; 100 Trying; 486 Busy Here; 403 Nope. Don't know who you are",
];

/// A call that passes, and one that does not.
const IN_AND_OUT: [&str; 2] = [
    "11 gets INVITE; 100 trying -- your call is important to us; 180 Ringing; 200 OK; \
     407 Proxy Authentication Required, Proxy-Authenticate: realm=127.0.0.15 nonce",
    "11 gets INVITE; 100 Trying; 180 Ringing; 200 OK; \
     407 Proxy Authentication Required, Proxy-Authenticate: realm=127.0.0.15 nonce",
];

/// One that does not, and one that does.
const OUT_AND_IN: [&str; 2] = [
    "407 Proxy Authentication Required, Proxy-Authenticate: realm=127.0.0.15 nonce; \
     11 gets INVITE; 100 trying -- your call is important to us; 180 Ringing; 200 OK",
    "407 Proxy Authentication Required, Proxy-Authenticate: realm=127.0.0.15 nonce; \
     11 gets INVITE; 100 Trying; 180 Ringing; 200 OK",
];

pub const ROWS: &[Row] = &[
    Row::differs(
        7,
        "the carrier calls 11, and hangs up",
        play::carrier_calls,
        WHOLE_CALL,
        &[WORDS],
    ),
    Row::same(
        7,
        "the carrier calls 12, which is not registered",
        play::carrier_calls_nobody,
        "404 User not Registered",
    ),
    Row::same(
        7,
        "a stranger calls 11",
        play::stranger_calls,
        ASKED_TO_CALL,
    ),
    Row::differs(
        7,
        "the same, ours started without a flag",
        play::stranger_calls,
        ASKED_WITH_QOP,
        &[QOP],
    )
    .set(AsItStarts),
    Row::differs(
        7,
        "10 answers the challenge, and hangs up",
        play::call_with_password,
        [WHOLE_CALL_WITH_CREDENTIALS[0], WHOLE_CALL[1]],
        &[CREDENTIALS, WORDS],
    ),
    Row::differs(
        7,
        "10 answers, From says 1000",
        play::call_as_another,
        [ASKED_TO_CALL, USE_FROM_ID],
        &[IDENTITY],
    ),
    Row::same(
        7,
        "11 registers, and answers",
        play::register_with_password,
        "200 OK",
    ),
    Row::same(
        7,
        "10 registers 11 from a stranger's host, with 10's password",
        play::register_someone_else,
        "401 Unauthorized, WWW-Authenticate: realm=127.0.0.15 nonce",
    ),
    Row::differs(
        7,
        "OPTIONS to the server",
        play::options,
        ["200 Keepalive", "200 OK"],
        &[WORDS],
    ),
    Row::same(
        7,
        "OPTIONS from a scanner that gives its name",
        play::scanner,
        "silence",
    ),
    Row::differs(
        7,
        "a stranger's MESSAGE to 11",
        play::stray_message,
        ["silence", ASKED_TO_CALL],
        &[EVERY_METHOD],
    ),
    Row::same(
        7,
        "a stranger's INVITE to a foreign host",
        play::foreign_uri,
        ASKED_TO_CALL,
    ),
    Row::differs(
        7,
        "10 calls a foreign host, and answers the challenge",
        play::call_out,
        [
            "407 Proxy Authentication Required, Proxy-Authenticate: realm=127.0.0.15 nonce; \
             404 User not Registered",
            CALLED_OUT,
        ],
        &[CALLS_OUT],
    ),
    Row::differs(
        7,
        "a stranger's INVITE with a foreign Route",
        play::foreign_route,
        [CARRIED_ELSEWHERE, ASKED_TO_CALL],
        &[OPEN_RELAY],
    ),
    Row::differs(
        7,
        "a stranger's BYE to a foreign host, of a call that never existed",
        play::forged_dialog,
        ["102 gets BYE; 200 OK", ASKED_TO_CALL],
        &[OPEN_RELAY, FORGED_DIALOG],
    ),
    Row::differs(
        7,
        "the carrier's row has the port it calls from",
        play::carrier_at_the_port_of_its_row,
        RINGS,
        &[WORDS],
    ),
    Row::same(
        7,
        "its row has port 5060, and it calls from another",
        play::carrier_at_another_port,
        ASKED_TO_CALL,
    ),
    Row::differs(
        7,
        "the row is 127.0.0.1, mask 24; its neighbour 102 calls",
        play::neighbour_of_a_row,
        RINGS,
        &[WORDS],
    ),
    Row::same(
        7,
        "the row is 127.0.1.102, mask 24; 127.0.0.102 calls",
        play::outside_a_mask,
        ASKED_TO_CALL,
    ),
    Row::differs(
        7,
        "the row is 127.0.0.97, mask 27; 102 calls, which is inside, and 66, which is outside",
        play::inside_and_outside_a_mask,
        IN_AND_OUT,
        &[WORDS],
    ),
    Row::differs(
        7,
        "host 66, a stranger, gets a row; it calls before and after the table is read again",
        play::new_row,
        OUT_AND_IN,
        &[WORDS],
    ),
    Row::differs(
        7,
        "the carrier's row is removed; it calls before and after the table is read again",
        play::row_taken_away,
        IN_AND_OUT,
        &[WORDS],
    ),
    Row::differs(
        7,
        "66 gets a row, and the carrier's now has mask 33; the table is read again, and both call",
        play::new_row_and_a_wrong_one,
        [OUT_AND_IN[0], IN_AND_OUT[1]],
        &[WRONG_ROW],
    ),
    Row::same(
        7,
        "11 registers from an office, and answers",
        play::register_with_password,
        "200 OK",
    )
    .set(Offices),
    Row::same(
        7,
        "11 registers from a stranger's host, but only offices may",
        play::register_from_a_strangers,
        "403 Forbidden",
    )
    .set(Offices),
    Row::same(
        7,
        "11 registers from the carrier's host, but only offices may",
        play::register_from_a_carriers,
        "403 Forbidden",
    )
    .set(Offices),
    Row::differs(
        7,
        "the text on its way: the carrier calls 11, which is busy; 10 calls 11",
        play::carriers_alone,
        CARRIERS_ALONE,
        &[WORDS],
    )
    .set(CarriersAlone)
    .recorded(ON_ITS_WAY),
    Row::differs(
        7,
        "the same, a line below its INVITE block",
        play::carriers_alone_and_on,
        [
            "11 gets INVITE; 100 trying -- your call is important to us; 486 Busy Here; \
             11 gets INVITE; 403 Nope. Don't know who you are",
            CARRIERS_ALONE[1],
        ],
        &[EXIT, WORDS],
    )
    .set(CarriersAloneAndMore)
    .recorded(ON_ITS_WAY),
];
