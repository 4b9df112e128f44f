//! What an administrator does while others do the same.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::{file, impatient, sql};
use rusqlite::Connection;
use sip_database::{Admin, AdminError, Database, DatabaseError, Kept, NewRow, Offer, User};
use sip_digest::{Algorithm, Password};
use sip_tables::Subscribers;

fn row<'a>(line: i64, name: &str, alias: Option<&'a str>) -> NewRow<'a> {
    NewRow {
        line,
        user: User::new(name, ""),
        password: "secret",
        alias,
    }
}

#[test]
fn an_import_that_finds_a_user_or_alias_added_meanwhile_adds_nothing() {
    let (_directory, path) = file();
    let database = Database::inline(&path).unwrap();
    let (mut one, mut other) = (database.admin().unwrap(), database.admin().unwrap());
    let mut import = one.import().unwrap();
    for name in ["10", "11"] {
        assert_eq!(import.row(&row(1, name, None)).unwrap(), None);
    }
    let ten = User::new("10", "");
    other.add_subscriber(&ten, "mine").unwrap();
    assert_eq!(import.commit(), Err(AdminError::UserExists(ten.clone())));

    let mut import = one.import().unwrap();
    assert_eq!(import.row(&row(1, "12", Some("alice"))).unwrap(), None);
    let alice = User::new("alice", "");
    other.add_alias(&alice, &ten).unwrap();
    let exists = AdminError::AliasExists {
        alias: alice,
        user: ten,
    };
    assert_eq!(import.commit(), Err(exists));
    let password = "SELECT group_concat(password) FROM subscriber";
    assert_eq!(sql::<String>(&path, password), "mine");
}

#[test]
fn nobody_waits_while_an_import_is_gathered() {
    let (_directory, path) = file();
    let database = impatient(&path);
    let (mut one, mut other) = (database.admin().unwrap(), database.admin().unwrap());
    let mut import = one.import().unwrap();
    import.row(&row(1, "10", None)).unwrap();
    let kept = other.add_subscriber(&User::new("11", ""), "x").unwrap();
    assert_eq!(kept, Kept::Password);
    import.row(&row(2, "12", None)).unwrap();
    assert_eq!(import.commit().unwrap().plain, 2);
    assert_eq!(sql::<i64>(&path, "SELECT count(*) FROM subscriber"), 3);
}

#[test]
fn an_import_that_is_given_up_leaves_nothing() {
    let (_directory, path) = file();
    let mut admin = Database::inline(&path).unwrap().admin().unwrap();
    let mut import = admin.import().unwrap();
    import.row(&row(1, "10", None)).unwrap();
    drop(import);
    let imported = admin.import().unwrap().commit().unwrap();
    assert_eq!((imported.plain, imported.hashed), (0, 0));
    assert_eq!(sql::<i64>(&path, "SELECT count(*) FROM subscriber"), 0);
}

#[test]
fn a_database_another_program_holds_is_locked() {
    let (_directory, path) = file();
    let mut admin = impatient(&path).admin().unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let ten = User::new("10", "");
    let locked = AdminError::Database(DatabaseError::Locked);
    assert_eq!(admin.add_subscriber(&ten, "x"), Err(locked.clone()));
    assert_eq!(admin.add_alias(&User::new("alice", ""), &ten), Err(locked));
    assert_eq!(admin.subscribers(None, None).unwrap(), []);
}

#[test]
fn aliases_of_a_user_of_the_same_name_in_another_domain_stay() {
    let (_directory, path) = file();
    let mut admin = Database::inline(&path).unwrap().admin().unwrap();
    let (a, b) = (User::new("10", "a"), User::new("10", "b"));
    for user in [&a, &b] {
        admin.add_subscriber(user, "x").unwrap();
    }
    admin.add_alias(&User::new("alice", "a"), &a).unwrap();
    admin.add_alias(&User::new("bob", "b"), &b).unwrap();
    admin
        .add_alias(&User::new("carol", ""), &User::new("10", ""))
        .unwrap();
    assert_eq!(admin.remove_subscriber(&a), Ok(1));
    let left = "SELECT group_concat(alias_username) FROM dbaliases";
    assert_eq!(sql::<String>(&path, left), "bob,carol");
    assert_eq!(admin.remove_subscriber(&b), Ok(2));
}

