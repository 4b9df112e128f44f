//! Which algorithms a user is offered.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::place;

#[test]
fn an_offer_is_set_shown_and_taken_back() {
    let place = place();
    place.passes(&["add", "10", "abc10", "--domain", "d.example"]);
    place.passes(&["add", "11", "abc11"]);
    let printed = place.passes(&["offer", "10", "SHA-256"]);
    let set = "10@d.example is offered sha-256 from its next right answer on\n";
    assert!(printed.starts_with(set), "{printed}");
    let printed = place.passes(&["offer", "11", "md5,sha-256", "--json"]);
    assert_eq!(
        printed,
        "{\"domain\":\"\",\"offer\":\"md5,sha-256\",\"username\":\"11\"}\n"
    );
    assert_eq!(
        place.passes(&["show"]),
        "USER  DOMAIN     KEPT      OFFER        ALIASES\n\
         10    d.example  HA1       sha-256\n\
         11               password  md5,sha-256\n\
         2 users\n"
    );
    for (words, error) in [
        (
            &["offer", "12", "md5"][..],
            "error: user 12 does not exist\n",
        ),
        (
            &["offer", "10", "sha-512-256"],
            "choose md5, sha-256,md5 or md5,sha-256 or sha-256, or default",
        ),
    ] {
        let printed = place.run(words).errors;
        assert!(printed.contains(error), "{printed}");
    }
    // A row as Kamailio writes it.
    place.sql("DELETE FROM subscriber_digest WHERE username = '10' RETURNING username");
    let refused = place.fails(&["offer", "10", "sha-256,md5"]);
    assert_eq!(
        refused,
        "error: no SHA-256 hash is kept of the password of 10@d.example; set it again with passwd \
         first\n"
    );
    let shown = place.passes(&["show", "10"]);
    assert!(shown.contains("HA1 of MD5"), "{shown}");
    place.passes(&["passwd", "10", "abc10"]);
    place.passes(&["offer", "10", "sha-256"]);
    place.passes(&["offer", "10", "default"]);
    let shown = place.passes(&["show", "10"]);
    assert!(!shown.contains("OFFER"), "{shown}");
}
