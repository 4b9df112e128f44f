//! How the program starts: what it opens, and where its page is.

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use tokio::net::TcpListener;

use crate::flags::{Exchange, Flags};
use crate::http::{App, PASTE_BYTES, serve};
use crate::source::{Source, Sources, follow, play, read};
use crate::tables;

/// Does what the command line says until Ctrl-C.
pub fn run(flags: &Flags) -> ExitCode {
    match start(flags) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

fn start(flags: &Flags) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("cannot start the event loop: {error}"))?;
    runtime.block_on(watch(flags))
}

async fn watch(flags: &Flags) -> Result<(), String> {
    let app = Arc::new(App::new(Sources::new(flags.control.display().to_string())));
    for path in &flags.files {
        app.sources.open(file(path)?);
    }
    if let Some(exchange) = &flags.play {
        app.sources.open(played(&app, exchange).await?);
    }
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, flags.port)).await;
    let listener = listener.map_err(|error| {
        format!(
            "cannot listen at 127.0.0.1:{}: {error}; choose another port with --port",
            flags.port
        )
    })?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    // Standard output may be closed; the page is there all the same.
    let _ = writeln!(io::stdout(), "The page is at http://{address}/");
    let live = app.sources.live();
    tokio::spawn(follow(Arc::clone(live), flags.control.clone()));
    tokio::spawn(tables::follow(Arc::clone(live), flags.control.clone()));
    let served = serve(Arc::clone(&app), listener).await;
    served.map_err(|error| format!("the page's server has failed: {error}"))
}

/// Reads a file that was named on the command line.
fn file(path: &Path) -> Result<Source, String> {
    let shown = path.display();
    let mut bytes = Vec::new();
    let opened = File::open(path).and_then(|file| {
        let most = PASTE_BYTES as u64 + 1;
        file.take(most).read_to_end(&mut bytes)
    });
    opened.map_err(|error| format!("cannot read {shown}: {error}"))?;
    if bytes.len() > PASTE_BYTES {
        let most = PASTE_BYTES >> 20;
        return Err(format!(
            "{shown} has more than {most} MiB: cut out the part in question"
        ));
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    read(&name, &bytes)
}

async fn played(app: &App, exchange: &Exchange) -> Result<Source, String> {
    let chapter = app.chapters.chapter(exchange.chapter)?;
    play(&app.chapters, &chapter, &exchange.name).await
}
