//! What a chapter is called, and what it asks of a phone.

use sip_stage::Exchange;

/// Whether a chapter's server asks phones to identify themselves. It prints this at start, because
/// strangers must not be able to reach a server that does not ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authentication {
    /// Anyone may register as anyone, and call (chapters 1 and 2).
    None,
    /// Registrations need a password, calls do not (chapters 3 and 4).
    Register,
    /// Registrations and calls need a password (from chapter 5 on).
    RegisterAndCall,
}

/// What a chapter is called, and what its server asks of a phone.
#[derive(Debug, Clone, Copy)]
pub struct Chapter {
    /// The package, as `cargo run -p` takes it: `step-01`.
    pub package: &'static str,
    /// The package's folder, for the chapter's page of the book, which has the same name.
    pub folder: &'static str,
    /// The chapter in one line.
    pub title: &'static str,
    /// Whether passwords are asked for.
    pub authentication: Authentication,
    /// What phones do with its server: the exchanges of the chapters until this one, the chapter's
    /// own last.
    pub exchanges: &'static [&'static [Exchange]],
}

/// The [`Chapter`] of the package that invokes this: its number, what it asks of a phone, and its
/// title.
#[macro_export]
macro_rules! chapter {
    ($number:literal, $authentication:ident, $title:literal) => {
        $crate::Chapter {
            package: env!("CARGO_PKG_NAME"),
            folder: env!("CARGO_MANIFEST_DIR"),
            title: $title,
            authentication: $crate::Authentication::$authentication,
            exchanges: $crate::until($number),
        }
    };
}

impl Chapter {
    /// The chapter's own exchanges.
    pub fn own(&self) -> &'static [Exchange] {
        self.exchanges.last().copied().unwrap_or_default()
    }

    /// Its number in the book: 1 for `step-01`. `None` if it is not in the book.
    pub(crate) fn number(&self) -> Option<u8> {
        self.package.strip_prefix("step-")?.parse().ok()
    }
}
