//! Which exchanges a chapter has, how a reader names one, and where the book shows it.

use sip_stage::Exchange;

use super::book::Page;
use crate::chapter::Chapter;
use crate::failure::Failure;
use crate::flags::Demo;

/// An exchange and its place in the book.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Listed<'a> {
    chapter: &'a Chapter,
    /// The chapter it is of: this one, or one before it.
    pub(crate) of: usize,
    /// Its place among that chapter's exchanges, from 1.
    place: usize,
    pub(crate) exchange: &'a Exchange,
}

impl<'a> Listed<'a> {
    /// All exchanges of a chapter, in the order of the book.
    pub(crate) fn all(chapter: &'a Chapter) -> impl Iterator<Item = Self> {
        Self::every(chapter).take(chapter.own().len())
    }

    /// Every exchange that the chapter's server plays: its own first, then those of the chapters
    /// before.
    pub(crate) fn every(chapter: &'a Chapter) -> impl Iterator<Item = Self> {
        let chapters = chapter.exchanges.iter().enumerate().rev();
        chapters.flat_map(move |(before, exchanges)| {
            let of = before + 1;
            let numbered = (1..).zip(*exchanges);
            numbered.map(move |(place, exchange)| Self {
                chapter,
                of,
                place,
                exchange,
            })
        })
    }

    /// `1.7`: the chapter and the place in it, as the book writes it.
    pub(crate) fn number(&self) -> String {
        match self.chapter.number() {
            Some(_) => format!("{}.{}", self.of, self.place),
            None => self.place.to_string(),
        }
    }

    /// The exchange with that number or name, or the only one whose name begins so.
    pub(crate) fn find(chapter: &'a Chapter, name: &str) -> Result<Self, Failure> {
        let name = name.replace('_', "-");
        let place = name.parse().ok();
        let is_it = |it: &Self| it.exchange.name() == name || it.number() == name;
        let by_place = || Self::all(chapter).find(|it| Some(it.place) == place);
        if let Some(found) = Self::every(chapter).find(is_it).or_else(by_place) {
            return Ok(found);
        }
        let mut begins = Self::all(chapter).filter(|it| it.exchange.name().starts_with(&name));
        match (begins.next(), begins.next()) {
            (Some(found), None) => Ok(found),
            (None, _) => Err(Failure::usage(format!(
                "{} has no exchange {name}; `demo` alone lists them all",
                chapter.package
            ))),
            (Some(first), Some(second)) => Err(Failure::usage(format!(
                "{name} could be {} or {}: type more of the name",
                first.exchange.name(),
                second.exchange.name()
            ))),
        }
    }

    /// The next one in the book.
    fn next(&self) -> Option<Self> {
        Self::all(self.chapter).find(|it| it.place == self.place + 1)
    }

    /// What to look at after this exchange was played.
    pub(crate) fn afterwards(&self, demo: &Demo, page: Option<&Page>) -> String {
        let package = self.chapter.package;
        let command =
            |it: &Self, flag: &str| format!("cargo run -p {package} -- demo {}{flag}", it.number());
        let mut lines = Vec::new();
        if !demo.step {
            let what = "one message at a time: guess what comes next";
            lines.push((command(self, " --step"), what.to_owned()));
        }
        if !demo.explain {
            let what = "what each header field is for, and who wrote it";
            lines.push((command(self, " --explain"), what.to_owned()));
        }
        lines.push((
            command(self, " --ladder"),
            "all of it as an arrow diagram".to_owned(),
        ));
        if let Some(next) = self.next() {
            let what = format!("the next one: {}", next.exchange.title());
            lines.push((command(&next, ""), what));
        }
        let width = lines.iter().map(|(left, _)| left.len()).max();
        let width = width.unwrap_or_default();
        let lines = lines.iter();
        let lines = lines.map(|(left, right)| format!("  {left:width$}  {right}\n"));
        let mut text = format!("What to look at next:\n{}", lines.collect::<String>());
        let name = self.exchange.name();
        if let Some((page, section)) = page.and_then(|page| Some((page, page.section(&name)?))) {
            text += &format!("In the book: {}, section \"{section}\"\n", page.name());
        }
        text
    }
}

/// The exchanges, below the sections of the book that show them.
pub(crate) fn list(chapter: &Chapter, page: Option<&Page>) -> String {
    let package = chapter.package;
    let all: Vec<Listed<'_>> = Listed::all(chapter).collect();
    let width = |of: fn(&Listed<'_>) -> usize| all.iter().map(of).max().unwrap_or(0);
    let numbers = width(|it| it.number().len());
    let names = width(|it| it.exchange.name().len());
    let line = |it: &Listed<'_>| {
        let (number, name) = (it.number(), it.exchange.name());
        format!(
            "  {number:numbers$}  {name:names$}  {}\n",
            it.exchange.title()
        )
    };
    let mut text = format!("The exchanges of {package}");
    let Some(page) = page else {
        text += ":\n";
        text.extend(all.iter().map(line));
        return text + &how_to_play(package);
    };
    text += &format!(", by the sections of {}:\n", page.name());
    for section in page.sections() {
        let here = |it: &&Listed<'_>| page.section(&it.exchange.name()) == Some(section);
        let mut here = all.iter().filter(here).peekable();
        if here.peek().is_some() {
            text += &format!("\n{section}\n");
            text.extend(here.map(line));
        }
    }
    let unnamed = |it: &&Listed<'_>| page.section(&it.exchange.name()).is_none();
    let mut unnamed = all.iter().filter(unnamed).peekable();
    if unnamed.peek().is_some() {
        text += "\nNot in the text, to explore by yourself\n";
        text.extend(unnamed.map(line));
    }
    text + &how_to_play(package)
}

fn how_to_play(package: &str) -> String {
    format!(
        "\nPlay one by its number or name: cargo run -p {package} -- demo NAME\n  \
         --step     one message at a time: guess what comes next\n  \
         --explain  what each header field is for, and who wrote it\n  \
         --ladder   as an arrow diagram\n"
    )
}
