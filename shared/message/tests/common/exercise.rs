//! Everything a server does with a message, for inputs that nobody chose.
#![allow(dead_code, reason = "each test file uses its part")]

use sip_message::{
    Contacts, Frame, FrameError, Framer, HeaderName, Malformed, Message, Packet, Reply, Request,
    parse,
};

use crate::common::arrival;

/// Parses, reads, prints, edits and answers; asserts what must hold for each input.
pub(crate) fn exercise(bytes: &[u8]) {
    match parse(bytes.to_vec(), arrival()) {
        Ok(Packet::Request(mut request)) => {
            let read = read_all(&request);
            assert_eq!(read, None, "what parsing checked cannot be read");
            assert!(request.uri().is_ok() && request.max_forwards().is_ok());
            assert_printed_as_it_came(&request, bytes);
            answer(&request);
            edit(&mut request);
        }
        Ok(Packet::Response(response)) => {
            let _ = (
                read_all(&response),
                response.status(),
                response.reason().len(),
            );
            assert_printed_as_it_came(&response, bytes);
        }
        Err(Malformed { error, request }) => {
            assert!(error.offset <= bytes.len(), "{error}");
            if let Some(request) = request {
                read_all(&request);
                let _ = (request.uri(), request.to_bytes());
                answer(&request);
            }
        }
    }
}

/// Every typed read; the first fault among those that parsing promises to have checked.
fn read_all(message: &Message) -> Option<sip_message::ParseError> {
    let promised = [
        message.top_via().err(),
        message.from().err(),
        message.to().err(),
        message.call_id().err(),
        message.cseq().err(),
        message.content_length().err(),
    ];
    if let Ok(Contacts::List(contacts)) = message.contacts() {
        for contact in contacts {
            let _ = contact.address.parse_uri();
        }
    }
    for address in message.routes().flatten() {
        let _ = address.parse_uri().map(|uri| uri.is_equivalent(&uri));
    }
    for via in message.vias().flatten() {
        let _ = (
            via.received(),
            via.rport(),
            via.maddr(),
            via.ttl(),
            via.unique_branch(),
        );
    }
    for address in message.from().into_iter().chain(message.to()) {
        let uri = address.parse_uri();
        let user = uri.ok().and_then(|uri| uri.sip()?.unescaped_user());
        assert!(!user.is_some_and(|user| user.contains(char::is_control)));
    }
    let _ = (
        message.expires(),
        message.max_forwards(),
        message.other("Subject"),
    );
    assert!(!format!("{message:?}").contains('\r'));
    promised.into_iter().flatten().next()
}

/// Line ends before the message and bytes beyond its Content-Length apart.
fn assert_printed_as_it_came(message: &Message, bytes: &[u8]) {
    let skipped = bytes
        .iter()
        .take_while(|b| matches!(b, b'\r' | b'\n'))
        .count();
    let printed = message.to_bytes();
    assert!(bytes[skipped..].starts_with(&printed), "{message:?}");
    let beyond = bytes.len() - skipped - printed.len();
    let is_limited = message.content_length() == Ok(Some(message.body().len() as u32));
    assert!(
        beyond == 0 || is_limited,
        "{beyond} bytes lost of {message:?}"
    );
}

/// A reply has no line that is not ours or the request's.
fn answer(request: &Request) {
    let bytes = Reply::of(404).to_bytes(request, "ours");
    let copied = [
        HeaderName::From,
        HeaderName::To,
        HeaderName::CallId,
        HeaderName::CSeq,
    ];
    let copied = copied.into_iter().filter_map(|name| request.value(name));
    let folds: usize = request
        .raw(HeaderName::Via)
        .chain(copied)
        .map(line_ends)
        .sum();
    let fields = request.raw(HeaderName::Via).count();
    let singles = [
        HeaderName::From,
        HeaderName::To,
        HeaderName::CallId,
        HeaderName::CSeq,
    ];
    let singles = singles
        .into_iter()
        .filter(|name| request.value(*name).is_some());
    assert_eq!(line_ends(&bytes), 3 + fields + singles.count() + folds);
}

fn line_ends(bytes: &[u8]) -> usize {
    bytes.iter().filter(|b| **b == b'\n').count()
}

/// What a proxy does, and that it can be parsed by the next.
fn edit(request: &mut Request) {
    let vias = request.list(HeaderName::Via).count();
    let body = request.body().to_vec();
    request.remove_first_while(HeaderName::Route, |route| route.starts_with(b"<sip:s"));
    request.remove_last(HeaderName::Route);
    request.set_first(HeaderName::Via, "SIP/2.0/UDP 192.0.2.1;received=192.0.2.9");
    request.push_front(HeaderName::Via, "SIP/2.0/UDP 192.0.2.15;branch=z9hG4bKus");
    request.set(HeaderName::MaxForwards, "69");
    request.set_uri("sip:11@192.0.2.11");
    let Ok(Packet::Request(again)) = parse(request.to_bytes(), arrival()) else {
        panic!("an edited message does not parse: {request:?}");
    };
    assert_eq!(again.list(HeaderName::Via).count(), vias + 1);
    assert_eq!(
        (again.body(), again.uri_text()),
        (&body[..], "sip:11@192.0.2.11")
    );
}

/// What a stream gives, pushed in pieces of those sizes.
pub(crate) fn frame_in_pieces(
    stream: &[u8],
    mut sizes: impl Iterator<Item = usize>,
) -> Vec<Result<Frame, FrameError>> {
    let mut framer = Framer::default();
    let (mut frames, mut rest) = (Vec::new(), stream);
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(sizes.next().unwrap_or(1).min(rest.len()));
        framer.push(piece);
        rest = after;
        loop {
            match framer.next_frame() {
                Ok(Some(frame)) => frames.push(Ok(frame)),
                Ok(None) => break,
                Err(error) => {
                    frames.push(Err(error));
                    return frames;
                }
            }
        }
    }
    frames
}
