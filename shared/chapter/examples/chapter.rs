//! The smallest possible chapter: phones register, nobody calls. It shows what a step passes to
//! [`sip_chapter::run`], and its tests run it as a process.

use std::process::ExitCode;

use clap::Parser;
use sip_chapter::{Authentication, Chapter, Service, Start};
use sip_location::Location;
use sip_server::{Action, Method, Reply, Request};
use sip_stage::{Stage, exchange};

const CHAPTER: Chapter = Chapter {
    package: "chapter",
    folder: env!("CARGO_MANIFEST_DIR"),
    title: "phones register, nobody calls",
    authentication: Authentication::None,
    exchanges: &[&[
        exchange!(a_phone_registers, "A phone says where it is"),
        exchange!(a_phone_calls_in_vain, "This chapter has no calls"),
    ]],
};

/// A chapter without calls.
#[derive(Parser)]
#[command(version, after_help = sip_chapter::examples!())]
struct Flags {
    #[command(flatten)]
    server: sip_chapter::Flags,
}

fn main() -> ExitCode {
    sip_chapter::run(&CHAPTER, |flags: &Flags| &flags.server, open, route)
}

/// What the script works with.
struct Cx {
    location: Location,
    max_length: usize,
}

fn open(start: &mut Start<'_>, _: &Flags) -> Result<Service<Cx>, sip_chapter::Failure> {
    let cx = Cx {
        location: start.location(),
        max_length: start.max_length(),
    };
    Ok(Service::new(cx))
}

async fn route(cx: &Cx, request: &mut Request) -> Result<Action, Reply> {
    request.check_length(cx.max_length)?;
    match request.method() {
        Method::Register => cx.location.save(request).await.map(Action::Reply),
        Method::Options => Ok(Reply::of(200).into()),
        _ => Err(Reply::of(405).with("Allow", "REGISTER, OPTIONS")),
    }
}

async fn a_phone_registers(stage: &mut Stage) {
    let ten = stage.phone("10", "192.168.1.10");
    ten.register().await;
}

/// Breaks off: the phone waits for 404 and gets 405.
async fn a_phone_calls_in_vain(stage: &mut Stage) {
    stage
        .phone("10", "192.168.1.10")
        .invite("11")
        .refused(404)
        .await;
}
