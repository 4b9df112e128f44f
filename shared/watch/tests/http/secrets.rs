//! Passwords and hashes stay where they are, and other pages learn nothing.

use serde_json::json;
use sip_digest::{Algorithm, ha1};

use crate::course::Watched;
use crate::phone::Phone;

#[test]
fn a_wrong_password_is_explained_without_the_right_one() {
    let watched = Watched::start("step-03");
    watched.sipctl(&["add", "10", "abc10"]);
    let phone = Phone::new("10", watched.sip_port);
    let answer = phone.register("abc10 ", 1);
    assert!(answer.starts_with("SIP/2.0 401 "), "{answer}");
    let is_marked = |it: &serde_json::Value| {
        it["marks"]
            .as_array()
            .unwrap()
            .iter()
            .any(|mark| mark["kind"] == "wrong_password")
    };
    let refusal = watched.client.follow("live").message(is_marked);
    let request = &refusal["tied"]["request"];
    let detail = watched
        .client
        .get(&format!("/api/sources/live/messages/{request}"));
    assert_eq!(detail["row"]["tied"]["challenge"], 2);
    let because = detail["why"]["because"].as_str().unwrap();
    assert!(because.contains("wrong password"), "{because}");
    // Judged with the password of the database, which is not shown.
    let verdict = &detail["digest"]["verdict"];
    assert_eq!(verdict["kind"], "mistake", "{verdict}");
    assert!(
        detail["digest"]["steps"].is_null(),
        "the right answer is nobody's business"
    );

    let typed = json!({ "password": "abc10 ", "show": true }).to_string();
    let path = format!("/api/sources/live/messages/{request}/digest");
    let worked = watched.client.post(&path, typed);
    assert_eq!(worked["digest"]["verdict"]["kind"], "right");
    let first = &worked["digest"]["steps"][0];
    assert_eq!(
        first["segments"][4],
        json!({"text": "abc10 ", "kind": "password", "maker": null, "key": null})
    );
}

#[test]
fn no_answer_has_a_password_or_its_hash() {
    let watched = Watched::start("step-03");
    watched.sipctl(&["add", "10", "abc10"]);
    watched.sipctl(&["--domain", "127.0.0.1", "add", "11", "abc11"]);
    for user in ["10", "11"] {
        let phone = Phone::new(user, watched.sip_port);
        for (cseq, password) in [(1, "abc10"), (3, "abc11"), (5, "wrong")] {
            phone.register(password, cseq);
        }
    }
    let client = watched.client;
    let rows = client.follow("live").message(|it| it["n"] == 24);
    let mut said = vec![rows.to_string()];
    for n in 1..=24 {
        said.push(
            client
                .get(&format!("/api/sources/live/messages/{n}"))
                .to_string(),
        );
        let typed = json!({ "password": "abc10" }).to_string();
        let path = format!("POST /api/sources/live/messages/{n}/digest");
        said.push(client.ask(&path, typed.as_bytes()).text());
    }
    let mut events = client.follow("live");
    let tables = events.find("tables", |it| it["name"] == "subscriber");
    assert_eq!(tables["rows"].as_array().unwrap().len(), 2);
    said.push(tables.to_string());
    said.push(client.get("/api/sources").to_string());
    for file in ["ladder.svg", "ladder.mmd", "messages.txt"] {
        said.push(
            client
                .ask(&format!("GET /api/sources/live/{file}"), b"")
                .text(),
        );
    }
    let mut secrets = vec!["abc10".to_owned(), "abc11".to_owned()];
    for (user, password) in [
        ("10", "abc10"),
        ("11", "abc11"),
        ("10", "abc11"),
        ("11", "abc10"),
    ] {
        let realm = "127.0.0.1";
        secrets.push(ha1(Algorithm::Md5, user, realm, password));
        secrets.push(ha1(
            Algorithm::Md5,
            &format!("{user}@{realm}"),
            realm,
            password,
        ));
    }
    for text in &said {
        for secret in &secrets {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
    let all = said.concat();
    assert!(
        all.contains("********"),
        "hashes were worked out, and masked"
    );
    assert!(all.contains("HA1"), "{all}");
}

#[test]
fn requests_of_other_pages_are_refused() {
    let watched = Watched::start("step-01");
    let own = watched.client.address.to_string();
    let status = |headers: &[(&str, &str)]| {
        let answer = watched.client.send("GET /api/sources", headers, b"");
        let has_cors = answer.head.to_ascii_lowercase().contains("access-control");
        assert!(!has_cors, "{}", answer.head);
        answer.status()
    };
    assert_eq!(status(&[("Host", &own)]), 200);
    assert_eq!(
        status(&[("Host", &own), ("Origin", &format!("http://{own}"))]),
        200
    );
    assert_eq!(status(&[("Host", "evil.example")]), 403);
    assert_eq!(
        status(&[("Host", &own), ("Origin", "http://evil.example")]),
        403
    );
    assert_eq!(
        status(&[("Host", &own), ("Sec-Fetch-Site", "cross-site")]),
        403
    );
    let events = "GET /api/sources/live/events";
    let foreign = watched
        .client
        .send(events, &[("Host", "evil.example")], b"");
    assert_eq!(foreign.status(), 403);
}
