//! The control socket: JSON-RPC 2.0 with Kamailio's method names, for `sipctl` and scripts.
//!
//! It runs on its own thread. A dump of 100,000 bindings delays the phones only while each part
//! of the table is copied.

mod connection;
mod dump;
mod events;
mod methods;
mod offered;
mod patience;
mod record;
mod socket;
mod watchers;

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::UnixListener;
use tokio::sync::{Semaphore, oneshot};

use crate::failure::Failure;
use connection::{serve, turn_away};
pub use methods::Running;
pub use offered::Methods;
use socket::{SocketFile, listen};
pub use watchers::Watchers;

/// Connections served at one time. Only this user can connect, but a loop in a script must not
/// take every file that the server may open.
const CONNECTIONS: usize = 16;

/// How long to wait after the system refused a connection (no files left).
const REST: Duration = Duration::from_millis(100);

/// A control socket that answers, until dropped.
#[derive(Debug)]
pub struct Control {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    _file: SocketFile,
}

/// A control socket that belongs to this server and does not answer yet: clients wait.
#[derive(Debug)]
pub struct Claimed {
    listener: std::os::unix::net::UnixListener,
    file: SocketFile,
    methods: Methods,
}

impl Control {
    /// Takes the socket at `path`, for this user alone, unless another server has it.
    ///
    /// # Errors
    /// If another server has it, or the file cannot be created.
    pub fn claim(path: &Path) -> Result<Claimed, Failure> {
        let (listener, file) = listen(path)?;
        let methods = Methods::default();
        Ok(Claimed {
            listener,
            file,
            methods,
        })
    }
}

impl Claimed {
    /// Adds these methods.
    #[must_use]
    pub fn offering(self, methods: Methods) -> Self {
        Self { methods, ..self }
    }

    /// Begins to answer.
    ///
    /// # Errors
    /// If the system cannot start a thread or an event loop.
    pub fn answer(self, running: Running) -> Result<Control, Failure> {
        let (stop, stopped) = oneshot::channel();
        let failed = |e: io::Error| Failure::of("the control socket", e);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(failed)?;
        let listener = {
            let _inside = runtime.enter();
            UnixListener::from_std(self.listener).map_err(failed)?
        };
        let methods = self.methods;
        let answer = move || {
            runtime.block_on(async {
                tokio::select! {
                    () = accept(&listener, running, methods) => {}
                    _ = stopped => {}
                }
            });
        };
        let thread = std::thread::Builder::new().name("control".to_owned());
        let thread = thread.spawn(answer).map_err(failed)?;
        Ok(Control {
            stop: Some(stop),
            thread: Some(thread),
            _file: self.file,
        })
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // a panic there has been printed
        }
    }
}

async fn accept(listener: &UnixListener, running: Running, methods: Methods) {
    let server = Arc::new((running, methods));
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(REST).await;
            continue;
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            turn_away(&stream);
            continue;
        };
        let server = Arc::clone(&server);
        tokio::spawn(async move {
            let _place = place;
            // Fails if the client has gone.
            let (running, methods) = &*server;
            let _ = serve(stream, running, methods).await;
        });
    }
}
