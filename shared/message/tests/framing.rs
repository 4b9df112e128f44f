//! A stream cut into messages: RFC 3261 §18.3 and the keepalives of RFC 5626 §3.5.1.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use sip_message::{ErrorKind, Frame, FrameError, Framer, MAX_MESSAGE};

const OPTIONS: &str = "OPTIONS sip:10@example.com SIP/2.0\r\n\
    Via: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK1\r\n\
    Content-Length: 0\r\n\r\n";
const INFO: &str = "INFO sip:10@example.com SIP/2.0\r\n\
    v: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK2\r\n\
    l : 12\r\n\r\n\
    Signal=1\r\n\r\n";

/// Everything the stream holds, its bytes pushed in pieces of that size.
fn frames(stream: &[u8], piece: usize) -> (Vec<Frame>, Option<FrameError>) {
    let mut framer = Framer::default();
    let mut frames = Vec::new();
    for bytes in stream.chunks(piece) {
        framer.push(bytes);
        loop {
            match framer.next_frame() {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                Err(error) => return (frames, Some(error)),
            }
        }
    }
    (frames, None)
}

fn message(text: &str) -> Frame {
    Frame::Message(text.as_bytes().to_vec())
}

fn options_with(content_length: &str) -> String {
    OPTIONS.replace("Content-Length: 0\r\n", content_length)
}

#[test]
fn pipelined_messages_come_out_one_by_one_however_they_are_split() {
    let stream = [OPTIONS, INFO, OPTIONS].concat();
    for piece in 1..=stream.len() {
        let expected = vec![message(OPTIONS), message(INFO), message(OPTIONS)];
        assert_eq!(
            frames(stream.as_bytes(), piece),
            (expected, None),
            "{piece}"
        );
    }
}

#[test]
fn a_double_line_end_between_messages_is_a_ping_and_a_single_one_is_silence() {
    let stream = ["\r\n\r\n", OPTIONS, "\r\n", INFO, "\r\n\r\n\r\n", OPTIONS].concat();
    let expected = vec![
        Frame::Ping,
        message(OPTIONS),
        message(INFO),
        Frame::Ping,
        message(OPTIONS),
    ];
    for piece in [1, 2, 3, stream.len()] {
        let got = frames(stream.as_bytes(), piece);
        assert_eq!(got, (expected.clone(), None), "{piece}");
    }
}

#[test]
fn a_double_line_end_inside_a_body_is_body() {
    assert_eq!(frames(INFO.as_bytes(), 7), (vec![message(INFO)], None));
}

#[test]
fn content_length_is_read_folded_and_repeated_when_equal() {
    for header in [
        "Content-Length:\r\n 0\r\n",
        "Content-Length:\r\n\t0\r\n",
        "CONTENT-LENGTH\t:0\r\n",
        "l: 0\r\nContent-Length: 0\r\n",
        "Content-Length: 000\r\n",
    ] {
        let text = options_with(header);
        let got = frames(text.as_bytes(), 3);
        assert_eq!(got, (vec![message(&text)], None), "{header}");
    }
}

#[test]
fn a_content_length_that_cannot_frame_gives_the_head_and_ends_the_stream() {
    for (header, status) in [
        ("", 400),
        ("Subject: Content-Length: 0\r\n", 400),
        ("Content-Length:\r\n", 400),
        ("Content-Length: -999\r\n", 400),
        ("Content-Length: +1\r\n", 400),
        ("Content-Length: 1e2\r\n", 400),
        ("Content-Length: 0, 0\r\n", 400),
        ("Content-Length: 4294967328\r\n", 400), // 2^32 + 32
        ("Content-Length: 99999999999999999999999\r\n", 400),
        ("Content-Length: 0\r\nl: 1\r\n", 400),
        ("Content-Length: x\r\nl: 1\r\n", 400),
        ("Content-Length: 4294967295\r\n", 513),
        ("Content-Length: 65535\r\n", 513),
    ] {
        let text = options_with(header);
        let stream = [OPTIONS, &text, OPTIONS, OPTIONS].concat();
        for piece in [1, stream.len()] {
            let (frames, error) = frames(stream.as_bytes(), piece);
            let error = error.unwrap_or_else(|| panic!("{header} framed"));
            assert_eq!(frames, [message(OPTIONS)], "{header}");
            assert_eq!(error.head.as_deref(), Some(text.as_bytes()), "{header}");
            assert_eq!(error.kind.status(), status, "{header}");
        }
    }
}

