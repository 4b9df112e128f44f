//! The exchanges of the chapters.

use crate::course::page;

#[test]
fn an_exchange_is_played_and_every_decision_has_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let (_page, client) = page(folder.path(), &[]);
    let chapters = client.get("/api/chapters");
    assert_eq!(chapters["chapters"][0]["package"], "step-01");
    let listed = client.get("/api/chapters/1");
    let names = listed["exchanges"].as_array().unwrap();
    assert!(
        names.iter().any(|it| it["name"] == "a-whole-call"),
        "{listed}"
    );

    let wanted = r#"{"chapter":1,"name":"a-whole-call"}"#;
    let source = &client.post("/api/exchanges", wanted)["source"];
    assert_eq!(source["exchange"]["package"], "step-01");
    let count = source["messages"].as_u64().unwrap();
    let mut events = client.follow(source["id"].as_str().unwrap());
    let server = events.find("parties", |it| it["is_server"] == true);
    let mut decided = 0;
    for n in 1..=count {
        let id = source["id"].as_str().unwrap();
        let detail = client.get(&format!("/api/sources/{id}/messages/{n}"));
        let row = &detail["row"];
        assert!(row["explanation"].is_string(), "{row}");
        if row["kind"] == "request" && row["to"] == server["id"] {
            let file = &detail["why"]["place"]["file"];
            assert_eq!(*file, "steps/01-plain-registrar/src/route.rs", "{row}");
            decided += 1;
        }
    }
    assert!(decided >= 4, "{decided}: two REGISTERs, INVITE, ACK, BYE");
}

#[test]
fn a_chapter_beside_itself_has_no_differences() {
    let folder = tempfile::tempdir().unwrap();
    let (_page, client) = page(folder.path(), &[]);
    let wanted = r#"{"exchange":"two-phones-register","left":1,"right":1}"#;
    let both = client.post("/api/side-by-side", wanted);
    let rows = both["rows"].as_array().unwrap();
    assert!(
        rows.len() >= 4 && rows.iter().all(|row| row["same"] == true),
        "{both}"
    );
    assert_ne!(both["left"]["id"], both["right"]["id"]);
}

#[test]
fn what_does_not_exist_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let (_page, client) = page(folder.path(), &[]);
    for body in [
        r#"{"chapter":99,"name":"a-whole-call"}"#,
        r#"{"chapter":1,"name":"no-such-exchange"}"#,
        r#"{"chapter":1,"name":"--svg"}"#,
    ] {
        let answer = client.ask("POST /api/exchanges", body.as_bytes());
        assert_eq!(answer.status(), 404, "{body}: {}", answer.text());
        assert!(answer.text().contains("error"), "{}", answer.text());
    }
}
