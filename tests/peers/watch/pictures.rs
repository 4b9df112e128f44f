//! The book's pictures of the page. `WATCH=renew` writes them; without it nothing is compared, as
//! letters look a little different on every machine.

use std::env;
use std::fs;
use std::path::Path;

use whole_system::step::STEP_05;

use crate::reader::{PHONE, Window};
use crate::scene::Scene;

/// What renews the pictures.
const RENEW: &str = "WATCH";

/// As wide as a page of the book shows without making it smaller.
const PAGE: Window = Window(1200, 680);

/// The same for a page with much below each other.
const TALL: Window = Window(1200, 900);

/// A picture that is larger does not belong into a repository.
const MOST: usize = 200_000;

#[test]
#[ignore = "needs chromium, .ci/run installs it"]
fn the_book_shows_a_call_a_password_and_a_phone() {
    let mut scene = Scene::start(STEP_05);
    scene.browser.prefer("prefers-color-scheme", "light");
    scene.browser.hide_scrollbars();
    scene.browser.resize(PAGE);
    scene.play(5, "the-paper-calls-phone-11");
    scene.browser.run("[...document.querySelectorAll('.group')].find((it) => it.innerText.includes('calls')).click()");
    scene.choose("407");
    keep(&mut scene, "watch-call.png");

    scene.browser.resize(TALL);
    scene.play(5, "a-wrong-password-is-tried-twice");
    scene.choose("INVITE, from phone 10 to server, UDP, with credentials");
    scene.browser.run(
        "document.querySelector('#digest-password').value = 'abc10'; \
         document.querySelector('.digest form').requestSubmit()",
    );
    scene.browser.wait(
        "the work",
        "document.querySelectorAll('.digest .step').length >= 3",
    );
    scene.browser.run(
        "document.querySelector('#detail').scrollTop = document.querySelector('.digest').offsetTop - 90",
    );
    keep(&mut scene, "watch-password.png");

    scene.browser.resize(PHONE);
    scene.play(5, "the-paper-calls-phone-11");
    keep(&mut scene, "watch-phone.png");
}

/// Takes a picture, and keeps it where that was asked for.
fn keep(scene: &mut Scene, name: &str) {
    scene
        .browser
        .run("document.activeElement.blur(), document.fonts.ready.then(() => true)");
    let picture = scene.browser.picture();
    assert!(picture.starts_with(b"\x89PNG"), "{name}");
    assert!(picture.len() < MOST, "{name}: {} bytes", picture.len());
    if env::var_os(RENEW).is_some() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/pictures");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(name), picture).unwrap();
    }
}
