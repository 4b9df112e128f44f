//! A database that is replaced under a running server, and one that two servers want to use.
#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::fs::{self, OpenOptions, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use whole_system::step::{self, STEP_07, Server};
use whole_system::wire::Phone;
use whole_system::{address, text};

/// Starts a second server on a database, which must end at once.
fn second(database: &Path, control: &Path) -> Output {
    Command::new(step::program(STEP_07.name))
        .args(["--listen", &address::free(2).to_string(), "--database"])
        .arg(database)
        .arg("--control")
        .arg(control)
        .output()
        .expect("the server is built")
}

#[test]
fn one_database_is_for_one_server_under_whatever_name() {
    let files = whole_system::directory();
    let (database, other) = (step::database(files.path()), files.path().join("two.sock"));
    let (link, hard) = (files.path().join("link.db"), files.path().join("hard.db"));
    let server = Server::start(STEP_07, files.path());
    symlink(&database, &link).expect("a link can be made");
    fs::hard_link(&database, &hard).expect("a link can be made");
    let refusal = format!("is in use by another server (process {})", server.id());
    for name in [&database, &link, &hard] {
        let output = second(name, &other);
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{words}");
        let wanted = format!("{} {refusal}", name.display());
        assert!(words.contains(&wanted), "{words}");
    }
    let socket = files.path().join("sip.sock");
    fs::remove_file(&socket).expect("the server made it");
    let words = String::from_utf8_lossy(&second(&database, &socket).stderr).into_owned();
    assert!(words.contains(&refusal), "{words}");
    // Other programs may open it: this one adds a user.
    server.phone("10", 10).register(600);
    server.kill();
    fs::remove_file(&hard).expect("it is there");
    let server = Server::start(STEP_07, files.path());
    server.phone("10", 10).register(600);
    assert!(server.stop().success());
}

#[test]
fn a_database_of_somebody_else_is_named_with_what_to_do() {
    let files = whole_system::directory();
    let mode = |path: &Path, mode| {
        fs::set_permissions(path, Permissions::from_mode(mode)).expect("it is ours");
    };
    let program = files.path().join("server");
    fs::copy(step::program(STEP_07.name), &program).expect("room for a copy");
    fs::write(files.path().join("sip.db"), "").expect("room for a file");
    mode(&files.path().join("sip.db"), 0o000);
    mode(files.path(), 0o777);
    // Root may read every file, and must become somebody else.
    let is_root = fs::metadata("/proc/self").expect("this process").uid() == 0;
    let mut command = Command::new(&program);
    if is_root {
        command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
        command.arg(&program);
    }
    let address = address::free(2).to_string();
    command
        .args(["--listen", &address])
        .current_dir(files.path());
    let output = command.output().expect("the server is built");
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{words}");
    let expected = "error: sip.db cannot be written; give this user the right to write the file \
                    and its directory";
    assert!(words.starts_with(expected), "{words}");
}

#[test]
fn a_copy_of_a_database_is_another_database() {
    let files = whole_system::directory();
    let copies = whole_system::directory();
    let server = Server::start(STEP_07, files.path());
    sql(files.path(), "PRAGMA wal_checkpoint(TRUNCATE)");
    let (from, to) = (step::database(files.path()), step::database(copies.path()));
    fs::copy(from, to).expect("room for a copy");
    let other = Server::start(STEP_07, copies.path());
    assert!(other.stop().success());
    assert!(server.stop().success());
}

/// A server with users 10 and 11, their phones, and a backup from before 11 was added.
struct Scene {
    files: tempfile::TempDir,
    server: Server,
    ten: Phone,
}

impl Scene {
    fn begin() -> Self {
        let files = whole_system::directory();
        let server = Server::start(STEP_07, files.path());
        let mut ten = server.phone("10", 10);
        ten.register(3600);
        let backup = files.path().join("backup.db");
        sql(files.path(), &format!("VACUUM INTO '{}'", backup.display()));
        server.phone("11", 11).register(3600);
        // Long enough for the file to get a new time of modification.
        std::thread::sleep(Duration::from_millis(50));
        Self { files, server, ten }
    }

    fn path(&self) -> std::path::PathBuf {
        step::database(self.files.path())
    }

    fn backup(&self) -> std::path::PathBuf {
        self.files.path().join("backup.db")
    }

