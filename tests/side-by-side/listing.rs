//! The configuration of a chapter's Kamailio: docs/kamailio/NN.cfg, unchanged or with other
//! settings.

use std::fs;
use std::path::{Path, PathBuf};

use crate::page::docs;
use crate::servers::Setting;

/// The chapter's file, or a changed copy in `directory` for a setting that `-A` cannot make.
///
/// # Panics
/// When the file does not contain the text to change.
pub fn file(chapter: u8, setting: Setting, directory: &Path) -> PathBuf {
    let listing = docs().join(format!("kamailio/{chapter:02}.cfg"));
    let counts = match setting {
        Setting::Qop => false,
        Setting::CountedQop => true,
        _ => return listing,
    };
    let mut script = fs::read_to_string(&listing).expect("every chapter has one");
    let mut change = |from: &str, to: &str| {
        assert!(script.contains(from), "{} has no {from}", listing.display());
        script = script.replace(from, to);
    };
    change("_challenge(\"$td\", \"0\")", "_challenge(\"$td\", \"1\")");
    if chapter > 4 {
        change("_challenge(\"$fd\", \"0\")", "_challenge(\"$fd\", \"1\")");
    }
    if counts {
        let lifetime = "modparam(\"auth\", \"nonce_expire\", NONCE_LIFETIME)\n";
        let count = "modparam(\"auth\", \"nonce_count\", 1)\n";
        change(lifetime, &format!("{lifetime}{count}"));
    }
    let file = directory.join("kamailio.cfg");
    fs::write(&file, script).expect("a file can be written");
    file
}
