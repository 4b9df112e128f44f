//! What every chapter's command line shares: flags, start-up words, the running server and its
//! trace, the control socket, the demonstrations.

mod banner;
mod chapter;
mod control;
mod demo;
mod failure;
mod flags;
mod interfaces;
mod reach;
mod run;
mod start;
mod trace;
mod values;

pub use chapter::{Authentication, Chapter};
pub use control::{Claimed, Control, Methods, Running};
pub use failure::{Failure, warn};
pub use flags::{Demo, Flags, Task};
pub use run::run;
pub use start::{OnreplyRoute, Service, Start};

/// A request makes some thirty small allocations, which live as long as it waits for the disk.
/// The C library's allocator keeps the last seven of a size at hand and slows down beyond.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The examples at the end of a step's `--help`: a text with the step's own name in it.
#[macro_export]
macro_rules! examples {
    () => {
        concat!(
            "Examples:\n  cargo run -p ",
            env!("CARGO_PKG_NAME"),
            " -- --listen 0.0.0.0          serve the phones on your network\n  cargo run -p ",
            env!("CARGO_PKG_NAME"),
            " -- --domain example.com      answer for sip:10@example.com too\n  cargo run -p ",
            env!("CARGO_PKG_NAME"),
            " -- --trace                   show every message whole\n  cargo run -p ",
            env!("CARGO_PKG_NAME"),
            " -- demo                      list the exchanges to play"
        )
    };
}
