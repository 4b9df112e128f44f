//! The keyboard of a server that runs in a terminal. A server in the background does not read it.

use std::io::{self, IsTerminal, Read, Stdin};
use std::os::fd::AsFd;
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd::{getpgrp, tcgetpgrp};

/// How often a server in the background looks whether it is in the foreground again.
const REST: Duration = Duration::from_secs(1);

/// What a person types. Reading waits while another program has the terminal: the system would
/// stop a program that reads from the background.
pub(crate) struct Keyboard(Stdin);

impl Keyboard {
    /// The keyboard, if standard input and standard output are a terminal.
    pub(crate) fn of_terminal() -> Option<Self> {
        let input = io::stdin();
        let is_terminal = input.is_terminal() && io::stdout().is_terminal();
        is_terminal.then_some(Self(input))
    }

    fn is_ours(&self) -> bool {
        tcgetpgrp(self.0.as_fd()) == Ok(getpgrp())
    }
}

impl Read for Keyboard {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let mut input = [PollFd::new(self.0.as_fd(), PollFlags::POLLIN)];
            poll(&mut input, PollTimeout::NONE)?;
            if self.is_ours() {
                return self.0.read(buffer);
            }
            std::thread::sleep(REST);
        }
    }
}
