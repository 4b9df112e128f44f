use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::route::unmapped;
use crate::network::Lookup;

/// Look-ups under way. The system's resolver holds a thread for each, until it gives up by
/// itself.
const AT_ONCE: usize = 32;

/// Looks names up with the system's resolver.
#[derive(Debug)]
pub(crate) struct Resolver {
    places: Arc<Semaphore>,
    limit: Duration,
}

impl Resolver {
    pub(crate) fn new(limit: Duration) -> Self {
        Self {
            places: Arc::new(Semaphore::new(AT_ONCE)),
            limit,
        }
    }

    /// The addresses of a host; an address names itself, in brackets or not.
    pub(crate) fn resolve(&self, host: &str, port: u16) -> Lookup {
        let bare = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host);
        if let Ok(ip) = bare.parse::<IpAddr>() {
            let address = unmapped(SocketAddr::new(ip, port));
            return Box::pin(std::future::ready(Ok(vec![address])));
        }
        let (places, limit, host) = (Arc::clone(&self.places), self.limit, host.to_owned());
        Box::pin(async move {
            match timeout(limit, look_up(places, host.clone(), port)).await {
                Ok(Ok(addresses)) => Ok(addresses),
                Ok(Err(e)) => {
                    let text = format!("the name {host} has no address: {e}");
                    Err(io::Error::new(e.kind(), text))
                }
                Err(_) => {
                    let text = format!("no answer to where {host} is within {limit:?}");
                    Err(io::Error::new(ErrorKind::TimedOut, text))
                }
            }
        })
    }
}

async fn look_up(places: Arc<Semaphore>, host: String, port: u16) -> io::Result<Vec<SocketAddr>> {
    let place = places.acquire_owned().await.map_err(io::Error::other)?;
    let ask = move || {
        let _until_the_thread_is_free = place;
        let found = (host.as_str(), port).to_socket_addrs()?;
        Ok(found.map(unmapped).collect())
    };
    spawn_blocking(ask).await.map_err(io::Error::other)?
}
