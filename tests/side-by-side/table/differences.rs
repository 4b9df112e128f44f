//! The intended differences, each with its name and its reason.

/// An intended difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difference {
    /// What the table calls it.
    pub name: &'static str,
    /// Its cause.
    pub lies_in: LiesIn,
    /// Why it is intended.
    pub reason: &'static str,
}

/// The cause of a difference: not all of them are Kamailio's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LiesIn {
    /// The texts' listings: another script would do as ours does.
    Script,
    /// The modules' settings, as the texts have them or leave them.
    Settings,
    /// Kamailio 5.6.3 itself.
    Kamailio,
}

/// All of them, in the order of the page.
pub const ALL: &[Difference] = &[
    OPTIONS,
    OPEN_RELAY,
    OWN_CONNECTION,
    EARLY_100,
    DOMAINS,
    STALE,
    BARE_401,
    EVERY_METHOD,
    ENUMERATION,
    IDENTITY,
    IN_DIALOG,
    FALSE_CHALLENGE,
    ASSERTED,
    SCHEMES,
    CREDENTIALS,
    CALLS_OUT,
    EXIT,
    LIMITS,
    WRITE_BACK,
    CAPITALS,
    QOP,
    ONE_TIME,
    WORDS,
    BEST_RESPONSE,
    SEND_ERROR,
    LONG_EXPIRES,
    FORGED_DIALOG,
    LOOPS,
    STRAY,
    WRONG_ROW,
    URI,
    ALGORITHM,
];

pub const OPTIONS: Difference = Difference {
    name: "OPTIONS",
    lies_in: LiesIn::Script,
    reason: "The listings look the server itself up among the users. Phones ask with OPTIONS \
             whether the server is there, and a 404 makes it look broken (RFC 3261 §11.2).",
};

pub const OPEN_RELAY: Difference = Difference {
    name: "open relay",
    lies_in: LiesIn::Script,
    reason: "In the listings `uri != myself` and `loose_route()` come before any question. A \
             request with another host in its Request-URI or a Route is relayed there for any \
             sender. The kamailio.cfg that comes with Kamailio answers `403 Not relaying`.",
};

pub const OWN_CONNECTION: Difference = Difference {
    name: "own connection",
    lies_in: LiesIn::Script,
    reason: "A phone behind a NAT can only be reached over the connection it opened. Ours \
             calls over the connection a Contact was registered on, if the Contact names the \
             phone itself. Kamailio connects to the address in Contact. It does as ours does \
             if the script calls `fix_nated_register()` of its module nathelper before \
             `save`, and if `received_avp` is set to the same AVP for nathelper and \
             registrar.",
};

pub const EARLY_100: Difference = Difference {
    name: "early 100",
    lies_in: LiesIn::Script,
    reason: "RFC 4320 §4.1 forbids a 100 to REGISTER over UDP in its first 3.5 s. The 100 \
             does not stop retransmission; it slows it. `--provisional-register` sends it all \
             the same.",
};

pub const DOMAINS: Difference = Difference {
    name: "domains served",
    lies_in: LiesIn::Script,
    reason: "The listings take any realm that is in To or From. A domain that is not served \
             has no users here, so ours asks nobody for a password of that domain.",
};

pub const STALE: Difference = Difference {
    name: "stale",
    lies_in: LiesIn::Script,
    reason: "The nonce was ours and the answer right, but it was late or its count was used \
             before. `stale=true` says so. Without it a phone believes that its password is \
             wrong; baresip gives up. In Kamailio `www_authorize` returns -4 for both, and \
             the script has to see that and challenge with flag 16. (-4 is about the nonce \
             alone. Kamailio has not checked the answer, so it calls a wrong password stale, \
             too.)",
};

pub const BARE_401: Difference = Difference {
    name: "bare 401",
    lies_in: LiesIn::Script,
    reason: "Every 401 must carry a challenge (RFC 3261 §22.2); without one a phone is \
             stranded.",
};

