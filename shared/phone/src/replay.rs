//! `phone replay`: a captured request once more, as it stands or with a few fields changed.

use std::future::poll_fn;
use std::io::Read;
use std::path::Path;

use sip_message::{Arrival, HeaderName, MAX_MESSAGE, Method, Packet, Request, Response, printable};
use sip_server::{Event, Network, SystemEntropy};
use sip_user_agent::{Account, Ids};
use tokio::time::{Instant, timeout_at};

use crate::ask::accepted;
use crate::failure::Failure;
use crate::flags::{Flags, Lies, Replay};
use crate::line::{self, Opened};
use crate::pasted::from_paste;
use crate::realms::Realms;
use crate::server::nobody_there;
use crate::show::{Show, print};
use crate::stop::Stop;

pub(crate) async fn run(
    flags: &Flags,
    what: &Replay,
    realms: Realms,
    stop: &Stop,
) -> Result<(), Failure> {
    if let Some(flag) = flags.lies.about_credentials() {
        return Err(Failure::usage(format!(
            "{flag} has no place here: a replayed request keeps the credentials it has"
        )));
    }
    let bytes = from_paste(&read(&what.file)?);
    let opened = line::open(&flags.account, Show::new(&flags.show, realms)).await?;
    let Opened {
        mut network,
        account,
        heard,
    } = opened;
    let flow = network.flow_to(
        account.transport,
        account.server,
        sip_server::Account::at(account.server.ip()),
    );
    let flow = flow.map_err(|error| Failure::new(error.to_string()))?;
    let ids = Ids::random(Box::new(SystemEntropy::default()));
    let mut replaying = Replaying {
        network,
        account: account.clone(),
        ids,
        flow,
    };
    let lies = flags.lies.clone().whole(&account.domain)?;
    let request = replaying.changed(&bytes, what, &lies)?;
    let deadline = Instant::now() + flags.account.timeout;
    let seconds = flags.account.timeout.as_secs_f64();
    let replayed = async { timeout_at(deadline, replaying.play(bytes, request.as_ref())).await };
    let taken = tokio::select! {
        replayed = replayed => replayed.unwrap_or_else(|_| Err(Failure::new(format!(
            "nothing came back from {} within {seconds} s (--timeout). A server answers a \
             repetition where the first came from, and some answer where the Via says: \
             --new-branch makes it a request of this phone",
            account.server
        )))),
        failure = nobody_there(&heard, &account) => Err(failure),
        () = stop.pressed() => Err(Failure::new("stopped before an answer came")),
    }?;
    if let (Some(response), false) = (taken, flags.show.quiet) {
        let (status, reason) = (response.status(), printable(response.reason()));
        print(&format!("the replay was taken: {status} {reason}\n"));
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let fault = |error: std::io::Error| Failure::new(format!("{}: {error}", path.display()));
    let source: Box<dyn Read> = match path.to_str() {
        Some("-") => Box::new(std::io::stdin()),
        _ => Box::new(std::fs::File::open(path).map_err(fault)?),
    };
    let mut bytes = Vec::new();
    // One more than there may be, to know it from what there is.
    source
        .take(MAX_MESSAGE as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(fault)?;
    match bytes.len() {
        0 => Err(Failure::usage(format!("{}: it is empty", path.display()))),
        1..=MAX_MESSAGE => Ok(bytes),
        _ => Err(Failure::usage(format!(
            "{}: longer than the {MAX_MESSAGE} bytes of a message",
            path.display()
        ))),
    }
}

struct Replaying<N> {
    network: N,
    account: Account,
    ids: Ids,
    flow: sip_message::Flow,
}

impl<N: Network> Replaying<N> {
    /// The request with what is to be changed; `None` where it is no request and nothing is.
    fn changed(
        &mut self,
        bytes: &[u8],
        what: &Replay,
        lies: &Lies,
    ) -> Result<Option<Request>, Failure> {
        let arrival = Arrival {
            flow: self.flow,
            at: std::time::UNIX_EPOCH,
        };
        let parsed = sip_message::parse(bytes.to_vec(), arrival);
        let changes = what.new_branch || what.new_call_id || lies.changes_a_field();
        let mut request = match parsed {
            Ok(Packet::Request(request)) => request,
            Ok(Packet::Response(_)) if changes => {
                return Err(Failure::usage(
                    "this is a reply, in which nothing can be changed",
                ));
            }
            Err(malformed) if changes => {
                let text = format!(
                    "nothing can be changed in what is no request: {}",
                    malformed.error
                );
                return Err(Failure::usage(text));
            }
            _ => return Ok(None),
        };
        if what.new_branch {
            request.set_first(HeaderName::Via, &self.via());
        }
        if what.new_call_id {
            let host = self.account.local.ip().to_string();
            request.set(HeaderName::CallId, &self.ids.call_id(&host));
        }
        let fields = [
            (HeaderName::To, &lies.to),
            (HeaderName::From, &lies.from),
            (HeaderName::Contact, &lies.contact),
        ];
        for (name, uri) in fields {
            let Some(uri) = uri else { continue };
            let tag = match (name, self.ids.tag()) {
                (HeaderName::From, tag) => format!(";tag={tag}"),
                _ => String::new(),
            };
            request.set(name, &format!("<{uri}>{tag}"));
        }
        Ok(Some(request))
    }

    /// Sends it once, and waits for what becomes of it.
    /// `None` for an ACK, which nobody answers.
    async fn play(
        &mut self,
        bytes: Vec<u8>,
        request: Option<&Request>,
    ) -> Result<Option<Response>, Failure> {
        let Some(request) = request else {
            self.network.send(&self.flow, &bytes);
            return accepted(self.answer_to(None).await?).map(Some);
        };
        self.network.send(&self.flow, &request.to_bytes());
        if *request.method() == Method::Ack {
            return Ok(None);
        }
        let response = self.answer_to(Some(request.method())).await?;
        if *request.method() == Method::Invite {
            self.end_call(request, &response).await?;
        }
        accepted(response).map(Some)
    }

    /// Confirms what came to an INVITE; a call that was picked up is ended.
    async fn end_call(&mut self, invite: &Request, response: &Response) -> Result<(), Failure> {
        let cseq = invite.cseq().map_or(1, |cseq| cseq.number);
        if response.status() >= 300 {
            let via = text(invite.value(HeaderName::Via));
            let routes = invite.list(HeaderName::Route).map(lossy).collect();
            self.follow_up(&Method::Ack, invite.uri_text(), via, routes, response, cseq);
            return Ok(());
        }
        let contact = response.contacts().ok();
        let target = match &contact {
            Some(sip_message::Contacts::List(all)) => all.first().map(|c| c.address.uri),
            _ => None,
        };
        let target = target.unwrap_or(invite.uri_text()).to_owned();
        let mut routes: Vec<String> = response.list(HeaderName::RecordRoute).map(lossy).collect();
        routes.reverse(); // RFC 3261 §12.1.2
        for (method, cseq) in [(Method::Ack, cseq), (Method::Bye, cseq + 1)] {
            let via = self.via();
            self.follow_up(&method, &target, via, routes.clone(), response, cseq);
        }
        self.answer_to(Some(&Method::Bye)).await.map(drop)
    }

    fn follow_up(
        &mut self,
        method: &Method,
        uri: &str,
        via: String,
        routes: Vec<String>,
        response: &Response,
        cseq: u32,
    ) {
        let mut out = format!("{method} {uri} SIP/2.0\r\nVia: {via}\r\n");
        for route in routes {
            out += &format!("Route: {route}\r\n");
        }
        out += "Max-Forwards: 70\r\n";
        for name in [HeaderName::From, HeaderName::To, HeaderName::CallId] {
            out += &format!("{}: {}\r\n", name.as_str(), text(response.value(name)));
        }
        out += &format!("CSeq: {cseq} {method}\r\nContent-Length: 0\r\n\r\n");
        self.network.send(&self.flow, out.as_bytes());
    }

    /// The final response to a request of that method, or any.
    async fn answer_to(&mut self, method: Option<&Method>) -> Result<Response, Failure> {
        let mut events = Vec::new();
        loop {
            poll_fn(|context| self.network.poll_events(context, &mut events)).await;
            for event in events.drain(..) {
                let Event::Message { bytes, arrival } = event else {
                    continue;
                };
                let Ok(Packet::Response(response)) = sip_message::parse(bytes, arrival) else {
                    continue;
                };
                let of_method = response
                    .cseq()
                    .is_ok_and(|c| method.is_none_or(|m| c.method == *m));
                if of_method && response.status() >= 200 {
                    return Ok(response);
                }
            }
        }
    }

    fn via(&mut self) -> String {
        let Account {
            transport, local, ..
        } = self.account;
        format!(
            "SIP/2.0/{transport} {local};branch={};rport",
            self.ids.branch()
        )
    }
}

fn lossy(value: &[u8]) -> String {
    String::from_utf8_lossy(value).into_owned()
}

fn text(value: Option<&[u8]>) -> String {
    lossy(value.unwrap_or_default())
}
