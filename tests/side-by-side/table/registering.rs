//! Chapters 1 to 4: registering, and who may.

use super::differences::*;
use super::{ASKED, CARRIED_ELSEWHERE, REGISTERED, RINGS, Row, WHOLE_CALL};
use crate::scenes as play;
use crate::servers::Setting::{AsItStarts, CountedQop, Qop, ShortNonces};

const ASKED_AGAIN: &str =
    "100 Trying to Register; 401 Unauthorized, WWW-Authenticate: realm=127.0.0.15 nonce stale=true";

/// Both offer qop, and a phone that counts gets in.
const COUNTED: &str = "100 Trying to Register; \
     401 Unauthorized, WWW-Authenticate: realm=127.0.0.15 nonce qop=auth; \
     100 Trying to Register; 200 OK";

const ASKED_TO_COUNT: &str = "100 Trying to Register; \
     401 Unauthorized, WWW-Authenticate: realm=127.0.0.15 nonce qop=auth";

const ASKED_TO_COUNT_AGAIN: &str = "100 Trying to Register; \
     401 Unauthorized, WWW-Authenticate: realm=127.0.0.15 nonce qop=auth stale=true";

pub const ROWS: &[Row] = &[
    Row::same(1, "11 registers", play::register, "200 OK"),
    Row::differs(
        1,
        "10 calls 11, and hangs up",
        play::call,
        WHOLE_CALL,
        &[WORDS],
    ),
    Row::differs(
        1,
        "10 calls 12, which is not registered",
        play::nobody_there,
        ["404 Not Found", "404 User Not Found"],
        &[WORDS],
    ),
    Row::differs(
        1,
        "10 calls 11 and cancels",
        play::cancelled,
        [
            "11 gets CANCEL; 200 canceling; 487 Request Terminated",
            "11 gets CANCEL; 200 OK; 487 Request Terminated",
        ],
        &[WORDS],
    ),
    Row::same(
        1,
        "an INVITE with Max-Forwards 0",
        play::no_hops_left,
        "483 Too Many Hops",
    ),
    Row::differs(
        1,
        "an INVITE longer than allowed",
        play::too_long,
        ["513 Message Overflow", "513 Message Too Large"],
        &[WORDS],
    ),
    Row::differs(
        1,
        "OPTIONS to the server",
        play::options,
        ["404 Not Found", "200 OK"],
        &[OPTIONS],
    ),
    Row::differs(
        1,
        "11 registers for 30 s",
        play::short_registration,
        ["200 OK", "423 Interval Too Brief"],
        &[LIMITS],
    ),
    Row::differs(
        1,
        "11 registers for 4294967296 s; 10 calls it",
        play::eternal_registration,
        ["404 Not Found", RINGS[1]],
        &[LONG_EXPIRES],
    ),
    Row::differs(
        1,
        "11 registers as Alice; 10 calls alice",
        play::registered_in_capitals,
        [RINGS[0], "404 User Not Found"],
        &[CAPITALS],
    ),
    Row::differs(
        1,
        "11 registers 40 contacts",
        play::many_contacts,
        ["200 OK", "403 Too Many Contacts"],
        &[LIMITS],
    ),
    Row::differs(
        1,
        "11 registers the server's own address; 10 calls",
        play::calls_itself,
        [
            "100 trying -- your call is important to us; 513 Message Overflow",
            "100 Trying; 482 Loop Detected",
        ],
        &[LOOPS],
    ),
    Row::differs(
        1,
        "a stranger's response to no request, with the stranger in the second Via",
        play::stray_response,
        ["200 OK", "silence"],
        &[STRAY],
    ),
    Row::differs(
        1,
        "a stranger's INVITE to a foreign host",
        play::foreign_uri,
        [CARRIED_ELSEWHERE, "403 Relaying Denied"],
        &[OPEN_RELAY],
    ),
    Row::differs(
        1,
        "a stranger's INVITE with a foreign Route",
        play::foreign_route,
        [CARRIED_ELSEWHERE, "403 Relaying Denied"],
        &[OPEN_RELAY],
    ),
    Row::differs(
        1,
        "a stranger's BYE to a foreign host, of a call that never existed",
        play::forged_dialog,
        ["102 gets BYE; 200 OK", "403 Relaying Denied"],
        &[OPEN_RELAY, FORGED_DIALOG],
    ),
    Row::differs(
        2,
        "11 registers; the server is stopped and started; 10 calls 11",
        play::call_after_restart,
        RINGS,
        &[WORDS],
    ),
    Row::differs(
        2,
        "11 registers; the server is killed and started; 10 calls 11",
        play::call_after_kill,
        ["404 Not Found", RINGS[1]],
        &[WRITE_BACK],
    ),
    Row::same(3, "11 registers without credentials", play::register, ASKED),
    Row::differs(
        3,
        "the same, ours started without a flag",
        play::register,
        [
            ASKED,
            "401 Unauthorized, WWW-Authenticate: realm=127.0.0.15 nonce qop=auth",
        ],
        &[EARLY_100, QOP],
    )
    .set(AsItStarts),
    Row::same(
        3,
        "11 answers the challenge",
        play::register_with_password,
        REGISTERED,
    ),
    Row::same(
        3,
        "11 answers with a wrong password",
        play::register_with_wrong_password,
        ASKED,
    ),
    Row::same(
        3,
        "12, an unknown user, answers",
        play::register_unknown,
        ASKED,
    ),
    Row::same(
        3,
        "11 answers, a digit of the nonce flipped",
        play::register_with_flipped_nonce,
        ASKED,
    ),
    Row::differs(
        3,
        "11 answers when the nonce has expired",
        play::register_with_expired_nonce,
        [ASKED, ASKED_AGAIN],
        &[STALE],
    )
    .set(ShortNonces),
    Row::same(
        3,
        "10 registers 11 from a stranger's host, with 10's password",
        play::register_someone_else,
        REGISTERED,
    ),
    Row::differs(
        3,
        "To names a domain that is not served",
        play::register_elsewhere,
        [
            "100 Trying to Register; \
             401 Unauthorized, WWW-Authenticate: realm=elsewhere.example nonce",
            "100 Trying to Register; 404 Not Found",
        ],
        &[DOMAINS],
    ),
    Row::differs(
        3,
        "11 answers for another uri",
        play::register_with_other_uri,
        [REGISTERED, ASKED],
        &[URI],
    ),
    Row::differs(
        3,
        "11 answers, and names SHA-256 as the algorithm",
        play::register_with_other_algorithm,
        [REGISTERED, ASKED],
        &[ALGORITHM],
    ),
    Row::differs(
        3,
        "11 sends the answer of its last registration again",
        play::register_again_with_same_answer,
        [REGISTERED, ASKED_AGAIN],
        &[ONE_TIME],
    ),
    Row::same(
        3,
        "both offer qop; 11 registers, and answers with `nc=00000001`",
        play::register_counted,
        COUNTED,
    )
    .set(Qop),
    Row::same(
        3,
        "the same; 11 registers again, with `nc=00000002`",
        play::register_with_next_count,
        REGISTERED,
    )
    .set(Qop),
    Row::differs(
        3,
        "the same; 11 registers again, with `nc=00000001`",
        play::register_with_same_count,
        [REGISTERED, ASKED_TO_COUNT_AGAIN],
        &[ONE_TIME],
    )
    .set(Qop),
    Row::differs(
        3,
        "the same, Kamailio with `nonce_count`",
        play::register_with_same_count,
        [ASKED_TO_COUNT, ASKED_TO_COUNT_AGAIN],
        &[STALE],
    )
    .set(CountedQop),
    Row::differs(
        3,
        "10, not registered, calls 11",
        play::unregistered_calls,
        RINGS,
        &[WORDS],
    ),
    Row::same(
        4,
        "11 answers the challenge",
        play::register_with_password,
        REGISTERED,
    ),
    Row::differs(
        4,
        "10 registers 11 from a stranger's host, with 10's password",
        play::register_someone_else,
        ["100 Trying to Register; 401 Unauthorized", ASKED],
        &[BARE_401],
    ),
    Row::differs(
        4,
        "a stranger replays 11's answer with another Contact",
        play::replayed_with_other_contact,
        [REGISTERED, ASKED_AGAIN],
        &[ONE_TIME],
    ),
];
