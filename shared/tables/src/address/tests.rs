//! Rows that count, rows that do not, and what may be added.

use super::*;

/// A row with this group, address, mask and port.
fn row(group: &str, ip: &str, mask: &str, port: &str) -> AddressRow {
    AddressRow {
        id: 1,
        group: group.to_owned(),
        ip: ip.to_owned(),
        mask: mask.to_owned(),
        port: port.to_owned(),
        tag: "Carrier IP address".to_owned(),
    }
}

#[test]
fn the_row_of_the_text_is_read() {
    let address = Address::read(&row("200", "10.0.1.102", "32", "5060")).unwrap();
    assert_eq!(address.group(), Group(200));
    assert_eq!(address.ip(), IpAddr::from([10, 0, 1, 102]));
    assert_eq!((address.mask(), address.port()), (32, 5060));
    assert_eq!(address.tag(), "Carrier IP address");
}

#[test]
fn a_wrong_row_is_refused_with_the_reason() {
    for ((group, ip, mask, port), why) in [
        (
            ("200", "10.0.1.102", "33", "0"),
            "mask 33 of 10.0.1.102 is not a number from 0 to 32",
        ),
        (
            ("0", "10.0.1.1", "32", "0"),
            "grp 0 is not a number from 1 on",
        ),
        (
            ("-2", "10.0.1.1", "32", "0"),
            "grp -2 is not a number from 1 on",
        ),
        (
            ("200", "10.0.1.300", "32", "0"),
            "ip_addr 10.0.1.300 is not an IP address",
        ),
        (
            ("200", "carrier.example", "32", "0"),
            "ip_addr carrier.example is not an IP address",
        ),
        (
            ("200", "10.0.1.1", "255.0.0.0", "0"),
            "mask 255.0.0.0 of 10.0.1.1 is not a number from 0 to 32",
        ),
        (
            ("200", "2001:db8::1", "129", "0"),
            "mask 129 of 2001:db8::1 is not a number from 0 to 128",
        ),
        (
            ("200", "::ffff:10.0.1.1", "32", "0"),
            "mask 32 of ::ffff:10.0.1.1 is not a number from 96 to 128, as this is an IPv4 \
             address",
        ),
        (
            ("200", "10.0.1.1", "32", "65536"),
            "port 65536 of 10.0.1.1 is not a number from 0 to 65535",
        ),
    ] {
        let error = Address::read(&row(group, ip, mask, port)).unwrap_err();
        assert_eq!(error.to_string(), why);
    }
}

#[test]
fn control_characters_of_a_row_do_not_reach_the_log() {
    let odd = "\u{1b}[31m7\r\n";
    for row in [
        row(odd, "10.0.1.1", "32", "0"),
        row("200", odd, "32", "0"),
        row("200", "10.0.1.1", odd, "0"),
        row("200", "10.0.1.1", "32", odd),
    ] {
        let words = Address::read(&row).unwrap_err().to_string();
        assert!(!words.contains(char::is_control), "{words:?}");
    }
}

#[test]
fn a_row_that_is_probably_a_mistake_is_doubted() {
    let doubt = |ip, mask| {
        let address = Address::read(&row("200", ip, mask, "0")).unwrap();
        address.doubt().unwrap_or_default()
    };
    assert!(doubt("0.0.0.0", "0").contains("which matches nobody"));
    assert!(doubt("::", "0").contains("which matches nobody"));
    assert!(doubt("10.0.0.1", "0").contains("only 10.0.0.1"));
    assert!(doubt("2001:db8::7", "32").contains("every address of 2001:db8::/32"));
    for (ip, mask) in [
        ("2001:db8::", "32"),
        ("2001:db8::7", "128"),
        ("10.0.1.102", "32"),
        ("0.0.0.0", "1"),
    ] {
        assert_eq!(doubt(ip, mask), "");
    }
}

#[test]
fn an_address_to_add_has_no_bits_beyond_its_mask() {
    for (ip, mask) in [
        ("10.0.1.102", 32),
        ("10.0.1.0", 24),
        ("0.0.0.0", 1),
        ("128.0.0.0", 1),
        ("10.0.1.102", 31),
        ("2001:db8::", 32),
        ("2001:db8::1", 128),
        ("8000::", 1),
    ] {
        let ip = ip.parse().unwrap();
        let added = Address::new(200, ip, mask, 5060, "Carrier IP address").unwrap();
        let group = "200";
        let read = Address::read(&row(group, &ip.to_string(), &mask.to_string(), "5060"));
        assert_eq!(read, Ok(added), "a row of it means the same");
    }
}

#[test]
fn what_is_probably_a_mistake_may_not_be_added() {
    let refusal = |group, ip: &str, mask, tag: &str| {
        Address::new(group, ip.parse().unwrap(), mask, 0, tag).unwrap_err()
    };
    for (ip, mask) in [("10.0.1.102", 24), ("10.0.1.102", 30), ("2001:db8::1", 127)] {
        assert_eq!(refusal(200, ip, mask, ""), AddressError::HostBits);
    }
    for ip in ["10.0.1.102", "0.0.0.0", "::"] {
        assert_eq!(refusal(200, ip, 0, ""), AddressError::MaskZero);
    }
    for (ip, mask) in [("10.0.1.0", 33), ("2001:db8::", 129)] {
        let error = refusal(200, ip, mask, "");
        assert!(matches!(error, AddressError::Mask { .. }), "{error:?}");
    }
    let mapped = refusal(200, "::ffff:10.0.1.102", 128, "");
    assert!(matches!(mapped, AddressError::Mapped(_)), "{mapped:?}");
    assert_eq!(
        mapped.to_string(),
        "::ffff:10.0.1.102 is an IPv4 address: write 10.0.1.102"
    );
    for group in [0, -1] {
        let error = refusal(group, "10.0.1.102", 32, "");
        assert_eq!(error, AddressError::Group(group.to_string()));
    }
    for tag in ["x".repeat(65), "two\nlines".to_owned()] {
        assert_eq!(refusal(200, "10.0.1.102", 32, &tag), AddressError::Tag);
    }
}