#[test]
fn a_domain_is_kept_and_hashed_in_lower_case() {
    let (_directory, path) = file();
    let database = Database::inline(&path).unwrap();
    let mut admin = database.admin().unwrap();
    let written = User::new("10", "EXAMPLE.com");
    admin.add_subscriber(&written, "abc10").unwrap();
    admin
        .add_alias(&User::new("alice", "Example.Com"), &written)
        .unwrap();
    let row = "SELECT domain || ' ' || ha1 || ' ' || ha1b FROM subscriber";
    // MD5 of 10:example.com:abc10 and 10@example.com:example.com:abc10, by md5sum.
    let hashes = "example.com 2930dd31cc632f54a8a503821041e4af 9995ced7c598917c1acf3029554990ea";
    assert_eq!(sql::<String>(&path, row), hashes);
    let row = "SELECT alias_domain || ' ' || domain FROM dbaliases";
    assert_eq!(sql::<String>(&path, row), "example.com example.com");
    for domain in ["example.com", "EXAMPLE.COM"] {
        let again = admin.add_subscriber(&User::new("10", domain), "x");
        assert_eq!(again, Err(AdminError::UserExists(written.clone())));
        assert_eq!(admin.subscriber("10", Some(domain)).unwrap().user, written);
    }
    let reader = database.reader().unwrap().with_digests();
    for domain in ["example.com", "EXAMPLE.com"] {
        let kept = reader.login("10", domain).unwrap().password;
        assert!(kept == Password::hashed("10", "example.com", "abc10"));
        assert_eq!(reader.alias("alice", domain).unwrap().unwrap().user, "10");
    }
    assert_eq!(admin.remove_alias("alice", Some("EXAMPLE.com")), Ok(1));
}

#[test]
fn a_row_in_another_case_is_not_found_until_its_password_is_changed() {
    let (_directory, path) = file();
    let database = Database::inline(&path).unwrap();
    let mut admin = database.admin().unwrap();
    let rows = "INSERT INTO subscriber (username, domain, password) VALUES
        ('10', 'EXAMPLE.com', 'old'), ('11', 'EXAMPLE.com', 'old'), ('12', 'SIP Steps', 'old'),
        ('13', 'EXAMPLE.com', 'old'), ('13', 'example.com', 'old')";
    Connection::open(&path)
        .unwrap()
        .execute_batch(rows)
        .unwrap();
    let reader = database.reader().unwrap().with_digests();
    let finds = |user: &str, domain: &str| reader.login(user, domain).is_ok();
    assert!(!finds("10", "EXAMPLE.com") && !finds("10", "example.com"));
    assert!(finds("12", "SIP Steps") && !finds("12", "sip steps"));

    let old = admin.subscriber("10", Some("example.com")).unwrap().user;
    assert_eq!(old.domain, "EXAMPLE.com", "it is shown as it was written");
    admin.change_password(&old, "new").unwrap();
    assert!(
        reader.login("10", "example.com").unwrap().password
            == Password::hashed("10", "example.com", "new")
    );
    let old = admin.subscriber("11", Some("example.com")).unwrap().user;
    assert_eq!(admin.remove_subscriber(&old), Ok(0));
    let old = admin.subscriber("13", Some("EXAMPLE.com")).unwrap().user;
    admin.change_password(&old, "new").unwrap();
    let left = "SELECT group_concat(username || '@' || domain, ' ') FROM
        (SELECT * FROM subscriber ORDER BY username)";
    let users = "10@example.com 12@SIP Steps 13@example.com";
    assert_eq!(sql::<String>(&path, left), users);
}

#[test]
fn rows_of_another_program_say_what_they_have() {
    let (_directory, path) = file();
    let admin = Database::inline(&path).unwrap().admin().unwrap();
    let ha1 = "aea7bead2788462674c13e35c4268182";
    let rows = format!(
        "INSERT INTO subscriber (username, password, ha1) VALUES ('1', '', '{ha1}'),
            ('2', 'p', ''), ('3', 'p', '{ha1}'), ('4', '', ''), ('5', 'p', 'h'), ('6', ' ', '')"
    );
    Connection::open(&path)
        .unwrap()
        .execute_batch(&rows)
        .unwrap();
    let found = admin.subscribers(None, None).unwrap();
    let kept: Vec<Kept> = found
        .into_iter()
        .map(|subscriber| subscriber.kept)
        .collect();
    assert_eq!(
        kept[..4],
        [Kept::Md5, Kept::Password, Kept::Both, Kept::Nothing]
    );
    assert_eq!(kept[4..], [Kept::Nothing, Kept::Nothing], "nothing usable");
}

/// User 10 of example.com with both hashes, its password `old`.
fn with_both_hashes() -> (tempfile::TempDir, std::path::PathBuf, Database, User) {
    let (directory, path) = file();
    let database = Database::inline(&path).unwrap();
    let user = User::new("10", "example.com");
    let mut admin = database.admin().unwrap();
    admin.add_subscriber(&user, "old").unwrap();
    (directory, path, database, user)
}

