//! What becomes of the answers to a call: of two phones one is too late, and an ACK never comes.

use whole_system::step::STEP_01;
use whole_system::text;
use whole_system::wire::{PATIENCE, Phone};

use crate::scene::Scene;

/// The call of phone 10 in the list, as the page shows it.
const CALL: &str =
    "[...document.querySelectorAll('.group')].find((it) => it.innerText.includes('10 calls 11'))";

#[test]
#[ignore = "needs chromium, .ci/run installs it"]
fn of_a_fork_one_phone_answers_and_the_other_is_cancelled() {
    let mut scene = Scene::start(STEP_01);
    let (caller, desk) = phones(&scene);
    let sofa = Phone::new("sofa", 12, scene.server.address());
    Phone::new("11", 11, scene.server.address()).register_at(&sofa.contact());

    caller.begin_call("11");
    let (at_desk, at_sofa) = (desk.receive_request(), sofa.receive_request());
    desk.answer_to_via(&at_desk, "180 Ringing");
    sofa.answer_to_via(&at_sofa, "180 Ringing");
    desk.answer_to_via(&at_desk, "200 OK");
    let cancel = sofa.receive_request();
    assert_eq!(text::method(&cancel), Some("CANCEL"), "{cancel}");
    sofa.answer_to_via(&cancel, "200 OK");
    sofa.answer_to_via(&at_sofa, "487 Request Terminated");
    let ack = sofa.receive_request();
    assert_eq!(text::method(&ack), Some("ACK"), "{ack}");
    caller.send(&caller.in_dialog("ACK", &answer_to(&caller)));
    let ack = desk.receive_request();
    assert_eq!(text::method(&ack), Some("ACK"), "{ack}");

    // For the caller it is one call, and it was answered.
    wait_for_call(&mut scene, "2 phones at once");
    wait_for_call(&mut scene, "answered");
    choose_call(&mut scene);
    scene.browser.wait(
        "four lanes",
        "document.querySelectorAll('#lanes .head').length === 4",
    );
    // Both branches, and what ends the one at the sofa.
    let branches =
        "INVITE,INVITE,180 Ringing,180 Ringing,200 OK,CANCEL,200 OK,487 Request Terminated,ACK,ACK";
    let shown = "[...document.querySelectorAll('#ladder .message')].map((it) => it.ariaLabel)\
         .filter((it) => it.includes('phone 11')).map((it) => it.split(/: |, /)[1]).join()";
    scene
        .browser
        .wait("both branches", &format!("{shown} === {branches:?}"));
    scene.choose("CANCEL");
    let words = scene.text("#detail .explanation");
    assert!(words.contains("nobody needs to pick up"), "{words}");
    scene.choose("487");
    scene
        .browser
        .run("document.querySelector('#detail .ties button').click()");
    let invite = format!("INVITE sofa@{}", sofa.address());
    scene.browser.wait(
        "the INVITE of this branch",
        &format!("document.querySelector('#detail h2').innerText.endsWith({invite:?})"),
    );
    assert!(
        !scene.text(".group[aria-selected=true]").contains("no ACK"),
        "each 200 and 487 has one"
    );
}

#[test]
#[ignore = "needs chromium, .ci/run installs it"]
fn a_200_whose_ack_never_comes_says_so_until_it_does() {
    let mut scene = Scene::start(STEP_01);
    let (caller, desk) = phones(&scene);
    caller.begin_call("11");
    let invite = desk.receive_request();
    // As a phone does that hears no ACK.
    let mut answer = String::new();
    for _ in 0..3 {
        desk.answer_to_via(&invite, "200 OK");
        answer = answer_to(&caller);
    }

    wait_for_call(&mut scene, "no ACK");
    choose_call(&mut scene);
    // The first 200 has the mark, and those after it are the same again.
    scene.browser.wait(
        "the marks of all three",
        &format!("{} === 1 && {} === 2", marked("no ACK"), marked("again")),
    );
    scene.choose("no ACK");
    let words = scene.text("#detail");
    assert!(words.contains("No ACK came to this answer"), "{words}");

    caller.send(&caller.in_dialog("ACK", &answer));
    desk.receive_request();
    scene.browser.wait(
        "no mark any more",
        &format!("{CALL}?.innerText.includes('no ACK') === false"),
    );
}

/// Phone 10, and phone 11, which has registered.
fn phones(scene: &Scene) -> (Phone, Phone) {
    let caller = Phone::new("10", 10, scene.server.address());
    let mut desk = Phone::new("11", 11, scene.server.address());
    desk.register(3600);
    (caller, desk)
}

/// The next 200 that the caller gets.
fn answer_to(caller: &Phone) -> String {
    loop {
        let message = caller.receive(PATIENCE).expect("a response");
        if text::status(&message) == Some(200) {
            return message;
        }
    }
}

/// Waits until the page says this of the call.
fn wait_for_call(scene: &mut Scene, words: &str) {
    let says = format!("{CALL}?.innerText.includes({words:?}) === true");
    scene.browser.wait(words, &says);
}

/// Shows this call alone. The list is drawn again with every message.
fn choose_call(scene: &mut Scene) {
    let click = format!("(() => {{ const it = {CALL}; it?.click(); return it !== undefined; }})()");
    scene.browser.wait("the call", &click);
}

/// How many 200s that phone 11 sent have this mark, in JavaScript.
fn marked(mark: &str) -> String {
    format!(
        "[...document.querySelectorAll('#ladder .message')].filter((it) => \
         it.ariaLabel.includes('from phone 11 to server') && it.ariaLabel.includes(', {mark}')).length"
    )
}
