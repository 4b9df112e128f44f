//! What holds for every input, found by trying many.

#[path = "torture/cases.rs"]
mod cases;
mod common;
#[path = "common/exercise.rs"]
mod exercise;

use common::{arrival, text};
use exercise::{exercise, frame_in_pieces};
use proptest::prelude::*;
use sip_message::{
    Frame, HeaderName, Host, NameAddr, Packet, Params, Request, Uri, Via, parse, printable,
};

/// A message of a case with some bytes replaced, as a mutation that keeps most of its form.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let cases: Vec<&[u8]> = cases::RFC4475
        .iter()
        .chain(cases::RFC5118)
        .map(|c| c.bytes)
        .collect();
    let edit = (
        any::<prop::sample::Index>(),
        prop::sample::select(&b" \t\r\n\0\",;<>:=@%[]\\*?/a0\xff"[..]),
    );
    (
        prop::sample::select(cases),
        prop::collection::vec(edit, 0..4),
    )
        .prop_map(|(bytes, edits)| {
            let mut bytes = bytes.to_vec();
            for (at, byte) in edits {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            bytes
        })
}

/// A request whose optional header fields are drawn from what lists may look like.
fn with_lists() -> impl Strategy<Value = Request> {
    let field = "(Route|route|Via|v|X|Contact|m) ?:[ \t]?(<sip:[a-c,;]{1,3}>|\"[a,\\\\\\\\]{0,3}\"|[a-c,]| |,|;x|\r\n ){0,8}";
    prop::collection::vec(field, 0..6).prop_filter_map("malformed", |fields| {
        let fields: String = fields.iter().map(|field| format!("{field}\r\n")).collect();
        let text = common::GOOD.replace("Max-Forwards", &format!("{fields}Max-Forwards"));
        match parse(text.into(), arrival()) {
            Ok(Packet::Request(request)) => Some(request),
            _ => None,
        }
    })
}

fn elements(request: &Request, name: HeaderName) -> Vec<Vec<u8>> {
    request.list(name).map(<[u8]>::to_vec).collect()
}

/// The header fields of other names, as they are printed.
fn others(request: &Request, name: HeaderName) -> Vec<(Vec<u8>, Vec<u8>)> {
    let of_name: Vec<_> = request.raw(name).map(<[u8]>::as_ptr).collect();
    let fields = request
        .headers()
        .filter(|(_, value)| !of_name.contains(&value.as_ptr()));
    fields
        .map(|(name, value)| (name.to_vec(), value.to_vec()))
        .collect()
}

proptest! {
    #[test]
    fn arbitrary_bytes_panic_nowhere(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        exercise(&bytes);
        let _ = (NameAddr::parse(&bytes), Via::parse(&bytes), printable(&bytes));
    }

    #[test]
    fn arbitrary_text_panics_no_reader(text in "\\PC{0,40}", other in "[a-z:@;?=&%0-9.\\[\\]]{0,40}") {
        for text in [&text, &other] {
            let _ = (Host::parse(text), Params::new(text).iter().count());
            let _ = Params::new(text).value("a");
            let _ = (NameAddr::parse(text.as_bytes()), Via::parse(text.as_bytes()));
        }
        for scheme in ["sip:", "tel:", ""] {
            let (a, b) = (format!("{scheme}{text}"), format!("{scheme}{other}"));
            if let (Ok(a), Ok(b)) = (Uri::parse(&a), Uri::parse(&b)) {
                prop_assert!(b.is_equivalent(&b));
                prop_assert_eq!(a.is_equivalent(&b), b.is_equivalent(&a));
            }
        }
    }

    #[test]
    fn what_parses_is_printed_as_it_came(bytes in mutated()) {
        exercise(&bytes);
    }

    #[test]
    fn a_stream_gives_the_same_frames_however_it_is_split(
        bytes in mutated(),
        sizes in prop::collection::vec(1_usize..60, 1..20),
    ) {
        let stream = [common::GOOD.as_bytes(), &bytes, b"\r\n\r\n", common::GOOD.as_bytes()].concat();
        let whole = frame_in_pieces(&stream, [stream.len()].into_iter());
        let pieces = frame_in_pieces(&stream, sizes.into_iter().cycle());
        prop_assert_eq!(&whole, &pieces);
        prop_assert_eq!(&whole[0], &Ok(Frame::Message(common::GOOD.into())));
    }

    #[test]
    fn lists_lose_their_ends_and_nothing_else_changes(
        mut request in with_lists(),
        name in prop::sample::select(vec![HeaderName::Route, HeaderName::Via, HeaderName::Contact]),
        from_front in any::<bool>(),
    ) {
        let mut expected = elements(&request, name);
        let before = others(&request, name);
        while !expected.is_empty() {
            if from_front {
                request.remove_first(name);
                expected.remove(0);
            } else {
                request.remove_last(name);
                expected.pop();
            }
            prop_assert_eq!(&elements(&request, name), &expected);
            prop_assert_eq!(&others(&request, name), &before);
            let printed = common::text(&request);
            if let Ok(Packet::Request(again)) = parse(printed.into(), arrival()) {
                prop_assert_eq!(&elements(&again, name), &expected);
            }
        }
    }

    #[test]
    fn what_is_set_first_is_read_first(mut request in with_lists(), value in "<sip:[a-z]{1,5}>(;x=[a-z,]{1,3})?") {
        let mut expected = elements(&request, HeaderName::Route);
        request.set_first(HeaderName::Route, &value);
        let value: Vec<_> = value.split(',').map(|part| part.as_bytes().to_vec()).collect();
        expected.splice(..expected.len().min(1), value.into_iter().filter(|part| !part.is_empty()));
        prop_assert_eq!(elements(&request, HeaderName::Route), expected);
        prop_assert!(text(&request).ends_with("Content-Length: 0\r\n\r\n"));
    }
}
