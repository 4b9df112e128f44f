//! An exchange that breaks off: a phone waits in vain, or the server panics. That is a result, and
//! prints no panic of its own.

use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    static PLAYING: Cell<bool> = const { Cell::new(false) };
}

/// Runs to the end.
///
/// # Errors
/// What a panic says.
pub(crate) fn to_its_end<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !PLAYING.get() {
                usual(info);
            }
        }));
    });
    PLAYING.set(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(run));
    PLAYING.set(false);
    outcome.map_err(|panic| words(&*panic))
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "a panic without words".to_owned())
}