pub const EVERY_METHOD: Difference = Difference {
    name: "every method",
    lies_in: LiesIn::Script,
    reason: "The listings ask the sender of an INVITE for a password, and no other sender. A \
             MESSAGE is just as good a way to write in someone's name. *Kamailio 101* leaves \
             it for later, and a request that reaches the end of a script gets no answer.",
};

pub const ENUMERATION: Difference = Difference {
    name: "enumeration",
    lies_in: LiesIn::Script,
    reason: "A 404 before the caller has proved anything shows a stranger, number by number, \
             which numbers exist.",
};

pub const IDENTITY: Difference = Difference {
    name: "From=ID",
    lies_in: LiesIn::Script,
    reason: "The text answers every failure of `auth_check` with a new challenge, even if the \
             password was right and From names somebody else. That never ends, and the phone \
             cannot know what is wrong. A 403 says it.",
};

pub const IN_DIALOG: Difference = Difference {
    name: "credentials in a call",
    lies_in: LiesIn::Script,
    reason: "RFC 3261 §13.2.2.4 has a phone repeat its credentials in ACK. The listings relay \
             a request inside a call before they come to `consume_credentials`, and that \
             removes only the credentials that *this* request was asked for. So a phone's \
             answer reaches the other phone, which can call with it. Of two answers \
             in its realm, as RFC 8760 allows, Kamailio removes the first alone. Ours removes the \
             credentials for all of its realms from every request.",
};

pub const FALSE_CHALLENGE: Difference = Difference {
    name: "challenge of a phone",
    lies_in: LiesIn::Script,
    reason: "A phone that is asked in the server's realm answers with its password for the \
             server. The listings pass responses on as they come. Ours removes a challenge in \
             its own realm, and turns a 407 that asks for nothing else into a 403. An \
             `onreply_route` in Kamailio could do the same.",
};

pub const ASSERTED: Difference = Difference {
    name: "asserted identity",
    lies_in: LiesIn::Script,
    reason: "Phones show P-Asserted-Identity rather than From or To. Only a server or a \
             carrier that knows the identity may write it, in responses, too (RFC 3325 §5, \
             RFC 5876 §4).",
};

pub const SCHEMES: Difference = Difference {
    name: "schemes",
    lies_in: LiesIn::Kamailio,
    reason: "A `sips` URI asks for TLS on every hop, and a `tel` URI does not name a host. \
             Ours can carry neither, so it answers 416 before it asks for a password.",
};

pub const CREDENTIALS: Difference = Difference {
    name: "credentials",
    lies_in: LiesIn::Script,
    reason: "*Kamailio 101* does not use `consume_credentials`: what was for the proxy \
             reaches the callee.",
};

pub const CALLS_OUT: Difference = Difference {
    name: "calls out",
    lies_in: LiesIn::Script,
    reason: "`route[ONNETINVITE]` looks the user up among ours, for any host behind the @. \
             Here a caller who has answered may call out, as in chapters 5 and 6.",
};

pub const EXIT: Difference = Difference {
    name: "exit",
    lies_in: LiesIn::Script,
    reason: "The `else` that says 403 has no `exit`, so the script goes on. In the listing no \
             line follows, and nothing happens. With a line there that relays what is left \
             (`-A GOES_ON`), the refused call rings. Here a refusal is an `Err` and ends the \
             script.",
};

pub const LIMITS: Difference = Difference {
    name: "limits",
    lies_in: LiesIn::Settings,
    reason: "Ours has a shortest registration (60 s; 423 says so) and limits the contacts of \
             one number. Kamailio has `min_expires`, `min_expires_mode` and `max_contacts` \
             for it.",
};

pub const WRITE_BACK: Difference = Difference {
    name: "write-back",
    lies_in: LiesIn::Settings,
    reason: "`db_mode` 2 writes memory to disk every minute and at an orderly end. If the \
             process is killed, everything acknowledged since the last write is lost. Ours \
             sends the 200 after the write, as `db_mode` 1 does.",
};

pub const CAPITALS: Difference = Difference {
    name: "capitals",
    lies_in: LiesIn::Settings,
    reason: "Alice and alice are two users (RFC 3261 §19.1.4). Kamailio's registrar treats \
             them as one and writes its rows in lower case. So if a phone with capitals in \
             its name registers with one of the two servers, the other does not find it under \
             that name. `case_sensitive` 1 makes Kamailio do as ours does.",
};

