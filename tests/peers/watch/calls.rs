//! A call between two real phones: it appears while it happens, and both legs are one call.

use whole_system::baresip::Voice;
use whole_system::step::{PASSWORD, STEP_07};

use crate::scene::Scene;

#[test]
#[ignore = "needs chromium and baresip, .ci/run installs them"]
fn a_call_between_two_real_phones_appears_and_its_legs_are_one_call() {
    let mut scene = Scene::start(STEP_07);
    let mut phone_10 = scene.baresip("10", 10, Voice::Sine, PASSWORD);
    let mut phone_11 = scene.baresip("11", 11, Voice::Echo, PASSWORD);
    phone_10.wait_registered();
    phone_11.wait_registered();
    for user in ["10", "11"] {
        scene.browser.wait(
            "the registration",
            &format!("[...document.querySelectorAll('.group')].some((it) => /^\\S*\\s*{user}\\b/.test(it.innerText) && it.innerText.includes('registered'))"),
        );
    }

    phone_10.command("dial", &format!("sip:11@{}", scene.server.address()));
    phone_10.wait_event("CALL_ESTABLISHED");
    phone_11.wait_event("CALL_ESTABLISHED");
    scene.browser.wait(
        "the answered call",
        "[...document.querySelectorAll('.group')].some((it) => it.innerText.includes('10 calls 11') && it.innerText.includes('answered'))",
    );
    phone_10.command("hangup", "");
    phone_11.wait_event("CALL_CLOSED");
    scene.browser.wait(
        "the end of the call",
        "[...document.querySelectorAll('.group')].filter((it) => it.innerText.includes('10 calls 11') && it.innerText.includes('ended')).length === 1",
    );

    // The call alone: three lanes, and INVITE, ACK and BYE twice each, once on each side.
    scene.browser.run(
        "[...document.querySelectorAll('.group')].find((it) => it.innerText.includes('10 calls 11')).click()",
    );
    scene.browser.wait(
        "three lanes",
        "document.querySelectorAll('#lanes .head').length === 3",
    );
    let server = scene.text("#lanes .head:nth-child(2)");
    assert!(server.contains("server"), "{server}");
    scene.browser.wait(
        "BYE on both sides",
        "[...document.querySelectorAll('#ladder .label')].filter((it) => it.textContent === 'BYE').length === 2",
    );

    // The INVITE that the callee got is tied to the one that the caller sent.
    scene
        .browser
        .run("document.querySelector('#ladder').scrollTop = 0");
    scene.choose("INVITE, from server");
    let ties = scene.text("#detail .ties");
    assert!(ties.contains("As the server received it"), "{ties}");
    scene.browser.run(
        "[...document.querySelectorAll('.compare button')].find((it) => it.textContent.startsWith('As received')).click()",
    );
    scene.browser.wait(
        "the Via that the server added",
        "[...document.querySelectorAll('.diff ins')].some((it) => it.textContent.startsWith('+ Via'))",
    );
    assert!(
        scene.browser.complaints().is_empty(),
        "{:#?}",
        scene.browser.complaints()
    );
}
