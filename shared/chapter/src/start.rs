use std::cell::RefCell;
use std::fmt::Display;
use std::net::SocketAddr;

use serde::Serialize;
use sip_location::{Expiry, Location};
use sip_server::{Clock, Entropy, Myself, Reply, Response, Secret, SystemEntropy};

use crate::control::Methods;
use crate::flags::Flags;
use crate::interfaces;

/// What a chapter builds its context from: the flags as they were understood, the addresses
/// that are listened on by now.
#[derive(Debug)]
pub struct Start {
    flags: Flags,
    listeners: Vec<SocketAddr>,
    clock: Clock,
    methods: RefCell<Methods>,
}

/// A chapter's server, built.
pub struct Service<C> {
    /// Who it is.
    pub myself: Myself,
    /// Who is where; the control socket shows it, and what expires is purged from it.
    pub location: Location,
    /// The script's context.
    pub cx: C,
    /// What is done to responses, where the chapter does anything.
    pub(crate) onreply_route: Option<OnreplyRoute<C>>,
}

/// A chapter's `onreply_route` (Kamailio's name): what it does to every response before that is passed
/// on. [`sip_server::OnReply`] says what becomes of a refusal.
pub type OnreplyRoute<C> = fn(&C, &mut Response) -> Result<(), Reply>;

impl<C> Service<C> {
    /// A server that passes responses on as they came.
    pub fn new(myself: Myself, location: Location, cx: C) -> Self {
        Self {
            myself,
            location,
            cx,
            onreply_route: None,
        }
    }

    /// With this done to every response.
    #[must_use]
    pub fn on_reply(mut self, onreply_route: OnreplyRoute<C>) -> Self {
        self.onreply_route = Some(onreply_route);
        self
    }
}

impl Start {
    pub(crate) fn new(flags: Flags, listeners: Vec<SocketAddr>, clock: Clock) -> Self {
        Self {
            flags,
            listeners,
            clock,
            methods: RefCell::default(),
        }
    }

    /// Adds a method to the control socket, by Kamailio's name where it has one: what `answer`
    /// makes of `subject` is its result, as JSON. It takes no parameters.
    pub fn method<Subject, Answer, Error>(
        &self,
        name: &'static str,
        subject: &Subject,
        answer: fn(&Subject) -> Result<Answer, Error>,
    ) where
        Subject: Clone + Send + Sync + 'static,
        Answer: Serialize + 'static,
        Error: Display + 'static,
    {
        self.methods.borrow_mut().add(name, subject, answer);
    }

    /// What the chapter added to the control socket.
    pub(crate) fn into_methods(self) -> Methods {
        self.methods.into_inner()
    }

    /// The server's names: its addresses, its domains, and its secret.
    pub fn myself(&self, secret: Secret) -> Myself {
        let (listeners, domains) = (self.listeners.clone(), self.flags.domain.clone());
        Myself::on_machine(listeners, domains, secret, &interfaces::addresses())
    }

    /// A secret made now, for a server that keeps none.
    pub fn new_secret(&self) -> Secret {
        let mut entropy = SystemEntropy::default();
        let (first, second) = (entropy.number(), entropy.number());
        let bytes = u128::from(first) << 64 | u128::from(second);
        Secret(bytes.to_be_bytes())
    }

    /// A number made now.
    pub fn new_number(&self) -> u64 {
        SystemEntropy::default().number()
    }

    /// What the location service is given.
    pub fn location_settings(&self) -> sip_location::Settings {
        sip_location::Settings {
            expiry: Expiry {
                min: self.flags.min_expires,
                default: self.flags.default_expires,
                max: self.flags.max_expires,
            },
            seed: SystemEntropy::default().number(),
            ..sip_location::Settings::default()
        }
    }

    /// The longest request taken, in bytes.
    pub fn max_length(&self) -> usize {
        self.flags.max_length
    }

    /// The time of day.
    pub fn clock(&self) -> Clock {
        self.clock
    }
}
