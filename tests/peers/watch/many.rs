//! Ten thousand messages: they scroll, the newest is there at once, and memory is bounded.

use std::time::{SystemTime, UNIX_EPOCH};

use whole_system::step::STEP_05;
use whole_system::wire::{PATIENCE, Phone};

use crate::scene::Scene;

/// Each OPTIONS has an answer.
const REQUESTS: usize = 5_000;

/// So many are sent before the page is looked at.
const PART: usize = 250;

/// What a slow browser reads, in bytes a second: some ten messages.
const SLOW: u32 = 10_000;

/// What one look at a row may take, in milliseconds.
const SOON: f64 = 200.0;

/// What no message may take, however busy the machine is, in milliseconds.
const EVER: f64 = 2_000.0;

/// How many rows may exist at once: a window full, and a few around it.
const ROWS: u64 = 60;

/// The memory that the page may use for all of it, in bytes.
const MEMORY: f64 = 100_000_000.0;

/// The processor time that a frame may cost while it scrolls, in milliseconds. It takes 11 to 17, also on
/// a busy machine; a page that drew every message each time would take hundreds.
const FRAME: f64 = 50.0;

#[test]
#[ignore = "needs chromium, .ci/run installs it"]
fn ten_thousand_messages_scroll_and_the_next_appears_at_once() {
    let mut scene = Scene::start(STEP_05);
    let phone = Phone::new("10", 10, scene.server.address());
    let uri = format!("sip:{}", scene.server.address());
    // In parts: a busy machine that gets all at once may miss some, which another test is about.
    for asked in (PART..=REQUESTS).step_by(PART) {
        ask(&phone, &uri, PART);
        let messages = 2 * asked;
        scene.browser.wait(
            "the messages so far",
            &format!("parseInt(document.querySelector('.filters .count').innerText) >= {messages}"),
        );
    }

    let before = scene.browser.processor_time();
    let frames = scene.browser.run(include_str!("scroll.js"));
    let frame = (scene.browser.processor_time() - before) / frames["frames"].as_f64().unwrap();
    println!("{frame:.1} ms a frame, {frames}");
    assert!(frame < FRAME, "{frame:.1} ms, {frames}");
    assert!(frames["most_rows"].as_u64().unwrap() < ROWS, "{frames}");
    assert_eq!(frames["blank"], 0, "{frames}");
    let memory = scene
        .browser
        .run("performance.memory.usedJSHeapSize")
        .as_f64()
        .unwrap();
    println!("{:.1} MB", memory / 1e6);
    assert!(memory < MEMORY, "{memory}");

    // The quickest of ten: a busy machine takes the processor away for longer than this.
    let mut times: Vec<f64> = (0..10)
        .map(|_| until_shown(&mut scene, &phone, &uri))
        .collect();
    times.sort_by(f64::total_cmp);
    println!("shown after {times:.0?} ms");
    assert!(times[0] < SOON, "{times:?}");
}

#[test]
#[ignore = "needs chromium, .ci/run installs it"]
fn a_message_is_on_the_page_two_seconds_after_it_was_sent_at_the_latest() {
    let mut scene = Scene::start(STEP_05);
    let phone = Phone::new("10", 10, scene.server.address());
    let uri = format!("sip:{}", scene.server.address());
    let mut times: Vec<f64> = (0..20)
        .map(|_| until_shown(&mut scene, &phone, &uri))
        .collect();
    times.sort_by(f64::total_cmp);
    println!("shown after {times:.0?} ms");
    assert!(times.iter().all(|time| *time < EVER), "{times:?}");
}

#[test]
#[ignore = "needs chromium, .ci/run installs it"]
fn a_slow_browser_is_told_how_many_messages_it_missed() {
    let mut scene = Scene::start(STEP_05);
    let phone = Phone::new("10", 10, scene.server.address());
    let uri = format!("sip:{}", scene.server.address());
    scene.browser.slow_down(Some(SLOW));
    ask(&phone, &uri, 3 * REQUESTS);
    scene.browser.slow_down(None);
    scene.browser.wait(
        "how many messages are missing",
        "/[0-9]+ messages were missed/.test(document.querySelector('#notice').innerText)",
    );
    // Those that came and those that did not are all.
    let notice = scene.text("#notice");
    let missed: usize = first_number(&notice);
    let kept = first_number(&scene.text(".filters .count"));
    assert!(missed > 0, "{notice}");
    assert!(
        missed + kept >= 2 * REQUESTS,
        "{missed} missed, {kept} kept"
    );
}

fn first_number(text: &str) -> usize {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    digits
        .parse()
        .unwrap_or_else(|_| panic!("no number in {text:?}"))
}

/// Asks so often, one request after the other.
fn ask(phone: &Phone, uri: &str, requests: usize) {
    for _ in 0..requests {
        phone.send(&phone.request("OPTIONS", uri, ""));
        phone.receive(PATIENCE).expect("an answer");
    }
}

/// The time from sending a request to seeing it, in milliseconds.
fn until_shown(scene: &mut Scene, phone: &Phone, uri: &str) -> f64 {
    scene.browser.run("document.body.focus(), document.querySelector('#newest').hidden || document.querySelector('#newest').click()");
    let request = phone.request("OPTIONS", uri, "");
    scene.browser.run(include_str!("seen.js"));
    let sent = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    phone.send(&request);
    phone.receive(PATIENCE).expect("an answer");
    let seen = scene.browser.run("window.seen");
    seen.as_f64().unwrap() - sent.as_secs_f64() * 1000.0
}
