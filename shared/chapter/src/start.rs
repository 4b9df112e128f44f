//! What a chapter builds its context from.

use std::fmt::{self, Display};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Serialize;
use sip_location::{Durable, Expiry, Limits, Location};
use sip_server::{Clock, Entropy, Myself, Secret, SystemEntropy};
use sip_tables::TableRow;

use crate::control::{Claimed, Control, Methods};
use crate::failure::{Failure, warn};
use crate::flags::Flags;
use crate::interfaces;

/// The control socket of a server without a database; `sipctl` looks there by default.
pub(crate) const DEFAULT_CONTROL: &str = "sip.sock";

/// A server that starts: it listens already, and its chapter builds the script's context from it.
///
/// Without a database it has a new secret and an empty location service.
pub struct Start<'a> {
    pub(crate) flags: &'a Flags,
    pub(crate) listeners: Vec<SocketAddr>,
    pub(crate) clock: Clock,
    entropy: SystemEntropy,
    pub(crate) myself: Myself,
    pub(crate) location: Location,
    pub(crate) database: Option<PathBuf>,
    control: Option<Claimed>,
    methods: Methods,
    staged: Option<Staged>,
    sql: Option<Look>,
}

/// What a stage gives a server in place of the machine.
#[derive(Debug)]
pub(crate) struct Staged {
    /// Its addresses and its secret.
    pub(crate) myself: Myself,
    /// The paused clock.
    pub(crate) clock: Clock,
    /// The first of its random numbers.
    pub(crate) number: u64,
    /// The seed of its location service.
    pub(crate) seed: u64,
    /// Where its database is, which survives a restart.
    pub(crate) file: PathBuf,
    /// What a new database holds.
    pub(crate) rows: Vec<TableRow>,
}

/// What can be looked at on a stage, by its name: a method of the control socket, or SQL.
pub(crate) type Look = Box<dyn Fn(&str) -> Option<String>>;

impl<'a> Start<'a> {
    pub(crate) fn new(flags: &'a Flags, listeners: Vec<SocketAddr>, clock: Clock) -> Self {
        let mut entropy = SystemEntropy::default();
        let secret = new_secret(&mut entropy);
        let settings = location_settings(flags, entropy.number());
        Self {
            flags,
            myself: myself(flags, &listeners, secret),
            listeners,
            clock,
            entropy,
            location: Location::new(settings, None),
            database: None,
            control: None,
            methods: Methods::default(),
            staged: None,
            sql: None,
        }
    }

    /// A server on a stage: nothing of it comes from the machine but a file for its database.
    pub(crate) fn on_stage(flags: &'a Flags, staged: Staged) -> Self {
        let listeners = staged.myself.listeners().to_vec();
        let mut start = Self::new(flags, listeners.clone(), staged.clock);
        start.location = Location::new(location_settings(flags, staged.seed), None);
        start.myself = Myself::new(listeners, flags.domain.clone(), *staged.myself.secret());
        start.staged = Some(staged);
        start
    }

