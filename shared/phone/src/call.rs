use sip_message::{Method, Packet, Request, Response};

use crate::dialog::Dialog;
use crate::draft::Draft;
use crate::phone::Phone;
use crate::repeat::Until;
use crate::sent::Sent;
use crate::wanted::{NeverCame, Wanted, or_panic};

/// One end of a call. The caller's begins with [`Phone::invite`], the callee's with
/// [`Phone::incoming_call`]; once it is answered both can do the same.
pub struct Call {
    pub(crate) phone: Phone,
    pub(crate) dialog: Dialog,
    side: Side,
}

enum Side {
    Caller {
        sent: Sent,
        invite: Box<Draft>,
        /// The final response, which the ACK answers.
        answer: Option<Box<Response>>,
    },
    Callee {
        invite: Box<Request>,
    },
}

impl Call {
    pub(crate) fn outgoing(phone: Phone, sent: Sent, invite: Draft, dialog: Dialog) -> Self {
        let side = Side::Caller {
            sent,
            invite: Box::new(invite),
            answer: None,
        };
        Self {
            phone,
            dialog,
            side,
        }
    }

    pub(crate) fn incoming(phone: Phone, invite: Request, dialog: Dialog) -> Self {
        let side = Side::Callee {
            invite: Box::new(invite),
        };
        Self {
            phone,
            dialog,
            side,
        }
    }

    /// What this end remembers of the call.
    pub fn dialog(&self) -> &Dialog {
        &self.dialog
    }

