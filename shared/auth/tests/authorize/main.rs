//! What a server asks for, and which answers it accepts.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod algorithms;
mod credentials;
mod guessing;
mod nonces;
mod phone;
mod realms;
mod verify;
