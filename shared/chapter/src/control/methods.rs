//! The methods, by Kamailio's names.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use sip_location::{JournalError, Location};
use sip_server::{Clock, Stats};

use super::answers::Record;
use super::offered::Methods;
use super::rpc::{Call, Fault};

/// The one table of bindings, by Kamailio's name.
const TABLE: &str = "location";

const METHODS: [&str; 8] = [
    "core.uptime",
    "core.version",
    "stats.get_statistics",
    "system.listMethods",
    "ul.dump",
    "ul.lookup",
    "ul.rm",
    "ul.rm_contact",
];

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
}

/// What a method gives.
pub(crate) enum Answer {
    /// A result, whole.
    Result(Value),
    /// Every binding, which is too much to hold at once.
    Dump { brief: bool },
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
        }
    }

    /// Carries a call out: one of every server's methods, or one that the chapter offers.
    ///
    /// # Errors
    /// A method there is not, parameters that do not fit, a record there is not.
    pub(crate) async fn answer(&self, call: &Call, methods: &Methods) -> Result<Answer, Fault> {
        let value = match call.method.as_str() {
            "core.uptime" => self.uptime(),
            "core.version" => {
                let version = env!("CARGO_PKG_VERSION");
                json!(format!("sip-steps {version} ({})", self.package))
            }
            "stats.get_statistics" => self.statistics(call)?,
            "system.listMethods" => {
                let mut all: Vec<&str> = METHODS.into_iter().chain(methods.names()).collect();
                all.sort_unstable();
                json!(all)
            }
            "ul.dump" => {
                let brief = call.params.first() == Some(&json!("brief"));
                return Ok(Answer::Dump { brief });
            }
            "ul.lookup" => self.lookup(&record_of(call)?)?,
            "ul.rm" => removed(self.location.remove(&record_of(call)?).await)?,
            "ul.rm_contact" => {
                let contact = call.text(2, "the Contact URI as `ul.dump` shows it")?;
                let aor = record_of(call)?;
                removed(self.location.remove_contact(&aor, &contact).await)?
            }
            _ => methods.answer(call)?,
        };
        Ok(Answer::Result(value))
    }

    /// The time in seconds since 1970.
    pub(crate) fn now(&self) -> u32 {
        let since = self.clock.now().duration_since(UNIX_EPOCH);
        since.map_or(0, |d| u32::try_from(d.as_secs()).unwrap_or(u32::MAX))
    }

    fn uptime(&self) -> Value {
        let now = self.clock.now();
        let uptime = now.duration_since(self.since).unwrap_or_default();
        json!({
            "now": httpdate::fmt_http_date(now),
            "up_since": httpdate::fmt_http_date(self.since),
            "uptime": uptime.as_secs(),
        })
    }

    fn lookup(&self, aor: &str) -> Result<Value, Fault> {
        let bindings = self.location.bindings(aor, self.clock.now());
        if bindings.is_empty() {
            return Err(Fault::refused("AOR not found in location table"));
        }
        let record = Record::new(aor, &bindings, self.now());
        serde_json::to_value(record).map_err(|e| Fault::refused(e.to_string()))
    }

    fn statistics(&self, call: &Call) -> Result<Value, Fault> {
        let wanted = call.text(0, "\"all\", a group such as \"core:\", or a name")?;
        let is_wanted = |name: &str| {
            let bare = name.split_once(':').map_or(name, |(_, bare)| bare);
            let group = wanted.ends_with(':') && name.starts_with(&wanted);
            wanted == "all" || group || wanted == name || wanted == bare
        };
        let all = self.counters().into_iter();
        let lines = all
            .filter(|(name, _)| is_wanted(name))
            .map(|(name, count)| format!("{name} = {count}"));
        Ok(lines.collect())
    }

    /// Kamailio's names where it counts the same; `server:` is ours.
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

/// Kamailio's result is empty; how many bindings went is ours.
fn removed(count: Result<usize, JournalError>) -> Result<Value, Fault> {
    let count = count.map_err(|e| Fault::refused(e.to_string()))?;
    Ok(json!({ "Removed": count }))
}

/// The address-of-record in a call's second parameter; the first names the table.
fn record_of(call: &Call) -> Result<String, Fault> {
    let what = "the table and an address-of-record: [\"location\", \"10\"]";
    if call.text(0, what)? != TABLE {
        return Err(Fault::refused("Domain table not found"));
    }
    call.text(1, what)
}
