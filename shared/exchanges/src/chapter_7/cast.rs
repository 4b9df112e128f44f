//! The carriers of the exchanges, and what an administrator does.

use sip_stage::{Call, Draft, Phone, Stage};

use crate::cast::ELEVEN;

pub const MISTYPED: &str = "insert into address (grp, ip_addr, mask, tag) \
                        values (200, '10.0.9.7', 33, 'New carrier') returning *";

pub const RIGHT: &str = "insert into address (grp, ip_addr, mask, tag) \
                     values (200, '10.0.9.7', 32, 'New carrier') returning *";

pub const RELOAD: &str = "permissions.addressReload";

/// Somebody in the telephone network, behind a carrier's gateway.
pub fn carrier(stage: &mut Stage, address: &str) -> Phone {
    stage.peer("carrier", "+41215500000", address)
}

/// An INVITE as carriers write it: From is a number of their own.
pub fn from_carrier(carrier: &Phone, to: &str) -> Draft {
    carrier
        .new_invite(to)
        .from("<sip:+41215500000@carrier.example>;tag=carrier-1")
}

/// Phone 11, registered.
pub async fn eleven(stage: &mut Stage) -> Phone {
    let eleven = stage.phone("11", ELEVEN);
    eleven.register_with("abc11").await;
    eleven
}

/// Phone 11 is busy: enough to see that it was reached.
pub async fn busy(mut caller: Call, eleven: &Phone) {
    eleven.incoming_call().await.refuse(486);
    caller.refused(486).await;
}
