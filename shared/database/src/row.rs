//! How a binding is written into a row of `location`.
//!
//! Found by letting Kamailio 5.6.3 register phones of every kind and reading what it wrote:
//!
//! - `expires`, `last_modified`: Julian days in UTC as a REAL, whatever the time zone of the
//!   process; 1970 began at 2440587.5. Kamailio writes half a second less than it means, and cuts
//!   fractions off when it reads, so its own dates lose a second over a restart. A contact that
//!   never expires has 1970.
//! - `q`: -1 if the phone named none.
//! - `instance`: without the quotes of `+sip.instance`, NULL for none; `reg_id`: 0 for none.
//! - `received`: `sip:ADDRESS:PORT` (with `;transport=tcp` over TCP), NULL when calls go to the
//!   Contact; `socket`: `udp:ADDRESS:PORT`, the listener the REGISTER came to.
//! - `domain`: NULL with `use_domain` 0; `path`: NULL; `methods`: NULL, which allows all.
//! - `connection_id`: -1 but for TCP, where it is a number inside that process; `server_id`,
//!   `flags`, `cflags`, `keepalive`, `partition`: 0.
//! - `ruid`: `uloc-START-PID-COUNT` in hexadecimal; any unique text is taken.
//!
//! Other parameters of a Contact have no column, and Kamailio forgets them. Our table
//! `contact_params` keeps them for the few phones that have any.

use sip_location::Binding;
use sip_message::Q;

/// The Julian day on which 1970 began.
pub(crate) const JULIAN_1970: f64 = 2_440_587.5;
pub(crate) const SECONDS_A_DAY: f64 = 86_400.0;

/// What is added to a moment written, in seconds: a double keeps a Julian day to 40
/// microseconds, and Kamailio would read 9.99998 seconds as 9.
const MARGIN: f64 = 0.001;

/// A moment, in seconds since 1970, so that Kamailio reads the same second.
pub(crate) fn julian(seconds: u32) -> f64 {
    JULIAN_1970 + (f64::from(seconds) + MARGIN) / SECONDS_A_DAY
}

/// A moment that this crate, Kamailio or SQLite's `julianday` wrote, in seconds since 1970.
pub(crate) fn seconds(julian: f64) -> u32 {
    // Kamailio's half second is rounded up, and our margin is not.
    // `as` ends at the bounds of u32 and makes NaN 0.
    ((julian - JULIAN_1970) * SECONDS_A_DAY - 10.0 * MARGIN).ceil() as u32
}

/// The q column of a binding.
pub(crate) fn q(binding: &Binding) -> f64 {
    binding
        .given_q()
        .map_or(-1.0, |q| f64::from(q.thousandths()) / 1000.0)
}

/// The instance column of a binding.
pub(crate) fn instance(binding: &Binding) -> Option<&str> {
    let instance = binding.instance();
    instance.map(|instance| instance.trim_matches('"'))
}

/// The received column of a binding.
pub(crate) fn received(binding: &Binding) -> Option<String> {
    binding.received().map(|source| format!("sip:{source}"))
}

/// The parameters of a binding, unless the columns give them back as they are.
pub(crate) fn further_params(binding: &Binding) -> Option<&str> {
    let of_columns = params(
        q(binding),
        instance(binding).unwrap_or_default(),
        binding.reg_id().unwrap_or(0),
    );
    (of_columns != binding.params).then_some(&binding.params)
}

/// The parameters that columns hold, as most phones write them.
pub(crate) fn params(q: f64, instance: &str, reg_id: u32) -> String {
    let mut params = String::new();
    if q >= 0.0 {
        params.push_str(&format!(
            ";q={}",
            f64::from(rounded(q).thousandths()) / 1000.0
        ));
    }
    if !instance.is_empty() {
        params.push_str(&format!(";+sip.instance=\"{instance}\""));
    }
    if reg_id > 0 {
        params.push_str(&format!(";reg-id={reg_id}"));
    }
    params
}

/// A q value of the table, to the thousandth.
pub(crate) fn rounded(q: f64) -> Q {
    Q::from_thousandths((q * 1000.0).round().clamp(0.0, 1000.0) as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_that_kamailio_wrote_is_read_as_it_was_meant() {
        // A row of Kamailio 5.6.3: registered at 1795253050 for 600 seconds.
        assert_eq!(seconds(2461365.89177662), 1_795_253_050);
        assert_eq!(seconds(2461365.89872106), 1_795_253_650);
        assert_eq!(seconds(JULIAN_1970 - 0.5 / SECONDS_A_DAY), 0);
    }

    #[test]
    fn kamailio_which_cuts_fractions_off_reads_the_second_we_meant() {
        for second in (0..u32::MAX).step_by(65_537) {
            let read = (julian(second) - JULIAN_1970) * SECONDS_A_DAY;
            assert_eq!(read as u32, second);
        }
    }

    #[test]
    fn every_second_comes_back_as_itself() {
        for second in (0..u32::MAX).step_by(65_537) {
            assert_eq!(seconds(julian(second)), second);
        }
        assert_eq!(seconds(f64::NAN), 0);
        assert_eq!(seconds(0.0), 0);
        assert_eq!(seconds(1e300), u32::MAX);
    }
}
