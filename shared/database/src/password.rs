//! What a row of `subscriber` keeps of a password, as a server reads it and an administrator sees
//! it.

use std::borrow::Cow;

use rusqlite::Row;
use rusqlite::types::ValueRef;
use sip_digest::{Columns, Offer, Password, Unusable};
use sip_tables::Login;

/// Our own columns beside a row of `subscriber`, for the algorithms after MD5. They count only
/// beside the `ha1` that they were written with: when another program changes a password, it does
/// not know them.
pub(crate) const WITH_DIGESTS: &str = "subscriber LEFT JOIN subscriber_digest AS digest
    ON digest.username = subscriber.username AND digest.domain = subscriber.domain
    AND digest.ha1 = coalesce(subscriber.ha1, '')";

/// The columns of [`WITH_DIGESTS`] that say how a user logs in.
pub(crate) const LOGIN: &str = "password, subscriber.ha1, ha1b, sha256, sha256b, offer";

/// Reads the columns of [`LOGIN`]. An offer that is not one counts as none.
pub(crate) fn read_login(row: &Row<'_>) -> rusqlite::Result<Result<Login, Unusable>> {
    let offer = column(row, "offer")?;
    let offer = str::from_utf8(&offer).ok();
    let offer = offer.and_then(|text| text.parse::<Offer>().ok());
    Ok(read_with_digests(row)?.map(|password| Login { password, offer }))
}

/// Reads the columns of [`LOGIN`] but for the offer.
pub(crate) fn read_with_digests(row: &Row<'_>) -> rusqlite::Result<Result<Password, Unusable>> {
    let [sha256, sha256b] = ["sha256", "sha256b"].map(|name| column(row, name));
    read_columns(row, [&sha256?, &sha256b?])
}

/// Reads the columns `password`, `ha1` and `ha1b` of a row that has them. SQLite keeps whatever
/// another program wrote there. As to Kamailio, bytes and numbers are the text they spell, and
/// NULL is empty.
pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Result<Password, Unusable>> {
    read_columns(row, [b"", b""])
}

fn read_columns(row: &Row<'_>, sha256: [&[u8]; 2]) -> rusqlite::Result<Result<Password, Unusable>> {
    let [password, ha1, ha1b] = ["password", "ha1", "ha1b"].map(|name| column(row, name));
    Ok(Password::read(Columns {
        password: &password?,
        ha1: &ha1?,
        ha1b: &ha1b?,
        sha256,
    }))
}

fn column<'a>(row: &'a Row<'_>, name: &str) -> rusqlite::Result<Cow<'a, [u8]>> {
    Ok(match row.get_ref(name)? {
        ValueRef::Null => Cow::default(),
        ValueRef::Text(text) | ValueRef::Blob(text) => text.into(),
        ValueRef::Integer(number) => number.to_string().into_bytes().into(),
        ValueRef::Real(number) => number.to_string().into_bytes().into(),
    })
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;
    use sip_digest::{Algorithm, Secret};

    use super::*;

    /// What a row with these values of `password`, `ha1` and `ha1b` keeps.
    fn kept(values: &str) -> Result<Password, Unusable> {
        let sql =
            format!("WITH row (password, ha1, ha1b) AS (VALUES ({values})) SELECT * FROM row");
        let connection = Connection::open_in_memory().unwrap();
        connection.query_one(&sql, [], read).unwrap()
    }

    #[test]
    fn null_is_empty() {
        assert_eq!(kept("NULL, NULL, NULL"), Err(Unusable::Nothing));
        assert_eq!(kept("'abc10', NULL, NULL"), Password::plain("abc10"));
        let ha1 = "'aea7bead2788462674c13e35c4268182'";
        let alone = kept(&format!("NULL, {ha1}, NULL")).unwrap();
        assert!(matches!(
            alone.secret("10", Algorithm::Md5),
            Ok(Secret::Ha1(_))
        ));
        assert_eq!(alone.secret("10@d", Algorithm::Md5), Err(Unusable::NoHa1b));
    }

    #[test]
    fn bytes_and_numbers_are_read_as_kamailio_reads_them() {
        assert_eq!(kept("x'616263', '', ''"), Password::plain("abc"));
        assert_eq!(kept("x'ff00', '', ''"), Err(Unusable::NoText));
        assert_eq!(kept("1234, '', ''"), Password::plain("1234"));
        assert_eq!(kept("'abc10', 0, ''"), Err(Unusable::NoHash));
        assert_eq!(kept("'abc10', x'00', ''"), Err(Unusable::NoHash));
    }
}
