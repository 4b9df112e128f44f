//! A chapter's server, the program watch beside it, and a browser that shows its page.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use whole_system::baresip::{Account, Baresip, Voice};
use whole_system::process::Process;
use whole_system::step::{PASSWORD, Server, Step, program};
use whole_system::wire::Phone;

use crate::browser::Browser;

/// How long watch may take to say where its page is.
const START: Duration = Duration::from_secs(20);

/// A server and a browser that watches it.
pub struct Scene {
    /// The server.
    pub server: Server,
    /// The browser.
    pub browser: Browser,
    /// Where the page is: `http://127.0.0.1:PORT/`.
    pub page: String,
    _watch: Process,
    files: tempfile::TempDir,
}

impl Scene {
    /// Starts all three, and opens the page.
    pub fn start(step: Step) -> Self {
        let files = whole_system::directory();
        let server = Server::start(step, files.path());
        let (watch, page) = watch(files.path());
        let mut browser = Browser::start(files.path());
        browser.open(&page);
        browser.wait(
            "the server",
            "document.querySelector('#source .good') !== null",
        );
        Self {
            server,
            browser,
            page,
            _watch: watch,
            files,
        }
    }

    /// A real phone on 127.0.0.`host`, which registers.
    pub fn baresip(&self, user: &str, host: u8, voice: Voice, password: &str) -> Baresip {
        self.server.add_user(user);
        let account = Account {
            user,
            server: self.server.address(),
            password: Some(password),
            transport: "udp",
            registers: true,
        };
        Baresip::start(account, host, voice, self.files.path())
    }

    /// A phone of the tests on 127.0.0.`host`, which has registered.
    pub fn registered(&self, user: &str, host: u8) -> Phone {
        self.server.add_user(user);
        let mut phone = Phone::new(user, host, self.server.address()).with_password(Some(PASSWORD));
        phone.register(3600);
        phone
    }

    /// Shows an exchange of the course instead of the running server.
    pub fn play(&mut self, chapter: u8, exchange: &str) {
        let play = format!(
            "fetch('/api/exchanges', {{method: 'POST', headers: {{'Content-Type': 'application/json'}}, \
             body: JSON.stringify({{chapter: {chapter}, name: '{exchange}'}})}})\
             .then((answer) => answer.json()).then((it) => it.source.id)"
        );
        let source = self.browser.run(&play);
        let source = source.as_str().unwrap_or_else(|| panic!("{source}"));
        let address = format!("{}?source={source}", self.page);
        self.browser.open(&address);
        self.browser.wait(
            "the exchange",
            "document.querySelectorAll('#ladder .message').length > 0",
        );
    }

    /// Chooses the first message in sight whose line has this text, and waits until it is shown.
    pub fn choose(&mut self, text: &str) {
        let row = format!(
            "[...document.querySelectorAll('#ladder .message')].find((it) => \
             it.getAttribute('aria-label').includes({text:?}))"
        );
        self.browser.wait(text, &format!("({row}) !== undefined"));
        let number = format!(
            "(() => {{ const row = {row}; row.click(); return row.querySelector('.number').innerText; }})()"
        );
        let number = self.browser.run(&number);
        let number = number.as_str().unwrap_or_default();
        self.browser.wait(
            "the chosen message",
            &format!(
                "document.querySelector('#detail .wire') !== null && \
                 document.querySelector('#detail h2').innerText.startsWith('{number} ')"
            ),
        );
    }

    /// The text of an element of the page, empty if there is none.
    pub fn text(&mut self, selector: &str) -> String {
        let text = self.browser.run(&format!(
            "document.querySelector({selector:?})?.innerText ?? ''"
        ));
        text.as_str().unwrap_or_default().to_owned()
    }
}

/// Starts watch beside the server of this directory, and finds its page.
fn watch(files: &Path) -> (Process, String) {
    let mut command = Command::new(program("watch"));
    command
        .current_dir(files)
        .args(["--control", "sip.sock", "--port", "0"]);
    let mut process = Process::start(&mut command, "watch", files);
    process.wait_until("address", START, |it| page(&it.log()).is_some());
    let page = page(&process.log()).unwrap();
    (process, page)
}

/// The address in what watch prints.
fn page(log: &str) -> Option<String> {
    let at = log.find("http://127.0.0.1:")?;
    let address = log[at..].split_whitespace().next()?;
    Some(format!("{}/", address.trim_end_matches('/')))
}
