//! Which column of a file means what.

use sip_database::{BadRow, NewRow, User};

use Column::{Alias, Domain, Other, Password, Username};

/// A column that a file may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Username,
    Password,
    Domain,
    Alias,
    /// One that cannot be used, and why.
    Other(&'static str),
}

/// The columns of a file without a first line that names them, in this order.
const ORDER: [Column; 4] = [Username, Password, Domain, Alias];

const THE_COLUMNS: &str = "the columns are username, password, domain, alias";

const OF_HASHES: &str =
    "holds hashes, which cannot be imported: HA1 and HA1b are made from the password";
const NOT_KEPT: &str = "has no place in the database: remove that column";

/// The names of columns, as spreadsheets and other servers write them, in lower case and without
/// blanks, dashes and underscores.
const NAMES: [(Column, &str); 6] = [
    (
        Username,
        "username user name userid extension ext number login account authuser authusername \
         sipuser sipusername",
    ),
    (
        Password,
        "password pass passwd pwd pw secret passphrase authpassword sippassword sipsecret sippass",
    ),
    (Domain, "domain realm sipdomain userdomain"),
    (Alias, "alias aliases aliasusername"),
    (
        Other(OF_HASHES),
        "ha1 ha1b ha1string md5secret md5cred hash passwordhash",
    ),
    (
        Other(NOT_KEPT),
        "id mail email emailaddress rpid uuid firstname lastname fullname displayname \
         description callerid cidname context host phone mobile comment notes",
    ),
];

/// Where in a row the columns of [`ORDER`] are.
pub(crate) struct Columns {
    places: [Option<usize>; 4],
    count: usize,
}

impl Columns {
    /// Takes them from the first row if that names them. `None` if it is a user already.
    ///
    /// # Errors
    /// If a column is unknown, of no use, there twice, or missing, or if something else than
    /// commas separates the values.
    pub(crate) fn named(first: &[String]) -> Result<Option<Self>, String> {
        if let [only] = first
            && only.contains([';', '\t'])
        {
            return Err("its values are separated by semicolons or tabs: use commas".to_owned());
        }
        let columns: Vec<Option<Column>> = first.iter().map(|name| column(name)).collect();
        if !names_columns(first, &columns) {
            return Ok(None);
        }
        for (at, found) in columns.iter().enumerate() {
            let why = match found {
                None => "is unknown (users belong below the line that names the columns)",
                Some(Other(why)) => why,
                Some(_) if columns[..at].contains(found) => "means the same as an earlier one",
                Some(_) => continue,
            };
            let at = at + 1;
            return Err(format!(
                "it names columns, but column {at} {why}; {THE_COLUMNS}"
            ));
        }
        let place = |wanted| columns.iter().position(|found| *found == Some(wanted));
        let places = ORDER.map(place);
        if places[0].is_none() || places[1].is_none() {
            return Err(format!(
                "it names columns, but username or password is missing; {THE_COLUMNS}"
            ));
        }
        let count = columns.len();
        Ok(Some(Self { places, count }))
    }

    /// The columns of a file that does not name them.
    pub(crate) fn unnamed() -> Self {
        let places = [0, 1, 2, 3].map(Some);
        let count = ORDER.len();
        Self { places, count }
    }

    /// Reads a row; `domain` is that of users without one.
    ///
    /// # Errors
    /// If it has too many values.
    pub(crate) fn row<'a>(
        &self,
        line: i64,
        values: &'a [String],
        domain: Option<&str>,
    ) -> Result<NewRow<'a>, BadRow> {
        if values.len() > self.count {
            let why = "too many columns; put a value with a comma in it in double quotes";
            return Err(BadRow { line, why });
        }
        let [username, password, own, alias] = self.places.map(|place| {
            let value = place.and_then(|at| values.get(at));
            value.map_or("", String::as_str)
        });
        let domain = match own.trim() {
            "" => domain.unwrap_or_default(),
            own => own,
        };
        Ok(NewRow {
            line,
            user: User::new(username.trim(), domain),
            password,
            alias: Some(alias.trim()).filter(|alias| !alias.is_empty()),
        })
    }
}

