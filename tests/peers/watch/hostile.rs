//! What a stranger sends is shown as text, and nothing leaves this machine.

use std::fs;
use std::path::Path;

use serde_json::Value;
use whole_system::step::STEP_05;
use whole_system::wire::Phone;

use crate::scene::Scene;

/// What would run if it became markup, in the places that the page shows.
const SCRIPT: &str = "<script>window.ran=1</script>";
const IMAGE: &str = "<img src=x onerror=window.ran=1>";

/// The same of letters that a Call-ID may have.
const CALL_ID: &str = "<script>ran()</script>";

/// Ways to make markup, code or styles of a text.
const FORBIDDEN: &[&str] = &[
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "setHTML",
    "document.write",
    "DOMParser",
    "createContextualFragment",
    "eval(",
    "new Function",
    "javascript:",
    "http://",
    "https://",
];

/// A namespace is a name, not an address.
const NAMESPACE: &str = "http://www.w3.org/2000/svg";

#[test]
fn the_page_makes_no_markup_of_a_text_and_loads_nothing_from_outside() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/watch/page");
    let mut seen = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap().replace(NAMESPACE, "");
        for forbidden in FORBIDDEN {
            assert!(!text.contains(forbidden), "{}: {forbidden}", path.display());
        }
        if path.extension().is_some_and(|it| it == "js") {
            assert!(
                text.starts_with("// "),
                "{}: say first what it decides",
                path.display()
            );
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen} modules");
}

#[test]
#[ignore = "needs chromium, .ci/run installs it"]
fn a_header_with_a_script_tag_does_not_run() {
    let mut scene = Scene::start(STEP_05);
    let phone = Phone::new("10", 10, scene.server.address());
    let extra = format!("Subject: {SCRIPT}{IMAGE}\r\nUser-Agent: {IMAGE}\r\n");
    let uri = format!("sip:{}", scene.server.address());
    let request = phone
        .request("OPTIONS", &uri, &extra)
        .replace("From: <", &format!("From: \"{IMAGE}{SCRIPT}\" <"))
        .replace("Call-ID: ", &format!("Call-ID: {CALL_ID}"));
    phone.send(&request);

    scene.choose("OPTIONS, from");
    scene.browser.wait(
        "the header as text",
        &format!("document.querySelector('#detail .wire').textContent.includes({SCRIPT:?})"),
    );
    let ran = scene.browser.run("window.ran === undefined && document.querySelectorAll('#detail img, #detail script').length === 0");
    assert_eq!(ran, Value::Bool(true));
    let title = scene
        .browser
        .run("document.querySelectorAll('.group')[1].title");
    assert!(title.as_str().unwrap().contains(CALL_ID), "{title}");
    assert!(
        scene.browser.complaints().is_empty(),
        "{:#?}",
        scene.browser.complaints()
    );

    // Were one made into an element all the same, the policy of the page would stop it.
    let blocked = scene.browser.run(
        "new Promise((done) => { document.addEventListener('securitypolicyviolation', (it) => done(it.violatedDirective)); \
         const script = document.createElement('script'); script.textContent = 'window.ran = 1'; document.body.append(script); })",
    );
    assert!(
        blocked.as_str().unwrap().starts_with("script-src"),
        "{blocked}"
    );
    assert_eq!(
        scene.browser.run("window.ran === undefined"),
        Value::Bool(true)
    );
}

#[test]
#[ignore = "needs chromium, .ci/run installs it"]
fn no_request_leaves_the_machine() {
    let mut scene = Scene::start(STEP_05);
    let _phone = scene.registered("10", 10);
    scene.choose("REGISTER, from");
    for key in ["2", "3", "1", "?", "Escape", "o", "Escape", "s", "Escape"] {
        scene.browser.key(key);
    }
    let foreign: Vec<&str> = scene.browser.requests();
    let foreign: Vec<&str> = foreign
        .into_iter()
        .filter(|it| !it.starts_with(&scene.page))
        .collect();
    assert!(foreign.is_empty(), "{foreign:?}");

    // What the policy of the page does with a request to somebody else.
    let blocked = scene
        .browser
        .run("fetch('http://127.0.0.2:1/').then(() => false, () => true)");
    assert_eq!(blocked, Value::Bool(true));
    let why = scene.browser.complaints();
    assert!(
        why.iter()
            .any(|it| it.to_string().contains("Content Security Policy")),
        "{why:#?}"
    );

    let Scene { browser, page, .. } = scene;
    let log = browser.close();
    let connections = connections(&log);
    let ours = page.trim_start_matches("http://").trim_end_matches('/');
    assert!(connections.iter().any(|it| it == ours), "{connections:?}");
    let foreign: Vec<&String> = connections.iter().filter(|it| *it != ours).collect();
    assert!(foreign.is_empty(), "{foreign:?}");
}

/// Every address that the browser opened a TCP connection to, by its own log.
fn connections(log: &Value) -> Vec<String> {
    let attempt = &log["constants"]["logEventTypes"]["TCP_CONNECT_ATTEMPT"];
    assert!(attempt.is_number(), "the log names its events");
    let events = log["events"].as_array().unwrap().iter();
    let attempts = events.filter(|event| event["type"] == *attempt);
    let addresses = attempts.filter_map(|event| event["params"]["address"].as_str());
    addresses.map(str::to_owned).collect()
}
