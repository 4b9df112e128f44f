//! What both servers answer, scene by scene, and why where they differ. The book's page is made
//! of this, and the tests compare it with what is heard.

mod calling;
mod differences;
mod registering;

pub use differences::{ALL, Difference};

use crate::servers::Setting;
use crate::stage::Stage;

/// A scene, and what is heard of it.
#[derive(Clone, Copy)]
pub struct Row {
    /// Its chapter.
    pub chapter: u8,
    /// How the servers are set.
    pub setting: Setting,
    /// What happens, in a few words.
    pub scene: &'static str,
    /// Plays it.
    pub play: fn(&mut Stage),
    /// What is heard with Kamailio.
    pub kamailio: &'static str,
    /// What is heard with our server.
    pub ours: &'static str,
    /// Why the two differ; empty where they do not.
    pub why: &'static [Difference],
}

/// Every scene, in the order of the chapters.
pub fn rows() -> Vec<Row> {
    [registering::ROWS, calling::ROWS].concat()
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
        }
    }

    /// Ours answers otherwise, on purpose.
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
        }
    }

    /// With other settings.
    const fn set(mut self, setting: Setting) -> Self {
        self.setting = setting;
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

/// An INVITE that reaches a host of somebody else's.
const CARRIED_ELSEWHERE: &str =
    "102 gets INVITE; 100 trying -- your call is important to us; 180 Ringing; 200 OK";

/// A caller is challenged.
const ASKED_TO_CALL: &str =
    "407 Proxy Authentication Required, Proxy-Authenticate: realm=127.0.0.15 nonce";
