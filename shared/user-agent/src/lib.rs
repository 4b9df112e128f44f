//! A SIP phone as a library: it registers, calls, answers, hangs up, and waits for what comes.
//!
//! A [`Phone`] uses the same [`sip_server::Network`] as a server, so it works on a stage in the
//! process as well as on real sockets. A test or an exchange decides what it does, message by
//! message, and each wait has a limit. While [`Phone::live`] runs, the phone does by itself what no
//! person decides: it repeats messages that UDP may have lost (RFC 3261 §17), and it answers
//! repetitions as it answered the first message.

mod account;
mod asked;
mod call;
mod callee;
mod caller;
mod credentials;
mod dialog;
mod draft;
mod ids;
mod inbox;
mod live;
mod nonce_uses;
mod phone;
mod print;
mod repeat;
mod response;
mod sent;
mod story;
mod style;
mod wait;
mod wanted;
mod wording;

pub use account::Account;
pub use asked::Asked;
pub use call::Call;
pub use credentials::Login;
pub use dialog::Dialog;
pub use draft::Draft;
pub use ids::Ids;
pub use phone::Phone;
pub use sent::Sent;
pub use style::Style;
pub use wanted::{NeverCame, Wanted};
pub use wording::Wording;
