//! What a program that still runs has printed so far.

use std::io::{BufRead, BufReader, Read};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// The lines of a pipe, up to now.
#[derive(Debug, Default)]
pub(crate) struct Gathered(Arc<Mutex<String>>);

impl Gathered {
    /// Reads a pipe to its end, beside everything else.
    pub(crate) fn of(pipe: Option<impl Read + Send + 'static>) -> Self {
        let gathered = Self::default();
        let Some(pipe) = pipe else { return gathered };
        let text = Arc::clone(&gathered.0);
        thread::spawn(move || {
            for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
                let mut text = text.lock().unwrap_or_else(PoisonError::into_inner);
                text.push_str(&String::from_utf8_lossy(&line));
                text.push('\n');
            }
        });
        gathered
    }

    /// All of it.
    pub(crate) fn text(&self) -> String {
        let text = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        text.clone()
    }
}
