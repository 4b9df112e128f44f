//! Chapters 5 and 6: who may call.

use super::differences::*;
use super::{
    ASKED_TO_CALL, ASKED_WITH_QOP, CALLED_OUT, CARRIED_ELSEWHERE, RINGS, Row, USE_FROM_ID,
    WHOLE_CALL, WHOLE_CALL_WITH_CREDENTIALS,
};
use crate::scenes as play;
use crate::servers::Setting::{AsItStarts, CountedQop, Qop};

/// Both offer qop, and a caller that counts gets through.
const COUNTED: [&str; 2] = [
    "407 Proxy Authentication Required, Proxy-Authenticate: realm=127.0.0.15 nonce qop=auth; \
     11 gets INVITE with Proxy-Authorization for 127.0.0.15; \
     100 trying -- your call is important to us; 180 Ringing; 200 OK; \
     11 gets ACK; 11 gets BYE; 200 OK",
    "407 Proxy Authentication Required, Proxy-Authenticate: realm=127.0.0.15 nonce qop=auth; \
     11 gets INVITE with Proxy-Authorization for 127.0.0.15; \
     100 Trying; 180 Ringing; 200 OK; \
     11 gets ACK; 11 gets BYE; 200 OK",
];

const ASKED_TO_COUNT_AGAIN: &str = "407 Proxy Authentication Required, \
     Proxy-Authenticate: realm=127.0.0.15 nonce qop=auth stale=true";

/// A call that passes, with the answer that was for the proxy.
const RINGS_WITH_CREDENTIALS: [&str; 2] = [
    "11 gets INVITE with Proxy-Authorization for 127.0.0.15; \
     100 trying -- your call is important to us; 180 Ringing; 200 OK",
    "11 gets INVITE with Proxy-Authorization for 127.0.0.15; \
     100 Trying; 180 Ringing; 200 OK",
];

