use sip_message::{Flow, Method, Packet, Response};
use tokio::time::Instant;

use crate::inbox::{Outgoing, Pace, Repeat};
use crate::phone::{Phone, or_panic};
use crate::wanted::{NeverCame, Wanted};

/// A request on its way. While its answer is waited for, it is sent again as UDP needs
/// (RFC 3261 §17.1).
#[derive(Clone)]
pub struct Sent {
    pub(crate) phone: Phone,
    pub(crate) method: Method,
    pub(crate) call_id: String,
    pub(crate) cseq: u32,
    /// Nothing where there was no way to go.
    pub(crate) outgoing: Option<Outgoing>,
    pub(crate) at: Instant,
}

impl Sent {
    /// Waits for the answer with this status.
    ///
    /// # Panics
    /// When another final response comes, or none.
    pub async fn answer(&self, status: u16) -> Response {
        or_panic(self.wait_for(status).await)
    }

    /// Waits for the final answer, whatever it says.
    ///
    /// # Panics
    /// When none comes.
    pub async fn final_answer(&self) -> Response {
        or_panic(self.wait_for(Wanted::any_final()).await)
    }

    /// Waits for an answer.
    ///
    /// # Errors
    /// When it has not come within the phone's patience, or another final one has.
    pub async fn wait_for(&self, wanted: impl Into<Wanted>) -> Result<Response, NeverCame> {
        let wanted = self.about_this(wanted.into());
        let pace = match self.method {
            Method::Invite => Pace::Invite,
            _ => Pace::Capped,
        };
        match self.phone.wait(wanted.clone(), self.repeat(pace)).await? {
            Packet::Response(response) => Ok(response),
            Packet::Request(_) => unreachable!("a response was wanted"),
        }
    }

    fn about_this(&self, wanted: Wanted) -> Wanted {
        wanted
            .in_call(&self.call_id)
            .with_cseq(self.cseq, self.method.as_str())
    }

    fn repeat(&self, pace: Pace) -> Option<Repeat> {
        let reliable = |flow: &Flow| flow.transport.is_reliable();
        let outgoing = self.outgoing.clone();
        let outgoing = outgoing.filter(|(flow, _)| !reliable(flow))?;
        Some(Repeat {
            outgoing,
            first_sent: self.at,
            pace,
        })
    }
}
