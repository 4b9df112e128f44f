//! Plays each exchange in a test of its own and compares every byte on the wire with `snapshots/`.

sip_exchanges::test_chapter_8!(env!("CARGO_BIN_EXE_step-08"));
