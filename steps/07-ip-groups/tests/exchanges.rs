//! Plays each exchange and compares every byte on the wire with `snapshots/`.

#[path = "../src/exchanges.rs"]
mod exchanges;
#[path = "../src/identities.rs"]
mod identities;
#[path = "../src/route.rs"]
mod route;

#[test]
fn every_byte_of_every_exchange_is_as_before() {
    for exchange in exchanges::EXCHANGES {
        let recording = exchanges::play(exchange);
        let name = format!("{}.sip", exchange.name());
        insta::assert_binary_snapshot!(&name, recording.snapshot());
    }
}
