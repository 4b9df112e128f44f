//! What both servers answer, scene by scene, and why they differ. The book's page is made
//! from this table, and the tests compare it with what they hear.

mod calling;
mod connections;
mod differences;
mod forking;
mod groups;
mod registering;

pub use differences::{ALL, Difference, LiesIn};

use crate::servers::Setting;
use crate::stage::Stage;

/// A scene, and what its hosts hear.
#[derive(Clone, Copy)]
pub struct Row {
    /// Its chapter.
    pub chapter: u8,
    /// The settings of the servers.
    pub setting: Setting,
    /// What happens, in a few words.
    pub scene: &'static str,
    /// Plays it.
    pub play: fn(&mut Stage),
    /// What the hosts hear with Kamailio.
    pub kamailio: &'static str,
    /// What the hosts hear with our server.
    pub ours: &'static str,
    /// Why the two differ; empty if they do not.
    pub why: &'static [Difference],
    /// The recorded exchange that is compared instead of a run, if ours was never such a server.
    pub recording: Option<&'static str>,
}

/// Every scene, in the order of the chapters.
pub fn rows() -> Vec<Row> {
    let mut rows = [
        registering::ROWS,
        calling::ROWS,
        groups::ROWS,
        forking::ROWS,
        connections::ROWS,
    ]
    .concat();
    rows.sort_by_key(|row| row.chapter);
    rows
}

impl Row {
    /// Both answer the same.
    const fn same(
        chapter: u8,
        scene: &'static str,
        play: fn(&mut Stage),
        heard: &'static str,
    ) -> Self {
        Self {
            chapter,
            setting: Setting::AsTheTexts,
            scene,
            play,
            kamailio: heard,
            ours: heard,
            why: &[],
            recording: None,
        }
    }

    /// Ours answers differently, on purpose.
    const fn differs(
        chapter: u8,
        scene: &'static str,
        play: fn(&mut Stage),
        [kamailio, ours]: [&'static str; 2],
        why: &'static [Difference],
    ) -> Self {
        Self {
            chapter,
            setting: Setting::AsTheTexts,
            scene,
            play,
            kamailio,
            ours,
            why,
            recording: None,
        }
    }

    /// With other settings.
    const fn set(mut self, setting: Setting) -> Self {
        self.setting = setting;
        self
    }

    /// Ours is the chapter's exchange of this name.
    const fn recorded(mut self, exchange: &'static str) -> Self {
        self.recording = Some(exchange);
        self
    }
}

/// A call that passes, as far as the 200.
const RINGS: [&str; 2] = [
    "11 gets INVITE; 100 trying -- your call is important to us; 180 Ringing; 200 OK",
    "11 gets INVITE; 100 Trying; 180 Ringing; 200 OK",
];

/// A call that passes, to its end.
const WHOLE_CALL: [&str; 2] = [
    "11 gets INVITE; 100 trying -- your call is important to us; 180 Ringing; 200 OK; \
     11 gets ACK; 11 gets BYE; 200 OK",
    "11 gets INVITE; 100 Trying; 180 Ringing; 200 OK; 11 gets ACK; 11 gets BYE; 200 OK",
];

/// An INVITE that reaches a foreign host.
const CARRIED_ELSEWHERE: &str =
    "102 gets INVITE; 100 trying -- your call is important to us; 180 Ringing; 200 OK";

/// A caller answers the challenge and calls a foreign host.
const CALLED_OUT: &str = "407 Proxy Authentication Required, \
     Proxy-Authenticate: realm=127.0.0.15 nonce; 102 gets INVITE; 100 Trying; 180 Ringing; 200 OK";

/// A caller is challenged.
const ASKED_TO_CALL: &str =
    "407 Proxy Authentication Required, Proxy-Authenticate: realm=127.0.0.15 nonce";

/// The callee sees the answer that was for the proxy.
const WHOLE_CALL_WITH_CREDENTIALS: [&str; 2] = [
    "11 gets INVITE with Proxy-Authorization for 127.0.0.15; \
     100 trying -- your call is important to us; 180 Ringing; 200 OK; \
     11 gets ACK; 11 gets BYE; 200 OK",
    "11 gets INVITE with Proxy-Authorization for 127.0.0.15; \
     100 Trying; 180 Ringing; 200 OK; 11 gets ACK; 11 gets BYE; 200 OK",
];

const ASKED_WITH_QOP: [&str; 2] = [
    ASKED_TO_CALL,
    "407 Proxy Authentication Required, Proxy-Authenticate: realm=127.0.0.15 nonce qop=auth",
];

const USE_FROM_ID: &str = "403 Use From=ID";

/// A registering phone is challenged.
const ASKED: &str =
    "100 Trying to Register; 401 Unauthorized, WWW-Authenticate: realm=127.0.0.15 nonce";

/// A phone registers with a right answer.
const REGISTERED: &str = "100 Trying to Register; 200 OK";
