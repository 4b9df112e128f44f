//! How much memory 100,000 bindings take, and how soon a server that restarts with them can answer.

use std::path::Path;
use std::time::{Duration, Instant};

use whole_system::kamailio::{self, Journal};
use whole_system::{address, step, text, usage, wire};

use crate::outcome::Outcome;
use crate::peer::{Kind, Peer, Service};
use crate::phones::{CALLING, Phones};
use crate::register;

/// A server that takes longer has failed.
const LIMIT: Duration = Duration::from_secs(60);

/// Memory of a server that holds `users` bindings, in MiB.
pub(crate) fn mebibytes(peer: &Peer, users: u64) -> Result<f64, Outcome> {
    fill(peer, users)?;
    Ok(usage::memory(peer.id()) as f64 / f64::from(1 << 20))
}

/// Seconds from the start of a server to the first answer that names the right binding, with
/// `users` rows in its database.
pub(crate) fn seconds(kind: Kind, directory: &Path, users: u64) -> Result<f64, Outcome> {
    match kind {
        Kind::Ours | Kind::OursLogging | Kind::Before => {
            let peer = Peer::start(kind, Service::OnDisk, directory);
            fill(&peer, users)?;
            peer.stop();
        }
        // The same rows, without the half minute its write-through would take.
        _ => write_rows(&step::database(directory), users),
    }
    let address = address::free(1);
    let mut phone = wire::Phone::new(&format!("user{}", users - 1), 2, address);
    let began = Instant::now();
    let peer = Peer::launch(kind, address, directory);
    loop {
        let query = phone.registration("");
        phone.send(&query);
        let answer = phone.receive(Duration::from_millis(2)).unwrap_or_default();
        let found = text::contacts(&answer);
        if found
            .iter()
            .any(|it| it.starts_with(&format!("sip:user{}@", users - 1)))
        {
            break;
        }
        assert!(began.elapsed() < LIMIT, "no look-up:\n{}", peer.log());
    }
    let seconds = began.elapsed().as_secs_f64();
    peer.stop();
    Ok(seconds)
}

fn fill(peer: &Peer, users: u64) -> Result<(), Outcome> {
    let phones = Phones::new(CALLING, users);
    register::all(&phones, peer.address(), users)
}

/// What Kamailio writes for [`register::all`].
fn write_rows(database: &Path, users: u64) {
    kamailio::create_tables(database, Journal::WriteAhead);
    let connection = rusqlite::Connection::open(database).expect("it was just made");
    let rows = format!(
        "WITH RECURSIVE numbers(n) AS (
             SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < {users}
         )
         INSERT INTO location (ruid, username, domain, contact, received, path, expires, q,
                               callid, cseq, last_modified, user_agent, connection_id)
         SELECT printf('uloc-1-%x', n), 'user' || n, '',
                'sip:user' || n || '@127.0.0.2:5060', '', '', julianday('now', '+1 hour'), -1.0,
                'register-' || n, 1, julianday('now'), 'load', -1
         FROM numbers"
    );
    connection
        .execute_batch(&rows)
        .expect("the rows fit the table");
}
