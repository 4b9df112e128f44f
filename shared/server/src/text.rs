//! Pieces of text that several headers are made of.

use std::fmt::Write;
use std::net::{IpAddr, SocketAddr};

use sip_message::Params;

/// Writes an address as a host and port of SIP, the default port left out as is the custom.
pub(crate) fn push_host_port(out: &mut String, address: SocketAddr) {
    let is_v6 = address.is_ipv6();
    if is_v6 {
        out.push('[');
    }
    push_ip(out, address.ip());
    if is_v6 {
        out.push(']');
    }
    if address.port() != 5060 {
        out.push(':');
        push_decimal(out, address.port());
    }
}

pub(crate) fn push_ip(out: &mut String, address: IpAddr) {
    match address {
        IpAddr::V4(v4) => {
            for (place, octet) in v4.octets().into_iter().enumerate() {
                if place > 0 {
                    out.push('.');
                }
                push_decimal(out, octet.into());
            }
        }
        IpAddr::V6(v6) => {
            let _ = write!(out, "{v6}"); // writing to a String cannot fail
        }
    }
}

/// Writes a number without the machinery of `fmt`, which costs more than the rest of a Via.
pub(crate) fn push_decimal(out: &mut String, number: u16) {
    let mut rest = number;
    let mut digits = [b'0'; 5];
    let mut start = digits.len();
    while let Some(place) = start.checked_sub(1) {
        start = place;
        digits[place] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend(digits[start..].iter().map(|digit| *digit as char));
}

/// Sixteen hexadecimal digits and nothing else.
pub(crate) fn parse_hex(text: &str) -> Option<u64> {
    let digits = text.as_bytes().iter();
    let number = digits.filter_map(|digit| char::from(*digit).to_digit(16));
    let read = number.fold((0, 0), |(count, number), digit| {
        (count + 1, number << 4 | u64::from(digit))
    });
    (text.len() == 16 && read.0 == 16).then_some(read.1)
}

/// Writes sixteen hexadecimal digits.
pub(crate) fn push_hex(out: &mut String, number: u64) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |place: u32| DIGITS[(number >> (place * 4) & 15) as usize] as char;
    out.extend((0..16).rev().map(digit));
}

/// Writes parameters as they came, but for those to be left out.
pub(crate) fn push_params(out: &mut String, params: Params<'_>, left_out: &[&str]) {
    for (name, value) in params.iter() {
        if !left_out.iter().any(|out| out.eq_ignore_ascii_case(name)) {
            out.extend([";", name]);
            out.extend(value.into_iter().flat_map(|value| ["=", value]));
        }
    }
}
