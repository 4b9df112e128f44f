//! The smallest server: it answers OPTIONS and refuses everything else.
//!
//! Run `cargo run -p sip-server --example options`, and ask it from another terminal with
//! `cargo run -p phone -- options`.

use std::fmt::Arguments;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::SystemTime;

use sip_message::Flow;
use sip_server::{
    Action, Clock, Direction, Entropy, Limits, Method, Myself, Observer, OnReply, PrivateTargets,
    Reply, Request, Secret, Settings, Sockets, Stats, SystemEntropy, Timers, TransportLimits,
    serve,
};

async fn route(request: &mut Request) -> Result<Action, Reply> {
    match request.method() {
        Method::Options => Ok(Reply::of(200).with("Allow", "OPTIONS").into()),
        _ => Err(Reply::of(405).with("Allow", "OPTIONS")),
    }
}

/// Prints what the server has to say: each refusal and why.
struct Log;

impl Observer for Log {
    fn message(&mut self, _: Direction, _: &Flow, _: SystemTime, _: &[u8]) {}

    fn note(&mut self, _: SystemTime, _: SocketAddr, text: Arguments<'_>) {
        println!("{text}");
    }
}

fn main() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 5060));
        let clock = Clock::system();
        let mut entropy = SystemEntropy::default();
        let mut sockets =
            Sockets::bind(&[address], clock, &mut entropy, TransportLimits::default())?;
        let secret = [entropy.number(), entropy.number()].map(u64::to_ne_bytes);
        let secret = Secret(std::array::from_fn(|at| secret[at / 8][at % 8]));
        let settings = Settings {
            myself: Myself::new(vec![address], Vec::new(), secret),
            clock,
            entropy: Box::new(entropy),
            observer: Box::new(Log),
            timers: Timers::default(),
            limits: Limits::default(),
            private_targets: PrivateTargets::default(),
            stats: Arc::new(Stats::default()),
            on_reply: OnReply::default(),
        };
        let stop = async {
            let _ = tokio::signal::ctrl_c().await;
        };
        println!("serving at {address}, UDP and TCP, until Ctrl-C");
        serve(&mut sockets, &route, settings, stop).await;
        Ok(())
    })
}
