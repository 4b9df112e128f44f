//! What only the caller does: it waits for responses to its INVITE, confirms the final one, or
//! gives up.

use sip_message::{Method, Response, Status};

use crate::call::{Call, Side};
use crate::dialog::Dialog;
use crate::draft::Draft;
use crate::sent::Sent;
use crate::wanted::{NeverCame, Wanted, or_panic};

impl Draft {
    /// Sends an INVITE, which begins a call.
    pub fn call(mut self) -> Call {
        let branch = self.take_branch();
        let draft = self.clone().branch(&branch);
        let dialog = Dialog::of_caller(&self.call_id, &self.from, &self.to, &self.uri, self.cseq);
        let phone = self.phone.clone();
        self.branch = Some(branch);
        let sent = self.send();
        Call::outgoing(phone, sent, draft, dialog)
    }
}

impl Call {
    /// Caller: waits for a response to the INVITE with this status, and learns from it.
    ///
    /// # Panics
    /// When another final response comes or none, or this is the callee's end.
    pub async fn receive(&mut self, status: impl Into<Status>) -> Response {
        or_panic(self.wait_for(status.into()).await)
    }

    /// Caller: waits for a response to the INVITE.
    ///
    /// # Errors
    /// When it has not come within the phone's patience, or another final one has.
    ///
    /// # Panics
    /// On the callee's end, which has sent no INVITE.
    pub async fn wait_for(&mut self, wanted: impl Into<Wanted>) -> Result<Response, NeverCame> {
        let Side::Caller { sent, answer, .. } = &mut self.side else {
            panic!(
                "{} is the callee and waits for no response",
                self.phone.name()
            );
        };
        let response = sent.wait_for(wanted).await?;
        if response.to().is_ok_and(|to| to.tag().is_some()) {
            self.dialog.learn(&response);
        }
        if response.status().is_final() {
            *answer = Some(Box::new(response.clone()));
        }
        Ok(response)
    }

    /// Caller: waits for 180 Ringing.
    ///
    /// # Panics
    /// When another final response comes, or none.
    pub async fn ringing(&mut self) -> Response {
        self.receive(180).await
    }

    /// Caller: waits for the 200 and confirms it (RFC 3261 §13.2.2.4).
    ///
    /// # Panics
    /// When another final response comes, or none.
    pub async fn answered(&mut self) -> Response {
        let response = self.receive(200).await;
        self.ack();
        response
    }

    /// Caller: waits for the refusal of the call and confirms it (§17.1.1.3).
    ///
    /// # Panics
    /// When another final response comes, or none.
    pub async fn refused(&mut self, status: impl Into<Status>) -> Response {
        let response = self.receive(status).await;
        self.ack();
        response
    }

    /// Caller: confirms the final response it has received. [`Call::answered`] and
    /// [`Call::refused`] have done so already.
    ///
    /// # Panics
    /// When no final response has been received.
    pub fn ack(&mut self) {
        let Side::Caller {
            sent,
            invite,
            answer: Some(answer),
        } = &self.side
        else {
            panic!("{} has no final response to confirm", self.phone.name());
        };
        let mut draft = if answer.status().is_success() {
            self.inside(Method::Ack, sent.cseq)
        } else {
            invite.follow_up(Method::Ack, &self.dialog.remote)
        };
        if let Some(outgoing) = draft.dispatch() {
            self.phone
                .with(|state| state.inbox.answered(answer, outgoing));
        }
    }

    /// Caller: gives up (§9.1). The CANCEL has its own response; that of the INVITE is then 487.
    ///
    /// # Panics
    /// On the callee's end.
    pub fn cancel(&mut self) -> Sent {
        let Side::Caller { invite, .. } = &self.side else {
            panic!("{} is the callee and cannot cancel", self.phone.name());
        };
        let to = invite_to(&self.dialog.remote);
        invite.follow_up(Method::Cancel, &to).send()
    }

    /// Caller: calls again with the same Call-ID and an answer to the challenge (§22.3). The refusal
    /// must have been confirmed.
    ///
    /// # Panics
    /// On the callee's end.
    pub fn again(&self, challenge: &Response, password: &str) -> Self {
        self.new_invite().answering(challenge, password).call()
    }

    /// Caller: the INVITE once more, to be changed before it is sent.
    ///
    /// # Panics
    /// On the callee's end.
    pub fn new_invite(&self) -> Draft {
        let Side::Caller { invite, .. } = &self.side else {
            panic!(
                "{} is the callee and has no INVITE to repeat",
                self.phone.name()
            );
        };
        Draft::clone(invite).again()
    }
}

/// The To of the INVITE itself, before anyone answered: what a CANCEL repeats (§9.1).
fn invite_to(remote: &str) -> String {
    match remote.rsplit_once(";tag=") {
        Some((to, _)) => to.to_owned(),
        None => remote.to_owned(),
    }
}
