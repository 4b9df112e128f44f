//! What phones do with the servers of the chapters. Each function is a demonstration
//! (`cargo run -p step-01 -- demo NAME`), a test of the chapter, and the text and pictures of the
//! book.
//!
//! They are together so that a later chapter's server can play what an earlier one's still has to
//! do. An exchange knows phones and a stage, and nothing of the server.

mod cast;
mod chapter_1;
mod chapter_2;
mod chapter_3;
mod chapter_4;
mod chapter_5;
mod chapter_6;
mod chapter_7;
mod chapter_8;

use sip_stage::{Exchange, Logins};

pub use cast::{passwords, rows};

/// The exchanges of each chapter, in the order of the book.
const CHAPTERS: [&[Exchange]; 8] = [
    chapter_1::EXCHANGES,
    chapter_2::EXCHANGES,
    chapter_3::EXCHANGES,
    chapter_4::EXCHANGES,
    chapter_5::EXCHANGES,
    chapter_6::EXCHANGES,
    chapter_7::EXCHANGES,
    chapter_8::EXCHANGES,
];

/// The exchanges of the chapters 1 to `last`, each chapter's in a slice.
///
/// # Panics
/// When there are not as many chapters.
pub const fn until(last: usize) -> &'static [&'static [Exchange]] {
    let chapters: &'static [&'static [Exchange]] = &CHAPTERS;
    chapters.split_at(last).0
}

/// What the phones in a chapter's exchanges answer by themselves when a later chapter's server asks
/// for a password: registrations are asked from chapter 3 on, calls from chapter 5 on.
pub fn logins(chapter: usize) -> Logins {
    let statuses: &[u16] = match chapter {
        1 | 2 => &[401, 407],
        3 | 4 => &[407],
        _ => &[],
    };
    Logins {
        statuses,
        passwords: passwords(),
    }
}
