//! A program that a page starts in a terminal of its own, where it waits: a phone for its call, the
//! watch page for its reader.

use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::gathered::Gathered;
use crate::program::wait;

/// How long it has to get ready, and a phone to end after its call.
const PATIENCE: Duration = Duration::from_secs(20);

/// Such a program; it ends by itself, or when it is dropped.
#[derive(Debug)]
pub(crate) struct Waiting {
    child: Child,
    printed: Gathered,
    /// What the page says it prints, where it does.
    pub(crate) says: Option<String>,
}

impl Waiting {
    /// Starts it, and returns when it has printed that it is ready.
    pub(crate) fn start(mut command: Command, ready: &str) -> Result<Self, Failure> {
        let mut child = command.spawn()?;
        let printed = Gathered::of(child.stdout.take());
        let waiting = Self {
            child,
            printed,
            says: None,
        };
        let began = Instant::now();
        while !waiting.printed.text().contains(ready) {
            if began.elapsed() > PATIENCE {
                let printed = waiting.printed.text();
                return Err(Failure::new(format!(
                    "did not print \"{ready}\": {printed}"
                )));
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(waiting)
    }

    /// Waits for its end, which comes with the end of its call. Returns what it printed.
    pub(crate) fn end(&mut self) -> Result<String, Failure> {
        wait(&mut self.child, PATIENCE)?;
        Ok(self.printed.text())
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
