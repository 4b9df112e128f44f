//! Files that show what was sent. They contain credentials, so only their owner may read
//! them, and nobody else may choose where they are.

use std::fs::{File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::unistd::geteuid;

/// Opens a file to be written from its start. A missing file is created with mode 0600. An
/// existing file is emptied and gets that mode. A pipe or a device is opened unchanged.
///
/// # Errors
/// When the path is a symbolic link, a file of another user, or a file with a second name (a hard
/// link): somebody may have put it there so that another file is overwritten. When it cannot be
/// opened.
pub fn private_file(path: &Path) -> io::Result<File> {
    let opened = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(OFlag::O_NOFOLLOW.bits())
        .open(path);
    let file = opened.map_err(|error| match error.raw_os_error() {
        Some(code) if code == Errno::ELOOP as i32 => {
            refusal("it is a symbolic link, and credentials are not written through one")
        }
        _ => error,
    })?;
    let found = file.metadata()?;
    if !found.is_file() {
        return Ok(file);
    }
    if found.uid() != geteuid().as_raw() {
        return Err(refusal(
            "it belongs to another user, who could read the credentials in it",
        ));
    }
    if found.nlink() > 1 {
        return Err(refusal(
            "it has a second name (a hard link), and would be overwritten there",
        ));
    }
    file.set_permissions(Permissions::from_mode(0o600))?;
    file.set_len(0)?;
    Ok(file)
}

fn refusal(why: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::PermissionDenied,
        format!("{why}; remove it, or name another file"),
    )
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;
    use std::os::unix::fs::symlink;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o777
    }

    #[test]
    fn only_its_owner_may_read_a_file_new_or_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("call.pcap");
        private_file(&path).unwrap().write_all(b"longer").unwrap();
        assert_eq!(mode(&path), 0o600);
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        private_file(&path).unwrap().write_all(b"new").unwrap();
        assert_eq!(
            (mode(&path), fs::read(&path).unwrap()),
            (0o600, b"new".to_vec())
        );
    }

    #[test]
    fn a_link_is_not_followed_and_its_target_is_unchanged() {
        let folder = tempfile::tempdir().unwrap();
        let [target, link, hard, dangling, nothing] =
            ["target", "link", "hard", "dangling", "nothing"].map(|name| folder.path().join(name));
        fs::write(&target, "letters").unwrap();
        symlink(&target, &link).unwrap();
        symlink(&nothing, &dangling).unwrap();
        for path in [&link, &dangling] {
            let error = private_file(path).unwrap_err().to_string();
            assert!(error.starts_with("it is a symbolic link"), "{error}");
        }
        fs::hard_link(&target, &hard).unwrap();
        let error = private_file(&hard).unwrap_err().to_string();
        assert!(error.starts_with("it has a second name"), "{error}");
        assert_eq!(fs::read(&target).unwrap(), b"letters");
        assert!(!nothing.exists());
    }

    #[test]
    fn a_device_is_written_without_a_change_of_mode() {
        let before = mode(Path::new("/dev/null"));
        private_file(Path::new("/dev/null")).unwrap();
        assert_eq!(mode(Path::new("/dev/null")), before);
    }
}
