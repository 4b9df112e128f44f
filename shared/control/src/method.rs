//! The names of the methods, Kamailio's.

/// When the server started, and how long ago. Result: [`crate::Uptime`].
pub const UPTIME: &str = "core.uptime";

/// The program and its version, a string.
pub const VERSION: &str = "core.version";

/// Counters: all, those of a group (`core:`), or one. Result: a list of [`crate::Counter`].
pub const STATISTICS: &str = "stats.get_statistics";

/// The names of all methods, a list of strings.
pub const LIST_METHODS: &str = "system.listMethods";

/// Every binding. Result: [`crate::Dump`]; of `"brief"` only the addresses-of-record.
pub const DUMP: &str = "ul.dump";

/// The bindings of one address-of-record. Result: [`crate::Record`].
pub const LOOKUP: &str = "ul.lookup";

/// Removes the bindings of an address-of-record. Result: [`crate::Removed`].
pub const RM: &str = "ul.rm";

/// Removes one binding. Result: [`crate::Removed`].
pub const RM_CONTACT: &str = "ul.rm_contact";

/// Every message from now on, and every decision. Result: [`crate::watch::Watched`], and then
/// [`crate::watch::Event`]s, one a line, until the watcher goes.
pub const WATCH: &str = "server.watch";

/// The methods that every server has.
pub const OF_EVERY_SERVER: [&str; 9] = [
    UPTIME,
    VERSION,
    STATISTICS,
    LIST_METHODS,
    DUMP,
    LOOKUP,
    RM,
    RM_CONTACT,
    WATCH,
];

/// Reads the table of trusted addresses again. Only a server that has one offers it.
pub const ADDRESS_RELOAD: &str = "permissions.addressReload";
