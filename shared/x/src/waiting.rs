//! A phone that a page starts in a terminal of its own, where it waits for a call.

use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::gathered::Gathered;
use crate::program::wait;

/// How long a phone has to register, and to end after its call.
const PATIENCE: Duration = Duration::from_secs(20);
/// What it prints when it has registered.
const READY: &str = "waiting for a call";

/// `phone answer`; it ends after one call, or when it is dropped.
#[derive(Debug)]
pub(crate) struct Waiting {
    child: Child,
    printed: Gathered,
    /// What the page says it prints, where it does.
    pub(crate) says: Option<String>,
}

impl Waiting {
    /// Starts it, and returns when it has registered.
    pub(crate) fn start(mut command: Command, says: Option<String>) -> Result<Self, Failure> {
        let mut child = command.spawn()?;
        let printed = Gathered::of(child.stdout.take());
        let waiting = Self {
            child,
            printed,
            says,
        };
        let began = Instant::now();
        while !waiting.printed.text().contains(READY) {
            if began.elapsed() > PATIENCE {
                let printed = waiting.printed.text();
                return Err(Failure::new(format!("did not register: {printed}")));
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