#[test]
fn after_an_error_nothing_more_comes_out() {
    let mut framer = Framer::default();
    framer.push(options_with("").as_bytes());
    assert!(framer.next_frame().is_err());
    framer.push(OPTIONS.as_bytes());
    assert_eq!(framer.next_frame().unwrap_err().head, None);
}

#[test]
fn a_bare_line_feed_ends_the_stream_since_neighbours_may_read_it_otherwise() {
    let text = OPTIONS.replace("\r\nContent", "\nContent");
    let (frames, error) = frames(text.as_bytes(), 5);
    assert_eq!(frames, []);
    assert_eq!(error.unwrap().fault, "line end without CR");
}

#[test]
fn a_head_without_end_is_bounded() {
    let flood = [
        "OPTIONS sip:h SIP/2.0\r\n",
        &"X: y\r\n".repeat(MAX_MESSAGE / 6 + 1),
    ]
    .concat();
    for piece in [1, 4096, flood.len()] {
        let (frames, error) = frames(flood.as_bytes(), piece);
        let error = error.expect("bounded");
        assert_eq!((frames.len(), error.kind), (0, ErrorKind::TooLarge));
        assert_eq!(error.head.map(|head| head.len()), Some(MAX_MESSAGE));
    }
    let one_line = vec![b'a'; MAX_MESSAGE + 1];
    assert_eq!(frames(&one_line, 1).1.unwrap().kind, ErrorKind::TooLarge);
}

#[test]
fn line_ends_and_nuls_before_a_message_are_keepalives() {
    for noise in ["\r\n\0", "\0\0\0\0", "\0\r\n", "\r\n\0\r\n", "\n"] {
        let stream = [noise, OPTIONS, noise, INFO].concat();
        let expected = vec![message(OPTIONS), message(INFO)];
        for piece in [1, 3, stream.len()] {
            let got = frames(stream.as_bytes(), piece);
            assert_eq!(got, (expected.clone(), None), "{noise:?} {piece}");
        }
    }
}

#[test]
fn a_stream_ends_at_the_first_byte_that_can_begin_no_message() {
    for noise in [" ", "\t", "\r\n ", "\0<", "\u{e9}", "\x16\x03\x01"] {
        let mut framer = Framer::default();
        framer.push(OPTIONS.as_bytes());
        assert_eq!(framer.next_frame(), Ok(Some(message(OPTIONS))));
        framer.push(noise.as_bytes());
        let error = framer.next_frame().expect_err(noise);
        assert_eq!(error.fault, "bytes do not begin a message", "{noise:?}");
    }
}

#[test]
fn a_stream_ends_at_a_first_line_that_the_parser_could_not_read() {
    for line in [
        "x",
        "GET / HTTP/1.1",
        "OPTIONS",
        "OPTIONS sip:h",
        "OPTI{}NS sip:h SIP/2.0",
        "OPTIONS SIP/2.0",
    ] {
        let stream = [OPTIONS, line, "\r\n"].concat();
        for piece in [1, stream.len()] {
            let (frames, error) = frames(stream.as_bytes(), piece);
            assert_eq!(frames, [message(OPTIONS)], "{line}");
            let error = error.unwrap_or_else(|| panic!("{line} was read on"));
            assert_eq!(error.kind, ErrorKind::Malformed, "{line}");
        }
    }
}

#[test]
fn the_largest_message_passes() {
    let head = options_with("Content-Length: 65000\r\n");
    let body = "b".repeat(65_000);
    let text = [head, body].concat();
    assert!(text.len() <= MAX_MESSAGE);
    assert_eq!(frames(text.as_bytes(), 1), (vec![message(&text)], None));
}

#[test]
fn a_stream_knows_when_it_is_inside_a_message() {
    let mut framer = Framer::default();
    assert!(!framer.is_inside_message());
    framer.push(b"\r\n");
    assert_eq!(framer.next_frame(), Ok(None));
    assert!(!framer.is_inside_message());
    framer.push(&OPTIONS.as_bytes()[..20]);
    assert_eq!(framer.next_frame(), Ok(None));
    assert!(framer.is_inside_message());
    framer.push(&OPTIONS.as_bytes()[20..]);
    assert_eq!(framer.next_frame(), Ok(Some(message(OPTIONS))));
    assert!(!framer.is_inside_message());
}
