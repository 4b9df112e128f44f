//! Which challenge `calculator answer` answers.

use sip_digest::{Algorithm, Challenge, Qop};
use sip_message::HeaderName;
use sip_paste::{Digest, Excerpt};

use crate::failure::Failure;
use crate::flags::AnswerFlags;

/// The challenge, and whether a proxy asks.
pub(crate) struct Answered {
    pub(crate) challenge: Challenge,
    pub(crate) is_proxy: bool,
}

/// The challenge of the flags.
pub(crate) fn typed(flags: &AnswerFlags) -> Answered {
    let challenge = Challenge {
        realm: flags.realm.clone().unwrap_or_default(),
        nonce: flags.nonce.clone().unwrap_or_default(),
        opaque: flags.opaque.clone(),
        algorithm: flags.algorithm,
        ..Challenge::default()
    };
    Answered {
        challenge,
        is_proxy: flags.proxy,
    }
}

/// The first challenge of the text that can be answered (RFC 8760 §2.4), of this realm if one is
/// named.
///
/// # Errors
/// Why the last challenge cannot be answered, or that there is none.
pub(crate) fn pasted(excerpts: &[Excerpt], realm: Option<&str>) -> Result<Answered, Failure> {
    let mut refused = None;
    for digest in excerpts.iter().flat_map(Excerpt::challenges) {
        match answerable(&digest, realm) {
            Ok(challenge) => {
                let is_proxy = digest.name == HeaderName::ProxyAuthenticate;
                return Ok(Answered {
                    challenge,
                    is_proxy,
                });
            }
            Err(fault) => {
                refused = Some(format!("the challenge on line {} {fault}", digest.line));
            }
        }
    }
    let none = || {
        "the text has no WWW-Authenticate and no Proxy-Authenticate of the Digest scheme".to_owned()
    };
    Err(Failure::Text(refused.unwrap_or_else(none)))
}

/// The challenge, or why it cannot be answered. Unlike `Challenge::parse`, this takes challenges
/// that a strict reader refuses.
fn answerable(digest: &Digest, wanted: Option<&str>) -> Result<Challenge, String> {
    let (Some(realm), Some(nonce)) = (digest.value("realm"), digest.value("nonce")) else {
        return Err("has no realm or no nonce".to_owned());
    };
    if wanted.is_some_and(|wanted| wanted != realm) {
        return Err(format!("is of realm {realm:?}"));
    }
    let token = digest.value("algorithm").unwrap_or("MD5");
    let algorithm = Algorithm::from_token(token);
    let algorithm = algorithm.ok_or(format!("wants {token}, which is unknown here"))?;
    let offered = digest.value("qop").unwrap_or_default();
    let offered = offered.split(',').map(str::trim);
    Ok(Challenge {
        realm: realm.to_owned(),
        nonce: nonce.to_owned(),
        opaque: digest.value("opaque").map(str::to_owned),
        stale: false,
        algorithm: Some(algorithm),
        qop: offered.filter_map(Qop::from_token).collect(),
    })
}
