//! The page without a mouse, and for a screen reader.

use whole_system::step::STEP_05;

use crate::scene::Scene;

const EXCHANGE: &str = "the-paper-calls-phone-11";

#[test]
#[ignore = "needs chromium, .ci/run installs it"]
fn every_message_is_reached_and_opened_with_keys() {
    let mut scene = Scene::start(STEP_05);
    scene.play(5, EXCHANGE);
    let browser = &mut scene.browser;
    browser.key("l");
    browser.key("Home");
    // A note between messages takes one more key.
    let chosen = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => \
                  done(document.querySelector('#ladder [aria-selected=true] .number')?.innerText))))";
    let presses = (0..10).take_while(|_| {
        browser.key("ArrowDown");
        browser.run(chosen) != "6"
    });
    let presses = presses.count();
    assert!(presses < 10, "{}", browser.run(chosen));
    assert_eq!(
        browser.run("document.querySelector('#detail').hidden"),
        true
    );
    browser.key("Enter");
    browser.wait(
        "message 6",
        "document.querySelector('#detail h2')?.innerText.startsWith('6 407')",
    );
    let outline = browser.run("getComputedStyle(document.activeElement).outlineStyle");
    assert_eq!(outline, "solid", "the focus is visible");
    browser.key("Escape");
    browser.wait("no message", "document.querySelector('#detail').hidden");
    browser.wait(
        "the ladder in focus",
        "document.activeElement.id === 'ladder'",
    );

    browser.key("End");
    browser.wait("the last message", "document.querySelector('#ladder [aria-selected=true]')?.ariaPosInSet === document.querySelector('#ladder [aria-selected=true]')?.ariaSetSize");
    browser.key("Escape");

    browser.key("/");
    browser.wait(
        "the filter in focus",
        "document.activeElement.id === 'filter-user'",
    );
    for key in ["1", "0"] {
        browser.key(key);
    }
    browser.wait(
        "the messages of user 10",
        "document.querySelector('.filters .count').textContent.includes(' of ')",
    );
    browser.key("Escape");
    browser.wait(
        "all messages",
        "!document.querySelector('.filters .count').textContent.includes(' of ')",
    );

    browser.run("document.activeElement.blur()");
    browser.key("?");
    browser.wait("the help", "document.querySelector('dialog').open");
    browser.key("Escape");
    browser.wait("no help", "!document.querySelector('dialog').open");
    assert!(
        browser.complaints().is_empty(),
        "{:#?}",
        browser.complaints()
    );
}

#[test]
#[ignore = "needs chromium, .ci/run installs it"]
fn a_screen_reader_hears_a_list_of_messages() {
    let mut scene = Scene::start(STEP_05);
    scene.play(5, EXCHANGE);
    let tree = scene.browser.accessibility();
    let named = |role: &str| -> Vec<String> {
        let nodes = tree.iter().filter(|node| node["role"]["value"] == role);
        let names = nodes.map(|node| {
            node["name"]["value"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        });
        names.collect()
    };
    let lists = named("listbox");
    assert!(
        lists
            .iter()
            .any(|it| it.starts_with("Messages in the order of time")),
        "{lists:?}"
    );
    let options = named("option");
    let refused = options.iter().find(|it| it.starts_with("6: 407"));
    let refused = refused.unwrap_or_else(|| panic!("{options:#?}"));
    assert!(
        refused.contains("from server to phone 10, UDP"),
        "{refused}"
    );
    for role in ["button", "tab", "searchbox", "combobox"] {
        let names = named(role);
        assert!(!names.is_empty(), "{role}");
        assert!(
            names.iter().all(|it| !it.is_empty()),
            "{role} without a name: {names:?}"
        );
    }
    let unnamed = tree
        .iter()
        .filter(|node| node["role"]["value"] == "image" && node["name"]["value"] == "");
    assert_eq!(unnamed.count(), 0, "an arrow is read by its line");
}
