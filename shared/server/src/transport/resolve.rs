//! Names looked up with the system's resolver, which honours /etc/hosts and nsswitch.conf.
//!
//! Each look-up holds a thread until the system gives up by itself, which may take long. So a
//! name is looked up once however many ask for it, what came of it is remembered for a while,
//! and each account has its share of the threads.

use std::collections::HashMap;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use tokio::sync::oneshot;
use tokio::time::{Duration, Instant, timeout_at};

use super::kernel_routes::unmapped;
use crate::account::{Account, Rank};
use crate::network::Lookup;
use crate::shares::{Share, Shares};

/// Look-ups under way, each with a thread.
const AT_ONCE: usize = 128;
/// How long what came of a look-up is remembered, addresses or none.
const FRESH: Duration = Duration::from_secs(10);
/// Names that are remembered.
const NAMES: usize = 1024;
/// The stack of a look-up's thread, in bytes; what the system's resolver needs, several times.
const STACK: usize = 512 << 10;

/// What came of a look-up.
type Found = Result<Arc<[IpAddr]>, Arc<Failure>>;
/// A look-up that many can wait for.
type Awaited = Shared<BoxFuture<'static, Found>>;
/// Asks the system, and may take long.
type Ask = dyn Fn(&str) -> io::Result<Vec<IpAddr>> + Send + Sync;

/// Why a name has no address.
#[derive(Debug)]
struct Failure {
    kind: ErrorKind,
    text: String,
}

/// Looks names up.
pub(crate) struct Resolver {
    names: Mutex<HashMap<String, Name>>,
    threads: Shares,
    limit: Duration,
    ask: Arc<Ask>,
}

/// A name that somebody asked for.
struct Name {
    found: Awaited,
    /// Until when that holds.
    until: Instant,
}

impl Resolver {
    /// Asks the system, and waits for it no longer than `limit`.
    pub(crate) fn new(limit: Duration) -> Self {
        Self::asking(limit, |host: &str| {
            let found = (host, 0).to_socket_addrs()?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }

    fn asking(
        limit: Duration,
        ask: impl Fn(&str) -> io::Result<Vec<IpAddr>> + Send + Sync + 'static,
    ) -> Self {
        Self {
            names: Mutex::default(),
            threads: Shares::new(AT_ONCE),
            limit,
            ask: Arc::new(ask),
        }
    }

    /// The addresses of a host; an address names itself, in brackets or not.
    pub(crate) fn resolve(&self, host: &str, port: u16, account: Account) -> Lookup {
        let bare = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host);
        if let Ok(ip) = bare.parse::<IpAddr>() {
            let address = unmapped(SocketAddr::new(ip, port));
            return Box::pin(std::future::ready(Ok(vec![address])));
        }
        let found = self.find(host.to_ascii_lowercase(), account);
        Box::pin(async move {
            let found = found.await;
            let found = found.map_err(|why| io::Error::new(why.kind, why.text.clone()))?;
            let with_port = |ip: &IpAddr| unmapped(SocketAddr::new(*ip, port));
            Ok(found.iter().map(with_port).collect())
        })
    }

    fn find(&self, host: String, account: Account) -> Awaited {
        let now = Instant::now();
        let mut names = self.names();
        if let Some(name) = names.get(&host).filter(|name| name.until > now) {
            return name.found.clone();
        }
        // The reserve is for requests of a kind, and a look-up has none.
        let Some(thread) = self.threads.take(account, 1, Rank::Reserved) else {
            let text =
                format!("{host} is not looked up: too many names are, in all or of one peer");
            let failure = Failure {
                kind: ErrorKind::ResourceBusy,
                text,
            };
            return std::future::ready(Err(Arc::new(failure))).boxed().shared();
        };
        let found = self.look_up(host.clone(), thread, now + self.limit);
        make_room(&mut names, now);
        let until = now + self.limit + FRESH;
        let name = Name {
            found: found.clone(),
            until,
        };
        names.insert(host, name);
        found
    }

    /// Asks the system on a thread of its own, for whose end nobody waits. The place is given
    /// back when the thread ends.
    fn look_up(&self, host: String, place: Share, deadline: Instant) -> Awaited {
        let (answer, answered) = oneshot::channel();
        let (ask, asked) = (Arc::clone(&self.ask), host.clone());
        let thread = std::thread::Builder::new()
            .name("look-up".to_owned())
            .stack_size(STACK);
        let started = thread.spawn(move || {
            let _until_the_thread_ends = place;
            let _ = answer.send(ask(&asked)); // perhaps nobody waits any more
        });
        let limit = self.limit;
        let found = async move {
            started.map_err(|e| failure(&host, &e))?;
            match timeout_at(deadline, answered).await {
                Ok(Ok(Ok(addresses))) => Ok(addresses.into()),
                Ok(Ok(Err(e))) => Err(failure(&host, &e)),
                Ok(Err(_)) => Err(failure(&host, &io::Error::other("the look-up broke off"))),
                Err(_) => Err(Arc::new(Failure {
                    kind: ErrorKind::TimedOut,
                    text: format!("no answer to where {host} is within {limit:?}"),
                })),
            }
        };
        found.boxed().shared()
    }

    fn names(&self) -> MutexGuard<'_, HashMap<String, Name>> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn failure(host: &str, error: &io::Error) -> Arc<Failure> {
    Arc::new(Failure {
        kind: error.kind(),
        text: format!("the name {host} has no address: {error}"),
    })
}

/// Forgets what has expired when there are many names, and one more where that is not
/// enough.
fn make_room(names: &mut HashMap<String, Name>, now: Instant) {
    if names.len() < NAMES {
        return;
    }
    names.retain(|_, name| name.until > now);
    if names.len() >= NAMES {
        let oldest = names.iter().min_by_key(|(_, name)| name.until);
        let oldest = oldest.map(|(host, _)| host.clone());
        oldest.and_then(|host| names.remove(&host));
    }
}

impl std::fmt::Debug for Resolver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Resolver")
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    use super::*;