    /// Checks that a registration and a call are refused, and that the log says why.
    fn refuses(&mut self, why: &str) {
        std::thread::sleep(Duration::from_millis(50));
        let call = self.ten.invite("11");
        assert_eq!(text::status(&call), Some(500), "{why}: {call}");
        let contact = format!("Contact: <{}>\r\n", self.ten.contact());
        let register = self.ten.registration(&contact);
        let answer = self.ten.transact(&register);
        assert_eq!(text::status(&answer), Some(500), "{why}: {answer}");
        let began = Instant::now();
        while !self.server.log().contains(why) {
            let log = self.server.log();
            assert!(began.elapsed() < Duration::from_secs(5), "{why}: {log}");
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(self.server.log().contains("restart the server"));
    }

    /// Checks that after a restart the file is intact and has these users and bindings.
    fn restarts(self, users: &str, bindings: &str) {
        let Self { files, server, .. } = self;
        assert!(server.stop().success());
        let server = Server::start(STEP_07, files.path());
        let listed = |table| format!("SELECT ifnull(group_concat(username), '') FROM {table}");
        assert_eq!(sql(files.path(), &listed("subscriber")), users);
        assert_eq!(sql(files.path(), &listed("location")), bindings);
        assert_eq!(sql(files.path(), "PRAGMA integrity_check"), "ok");
        server.phone("12", 12).register(600);
        assert!(server.stop().success());
    }
}

fn sql(directory: &Path, query: &str) -> String {
    let connection = Connection::open(step::database(directory)).expect("a database");
    let mut statement = connection.prepare(query).expect("a query");
    let mut rows = statement.query([]).expect("a query");
    let row = rows.next().expect("a query");
    row.map_or_else(String::new, |row| {
        row.get::<_, rusqlite::types::Value>(0)
            .map(|value| match value {
                rusqlite::types::Value::Text(text) => text,
                other => format!("{other:?}"),
            })
            .expect("a value")
    })
}

#[test]
fn a_database_that_was_replaced_by_another_is_not_used_until_a_restart() {
    let mut scene = Scene::begin();
    fs::rename(scene.backup(), scene.path()).expect("both are there");
    // Neither sipctl nor another server applies the old file's log to the new file.
    let stranger = format!(
        "a database that process {} still has open",
        scene.server.id()
    );
    let add = Command::new(step::program("sipctl"))
        .args(["add", "13", "secret", "--database"])
        .arg(scene.path())
        .output()
        .expect("sipctl is built");
    let other = second(&scene.path(), &scene.files.path().join("two.sock"));
    for output in [add, other] {
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{words}");
        assert!(words.contains(&stranger), "{words}");
    }
    scene.refuses("another file was put in its place");
    scene.restarts("10", "10");
}

#[test]
fn a_database_that_a_backup_is_copied_over_is_not_used_until_a_restart() {
    let mut scene = Scene::begin();
    fs::copy(scene.backup(), scene.path()).expect("room for a copy");
    scene.refuses("it was overwritten or truncated");
    scene.restarts("10", "10");
}

#[test]
fn a_database_that_was_truncated_is_not_used_until_a_restart() {
    let mut scene = Scene::begin();
    let file = OpenOptions::new().write(true).open(scene.path());
    file.and_then(|file| file.set_len(0))
        .expect("it can be written");
    scene.refuses("it was overwritten or truncated");
    scene.restarts("", "");
}

#[test]
fn a_log_that_was_overwritten_or_truncated_is_not_used_and_damages_nothing() {
    for bytes in [0, 40, 4_096, 100_000] {
        let mut scene = Scene::begin();
        sql(scene.files.path(), "PRAGMA wal_checkpoint(TRUNCATE)");
        scene.server.phone("12", 12).register(3600);
        let log = scene.files.path().join("sip.db-wal");
        fs::write(&log, vec![b'x'; bytes]).expect("it can be written");
        scene.refuses("its -wal file was overwritten or truncated");
        scene.restarts("10,11", "10,11");
    }
}

#[test]
fn a_database_that_was_moved_behind_a_link_is_not_used_until_a_restart() {
    let mut scene = Scene::begin();
    let moved = scene.files.path().join("moved.db");
    fs::rename(scene.path(), &moved).expect("it is there");
    symlink(&moved, scene.path()).expect("a link can be made");
    scene.refuses("its file was moved, and a link to it is in its place");
    scene.restarts("10,11", "10,11");
}

#[test]
fn a_log_that_was_removed_stops_the_server_and_loses_nothing_it_acknowledged() {
    for end in ["-wal", "-shm"] {
        let mut scene = Scene::begin();
        let file = scene.files.path().join(format!("sip.db{end}"));
        fs::remove_file(file).expect("it is there while the server runs");
        scene.refuses("its -wal or -shm file was removed or replaced");
        scene.restarts("10,11", "10,11");
    }
}

#[test]
fn a_database_that_is_put_back_is_used_again() {
    let mut scene = Scene::begin();
    let away = scene.files.path().join("away.db");
    fs::rename(scene.path(), &away).expect("it is there");
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(text::status(&scene.ten.invite("11")), Some(500));
    fs::rename(&away, scene.path()).expect("it is there");
    std::thread::sleep(Duration::from_millis(50));
    scene.ten.register(600);
    scene.restarts("10,11", "10,11");
}
