//! One message: what is read of it, and what the page shows of it in full.
//!
//! | file | what it decides |
//! |---|---|
//! | `facts` | what messages are tied and grouped by |
//! | `lines`, `marked`, `values` | its lines in coloured parts |
//! | `makers` | who made a branch, a tag, a Call-ID, a nonce |
//! | `why`, `script` | the decision about it, and the line of the script |
//! | `digest` | its credentials worked out |
//! | `detail` | all of that together |

mod detail;
mod digest;
mod facts;
mod lines;
mod makers;
mod marked;
mod script;
mod values;
mod why;

pub(crate) use detail::Detail;
pub(crate) use digest::{Case, Digest, digests};
pub(crate) use facts::Facts;
pub(crate) use lines::{Line, lines};
