//! Loop detection (RFC 3261 §16.3 step 4, RFC 5393 §4) and the bound on forking (RFC 5393 §5).

use sip_message::{HeaderName, Request};

use super::via::parse_branch;
use crate::loop_mark::loop_mark;
use crate::myself::Secret;

/// Whether a Via of ours marks the request as one that was here before, unchanged. A request
/// with one Via has not been anywhere yet.
pub(crate) fn is_looped(request: &Request, secret: &Secret) -> bool {
    if request.list(HeaderName::Via).nth(1).is_none() {
        return false;
    }
    let mut mark = None;
    let mut is_ours = |branch| {
        parse_branch(branch)
            .is_some_and(|(_, old)| old == *mark.get_or_insert_with(|| loop_mark(request, secret)))
    };
    request.vias().flatten().any(|via| is_ours(via.branch()))
}

/// How many branches each of `branches` hops may make in turn; `None` when there are more hops
/// than the request may still fork into (440).
pub(crate) fn share_breadth(request: &Request, branches: usize, most: u32) -> Option<u32> {
    let value = request.value(HeaderName::MaxBreadth);
    let asked = value.and_then(|value| std::str::from_utf8(value).ok()?.parse().ok());
    let breadth = asked.unwrap_or(most).min(most);
    let branches = u32::try_from(branches).ok()?;
    (branches <= breadth).then(|| breadth / branches.max(1))
}
