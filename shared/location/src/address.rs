//! Addresses-of-record as this service keeps them.

use std::borrow::Cow;

use sip_message::Uri;

/// The widest user part that is kept: the column `username` of Kamailio's tables.
pub(crate) const MAX_USER: usize = 64;

/// The name under which a URI's bindings are kept: its user part without escapes. Host, port
/// and parameters do not count, as all the names of the server are one domain (the texts'
/// `use_domain` 0). `None` when there is no user, or one that no table should hold: control
/// bytes, bytes that are not UTF-8.
///
/// Upper and lower case differ (RFC 3261 §19.1.4); `%31%30` is `10`.
pub fn address_of_record<'a>(uri: &Uri<'a>) -> Option<Cow<'a, str>> {
    let user = unescape(uri.sip()?.user?)?;
    let fit = !user.is_empty() && user.len() <= MAX_USER && !user.chars().any(char::is_control);
    fit.then_some(user)
}

/// The text without its `%HH` escapes; `None` when an escape is none or the bytes are no UTF-8.
fn unescape(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('%') {
        return Some(Cow::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            let (high, low) = (digit()?, digit()?);
            bytes.push((high * 16 + low) as u8);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user_of(uri: &str) -> Option<String> {
        address_of_record(&Uri::parse(uri).unwrap()).map(Cow::into_owned)
    }

    #[test]
    fn only_the_user_part_names_an_address_of_record() {
        let user = Some("11".to_owned());
        assert_eq!(user_of("sip:11@a.example"), user);
        assert_eq!(user_of("sip:11@192.0.2.1:5070;transport=tcp"), user);
        assert_eq!(user_of("sip:%31%31@a.example"), user);
    }

    #[test]
    fn a_user_part_no_table_should_hold_names_none() {
        for uri in [
            "sip:a.example",
            "sip:%00@h",
            "sip:%0d%0a@h",
            "sip:%ff@h",
            "sip:%4@h",
            "sip:%zz@h",
            "tel:+1555",
        ] {
            assert_eq!(user_of(uri), None, "{uri}");
        }
        assert_eq!(user_of(&format!("sip:{}@h", "1".repeat(65))), None);
    }
}
