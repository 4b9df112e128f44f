//! What the page opens beside the running server, and what it saves.

use serde_json::Value;
use whole_system::step::STEP_05;

use crate::scene::Scene;

const EXCHANGE: &str = "the-paper-calls-phone-11";

#[test]
#[ignore = "needs chromium, .ci/run installs it"]
fn an_exchange_is_played_from_the_dialog() {
    let mut scene = Scene::start(STEP_05);
    scene.browser.key("o");
    scene.browser.wait(
        "the exchanges",
        "document.querySelector('dialog .player button:not(:disabled)') !== null",
    );
    scene
        .browser
        .run("document.querySelector('dialog .player').requestSubmit()");
    scene.browser.wait(
        "its messages",
        "document.querySelectorAll('#ladder .message').length > 0",
    );
    scene
        .browser
        .wait("no dialog", "!document.querySelector('dialog').open");
    let source = scene.text("#source");
    assert!(!source.contains("sip.sock"), "{source}");
}

#[test]
#[ignore = "needs chromium, .ci/run installs it"]
fn a_pasted_trace_and_a_saved_capture_show_the_same_messages() {
    let mut scene = Scene::start(STEP_05);
    scene.play(5, EXCHANGE);
    let labels = "[...document.querySelectorAll('#ladder .label')].map((it) => it.textContent)";
    let played = scene.browser.run(labels);
    assert!(played.to_string().contains("407 Proxy"), "{played}");
    let same = format!("JSON.stringify({labels}) === JSON.stringify({played})");
    let count = scene.text(".filters .count");

    // The text that Save offers, pasted.
    scene.browser.key("s");
    let texts = "[...document.querySelectorAll('dialog a')].map((it) => it.href)";
    let links = scene.browser.run(texts);
    let links: Vec<&str> = links
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert_eq!(links.len(), 4, "{links:?}");
    let link = |name: &str| *links.iter().find(|it| it.contains(name)).unwrap();
    let (text, capture, picture, mermaid) = (
        link("messages.txt"),
        link("messages.pcap"),
        link("ladder.svg"),
        link("ladder.mmd"),
    );
    scene.browser.key("Escape");
    scene.browser.key("o");
    scene.browser.run(&format!(
        "fetch('{text}').then((it) => it.text()).then((it) => {{ const box = document.querySelector('dialog textarea'); box.value = it; box.form.requestSubmit(); }})"
    ));
    scene.browser.wait(
        "the pasted trace",
        "document.querySelector('#source').innerText.includes('pasted')",
    );
    scene.browser.wait(
        "its messages",
        &format!("document.querySelector('.filters .count').innerText === {count:?}"),
    );
    scene.browser.wait("the same ladder", &same);

    // The capture, dropped on the page.
    scene.browser.run(&format!(
        "fetch('{capture}').then((it) => it.blob()).then((it) => {{ const data = new DataTransfer(); data.items.add(new File([it], 'call.pcap')); \
         document.dispatchEvent(new DragEvent('drop', {{dataTransfer: data, bubbles: true, cancelable: true}})); }})"
    ));
    scene.browser.wait(
        "the capture",
        "document.querySelector('#source').innerText.includes('call.pcap')",
    );
    scene.browser.wait(
        "its messages",
        &format!("document.querySelector('.filters .count').innerText === {count:?}"),
    );
    scene.browser.wait("the same ladder", &same);

    let svg = scene
        .browser
        .run(&format!("fetch('{picture}').then((it) => it.text())"));
    assert!(svg.as_str().unwrap().contains("407 Proxy"), "{svg}");
    let text = scene
        .browser
        .run(&format!("fetch('{mermaid}').then((it) => it.text())"));
    assert!(text.as_str().unwrap().contains("sequenceDiagram"), "{text}");
    assert!(
        scene.browser.complaints().is_empty(),
        "{:#?}",
        scene.browser.complaints()
    );
}

#[test]
#[ignore = "needs chromium, .ci/run installs it"]
fn two_chapters_are_next_to_each_other_with_their_differences() {
    let mut scene = Scene::start(STEP_05);
    scene.browser.key("2");
    scene.browser.wait(
        "the chapters",
        "document.querySelectorAll('#left-chapter option').length === 7",
    );
    scene.browser.run("const chapter = document.querySelector('#left-chapter'); chapter.value = '5'; chapter.dispatchEvent(new Event('change'))");
    scene.browser.wait(
        "the exchanges of both",
        "document.querySelector('#chapters form button:not(:disabled)') !== null",
    );
    scene
        .browser
        .run("document.querySelector('#chapters form').requestSubmit()");
    scene.browser.wait(
        "both ladders",
        "document.querySelectorAll('.pair').length > 2",
    );
    let sides = scene.text(".pair");
    assert!(
        sides.contains("Chapter 5") && sides.contains("Chapter 6"),
        "{sides}"
    );
    let signs = scene
        .browser
        .run("[...document.querySelectorAll('.pair .between')].every((it) => it.innerText !== '')");
    assert_eq!(
        signs,
        Value::Bool(true),
        "every line says whether it differs"
    );
}

#[test]
#[ignore = "needs chromium, .ci/run installs it"]
fn the_tables_change_as_phones_register() {
    let mut scene = Scene::start(STEP_05);
    scene.browser.key("3");
    scene.browser.wait(
        "the tables",
        "document.querySelectorAll('#tables table').length > 0",
    );
    let phone = scene.registered("10", 10);
    let contact = phone.contact();
    scene.browser.wait(
        "the binding",
        &format!("document.querySelector('#tables').innerText.includes({contact:?})"),
    );
    scene.browser.wait(
        "that it is new",
        "document.querySelector('#tables .new') !== null",
    );
    let tables = scene.text("#tables");
    assert!(!tables.contains(whole_system::step::PASSWORD), "{tables}");
}

#[test]
#[ignore = "needs chromium, .ci/run installs it"]
fn a_paused_page_waits_and_goes_on() {
    let mut scene = Scene::start(STEP_05);
    scene.browser.key("p");
    let _phone = scene.registered("10", 10);
    scene.browser.wait(
        "the waiting messages",
        "/\\d+ new messages wait/.test(document.querySelector('#notice').innerText)",
    );
    assert_eq!(
        scene
            .browser
            .run("document.querySelectorAll('#ladder .message').length"),
        0
    );
    scene.browser.key("p");
    scene.browser.wait(
        "the messages",
        "document.querySelectorAll('#ladder .message').length >= 4",
    );
    assert_eq!(scene.text("#notice"), "");
}
