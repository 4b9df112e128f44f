//! Whether one of the answers is right. The hashes are calculated before anything is decided, so that
//! an unknown user takes as long as a wrong password, and both get the same reply.

use sip_digest::{Algorithm, Credentials, Password, Secret, is_right};
use sip_message::{Reply, Request, printable};
use sip_tables::{Login, NoPassword};

use crate::answers::Read;
use crate::authorize::Auth;
use crate::nonce::Nonce;

/// An answer that is right, with its nonce.
type Right<'a, 'r> = (&'a Credentials<'r>, Nonce);

impl Auth {
    /// The first right answer, and the login that it proves; otherwise, for the log, why the
    /// strongest one is wrong.
    ///
    /// # Errors
    /// 500 if the subscribers cannot be read.
    pub(crate) fn judge<'a, 'r>(
        &self,
        request: &Request,
        read: &Read<'a, 'r>,
    ) -> Result<Result<(Right<'a, 'r>, Login), String>, Reply> {
        let subscribers = &self.inner.subscribers;
        let Some((strongest, _)) = read.checkable().next() else {
            return Ok(Err("there is nothing to check".to_owned()));
        };
        let (user, realm) = (strongest.user(), strongest.realm);
        let right_by = |login: Option<&Login>| {
            let is_right = |(answer, _): &Right<'a, 'r>| {
                let (name, algorithm) = (answer.username, answer.algorithm);
                let secret = login.and_then(|login| login.password.secret(name, algorithm).ok());
                is_made_with(request, answer, secret)
            };
            read.checkable().find(is_right)
        };
        let remembered = subscribers.remembered(user, realm);
        if let (Some(right), Some(login)) = (right_by(remembered.as_ref()), remembered) {
            return Ok(Ok((right, login)));
        }
        let kept = subscribers.login(user, realm);
        let right = right_by(kept.as_ref().ok());
        match (right, kept) {
            (Some(right), Ok(login)) => Ok(Ok((right, login))),
            (_, Ok(login)) => Ok(Err(wrong(strongest, &login.password))),
            (_, Err(NoPassword::NotReadable(why))) => {
                Err(Reply::of(500).because(format!("subscribers: {why}")))
            }
            (_, Err(why)) => Ok(Err(why.to_string())),
        }
    }
}

/// What is wrong with an answer, for the log. A hash covers the name, so the name may be wrong too:
/// sipsak without `-u` sends `10@`.
fn wrong(answer: &Credentials<'_>, kept: &Password) -> String {
    if let Err(why) = kept.secret(answer.username, answer.algorithm) {
        return why.to_string();
    }
    let (user, realm) = (answer.user(), answer.realm);
    let is_hashed = matches!(kept, Password::Hashed { .. });
    let hashed = [user.to_owned(), format!("{user}@{realm}")];
    if !is_hashed || hashed.iter().any(|name| name == answer.username) {
        return "wrong password".to_owned();
    }
    let [short, long] = hashed.map(|name| printable(name.as_bytes()));
    format!("wrong password, or wrong name: the row has hashes for {short} and {long} only")
}

/// Whether the answer was made with this secret. Without a secret the result is false, after the
/// same time: a dummy of the same length is hashed.
fn is_made_with(request: &Request, answer: &Credentials<'_>, secret: Option<Secret<'_>>) -> bool {
    const ZEROS: &str = "0000000000000000000000000000000000000000000000000000000000000000";
    let digits = match answer.algorithm {
        Algorithm::Md5 | Algorithm::Md5Sess => 32,
        _ => 64,
    };
    let nobody = Secret::Ha1(&ZEROS[..digits]);
    let (method, body) = (request.method().as_str(), request.body());
    is_right(answer, secret.unwrap_or(nobody), method, body) && secret.is_some()
}
