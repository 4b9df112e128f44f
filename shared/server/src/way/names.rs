//! The names of next hops, looked up all at once (RFC 3263 §4.2, without NAPTR and SRV).

use std::net::SocketAddr;

use futures_util::future::{OptionFuture, join_all};

use super::hops::{Destination, Hop};
use crate::account::Account;
use crate::network::Network;

/// Addresses of one name that are tried for a way there.
const MOST_ADDRESSES: usize = 16;

/// The addresses of each hop's name: none where it has no name, or the name is unknown.
#[derive(Debug, Default)]
pub struct Found(Vec<Vec<SocketAddr>>);

impl Found {
    /// The addresses of one hop's name.
    pub(crate) fn of(&self, hop: usize) -> &[SocketAddr] {
        self.0.get(hop).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Looks the names of hops up on behalf of an account. `None` when every hop has an address or a
/// connection already.
pub fn look_up(
    hops: &[Hop],
    account: Account,
    network: &dyn Network,
) -> Option<impl Future<Output = Found> + use<>> {
    let is_open = |hop: &Hop| hop.over.is_some_and(|it| network.flow_of(it).is_some());
    let name = |hop: &Hop| match &hop.to {
        Destination::Name(_, name, port) if !is_open(hop) => {
            Some(network.resolve(name, *port, account))
        }
        _ => None,
    };
    if !hops
        .iter()
        .any(|hop| matches!(hop.to, Destination::Name(..)))
    {
        return None;
    }
    let lookups: Vec<_> = hops.iter().map(name).collect();
    if lookups.iter().all(Option::is_none) {
        return None;
    }
    let all = join_all(lookups.into_iter().map(OptionFuture::from));
    Some(async move {
        let found = all.await.into_iter().map(|found| match found {
            Some(Ok(mut addresses)) => {
                addresses.truncate(MOST_ADDRESSES);
                addresses
            }
            _ => Vec::new(),
        });
        Found(found.collect())
    })
}
