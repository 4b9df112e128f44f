//! Chapter 1: two phones on one number.

use super::Row;
use super::differences::*;
use crate::scenes as play;

pub const ROWS: &[Row] = &[
    Row::differs(
        1,
        "11 has a second phone, at host 21; 11 answers, 10 hangs up",
        play::one_of_two_answers,
        [
            "11 gets INVITE; 21 gets INVITE; 100 trying -- your call is important to us; \
             180 Ringing; 180 Ringing; 21 gets CANCEL; 200 OK; 11 gets ACK; 11 gets BYE; 200 OK",
            "11 gets INVITE; 21 gets INVITE; 100 Trying; \
             180 Ringing; 180 Ringing; 21 gets CANCEL; 200 OK; 11 gets ACK; 11 gets BYE; 200 OK",
        ],
        &[WORDS],
    ),
    Row::same(
        1,
        "both ring; 21 turns busy, 11 answers",
        play::one_of_two_is_busy,
        "200 OK; 11 gets ACK; 11 gets BYE; 200 OK",
    ),
    Row::same(
        1,
        "both ring; 21 declines for all",
        play::one_of_two_declines,
        "11 gets CANCEL; 603 Decline",
    ),
    Row::differs(
        1,
        "both ring; 10 cancels",
        play::both_ring_and_are_cancelled,
        [
            "11 gets CANCEL; 21 gets CANCEL; 200 canceling; 487 Request Terminated",
            "11 gets CANCEL; 21 gets CANCEL; 200 OK; 487 Request Terminated",
        ],
        &[WORDS],
    ),
    Row::differs(
        1,
        "both are busy",
        play::both_busy,
        [
            "11 gets INVITE; 21 gets INVITE; 100 trying -- your call is important to us; \
             486 Busy Here",
            "11 gets INVITE; 21 gets INVITE; 100 Trying; 486 Busy Here",
        ],
        &[WORDS],
    ),
    Row::differs(
        1,
        "11 is busy, 21 says 480",
        play::one_busy_one_away,
        [
            "11 gets INVITE; 21 gets INVITE; 100 trying -- your call is important to us; \
             480 Temporarily Unavailable",
            "11 gets INVITE; 21 gets INVITE; 100 Trying; 486 Busy Here",
        ],
        &[BEST_RESPONSE, WORDS],
    ),
    Row::differs(
        1,
        "11 says 404, 21 says 503",
        play::one_unknown_one_failing,
        [
            "11 gets INVITE; 21 gets INVITE; 100 trying -- your call is important to us; \
             404 Not Found",
            "11 gets INVITE; 21 gets INVITE; 100 Trying; 404 Not Found",
        ],
        &[WORDS],
    ),
];
