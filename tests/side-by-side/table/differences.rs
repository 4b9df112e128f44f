//! The intended differences: each has a name and a reason.

/// A difference that is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difference {
    /// What the table calls it.
    pub name: &'static str,
    /// Why it is meant.
    pub reason: &'static str,
}

/// Every one, in the order in which the page explains them.
pub const ALL: &[Difference] = &[
    WORDS,
    OPTIONS,
    LIMITS,
    OPEN_RELAY,
    FORGED_DIALOG,
    WRITE_BACK,
    EARLY_100,
    QOP,
    DOMAINS,
    URI,
    ALGORITHM,
    ONE_TIME,
    STALE,
    BARE_401,
    EVERY_METHOD,
    ENUMERATION,
    IDENTITY,
    IN_DIALOG,
    CREDENTIALS,
];

pub const WORDS: Difference = Difference {
    name: "words",
    reason: "The reason phrase is for people, and any will do (RFC 3261 §7.2). Ours are the RFC's; \
             those of the texts where they chose some for a purpose.",
};

pub const OPTIONS: Difference = Difference {
    name: "OPTIONS",
    reason: "The listings look the server itself up among the users. Phones ask with OPTIONS \
             whether it is there, and take 404 for a broken server (RFC 3261 §11.2).",
};

pub const LIMITS: Difference = Difference {
    name: "limits",
    reason: "Ours has a shortest registration (60 s, 423 says so) and a greatest number of \
             contacts for one number, and an `Expires` beyond 32 bits is a long time; in Kamailio \
             4294967296 wraps to 0 and unregisters the phone it said 200 to.",
};

pub const OPEN_RELAY: Difference = Difference {
    name: "open relay",
    reason: "`uri != myself` and `loose_route()` stand before any question in the listings: \
             whoever writes another host into the Request-URI or a Route has his request carried \
             there, in the server's name.",
};

pub const FORGED_DIALOG: Difference = Difference {
    name: "forged dialog",
    reason: "A To tag can be made up, and so can a Route that names the server. Ours knows the \
             Routes it wrote itself, by a keyed hash in them.",
};

pub const WRITE_BACK: Difference = Difference {
    name: "write-back",
    reason: "`db_mode` 2 writes what is in memory every minute: what was acknowledged since is \
             lost with the process. Ours sends the 200 after the write.",
};

pub const EARLY_100: Difference = Difference {
    name: "early 100",
    reason: "RFC 4320 §4.1 forbids a 100 to REGISTER over UDP in its first 3.5 s, and it does not \
             stop retransmission, it slows it. `--provisional-register` sends it all the same.",
};

pub const QOP: Difference = Difference {
    name: "qop",
    reason: "The texts' challenge flag is 0. Ours offers `qop=\"auth\"`, which counts the uses of a \
             nonce; `--qop none` does as the texts do, and so it is played here in every other \
             scene.",
};

pub const DOMAINS: Difference = Difference {
    name: "domains served",
    reason: "The listings take the realm from To or From, whatever stands there. A domain that is \
             not served has no users here, and nobody is asked for its password.",
};

pub const URI: Difference = Difference {
    name: "uri check",
    reason: "Kamailio hashes the `uri` of the credentials and never compares it with the request: \
             an answer made for another place passes (RFC 7616 §3.4.6 asks for the comparison).",
};

pub const ALGORITHM: Difference = Difference {
    name: "algorithm",
    reason: "Kamailio computes MD5, whatever the credentials say they are. Ours takes what it \
             offered.",
};

pub const ONE_TIME: Difference = Difference {
    name: "one-time answers",
    reason: "Without qop a nonce serves once here, with qop each count once: a copied answer is \
             worth nothing. `stale=true` has the phone answer the new one without asking anybody.",
};

pub const STALE: Difference = Difference {
    name: "stale",
    reason: "The nonce was ours and the answer right, only late: `stale=true` says so. Without it a \
             phone takes its password for wrong; baresip gives up.",
};

pub const BARE_401: Difference = Difference {
    name: "bare 401",
    reason: "RFC 3261 §22.2 has every 401 carry a challenge; phones are stranded \
             without one.",
};

pub const EVERY_METHOD: Difference = Difference {
    name: "every method",
    reason: "The listings ask who sends an INVITE, and nobody else. A MESSAGE is as good a way to \
             write to people in someone's name.",
};

pub const ENUMERATION: Difference = Difference {
    name: "enumeration",
    reason: "404 to those who have not said who they are tells them, number by number, which ones \
             are there.",
};

pub const IDENTITY: Difference = Difference {
    name: "From=ID",
    reason: "`auth_check` refuses credentials whose user is not From's with a new challenge, \
             without end; the phone is right and cannot know what is wrong. 403 says it.",
};

pub const IN_DIALOG: Difference = Difference {
    name: "credentials in a call",
    reason: "RFC 3261 §13.2.2.4 has a phone repeat its credentials in ACK. The listings relay what \
             is inside a call before they come to `consume_credentials`; ours takes the credentials \
             for its realm out there, too.",
};

pub const CREDENTIALS: Difference = Difference {
    name: "credentials",
    reason: "The text has no `consume_credentials`: what was for the proxy reaches the callee.",
};
