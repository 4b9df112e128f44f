//! `phone message` and `phone options`: one request, one answer.

use sip_message::{HeaderName, Method, printable};

use crate::ask::accepted;
use crate::failure::Failure;
use crate::line::Line;

pub(crate) async fn message(line: &Line, to: &str, text: &str) -> Result<(), Failure> {
    let to = line.uri(to)?;
    let draft = line
        .phone
        .new_request(Method::Message, &to)
        .body("text/plain;charset=UTF-8", text);
    accepted(line.ask(line.lie(draft, false)).await?)?;
    line.say("the message was accepted");
    Ok(())
}

pub(crate) async fn options(line: &Line, to: Option<&str>) -> Result<(), Failure> {
    let to = match to {
        Some(to) => line.uri(to)?,
        None => format!("sip:{}", line.phone.account().domain),
    };
    let draft = line.lie(line.phone.new_options(&to), false);
    let response = accepted(line.ask(draft).await?)?;
    let allow = response
        .list(HeaderName::Allow)
        .map(printable)
        .collect::<Vec<_>>();
    let mut text = format!("{to} is there");
    if !allow.is_empty() {
        text += &format!(" and takes {}", allow.join(", "));
    }
    line.say(&text);
    Ok(())
}
