//! Changes of a header line with an answer.

use whole_system::digest::{md5, of_password, parameter};
use whole_system::step::PASSWORD;

/// The line with the value behind a mark changed.
pub fn changed(line: &str, mark: &str, change: fn(&str) -> String) -> String {
    let (before, rest) = line.split_once(mark).expect("it has one");
    let (value, after) = rest.split_once('"').expect("it ends");
    format!("{before}{mark}{}\"{after}", change(value))
}

/// The line without a parameter that is in quotes.
pub fn without(line: &str, name: &str) -> String {
    let (before, rest) = line.split_once(&format!(" {name}=\"")).expect("it has one");
    let (_, after) = rest.split_once('"').expect("it ends");
    format!("{before} {}", after.trim_start_matches([',', ' ']))
}

/// The line with a change, and its response worked out with this middle of the last hash.
pub fn hashed_again(line: &str, middle: &str, change: fn(&str) -> String) -> String {
    let value = |name| parameter(line, name).expect("it has one");
    let ha1 = of_password(b"20", value("realm"), PASSWORD);
    let ha2 = md5(format!("REGISTER:{}", value("uri")).as_bytes());
    let nonce = value("nonce");
    let response = md5(format!("{ha1}:{nonce}{middle}{ha2}").as_bytes());
    change(&line.replace(value("response"), &response))
}
