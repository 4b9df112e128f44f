//! The steps from the ingredients to the response.

use sip_digest::{Calculation, Secret, Step};
use sip_paste::octets;

use crate::recipe::{Known, Recipe};

impl Recipe {
    /// The work: HA1 if the password is known, the session's if there is one, HA2 and the response.
    pub(crate) fn work(&self) -> Vec<Step> {
        let secret = match &self.secret {
            Known::Password(password) => Secret::Password(password),
            Known::Ha1(ha1) => Secret::Ha1(ha1),
        };
        let of_body = self.body.hash(self.algorithm);
        let credentials = self.credentials("");
        let of_bytes = self.ha1_of_bytes();
        let secret = of_bytes
            .as_ref()
            .map_or(secret, |step| Secret::Ha1(&step.hash));
        let right = Calculation::over_hash(&credentials, secret, &self.method, of_body);
        let mut steps: Vec<Step> = of_bytes.into_iter().chain(right.steps).collect();
        self.put_in_form(&mut steps);
        steps
    }

    /// HA1 if a part of it is not UTF-8.
    fn ha1_of_bytes(&self) -> Option<Step> {
        let Known::Password(password) = &self.secret else {
            return None;
        };
        let parts = [&self.username, &self.realm, password];
        if !parts.iter().any(|part| octets::is_raw(part)) {
            return None;
        }
        let text = parts.map(String::as_str).join(":");
        Some(Step {
            name: "HA1",
            hash: self.algorithm.hash(&octets::bytes(&text)),
            text,
        })
    }

    /// The response alone.
    pub(crate) fn response(&self) -> String {
        self.work().pop().map_or_else(String::new, |step| step.hash)
    }
}
