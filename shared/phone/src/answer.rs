//! `phone answer`: registers, waits for calls, and answers or refuses them.

use sip_message::{Request, printable};
use sip_user_agent::{Call, Wanted};
use tokio::time::sleep;

use crate::call::talk;
use crate::failure::Failure;
use crate::line::Line;
use crate::register::Registration;
use crate::verb::Answer;

pub(crate) async fn run(line: &Line, flags: &Answer) -> Result<(), Failure> {
    let mut registration = Registration::new(line, flags.expires);
    registration.begin().await?;
    line.say("registered, waiting for a call; Ctrl-C ends");
    let answered = tokio::select! {
        answered = calls(line, flags) => answered,
        never = registration.keep() => match never {},
    };
    registration.end().await?;
    answered
}

/// Answers as many calls as the flags say.
pub(crate) async fn calls(line: &Line, flags: &Answer) -> Result<(), Failure> {
    for _ in 0..flags.count {
        let no_call = async {
            match flags.within {
                Some(time) => sleep(time).await,
                None => std::future::pending().await,
            }
        };
        let invite = tokio::select! {
            invite = line.request("INVITE", None) => invite,
            () = no_call => return Err(Failure::new("no call came (--within)")),
            () = line.stop.pressed() => return Ok(()),
        };
        let one_call = one_call(line, flags, invite);
        tokio::select! {
            done = one_call => done?,
            never = line.refuse_calls(486) => match never {},
        }
    }
    Ok(())
}

async fn one_call(line: &Line, flags: &Answer, invite: Request) -> Result<(), Failure> {
    let caller = invite.from().map_or("an unknown caller", |from| from.uri);
    line.say(&format!("{} calls", printable(caller.as_bytes())));
    let mut call = line.phone.take_call(invite);
    if call.invite().has_to_tag() {
        return refuse(&mut call, line, 481).await;
    }
    if flags.busy {
        return refuse(&mut call, line, 486).await;
    }
    if flags.decline {
        return refuse(&mut call, line, 603).await;
    }
    call.ring();
    let call_id = call.dialog().call_id.clone();
    let cancel = tokio::select! {
        cancel = line.request("CANCEL", Some(&call_id)) => Some(cancel),
        () = sleep(flags.ring_seconds) => None,
        () = line.stop.pressed() => return refuse(&mut call, line, 480).await,
    };
    if let Some(cancel) = cancel {
        call.reply_to(&cancel, 200);
        line.say("the caller gave up");
        return refuse(&mut call, line, 487).await;
    }
    call.answer();
    confirmed(&call, line).await?;
    line.say("connected; Ctrl-C hangs up");
    talk(line, &mut call, flags.seconds).await
}

async fn refuse(call: &mut Call, line: &Line, status: u16) -> Result<(), Failure> {
    call.refuse(status);
    confirmed(call, line).await
}

/// Waits for the ACK, without which the phone would repeat its response.
async fn confirmed(call: &Call, line: &Line) -> Result<(), Failure> {
    let ack = Wanted::from("ACK").in_call(&call.dialog().call_id);
    let confirmed = line.phone.wait_for(ack).await;
    confirmed.map(drop).map_err(|_| {
        let seconds = line.timeout.as_secs_f64();
        Failure::new(format!(
            "the caller has not confirmed the response: no ACK within {seconds} s (--timeout)"
        ))
    })
}
