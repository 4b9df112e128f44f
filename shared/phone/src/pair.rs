//! `phone pair`: two phones in one command, for a call without any other phone.

use std::time::Duration;

use crate::answer;
use crate::call;
use crate::failure::Failure;
use crate::flags::{Account, Flags};
use crate::line::Line;
use crate::password;
use crate::register::Registration;
use crate::stop::Stop;
use crate::verb::{Answer, Pair};

/// How long the registrations last, in seconds; they are removed at the end.
const EXPIRES: u32 = 150;

/// How long the second phone rings before it answers.
const RINGS: Duration = Duration::from_secs(1);

/// How long the call may take to get there.
const WITHIN: Duration = Duration::from_secs(60);

/// Registers two phones, and lets the first call the second. Both hang up and unregister.
pub(crate) async fn run(flags: &Flags, pair: &Pair, stop: &Stop) -> Result<(), Failure> {
    let account = &flags.account;
    let password = pair.callee_password.clone();
    let other = Account {
        user: pair.callee.clone(),
        password: password.or_else(|| account.password.clone()),
        listen: None,
        ..account.clone()
    };
    let caller = switch_on(flags, account, stop).await?;
    let callee = switch_on(flags, &other, stop).await?;
    let mut registration = Registration::new(&caller, EXPIRES);
    registration.begin().await?;
    let done = call_and_talk(&caller, &callee, pair).await;
    registration.end().await?;
    done
}

/// The second phone registers, is called, and unregisters.
async fn call_and_talk(caller: &Line, callee: &Line, pair: &Pair) -> Result<(), Failure> {
    let mut registration = Registration::new(callee, EXPIRES);
    registration.begin().await?;
    let talked = talk(caller, callee, pair).await;
    registration.end().await?;
    talked
}

async fn switch_on(flags: &Flags, account: &Account, stop: &Stop) -> Result<Line, Failure> {
    let realms = password::of(account, &flags.lies)?;
    let mut show = flags.show.clone();
    show.name = Some(format!("phone {}", account.user));
    let (lies, stop) = (flags.lies.clone(), stop.clone());
    Line::new(account.clone(), show, lies, realms, stop).await
}

async fn talk(caller: &Line, callee: &Line, pair: &Pair) -> Result<(), Failure> {
    let answer = Answer {
        busy: false,
        decline: false,
        count: 1,
        ring_seconds: RINGS,
        seconds: None,
        within: Some(WITHIN),
        expires: EXPIRES,
    };
    let calls = call::run(caller, &pair.callee, Some(pair.seconds), WITHIN);
    tokio::try_join!(calls, answer::calls(callee, &answer))?;
    Ok(())
}
