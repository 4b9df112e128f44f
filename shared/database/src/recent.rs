//! Passwords that were read a moment ago, for as long as nobody can have changed them.
//!
//! Half the time of a look-up is locking and unlocking the file. SQLite reports whether another
//! program has changed a file (`PRAGMA data_version`), but needs the same locks to know. The
//! writer has them anyway in each of its transactions, and asks there. So while phones register
//! all the time, passwords come from memory, and a change by another program counts within
//! [`LEASE`]. Otherwise every look-up reads the file.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sip_tables::Login;

/// For how long a file counts as unchanged after the writer asked: many transactions under load,
/// and no time to a person who changes a password.
pub(crate) const LEASE: Duration = Duration::from_millis(50);

/// How many passwords are remembered: some 8 MB. Beyond that, all are forgotten.
const MOST: usize = 1 << 15;

/// What is remembered, shared by the writer and the readers.
#[derive(Debug, Default)]
pub(crate) struct Recent(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// The file's version when the writer last asked, and when that was.
    checked: Option<(Version, Instant)>,
    /// By domain and user.
    logins: HashMap<String, HashMap<String, Login>>,
    count: usize,
}

/// The version of a file, as one connection sees it. Each change by another connection makes it
/// another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Version(pub(crate) i64);

impl Recent {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The file had this version at `now`. If it had another before, all is forgotten.
    pub(crate) fn checked(&self, version: Version, now: Instant) {
        let mut state = self.state();
        if state.version() != Some(version) {
            state.forget();
        }
        state.checked = Some((version, now));
    }

    /// The file's version, if nobody can have changed it since.
    pub(crate) fn version(&self, now: Instant) -> Option<Version> {
        self.state().version_at(now)
    }

    /// Remembers what was read while the file had this version.
    pub(crate) fn put(&self, version: Version, user: &str, domain: &str, login: Login) {
        let mut state = self.state();
        if state.version() != Some(version) {
            return;
        }
        if state.count >= MOST {
            state.forget();
        }
        let users = state.logins.entry(domain.to_owned()).or_default();
        let new = users.insert(user.to_owned(), login).is_none();
        state.count += usize::from(new);
    }

    /// What the table has, if that is known.
    pub(crate) fn login(&self, user: &str, domain: &str, now: Instant) -> Option<Login> {
        let state = self.state();
        state.version_at(now)?;
        state.logins.get(domain)?.get(user).cloned()
    }
}

impl State {
    fn version(&self) -> Option<Version> {
        self.checked.map(|(version, _)| version)
    }

    fn version_at(&self, now: Instant) -> Option<Version> {
        let (version, at) = self.checked?;
        (now.saturating_duration_since(at) < LEASE).then_some(version)
    }

    fn forget(&mut self) {
        self.logins.clear();
        self.count = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Login {
        sip_digest::Password::plain(text).unwrap().into()
    }

    fn knowing(users: &[&str], now: Instant) -> Recent {
        let recent = Recent::default();
        recent.checked(Version(1), now);
        for user in users {
            recent.put(Version(1), user, "d", password(user));
        }
        recent
    }

    #[test]
    fn what_was_read_is_known_for_a_lease_after_each_check() {
        let now = Instant::now();
        let recent = knowing(&["10", "11"], now);
        let end = now + LEASE;
        let just_before = end.checked_sub(Duration::from_nanos(1)).unwrap();
        assert_eq!(recent.login("10", "d", just_before), Some(password("10")));
        assert_eq!(recent.login("10", "e", just_before), None);
        assert_eq!(recent.login("10", "d", end), None);
        assert_eq!(recent.version(end), None);
        recent.checked(Version(1), end);
        assert_eq!(recent.login("11", "d", end), Some(password("11")));
    }

    #[test]
    fn a_change_by_another_forgets_all_and_what_was_read_before_it() {
        let now = Instant::now();
        let recent = knowing(&["10"], now);
        let before = recent.version(now).unwrap();
        recent.checked(Version(2), now);
        recent.put(before, "11", "d", password("old"));
        for user in ["10", "11"] {
            assert_eq!(recent.login(user, "d", now), None);
        }
    }

    #[test]
    fn more_than_are_remembered_are_forgotten() {
        let now = Instant::now();
        let users: Vec<String> = (0..MOST).map(|user| user.to_string()).collect();
        let users: Vec<&str> = users.iter().map(String::as_str).collect();
        let recent = knowing(&users, now);
        recent.put(Version(1), "0", "d", password("again"));
        assert_eq!(recent.login("1", "d", now), None);
        assert_eq!(recent.login("0", "d", now), Some(password("again")));
        assert_eq!(recent.state().count, 1);
    }
}
