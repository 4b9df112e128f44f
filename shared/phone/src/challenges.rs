//! Which challenges are answered again, and how often.

use sip_user_agent::Asked;

/// How often a phone answers challenges of one realm to one request: a nonce may expire on the way.
const TRIES: u32 = 3;

/// How many realms are answered in one request. Challenges of further ones are refused.
const MOST_REALMS: usize = 8;

/// The last challenge of each realm, and how often the current request has answered that realm.
#[derive(Debug, Default)]
pub(crate) struct Challenges(Vec<(Asked, u32)>);

impl Challenges {
    /// The challenges to answer.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Asked> {
        self.0.iter().map(|(asked, _)| asked)
    }

    /// Starts the counts of the next request at zero.
    pub(crate) fn begin_request(&mut self) {
        self.0.iter_mut().for_each(|(_, tries)| *tries = 0);
    }

    /// Remembers a challenge. Returns whether to answer it: not if the last answer was refused.
    pub(crate) fn take(&mut self, asked: Asked) -> bool {
        let mut known = self.0.iter_mut();
        let Some((known, tries)) = known.find(|(known, _)| known.is_for_the_same(&asked)) else {
            let has_room = self.0.len() < MOST_REALMS;
            if has_room {
                self.0.push((asked, 1));
            }
            return has_room;
        };
        let was_refused = *tries > 0 && !asked.is_stale();
        if *tries == TRIES || was_refused {
            return false;
        }
        *known = asked;
        *tries += 1;
        true
    }
}
