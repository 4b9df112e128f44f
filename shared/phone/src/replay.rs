//! `phone replay`: a captured request once more, as it is or with a few fields changed.

use std::io::Read;
use std::path::Path;

use sip_message::{MAX_MESSAGE, Response, printable};
use sip_server::{Network, SystemEntropy};
use sip_user_agent::Ids;
use tokio::time::timeout;

use crate::failure::Failure;
use crate::flags::Flags;
use crate::line::{self, Opened};
use crate::pasted::to_send;
use crate::realms::Realms;
use crate::replaying::Replaying;
use crate::server::no_server;
use crate::show::{Show, print};
use crate::stop::Stop;
use crate::verb::Replay;

pub(crate) async fn run(
    flags: &Flags,
    what: &Replay,
    realms: Realms,
    stop: &Stop,
) -> Result<(), Failure> {
    if let Some(flag) = flags.lies.about_credentials() {
        return Err(Failure::usage(format!(
            "{flag} cannot be used here: a replayed request keeps its credentials"
        )));
    }
    let bytes = to_send(read(&what.file)?);
    let opened = line::open(&flags.account, Show::new(&flags.show, realms)).await?;
    let Opened {
        mut network,
        account,
        heard,
    } = opened;
    let server = account.server;
    let flow = network.flow_to(
        account.transport,
        server,
        sip_server::Account::at(server.ip()),
    );
    let flow = flow.map_err(Failure::caused)?;
    let lies = flags.lies.clone().whole(&account.domain)?;
    let mut replaying = Replaying {
        network,
        account: account.clone(),
        ids: Ids::random(Box::new(SystemEntropy::default())),
        flow,
    };
    let request = replaying.changed(&bytes, what, &lies)?;
    let time = flags.account.timeout;
    let no_answer = || {
        Failure::new(format!(
            "no answer from {server} within {} s (--timeout). A server answers a repetition at the \
             address of the first request, and some servers answer at the address in the Via: \
             --new-branch makes it a request of this phone",
            time.as_secs_f64()
        ))
    };
    let replayed = timeout(time, replaying.play(bytes, request.as_ref()));
    let accepted = tokio::select! {
        replayed = replayed => replayed.unwrap_or_else(|_| Err(no_answer())),
        failure = no_server(&heard, &account) => Err(failure),
        () = stop.pressed() => Err(Failure::new("stopped before an answer came")),
    }?;
    if !flags.show.quiet {
        report(accepted.as_ref());
    }
    Ok(())
}

fn report(accepted: Option<&Response>) {
    if let Some(response) = accepted {
        let reason = printable(response.reason());
        print(&format!(
            "the replay was accepted: {} {reason}\n",
            response.status()
        ));
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let name = path.display();
    let fault = |error: std::io::Error| Failure::caused(error).of(&name);
    let source: Box<dyn Read> = match path.to_str() {
        Some("-") => Box::new(std::io::stdin()),
        _ => Box::new(std::fs::File::open(path).map_err(fault)?),
    };
    let mut bytes = Vec::new();
    // One byte more than allowed shows that there is too much.
    source
        .take(MAX_MESSAGE as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(fault)?;
    match bytes.len() {
        0 => Err(Failure::usage("the file is empty").of(&name)),
        1..=MAX_MESSAGE => Ok(bytes),
        _ => {
            let fault = format!("longer than the {MAX_MESSAGE} bytes of a message");
            Err(Failure::usage(fault).of(&name))
        }
    }
}
