//! What readers differ in: the size of their window, their preferences, their keys.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::browser::Browser;

/// The width and height of a window, in pixels.
#[derive(Debug, Clone, Copy)]
pub struct Window(pub u32, pub u32);

/// A window on a desk.
pub const DESK: Window = Window(1280, 800);

/// A small telephone.
pub const PHONE: Window = Window(360, 740);

impl Browser {
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

    /// Shows no scroll bars, which look different on every system.
    pub fn hide_scrollbars(&mut self) {
        self.devtools
            .call("Emulation.setScrollbarsHidden", json!({"hidden": true}));
    }

    /// The processor time that the page has used, in milliseconds.
    pub fn processor_time(&mut self) -> f64 {
        let metrics = self.devtools.call("Performance.getMetrics", json!({}));
        let mut metrics = metrics["metrics"].as_array().unwrap().iter();
        let tasks = metrics.find(|it| it["name"] == "TaskDuration").unwrap();
        tasks["value"].as_f64().unwrap() * 1000.0
    }

    /// Lets it read at most so many bytes a second; `None` is as fast as it can.
    pub fn slow_down(&mut self, bytes: Option<u32>) {
        let limit = bytes.map_or(-1, i64::from);
        let network = json!({"offline": false, "latency": 0, "downloadThroughput": limit, "uploadThroughput": -1});
        self.devtools
            .call("Network.emulateNetworkConditions", network);
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
}
