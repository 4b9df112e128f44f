//! `phone register`: registers once, or keeps the registration until Ctrl-C.

use std::convert::Infallible;
use std::time::Duration;

use sip_message::{HeaderName, Response, printable};
use tokio::time::sleep;

use crate::ask::accepted;
use crate::bindings::{is_same, listed, not_listed};
use crate::challenges::Challenges;
use crate::failure::Failure;
use crate::line::Line;

/// When the phone tries again after a server went away.
const AGAIN: Duration = Duration::from_secs(5);

/// The shortest pause, whatever the server asks for.
const SOONEST: Duration = Duration::from_secs(1);

/// A registration that is kept.
pub(crate) struct Registration<'a> {
    line: &'a Line,
    /// The expires of the requests, in seconds; 0 removes the binding.
    expires: u32,
    /// The last challenges, which refreshes answer at once (RFC 2617 §3.3).
    challenges: Challenges,
    /// How long the server keeps the binding, in seconds.
    granted: u32,
}

pub(crate) async fn run(line: &Line, expires: u32, stay: bool) -> Result<(), Failure> {
    let mut registration = Registration::new(line, expires);
    let stays = stay && expires > 0;
    let response = if stays {
        registration.begin().await?
    } else {
        tokio::select! {
            response = registration.register() => response?,
            () = line.stop.pressed() => return Err(stopped()),
        }
    };
    line.say(&registration.in_words(&response));
    if !stays {
        return Ok(());
    }
    line.say("staying registered until Ctrl-C");
    tokio::select! {
        never = registration.keep() => match never {},
        // Temporarily Unavailable: the phone is running, but takes no calls.
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
            challenges: Challenges::default(),
            granted: expires,
        }
    }

    /// Registers, and tries again if a busy server asks for a pause (Retry-After).
    pub(crate) async fn begin(&mut self) -> Result<Response, Failure> {
        let line = self.line;
        let registered = async {
            loop {
                let failure = match self.register().await {
                    Ok(response) => return Ok(response),
                    Err(failure) => failure,
                };
                let Some(pause) = failure.retry_after() else {
                    return Err(failure);
                };
                self.will_try_again(&failure, pause);
                sleep(pause.max(SOONEST)).await;
            }
        };
        tokio::select! {
            registered = registered => registered,
            () = line.stop.pressed() => Err(stopped()),
        }
    }

    /// Registers, or refreshes.
    pub(crate) async fn register(&mut self) -> Result<Response, Failure> {
        let response = self.send(self.expires).await?;
        let kept = self.kept_for(&response);
        match (self.expires, kept) {
            (0, Some(_)) => Err(Failure::new(format!(
                "not unregistered: the {} {} still lists {}",
                response.status(),
                printable(response.reason()),
                printable(self.own_contact().as_bytes())
            ))),
            (1.., None) => Err(not_listed(&response, &self.own_contact())),
            _ => {
                self.granted = kept.unwrap_or(self.expires);
                Ok(response)
            }
        }
    }

    /// Removes the binding.
    pub(crate) async fn end(&mut self) -> Result<(), Failure> {
        self.expires = 0;
        self.register().await?;
        self.line.say("unregistered");
        Ok(())
    }

    /// Refreshes for ever, shortly before the binding expires.
    pub(crate) async fn keep(&mut self) -> Infallible {
        let mut pause = self.refresh_after();
        loop {
            sleep(pause).await;
            pause = match self.register().await {
                Ok(_) => self.refresh_after(),
                Err(failure) => {
                    let pause = failure.retry_after().unwrap_or(AGAIN);
                    self.will_try_again(&failure, pause);
                    pause.max(SOONEST)
                }
            };
        }
    }

    fn will_try_again(&self, failure: &Failure, pause: Duration) {
        let seconds = pause.max(SOONEST).as_secs();
        let text = format!("not registered: {failure}; trying again in {seconds} s");
        self.line.say(&text);
    }

    async fn send(&mut self, expires: u32) -> Result<Response, Failure> {
        let draft = self.line.phone.new_register().expires(expires);
        let draft = self.line.lie(draft, true);
        let asked = self.line.ask_knowing(draft, &mut self.challenges).await;
        let of_removal = |failure: Failure| match expires {
            0 => failure.of("not unregistered"),
            _ => failure,
        };
        let response = asked.map_err(of_removal)?;
        let least = response.value(HeaderName::MinExpires);
        if let Some(least) = least.filter(|_| response.status() == 423 && expires > 0) {
            let hint = format!("use --expires {} or more", printable(least));
            return Err(Failure::refused(&response, &hint));
        }
        accepted(response).map_err(of_removal)
    }

    /// The Contact that is registered.
    fn own_contact(&self) -> String {
        let lie = self.line.lies.contact.clone();
        lie.unwrap_or_else(|| self.line.phone.contact())
    }

    /// How long the server keeps our binding, in seconds. It may choose another time than ours
    /// (RFC 3261 §10.3 step 8); `None` if the response does not list it.
    fn kept_for(&self, response: &Response) -> Option<u32> {
        let own = self.own_contact();
        let contacts = listed(response);
        let mine = contacts
            .iter()
            .find(|(uri, _)| own == "*" || is_same(&own, uri))?;
        let named = mine.1.or(response.expires());
        (named != Some(0)).then(|| named.unwrap_or(self.expires))
    }

    fn refresh_after(&self) -> Duration {
        Duration::from_secs(u64::from(self.granted) * 9 / 10).max(Duration::from_secs(1))
    }

    /// What the server knows now.
    fn in_words(&self, response: &Response) -> String {
        let user = match &self.line.lies.to {
            Some(to) => to.clone(),
            None => self.line.phone.address_of_record(),
        };
        let user = printable(user.as_bytes());
        let contacts = listed(response);
        if contacts.is_empty() {
            return format!("{user} is not registered anywhere");
        }
        let mut text = format!("{user} is registered at");
        for (uri, expires) in contacts {
            text += &format!("\n  {}", printable(uri.as_bytes()));
            if let Some(seconds) = expires.or(response.expires()) {
                text += &format!(" for {seconds} s");
            }
        }
        text
    }
}

fn stopped() -> Failure {
    Failure::new("stopped before the server answered")
}
