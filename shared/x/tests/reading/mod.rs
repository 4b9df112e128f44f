//! What a reader reads of a page: its sentences, without code and without what programs wrote.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// A word for a piece of code within a sentence.
pub const CODE: &str = "CODE";

/// A part of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// A heading and its level.
    Heading(usize, String),
    /// A paragraph or an item of a list: its text as a reader sees it, and the words in bold.
    Text(String, Vec<String>),
    /// A cell of a table, the same.
    Cell(String, Vec<String>),
    /// A block of code, by its language.
    Code(String),
}

/// The parts of a page, in order. Left out is what is generated: between the comments `begin` and
/// `end`, and the tasks of an exercise, which are work and not reading.
pub fn parts(page: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let (mut text, mut bold, mut strong) = (String::new(), Vec::new(), None);
    let mut is_generated = false;
    let mut is_code = false;
    let close = |text: &mut String, bold: &mut Vec<String>| {
        let part = (text.trim().to_owned(), std::mem::take(bold));
        text.clear();
        Some(part).filter(|(text, _)| !text.is_empty())
    };
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    for event in Parser::new_ext(page, options) {
        match event {
            Event::Html(html) if html.contains(": begin") => is_generated = true,
            Event::Html(html) if html.contains(": end") => is_generated = false,
            Event::Html(html) if html.starts_with("<div class=\"tasks\"") => is_generated = true,
            Event::Html(html) if html.starts_with("</div>") => is_generated = false,
            _ if is_generated => {}
            Event::Start(Tag::CodeBlock(kind)) => {
                let language = match kind {
                    pulldown_cmark::CodeBlockKind::Fenced(language) => language.to_string(),
                    pulldown_cmark::CodeBlockKind::Indented => String::new(),
                };
                parts.extend(close(&mut text, &mut bold).map(|(t, b)| Part::Text(t, b)));
                parts.push(Part::Code(language));
                is_code = true;
            }
            Event::End(TagEnd::CodeBlock) => is_code = false,
            Event::Start(Tag::Strong) => strong = Some(text.len()),
            Event::End(TagEnd::Strong) => {
                bold.extend(strong.take().map(|at| text[at..].to_owned()));
            }
            Event::Text(piece) if !is_code => text.push_str(&piece),
            Event::Code(_) => text.push_str(CODE),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            Event::End(TagEnd::Heading(level)) => {
                let heading = close(&mut text, &mut bold);
                parts.extend(heading.map(|(text, _)| Part::Heading(level as usize, text)));
            }
            Event::End(TagEnd::TableCell) => {
                parts.extend(close(&mut text, &mut bold).map(|(t, b)| Part::Cell(t, b)));
            }
            // A tight list has items without paragraphs; a list may begin inside an item.
            Event::End(TagEnd::Paragraph | TagEnd::Item) | Event::Start(Tag::List(_)) => {
                parts.extend(close(&mut text, &mut bold).map(|(t, b)| Part::Text(t, b)));
            }
            _ => {}
        }
    }
    parts
}

/// How many words a text has.
#[allow(dead_code, reason = "one of the two tests counts")]
pub fn words(text: &str) -> usize {
    let words = text.split_whitespace();
    words.filter(|w| w.contains(char::is_alphanumeric)).count()
}

/// The sentences of a text.
#[allow(dead_code, reason = "one of the two tests cuts")]
pub fn sentences(text: &str) -> Vec<String> {
    let mut sentences = vec![String::new()];
    let mut words = text.split_whitespace().peekable();
    while let Some(word) = words.next() {
        if let Some(sentence) = sentences.last_mut() {
            sentence.push_str(word);
            sentence.push(' ');
        }
        let bare = word.trim_end_matches(['"', '”', ')', '*']);
        let ends = bare.ends_with(['.', '?', '!']);
        let begins = |next: &&str| !next.starts_with(char::is_lowercase);
        if ends && words.peek().is_some_and(begins) {
            sentences.push(String::new());
        }
    }
    sentences
}
