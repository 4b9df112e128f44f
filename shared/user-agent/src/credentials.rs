//! How challenges are answered (RFC 3261 §22.2, §22.3).

use std::fmt;

use sip_digest::{Algorithm, Calculation, Challenge, Credentials, Protected, Qop, Secret};
use sip_message::{Method, Response};

use crate::asked::{AUTHORIZATION, Asked, PROXY_AUTHORIZATION};
use crate::call::Call;
use crate::draft::Draft;
use crate::phone::Phone;
use crate::style::Style;

/// The user that answers a challenge.
#[derive(Clone, Copy)]
pub struct Login<'a> {
    /// The user's name in the realm.
    pub username: &'a str,
    /// The user's password.
    pub password: &'a str,
    /// Another realm than the challenge's, to test that the answer is refused.
    pub realm: Option<&'a str>,
}

impl fmt::Debug for Login<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Login({})", self.username)
    }
}

impl Draft {
    /// With the answers to a 401 or 407 in the name of the phone's own user: one for each realm,
    /// all with the same password.
    ///
    /// # Panics
    /// When the response has no challenge that can be answered.
    pub fn answering(self, response: &Response, password: &str) -> Self {
        let user = self.phone.account().user;
        self.answering_as(response, &user, password)
    }

    /// The same in the name of any user.
    ///
    /// # Panics
    /// As [`Draft::answering`].
    pub fn answering_as(self, response: &Response, username: &str, password: &str) -> Self {
        let asked = Asked::all(response);
        let name = self.phone.name();
        assert!(
            !asked.is_empty(),
            "{name} got no challenge that it can answer"
        );
        let login = Login {
            username,
            password,
            realm: None,
        };
        asked
            .iter()
            .fold(self, |draft, asked| draft.answering_one(asked, login))
    }

    /// With the answer to one more challenge.
    pub fn answering_one(self, asked: &Asked, login: Login<'_>) -> Self {
        let mut challenge = asked.challenge.clone();
        if let Some(realm) = login.realm {
            realm.clone_into(&mut challenge.realm);
        }
        let value = self.credentials(&challenge, login.username, login.password);
        self.header(asked.answered_in(), value)
    }

    /// Without credentials: a new answer replaces the old ones.
    pub fn without_credentials(mut self) -> Self {
        let is_answer = |name: &str| [AUTHORIZATION, PROXY_AUTHORIZATION].contains(&name);
        self.headers.retain(|(name, _)| !is_answer(name));
        self
    }

    /// The same request again with the next CSeq number and a new branch, as after a challenge
    /// (§22.2).
    pub fn again(mut self) -> Self {
        self.branch = None;
        self.cseq = match self.method {
            Method::Register => self.phone.with(|state| state.registration().next_cseq()),
            _ => self.cseq + 1,
        };
        self
    }

    fn credentials(&self, challenge: &Challenge, username: &str, password: &str) -> String {
        let (count, cnonce, style, wording) = self.phone.with(|state| {
            let count = state.nonce_uses.next(&challenge.nonce);
            (
                count,
                state.ids.cnonce(),
                state.style,
                state.wording.clone(),
            )
        });
        let nc = format!("{count:08x}");
        let auth = challenge.qop.contains(&Qop::Auth).then_some(Qop::Auth);
        let qop = auth.or(challenge.qop.first().copied());
        let qop = qop.map(|qop| Protected {
            qop,
            token: qop.as_str(),
            nc: &nc,
            count,
            cnonce: &cnonce,
        });
        let sent_user = wording.user(username);
        let sent_realm = wording.text(&challenge.realm);
        let sent_uri = wording.text(&self.uri);
        let mut credentials = Credentials {
            username: &sent_user,
            realm: &sent_realm,
            nonce: &challenge.nonce,
            uri: &sent_uri,
            response: "",
            algorithm: challenge.algorithm.unwrap_or(Algorithm::Md5),
            qop,
            cnonce: None,
            opaque: challenge.opaque.as_deref(),
        };
        let body = self.body.as_ref().map_or(&[][..], |(_, body)| body);
        let password = wording.password(password);
        let secret = Secret::Password(&password);
        let calculation = Calculation::new(&credentials, secret, self.method.as_str(), body);
        credentials.response = calculation.response();
        credentials.username = username;
        credentials.realm = &challenge.realm;
        credentials.uri = &self.uri;
        match style {
            Style::Plain => credentials.to_string(),
            // The order of the paper's phones.
            Style::Grandstream => format!(
                "Digest username=\"{username}\", realm=\"{}\", algorithm=MD5, uri=\"{}\", \
                 nonce=\"{}\", response=\"{}\"",
                challenge.realm, self.uri, challenge.nonce, credentials.response
            ),
        }
    }
}

impl Phone {
    /// Registers with a password: REGISTER, 401, REGISTER with the answer, 200.
    ///
    /// # Panics
    /// When anything else comes.
    pub async fn register_with(&self, password: &str) -> Response {
        let challenge = self.new_register().send().answer(401).await;
        self.new_register()
            .answering(&challenge, password)
            .send()
            .answer(200)
            .await
    }

    /// Calls with a password: INVITE, 407, ACK, and the INVITE with the answer. Its responses are
    /// still to come.
    ///
    /// # Panics
    /// When anything but a challenge comes first.
    pub async fn invite_with(&self, to: &str, password: &str) -> Call {
        let mut call = self.invite(to);
        let challenge = call.refused(407).await;
        call.again(&challenge, password)
    }
}
