//! The intended differences: each has a name and a reason.

/// A difference that is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difference {
    /// What the table calls it.
    pub name: &'static str,
    /// What it lies in.
    pub lies_in: LiesIn,
    /// Why it is meant.
    pub reason: &'static str,
}

/// What a difference lies in: not all of them are Kamailio's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LiesIn {
    /// The listings of the texts: another script would do as ours does.
    Script,
    /// The modules' settings, as the texts have them or leave them.
    Settings,
    /// Kamailio 5.6.3 itself.
    Kamailio,
}

/// Every one, in the order in which the page explains them.
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
             whether it is there, and take 404 for a broken server (RFC 3261 §11.2).",
};

pub const OPEN_RELAY: Difference = Difference {
    name: "open relay",
    lies_in: LiesIn::Script,
    reason: "`uri != myself` and `loose_route()` stand before any question in the listings: a \
             request with another host in its Request-URI or a Route is carried there, whoever \
             sends it. The kamailio.cfg that comes with Kamailio answers `403 Not relaying`.",
};

pub const OWN_CONNECTION: Difference = Difference {
    name: "own connection",
    lies_in: LiesIn::Script,
    reason: "A phone behind a NAT is reached over the connection it opened, or not at all. Ours \
             calls over the one a Contact was registered on, if it names the phone itself. \
             Kamailio connects to what Contact says; `fix_nated_register()` of its module \
             nathelper, called before `save`, has it do as ours does, once `received_avp` is set \
             to the same AVP for nathelper and registrar.",
};

pub const EARLY_100: Difference = Difference {
    name: "early 100",
    lies_in: LiesIn::Script,
    reason: "RFC 4320 §4.1 forbids a 100 to REGISTER over UDP in its first 3.5 s, and it does not \
             stop retransmission, it slows it. `--provisional-register` sends it all the same.",
};

pub const DOMAINS: Difference = Difference {
    name: "domains served",
    lies_in: LiesIn::Script,
    reason: "The listings take the realm from To or From, whatever stands there. A domain that is \
             not served has no users here, and nobody is asked for its password.",
};

pub const STALE: Difference = Difference {
    name: "stale",
    lies_in: LiesIn::Script,
    reason: "The nonce was ours and the answer right, only late, or its count was used before: \
             `stale=true` says so. Without it a phone takes its password for wrong; baresip gives \
             up. In Kamailio the script has to see that `www_authorize` came back with -4, as it \
             does for both, and to challenge with flag 16. (-4 speaks of the nonce alone. The \
             answer has not been looked at, so a wrong password is called stale, too.)",
};

pub const BARE_401: Difference = Difference {
    name: "bare 401",
    lies_in: LiesIn::Script,
    reason: "Every 401 carries a challenge (RFC 3261 §22.2); phones are stranded without one.",
};

pub const EVERY_METHOD: Difference = Difference {
    name: "every method",
    lies_in: LiesIn::Script,
    reason: "The listings ask who sends an INVITE, and nobody else. A MESSAGE is as good a way to \
             write to people in someone's name. *Kamailio 101* leaves it for later, and what \
             reaches the end of a script is not answered.",
};

pub const ENUMERATION: Difference = Difference {
    name: "enumeration",
    lies_in: LiesIn::Script,
    reason: "404 to those who have not said who they are tells them, number by number, which ones \
             are there.",
};

pub const IDENTITY: Difference = Difference {
    name: "From=ID",
    lies_in: LiesIn::Script,
    reason: "The text answers every failure of `auth_check` with a new challenge, also where the \
             password was right and From names somebody else: without end, and the phone cannot \
             know what is wrong. 403 says it.",
};

pub const IN_DIALOG: Difference = Difference {
    name: "credentials in a call",
    lies_in: LiesIn::Script,
    reason: "RFC 3261 §13.2.2.4 has a phone repeat its credentials in ACK. The listings relay \
             what is inside a call before they come to `consume_credentials`, which removes the \
             credentials that *this* request was asked for. So a phone's answer reaches the other \
             phone, which can call with it. Ours removes the credentials for every realm of its \
             own from every request.",
};

pub const FALSE_CHALLENGE: Difference = Difference {
    name: "challenge of a phone",
    lies_in: LiesIn::Script,
    reason: "A phone that is asked in the server's realm answers with its password for the server. \
             The listings pass responses on as they come; an `onreply_route` could do as ours does: \
             it removes a challenge in its own realm, and a 407 that asks for nothing else becomes \
             403.",
};

pub const ASSERTED: Difference = Difference {
    name: "asserted identity",
    lies_in: LiesIn::Script,
    reason: "Phones show P-Asserted-Identity rather than From or To. Only a server or a carrier \
             that knows who it is may write it, in responses, too (RFC 3325 §5, RFC 5876 §4).",
};

pub const SCHEMES: Difference = Difference {
    name: "schemes",
    lies_in: LiesIn::Kamailio,
    reason: "A `sips` URI asks for TLS on every hop, and a `tel` URI names no host. Ours answers \
             416 before it asks for a password, as it can carry neither.",
};

pub const CREDENTIALS: Difference = Difference {
    name: "credentials",
    lies_in: LiesIn::Script,
    reason: "*Kamailio 101* has no `consume_credentials`: what was for the proxy reaches the \
             callee.",
};

