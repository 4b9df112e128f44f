//! `phone call`: calls a user, and hangs up.

use std::time::Duration;

use sip_message::{Method, Response, printable};
use sip_user_agent::{Call, Draft, NeverCame, Wanted};
use tokio::time::sleep;

use crate::ask::accepted;
use crate::challenges::Challenges;
use crate::failure::Failure;
use crate::line::Line;

pub(crate) async fn run(
    line: &Line,
    callee: &str,
    seconds: Option<Duration>,
    ring: Duration,
) -> Result<(), Failure> {
    let callee = line.uri(callee)?;
    let draft = line.lie(line.phone.new_invite(&callee), true);
    let whole_call = async {
        let mut call = dial(line, draft, &callee, ring).await?;
        line.say("connected; Ctrl-C hangs up");
        talk(line, &mut call, seconds).await
    };
    tokio::select! {
        done = whole_call => done,
        never = line.refuse_calls(486) => match never {},
    }
}

/// How the wait for an answer to the INVITE ended.
enum Waited {
    Answered(Result<Response, NeverCame>),
    Lost(Failure),
    GivenUp(String),
}

/// Calls until the callee answers, refuses, or does neither in time.
async fn dial(line: &Line, draft: Draft, callee: &str, ring: Duration) -> Result<Call, Failure> {
    // A call may ring longer than any other response takes, and its CANCEL needs time as well.
    line.phone.set_patience(ring + line.timeout);
    let mut known = Challenges::default();
    line.heard.forget();
    let mut call = draft.call();
    loop {
        let waited = tokio::select! {
            response = call.wait_for(Wanted::any_final()) => Waited::Answered(response),
            failure = line.no_server() => Waited::Lost(failure),
            failure = silence(line) => Waited::Lost(failure),
            () = line.stop.pressed() => Waited::GivenUp("given up".to_owned()),
            () = sleep(ring) => {
                Waited::GivenUp(format!("the callee did not answer within {} s (--ring-seconds)", ring.as_secs_f64()))
            }
        };
        let response = match waited {
            Waited::Answered(response) => response.map_err(|_| line.no_answer())?,
            Waited::Lost(failure) => return Err(failure),
            Waited::GivenUp(why) => return Err(give_up(line, call, callee, why).await),
        };
        call.ack();
        if response.status().is_challenge() {
            line.take(&response, &mut known)?;
            line.heard.forget();
            call = line.answering(call.new_invite(), &known).call();
            continue;
        }
        accepted(response)?;
        line.phone.set_patience(line.timeout);
        return Ok(call);
    }
}

/// Returns when nothing at all came in the time of a transaction, not even `100 Trying`.
async fn silence(line: &Line) -> Failure {
    sleep(line.timeout).await;
    if line.heard.anything() {
        std::future::pending::<()>().await;
    }
    line.no_answer()
}

/// Cancels the call (RFC 3261 §9.1), which is only allowed once the server has responded.
async fn give_up(line: &Line, mut call: Call, callee: &str, why: String) -> Failure {
    if !line.heard.anything() {
        return Failure::new(format!("{why}, and the server did not respond at all"));
    }
    line.phone.set_patience(line.timeout);
    line.heard.forget();
    // The response to the CANCEL only shows that the server is running.
    let _ = call.cancel();
    match call.wait_for(Wanted::any_final()).await {
        Ok(response) => {
            call.ack();
            if response.status().is_success() {
                // The callee answered in the same moment (§9.1).
                let bye = line.ask(call.new_request(Method::Bye)).await;
                return bye.err().unwrap_or(Failure::new(why));
            }
            Failure::new(why)
        }
        // If the callee has not responded at all, the server cannot end the call yet (§9.1): it
        // waits for a first response or for its own timeout.
        Err(_) if line.heard.anything() => Failure::new(format!(
            "{why}: the server responded, but {} did not",
            printable(callee.as_bytes())
        )),
        Err(_) => line.no_answer(),
    }
}

/// Waits until either end hangs up.
pub(crate) async fn talk(
    line: &Line,
    call: &mut Call,
    seconds: Option<Duration>,
) -> Result<(), Failure> {
    let call_id = call.dialog().call_id.clone();
    let time_is_over = async {
        match seconds {
            Some(seconds) => sleep(seconds).await,
            None => std::future::pending().await,
        }
    };
    let bye = tokio::select! {
        bye = line.request("BYE", Some(&call_id)) => Some(bye),
        () = time_is_over => None,
        () = line.stop.pressed() => None,
    };
    match bye {
        Some(bye) => {
            call.reply_to(&bye, 200);
            line.say("the other end hung up");
        }
        None => {
            accepted(line.ask(call.new_request(Method::Bye)).await?)?;
            line.say("hung up");
        }
    }
    Ok(())
}
