//! How a user of an exchange is called with new values.

/// A user as it is sent. Digits stay digits, as a number is what a phone dials.
pub(super) fn sent(user: &str, salt: &str) -> String {
    match parts(user) {
        (plus, number) if is_number(number) => format!("{plus}{salt}{number}"),
        _ => format!("{user}{salt}"),
    }
}

/// A user that came, as the exchange writes it.
pub(super) fn written(user: &str, salt: &str) -> String {
    let (plus, number) = parts(user);
    let found = if is_number(number) {
        number
            .strip_prefix(salt)
            .map(|rest| format!("{plus}{rest}"))
    } else {
        user.strip_suffix(salt).map(str::to_owned)
    };
    found.unwrap_or_else(|| user.to_owned())
}

/// The `+` of an international number, and what follows.
fn parts(user: &str) -> (&str, &str) {
    user.split_at(usize::from(user.starts_with('+')))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
