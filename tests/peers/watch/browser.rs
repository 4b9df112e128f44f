//! A headless Chromium that shows the page: what a reader does, sees and waits for.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use whole_system::process::Process;

use crate::devtools::DevTools;

/// How long Chromium may take to start.
const START: Duration = Duration::from_secs(60);

/// How long the page may take to show something.
const SHOWN: Duration = Duration::from_secs(30);

/// The width and height of a window, in pixels.
#[derive(Debug, Clone, Copy)]
pub struct Window(pub u32, pub u32);

/// A window on a desk.
pub const DESK: Window = Window(1280, 800);

/// A small telephone.
pub const PHONE: Window = Window(360, 740);

/// A browser with one page.
pub struct Browser {
    process: Process,
    devtools: DevTools,
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

    /// Gives the window another size.
    pub fn resize(&mut self, Window(width, height): Window) {
        let mobile = width < 500;
        let size =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile});
        self.devtools
            .call("Emulation.setDeviceMetricsOverride", size);
    }

    /// Asks for a feature of the reader's system, such as `prefers-color-scheme`.
    pub fn prefer(&mut self, feature: &str, value: &str) {
        let features = json!({"features": [{"name": feature, "value": value}]});
        self.devtools.call("Emulation.setEmulatedMedia", features);
    }

    /// Lets it read at most so many bytes a second; `None` is as fast as it can.
    pub fn slow_down(&mut self, bytes: Option<u32>) {
        let limit = bytes.map_or(-1, i64::from);
        let network = json!({"offline": false, "latency": 0, "downloadThroughput": limit, "uploadThroughput": -1});
        self.devtools
            .call("Network.emulateNetworkConditions", network);
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

    /// Presses and releases a key, such as `ArrowDown` or `/`.
    pub fn key(&mut self, key: &str) {
        let code = match key {
            "Enter" => 13,
            "Escape" => 27,
            "Tab" => 9,
            "ArrowUp" => 38,
            "ArrowDown" => 40,
            "ArrowLeft" => 37,
            "ArrowRight" => 39,
            "Home" => 36,
            "End" => 35,
            _ => 0,
        };
        let mut press = json!({"type": "keyDown", "key": key, "windowsVirtualKeyCode": code});
        if code == 0 || key == "Enter" {
            press["text"] = if key == "Enter" { "\r" } else { key }.into();
        }
        self.devtools.call("Input.dispatchKeyEvent", press.clone());
        press["type"] = "keyUp".into();
        self.devtools.call("Input.dispatchKeyEvent", press);
    }

    /// The page as a screen reader gets it: nodes with a role and a name.
    pub fn accessibility(&mut self) -> Vec<Value> {
        let tree = self.devtools.call("Accessibility.getFullAXTree", json!({}));
        let nodes = tree["nodes"].as_array().unwrap().iter();
        nodes
            .filter(|node| node["ignored"] != true)
            .cloned()
            .collect()
    }

    /// The window as a PNG.
    pub fn picture(&mut self) -> Vec<u8> {
        let shot = self
            .devtools
            .call("Page.captureScreenshot", json!({"format": "png"}));
        BASE64_STANDARD
            .decode(shot["data"].as_str().unwrap())
            .unwrap()
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
