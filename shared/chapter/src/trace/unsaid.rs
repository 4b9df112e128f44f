//! Lines that were not shown, counted by source until they are reported.

use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Sources that are named; the lines of further ones are counted together.
const NAMED: usize = 8;

/// What was not shown since the last report.
#[derive(Debug, Default)]
pub(crate) struct Unsaid(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    /// So few that a search is quicker than a table.
    named: Vec<(IpAddr, u64)>,
    others: u64,
}

impl Unsaid {
    /// One more line about that peer is not shown.
    pub(crate) fn count(&self, from: IpAddr) {
        let mut counts = self.counts();
        match counts.named.iter().position(|(named, _)| *named == from) {
            Some(at) => counts.named[at].1 += 1,
            None if counts.named.len() < NAMED => counts.named.push((from, 1)),
            None => counts.others += 1,
        }
    }

    /// The lines to report now, the busiest source first.
    pub(crate) fn take(&self) -> Vec<String> {
        let Counts { mut named, others } = std::mem::take(&mut *self.counts());
        named.sort_unstable_by_key(|(from, count)| (std::cmp::Reverse(*count), *from));
        let lines = named.into_iter().map(|(from, count)| more(count, from));
        let others = (others > 0).then(|| more(others, "other addresses"));
        lines.chain(others).collect()
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn more(count: u64, from: impl std::fmt::Display) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("… {count} more line{plural} from {from} not shown")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_busiest_sources_are_named_and_the_others_counted() {
        let unsaid = Unsaid::default();
        assert!(unsaid.take().is_empty());
        for number in 1..=10 {
            for _ in 0..number {
                unsaid.count([192, 0, 2, number].into());
            }
        }
        let lines = unsaid.take();
        assert_eq!(lines.len(), NAMED + 1);
        assert_eq!(lines[0], "… 8 more lines from 192.0.2.8 not shown");
        assert_eq!(lines[7], "… 1 more line from 192.0.2.1 not shown");
        assert_eq!(lines[8], "… 19 more lines from other addresses not shown");
        assert!(unsaid.take().is_empty());
    }
}
