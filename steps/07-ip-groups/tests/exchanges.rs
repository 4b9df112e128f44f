//! Plays each exchange and compares every byte on the wire with `snapshots/`.

use std::path::Path;

#[path = "../src/carriers.rs"]
mod carriers;
#[path = "../src/exchanges.rs"]
mod exchanges;
#[path = "../src/route.rs"]
mod route;

#[test]
fn every_byte_of_every_exchange_is_as_before() {
    let played = exchanges::EXCHANGES.iter().map(|it| (it.name(), exchanges::play(it)));
    let played: Vec<_> = played.collect();
    for (name, recording) in &played {
        let kept = format!("tests/snapshots/exchanges__{name}.snap.sip");
        if let Some(difference) = sip_lab::side_by_side(Path::new(&kept), &recording.snapshot()) {
            eprintln!("{difference}");
        }
    }
    for (name, recording) in &played {
        insta::assert_binary_snapshot!(&format!("{name}.sip"), recording.snapshot());
    }
}
