//! A headless Chromium that shows the page: what a reader does, sees and waits for.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use whole_system::process::Process;

use crate::devtools::DevTools;
use crate::reader::DESK;

/// How long Chromium may take to start.
const START: Duration = Duration::from_secs(60);

/// How long the page may take to show something.
const SHOWN: Duration = Duration::from_secs(30);

/// A browser with one page.
pub struct Browser {
    process: Process,
    pub(crate) devtools: DevTools,
    log: PathBuf,
}

impl Browser {
    /// Starts it, its files in `directory`.
    pub fn start(directory: &Path) -> Self {
        let profile = directory.join("chromium");
        let log = directory.join("net-log.json");
        let mut command = Command::new("chromium");
        command
            .args([
                "--headless=new",
                "--disable-gpu",
                "--no-first-run",
                "--remote-debugging-port=0",
            ])
            // What Chromium asks the internet for on its own account.
            .args([
                "--disable-background-networking",
                "--disable-component-update",
            ])
            .args([
                "--disable-sync",
                "--disable-extensions",
                "--disable-domain-reliability",
            ])
            .args(["--lang=en", "--force-color-profile=srgb"])
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg(format!("--log-net-log={}", log.display()))
            .arg("about:blank");
        // Chromium refuses its sandbox to root.
        if fs::metadata("/proc/self").unwrap().uid() == 0 {
            command.arg("--no-sandbox");
        }
        let mut process = Process::start(&mut command, "chromium-output", directory);
        let told = profile.join("DevToolsActivePort");
        let read = || fs::read_to_string(&told).unwrap_or_default();
        process.wait_until("debugging port", START, |_| read().lines().count() == 2);
        let text = read();
        let (port, path) = text.split_once('\n').unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], port.parse().unwrap()));
        let mut devtools = DevTools::connect(address, path);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            devtools.call(&format!("{domain}.enable"), json!({}));
        }
        let ticks = json!({"timeDomain": "threadTicks"});
        devtools.call("Performance.enable", ticks);
        let mut browser = Self {
            process,
            devtools,
            log,
        };
        browser.resize(DESK);
        browser
    }

    /// Opens a page, and waits until its messages can be chosen.
    pub fn open(&mut self, address: &str) {
        self.devtools.call("Page.navigate", json!({"url": address}));
        self.wait(
            "the page",
            "document.querySelector('#source .light') !== null",
        );
    }

    /// Evaluates an expression of JavaScript in the page.
    ///
    /// # Panics
    /// When it throws.
    pub fn run(&mut self, expression: &str) -> Value {
        let call = json!({"expression": expression, "awaitPromise": true, "returnByValue": true});
        let answer = self.devtools.call("Runtime.evaluate", call);
        let thrown = &answer["exceptionDetails"];
        assert!(thrown.is_null(), "{expression}: {thrown:#}");
        answer["result"]["value"].clone()
    }

    /// Waits until an expression holds.
    ///
    /// # Panics
    /// When it does not, with the text of the page.
    pub fn wait(&mut self, what: &str, expression: &str) {
        let began = Instant::now();
        while self.run(expression) != Value::Bool(true) {
            if began.elapsed() > SHOWN {
                let text = self.run("document.body.innerText");
                let text = text.as_str().unwrap_or_default();
                panic!(
                    "the page does not show {what}:\n{text}\n{:#?}",
                    self.complaints()
                );
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// What the page or the browser complained about: exceptions, errors, what a policy blocked.
    pub fn complaints(&self) -> Vec<&Value> {
        let events = self.devtools.events().iter();
        let complaints = events.filter(|event| match event["method"].as_str() {
            Some("Runtime.exceptionThrown") => true,
            Some("Runtime.consoleAPICalled") => event["params"]["type"] == "error",
            Some("Log.entryAdded") => event["params"]["entry"]["level"] == "error",
            _ => false,
        });
        complaints.map(|event| &event["params"]).collect()
    }

    /// The address of everything that the page asked for.
    pub fn requests(&self) -> Vec<&str> {
        let events = self.devtools.events().iter();
        let sent = events.filter(|event| event["method"] == "Network.requestWillBeSent");
        sent.filter_map(|event| event["params"]["request"]["url"].as_str())
            .collect()
    }

    /// Closes the browser, and returns its own log of everything it did in the network.
    pub fn close(mut self) -> Value {
        self.devtools.call_browser("Browser.close");
        self.process.wait(START);
        let text = fs::read_to_string(&self.log).unwrap();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }
}
