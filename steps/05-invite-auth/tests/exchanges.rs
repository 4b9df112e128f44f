//! Plays each exchange and compares every byte on the wire with `snapshots/`.

use std::path::Path;

#[path = "../src/digest_relay.rs"]
mod digest_relay;
#[path = "../src/exchanges.rs"]
mod exchanges;
#[path = "../src/route.rs"]
mod route;

#[test]
fn every_byte_of_every_exchange_is_as_before() {
    for exchange in exchanges::EXCHANGES {
        let recording = exchanges::play(exchange);
        let kept = format!("tests/snapshots/exchanges__{}.snap.sip", exchange.name());
        if let Some(difference) = sip_lab::side_by_side(Path::new(&kept), &recording.snapshot()) {
            eprintln!("{difference}");
        }
        let name = format!("{}.sip", exchange.name());
        insta::assert_binary_snapshot!(&name, recording.snapshot());
    }
}
