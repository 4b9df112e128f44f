//! `phone register`: says where the phone is, once or until Ctrl-C.

use std::convert::Infallible;
use std::time::Duration;

use sip_message::{Contacts, Name, Response, printable};
use tokio::time::sleep;

use crate::ask::accepted;
use crate::failure::Failure;
use crate::line::Line;

/// How soon a server that went away is asked again.
const AGAIN: Duration = Duration::from_secs(5);

/// A registration that is kept.
pub(crate) struct Registration<'a> {
    line: &'a Line,
    expires: u32,
    /// The last challenge, which refreshes answer at once (RFC 2617 §3.3).
    challenge: Option<Response>,
    granted: u32,
}

pub(crate) async fn run(line: &Line, expires: u32, stay: bool) -> Result<(), Failure> {
    let mut registration = Registration::new(line, expires);
    let response = tokio::select! {
        response = registration.register() => response?,
        () = line.stop.pressed() => return Err(Failure::new("stopped before the server answered")),
    };
    line.say(&registration.told(&response));
    if !stay || expires == 0 {
        return Ok(());
    }
    line.say("staying registered until Ctrl-C");
    tokio::select! {
        never = registration.keep() => match never {},
        // Temporarily unavailable: it is there, and does not take calls.
        never = line.refuse_calls(480) => match never {},
        () = line.stop.pressed() => {}
    }
    registration.end().await
}

impl<'a> Registration<'a> {
    pub(crate) fn new(line: &'a Line, expires: u32) -> Self {
        Self {
            line,
            expires,
            challenge: None,
            granted: expires,
        }
    }

    /// Registers, or refreshes.
    pub(crate) async fn register(&mut self) -> Result<Response, Failure> {
        self.send(self.expires).await
    }

    /// Takes the binding away.
    pub(crate) async fn end(&mut self) -> Result<(), Failure> {
        self.send(0).await?;
        self.line.say("unregistered");
        Ok(())
    }

    /// Refreshes for ever, a little before the server forgets.
    pub(crate) async fn keep(&mut self) -> Infallible {
        let mut pause = self.refresh_after();
        loop {
            sleep(pause).await;
            pause = match self.register().await {
                Ok(_) => self.refresh_after(),
                Err(failure) => {
                    self.line
                        .say(&format!("not registered: {failure}; trying again"));
                    AGAIN
                }
            };
        }
    }

    async fn send(&mut self, expires: u32) -> Result<Response, Failure> {
        let draft = self.line.phone.new_register().expires(expires);
        let draft = self.line.lie(draft, true);
        let response = self.line.ask_knowing(draft, &mut self.challenge).await?;
        if let (423, Some(least)) = (response.status(), response.value(Name::MinExpires)) {
            let hint = format!(
                "the server takes no shorter --expires than {}",
                printable(least)
            );
            return Err(Failure::refused(&response, &hint));
        }
        let response = accepted(response)?;
        self.granted = self.granted_by(&response);
        Ok(response)
    }

    /// For how long the server keeps our binding, which may be another time than we asked for
    /// (RFC 3261 §10.3 step 8).
    fn granted_by(&self, response: &Response) -> u32 {
        let own = self.line.phone.contact();
        let granted = match response.contacts() {
            Ok(Contacts::List(contacts)) => {
                let mine = contacts.iter().find(|contact| contact.address.uri == own);
                mine.and_then(|contact| contact.expires)
            }
            _ => None,
        };
        granted.or(response.expires()).unwrap_or(self.expires)
    }

    fn refresh_after(&self) -> Duration {
        Duration::from_secs(u64::from(self.granted) * 9 / 10).max(Duration::from_secs(1))
    }

    /// What the server knows now, in words.
    fn told(&self, response: &Response) -> String {
        let whom = match &self.line.lies.to {
            Some(to) => to.clone(),
            None => self.line.phone.address_of_record(),
        };
        let whom = printable(whom.as_bytes());
        let contacts = match response.contacts() {
            Ok(Contacts::List(contacts)) => contacts,
            _ => Vec::new(),
        };
        if contacts.is_empty() {
            return format!("{whom} is registered nowhere");
        }
        let mut text = format!("{whom} is registered at");
        for contact in contacts {
            text += &format!("\n  {}", printable(contact.address.uri.as_bytes()));
            if let Some(seconds) = contact.expires.or(response.expires()) {
                text += &format!(" for {seconds} s");
            }
        }
        text
    }
}
