//! A whole article pasted as it is: prose, listings of configuration, messages of which parts
//! are left out. Each exchange is judged by itself, whatever is around it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;
use support::{calculator, explain};

/// The shape of the article of 2007 about OpenSER, with its published nonces and responses, in
/// other words.
const ARTICLE: &str = r#"How a proxy asks for a password

1.	The machines	1
2.	Looping a reply	4
	2.1.	A script that does	4

We tell the server to send every message to itself once. The variable $mb holds it:

```
if(method=="REGISTER")
{
    if(!search("P-hint: [Ss]elf-[L1]ooped"))
    {
        append_hf("P-hint: Self-Looped\r\n");
        t_relay("192.168.1.15"); # this machine
        exit;
    }
}
```

xlog("L_NOTICE","\$rm\n\$Cbg\$mb\$Cxx\n");

The first request has no **Authorization** header field, and is answered so [rfc2617, p.3]:

```
0(26142) 401 (Unauthorized) concerning REGISTER
SIP/2.0 401 Unauthorized
Via: SIP/2.0/UDP 192.168.1.15;branch=z9hG4bK55d.4261f4d1.0
From: <sip:10@192.168.1.15>;tag=20321951e0685e4d
To: <sip:10@192.168.1.15>;tag=4f4b3fc66ce1848604aacd9b43692540.ca9b
Call-ID: 33706713ea3b83fd@192.168.1.10
CSeq: 100 REGISTER
WWW-Authenticate: Digest realm="192.168.1.15",
nonce="462791f06aa9b37a34fd11b1adc58c5a9df7c95b"
Server: OpenSER (1.2.0-notls (i386/linux))
Content-Length: 0
```

The phone sends it again. A page ends in the middle of it:

```
0(26142) REGISTER
REGISTER sip:192.168.1.15 SIP/2.0
Via: SIP/2.0/UDP 192.168.1.10;branch=z9hG4bKa468c8b72fe7a3a7
To: <sip:10@192.168.1.15>
```

```
Contact: <sip:10@192.168.1.10>
Authorization: Digest username="10", realm="192.168.1.15", algorithm=MD5,
uri="sip:192.168.1.15", nonce="462791f06aa9b37a34fd11b1adc58c5a9df7c95b",
response="be9e8d46b8dcd522f22301e1f2b3287c"
Call-ID: 33706713ea3b83fd@192.168.1.10
CSeq: 101 REGISTER
P-hint: Self-Looped
```

Calls are asked in the same way, with an Authorization header field of the proxy. The trace of one
lost its line ends:

0(8132) 407 (Proxy Authentication Required) concerning INVITE SIP/2.0 407 Proxy Authentication Required Via: SIP/2.0/UDP 192.168.1.15;branch=z9hG4bKc696.fa286516.0 To: <sip:11@192.168.1.15>;tag=4f4b3fc66ce1848604aacd9b43692540.0955 Call-ID: 3357af1c8ac608cb@192.168.1.10 Proxy-Authenticate: Digest realm="192.168.1.15", nonce="462b927d2ab8368b1771ed4268c47ca585413f95" 0(8132) ACK (Sun Apr 22 18:46:09 2007) ACK sip:11@192.168.1.15 SIP/2.0 Via: SIP/2.0/UDP 192.168.1.10;branch=z9hG4bKff1baf3cb8b845a2 0(8132) INVITE (Sun Apr 22 18:46:09 2007) INVITE sip:11@192.168.1.15 SIP/2.0 From: <sip:10@192.168.1.15>;tag=219e32bf2a2ec6f1 Proxy-Authorization: Digest username="10", realm="192.168.1.15", algorithm=MD5, uri="sip:11@192.168.1.15" nonce="462b927d2ab8368b1771ed4268c47ca585413f95", response="90761772224a8a43df0f31b7437181f3" Call-ID: 3357af1c8ac608cb@192.168.1.10 0(8132) 100 (Giving a try) concerning INVITE SIP/2.0 100 Giving a try Call-ID: 3357af1c8ac608cb@192.168.1.10

route[3]
 if(!proxy_authorize("","subscriber")) {
   sl_send_reply("403","Use From=ID");
 }

Without consume_credentials() the callee sees how the caller proved himself:

```
0(4827) INVITE from 192.168.1.10
INVITE sip:11@192.168.1.15 SIP/2.0
To: <sip:11@192.168.1.15>
Proxy-Authorization: Digest username="10", realm="192.168.1.15",
algorithm=MD5, uri="sip:11@192.168.1.15",
nonce="462c9cc7efab60dc0884aa5506b1ab7598e67b48",
response="61ddee4ae8bca6ff75a056e083e6b7dd"
```

MD5	Message Digest version 5
URI	Universal Resource Identifier
"#;

#[test]
fn every_digest_of_an_article_is_found_and_right() {
    for text in [
        ARTICLE.to_owned(),
        ARTICLE.replace('\n', "\r\n"),
        format!("{ARTICLE}{ARTICLE}"),
    ] {
        let run = calculator(&["explain", "--password", "abc10", "--json"], &text);
        let json: serde_json::Value = serde_json::from_str(&run.out).unwrap();
        let answers = json["answers"].as_array().unwrap();
        let given: Vec<&str> = answers
            .iter()
            .map(|a| a["given"].as_str().unwrap())
            .collect();
        let wanted = [
            "be9e8d46b8dcd522f22301e1f2b3287c",
            "90761772224a8a43df0f31b7437181f3",
            "61ddee4ae8bca6ff75a056e083e6b7dd",
        ];
        assert_eq!(given, wanted, "{}", run.out);
        for answer in answers {
            assert_eq!(answer["verdict"]["matches"], true, "{answer:#}");
        }
        let notes = |index: usize| answers[index]["notes"].to_string();
        assert_eq!(notes(0), "[]");
        assert!(
            notes(1).contains("uri: text after the value"),
            "{}",
            notes(1)
        );
        assert!(notes(2).contains("no challenge for it"), "{}", notes(2));
        assert_eq!(run.code, 0);
    }
}

#[test]
fn a_text_about_digests_without_one_has_nothing_to_explain() {
    let prose = ARTICLE.split("The first request").next().unwrap();
    let run = explain(prose, "abc10");
    assert_eq!(run.code, 2, "{}", run.out);
    assert!(run.out.is_empty(), "{}", run.out);
}