/// Whether a first row names columns. A password may be any word, and a user may have the name of
/// a column, but no column is called by a number: `1000,secret` is a user.
fn names_columns(first: &[String], columns: &[Option<Column>]) -> bool {
    let is_digit = |c: char| c.is_ascii_digit() || c == '+';
    let is_number = |value: &String| !value.is_empty() && value.chars().all(is_digit);
    columns.iter().any(Option::is_some) && !first.first().is_some_and(is_number)
}

fn column(name: &str) -> Option<Column> {
    let is_separator = |c: char| c.is_whitespace() || "-_".contains(c);
    let name = name.to_lowercase().replace(is_separator, "");
    let is_known = |(_, names): &&(Column, &str)| names.split(' ').any(|known| known == name);
    let named = NAMES.iter().find(is_known);
    named.map(|(column, _)| *column)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(row: &[&str]) -> Vec<String> {
        row.iter().map(|value| (*value).to_owned()).collect()
    }

    fn named(first: &[&str]) -> Result<Option<Columns>, String> {
        Columns::named(&values(first))
    }

    #[test]
    fn a_first_line_names_the_columns_in_any_order_and_by_other_names() {
        for first in [
            ["Alias", "Password", " USERNAME "],
            ["alias", "secret", "extension"],
            ["aliases", "pwd", "User"],
            ["ALIAS", "Sip-Pass", "user_name"],
        ] {
            let columns = named(&first).unwrap().unwrap();
            let values = values(&["alice", "secret", "1000"]);
            let row = columns.row(2, &values, Some("d")).unwrap();
            assert_eq!(row.user, User::new("1000", "d"));
            assert_eq!((row.password, row.alias), ("secret", Some("alice")));
        }
        let columns = named(&["user", "pass", "realm"]).unwrap().unwrap();
        let values = values(&["1000", "secret", "own"]);
        let row = columns.row(2, &values, Some("d")).unwrap();
        assert_eq!(row.user, User::new("1000", "own"));
    }

    #[test]
    fn a_first_line_may_be_a_user() {
        for first in [
            &["1000", "secret"][..],
            &["alice", "x"],
            &["+49", "x", "d", "name"],
        ] {
            assert!(named(first).unwrap().is_none(), "{first:?}");
        }
        let values = values(&["1000", "secret", "own", ""]);
        let row = Columns::unnamed().row(1, &values, Some("d")).unwrap();
        assert_eq!(row.user, User::new("1000", "own"));
        assert_eq!(row.alias, None);
    }

    #[test]
    fn columns_nobody_can_use_are_refused_and_say_why() {
        for (first, why) in [
            (&["username", "ha1", "domain"][..], "column 2 holds hashes"),
            (&["username", "password", "HA1B"], "column 3 holds hashes"),
            (&["username", "password", "mail"], "column 3 has no place"),
            (&["username", "password", "color"], "column 3 is unknown"),
            (&["color", "secret"], "column 1 is unknown"),
            (&["", "username", "password"], "column 1 is unknown"),
            (&["user", "pass", "name"], "column 3 means the same"),
            (&["user", "domain"], "username or password is missing"),
            (&["password"], "username or password is missing"),
            (&["10;abc10;d"], "use commas"),
            (&["user\tpass"], "use commas"),
        ] {
            let error = named(first).err().unwrap();
            assert!(error.contains(why), "{first:?}: {error}");
        }
    }

    #[test]
    fn a_row_has_no_more_values_than_there_are_columns() {
        let columns = named(&["username", "password"]).unwrap().unwrap();
        let values = values(&["1000", "sec", "ret"]);
        let bad = columns.row(7, &values, None);
        assert_eq!(bad.err().unwrap().line, 7);
    }
}