    /// Opens the chapter's database. The server's secret comes from there, and stays there.
    ///
    /// The control socket lies beside it, `sip.sock` beside `sip.db`, unless `--control` names
    /// another place. It is taken first: of two servers with one database the second one ends
    /// here.
    ///
    /// # Errors
    /// If another server runs, or the file cannot be used.
    pub fn database<D: Durable + Clone + 'static>(&mut self, path: &Path) -> Result<D, Failure> {
        if let Some(staged) = &self.staged {
            let database = D::on_stage(&staged.file, &staged.rows).map_err(Failure::from_cause)?;
            let sql = database.clone();
            self.sql = Some(Box::new(move |statement| sql.execute(statement).ok()));
            return Ok(database);
        }
        self.database = Some(path.to_owned());
        self.control = Some(Control::claim(&self.control_path())?);
        let database = D::open(path, warn).map_err(Failure::from_cause)?;
        let secret = database.secret(new_secret(&mut self.entropy));
        let secret = secret.map_err(Failure::from_cause)?;
        self.myself = myself(self.flags, &self.listeners, secret);
        Ok(database)
    }

    /// Gives the location service a journal: from now on a REGISTER gets its 200 when its binding is
    /// in the database, and not before. The service is a new one, without bindings.
    pub fn journal<D: Durable>(&mut self, database: &D) {
        let seed = match &self.staged {
            Some(staged) => staged.seed,
            None => self.entropy.number(),
        };
        let settings = location_settings(self.flags, seed);
        self.location = Location::new(settings, Some(database.journal()));
    }

    /// Reads the bindings that are still alive from the database into the location service.
    ///
    /// # Errors
    /// If the file cannot be read to its end.
    pub fn load<D: Durable>(&mut self, database: &D) -> Result<(), Failure> {
        let loaded = database.load(&self.location, self.clock.now());
        loaded.map_err(Failure::from_cause)
    }

    /// Adds a method to the control socket, with Kamailio's name if it has one. Its result is what
    /// `answer` makes of `subject`, as JSON. It takes no parameters.
    pub fn method<Subject, Answer, Error>(
        &mut self,
        name: &'static str,
        subject: &Subject,
        answer: fn(&Subject) -> Result<Answer, Error>,
    ) where
        Subject: Clone + Send + Sync + 'static,
        Answer: Serialize + 'static,
        Error: Display + 'static,
    {
        self.methods.add(name, subject, answer);
    }

    /// Who the server is: its addresses and its domains.
    pub fn myself(&self) -> Myself {
        self.myself.clone()
    }

    /// Who is where. The same for the script, the control socket and the purge of what expired.
    pub fn location(&self) -> Location {
        self.location.clone()
    }

    /// The server's secret.
    pub fn secret(&self) -> [u8; 16] {
        self.myself.secret().0
    }

    /// A number that nobody can guess.
    pub fn random(&mut self) -> u64 {
        if let Some(staged) = &mut self.staged {
            let number = staged.number;
            staged.number = number.wrapping_add(1);
            return number;
        }
        self.entropy.number()
    }

    /// The longest request taken, in bytes.
    pub fn max_length(&self) -> usize {
        self.flags.max_length
    }

    /// What an exchange can look at.
    pub(crate) fn look(&mut self) -> Look {
        let methods = std::mem::take(&mut self.methods);
        let sql = self.sql.take();
        Box::new(move |name| {
            let answer = methods.shown(name);
            answer.or_else(|| sql.as_ref().and_then(|sql| sql(name)))
        })
    }

    /// Where the control socket is: `--control`, or beside the database, or the default.
    pub(crate) fn control_path(&self) -> PathBuf {
        let given = self.flags.control.clone();
        let beside = || {
            self.database
                .as_ref()
                .map(|file| file.with_extension("sock"))
        };
        given
            .or_else(beside)
            .unwrap_or_else(|| DEFAULT_CONTROL.into())
    }

    /// The control socket, with the chapter's methods.
    ///
    /// # Errors
    /// If another server has it.
    pub(crate) fn take_control(&mut self) -> Result<Claimed, Failure> {
        let claimed = match self.control.take() {
            Some(claimed) => claimed,
            None => Control::claim(&self.control_path())?,
        };
        Ok(claimed.offering(std::mem::take(&mut self.methods)))
    }
}

impl fmt::Debug for Start<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Start")
            .field("listeners", &self.listeners)
            .finish_non_exhaustive()
    }
}

fn myself(flags: &Flags, listeners: &[SocketAddr], secret: [u8; 16]) -> Myself {
    let domains = flags.domain.clone();
    let machine = interfaces::addresses();
    Myself::on_machine(listeners.to_vec(), domains, Secret(secret), &machine)
}

fn location_settings(flags: &Flags, seed: u64) -> sip_location::Settings {
    sip_location::Settings {
        expiry: Expiry {
            min: flags.min_expires,
            default: flags.default_expires,
            max: flags.max_expires,
        },
        limits: Limits {
            bindings: flags.max_bindings,
            ..Limits::default()
        },
        seed,
    }
}

fn new_secret(entropy: &mut SystemEntropy) -> [u8; 16] {
    let first = entropy.number();
    let second = entropy.number();
    (u128::from(first) << 64 | u128::from(second)).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        flags: Flags,
    }

    fn control_path(line: &str, database: Option<&str>) -> PathBuf {
        let words = std::iter::once("step-01").chain(line.split_whitespace());
        let flags = Line::parse_from(words).flags;
        let mut start = Start::new(&flags, Vec::new(), Clock::system());
        start.database = database.map(PathBuf::from);
        start.control_path()
    }

    #[test]
    fn the_control_socket_is_beside_the_database_unless_a_flag_names_another_place() {
        let database = Some("data/sip.db");
        assert_eq!(control_path("", None), Path::new("sip.sock"));
        assert_eq!(control_path("", database), Path::new("data/sip.sock"));
        assert_eq!(
            control_path("--control x.sock", database),
            Path::new("x.sock")
        );
    }

    #[test]
    fn every_server_has_a_secret_of_its_own() {
        let mut entropy = SystemEntropy::default();
        assert_ne!(new_secret(&mut entropy), new_secret(&mut entropy));
    }
}