    /// Caller: waits for a response to the INVITE with this status, and learns from it.
    ///
    /// # Panics
    /// When another final response comes or none, or this is the callee's end.
    pub async fn receive(&mut self, status: u16) -> Response {
        or_panic(self.wait_for(status).await)
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
            panic!("{} was called and waits for no response", self.phone.name());
        };
        let response = sent.wait_for(wanted).await?;
        if response.to().is_ok_and(|to| to.tag().is_some()) {
            self.dialog.learn(&response);
        }
        if response.status() >= 200 {
            *answer = Some(Box::new(response.clone()));
        }
        Ok(response)
    }

    /// Caller: hears that it rings, 180.
    ///
    /// # Panics
    /// When it does not.
    pub async fn ringing(&mut self) -> Response {
        self.receive(180).await
    }

    /// Caller: hears that the call is answered, 200, and confirms it (RFC 3261 §13.2.2.4).
    ///
    /// # Panics
    /// When it is not.
    pub async fn answered(&mut self) -> Response {
        let response = self.receive(200).await;
        self.ack();
        response
    }

    /// Caller: hears that there will be no call, and confirms it (§17.1.1.3).
    ///
    /// # Panics
    /// When another final response comes, or none.
    pub async fn refused(&mut self, status: u16) -> Response {
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
            panic!("{} has no answer to confirm", self.phone.name());
        };
        let mut draft = if answer.status() < 300 {
            self.inside(Method::Ack, sent.cseq)
        } else {
            invite.follow_up(Method::Ack, &self.dialog.remote)
        };
        if let Some(outgoing) = draft.dispatch() {
            self.phone
                .with(|state| state.inbox.answered(answer, outgoing));
        }
    }

    /// Caller: gives up (§9.1). The CANCEL has its own answer; the INVITE's is then 487.
    ///
    /// # Panics
    /// On the callee's end.
    pub fn cancel(&mut self) -> Sent {
        let Side::Caller { invite, .. } = &self.side else {
            panic!("{} was called and cannot cancel", self.phone.name());
        };
        let to = invite_to(&self.dialog.remote);
        invite.follow_up(Method::Cancel, &to).send()
    }

    /// Caller: calls again in the same Call-ID with an answer to the challenge that refused it
    /// (§22.3). The refusal must have been confirmed.
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
            panic!("{} was called and has nothing to repeat", self.phone.name());
        };
        Draft::clone(invite).again()
    }

    /// The INVITE that came.
    ///
    /// # Panics
    /// On the caller's end.
    pub fn invite(&self) -> &Request {
        match &self.side {
            Side::Callee { invite } => invite,
            Side::Caller { .. } => panic!("{} is the caller", self.phone.name()),
        }
    }

    /// Callee: says that it rings, 180.
    pub fn ring(&mut self) {
        self.reply(180, &[]);
    }

    /// Callee: takes the call, 200 with a session description.
    pub fn answer(&mut self) {
        let body = self.phone.session_description();
        self.reply(200, &body);
    }

    /// Callee: declines, 486 when it is busy, 603 when it will not.
    pub fn refuse(&mut self, status: u16) {
        self.reply(status, &[]);
    }

    /// Callee: answers the INVITE with any status; a final answer is repeated until its ACK
    /// comes (§13.3.1.4, §17.2.1).
    ///
    /// # Panics
    /// On the caller's end.
    pub fn reply(&mut self, status: u16, body: &[u8]) {
        let bytes = self.response(self.invite(), status, body);
        let outgoing = self.phone.answer(self.invite(), bytes);
        if status >= 200 {
            self.phone
                .repeat(&outgoing, Until::Ack, &self.dialog.call_id, self.cseq());
        }
    }

    /// Callee: waits for the ACK to its final response.
    ///
    /// # Panics
    /// When none comes, or this is the caller's end.
    pub async fn acknowledged(&mut self) -> Request {
        let wanted = Wanted::from("ACK").in_call(&self.dialog.call_id);
        let wanted = wanted.with_cseq(self.cseq(), "ACK");
        request(or_panic(self.phone.wait_for(wanted).await))
    }

    /// The CSeq number of the INVITE that came.
    fn cseq(&self) -> u32 {
        self.invite().cseq().map_or(0, |cseq| cseq.number)
    }

    /// Callee: waits for the caller to give up, confirms that (200) and ends the INVITE (487),
    /// and waits for its ACK (§9.2).
    ///
    /// # Panics
    /// When one of them does not come.
    pub async fn cancelled(&mut self) {
        let cancel = self.receive_request("CANCEL").await;
        self.reply_to(&cancel, 200);
        self.reply(487, &[]);
        self.acknowledged().await;
    }

    /// Waits for a request inside this call.
    ///
    /// # Panics
    /// When none of that method comes.
    pub async fn receive_request(&mut self, method: &str) -> Request {
        let wanted = Wanted::from(method).in_call(&self.dialog.call_id);
        request(or_panic(self.phone.wait_for(wanted).await))
    }

    /// Answers a request inside this call.
    pub fn reply_to(&mut self, request: &Request, status: u16) {
        let bytes = self.response(request, status, &[]);
        self.phone.answer(request, bytes);
    }

    /// A request inside this call, to be changed before it is sent (§12.2.1.1).
    pub fn new_request(&mut self, method: Method) -> Draft {
        self.dialog.cseq += 1;
        self.inside(method, self.dialog.cseq)
    }

    /// Presses a key: INFO with `application/dtmf-relay`, as SER's gateways understand it.
    pub fn press(&mut self, digit: char, milliseconds: u32) -> Sent {
        let body = format!("Signal={digit}\r\nDuration={milliseconds}\r\n");
        let draft = self.new_request(Method::Info);
        draft.body("application/dtmf-relay", body).send()
    }

    /// Hangs up (§15.1.1).
    pub fn hang_up(&mut self) -> Sent {
        self.new_request(Method::Bye).send()
    }

    /// Waits for the other end to hang up, and confirms it (§15.1.2).
    ///
    /// # Panics
    /// When it does not.
    pub async fn hung_up(&mut self) -> Request {
        let bye = self.receive_request("BYE").await;
        self.reply_to(&bye, 200);
        bye
    }

    fn inside(&self, method: Method, cseq: u32) -> Draft {
        let (uri, routes) = self.dialog.target_and_routes();
        let mut draft = Draft::new(&self.phone, method, uri)
            .dialog(&self.dialog.call_id, cseq)
            .from(self.dialog.local.clone())
            .to(self.dialog.remote.clone())
            .towards(&self.dialog.next_hop());
        for route in routes {
            draft = draft.route(route);
        }
        draft
    }
}

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

/// The To of the INVITE itself, before anyone answered: what a CANCEL repeats (§9.1).
fn invite_to(remote: &str) -> String {
    match remote.rsplit_once(";tag=") {
        Some((to, _)) => to.to_owned(),
        None => remote.to_owned(),
    }
}

fn request(packet: Packet) -> Request {
    match packet {
        Packet::Request(request) => request,
        Packet::Response(_) => unreachable!("a method is never met by a response"),
    }
}
