//! The preference of a Contact: 0 to 1 in thousandths.

/// A q value (RFC 3261 §20.10), from 0 to 1 with three decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Q(u16);

impl Q {
    /// The highest preference, and that of a Contact without a q (§16.6).
    pub const ONE: Self = Self(1000);

    /// A q of that many thousandths; more than 1000 is 1.
    pub fn from_thousandths(thousandths: u16) -> Self {
        Self(thousandths.min(1000))
    }

    /// 0 to 1000.
    pub fn thousandths(self) -> u16 {
        self.0
    }

    /// Reads a q value (§25.1 qvalue); `None` for anything but a number from 0 to 1 with at most
    /// three decimals.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        if fraction.len() > 3 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let digits = fraction.bytes().chain([b'0'; 3]).take(3);
        let thousandths = digits.fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'));
        match whole {
            "0" | "" if !text.is_empty() => Some(Self(thousandths)),
            "1" if thousandths == 0 => Some(Self::ONE),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q_is_read_in_thousandths() {
        for (text, q) in [
            ("1", 1000),
            ("1.000", 1000),
            ("0.5", 500),
            ("0", 0),
            ("0.", 0),
            (".25", 250),
        ] {
            assert_eq!(Q::parse(text).map(Q::thousandths), Some(q), "{text}");
        }
        for text in ["", "2", "1.5", "0.1234", "-1", "0.x"] {
            assert_eq!(Q::parse(text), None, "{text}");
        }
    }

    #[test]
    fn no_q_is_above_one() {
        assert_eq!(Q::from_thousandths(1001), Q::ONE);
    }
}
