//! Just enough reading and rewriting of SIP text to play a phone. Not the parser under test, on purpose.

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

/// The URIs in the Contact headers of an answer.
pub fn contacts(answer: &str) -> Vec<String> {
    all(answer, "Contact")
        .flat_map(|line| line.split(','))
        .filter_map(uri)
        .map(str::to_owned)
        .collect()
}

/// A request once more with one more header line, in a new transaction whose branch ends in
/// `mark`.
pub fn again(request: &str, line: &str, mark: &str) -> String {
    let (_, branch) = request
        .split_once("branch=")
        .expect("every request has a branch");
    let branch = branch
        .split([';', '\r'])
        .next()
        .expect("a split has a first part");
    let cseq = header(request, "CSeq").expect("every request has CSeq");
    let (number, method) = cseq.split_once(' ').expect("a number and a method");
    let next = number.parse::<u32>().expect("a number") + 1;
    request
        .replace(branch, &format!("z9hG4bK{mark}"))
        .replace(&format!("CSeq: {cseq}"), &format!("CSeq: {next} {method}"))
        .replace("Content-Length:", &format!("{line}Content-Length:"))
}

/// The ACK of an INVITE that was refused (RFC 3261 §17.1.1.3): in its transaction, with the To
/// of the answer.
pub fn acknowledgement(invite: &str, answer: &str) -> String {
    let kept: String = lines(invite)
        .filter(|(name, _)| ["Via", "Max-Forwards", "From", "Call-ID"].contains(name))
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let uri = request_uri(invite).expect("every request has one");
    let to = header(answer, "To").expect("every answer has To");
    let cseq = header(invite, "CSeq").expect("every request has CSeq");
    let cseq = cseq.replace("INVITE", "ACK");
    format!("ACK {uri} SIP/2.0\r\n{kept}To: {to}\r\nCSeq: {cseq}\r\nContent-Length: 0\r\n\r\n")
}
