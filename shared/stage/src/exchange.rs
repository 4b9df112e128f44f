//! An exchange: what phones do with a server, and the macros that make it a demonstration and a test.

use std::fmt;
use std::pin::Pin;
use std::time::{Duration, SystemTime};

use crate::stage::Stage;

/// What an exchange does on a stage.
pub type Play = for<'a> fn(&'a mut Stage) -> Pin<Box<dyn Future<Output = ()> + 'a>>;

/// 2007-04-19 15:59:44 UTC: the time in the first nonce of the OpenSER paper, `462791f0`.
const PAPER: u64 = 0x4627_91f0;

/// One exchange of a chapter. Made by [`crate::exchange!`].
#[derive(Clone, Copy)]
pub struct Exchange {
    function: &'static str,
    title: &'static str,
    starts_at: u64,
    flags: &'static [&'static str],
    play: Play,
}

impl Exchange {
    /// An exchange: the name of its function, one line on what it shows, and the function.
    pub const fn new(function: &'static str, title: &'static str, play: Play) -> Self {
        Self {
            function,
            title,
            starts_at: PAPER,
            flags: &[],
            play,
        }
    }

    /// Played with a server that was started with these flags.
    #[must_use]
    pub const fn with_flags(mut self, flags: &'static [&'static str]) -> Self {
        self.flags = flags;
        self
    }

    /// Starts at another time, in seconds since 1970.
    #[must_use]
    pub const fn starting_at(mut self, unix_seconds: u64) -> Self {
        self.starts_at = unix_seconds;
        self
    }

    /// Its name on the command line and in file names: `two-phones-register`.
    pub fn name(&self) -> String {
        self.function.replace('_', "-")
    }

    /// What it shows, in one line.
    pub fn title(&self) -> &'static str {
        self.title
    }

    /// The flags its server is started with.
    pub fn flags(&self) -> &'static [&'static str] {
        self.flags
    }

    /// When it starts.
    pub fn start(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(self.starts_at)
    }

    pub(crate) fn play<'a>(&self, stage: &'a mut Stage) -> Pin<Box<dyn Future<Output = ()> + 'a>> {
        (self.play)(stage)
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Exchange({})", self.function)
    }
}

/// An [`Exchange`] of an `async fn name(stage: &mut Stage)`, named as the function is:
/// `exchange!(two_phones_register, "Two phones say where they are")`.
#[macro_export]
macro_rules! exchange {
    ($function:ident, $title:expr) => {
        $crate::Exchange::new(stringify!($function), $title, |stage| {
            ::std::boxed::Box::pin($function(stage))
        })
    };
}

/// A chapter's exchanges, in the order of the book: the constant `EXCHANGES`, and a macro that makes a
/// test of each in the chapter's package. A line is a function as [`exchange!`] takes it, perhaps the
/// time when it begins, perhaps the flags of its server, and its title:
///
/// ```ignore
/// exchanges! {
///     test_chapter_3;
///     a_whole_call: "INVITE, 100, 180, 200, ACK, and a BYE through the same proxy",
///     the_paper_calls_phone_11 at 0x462b_927d: "The OpenSER paper's section 5",
///     an_early_100_stops_nothing with ["--provisional-register"]: "What the texts send at once",
/// }
/// ```
#[macro_export]
macro_rules! exchanges {
    ($tests:ident; $(
        $function:ident $(at $seconds:literal)? $(with [$($flag:expr),+])?: $title:literal,
    )+) => {
        /// The chapter's exchanges, in the order of the book.
        pub const EXCHANGES: &[$crate::Exchange] = &[$(
            $crate::exchange!($function, $title)
                $(.starting_at($seconds))?
                $(.with_flags(&[$($flag),+]))?
        ),+];

        /// A test of each exchange, with the chapter's program at this path.
        #[macro_export]
        macro_rules! $tests {
            ($program:expr) => {
                $crate::test_each_exchange!($program; $($function)+);
            };
        }
    };
}

/// What a chapter's macro of tests stands for. The package that calls it has to depend on insta and
/// sip-snapshots.
#[doc(hidden)]
#[macro_export]
macro_rules! test_each_exchange {
    ($program:expr; $($function:ident)+) => {
        $(
            #[test]
            fn $function() {
                is_as_before(stringify!($function));
            }
        )+

        /// Plays an exchange and compares every byte sent with the file that keeps it.
        fn is_as_before(function: &str) {
            let name = function.replace('_', "-");
            let folder = ::std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
            let file = folder.join(format!("{}-{name}", env!("CARGO_PKG_NAME")));
            let mut demo = ::std::process::Command::new($program);
            let demo = demo.args(["demo", &name, "--text"]).arg(&file).output();
            let demo = demo.unwrap_or_else(|e| panic!("{}: {e}", $program));
            assert!(demo.status.success(), "{}", String::from_utf8_lossy(&demo.stderr));
            let played = ::std::fs::read(&file).unwrap_or_else(|e| panic!("{file:?}: {e}"));
            let kept = format!("tests/snapshots/exchanges__{name}.snap.sip");
            let difference = ::sip_snapshots::side_by_side(::std::path::Path::new(&kept), &played);
            if let Some(difference) = difference {
                eprintln!("{difference}");
            }
            insta::assert_binary_snapshot!(&format!("{name}.sip"), played);
        }
    };
}
