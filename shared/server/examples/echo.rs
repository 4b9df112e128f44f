//! What a UDP packet costs: CPU time (user and system) to receive it and send it back, through
//! `Sockets` and through a plain blocking socket, with 32 packets in flight.
//!
//! `cargo run --release -p sip-server --example echo -- [rounds] [packets a round]`

use std::future::poll_fn;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use sip_server::{Clock, Event, Network, Sockets, SystemEntropy, TransportLimits};

const IN_FLIGHT: usize = 32;
const PACKET: usize = 500;

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse());
    let rounds = arguments.next().and_then(Result::ok).unwrap_or(5);
    let packets = arguments.next().and_then(Result::ok).unwrap_or(200_000);
    println!("µs of CPU a packet: Sockets on 127.0.0.1, on 0.0.0.0, blocking socket");
    for _ in 0..rounds {
        let one = measure(packets, |packets, ready| {
            echo_with_sockets(Ipv4Addr::LOCALHOST, packets, ready)
        })?;
        let any = measure(packets, |packets, ready| {
            echo_with_sockets(Ipv4Addr::UNSPECIFIED, packets, ready)
        })?;
        let blocking = measure(packets, echo_with_blocking_socket)?;
        println!("{one:.2}  {any:.2}  {blocking:.2}");
    }
    Ok(())
}

type Echo = fn(usize, mpsc::Sender<u16>) -> io::Result<()>;

/// Runs an echo in a thread of its own, against a peer in this one.
fn measure(packets: usize, echo: Echo) -> io::Result<f64> {
    let (ready, is_ready) = mpsc::channel();
    let server = thread::spawn(move || {
        let before = cpu_time()?;
        echo(packets, ready)?;
        Ok::<_, io::Error>(cpu_time()? - before)
    });
    let port = is_ready.recv().map_err(io::Error::other)?;
    exchange((Ipv4Addr::LOCALHOST, port).into(), packets)?;
    let spent = server
        .join()
        .map_err(|_| io::Error::other("the echo panicked"))??;
    Ok(spent.as_secs_f64() * 1e6 / packets as f64)
}

/// Keeps so many packets in flight until all came back.
fn exchange(address: SocketAddr, packets: usize) -> io::Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.set_read_timeout(Some(Duration::from_secs(5)))?;
    let packet = [b'x'; PACKET];
    let mut buffer = [0; PACKET];
    for _ in 0..IN_FLIGHT.min(packets) {
        socket.send_to(&packet, address)?;
    }
    for received in 1..=packets {
        socket.recv(&mut buffer)?;
        if received + IN_FLIGHT <= packets {
            socket.send_to(&packet, address)?;
        }
    }
    Ok(())
}

fn echo_with_sockets(ip: Ipv4Addr, packets: usize, ready: mpsc::Sender<u16>) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let any_port = [SocketAddr::from((ip, 0))];
        let limits = TransportLimits::default();
        let mut entropy = SystemEntropy::default();
        let mut sockets = Sockets::bind(&any_port, Clock::system(), &mut entropy, limits)?;
        let _ = ready.send(sockets.listeners()[0].port());
        let mut echoed = 0;
        let mut events = Vec::new();
        while echoed < packets {
            poll_fn(|context| sockets.poll_events(context, &mut events)).await;
            for event in events.drain(..) {
                if let Event::Message { bytes, arrival } = event {
                    sockets.send(&arrival.flow, &bytes);
                    echoed += 1;
                }
            }
        }
        Ok(())
    })
}

fn echo_with_blocking_socket(packets: usize, ready: mpsc::Sender<u16>) -> io::Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    let _ = ready.send(socket.local_addr()?.port());
    let mut buffer = [0; 65_535];
    for _ in 0..packets {
        let (length, peer) = socket.recv_from(&mut buffer)?;
        socket.send_to(&buffer[..length], peer)?;
    }
    Ok(())
}

/// What this thread has spent (elsewhere than on Linux: this process), in user and in system
/// mode.
fn cpu_time() -> io::Result<Duration> {
    #[cfg(target_os = "linux")]
    let who = UsageWho::RUSAGE_THREAD;
    #[cfg(not(target_os = "linux"))]
    let who = UsageWho::RUSAGE_SELF;
    let usage = getrusage(who)?;
    let micros =
        |time: TimeVal| Duration::from_micros((time.tv_sec() * 1_000_000 + time.tv_usec()) as u64);
    Ok(micros(usage.user_time()) + micros(usage.system_time()))
}
