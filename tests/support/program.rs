//! The programs under test, built from this source.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

/// The program of a package, built in the profile these tests were built in. A directory named
/// by `SIP_STEPS_PROGRAMS` is used as it is.
pub fn program(package: &str) -> PathBuf {
    if let Some(directory) = env::var_os("SIP_STEPS_PROGRAMS") {
        return Path::new(&directory).join(package);
    }
    static BUILT: Mutex<BTreeMap<String, PathBuf>> = Mutex::new(BTreeMap::new());
    let mut built = BUILT.lock().expect("a build that panics ends the tests");
    built
        .entry(package.to_owned())
        .or_insert_with(|| build(package))
        .clone()
}

fn build(package: &str) -> PathBuf {
    let tests = env::current_exe().expect("a running program has a path");
    // A test program is TARGET/PROFILE/deps/NAME.
    let profile = tests
        .ancestors()
        .nth(2)
        .expect("a test program lies in deps of a profile's directory");
    let name = match profile.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let status = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["build", "--quiet", "--locked", "--package", package])
        .args(["--profile", name, "--target-dir"])
        .arg(
            profile
                .parent()
                .expect("a profile's directory has a parent"),
        )
        .status()
        .expect("cargo runs");
    assert!(status.success(), "{package} does not build");
    profile.join(package)
}
