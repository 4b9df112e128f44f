//! A request and its answer, with a password where one is asked for (RFC 3261 §22.2, §22.3).

use sip_message::{Response, printable};
use sip_user_agent::{Asked, Draft, Login, Wanted};

use crate::failure::Failure;
use crate::line::Line;

/// How often a phone answers challenges of one realm to one request: a nonce may grow old on the
/// way.
const TRIES: u32 = 3;

/// How many realms are answered in one request. More are refused.
const MOST_REALMS: usize = 8;

/// The last challenge of each realm, and how often the request at hand has answered that realm.
#[derive(Debug, Default)]
pub(crate) struct Challenges(Vec<(Asked, u32)>);

impl Line {
    /// Sends a request, answers challenges, and gives what came in the end.
    pub(crate) async fn ask(&self, draft: Draft) -> Result<Response, Failure> {
        self.ask_knowing(draft, &mut Challenges::default()).await
    }

    /// The same with the challenges to earlier requests, which are answered at once.
    pub(crate) async fn ask_knowing(
        &self,
        mut draft: Draft,
        known: &mut Challenges,
    ) -> Result<Response, Failure> {
        known.begin_request();
        loop {
            self.heard.forget();
            let sent = self.answering(draft.clone(), known).send();
            let response = tokio::select! {
                response = sent.wait_for(Wanted::any_final()) => response.map_err(|_| self.in_vain())?,
                failure = self.nobody_there() => return Err(failure),
            };
            if !is_challenge(&response) {
                return Ok(response);
            }
            self.take(&response, known)?;
            draft = draft.again();
        }
    }

    /// Takes in what a 401 or 407 asks, as far as there are passwords for it.
    ///
    /// # Errors
    /// When there is none, or it has been sent and was not accepted.
    pub(crate) fn take(&self, response: &Response, known: &mut Challenges) -> Result<(), Failure> {
        let refused = |hint: &str| Err(Failure::refused(response, hint));
        if self.realms.names().is_empty() {
            return refused("the server asks for a password: --password");
        }
        let asked = Asked::all(response);
        let (ours, others): (Vec<_>, Vec<_>) = asked
            .into_iter()
            .partition(|asked| self.realms.password(asked.realm()).is_some());
        let names = others
            .iter()
            .map(|other| printable(other.realm().as_bytes()));
        let names = names.collect::<Vec<_>>().join(", ");
        match (ours.is_empty(), names.as_str()) {
            (true, "") => return refused("a challenge this phone cannot answer"),
            (true, names) => {
                return refused(&format!(
                    "the challenge is for the realm {names}, and the phone has a password for {} \
                     only. If you trust that realm, name it with --realm",
                    self.realms.names()
                ));
            }
            (false, "") => {}
            (false, names) => self.say(&format!(
                "not answered: the challenge of realm {names}, as there is no password for it (--realm)"
            )),
        }
        match (
            ours.into_iter().all(|asked| known.take(asked)),
            names.as_str(),
        ) {
            (true, _) => Ok(()),
            (false, "") => refused(
                "the password was sent and not accepted: it is wrong, the user has none, or may \
                 not do this",
            ),
            // Which of the realms refused, the response does not say.
            (false, names) => refused(&format!(
                "the server also asks for the realm {names}, for which the phone has no password. \
                 If you trust that realm, name it with --realm"
            )),
        }
    }

    /// A request with an answer to each of the challenges.
    pub(crate) fn answering(&self, draft: Draft, known: &Challenges) -> Draft {
        let user = self.phone.account().user;
        let username = self.lies.username.as_deref().unwrap_or(&user);
        let mut draft = draft.without_credentials();
        for (asked, _) in &known.0 {
            let Some(password) = self.realms.password(asked.realm()) else {
                continue;
            };
            let login = Login {
                username,
                password,
                realm: self.lies.wrong_realm.as_deref(),
            };
            draft = draft.answering_one(asked, login);
        }
        draft
    }
}

impl Challenges {
    /// What was answered in an earlier request does not count as a try of the next.
    fn begin_request(&mut self) {
        self.0.iter_mut().for_each(|(_, tries)| *tries = 0);
    }

    /// Takes a challenge in; whether it is worth an answer.
    fn take(&mut self, asked: Asked) -> bool {
        let at = self
            .0
            .iter()
            .position(|(known, _)| known.is_for_the_same(&asked));
        let Some(at) = at else {
            let has_room = self.0.len() < MOST_REALMS;
            if has_room {
                self.0.push((asked, 1));
            }
            return has_room;
        };
        let (known, tries) = &mut self.0[at];
        if *tries == TRIES || *tries > 0 && !asked.is_stale() {
            return false;
        }
        *known = asked;
        *tries += 1;
        true
    }
}

/// Whether a response asks for a password.
pub(crate) fn is_challenge(response: &Response) -> bool {
    matches!(response.status(), 401 | 407)
}

/// A 2xx, or the refusal as a failure.
pub(crate) fn accepted(response: Response) -> Result<Response, Failure> {
    match response.status() {
        200..=299 => Ok(response),
        _ => Err(Failure::refused(&response, "")),
    }
}
