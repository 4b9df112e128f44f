//! The nonces that a text prints, for a stage that replays it.

use std::sync::{Mutex, PoisonError};

use crate::asked::Asked;
use crate::nonce::{KeyedNonces, Nonce, Nonces, Reading};

/// Given nonces, each once and in order, followed by nonces of a key. A stage replays the nonces of
/// a text with it.
#[derive(Debug)]
pub(crate) struct GivenNonces {
    given: Vec<String>,
    /// When each was given, and to which network. The text does not say: in OpenSER's nonces the
    /// time is when they end.
    made: Mutex<Vec<(u32, Asked)>>,
    then: KeyedNonces,
}

impl GivenNonces {
    /// These nonces first, then those of the key.
    pub(crate) fn new(given: Vec<String>, then: KeyedNonces) -> Self {
        let made = Mutex::default();
        Self { given, made, then }
    }
}

impl Nonces for GivenNonces {
    fn make(&self, time: u32, asked: Asked) -> String {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(given) = self.given.get(made.len()) else {
            return self.then.make(time, asked);
        };
        made.push((time, asked));
        given.clone()
    }

    fn read(&self, text: &str, asked: Asked) -> Reading {
        let Some(at) = self.given.iter().position(|given| given == text) else {
            return self.then.read(text, asked);
        };
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        match made.get(at) {
            Some((time, by)) if *by == asked => Reading::Ours(Nonce {
                time: *time,
                serial: u32::MAX - at as u32,
                place: 0,
            }),
            Some(_) => Reading::Elsewhere,
            None => Reading::NotOurs,
        }
    }
}
