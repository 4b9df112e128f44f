//! The socket's file: its permissions, and what to do with one that is left over.

use std::fs::{self, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use nix::sys::socket::{getsockopt, sockopt::PeerCredentials};
use socket2::{Domain, SockAddr, Socket, Type};

use crate::failure::Failure;

/// Connections that may wait to be taken.
const BACKLOG: i32 = 16;

/// The socket's file, removed with this value.
#[derive(Debug)]
pub(crate) struct SocketFile {
    path: PathBuf,
    inode: u64,
}

/// Listens at `path`, for this user alone.
///
/// # Errors
/// If a server already answers there, the file is not a socket, the folder cannot be written, or
/// the path is too long for a socket (108 bytes).
pub(crate) fn listen(path: &Path) -> Result<(UnixListener, SocketFile), Failure> {
    let shown = path.display();
    remove_left_over(path)?;
    let open = || -> io::Result<(UnixListener, SocketFile)> {
        let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
        socket.bind(&SockAddr::unix(path)?)?;
        let inode = fs::symlink_metadata(path)?.ino();
        let path = path.to_owned();
        let file = SocketFile { path, inode };
        // Before `listen` nobody can connect.
        fs::set_permissions(&file.path, Permissions::from_mode(0o600))?;
        socket.listen(BACKLOG)?;
        socket.set_nonblocking(true)?;
        Ok((socket.into(), file))
    };
    open().map_err(|error| match path.parent() {
        Some(folder) if error.kind() == ErrorKind::NotFound => {
            let folder = folder.display();
            let text = format!("the folder {folder} for {shown} does not exist: create it");
            Failure::because(text, error)
        }
        _ if error.kind() == ErrorKind::PermissionDenied => {
            let text = format!(
                "the folder of the control socket {shown} cannot be written: start the server in \
                 a folder of your own, or choose another place with --control PATH"
            );
            Failure::because(text, error)
        }
        _ => {
            let text = format!(
                "cannot listen at the control socket {shown}: {error}; choose another place with \
                 --control PATH"
            );
            Failure::because(text, error)
        }
    })
}

/// Removes the socket of a server that was killed.
fn remove_left_over(path: &Path) -> Result<(), Failure> {
    let shown = path.display();
    match fs::symlink_metadata(path) {
        Ok(found) if found.file_type().is_socket() => {}
        Ok(_) => {
            return Err(Failure::new(format!(
                "{shown} is not a socket: remove it, or choose another place for the control \
                 socket with --control PATH"
            )));
        }
        Err(_) => return Ok(()),
    }
    match UnixStream::connect(path) {
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => fs::remove_file(path)
            .map_err(|e| Failure::of(format!("cannot remove the old control socket {shown}"), e)),
        Ok(stream) => Err(taken(path, peer(&stream))),
        Err(_) => Err(taken(path, None)),
    }
}

fn taken(path: &Path, process: Option<i32>) -> Failure {
    let shown = path.display();
    let (who, stop) = match process {
        Some(process) => (
            format!(" (process {process})"),
            format!("stop it with `kill {process}`"),
        ),
        None => (String::new(), "stop it".to_owned()),
    };
    Failure::new(format!(
        "a server is already running: it answers at the control socket {shown}{who}; {stop}, or \
         start this one in another folder, or give it another socket with --control PATH"
    ))
}

/// The process at the other end.
fn peer(stream: &UnixStream) -> Option<i32> {
    let credentials = getsockopt(stream, PeerCredentials).ok()?;
    Some(credentials.pid()).filter(|process| *process > 0)
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        // If someone removed ours, this may be the socket of another server.
        if fs::symlink_metadata(&self.path).is_ok_and(|found| found.ino() == self.inode) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_user_may_connect() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("sip.sock");
        let _listening = listen(&path).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn the_socket_of_a_killed_server_is_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("sip.sock");
        let (listener, file) = listen(&path).unwrap();
        std::mem::forget(file); // kill -9: nobody removes it
        drop(listener);
        assert!(path.exists());
        let (_listener, _file) = listen(&path).unwrap();
        UnixStream::connect(&path).unwrap();
    }

    #[test]
    fn a_server_that_answers_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("sip.sock");
        let _listening = listen(&path).unwrap();
        let failure = listen(&path).unwrap_err();
        let own = std::process::id();
        let expected = format!(
            "a server is already running: it answers at the control socket {} (process {own}); \
             stop it with `kill {own}`, or start this one in another folder",
            path.display()
        );
        assert!(failure.to_string().starts_with(&expected), "{failure}");
        UnixStream::connect(&path).unwrap();
    }

    #[test]
    fn a_file_that_is_not_a_socket_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("sip.sock");
        fs::write(&path, "letters").unwrap();
        let failure = listen(&path).unwrap_err().to_string();
        assert!(failure.contains("is not a socket"), "{failure}");
        assert_eq!(fs::read(&path).unwrap(), b"letters");
    }

    #[test]
    fn the_file_goes_with_the_server_and_only_its_own() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("sip.sock");
        drop(listen(&path).unwrap());
        assert!(!path.exists());

        let first = listen(&path).unwrap();
        fs::remove_file(&path).unwrap();
        let _second = listen(&path).unwrap();
        drop(first);
        UnixStream::connect(&path).unwrap();
    }
}