pub const CALLS_OUT: Difference = Difference {
    name: "calls out",
    lies_in: LiesIn::Script,
    reason: "`route[ONNETINVITE]` looks the user up among ours, whatever host stands behind the @. \
             Here a caller who has answered may call out, as in chapters 5 and 6.",
};

pub const EXIT: Difference = Difference {
    name: "exit",
    lies_in: LiesIn::Script,
    reason: "The `else` that says 403 has no `exit`, so the script goes on. In the listing nothing \
             stands below, and nothing happens; with a line there that passes on what is left \
             (`-A GOES_ON`) the call that was refused rings. Here a refusal is an `Err` and ends \
             the script.",
};

pub const LIMITS: Difference = Difference {
    name: "limits",
    lies_in: LiesIn::Settings,
    reason: "Ours has a shortest registration (60 s, 423 says so) and a greatest number of \
             contacts for one number. Kamailio has `min_expires`, `min_expires_mode` and \
             `max_contacts` for it.",
};

pub const WRITE_BACK: Difference = Difference {
    name: "write-back",
    lies_in: LiesIn::Settings,
    reason: "`db_mode` 2 writes what is in memory every minute and at an orderly end: what was \
             acknowledged since is lost when the process is killed. Ours sends the 200 after the \
             write, as `db_mode` 1 does.",
};

pub const CAPITALS: Difference = Difference {
    name: "capitals",
    lies_in: LiesIn::Settings,
    reason: "Alice and alice are two users (RFC 3261 §19.1.4). Kamailio's registrar takes them for \
             one and writes its rows in lower case: a phone with capitals in its name, registered \
             with one of the two servers, is not found under that name by the other. \
             `case_sensitive` 1 has Kamailio do as ours does.",
};

pub const QOP: Difference = Difference {
    name: "qop",
    lies_in: LiesIn::Settings,
    reason: "The texts' challenge flag is 0; 1 has Kamailio offer `qop=\"auth\"`, and ours does. \
             `--qop none` does as the texts do, and so it is played where a scene says nothing \
             of qop.",
};

pub const ONE_TIME: Difference = Difference {
    name: "one-time answers",
    lies_in: LiesIn::Settings,
    reason: "Without qop a nonce serves once here, with qop each count once: a copied answer is \
             worth nothing. `stale=true` has the phone answer the new one without asking anybody. \
             Kamailio has `one_time_nonce` and `nonce_count` for it.",
};

pub const WORDS: Difference = Difference {
    name: "words",
    lies_in: LiesIn::Kamailio,
    reason: "The reason phrase is for people, and any will do (RFC 3261 §7.2). Ours are the \
             RFC's; those of the texts where they chose some for a purpose.",
};

pub const BEST_RESPONSE: Difference = Difference {
    name: "best response",
    lies_in: LiesIn::Kamailio,
    reason: "Among refusals of the lowest class a proxy may choose (RFC 3261 §16.7, step 6). \
             Kamailio takes the lowest number; ours rather says that somebody is there, and busy.",
};

pub const SEND_ERROR: Difference = Difference {
    name: "send error",
    lies_in: LiesIn::Kamailio,
    reason: "What cannot be sent is to a proxy as if 503 had come back (RFC 3261 §16.9), and a \
             lone 503 goes on as 500 (§16.7, step 6). 477 is Kamailio's own number for it.",
};

pub const LONG_EXPIRES: Difference = Difference {
    name: "long Expires",
    lies_in: LiesIn::Kamailio,
    reason: "4294967296 does not fit into 32 bits. Kamailio's wraps to 0, which unregisters the \
             phone it says 200 to; ours takes it for a long time.",
};

pub const FORGED_DIALOG: Difference = Difference {
    name: "forged dialog",
    lies_in: LiesIn::Kamailio,
    reason: "A To tag can be made up, and so can a Route that names the server. Ours knows the \
             Routes it wrote itself, by a keyed hash in them.",
};

pub const LOOPS: Difference = Difference {
    name: "loops",
    lies_in: LiesIn::Kamailio,
    reason: "A Contact that leads back to the server sends each call round. Kamailio lets it go \
             until it has grown too long, or Max-Forwards has come down from 70 to 0. Ours sees \
             by its own Via that the call was here before (RFC 5393 §4.2).",
};

pub const STRAY: Difference = Difference {
    name: "stray responses",
    lies_in: LiesIn::Kamailio,
    reason: "A response to nothing the server has sent is carried to its second Via, anybody's \
             packets to anywhere. RFC 3261 §16.7 wanted it so, RFC 6026 §8.9 forbids it.",
};

pub const WRONG_ROW: Difference = Difference {
    name: "wrong row",
    lies_in: LiesIn::Kamailio,
    reason: "One row that cannot be right (a mask of 33) and Kamailio takes none of the table: it \
             goes by the old one, and with such a row it does not start. Ours leaves that row out \
             and says which it was, in the log and to `sipctl address reload`.",
};

pub const URI: Difference = Difference {
    name: "uri check",
    lies_in: LiesIn::Kamailio,
    reason: "Kamailio hashes the `uri` of the credentials and never compares it with the request: \
             an answer made for another place passes (RFC 7616 §3.4.6 asks for the comparison).",
};

pub const ALGORITHM: Difference = Difference {
    name: "algorithm",
    lies_in: LiesIn::Kamailio,
    reason: "Kamailio computes what it is set to, MD5, whatever the credentials say they are. \
             Ours refuses what it did not offer.",
};
