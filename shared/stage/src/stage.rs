//! The stage: phones and servers on a network inside the process, with a paused clock.

use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use sip_message::Transport;
use sip_server::{
    Clock, Limits, Myself, OnReply, PrivateTargets, Reply, Request, Secret, Settings, Stats, Timers,
};
use sip_user_agent::{Account, Ids, Phone};
use tokio::task::JoinHandle;

use crate::answering::Answering;
use crate::entropy::CountedEntropy;
use crate::network::StageNetwork;
use crate::phone_sockets::PhoneSockets;
use crate::server::{Screen, StageObserver, StageServer, Views};
use crate::setting::Setting;
use crate::sockets::StageSockets;
use crate::values::Values;

/// The address of the server in the texts.
const SERVER: &str = "192.168.1.15:5060";

/// Its IPv6 address (RFC 3849 reserves this network for examples).
const SERVER_IN_IPV6: &str = "[2001:db8::15]:5060";

/// Longer than a message and its answers take, and shorter than any timer.
const SETTLING: Duration = Duration::from_millis(50);

/// The server is the first node of a stage.
const SERVER_NODE: usize = 0;

pub(crate) type Serving = Pin<Box<dyn Future<Output = ()>>>;

/// A stage: a server at 192.168.1.15, the phones that an exchange adds, a network between them,
/// and a clock that advances only while everybody waits.
pub struct Stage {
    pub(crate) network: StageNetwork,
    entropy: CountedEntropy,
    views: Views,
    screen: Screen,
    setting: Setting,
    clock: Clock,
    stats: Arc<Stats>,
    start_chapter: Box<dyn FnMut(StageServer) -> Serving>,
    serving: Option<JoinHandle<()>>,
    servers: [SocketAddr; 2],
}

impl Stage {
    /// A stage at a time of day, with the chapter whose server it starts.
    pub(crate) fn new(
        start: SystemTime,
        setting: Setting,
        start_chapter: Box<dyn FnMut(StageServer) -> Serving>,
    ) -> Self {
        let network = StageNetwork::new(start);
        let servers = [SERVER, SERVER_IN_IPV6].map(socket_address);
        let servers = servers.map(|server| setting.values.address(server));
        network.join("server", servers[0]);
        network.also_at(SERVER_NODE, servers[1]);
        Self {
            network,
            entropy: CountedEntropy::of(&setting.values),
            views: Views::default(),
            screen: Screen::default(),
            setting,
            clock: Clock::starting_at(start),
            stats: Arc::default(),
            start_chapter,
            serving: None,
            servers,
        }
    }

    /// Adds a phone, given its user and its address: `stage.phone("10", "192.168.1.10")`.
    ///
    /// # Panics
    /// When `address` is not an address.
    pub fn phone(&mut self, user: &str, address: &str) -> Phone {
        let same = self
            .network
            .nodes()
            .iter()
            .filter(|n| n.is_phone(user))
            .count();
        let name = match same {
            0 => format!("phone {user}"),
            _ => format!("phone {user} ({})", same + 1),
        };
        let passwords = &self.setting.logins.passwords;
        let password = passwords.iter().find(|(known, _)| known == user);
        let password = password.map(|(_, password)| password.clone());
        self.join(&name, user, address, password)
    }

    /// Adds somebody who does not have a phone of this server: a carrier, an attacker.
    ///
    /// # Panics
    /// When `address` is not an address.
    pub fn peer(&mut self, name: &str, user: &str, address: &str) -> Phone {
        self.join(name, user, address, None)
    }

    fn join(&mut self, name: &str, user: &str, address: &str, password: Option<String>) -> Phone {
        let Setting { values, logins } = &self.setting;
        let local = socket_address(address);
        let on_the_wire = values.address(local);
        let node = self.network.join(name, on_the_wire);
        if on_the_wire.port() != local.port() {
            // Where a URI or a Via has no port.
            let usual = SocketAddr::new(on_the_wire.ip(), local.port());
            self.network.also_at(node, usual);
        }
        let answering = password
            .filter(|_| !logins.statuses.is_empty())
            .map(|password| {
                let (user, password) = (values.user(user), values.password(&password));
                Answering::new(logins.statuses, user, password)
            });
        let sockets = PhoneSockets {
            sockets: StageSockets::new(self.network.clone(), node),
            values: values.clone(),
            answering,
        };
        let server = [SERVER, SERVER_IN_IPV6].map(socket_address)[usize::from(local.is_ipv6())];
        let account = Account {
            user: user.to_owned(),
            domain: host(server.ip()),
            server,
            local,
            transport: Transport::Udp,
        };
        let ids = name.strip_prefix("phone ").unwrap_or(name);
        let ids = ids.replace(" (", ".").replace(')', "").replace(' ', "-");
        let ids = match values.numbers(name) {
            Some(numbers) => Ids::fresh(Box::new(numbers)),
            None => Ids::counted(ids),
        };
        let phone = Phone::new(account, Box::new(sockets), ids);
        phone.set_wording(Arc::new(values.clone()));
        phone.rename(name);
        tokio::task::spawn_local(phone.clone().live());
        phone
    }

