//! Which column of a file is what.

use csv::ByteRecord;
use sip_database::{BadRow, NewRow, User};

/// The columns of a file without a first line that names them, in this order.
const NAMES: [&str; 4] = ["username", "password", "domain", "alias"];

/// Where in a row the columns of [`NAMES`] stand.
pub(crate) struct Columns {
    places: [Option<usize>; 4],
    count: usize,
}

impl Columns {
    /// Takes them from the first row, and says whether it names columns or is a user already.
    ///
    /// # Errors
    /// A column that is named and not known, or named twice.
    pub(crate) fn of(first: &ByteRecord) -> Result<(Self, bool), String> {
        let names: Vec<String> = first.iter().map(name).collect();
        let place = |wanted: &str| names.iter().position(|name| name == wanted);
        let is_header = place("username").is_some() && place("password").is_some();
        if !is_header {
            let places = [0, 1, 2, 3].map(Some);
            return Ok((Self { places, count: 4 }, false));
        }
        for (at, name) in names.iter().enumerate() {
            if !NAMES.contains(&name.as_str()) || place(name) != Some(at) {
                let column = at + 1;
                let known = NAMES.join(", ");
                return Err(format!(
                    "line 1: column {column} is not known, or named twice; the columns are {known}"
                ));
            }
        }
        let (places, count) = (NAMES.map(place), names.len());
        Ok((Self { places, count }, true))
    }

    /// Reads a row; `domain` is that of users without one.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn row<'a>(
        &self,
        record: &'a ByteRecord,
        domain: Option<&str>,
    ) -> Result<NewRow<'a>, BadRow> {
        let line = record.position().map_or(0, csv::Position::line);
        let line = i64::try_from(line).unwrap_or(i64::MAX);
        let bad = |why| BadRow { line, why };
        if record.len() > self.count {
            return Err(bad(
                "too many columns; what has a comma in it stands in double quotes",
            ));
        }
        let [username, password, own, alias] = self.places.map(|place| {
            let field = place.and_then(|at| record.get(at)).unwrap_or_default();
            std::str::from_utf8(field).map_err(|_| bad("not UTF-8"))
        });
        let domain = match own?.trim() {
            "" => domain.unwrap_or_default(),
            own => own,
        };
        Ok(NewRow {
            line,
            user: User::new(username?.trim(), domain),
            password: password?,
            alias: Some(alias?.trim()).filter(|alias| !alias.is_empty()),
        })
    }
}

fn name(field: &[u8]) -> String {
    String::from_utf8_lossy(field).trim().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(first: &[&str]) -> Result<(Columns, bool), String> {
        Columns::of(&ByteRecord::from(first))
    }

    #[test]
    fn a_first_line_names_the_columns_in_any_order() {
        let (columns, is_header) = columns(&["Alias", "Password", " USERNAME "]).unwrap();
        assert!(is_header);
        let record = ByteRecord::from(vec!["alice", "secret", "1000"]);
        let row = columns.row(&record, Some("d")).unwrap();
        assert_eq!(row.user, User::new("1000", "d"));
        assert_eq!((row.password, row.alias), ("secret", Some("alice")));
    }

    #[test]
    fn a_first_line_may_be_a_user() {
        let (columns, is_header) = columns(&["1000", "secret"]).unwrap();
        assert!(!is_header);
        let record = ByteRecord::from(vec!["1000", "secret", "own", ""]);
        let row = columns.row(&record, Some("d")).unwrap();
        assert_eq!(row.user, User::new("1000", "own"));
        assert_eq!(row.alias, None);
    }

    #[test]
    fn unknown_columns_and_rows_too_long_are_bad() {
        assert!(columns(&["username", "password", "email"]).is_err());
        assert!(columns(&["username", "password", "username"]).is_err());
        let (columns, _) = columns(&["username", "password"]).unwrap();
        let record = ByteRecord::from(vec!["1000", "sec", "ret"]);
        assert!(columns.row(&record, None).is_err());
    }
}
