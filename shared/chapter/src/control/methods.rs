//! What each method does that every server has.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;
use serde_json::Value;
use sip_control::watch::Watched;
use sip_control::{AOR_NOT_FOUND, Call, Counter, LOCATION, Refusal, Removed, Uptime, method};
use sip_location::{JournalError, Location};
use sip_server::{Clock, Stats};
use sip_stage::micros;

use super::offered::Methods;
use super::record::record;
use super::watchers::Watchers;

/// The running server, as the control socket sees it.
#[derive(Debug, Clone)]
pub struct Running {
    /// The package it was started as: `step-01`.
    pub package: &'static str,
    /// The time of day.
    pub clock: Clock,
    /// When it began.
    pub since: SystemTime,
    /// Who is where.
    pub location: Location,
    /// What it has counted.
    pub stats: Arc<Stats>,
    /// The folder of its package.
    pub folder: &'static str,
    /// Its database, if it has one.
    pub database: Option<PathBuf>,
    /// Those who watch it.
    pub watchers: Watchers,
}

/// What a method brings.
pub(crate) enum Outcome {
    /// A result, whole.
    Result(Value),
    /// Every binding, see [`super::dump`].
    Dump { brief: bool },
    /// Events, see [`super::watchers`].
    Watch,
}

impl Running {
    /// A server that starts now and has counted nothing.
    pub fn new(package: &'static str, clock: Clock, location: Location) -> Self {
        Self {
            package,
            clock,
            since: clock.now(),
            location,
            stats: Arc::default(),
            folder: "",
            database: None,
            watchers: Watchers::default(),
        }
    }

    /// Carries a call out: one of every server's methods, or one of the chapter's.
    ///
    /// # Errors
    /// If the method or the record does not exist, or the parameters do not fit.
    pub(crate) async fn answer(&self, call: &Call, methods: &Methods) -> Result<Outcome, Refusal> {
        match call.method.as_str() {
            method::UPTIME => result(self.uptime()),
            method::VERSION => {
                let version = env!("CARGO_PKG_VERSION");
                result(format!("sip-steps {version} ({})", self.package))
            }
            method::STATISTICS => result(self.statistics(call)?),
            method::LIST_METHODS => {
                let every = method::OF_EVERY_SERVER.into_iter();
                let mut names: Vec<&str> = every.chain(methods.names()).collect();
                names.sort_unstable();
                result(names)
            }
            method::DUMP => {
                let brief = call.params.first().is_some_and(|first| first == "brief");
                Ok(Outcome::Dump { brief })
            }
            method::WATCH => Ok(Outcome::Watch),
            method::LOOKUP => self.lookup(&record_of(call)?),
            method::RM => removed(self.location.remove(&record_of(call)?).await),
            method::RM_CONTACT => {
                let contact = call.text(2, "the Contact URI as `ul.dump` shows it")?;
                let aor = record_of(call)?;
                removed(self.location.remove_contact(&aor, &contact).await)
            }
            _ => methods.answer(call).map(Outcome::Result),
        }
    }

    /// The time in seconds since 1970.
    pub(crate) fn now(&self) -> u32 {
        let since = self.clock.now().duration_since(UNIX_EPOCH);
        since.map_or(0, |d| u32::try_from(d.as_secs()).unwrap_or(u32::MAX))
    }

    /// Who the server is, for a watcher.
    pub(crate) fn watched(&self) -> Watched {
        let database = self.database.as_deref();
        // A watcher may have another working directory.
        let database = database.map(|path| path.canonicalize().unwrap_or(path.to_owned()));
        Watched {
            package: self.package.to_owned(),
            folder: self.folder.to_owned(),
            database: database.map(|path| path.display().to_string()),
            since: micros(self.since),
        }
    }

    fn uptime(&self) -> Uptime {
        let now = self.clock.now();
        let uptime = now.duration_since(self.since).unwrap_or_default();
        Uptime {
            now: httpdate::fmt_http_date(now),
            up_since: httpdate::fmt_http_date(self.since),
            uptime: uptime.as_secs(),
        }
    }

    fn lookup(&self, aor: &str) -> Result<Outcome, Refusal> {
        let bindings = self.location.bindings(aor, self.clock.now());
        if bindings.is_empty() {
            return Err(Refusal::refused(AOR_NOT_FOUND));
        }
        result(record(aor, &bindings, self.now()))
    }

    fn statistics(&self, call: &Call) -> Result<Vec<Counter>, Refusal> {
        let wanted = call.text(0, "\"all\", a group such as \"core:\", or a name")?;
        let is_wanted = |name: &str| {
            let bare = name.split_once(':').map_or(name, |(_, bare)| bare);
            let group = wanted.ends_with(':') && name.starts_with(&wanted);
            wanted == "all" || group || wanted == name || wanted == bare
        };
        let wanted = self
            .counters()
            .into_iter()
            .filter(|(name, _)| is_wanted(name));
        let counters = wanted.map(|(name, count)| Counter {
            name: name.to_owned(),
            count,
        });
        Ok(counters.collect())
    }

    /// With Kamailio's names for what Kamailio counts too; `server:` is ours.
    fn counters(&self) -> Vec<(&'static str, u64)> {
        let stats = &self.stats;
        let count = |counter: &AtomicU64| counter.load(Relaxed);
        let counts = self.location.counts();
        vec![
            ("core:bad_msg_hdr", count(&stats.malformed)),
            ("core:drop_replies", count(&stats.stray)),
            ("core:rcv_replies", count(&stats.responses)),
            ("core:rcv_requests", count(&stats.requests)),
            ("server:retransmissions", count(&stats.retransmissions)),
            ("server:sent_messages", count(&stats.sent)),
            ("server:shed_requests", count(&stats.shed)),
            ("tmx:inuse_transactions", count(&stats.transactions)),
            ("usrloc:location_contacts", counts.bindings as u64),
            ("usrloc:registered_users", counts.users as u64),
        ]
    }
}

fn removed(count: Result<usize, JournalError>) -> Result<Outcome, Refusal> {
    let removed = count.map_err(|error| Refusal::refused(error.to_string()))?;
    result(Removed { removed })
}

fn result(result: impl Serialize) -> Result<Outcome, Refusal> {
    let value = serde_json::to_value(result).map_err(|e| Refusal::refused(e.to_string()))?;
    Ok(Outcome::Result(value))
}

/// The address-of-record in a call's second parameter; the first names the table.
fn record_of(call: &Call) -> Result<String, Refusal> {
    let what = "the table and an address-of-record: [\"location\", \"10\"]";
    if call.text(0, what)? != LOCATION {
        return Err(Refusal::refused("Domain table not found"));
    }
    call.text(1, what)
}