pub const ROWS: &[Row] = &[
    Row::same(
        5,
        "10 calls 11 without credentials",
        play::invite,
        ASKED_TO_CALL,
    ),
    Row::differs(
        5,
        "the same, ours started without a flag",
        play::invite,
        ASKED_WITH_QOP,
        &[QOP],
    )
    .set(AsItStarts),
    Row::differs(
        5,
        "10 answers the challenge, and hangs up",
        play::call_with_password,
        WHOLE_CALL_WITH_CREDENTIALS,
        &[WORDS],
    ),
    Row::differs(
        5,
        "both offer qop; 10 calls, answers with `nc=00000001`, and hangs up",
        play::call_counted,
        COUNTED,
        &[WORDS],
    )
    .set(Qop),
    Row::differs(
        5,
        "the same; 10 calls again, with `nc=00000002`",
        play::call_with_next_count,
        RINGS_WITH_CREDENTIALS,
        &[WORDS],
    )
    .set(Qop),
    Row::differs(
        5,
        "the same; 10 calls again, with `nc=00000001`",
        play::call_with_same_count,
        [RINGS_WITH_CREDENTIALS[0], ASKED_TO_COUNT_AGAIN],
        &[ONE_TIME],
    )
    .set(Qop),
    Row::differs(
        5,
        "the same, Kamailio with `nonce_count`",
        play::call_with_same_count,
        [ASKED_WITH_QOP[1], ASKED_TO_COUNT_AGAIN],
        &[STALE],
    )
    .set(CountedQop),
    Row::same(
        5,
        "10 answers with a wrong password",
        play::call_with_wrong_password,
        ASKED_TO_CALL,
    ),
    Row::same(
        5,
        "12, an unknown user, answers",
        play::unknown_caller,
        ASKED_TO_CALL,
    ),
    Row::same(
        5,
        "10 answers, From says 1000",
        play::call_as_another,
        USE_FROM_ID,
    ),
    Row::same(
        5,
        "10 calls 12, which is not registered",
        play::call_nobody,
        "404 User Not Found",
    ),
    Row::same(
        5,
        "the same without credentials",
        play::nobody_there,
        ASKED_TO_CALL,
    ),
    Row::differs(
        5,
        "10 calls 1100, another name of 11",
        play::call_alias,
        RINGS_WITH_CREDENTIALS,
        &[WORDS],
    ),
    Row::differs(
        5,
        "From names a domain that is not served",
        play::foreign_from,
        [
            "407 Proxy Authentication Required, Proxy-Authenticate: realm=elsewhere.example nonce",
            USE_FROM_ID,
        ],
        &[DOMAINS],
    ),
    Row::differs(
        5,
        "a stranger's MESSAGE to 11",
        play::message_to_registered,
        ["11 gets MESSAGE; 200 OK", ASKED_TO_CALL],
        &[EVERY_METHOD],
    ),
    Row::differs(
        5,
        "a stranger's MESSAGE to 12, which is not registered",
        play::message_to_nobody,
        ["404 User Not Found", ASKED_TO_CALL],
        &[EVERY_METHOD, ENUMERATION],
    ),
    Row::differs(
        5,
        "a stranger's INVITE to a foreign host",
        play::foreign_uri,
        [CARRIED_ELSEWHERE, ASKED_TO_CALL],
        &[OPEN_RELAY],
    ),
    Row::differs(
        5,
        "a stranger's INVITE with a foreign Route",
        play::foreign_route,
        [CARRIED_ELSEWHERE, ASKED_TO_CALL],
        &[OPEN_RELAY],
    ),
    Row::differs(
        5,
        "a stranger's BYE to a foreign host, of a call that never existed",
        play::forged_dialog,
        ["102 gets BYE; 200 OK", ASKED_TO_CALL],
        &[OPEN_RELAY, FORGED_DIALOG],
    ),
    Row::differs(
        6,
        "10 answers the challenge, and hangs up",
        play::call_with_password,
        WHOLE_CALL,
        &[WORDS],
    ),
    Row::differs(
        6,
        "10 writes `Proxy-Authorization :`, with a space",
        play::space_before_the_colon,
        RINGS,
        &[WORDS],
    ),
    Row::differs(
        6,
        "10 also sends an answer for another realm",
        play::credentials_of_another_realm,
        [
            "11 gets INVITE with Proxy-Authorization for carrier.example; \
             100 trying -- your call is important to us; 180 Ringing; 200 OK",
            "11 gets INVITE with Proxy-Authorization for carrier.example; \
             100 Trying; 180 Ringing; 200 OK",
        ],
        &[WORDS],
    ),
    Row::differs(
        6,
        "10 calls a foreign host, and answers if challenged",
        play::call_out,
        [CARRIED_ELSEWHERE, CALLED_OUT],
        &[OPEN_RELAY, WORDS],
    ),
    Row::differs(
        6,
        "10 repeats its answer in ACK and BYE",
        play::bye_with_credentials,
        [
            "11 gets ACK with Proxy-Authorization for 127.0.0.15; \
             11 gets BYE with Proxy-Authorization for 127.0.0.15; 200 OK",
            "11 gets ACK; 11 gets BYE; 200 OK",
        ],
        &[IN_DIALOG],
    ),
    Row::differs(
        6,
        "11 asks its caller for a password in the server's realm",
        play::challenge_of_the_callee,
        [
            "11 gets INVITE; 100 trying -- your call is important to us; \
             407 Proxy Authentication Required, Proxy-Authenticate: realm=127.0.0.15 nonce",
            "11 gets INVITE; 100 Trying; 403 Forbidden",
        ],
        &[FALSE_CHALLENGE, WORDS],
    ),
    Row::differs(
        6,
        "inside a call 11 answers a challenge that 10 got from the server as 11; 10 calls with the \
         answer",
        play::digest_relay,
        [
            "10 gets INVITE with Proxy-Authorization for 127.0.0.15; \
             100 trying -- your call is important to us; 180 Ringing; 200 OK; \
             11 gets INVITE; 100 trying -- your call is important to us; 180 Ringing; 200 OK",
            "10 gets INVITE; 100 Trying; 180 Ringing; 200 OK",
        ],
        &[IN_DIALOG],
    ),
    Row::differs(
        6,
        "11 is busy, and asserts another identity",
        play::identity_of_the_callee,
        [
            "11 gets INVITE; 100 trying -- your call is important to us; \
             486 Busy Here, P-Asserted-Identity: sip:boss@127.0.0.15",
            "11 gets INVITE; 100 Trying; 486 Busy Here",
        ],
        &[ASSERTED, WORDS],
    ),
    Row::differs(
        6,
        "10 calls 11 by a `sips` URI, and answers if challenged",
        play::sips,
        [
            "407 Proxy Authentication Required, Proxy-Authenticate: realm=127.0.0.15 nonce; \
             11 gets INVITE; 100 trying -- your call is important to us; 180 Ringing; 200 OK",
            "416 Unsupported URI Scheme: sips in the Request-URI",
        ],
        &[SCHEMES],
    ),
    Row::differs(
        6,
        "10 calls a `tel` URI",
        play::tel,
        [
            "100 trying -- your call is important to us; 478 Unresolvable destination (478/SL)",
            "416 Unsupported URI Scheme: tel in the Request-URI",
        ],
        &[SCHEMES],
    ),
];
