//! What both ends of a call can do. What only one end does is in `caller` and `callee`.

use sip_message::{Method, Request, Response, Status};

use crate::dialog::Dialog;
use crate::draft::Draft;
use crate::phone::Phone;
use crate::sent::Sent;
use crate::wanted::Wanted;

/// One end of a call. The caller's begins with [`Phone::invite`], the callee's with
/// [`Phone::incoming_call`]; once it is answered both can do the same.
pub struct Call {
    pub(crate) phone: Phone,
    pub(crate) dialog: Dialog,
    pub(crate) side: Side,
}

/// Which end it is.
pub(crate) enum Side {
    Caller {
        sent: Sent,
        invite: Box<Draft>,
        /// The final response, which the ACK confirms.
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

    /// Waits for a request inside this call.
    ///
    /// # Panics
    /// When none of that method comes.
    pub async fn receive_request(&mut self, method: &str) -> Request {
        let wanted = Wanted::from(method).in_call(&self.dialog.call_id);
        self.phone.wait_for_request(wanted).await
    }

    /// Answers a request inside this call.
    pub fn reply_to(&mut self, request: &Request, status: impl Into<Status>) {
        let bytes = self.response(request, status.into(), &[]);
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

    pub(crate) fn inside(&self, method: Method, cseq: u32) -> Draft {
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
