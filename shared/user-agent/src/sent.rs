//! How the response to a request is waited for.

use sip_message::{Method, Packet, Response, Status};

use crate::phone::Phone;
use crate::wanted::{NeverCame, Wanted, or_panic};

/// A request that was sent, and whose response can be waited for.
#[derive(Clone)]
pub struct Sent {
    pub(crate) phone: Phone,
    pub(crate) method: Method,
    pub(crate) call_id: String,
    pub(crate) cseq: u32,
}

impl Sent {
    /// Waits for the response with this status.
    ///
    /// # Panics
    /// When another final response comes, or none.
    pub async fn answer(&self, status: impl Into<Status>) -> Response {
        or_panic(self.wait_for(status.into()).await)
    }

    /// Waits for the final response, whatever its status.
    ///
    /// # Panics
    /// When none comes.
    pub async fn final_answer(&self) -> Response {
        or_panic(self.wait_for(Wanted::any_final()).await)
    }

    /// Waits for a response.
    ///
    /// # Errors
    /// When it has not come within the phone's patience, or another final one has.
    pub async fn wait_for(&self, wanted: impl Into<Wanted>) -> Result<Response, NeverCame> {
        let wanted = wanted.into().in_call(&self.call_id);
        let wanted = wanted.with_cseq(self.cseq, self.method.as_str());
        match self.phone.wait_for(wanted).await? {
            Packet::Response(response) => Ok(response),
            Packet::Request(_) => unreachable!("a response was wanted"),
        }
    }
}
