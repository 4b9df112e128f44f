//! `kill -9` at any moment loses nothing that was acknowledged.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use common::{at, file, start, status};
use sip_database::Database;
use tokio::task::LocalSet;

const FILE: &str = "DATABASE_OF_THE_VICTIM";

/// Registers phones until it is killed, and prints each once it has its 200.
#[tokio::test]
#[ignore = "the victim of nothing_acknowledged_is_lost_by_kill_9"]
async fn victim() {
    let Ok(path) = std::env::var(FILE) else {
        return;
    };
    let (location, _) = start(&Database::open(path).unwrap(), 0);
    let together = LocalSet::new();
    let phones = (0..4).map(|phone| {
        let location = location.clone();
        together.spawn_local(async move {
            for count in 0.. {
                let user = format!("{phone}-{count}");
                assert_eq!(status(&location, &user, 1).await, 200);
                println!("registered {user}");
            }
        })
    });
    let phones: Vec<_> = phones.collect();
    together.await;
    for phone in phones {
        phone.await.unwrap();
    }
}

#[test]
fn nothing_acknowledged_is_lost_by_kill_9() {
    for acknowledged in [1, 50, 200] {
        let (_directory, path) = file();
        let mut victim = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "victim", "--ignored", "--nocapture"])
            .env(FILE, &path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(victim.stdout.take().unwrap()).lines();
        let mut registered = Vec::new();
        while registered.len() < acknowledged {
            let line = lines.next().unwrap().unwrap();
            registered.extend(line.strip_prefix("registered ").map(str::to_owned));
        }
        victim.kill().unwrap();
        victim.wait().unwrap();
        // What it printed before it died counts too. Its last line may be cut off.
        let rest: Vec<_> = lines.map_while(Result::ok).collect();
        let whole = &rest[..rest.len().saturating_sub(1)];
        registered.extend(
            whole
                .iter()
                .filter_map(|l| l.strip_prefix("registered "))
                .map(str::to_owned),
        );

        let (location, loaded) = start(&Database::open(&path).unwrap(), 1);
        assert!(loaded.bindings >= registered.len());
        for user in registered {
            assert!(location.targets(&user, at(1)).is_some(), "{user} was lost");
        }
    }
}