    /// Takes a phone off the network, as a power cut does. Nothing reaches it any more.
    pub fn unplug(&mut self, phone: &Phone) {
        let address = self.setting.values.address(phone.account().local);
        self.network.set_reachable(address, false);
    }

    /// Puts a phone back on the network.
    pub fn plug_in(&mut self, phone: &Phone) {
        let address = self.setting.values.address(phone.account().local);
        self.network.set_reachable(address, true);
    }

    /// Explains the next message in a sentence.
    pub fn explain(&mut self, text: &str) {
        self.network.explain(text);
    }

    /// Explains each of the next messages, relayed ones included. With an empty sentence, a
    /// message gets the same automatic explanation as messages that are not explained here.
    pub fn explain_each(&mut self, texts: &[&str]) {
        texts.iter().for_each(|text| self.network.explain(text));
    }

    /// Starts a scene: a heading between messages.
    pub fn scene(&mut self, text: &str) {
        self.network.scene(text);
    }

    /// Lets time pass.
    pub async fn wait(&mut self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    /// Lets seconds pass.
    pub async fn wait_seconds(&mut self, seconds: u64) {
        self.wait(Duration::from_secs(seconds)).await;
    }

    /// Loses the next message with this method (`"INVITE"`) or status code (`"200"`).
    pub fn lose(&mut self, what: &str) {
        self.network.lose(what.to_owned());
    }

    /// Lets a host name resolve to an address.
    ///
    /// # Panics
    /// When `ip` is not an address.
    pub fn name_host(&mut self, host: &str, ip: &str) {
        let ip: IpAddr = ip.parse().unwrap_or_else(|e| panic!("{ip}: {e}"));
        let values = &self.setting.values;
        let address = values.address(SocketAddr::new(ip, 5060));
        self.network.name_host(&values.text(host), address.ip());
    }

    /// The source of the server's numbers and tags. An exchange can set those that a text prints.
    pub fn entropy(&self) -> &CountedEntropy {
        &self.entropy
    }

    /// The server's counters, restarts included.
    pub fn stats(&self) -> &Stats {
        &self.stats
    }

    /// Looks at something that the chapter offers (see [`Views::offer`]), and records it.
    ///
    /// # Panics
    /// When the chapter does not offer it.
    pub fn show(&mut self, name: &str) -> String {
        let text = self.views.look(name, &self.setting.values);
        let text = text.unwrap_or_else(|| panic!("this chapter does not offer {name} to look at"));
        self.network.view(name, text.clone());
        text
    }

    /// Decides about requests before the chapter's script does, as a script on its way to the
    /// chapter's would.
    pub fn screen(&mut self, refuse: fn(&Request) -> Option<Reply>) {
        self.screen.set(refuse);
    }

    /// The values that this exchange is played with.
    pub fn values(&self) -> &Values {
        &self.setting.values
    }

    /// Stops the server at once, as `kill -9` does, after messages on the way have arrived.
    pub async fn stop_server(&mut self) {
        self.settle().await;
        self.lower_server().await;
        self.network.scene("The server stops.");
    }

    /// Starts the server again.
    pub async fn start_server(&mut self) {
        self.network.scene("The server starts.");
        self.raise_server();
        tokio::task::yield_now().await;
    }

    /// Stops the server and starts it again.
    pub async fn restart_server(&mut self) {
        self.stop_server().await;
        self.start_server().await;
    }

    /// Waits until messages on the way and the answers to them have arrived.
    pub(crate) async fn settle(&mut self) {
        self.wait(SETTLING).await;
    }

    pub(crate) fn raise_server(&mut self) {
        self.network.set_listening(SERVER_NODE, true);
        let secret = Secret(self.setting.values.secret(*b"the stage's key!"));
        let settings = Settings {
            myself: Myself::new(self.servers.to_vec(), Vec::new(), secret),
            clock: self.clock,
            entropy: Box::new(self.entropy.clone()),
            observer: Box::new(StageObserver {
                network: self.network.clone(),
            }),
            timers: Timers::default(),
            limits: Limits::default(),
            private_targets: PrivateTargets::default(),
            stats: self.stats.clone(),
            on_reply: OnReply::default(),
        };
        let server = StageServer {
            network: StageSockets::new(self.network.clone(), SERVER_NODE),
            settings,
            views: self.views.clone(),
            screen: self.screen.clone(),
            values: self.setting.values.clone(),
        };
        let serving = (self.start_chapter)(server);
        self.serving = Some(tokio::task::spawn_local(serving));
    }

    pub(crate) async fn lower_server(&mut self) {
        self.network.set_listening(SERVER_NODE, false);
        let Some(serving) = self.serving.take() else {
            return;
        };
        serving.abort();
        if let Err(ended) = serving.await
            && ended.is_panic()
        {
            std::panic::resume_unwind(ended.into_panic());
        }
    }
}

/// An address as the host of a URI (RFC 3261 §25.1).
fn host(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => format!("[{v6}]"),
    }
}

/// An address, with port 5060 if the text has no port.
fn socket_address(text: &str) -> SocketAddr {
    let with_port = text.parse();
    with_port.unwrap_or_else(|_| match text.parse::<IpAddr>() {
        Ok(ip) => SocketAddr::new(ip, 5060),
        Err(e) => panic!("{text} is not an address: {e}"),
    })
}
