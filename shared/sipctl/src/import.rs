//! `import`: many users from a file, all or none.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use sip_database::{BadRow, Imported};

use crate::columns::Columns;
use crate::database::open;
use crate::failure::Failure;
use crate::flags::Flags;
use crate::namesakes::Namesakes;
use crate::report::{note, report, warning};
use crate::rows::{Row, Rows};
use crate::verbs::Import;

/// Carries it out.
pub(crate) fn run(import: &Import, flags: &Flags) -> Result<(), Failure> {
    let path = import.file.display();
    let mut admin = open(flags)?;
    let before = Namesakes::of(&admin, None)?;
    let mut gathered = admin.import()?;
    let bad = gather(&mut gathered, import, flags)?;
    if bad > 0 && !import.skip_bad {
        let are_bad = rows(bad, "row is bad", "rows are bad");
        return Err(Failure::Refused(format!(
            "nothing was imported, because {are_bad}; correct the file, or import the other rows \
             with --skip-bad"
        )));
    }
    let imported = gathered.commit()?;
    if bad == 0 && imported == Imported::default() {
        return Err(Failure::Refused(format!("{path} has no users in it")));
    }
    outcome(imported, bad, flags)?;
    if let Some(text) = Namesakes::of(&admin, None)?.warning(&before) {
        warning(flags, text);
    }
    // A file with bad rows is still needed to correct them.
    if bad == 0 && import.file != Path::new("-") {
        note(flags, format!("{path} holds passwords: remove it"));
    }
    Ok(())
}

/// Reads the file, prints each bad row as it is found, and returns how many there were.
fn gather(
    gathered: &mut sip_database::Import<'_>,
    import: &Import,
    flags: &Flags,
) -> Result<u64, Failure> {
    let path = &import.file;
    let (input, bar) = input(path)?;
    let mut rows = Rows::of(input);
    let (columns, first) = columns(&mut rows, path)?;
    let mut count = 0;
    let mut print_bad = |row: &BadRow| {
        count += 1;
        bar.suspend(|| print_bad(row, flags))
    };
    for row in first.into_iter().map(Ok).chain(rows) {
        let Row { line, values } = row.map_err(|error| unreadable(path, error))?;
        let user = match &values {
            Ok(values) => columns.row(line, values, flags.domain.as_deref()),
            Err(why) => Err(BadRow { line, why }),
        };
        let bad = match user {
            Ok(user) => gathered.row(&user)?,
            Err(bad) => Some(bad),
        };
        if let Some(bad) = bad {
            print_bad(&bad)?;
        }
    }
    for bad in gathered.settle()? {
        print_bad(&bad)?;
    }
    bar.finish_and_clear();
    Ok(count)
}

/// The file, and a bar on the terminal that shows how much of it is read.
fn input(path: &Path) -> Result<(Box<dyn BufRead>, ProgressBar), Failure> {
    if path == Path::new("-") {
        return Ok((Box::new(io::stdin().lock()), ProgressBar::hidden()));
    }
    let open = || {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        Ok((file, length))
    };
    let (file, length) = open().map_err(|error| unreadable(path, error))?;
    let bar = ProgressBar::new(length);
    // Cannot fail, as a test shows; without it the bar is only plainer.
    if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
        bar.set_style(style);
    }
    Ok((Box::new(BufReader::new(bar.wrap_read(file))), bar))
}

const TEMPLATE: &str = "reading {bar:40} {percent:>3} %, {eta} left";

/// The columns, and the first row if it is a user already.
fn columns(rows: &mut Rows<impl BufRead>, path: &Path) -> Result<(Columns, Option<Row>), Failure> {
    let first = rows.next().transpose();
    let Some(first) = first.map_err(|error| unreadable(path, error))? else {
        return Ok((Columns::unnamed(), None));
    };
    let refused = |why: &str| Failure::Refused(format!("line {}: {why}", first.line));
    // A first line that is bad may name the columns, in whatever order.
    let values = first.values.as_deref().map_err(|why| refused(why))?;
    Ok(match Columns::named(values).map_err(|why| refused(&why))? {
        Some(named) => (named, None),
        None => (Columns::unnamed(), Some(first)),
    })
}

fn unreadable(path: &Path, error: io::Error) -> Failure {
    let path = path.to_owned();
    Failure::Input { path, error }
}

/// Prints a bad row: in words to standard error, or as a line of JSON.
fn print_bad(row: &BadRow, flags: &Flags) -> Result<(), Failure> {
    let BadRow { line, why } = row;
    if flags.json {
        let mut out = anstream::stdout().lock();
        return Ok(writeln!(out, "{}", json!({"line": line, "bad": why}))?);
    }
    anstream::eprintln!("line {line}: {why}");
    Ok(())
}

fn outcome(imported: Imported, bad: u64, flags: &Flags) -> Result<(), Failure> {
    let Imported {
        hashed,
        plain,
        aliases,
    } = imported;
    let users = hashed + plain;
    let mut text = format!("imported {}", rows(users.into(), "user", "users"));
    if aliases > 0 {
        text += &format!(" and {}", rows(aliases.into(), "alias", "aliases"));
    }
    if hashed > 0 {
        text += &format!("; of {hashed} only HA1 and HA1b are kept");
    }
    if plain > 0 {
        text += &format!(
            "; of {plain} the password itself is kept, because a hash needs the domain (--domain D)"
        );
    }
    if bad > 0 {
        text += &format!("; {} skipped", rows(bad, "bad row", "bad rows"));
    }
    let json = json!({
        "users": users, "hashed": hashed, "plain": plain, "aliases": aliases, "bad": bad,
    });
    report(flags, json, text)
}

fn rows(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_can_be_drawn() {
        assert!(ProgressStyle::with_template(TEMPLATE).is_ok());
    }
}
