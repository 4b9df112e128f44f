//! Just enough reading of SIP text to play a phone. Not the parser under test, on purpose.

/// The status code of a response, or `None` for a request.
pub fn status(message: &str) -> Option<u16> {
    message.strip_prefix("SIP/2.0 ")?.get(..3)?.parse().ok()
}

/// The method of a request, or `None` for a response.
pub fn method(message: &str) -> Option<&str> {
    let first = message.split(' ').next()?;
    (first != "SIP/2.0").then_some(first)
}

/// The Request-URI of a request.
pub fn request_uri(message: &str) -> Option<&str> {
    message.split(' ').nth(1)
}

/// The header lines, without start line and body.
pub fn lines(message: &str) -> impl Iterator<Item = (&str, &str)> {
    let head = message.split("\r\n\r\n").next().unwrap_or_default();
    head.split("\r\n")
        .skip(1)
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim(), value.trim()))
}

/// The first value of a header.
pub fn header<'m>(message: &'m str, name: &str) -> Option<&'m str> {
    all(message, name).next()
}

/// Every line of a header, in order.
pub fn all<'m>(message: &'m str, name: &str) -> impl Iterator<Item = &'m str> {
    lines(message)
        .filter(move |(other, _)| other.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

/// The URI between `<` and `>`.
pub fn uri(value: &str) -> Option<&str> {
    let (_, rest) = value.split_once('<')?;
    rest.split_once('>').map(|(uri, _)| uri)
}
