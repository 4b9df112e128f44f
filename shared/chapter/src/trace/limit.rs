//! How much of the log one source may fill, and how much all of them: a flood of requests must
//! not fill the disk, nor hide what others do.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use foldhash::fast::RandomState;
use sip_server::Source;

/// Sources whose lines are counted one by one; further ones share what is for all.
const SOURCES: usize = 4096;

/// What is shown of a long line: its beginning, which says who did what, and its end, where a note
/// gives its reason. Between them there may be a field as long as a message.
const BEGINNING: usize = 700;
const END: usize = 200;

/// A long line loses its middle.
pub(crate) fn shortened(line: String) -> String {
    if line.len() <= BEGINNING + END {
        return line;
    }
    let boundary = |from: usize| (from..line.len()).find(|at| line.is_char_boundary(*at));
    let begins = boundary(BEGINNING).unwrap_or(line.len());
    let ends = boundary(line.len() - END).unwrap_or(line.len());
    let left_out = ends - begins;
    format!(
        "{}… {left_out} bytes not shown …{}",
        &line[..begins],
        &line[ends..]
    )
}

/// How many lines there may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    /// Each second, for long.
    pub(crate) a_second: u32,
    /// At once, after a pause.
    pub(crate) burst: u32,
}

/// Limits the lines of each source and of all.
#[derive(Debug)]
pub(crate) struct LineLimit {
    each: Rate,
    all: Rate,
    of_all: Bucket,
    of_source: HashMap<Source, Bucket, RandomState>,
    /// When sources were last forgotten.
    made_room: Option<SystemTime>,
}

/// What is left of a burst, in thousandths of a line.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    level: u64,
    /// When that was counted; `None` for a bucket that is full.
    at: Option<SystemTime>,
}

impl LineLimit {
    /// Limits each source to `each`, and all together to `all`.
    pub(crate) fn new(each: Rate, all: Rate) -> Self {
        Self {
            each,
            all,
            of_all: Bucket::full(all),
            of_source: HashMap::default(),
            made_room: None,
        }
    }

    /// Whether a line about that peer may be shown now.
    pub(crate) fn allows(&mut self, from: IpAddr, at: SystemTime) -> bool {
        // In a flood most lines end here, without a look at their source.
        if !self.of_all.has_line(self.all, at) {
            return false;
        }
        self.make_room(at);
        let source = Source::of(from);
        let bucket = if self.of_source.len() < SOURCES {
            let full = Bucket::full(self.each);
            Some(self.of_source.entry(source).or_insert(full))
        } else {
            self.of_source.get_mut(&source)
        };
        if let Some(bucket) = bucket {
            if !bucket.has_line(self.each, at) {
                return false;
            }
            bucket.take_line();
        }
        self.of_all.take_line();
        true
    }
}

impl LineLimit {
    /// Forgets the sources whose buckets are full again. That takes a moment, so it happens at
    /// most once a second.
    fn make_room(&mut self, at: SystemTime) {
        let since = self.made_room.and_then(|made| at.duration_since(made).ok());
        let is_early = since.is_some_and(|since| since < Duration::from_secs(1));
        if self.of_source.len() < SOURCES || is_early {
            return;
        }
        self.made_room = Some(at);
        let each = self.each;
        self.of_source.retain(|_, bucket| !bucket.is_full(each, at));
    }
}

impl Bucket {
    fn full(rate: Rate) -> Self {
        let level = u64::from(rate.burst) * 1000;
        Self { level, at: None }
    }

    /// Adds what has come in until that time. A clock that is set back adds nothing.
    fn refill(&mut self, rate: Rate, at: SystemTime) {
        let passed = self.at.map_or(0, |since| {
            at.duration_since(since)
                .map_or(0, |passed| passed.as_millis() as u64)
        });
        let more = passed.saturating_mul(u64::from(rate.a_second));
        self.level = (self.level.saturating_add(more)).min(Self::full(rate).level);
        self.at = Some(at);
    }

    fn is_full(mut self, rate: Rate, at: SystemTime) -> bool {
        self.refill(rate, at);
        self.level == Self::full(rate).level
    }

    fn has_line(&mut self, rate: Rate, at: SystemTime) -> bool {
        self.refill(rate, at);
        self.level >= 1000
    }

    fn take_line(&mut self) {
        self.level -= 1000;
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    #[test]
    fn a_long_line_loses_its_middle() {
        for piece in ["x", "é", "€", "\u{1f4de}"] {
            let long = format!("11 refused: user {}: no such user", piece.repeat(60_000));
            let line = shortened(long.clone());
            assert!(line.len() < 1_000, "{}", line.len());
            assert!(line.starts_with("11 refused: user "), "{line}");
            assert!(line.ends_with(": no such user"), "{line}");
            let (_, rest) = line.split_once("… ").unwrap();
            let (left_out, _) = rest.split_once(" bytes not shown …").unwrap();
            let shown = line.len() - format!("… {left_out} bytes not shown …").len();
            assert_eq!(left_out.parse::<usize>().unwrap() + shown, long.len());
        }
        for whole in [String::new(), "é".repeat(450)] {
            assert_eq!(shortened(whole.clone()), whole);
        }
    }

    const EACH: Rate = Rate {
        a_second: 10,
        burst: 20,
    };
    const ALL: Rate = Rate {
        a_second: 100,
        burst: 200,
    };

    fn peer(number: u32) -> IpAddr {
        std::net::Ipv4Addr::from(0xc000_0200 + number).into()
    }

    fn shown(limit: &mut LineLimit, from: IpAddr, at: SystemTime, lines: u32) -> usize {
        (0..lines).filter(|_| limit.allows(from, at)).count()
    }

    #[test]
    fn a_source_has_its_burst_and_then_its_rate_and_others_are_shown() {
        let mut limit = LineLimit::new(EACH, ALL);
        let now = UNIX_EPOCH + Duration::from_secs(1_176_998_384);
        assert_eq!(shown(&mut limit, peer(1), now, 10_000), 20);
        assert_eq!(shown(&mut limit, peer(2), now, 5), 5);
        let later = now + Duration::from_millis(1500);
        assert_eq!(shown(&mut limit, peer(1), later, 10_000), 15);
        let much_later = now + Duration::from_secs(3600);
        assert_eq!(shown(&mut limit, peer(1), much_later, 10_000), 20);
        assert_eq!(
            shown(&mut limit, peer(1), now, 10_000),
            0,
            "a clock set back"
        );
    }

    #[test]
    fn all_sources_together_have_a_limit_and_what_is_kept_of_them_has_one() {
        let mut limit = LineLimit::new(EACH, ALL);
        let now = UNIX_EPOCH + Duration::from_secs(1_176_998_384);
        let all: usize = (0..10_000)
            .map(|it| shown(&mut limit, peer(it), now, 20))
            .sum();
        assert_eq!(all, 200);
        let mut limit = LineLimit::new(
            EACH,
            Rate {
                burst: 20_000,
                ..ALL
            },
        );
        let all: usize = (0..10_000)
            .map(|it| shown(&mut limit, peer(it), now, 1))
            .sum();
        assert_eq!((all, limit.of_source.len()), (10_000, SOURCES));
        // Those that are full again are not kept.
        let later = now + Duration::from_secs(3600);
        assert!(limit.allows(peer(20_000), later));
        assert_eq!(limit.of_source.len(), 1);
    }
}
