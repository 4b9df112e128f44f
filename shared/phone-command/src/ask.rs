//! A request and its answer, with a password where one is asked for (RFC 3261 §22.2, §22.3).

use sip_digest::Challenge;
use sip_message::{Name, Response};
use sip_phone::{Draft, Login, Wanted};

use crate::failure::Failure;
use crate::line::Line;

/// How often a phone answers challenges to one request: a nonce may grow old on the way.
const TRIES: u32 = 3;

/// The challenges to one request so far.
#[derive(Debug, Default)]
pub(crate) struct Challenged(u32);

impl Line {
    /// Sends a request, answers challenges, and gives what came in the end.
    pub(crate) async fn ask(&self, draft: Draft) -> Result<Response, Failure> {
        self.ask_knowing(draft, &mut None).await
    }

    /// The same with the challenge of an earlier request, which is answered at once.
    pub(crate) async fn ask_knowing(
        &self,
        draft: Draft,
        known: &mut Option<Response>,
    ) -> Result<Response, Failure> {
        let mut challenged = Challenged::default();
        let mut next = match known {
            Some(challenge) => {
                self.answer_to(draft.clone(), challenge, &mut Challenged::default())?
            }
            None => draft.clone(),
        };
        loop {
            self.heard.forget();
            let sent = next.send();
            let response = tokio::select! {
                response = sent.wait_for(Wanted::any_final()) => response.map_err(|_| self.in_vain())?,
                failure = self.nobody_there() => return Err(failure),
            };
            if !is_challenge(&response) {
                return Ok(response);
            }
            next = self.answer_to(draft.clone().again(), &response, &mut challenged)?;
            *known = Some(response);
        }
    }

    /// A request with the answer to a challenge.
    pub(crate) fn answer_to(
        &self,
        draft: Draft,
        response: &Response,
        challenged: &mut Challenged,
    ) -> Result<Draft, Failure> {
        let Some(password) = &self.password else {
            let hint = "the server asks for a password: --password";
            return Err(Failure::refused(response, hint));
        };
        challenged.0 += 1;
        if challenged.0 > TRIES || challenged.0 > 1 && !is_stale(response) {
            let hint = "the password was sent and not taken: it is wrong, the user has none, \
                        or may not do this";
            return Err(Failure::refused(response, hint));
        }
        let user = self.phone.account().user;
        let login = Login {
            username: self.lies.username.as_deref().unwrap_or(&user),
            password,
            realm: self.lies.realm.as_deref(),
        };
        let hint = "a challenge this phone cannot answer";
        let answered = draft.answering_with(response, login);
        answered.ok_or_else(|| Failure::refused(response, hint))
    }
}

/// Whether a response asks for a password.
pub(crate) fn is_challenge(response: &Response) -> bool {
    matches!(response.status(), 401 | 407)
}

/// Whether the password was right and only the nonce old.
fn is_stale(response: &Response) -> bool {
    let values = response
        .raw(Name::WwwAuthenticate)
        .chain(response.raw(Name::ProxyAuthenticate));
    let texts = values.filter_map(|value| std::str::from_utf8(value).ok());
    texts
        .filter_map(Challenge::parse)
        .flatten()
        .any(|challenge| challenge.stale)
}

/// A 2xx, or the refusal as a failure.
pub(crate) fn accepted(response: Response) -> Result<Response, Failure> {
    match response.status() {
        200..=299 => Ok(response),
        _ => Err(Failure::refused(&response, "")),
    }
}
