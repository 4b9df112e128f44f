//! The page on a small telephone, in light and dark, and without motion.

use serde_json::Value;
use whole_system::step::STEP_05;

use crate::reader::{DESK, PHONE, Window};
use crate::scene::Scene;

const EXCHANGE: &str = "the-paper-calls-phone-11";

/// What is out of reach on a small window: wider than it, or a button that is cut off.
const OUT_OF_REACH: &str = "[document.documentElement.scrollWidth > innerWidth && 'the page', \
    ...[...document.querySelectorAll('button, input, select, a, summary')].filter((it) => it.checkVisibility() && !it.closest('.skip, pre')) \
    .filter((it) => { const box = it.getBoundingClientRect(); return box.left < -1 || box.right > innerWidth + 1; }) \
    .filter((it) => !it.matches('.skip')).map((it) => it.outerHTML.slice(0, 120))].filter(Boolean)";

#[test]
#[ignore = "needs chromium, .ci/run installs it"]
fn a_phone_sized_window_shows_everything() {
    let mut scene = Scene::start(STEP_05);
    scene.browser.resize(PHONE);
    scene.browser.wait(
        "the welcome",
        "document.querySelector('#welcome .player') !== null",
    );
    assert_eq!(
        scene.browser.run(OUT_OF_REACH),
        Value::Array(vec![]),
        "welcome"
    );
    scene.play(5, EXCHANGE);
    assert_eq!(scene.browser.run(OUT_OF_REACH), Value::Array(vec![]));
    let ladder = "document.querySelector('#ladder')";
    let fits = scene
        .browser
        .run(&format!("{ladder}.scrollWidth <= {ladder}.clientWidth"));
    assert_eq!(fits, true, "three lanes fit");

    scene.choose("407");
    scene.browser.wait(
        "the message on the whole window",
        "document.querySelector('#detail').getBoundingClientRect().width === innerWidth",
    );
    assert_eq!(scene.browser.run(OUT_OF_REACH), Value::Array(vec![]));
    scene
        .browser
        .run("document.querySelector('#detail .close').click()");
    scene
        .browser
        .run("document.querySelector('#groups-fold').click()");
    scene.browser.wait(
        "the calls",
        "document.querySelectorAll('.group').length >= 3",
    );
    for view in ["chapters", "tables"] {
        scene
            .browser
            .run(&format!("document.querySelector('#tab-{view}').click()"));
        assert_eq!(
            scene.browser.run(OUT_OF_REACH),
            Value::Array(vec![]),
            "{view}"
        );
    }
    scene.browser.run("document.querySelector('#open').click()");
    assert_eq!(
        scene.browser.run(OUT_OF_REACH),
        Value::Array(vec![]),
        "open"
    );
}

#[test]
#[ignore = "needs chromium, .ci/run installs it"]
fn every_text_is_readable_in_light_and_dark() {
    let mut scene = Scene::start(STEP_05);
    for scheme in ["light", "dark"] {
        scene.browser.prefer("prefers-color-scheme", scheme);
        scene.play(5, EXCHANGE);
        let check = |scene: &mut Scene, what: &str| {
            let faint = scene.browser.run(include_str!("contrast.js"));
            assert_eq!(faint, Value::Array(vec![]), "{scheme}, {what}");
        };
        check(&mut scene, "the ladder");
        for message in [
            "407",
            "INVITE, from phone 10 to server, UDP, with credentials",
            "180",
        ] {
            scene
                .browser
                .run("document.querySelector('#ladder').scrollTop = 0");
            scene.choose(message);
            check(&mut scene, message);
        }
        scene
            .browser
            .run("for (const it of document.querySelectorAll('#detail details')) it.open = true");
        check(&mut scene, "the explained lines");
        for (key, what) in [
            ("?", "help"),
            ("Escape", ""),
            ("o", "open"),
            ("Escape", ""),
            ("3", "tables"),
            ("2", "chapters"),
        ] {
            scene.browser.key(key);
            check(&mut scene, what);
        }
    }
}

#[test]
#[ignore = "needs chromium, .ci/run installs it"]
fn nothing_moves_for_readers_who_do_not_want_motion() {
    for (motion, moves) in [("no-preference", true), ("reduce", false)] {
        let mut scene = Scene::start(STEP_05);
        scene.browser.prefer("prefers-reduced-motion", motion);
        scene.browser.run("window.moved = false; document.addEventListener('animationstart', () => { window.moved = true; })");
        let _phone = scene.registered("10", 10);
        scene.browser.wait(
            "the answer",
            "document.querySelector('#ladder').innerText.includes('200 OK')",
        );
        let shown = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(window.moved))))";
        assert_eq!(scene.browser.run(shown), moves, "{motion}");
    }
}

#[test]
#[ignore = "needs chromium, .ci/run installs it"]
fn a_window_of_any_width_has_no_cut_off_button() {
    let mut scene = Scene::start(STEP_05);
    scene.play(5, EXCHANGE);
    scene.choose("407");
    for width in [320, 480, 700, 701, 900, 1100, 1101, DESK.0, 1920] {
        scene.browser.resize(Window(width, 740));
        scene
            .browser
            .run("new Promise((done) => setTimeout(done, 100))");
        assert_eq!(
            scene.browser.run(OUT_OF_REACH),
            Value::Array(vec![]),
            "{width}"
        );
    }
}
