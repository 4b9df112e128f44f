//! The tables: Kamailio 5.6's, column for column, and three small ones of our own that Kamailio
//! does not look at. `trusted` is for Kamailio alone: its module permissions does not start without
//! the table, unless `load_backends` is 1.
//!
//! The types matter. Kamailio's `db_sqlite` reads a value by the declared type of its column, so
//! a date must be `TIMESTAMP`. Kamailio's indices of `location` do not matter: each costs every
//! REGISTER a write, and this server reads the table once, from end to end. A Kamailio that looks
//! phones up in SQL (`db_mode` 3) wants `CREATE INDEX location_account_contact_idx ON location
//! (username, domain, contact)`. A file that has Kamailio's indices is used as it is.

/// How a table is made.
pub(crate) struct Table {
    pub(crate) name: &'static str,
    /// The version Kamailio expects; `None` for a table of our own.
    pub(crate) version: Option<i64>,
    pub(crate) create: &'static str,
}

/// Every table. `version` is the first, as it lists the others.
pub(crate) const TABLES: [Table; 9] = [
    Table {
        name: "version",
        version: Some(1),
        create: "CREATE TABLE version (
            id INTEGER PRIMARY KEY NOT NULL,
            table_name VARCHAR(32) NOT NULL UNIQUE,
            table_version INTEGER NOT NULL DEFAULT 0
        )",
    },
    Table {
        name: "location",
        version: Some(9),
        create: "CREATE TABLE location (
            id INTEGER PRIMARY KEY NOT NULL,
            ruid VARCHAR(64) NOT NULL DEFAULT '' UNIQUE,
            username VARCHAR(64) NOT NULL DEFAULT '',
            domain VARCHAR(64) DEFAULT NULL,
            contact VARCHAR(512) NOT NULL DEFAULT '',
            received VARCHAR(128) DEFAULT NULL,
            path VARCHAR(512) DEFAULT NULL,
            expires TIMESTAMP WITHOUT TIME ZONE NOT NULL DEFAULT '2030-05-28 21:32:15',
            q REAL NOT NULL DEFAULT 1.0,
            callid VARCHAR(255) NOT NULL DEFAULT 'Default-Call-ID',
            cseq INTEGER NOT NULL DEFAULT 1,
            last_modified TIMESTAMP WITHOUT TIME ZONE NOT NULL DEFAULT '2000-01-01 00:00:01',
            flags INTEGER NOT NULL DEFAULT 0,
            cflags INTEGER NOT NULL DEFAULT 0,
            user_agent VARCHAR(255) NOT NULL DEFAULT '',
            socket VARCHAR(64) DEFAULT NULL,
            methods INTEGER DEFAULT NULL,
            instance VARCHAR(255) DEFAULT NULL,
            reg_id INTEGER NOT NULL DEFAULT 0,
            server_id INTEGER NOT NULL DEFAULT 0,
            connection_id INTEGER NOT NULL DEFAULT 0,
            keepalive INTEGER NOT NULL DEFAULT 0,
            partition INTEGER NOT NULL DEFAULT 0
        )",
    },
    Table {
        name: "subscriber",
        version: Some(7),
        create: "CREATE TABLE subscriber (
            id INTEGER PRIMARY KEY NOT NULL,
            username VARCHAR(64) NOT NULL DEFAULT '',
            domain VARCHAR(64) NOT NULL DEFAULT '',
            password VARCHAR(64) NOT NULL DEFAULT '',
            ha1 VARCHAR(128) NOT NULL DEFAULT '',
            ha1b VARCHAR(128) NOT NULL DEFAULT '',
            UNIQUE (username, domain)
        )",
    },
    Table {
        name: "dbaliases",
        version: Some(1),
        create: "CREATE TABLE dbaliases (
            id INTEGER PRIMARY KEY NOT NULL,
            alias_username VARCHAR(64) NOT NULL DEFAULT '',
            alias_domain VARCHAR(64) NOT NULL DEFAULT '',
            username VARCHAR(64) NOT NULL DEFAULT '',
            domain VARCHAR(64) NOT NULL DEFAULT '',
            UNIQUE (alias_username, alias_domain)
        )",
    },
    Table {
        name: "address",
        version: Some(6),
        create: "CREATE TABLE address (
            id INTEGER PRIMARY KEY NOT NULL,
            grp INTEGER NOT NULL DEFAULT 1,
            ip_addr VARCHAR(50) NOT NULL,
            mask INTEGER NOT NULL DEFAULT 32,
            port SMALLINT NOT NULL DEFAULT 0,
            tag VARCHAR(64)
        )",
    },
    Table {
        name: "trusted",
        version: Some(6),
        create: "CREATE TABLE trusted (
            id INTEGER PRIMARY KEY NOT NULL,
            src_ip VARCHAR(50) NOT NULL,
            proto VARCHAR(4) NOT NULL,
            from_pattern VARCHAR(64) DEFAULT NULL,
            ruri_pattern VARCHAR(64) DEFAULT NULL,
            tag VARCHAR(64),
            priority INTEGER NOT NULL DEFAULT 0
        )",
    },
    Table {
        name: "contact_params",
        version: None,
        create: "CREATE TABLE contact_params (
            ruid TEXT PRIMARY KEY NOT NULL,
            params TEXT NOT NULL
        ) WITHOUT ROWID",
    },
    Table {
        name: "subscriber_digest",
        version: None,
        create: "CREATE TABLE subscriber_digest (
            username TEXT NOT NULL,
            domain TEXT NOT NULL,
            ha1 TEXT NOT NULL,
            sha256 TEXT NOT NULL DEFAULT '',
            sha256b TEXT NOT NULL DEFAULT '',
            offer TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (username, domain)
        ) WITHOUT ROWID",
    },
    Table {
        name: "server_secret",
        version: None,
        create: "CREATE TABLE server_secret (
            id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
            secret BLOB NOT NULL
        )",
    },
];
