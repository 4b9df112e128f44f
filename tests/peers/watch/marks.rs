//! What the ladder marks and what it leaves out: messages sent again, TCP, and filters.

use whole_system::client::{Client, Transport};
use whole_system::step::STEP_05;
use whole_system::wire::{PATIENCE, Phone};

use crate::scene::Scene;

#[test]
#[ignore = "needs chromium, .ci/run installs it"]
fn a_message_that_was_sent_again_and_one_over_tcp_look_different() {
    let mut scene = Scene::start(STEP_05);
    let phone = Phone::new("10", 10, scene.server.address());
    let uri = format!("sip:{}", scene.server.address());
    let request = phone.request("OPTIONS", &uri, "");
    for _ in 0..2 {
        phone.send(&request);
        phone.receive(PATIENCE).expect("an answer");
    }
    scene.browser.wait(
        "the dotted line",
        "document.querySelectorAll('.message:has(.again)').length === 2",
    );
    let again = scene.text(".message:has(.again)");
    assert!(again.contains("OPTIONS"), "{again}");
    let dashes = "getComputedStyle(document.querySelector('.again .stroke')).strokeDasharray";
    assert_ne!(scene.browser.run(dashes), "none");

    let mut client = Client::new("11", 11, scene.server.address(), Transport::Tcp);
    let request = client.request("OPTIONS", &uri);
    client.ask(&request);
    scene.browser.wait(
        "the double line",
        "document.querySelectorAll('.message:has(.arrow.tcp)').length === 2",
    );
    let core = "[...document.querySelectorAll('.arrow .core')]\
                .filter((it) => getComputedStyle(it).display !== 'none').length";
    assert_eq!(scene.browser.run(core), 2, "two messages are double lines");
    let tcp = scene
        .browser
        .run("document.querySelector('.message:has(.tcp)').ariaLabel");
    assert!(tcp.to_string().contains("TCP"), "{tcp}");
}

#[test]
#[ignore = "needs chromium, .ci/run installs it"]
fn the_filters_leave_only_what_they_ask_for() {
    let mut scene = Scene::start(STEP_05);
    scene.play(5, "the-paper-calls-phone-11");
    let labels = "[...new Set([...document.querySelectorAll('#ladder .label')].map((it) => it.textContent))].join()";
    for (field, value, expected) in [
        (
            "status",
            "4xx",
            "401 Unauthorized,407 Proxy Authentication Required",
        ),
        ("status", "180", "180 Ringing"),
        ("method", "BYE", "BYE,200 OK"),
        (
            "user",
            "10",
            "INVITE,407 Proxy Authentication Required,ACK,100 Trying,180 Ringing,200 OK,BYE",
        ),
    ] {
        scene.browser.run(&format!(
            "(() => {{ const field = document.querySelector('#filter-{field}'); field.value = '{value}'; \
             field.dispatchEvent(new Event('input')); }})()"
        ));
        scene
            .browser
            .wait(value, &format!("{labels} === {expected:?}"));
        scene
            .browser
            .run("document.querySelector('#filters button').click()");
        scene.browser.wait(
            "everything",
            "document.querySelector('.filters .count').innerText === '20 messages'",
        );
    }
}
