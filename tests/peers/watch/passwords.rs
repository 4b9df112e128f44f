//! A phone with a wrong password: the page says so, marks the loop and shows the computation.

use whole_system::baresip::Voice;
use whole_system::step::{PASSWORD, STEP_07};

use crate::scene::Scene;

#[test]
#[ignore = "needs chromium and baresip, .ci/run installs them"]
fn a_wrong_password_is_explained() {
    let mut scene = Scene::start(STEP_07);
    let mut phone = scene.baresip("10", 10, Voice::Sine, "guess");
    phone.wait_not_registered("401 Unauthorized");
    scene.browser.wait(
        "the loop of challenges",
        "[...document.querySelectorAll('.group')].some((it) => it.innerText.includes('loop'))",
    );

    // The server's own reason, and the line of the script.
    scene
        .browser
        .run("document.querySelector('#ladder').scrollTop = 0");
    scene
        .browser
        .run("document.querySelector('#ladder').focus()");
    scene.browser.key("Home");
    scene.choose("credentials");
    scene.browser.wait(
        "the credentials",
        "document.querySelector('.digest .inputs') !== null",
    );
    let inputs = scene.text(".digest .inputs");
    for input in ["username", "realm", "nonce", "uri", "method", "REGISTER"] {
        assert!(inputs.contains(input), "{input}: {inputs}");
    }

    // The server knows the password, so it can say that this is not it.
    scene.browser.wait(
        "the verdict",
        "document.querySelector('.verdict.bad') !== null",
    );

    // With the password that the phone should have, the response is another one.
    work_out(&mut scene, PASSWORD);
    scene.browser.wait(
        "the work",
        "document.querySelectorAll('.digest .step').length === 3",
    );
    let steps = scene.text(".digest .work");
    for word in ["HA1", "HA2", "response", "✕ differs"] {
        assert!(steps.contains(word), "{word}: {steps}");
    }

    // With the one that it has, the response is right, so the password was all that was wrong.
    work_out(&mut scene, "guess");
    scene.browser.wait(
        "the other verdict",
        "document.querySelector('.verdict.good') !== null",
    );
    let steps = scene.text(".digest .work");
    assert!(steps.contains("✓ equal"), "{steps}");

    scene.choose("401 Unauthorized");
    scene.browser.wait(
        "the reason",
        "document.querySelector('.why .decided') !== null",
    );
    let place = scene.text(".why figcaption");
    assert!(place.contains("steps/07-ip-groups/src/route.rs"), "{place}");
    assert!(
        scene.browser.complaints().is_empty(),
        "{:#?}",
        scene.browser.complaints()
    );
}

fn work_out(scene: &mut Scene, password: &str) {
    scene.browser.run(&format!(
        "document.querySelector('#digest-password').value = '{password}'; \
         document.querySelector('.digest form').requestSubmit()"
    ));
}
