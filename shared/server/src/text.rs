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
    if number >= 10 {
        push_decimal(out, number / 10);
    }
    out.push(char::from(b'0' + (number % 10) as u8));
}

/// Sixteen hexadecimal digits and nothing else.
pub(crate) fn parse_hex(text: &str) -> Option<u64> {
    let has_sign = text.starts_with('+'); // which `from_str_radix` takes
    let digits = Some(text).filter(|text| text.len() == 16 && !has_sign)?;
    u64::from_str_radix(digits, 16).ok()
}

/// Writes sixteen hexadecimal digits.
pub(crate) fn push_hex(out: &mut String, number: u64) {
    push_ascii(out, &hex_digits(number));
}

/// Writes a time in milliseconds as twelve hexadecimal digits.
pub(crate) fn push_time(out: &mut String, milliseconds: u64) {
    push_ascii(out, &hex_digits(milliseconds)[4..]);
}

fn hex_digits(number: u64) -> [u8; 16] {
    std::array::from_fn(|place| {
        let digit = (number >> (60 - place * 4) & 15) as usize;
        b"0123456789abcdef"[digit]
    })
}

/// Writes digits in one piece, which is quicker than one by one.
fn push_ascii(out: &mut String, digits: &[u8]) {
    out.push_str(str::from_utf8(digits).unwrap_or_default());
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