    const LIMIT: Duration = Duration::from_secs(5);
    const SECOND: Duration = Duration::from_secs(1);

    fn source(number: u8) -> Account {
        Account::at([192, 0, 2, number].into())
    }

    /// A resolver whose name server never answers for `dead` names, and how often it was asked.
    fn resolver() -> (Resolver, Arc<AtomicUsize>) {
        let asked = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&asked);
        let resolver = Resolver::asking(LIMIT, move |host: &str| {
            counter.fetch_add(1, SeqCst);
            if host.contains("dead") {
                loop {
                    std::thread::park();
                }
            }
            match host.contains("unknown") {
                true => Err(ErrorKind::NotFound.into()),
                false => Ok(vec![[192, 0, 2, 99].into()]),
            }
        });
        (resolver, asked)
    }

    /// A look-up whose thread has had the time it needs, while tokio's clock is paused.
    async fn soon(lookup: Lookup) -> io::Result<Vec<SocketAddr>> {
        let mut lookup = lookup;
        for _ in 0..5_000 {
            std::thread::sleep(Duration::from_millis(1));
            tokio::task::yield_now().await;
            if let Some(found) = lookup.as_mut().now_or_never() {
                return found;
            }
        }
        panic!("the look-up takes too long");
    }

    #[tokio::test(start_paused = true)]
    async fn names_of_one_account_that_are_never_answered_leave_room_for_those_of_others() {
        let (resolver, _) = resolver();
        let mut waiting = Vec::new();
        for number in 0..200 {
            let host = format!("{number}.dead.example");
            waiting.push(resolver.resolve(&host, 5060, source(1)));
        }
        let refused = waiting.iter_mut().filter_map(|it| it.now_or_never());
        let refused: Vec<_> = refused.map(Result::unwrap_err).collect();
        assert_eq!(refused.len(), 200 - AT_ONCE / 2, "the others wait");
        assert_eq!(refused[0].kind(), ErrorKind::ResourceBusy);
        let found = soon(resolver.resolve("good.example", 5060, source(2))).await;
        assert_eq!(found.unwrap(), ["192.0.2.99:5060".parse().unwrap()]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_name_is_asked_for_once_however_many_wait_for_it() {
        let (resolver, asked) = resolver();
        let hosts = ["a.dead.example", "A.dead.Example"].into_iter().cycle();
        let lookups = hosts
            .take(100)
            .map(|host| resolver.resolve(host, 5060, source(1)));
        let all = futures_util::future::join_all(lookups).await;
        for failed in all {
            let failed = failed.unwrap_err();
            assert_eq!(failed.kind(), ErrorKind::TimedOut);
            assert_eq!(
                failed.to_string(),
                "no answer to where a.dead.example is within 5s"
            );
        }
        std::thread::sleep(Duration::from_millis(100)); // each thread had time to ask
        assert_eq!(asked.load(SeqCst), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn what_came_of_a_look_up_is_remembered_for_a_while_and_then_asked_again() {
        for host in ["good.example", "unknown.example"] {
            let (resolver, asked) = resolver();
            let first = soon(resolver.resolve(host, 5060, source(1))).await;
            tokio::time::advance(FRESH - SECOND).await;
            let again = resolver.resolve(host, 5070, source(2)).now_or_never();
            let again = again.expect("it is known at once");
            assert_eq!(again.is_ok(), first.is_ok());
            assert_eq!(asked.load(SeqCst), 1, "{host}");
            tokio::time::advance(LIMIT + 2 * SECOND).await;
            let _ = soon(resolver.resolve(host, 5060, source(1))).await;
            assert_eq!(asked.load(SeqCst), 2, "{host}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_place_is_given_back_when_its_thread_ends() {
        let (resolver, asked) = resolver();
        for number in 0..4 * AT_ONCE {
            let host = format!("{number}.example");
            assert!(soon(resolver.resolve(&host, 5060, source(1))).await.is_ok());
        }
        assert_eq!(asked.load(SeqCst), 4 * AT_ONCE);
    }

    #[tokio::test(start_paused = true)]
    async fn names_that_are_remembered_have_a_bound() {
        let (resolver, _) = resolver();
        for number in 0..NAMES + 20 {
            let host = format!("{number}.example");
            let _ = soon(resolver.resolve(&host, 5060, source(1))).await;
        }
        assert_eq!(resolver.names().len(), NAMES);
    }
}
