//! What a check finds: which exchanges are as the finished chapter plays them, and which differ.

use super::difference::Difference;
use super::played::Played;

/// What was found of every exchange until a chapter: the chapter's own first, as its page explains
/// those, and each chapter's in the order of the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The chapter.
    pub chapter: usize,
    /// Its own exchanges, then those of the chapters before.
    pub compared: Vec<Compared>,
}

/// One exchange, as it was expected and as it was played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// With the finished chapter.
    pub expected: Played,
    /// With the reader's.
    pub actual: Played,
    /// Where they first differ.
    pub difference: Option<Difference>,
}

/// How many exchanges are right, and how many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// As they should be.
    pub right: usize,
    /// All.
    pub total: usize,
}

impl Verdict {
    /// Compares the plays of two programs of a chapter. An exchange that the reader's program does
    /// not know differs from its beginning.
    pub fn of(chapter: usize, expected: Vec<Played>, actual: &[Played]) -> Self {
        let compared = expected.into_iter().map(|expected| {
            let is_same =
                |other: &&Played| other.name == expected.name && other.chapter == expected.chapter;
            let actual = actual.iter().find(is_same).cloned();
            let actual = actual.unwrap_or_else(|| Played {
                events: Vec::new(),
                ..expected.clone()
            });
            let difference = Difference::first(&expected, &actual);
            Compared {
                expected,
                actual,
                difference,
            }
        });
        let mut compared: Vec<Compared> = compared.collect();
        compared.sort_by_key(|one| one.expected.chapter != chapter);
        Self { chapter, compared }
    }

    /// The chapter's own exchanges.
    pub fn own(&self) -> Count {
        self.count(|one| one.expected.chapter == self.chapter)
    }

    /// The exchanges of the chapters before that the finished chapter still plays to their end. Of
    /// the others, the part until there is compared as well.
    pub fn earlier(&self) -> Count {
        self.count(|one| one.expected.chapter != self.chapter)
    }

    fn count(&self, is_counted: impl Fn(&Compared) -> bool) -> Count {
        let counted = self.compared.iter().filter(|one| is_counted(one));
        let mut count = Count::default();
        for one in counted {
            count.total += 1;
            count.right += usize::from(one.difference.is_none());
        }
        count
    }

    /// The exchanges that differ.
    pub fn differing(&self) -> impl Iterator<Item = (&Compared, &Difference)> {
        let compared = self.compared.iter();
        compared.filter_map(|one| Some((one, one.difference.as_ref()?)))
    }

    /// Every difference as a line, `name: sign`: what a mistake looks like as a whole.
    pub fn signs(&self) -> Vec<String> {
        let lines = self.differing();
        let lines = lines.map(|(one, it)| format!("{}: {}", one.expected.name, it.sign()));
        lines.collect()
    }

    /// Only the exchanges whose name begins so.
    #[must_use]
    pub fn only(mut self, name: &str) -> Self {
        let name = name.replace('_', "-");
        let exact = self.compared.iter().any(|one| one.expected.name == name);
        self.compared.retain(|one| {
            if exact {
                one.expected.name == name
            } else {
                one.expected.name.starts_with(&name)
            }
        });
        self
    }
}
