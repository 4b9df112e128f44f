//! The program `watch`; what it does is in the library.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    watch::run(&watch::Flags::parse())
}