#[test]
fn a_password_that_kamailio_changes_takes_the_sha_256_of_the_old_one_with_it() {
    let (_directory, path, database, user) = with_both_hashes();
    let mut admin = database.admin().unwrap();
    admin.set_offer(&user, Some(Offer::Sha256)).unwrap();
    let reader = database.reader().unwrap().with_digests();
    let login = || reader.login("10", "example.com").unwrap();
    let old = Password::hashed("10", "example.com", "old");
    assert!(login().password == old && login().offer == Some(Offer::Sha256));

    let Password::Hashed { md5, .. } = Password::hashed("10", "example.com", "new") else {
        panic!("not hashed");
    };
    let change = "UPDATE subscriber SET ha1 = ?1";
    let kamailio = Connection::open(&path).unwrap();
    kamailio.execute(change, [md5.ha1.as_str()]).unwrap();
    assert!(!login().password.knows(Algorithm::Sha256));
    assert_eq!(
        login().offer,
        None,
        "what it could not answer is not offered"
    );
    let kept = |admin: &Admin| admin.subscriber("10", None).unwrap().kept;
    assert_eq!(kept(&admin), Kept::Md5);
    let refused = admin.set_offer(&user, Some(Offer::Sha256Md5));
    assert_eq!(refused, Err(AdminError::NoSha256(user.clone())));
    admin.set_offer(&user, Some(Offer::Md5)).unwrap();
    assert!(
        !login().password.knows(Algorithm::Sha256),
        "not that of the old one"
    );

    admin.change_password(&user, "new").unwrap();
    assert!(login().password == Password::hashed("10", "example.com", "new"));
    assert_eq!(kept(&admin), Kept::Hashes);
}

#[test]
fn a_new_user_has_nothing_of_an_old_one_with_its_name() {
    let (_directory, path, database, user) = with_both_hashes();
    let mut admin = database.admin().unwrap();
    admin.set_offer(&user, Some(Offer::Sha256)).unwrap();
    admin.remove_subscriber(&user).unwrap();
    assert_eq!(
        sql::<i64>(&path, "SELECT count(*) FROM subscriber_digest"),
        0
    );
    admin.add_subscriber(&user, "old").unwrap();
    admin.set_offer(&user, Some(Offer::Sha256)).unwrap();
    let kamailio = Connection::open(&path).unwrap();
    kamailio.execute("DELETE FROM subscriber", []).unwrap();
    admin.add_subscriber(&user, "new").unwrap();
    assert_eq!(admin.subscriber("10", None).unwrap().offer, None);
}

#[test]
fn an_offer_is_set_beside_a_row_without_any_hash() {
    let (_directory, path) = file();
    let kamailio = Connection::open(&path).unwrap();
    let table = "CREATE TABLE subscriber (id INTEGER PRIMARY KEY, username TEXT, domain TEXT,
        password TEXT, ha1 TEXT, ha1b TEXT);
        INSERT INTO subscriber (username, domain, password) VALUES ('10', '', 'abc10')";
    kamailio.execute_batch(table).unwrap();
    let database = Database::inline(&path).unwrap();
    let user = User::new("10", "");
    let mut admin = database.admin().unwrap();
    admin.set_offer(&user, Some(Offer::Sha256)).unwrap();
    let login = database.reader().unwrap().with_digests().login("10", "d");
    let login = login.unwrap();
    assert_eq!(login.offer, Some(Offer::Sha256));
    assert!(login.password.knows(Algorithm::Sha256));
}

#[test]
fn what_an_earlier_chapter_reads_is_md5_alone() {
    let (_directory, _path, database, user) = with_both_hashes();
    let mut admin = database.admin().unwrap();
    admin.set_offer(&user, Some(Offer::Sha256)).unwrap();
    let login = database
        .reader()
        .unwrap()
        .login("10", "example.com")
        .unwrap();
    assert!(!login.password.knows(Algorithm::Sha256));
    assert_eq!(login.offer, None);
}

#[test]
fn an_empty_or_blank_password_is_not_kept() {
    let (_directory, path) = file();
    let mut admin = Database::inline(&path).unwrap().admin().unwrap();
    for (domain, password) in [("", ""), ("d", ""), ("", " "), ("d", " ")] {
        let outcome = admin.add_subscriber(&User::new("10", domain), password);
        assert!(matches!(outcome, Err(AdminError::Input(_))), "{outcome:?}");
    }
    assert_eq!(sql::<i64>(&path, "SELECT count(*) FROM subscriber"), 0);
}
