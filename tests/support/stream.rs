//! A bare TCP connection to a server.

use std::io::Read;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long a read or a write may block.
const BLOCK: Duration = Duration::from_secs(2);

/// A connection that never blocks for long.
///
/// # Panics
/// When there is no listener.
pub fn connect(server: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(server).expect("a listener with room in its queue");
    stream.set_read_timeout(Some(BLOCK)).expect("not zero");
    stream.set_write_timeout(Some(BLOCK)).expect("not zero");
    stream
}

/// What came, or nothing.
pub fn read(stream: &mut TcpStream) -> String {
    let mut buffer = [0; 4096];
    let length = stream.read(&mut buffer).unwrap_or_default();
    String::from_utf8_lossy(&buffer[..length]).into_owned()
}
