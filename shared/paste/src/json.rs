//! Which strings of a JSON log are messages or header fields.

use serde_json::Value;

use crate::anchors;

/// How deep logs inside logs are read: a container's log of a program that writes JSON.
const DEEPEST: usize = 3;

/// The lines of the strings in a line of JSON; `None` if no string holds a message.
pub(crate) fn lines(line: &str) -> Option<Vec<String>> {
    in_json(line, DEEPEST)
}

fn in_json(line: &str, depth: usize) -> Option<Vec<String>> {
    let at = line.find('{').filter(|_| depth > 0)?;
    // There may be text before and after it.
    let mut values = serde_json::Deserializer::from_str(&line[at..]).into_iter::<Value>();
    let mut lines = Vec::new();
    strings("", &values.next()?.ok()?, &mut |name, text| {
        if let Some(inner) = in_json(text, depth - 1) {
            return lines.extend(inner);
        }
        if is_header(name, text) {
            lines.push(format!("{name}: {text}"));
        }
        if !text.contains('\n') {
            return;
        }
        let text = text.strip_suffix('\n').unwrap_or(text);
        let split = text.split('\n');
        lines.extend(split.map(|line| line.trim_end_matches('\r').to_owned()));
        if text.contains('\n') {
            // What follows is not part of this message.
            lines.push(String::new());
        }
    });
    (!lines.is_empty()).then_some(lines)
}

/// Whether a member is a challenge or credentials, which need nothing beside them.
fn is_header(name: &str, text: &str) -> bool {
    let starts = text
        .get(..7)
        .is_some_and(|start| start.eq_ignore_ascii_case("digest "));
    starts && anchors::begins(&format!("{name}:"))
}

fn strings(name: &str, value: &Value, found: &mut impl FnMut(&str, &str)) {
    match value {
        Value::String(text) => found(name, text),
        Value::Array(values) => values.iter().for_each(|value| strings(name, value, found)),
        Value::Object(members) => {
            let named = |name| members.get(name).and_then(Value::as_str);
            // The form of HTTP archives: {"name": "Authorization", "value": "Digest …"}.
            if let (Some(name), Some(value)) = (named("name"), named("value")) {
                return found(name, value);
            }
            for (name, value) in members {
                strings(name, value, found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_read_and_a_log_may_be_in_a_log() {
        let text = r#"{"level":"info","msg":"To: \u003csip:10@h\u003e\r\nA: \"a\\\\b\"\r\n\r\n"}"#;
        let wanted = ["To: <sip:10@h>", r#"A: "a\\b""#, "", ""];
        assert_eq!(lines(text).unwrap(), wanted);
        let outer = serde_json::json!({ "log": format!("{text}\n"), "stream": "stdout" });
        assert_eq!(lines(&format!("app_1 | {outer}")).unwrap(), wanted);
    }

    #[test]
    fn a_member_with_a_digest_is_a_header_field() {
        let text = r#"{"m":"REGISTER","h":{"Authorization":"Digest realm=\"a\""}}"#;
        assert_eq!(lines(text).unwrap(), ["Authorization: Digest realm=\"a\""]);
        let text = r#"{"h":[{"name":"Authorization","value":"Digest a=1"}]}"#;
        assert_eq!(lines(text).unwrap(), ["Authorization: Digest a=1"]);
        assert_eq!(lines(r#"{"a":"Digest b"}"#), None);
    }
}
