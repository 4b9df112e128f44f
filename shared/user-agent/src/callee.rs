//! What only the callee does: it answers the INVITE until the caller confirms the answer.

use sip_message::{Request, Status};

use crate::call::{Call, Side};
use crate::repeat::Until;
use crate::wanted::Wanted;

impl Call {
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

    /// Callee: reports that it rings, 180.
    pub fn ring(&mut self) {
        self.reply(180, &[]);
    }

    /// Callee: answers the call, 200 with a session description.
    pub fn answer(&mut self) {
        let body = self.phone.session_description();
        self.reply(200, &body);
    }

    /// Callee: refuses the call, with 486 for busy or 603 for declined.
    pub fn refuse(&mut self, status: impl Into<Status>) {
        self.reply(status, &[]);
    }

    /// Callee: answers the INVITE with any status; a final answer is repeated until its ACK
    /// comes (§13.3.1.4, §17.2.1).
    ///
    /// # Panics
    /// On the caller's end.
    pub fn reply(&mut self, status: impl Into<Status>, body: &[u8]) {
        let status = status.into();
        let bytes = self.response(self.invite(), status, body);
        let outgoing = self.phone.answer(self.invite(), bytes);
        if status.is_final() {
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
        self.phone.wait_for_request(wanted).await
    }

    /// The CSeq number of the INVITE that came.
    fn cseq(&self) -> u32 {
        self.invite().cseq().map_or(0, |cseq| cseq.number)
    }

    /// Callee: waits for the caller's CANCEL, confirms it (200), ends the INVITE (487), and waits for
    /// its ACK (§9.2).
    ///
    /// # Panics
    /// When one of them does not come.
    pub async fn cancelled(&mut self) {
        let cancel = self.receive_request("CANCEL").await;
        self.reply_to(&cancel, 200);
        self.reply(487, &[]);
        self.acknowledged().await;
    }
}
