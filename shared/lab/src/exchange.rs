use std::fmt;
use std::pin::Pin;
use std::time::{Duration, SystemTime};

use crate::stage::Stage;

/// What an exchange does on a stage.
pub type Play = for<'a> fn(&'a mut Stage) -> Pin<Box<dyn Future<Output = ()> + 'a>>;

/// 2007-04-19 15:59:44 UTC: the time in the first nonce the OpenSER paper prints, `462791f0`.
const PAPER: u64 = 0x4627_91f0;

/// One exchange of a chapter. Made by [`crate::exchange!`].
#[derive(Clone, Copy)]
pub struct Exchange {
    function: &'static str,
    title: &'static str,
    starts_at: u64,
    play: Play,
}

impl Exchange {
    /// An exchange: its function's name, what it shows in a line, and the function.
    pub const fn new(function: &'static str, title: &'static str, play: Play) -> Self {
        Self {
            function,
            title,
            starts_at: PAPER,
            play,
        }
    }

    /// Begins at another time, in seconds since 1970.
    #[must_use]
    pub const fn starting_at(mut self, unix_seconds: u64) -> Self {
        self.starts_at = unix_seconds;
        self
    }

    /// Its name on the command line and in file names: `two-phones-register`.
    pub fn name(&self) -> String {
        self.function.replace('_', "-")
    }

    /// What it shows, in a line.
    pub fn title(&self) -> &'static str {
        self.title
    }

    /// When it begins.
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
