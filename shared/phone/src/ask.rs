//! A request and its response, with a password if one is asked for (RFC 3261 §22.2, §22.3).

use sip_message::{Response, printable};
use sip_user_agent::{Asked, Draft, Login, Wanted};

use crate::challenges::Challenges;
use crate::failure::Failure;
use crate::line::Line;

impl Line {
    /// Sends a request, answers challenges, and returns the last response.
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
                response = sent.wait_for(Wanted::any_final()) => response.map_err(|_| self.no_answer())?,
                failure = self.no_server() => return Err(failure),
            };
            if !response.status().is_challenge() {
                return Ok(response);
            }
            self.take(&response, known)?;
            draft = draft.again();
        }
    }

    /// Remembers the challenges of a 401 or 407 for whose realms there is a password.
    ///
    /// # Errors
    /// The phone has no such password, or has sent it and it was not accepted.
    pub(crate) fn take(&self, response: &Response, known: &mut Challenges) -> Result<(), Failure> {
        let refused = |hint: &str| Err(Failure::refused(response, hint));
        if self.realms.names().is_empty() {
            return refused("the server asks for a password: --password");
        }
        let has_password = |asked: &Asked| self.realms.password(asked.realm()).is_some();
        let (ours, others): (Vec<_>, Vec<_>) =
            Asked::all(response).into_iter().partition(has_password);
        let others = others
            .iter()
            .map(|other| printable(other.realm().as_bytes()));
        let others = others.collect::<Vec<_>>().join(", ");
        if ours.is_empty() && others.is_empty() {
            return refused("this phone cannot answer the challenge");
        }
        if ours.is_empty() {
            return refused(&format!(
                "the challenge is for the realm {others}, but the phone only has a password for \
                 {}. If you trust that realm, name it with --realm",
                self.realms.names()
            ));
        }
        if !others.is_empty() {
            self.say(&format!(
                "not answered: the challenge of realm {others}, because the phone has no password \
                 for it (--realm)"
            ));
        }
        let are_worth_an_answer = ours.into_iter().all(|asked| known.take(asked));
        if are_worth_an_answer {
            return Ok(());
        }
        if others.is_empty() {
            return refused(
                "the password was sent and not accepted: it is wrong, the user does not exist, or \
                 may not do this",
            );
        }
        // The response does not say which of the realms refused.
        refused(&format!(
            "the server also asks for the realm {others}, for which the phone has no password. \
             If you trust that realm, name it with --realm"
        ))
    }

    /// A request with an answer to each of the challenges.
    pub(crate) fn answering(&self, draft: Draft, known: &Challenges) -> Draft {
        let user = self.phone.account().user;
        let username = self.lies.username.as_deref().unwrap_or(&user);
        let mut draft = draft.without_credentials();
        for asked in known.all() {
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

/// A 2xx, or the refusal as a failure.
pub(crate) fn accepted(response: Response) -> Result<Response, Failure> {
    if response.status().is_success() {
        Ok(response)
    } else {
        Err(Failure::refused(&response, ""))
    }
}
