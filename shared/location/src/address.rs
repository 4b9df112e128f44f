//! Which address-of-record a URI names.

use std::borrow::Cow;

use sip_message::Uri;

/// The longest user part that is kept: the width of the column `username` in Kamailio's tables.
pub(crate) const MAX_USER: usize = 64;

/// The name under which a URI's bindings are kept: its user part without escapes
/// ([`sip_message::SipUri::unescaped_user`]). Host, port and parameters do not count, because all
/// names of the server are one domain (the texts' `use_domain` 0). `None` without a user, or with
/// one of more than 64 bytes.
///
/// Upper and lower case differ (RFC 3261 §19.1.4); `%31%30` is `10`.
pub fn address_of_record<'a>(uri: &Uri<'a>) -> Option<Cow<'a, str>> {
    let user = uri.sip()?.unescaped_user()?;
    (!user.is_empty() && user.len() <= MAX_USER).then_some(user)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user_of(uri: &str) -> Option<String> {
        address_of_record(&Uri::parse(uri).unwrap()).map(Cow::into_owned)
    }

    #[test]
    fn only_the_user_part_counts() {
        let user = Some("11".to_owned());
        assert_eq!(user_of("sip:11@a.example"), user);
        assert_eq!(user_of("sip:11@192.0.2.1:5070;transport=tcp"), user);
        assert_eq!(user_of("sip:%31%31@a.example"), user);
    }

    #[test]
    fn a_missing_or_too_long_user_names_nobody() {
        for uri in ["sip:a.example", "tel:+1555"] {
            assert_eq!(user_of(uri), None, "{uri}");
        }
        assert_eq!(user_of(&format!("sip:{}@h", "1".repeat(65))), None);
    }
}
