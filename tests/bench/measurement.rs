//! The measurements, and their goals.

use clap::ValueEnum;

use crate::call::{self, Way};
use crate::challenged::{self, Nonce};
use crate::growth::{self, MANY};
use crate::outcome::Outcome;
use crate::peer::{Kind, Peer, Service};
use crate::report::{Goal, Sample};
use crate::{options, rate, register, start};

/// One thing to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Measurement {
    /// OPTIONS to the server itself.
    Options,
    /// REGISTER without authentication, bindings in memory.
    Register,
    /// INVITE-180-200-ACK-BYE-200 between two phones, with Record-Route.
    Call,
    /// REGISTER without authentication, on disk before the answer.
    Durable,
    /// REGISTER-401-REGISTER-200 with a new nonce each time, on disk before the 200.
    RegisterAuth,
    /// REGISTER-200 with a nonce that is known, on disk before the 200.
    Refresh,
    /// INVITE-407-ACK-INVITE-180-200-ACK-BYE-200.
    CallAuth,
    /// INVITE-180-200-ACK-BYE-200 from a carrier's address, where others are challenged.
    CarrierCall,
    /// REGISTER-401-REGISTER-200 on one processor, as many as possible without a retransmission.
    RegisterRate,
    /// Calls with a challenge on one processor, as many as possible without a retransmission.
    CallRate,
    /// Memory with 100,000 bindings.
    Memory,
    /// From the start with 100,000 rows on disk to the first right look-up.
    Start,
    /// A refresh with 1,000,000 bindings: its cost divided by that with 10,000.
    RegisterGrowth,
    /// A call with 1,000,000 bindings: its cost divided by that with 10,000.
    CallGrowth,
    /// Memory with 1,000,000 bindings.
    MemoryGrowth,
    /// From the start with 1,000,000 rows on disk to the first right look-up.
    StartGrowth,
}

