//! Where the items of a Rust file are, each by its name.

use syn::spanned::Spanned;
use syn::{Attribute, File, Item, UseTree};

use crate::failure::Failure;
use crate::item;

/// An item of a file and its lines, counted from 1.
#[derive(Debug)]
pub(super) struct Place {
    /// As in `fn route`, `struct Cx`, `use sip_auth`.
    pub(super) name: String,
    /// The first line, which may be a doc comment.
    pub(super) first: usize,
    /// The first line below the doc comment.
    pub(super) code: usize,
    /// The last line.
    pub(super) last: usize,
}

/// The items of a file, in its order.
pub(super) fn places(source: &str) -> Result<Vec<Place>, Failure> {
    let file: File = syn::parse_file(source)
        .map_err(|e| Failure::of(format_args!("line {}", e.span().start().line), e))?;
    Ok(file.items.iter().filter_map(place).collect())
}

fn place(item: &Item) -> Option<Place> {
    let span = item.span();
    let first = span.start().line;
    let docs = attributes(item).iter().filter(|a| a.path().is_ident("doc"));
    let below = docs.map(|doc| doc.span().end().line + 1).max();
    let name = match item {
        Item::Use(item) => format!("use {}", root(&item.tree)?),
        other => item::names(other).pop()?,
    };
    Some(Place {
        name,
        first,
        code: below.unwrap_or(first),
        last: span.end().line,
    })
}

/// The crate or module that a `use` names first.
fn root(tree: &UseTree) -> Option<String> {
    match tree {
        UseTree::Path(path) => Some(path.ident.to_string()),
        UseTree::Name(name) => Some(name.ident.to_string()),
        _ => None,
    }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Fn(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Const(item) => &item.attrs,
        _ => &[],
    }
}

/// The lines of a text from one number to another, with their ends.
pub(super) fn lines(text: &str, first: usize, last: usize) -> String {
    let lines = text.split_inclusive('\n').skip(first - 1);
    lines.take((last + 1).saturating_sub(first)).collect()
}
