//! What `demo` does with a chapter's exchanges: list them, play one, write it to files.

use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anstyle::{AnsiColor, Style};

use crate::exchange::Exchange;
use crate::recording::Recording;
use crate::server::StageServer;
use crate::stage::Stage;

const NAME: Style = AnsiColor::Green.on_default().bold();

/// How an exchange is shown.
#[derive(Debug, Clone, Default)]
pub struct Demo {
    /// As an arrow diagram instead of message by message.
    pub ladder: bool,
    /// Into this file, as a picture.
    pub svg: Option<PathBuf>,
    /// Into this file, for Wireshark.
    pub pcap: Option<PathBuf>,
}

/// Why a demonstration could not be given.
#[derive(Debug)]
pub enum DemoError {
    /// There is no exchange of that name.
    Unknown {
        /// The name that was asked for.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// A file or the terminal could not be written.
    Output {
        /// Which; `-` is the terminal.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

impl Demo {
    /// Plays the exchange of that name with the chapter's server and shows it on `out`; without
    /// a name, lists them all. Colours are for `anstream` to take away.
    ///
    /// # Errors
    /// When there is no such exchange, or something cannot be written.
    pub fn run<Starting>(
        &self,
        exchanges: &[Exchange],
        name: Option<&str>,
        chapter: impl FnMut(StageServer) -> Starting + 'static,
        out: &mut impl Write,
    ) -> Result<(), DemoError>
    where
        Starting: Future<Output = ()> + 'static,
    {
        let Some(name) = name else {
            return print(out, &list(exchanges));
        };
        let exchange = find(exchanges, name)?;
        self.show(&Stage::play(exchange, chapter), out)
    }

    /// Shows a recording.
    ///
    /// # Errors
    /// When something cannot be written.
    pub fn show(&self, recording: &Recording, out: &mut impl Write) -> Result<(), DemoError> {
        if let Some(path) = &self.svg {
            write(path, recording.svg().as_bytes())?;
            print(out, &format!("{} is the picture\n", path.display()))?;
        }
        if let Some(path) = &self.pcap {
            let capture = recording.pcap().map_err(|e| DemoError::of(path, e))?;
            write(path, &capture)?;
            print(out, &format!("{} is for Wireshark\n", path.display()))?;
        }
        let is_written = self.svg.is_some() || self.pcap.is_some();
        match self.ladder {
            true => print(
                out,
                &format!("{}\n\n{}", recording.title, recording.ladder()),
            ),
            false if is_written => Ok(()),
            false => print(out, &recording.terminal()),
        }
    }
}

/// The exchanges with a line each.
pub fn list(exchanges: &[Exchange]) -> String {
    let names: Vec<String> = exchanges.iter().map(Exchange::name).collect();
    let width = names.iter().map(String::len).max().unwrap_or(0);
    let line = |(exchange, name): (&Exchange, &String)| {
        format!("{NAME}{name:width$}{NAME:#}  {}\n", exchange.title())
    };
    exchanges.iter().zip(&names).map(line).collect()
}

/// The exchange of that name.
///
/// # Errors
/// When there is none, with the names there are.
pub fn find<'a>(exchanges: &'a [Exchange], name: &str) -> Result<&'a Exchange, DemoError> {
    let found = exchanges.iter().find(|exchange| exchange.name() == name);
    found.ok_or_else(|| DemoError::Unknown {
        name: name.to_owned(),
        known: exchanges.iter().map(Exchange::name).collect(),
    })
}

fn print(out: &mut impl Write, text: &str) -> Result<(), DemoError> {
    let written = out.write_all(text.as_bytes());
    written.map_err(|error| DemoError::of(Path::new("-"), error))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), DemoError> {
    std::fs::write(path, bytes).map_err(|error| DemoError::of(path, error))
}

impl DemoError {
    fn of(path: &Path, error: io::Error) -> Self {
        Self::Output {
            path: path.to_owned(),
            error,
        }
    }
}

impl fmt::Display for DemoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { name, known } => {
                let known = known.join(", ");
                write!(f, "there is no exchange {name:?}; there are: {known}")
            }
            Self::Output { path, error } => {
                write!(f, "{} cannot be written: {error}", path.display())
            }
        }
    }
}

impl std::error::Error for DemoError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unknown { .. } => None,
            Self::Output { error, .. } => Some(error),
        }
    }
}