impl Measurement {
    pub(crate) const ALL: [Self; 16] = [
        Self::Options,
        Self::Register,
        Self::Call,
        Self::Durable,
        Self::RegisterAuth,
        Self::Refresh,
        Self::CallAuth,
        Self::CarrierCall,
        Self::RegisterRate,
        Self::CallRate,
        Self::Memory,
        Self::Start,
        Self::RegisterGrowth,
        Self::CallGrowth,
        Self::MemoryGrowth,
        Self::StartGrowth,
    ];

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Options => "OPTIONS to the server, µs",
            Self::Register => "REGISTER in memory, µs",
            Self::Call => "call through the proxy, µs",
            Self::Durable => "REGISTER on disk, µs",
            Self::RegisterAuth => "REGISTER-401-REGISTER-200 on disk, µs",
            Self::Refresh => "REGISTER with a known nonce on disk, µs",
            Self::CallAuth => "call with 407 through the proxy, µs",
            Self::CarrierCall => "call from a carrier through the proxy, µs",
            Self::RegisterRate => "REGISTER-401-REGISTER-200, ours on disk, a second on one core",
            Self::CallRate => "calls with 407 a second on one core",
            Self::Memory => "100,000 bindings, MiB",
            Self::Start => "start with 100,000 rows, s",
            Self::RegisterGrowth => "REGISTER with 1,000,000 bindings, times that with 10,000",
            Self::CallGrowth => "call with 1,000,000 bindings, times that with 10,000",
            Self::MemoryGrowth => "1,000,000 bindings, MiB",
            Self::StartGrowth => "start with 1,000,000 rows, s",
        }
    }

    /// The goal of the chapters.
    pub(crate) fn goals(self) -> &'static [Goal] {
        use Goal::{AtMost, Ratio, Times};
        match self {
            Self::Options => &[Ratio(Kind::Kamailio, 0.5)],
            Self::Register => &[Ratio(Kind::Kamailio, 0.45)],
            Self::Call | Self::CallAuth => &[Ratio(Kind::Kamailio, 0.35)],
            Self::CarrierCall => &[Ratio(Kind::Kamailio, 0.4)],
            Self::Durable => &[Ratio(Kind::Kamailio, 0.15)],
            Self::RegisterAuth => &[
                Ratio(Kind::Kamailio, 0.15),
                Ratio(Kind::KamailioInMemory, 0.6),
                Ratio(Kind::KamailioAsShipped, 0.6),
            ],
            Self::Refresh => &[
                Ratio(Kind::Kamailio, 0.1),
                Ratio(Kind::KamailioInMemory, 0.45),
                Ratio(Kind::KamailioAsShipped, 0.45),
            ],
            Self::RegisterRate => &[
                Times(Kind::KamailioInMemory, 3.0),
                Times(Kind::KamailioAsShipped, 3.0),
            ],
            Self::CallRate => &[Times(Kind::Kamailio, 3.0)],
            Self::Memory => &[AtMost(45.0)],
            Self::Start => &[AtMost(0.3)],
            Self::RegisterGrowth | Self::CallGrowth => &[AtMost(1.25)],
            Self::MemoryGrowth => &[AtMost(320.0)],
            Self::StartGrowth => &[AtMost(1.5)],
        }
    }

    /// Whether the measurement makes sense for this server.
    pub(crate) fn concerns(self, kind: Kind) -> bool {
        let compares = |goal: &Goal| matches!(goal, Goal::Ratio(other, _) | Goal::Times(other, _) if *other == kind);
        match kind {
            Kind::Ours | Kind::Before => true,
            Kind::OursLogging => self.is_cost(),
            Kind::Kamailio | Kind::KamailioPackaged => {
                self != Self::RegisterRate && !self.is_growth()
            }
            Kind::KamailioInMemory | Kind::KamailioAsShipped => self.goals().iter().any(compares),
        }
    }

    /// Whether it measures what a transaction costs.
    fn is_cost(self) -> bool {
        let others = [
            Self::RegisterRate,
            Self::CallRate,
            Self::Memory,
            Self::Start,
        ];
        !others.contains(&self) && !self.is_growth()
    }

    /// Whether it measures a million bindings, which Kamailio as it is set up here has no memory for.
    fn is_growth(self) -> bool {
        use Measurement::{CallGrowth, MemoryGrowth, RegisterGrowth, StartGrowth};
        matches!(
            self,
            RegisterGrowth | CallGrowth | MemoryGrowth | StartGrowth
        )
    }

    /// What the server is to do.
    fn service(self) -> Service {
        match self {
            Self::Options
            | Self::Register
            | Self::Call
            | Self::Memory
            | Self::RegisterGrowth
            | Self::CallGrowth
            | Self::MemoryGrowth => Service::InMemory,
            Self::Durable | Self::Start | Self::StartGrowth => Service::OnDisk,
            Self::RegisterAuth | Self::Refresh | Self::RegisterRate => Service::PasswordsOnDisk,
            Self::CallAuth | Self::CarrierCall | Self::CallRate => Service::Passwords,
        }
    }

    /// Measures a server once, with a `quick`th of the transactions.
    ///
    /// # Errors
    /// How it went, when it was not clean and so does not count.
    pub(crate) fn run(self, kind: Kind, quick: u64) -> Result<Sample, Outcome> {
        let files = tempfile::tempdir().expect("a directory for the server's files");
        let one = |value: Result<f64, Outcome>| value.map(Sample::from);
        match self {
            Self::Start => return one(start::seconds(kind, files.path(), 100_000 / quick)),
            Self::StartGrowth => return one(start::seconds(kind, files.path(), MANY / quick)),
            _ => {}
        }
        let service = self.service();
        let peer = Peer::start(kind, service, files.path());
        let sample = match self {
            Self::Options => one(options::cost(&peer, 100_000 / quick)),
            Self::Register => one(register::cost(&peer, 60_000 / quick)),
            Self::Durable => one(register::cost(&peer, 10_000 / quick)),
            Self::RegisterAuth => one(challenged::cost(&peer, 20_000 / quick, Nonce::New)),
            Self::Refresh => one(challenged::cost(&peer, 20_000 / quick, Nonce::Known)),
            Self::Call => one(call::cost(&peer, 10_000 / quick, Way::Open)),
            Self::CallAuth => one(call::cost(&peer, 10_000 / quick, Way::Challenged)),
            Self::CarrierCall => one(call::cost(&peer, 10_000 / quick, Way::Carrier)),
            Self::RegisterRate => rate::registrations(&peer, 20_000 / quick),
            Self::CallRate => rate::calls(&peer, 8_000 / quick),
            Self::RegisterGrowth => one(growth::of_a_register(&peer, quick)),
            Self::CallGrowth => one(growth::of_a_call(&peer, quick)),
            Self::MemoryGrowth | Self::StartGrowth => one(start::mebibytes(&peer, MANY / quick)),
            Self::Memory | Self::Start => one(start::mebibytes(&peer, 100_000 / quick)),
        };
        peer.check(kind, service, files.path());
        peer.stop();
        sample
    }
}

impl std::fmt::Display for Measurement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.to_possible_value().expect("none is hidden").get_name())
    }
}
