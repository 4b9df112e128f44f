//! A first start that fails says what to do: each obstacle is put in the way of the real program.

use std::fs;
use std::net::{TcpListener, UdpSocket};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::server::*;

/// What the program says before it ends with code 1.
fn refusal(mut command: Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let words = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{words}");
    assert_eq!(words.lines().count(), 1, "{words}");
    words.trim_end().to_owned()
}

fn listening(folder: &Path, address: &str) -> Command {
    let mut command = program();
    command.current_dir(folder).args(["--listen", address]);
    command
}

/// The same for somebody who is not root. A copy of the program is in the folder, where they may
/// read it.
fn without_privileges(folder: &Path, address: &str) -> Command {
    if !nix::unistd::geteuid().is_root() {
        return listening(folder, address);
    }
    let copy = folder.join("chapter");
    fs::copy(program().get_program(), &copy).unwrap();
    fs::set_permissions(folder, fs::Permissions::from_mode(0o555)).unwrap();
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"])
        .arg(copy)
        .args(["--listen", address])
        .current_dir(folder);
    command
}

#[test]
fn a_port_in_use_is_named_with_the_program_that_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let own = std::process::id();
    let udp = UdpSocket::bind("127.0.0.71:0").unwrap();
    let tcp = TcpListener::bind("127.0.0.72:0").unwrap();
    for (address, transport) in [
        (udp.local_addr().unwrap(), "UDP"),
        (tcp.local_addr().unwrap(), "TCP"),
    ] {
        let words = refusal(listening(folder.path(), &address.to_string()));
        let start = format!("error: cannot listen on {transport} {address}: ");
        let process = format!(" (process {own}) has this port; ");
        let stop = format!("stop it with Ctrl-C in its terminal or `kill {own}`, or listen on ");
        let ip = address.ip();
        let other = format!("another port: --listen {ip}:");
        assert!(words.starts_with(&start), "{words}");
        for part in [process, stop, other.clone()] {
            assert!(words.contains(&part), "{part:?} is not in {words}");
        }
        let (_, port) = words.split_once(&other).unwrap();
        let free: u16 = port.parse().unwrap();
        assert!(UdpSocket::bind((ip, free)).is_ok(), "{free} is not free");
    }
}

#[test]
fn a_port_for_privileged_users_is_refused_with_another() {
    let lowest = fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start").unwrap();
    if lowest.trim().parse::<u16>().unwrap() <= 80 {
        return eprintln!("not tried: this machine lets everyone listen on port 80");
    }
    let folder = tempfile::tempdir().unwrap();
    let words = refusal(without_privileges(folder.path(), "127.0.0.1:80"));
    let expected = "error: cannot listen on TCP 127.0.0.1:80: ports below 1024 are for privileged \
                    users; listen on a higher port, such as SIP's own: --listen 127.0.0.1:5060";
    assert_eq!(words, expected);
}

#[test]
fn an_address_of_another_machine_is_refused_with_those_of_this_one() {
    let folder = tempfile::tempdir().unwrap();
    let words = refusal(listening(folder.path(), "198.51.100.7:5060"));
    let start = "error: cannot listen on TCP 198.51.100.7:5060: this machine has no such address; \
                 it has ";
    assert!(words.starts_with(start), "{words}");
    assert!(words.contains("127.0.0.1"), "{words}");
    let end = "; listen on one of them, or on all with --listen 0.0.0.0";
    assert!(words.ends_with(end), "{words}");
}

#[test]
fn a_machine_without_ipv6_is_recognised() {
    // A network namespace of its own has no address at all.
    let unshare = |arguments: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(["--net", "--map-root-user"]).args(arguments);
        command
    };
    if !unshare(&["true"]).status().is_ok_and(|it| it.success()) {
        return eprintln!("not tried: this machine allows no network namespace");
    }
    let folder = tempfile::tempdir().unwrap();
    let mut command = unshare(&[]);
    command.arg(program().get_program());
    command
        .args(["--listen", "[::1]:5070"])
        .current_dir(&folder);
    let words = refusal(command);
    let end = "IPv6 is switched off on this machine; listen on IPv4: --listen 127.0.0.1:5070";
    assert!(words.ends_with(end), "{words}");
}

#[test]
fn a_folder_that_cannot_be_written_is_named_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let command = without_privileges(folder.path(), "127.0.0.1:0");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
    let words = refusal(command);
    let expected = "error: the folder of the control socket sip.sock cannot be written: start the \
                    server in a folder of your own, or choose another place with --control PATH";
    assert_eq!(words, expected);
}

#[test]
fn too_few_open_files_are_refused_before_anything_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let server = listening(folder.path(), "127.0.0.1:0");
    let mut command = Command::new("sh");
    command
        .args(["-c", "ulimit -n 32; exec \"$0\" \"$@\""])
        .arg(server.get_program())
        .args(server.get_args())
        .current_dir(folder.path());
    let words = refusal(command);
    let expected = "error: this shell lets a program open 32 files, and the server needs 64: open \
                    another terminal, or raise the limit with `ulimit -n 1024`";
    assert_eq!(words, expected);
}

#[test]
fn a_second_server_in_a_folder_says_which_process_is_there() {
    let (server, _out, _) = start(&[]);
    let words = refusal(listening(server.directory.path(), "127.0.0.1:0"));
    let process = server.process.id();
    let start = format!(
        "error: a server is already running: it answers at the control socket sip.sock (process \
         {process}); stop it with `kill {process}`"
    );
    assert!(words.starts_with(&start), "{words}");
}