pub const QOP: Difference = Difference {
    name: "qop",
    lies_in: LiesIn::Settings,
    reason: "The texts' challenge flag is 0. Flag 1 makes Kamailio offer `qop=\"auth\"`, and \
             ours offers it by default. `--qop none` does as the texts do, and the scenes \
             that do not mention qop use it.",
};

pub const ONE_TIME: Difference = Difference {
    name: "one-time answers",
    lies_in: LiesIn::Settings,
    reason: "Here a nonce without qop serves once, and with qop each count serves once: a \
             copied answer is worth nothing. `stale=true` makes the phone answer the new \
             nonce without asking anybody. Kamailio has `one_time_nonce` and `nonce_count` \
             for it.",
};

pub const WORDS: Difference = Difference {
    name: "words",
    lies_in: LiesIn::Kamailio,
    reason: "The reason phrase is for people, and any text will do (RFC 3261 §7.2). Ours are \
             the RFC's, or the texts' where they chose one for a purpose.",
};

pub const BEST_RESPONSE: Difference = Difference {
    name: "best response",
    lies_in: LiesIn::Kamailio,
    reason: "Among refusals of the lowest class a proxy may choose (RFC 3261 §16.7, step 6). \
             Kamailio takes the lowest number. Ours prefers the answer that somebody is \
             there, and busy.",
};

pub const SEND_ERROR: Difference = Difference {
    name: "send error",
    lies_in: LiesIn::Kamailio,
    reason: "A proxy treats a message it cannot send as if 503 had come back (RFC 3261 \
             §16.9), and a single 503 is passed on as 500 (§16.7, step 6). 477 is Kamailio's \
             own number for it.",
};

pub const LONG_EXPIRES: Difference = Difference {
    name: "long Expires",
    lies_in: LiesIn::Kamailio,
    reason: "4294967296 does not fit into 32 bits. Kamailio's number wraps to 0, so the phone \
             gets a 200 and is unregistered. Ours reads it as a long time.",
};

pub const FORGED_DIALOG: Difference = Difference {
    name: "forged dialog",
    lies_in: LiesIn::Kamailio,
    reason: "Anybody can make up a To tag and a Route that names the server. Ours recognises \
             the Routes it wrote itself, by a keyed hash in them.",
};

pub const LOOPS: Difference = Difference {
    name: "loops",
    lies_in: LiesIn::Kamailio,
    reason: "A Contact that leads back to the server sends each call round. Kamailio lets it \
             go until it has grown too long, or Max-Forwards has come down from 70 to 0. Ours \
             sees by its own Via that the call was here before (RFC 5393 §4.2).",
};

pub const STRAY: Difference = Difference {
    name: "stray responses",
    lies_in: LiesIn::Kamailio,
    reason: "Kamailio relays a response to a request it never sent to the response's second \
             Via. So anybody can send packets anywhere. RFC 3261 §16.7 wanted it so; RFC 6026 \
             §8.9 forbids it.",
};

pub const WRONG_ROW: Difference = Difference {
    name: "wrong row",
    lies_in: LiesIn::Kamailio,
    reason: "If one row cannot be right (a mask of 33), Kamailio rejects the whole table. It \
             goes on with the old one, and with such a row it does not start. Ours leaves \
             that row out and names it, in the log and to `sipctl address reload`.",
};

pub const URI: Difference = Difference {
    name: "uri check",
    lies_in: LiesIn::Kamailio,
    reason: "Kamailio hashes the `uri` of the credentials and never compares it with the \
             request, so an answer made for another place passes. RFC 7616 §3.4.6 asks for \
             the comparison.",
};

pub const ALGORITHM: Difference = Difference {
    name: "algorithm",
    lies_in: LiesIn::Kamailio,
    reason: "Kamailio always computes with its configured algorithm, MD5, and ignores the one \
             in the credentials. Ours refuses an algorithm that it did not offer.",
};
