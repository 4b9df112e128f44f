//! `phone message` and `phone options`: one request, one answer.

use sip_message::{HeaderName, Method, printable};

use crate::ask::accepted;
use crate::failure::Failure;
use crate::line::Line;

pub(crate) async fn message(line: &Line, whom: &str, text: &str) -> Result<(), Failure> {
    let whom = line.uri(whom)?;
    let draft = line
        .phone
        .new_request(Method::Message, &whom)
        .body("text/plain;charset=UTF-8", text);
    accepted(line.ask(line.lie(draft, false)).await?)?;
    line.say("the message was taken");
    Ok(())
}

pub(crate) async fn options(line: &Line, whom: Option<&str>) -> Result<(), Failure> {
    let whom = match whom {
        Some(whom) => line.uri(whom)?,
        None => format!("sip:{}", line.phone.account().domain),
    };
    let draft = line.lie(line.phone.new_options(&whom), false);
    let response = accepted(line.ask(draft).await?)?;
    let allow = response
        .list(HeaderName::Allow)
        .map(printable)
        .collect::<Vec<_>>();
    line.say(&match allow.is_empty() {
        true => format!("{whom} is there"),
        false => format!("{whom} is there and takes {}", allow.join(", ")),
    });
    Ok(())
}
