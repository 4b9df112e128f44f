//! Aliases: other names of users.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::{Place, place};

fn with_users() -> Place {
    let place = place();
    place.passes(&["add", "10", "x"]);
    place.passes(&["add", "11@d", "x"]);
    place
}

#[test]
fn an_alias_is_added_shown_and_removed() {
    let place = with_users();
    assert_eq!(
        place.passes(&["alias", "add", "alice", "10"]),
        "added alice as another name of 10\n"
    );
    place.passes(&["alias", "add", "bob@d", "11@d"]);
    let columns = "SELECT alias_username, alias_domain, username, domain FROM dbaliases";
    assert_eq!(place.sql(columns), ["alice", "", "10", ""]);
    let table = "ALIAS  USER\nalice  10\nbob@d  11@d\n2 aliases\n";
    assert_eq!(place.passes(&["alias", "show"]), table);
    let shown = place.passes(&["show", "10"]);
    assert!(shown.contains("alice"), "{shown}");
    for name in ["bob", "11"] {
        let shown = place.passes(&["alias", "show", name]);
        assert_eq!(shown, "ALIAS  USER\nbob@d  11@d\n1 alias\n");
    }
    assert_eq!(place.passes(&["alias", "rm", "alice"]), "removed alice\n");
    let error = "error: alias alice does not exist\n";
    assert_eq!(place.fails(&["alias", "rm", "alice"]), error);
    let error = "error: alice is not an alias and has no aliases\n";
    assert_eq!(place.fails(&["alias", "show", "alice"]), error);
}

#[test]
fn an_alias_is_another_name_of_one_user_that_exists() {
    let place = with_users();
    place.passes(&["alias", "add", "alice", "10"]);
    for (alias, user, error) in [
        (
            "alice",
            "11",
            "alias alice exists already and leads to 10; remove it first",
        ),
        ("carol", "12", "user 12 does not exist"),
        (
            "10",
            "11",
            "10 is a user: an alias of that name would take the user's calls",
        ),
        ("carol", "alice", "user alice does not exist"),
    ] {
        let refused = place.fails(&["alias", "add", alias, user]);
        assert_eq!(refused, format!("error: {error}\n"));
    }
    assert_eq!(
        place.fails(&["add", "alice", "x"]),
        "error: alice is an alias, which would take the user's calls; remove the alias first\n"
    );
}
