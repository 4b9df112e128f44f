//! Items of a Rust file, found by name, with their doc comments.

use syn::spanned::Spanned;
use syn::{Attribute, Expr, ExprLit, ImplItem, Item, Lit, TraitItem};

use crate::failure::Failure;

/// The text of one item of a Rust file: `fn route`, `struct Expiry`, `const MAX_LEN`,
/// `impl Location`, `impl Journal for Writer`, `fn Location::save`.
///
/// Doc comments and attributes belong to the item; a method loses the indentation of its
/// `impl`.
///
/// # Errors
/// When the file is not Rust, or has no such item, or several.
pub fn find(source: &str, name: &str) -> Result<String, Failure> {
    let file = syn::parse_file(source).map_err(|e| {
        let at = e.span().start();
        Failure::of(format_args!("line {}", at.line), e)
    })?;
    let mut found = Vec::new();
    collect(&file.items, &normal(name), &mut found);
    match found.as_slice() {
        [(first, last, column)] => Ok(cut(source, *first, *last, *column)),
        [] => Err(Failure::new(format!("no item is named `{name}`"))),
        many => Err(Failure::new(format!(
            "{} items are named `{name}`",
            many.len()
        ))),
    }
}

/// The first and last line of an item, and the column it begins in.
type Extent = (usize, usize, usize);

fn collect(items: &[Item], name: &str, found: &mut Vec<Extent>) {
    for item in items {
        if names(item).iter().any(|n| n == name) {
            found.push(extent(item));
        }
        match item {
            Item::Mod(module) => {
                if let Some((_, items)) = &module.content {
                    collect(items, name, found);
                }
            }
            Item::Impl(block) => {
                let owner = text(&block.self_ty);
                for inner in &block.items {
                    let own = match inner {
                        ImplItem::Fn(f) => format!("fn {owner}::{}", f.sig.ident),
                        ImplItem::Const(c) => format!("const {owner}::{}", c.ident),
                        _ => continue,
                    };
                    if normal(&own) == name {
                        found.push(extent(inner));
                    }
                }
            }
            Item::Trait(definition) => {
                for inner in &definition.items {
                    if let TraitItem::Fn(f) = inner
                        && format!("fn {}::{}", definition.ident, f.sig.ident) == name
                    {
                        found.push(extent(inner));
                    }
                }
            }
            _ => {}
        }
    }
}

/// The name of an item, as [`find`] takes it.
pub(crate) fn names(item: &Item) -> Vec<String> {
    let name = match item {
        Item::Fn(f) => format!("fn {}", f.sig.ident),
        Item::Struct(s) => format!("struct {}", s.ident),
        Item::Enum(e) => format!("enum {}", e.ident),
        Item::Trait(t) => format!("trait {}", t.ident),
        Item::Const(c) => format!("const {}", c.ident),
        Item::Static(s) => format!("static {}", s.ident),
        Item::Type(t) => format!("type {}", t.ident),
        Item::Mod(m) => format!("mod {}", m.ident),
        Item::Impl(i) => {
            let owner = text(&i.self_ty);
            match &i.trait_ {
                Some((path, _)) => format!("impl {} for {owner}", text(path)),
                None => format!("impl {owner}"),
            }
        }
        _ => return Vec::new(),
    };
    vec![normal(&name)]
}

/// The text of a doc comment, its lines joined.
pub(crate) fn docs(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| {
        let value = &attribute.meta.require_name_value().ok()?.value;
        let Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) = value
        else {
            return None;
        };
        attribute.path().is_ident("doc").then(|| text.value())
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A part of a file as it is written.
pub(crate) fn text(part: &impl Spanned) -> String {
    part.span().source_text().unwrap_or_default()
}

/// One space between words, none elsewhere.
fn normal(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn extent(item: &impl Spanned) -> Extent {
    let span = item.span();
    (span.start().line, span.end().line, span.start().column)
}

fn cut(source: &str, first: usize, last: usize, column: usize) -> String {
    let lines = source.lines().skip(first - 1).take(last + 1 - first);
    let mut out = String::new();
    for line in lines {
        let indent = line.len() - line.trim_start().len();
        out.push_str(&line[indent.min(column)..]);
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "//! File.\n\n/// A limit.\npub const MAX: usize = 3; // bytes\n\n/// Holds.\nstruct A;\n\nimpl A {\n    /// Does.\n    fn go(&self) {\n        // why\n        let s = \"}\\\n        {\";\n    }\n}\n\nimpl Drop for A {\n    fn drop(&mut self) {}\n}\n\nfn go() {}\n";

    #[test]
    fn an_item_comes_with_its_doc_comment() {
        assert_eq!(
            find(SOURCE, "const MAX").unwrap(),
            "/// A limit.\npub const MAX: usize = 3; // bytes\n"
        );
        assert_eq!(find(SOURCE, "struct A").unwrap(), "/// Holds.\nstruct A;\n");
    }

    #[test]
    fn a_method_is_named_with_its_type_and_loses_its_indentation() {
        assert_eq!(
            find(SOURCE, "fn A::go").unwrap(),
            "/// Does.\nfn go(&self) {\n    // why\n    let s = \"}\\\n    {\";\n}\n"
        );
        assert_eq!(find(SOURCE, "fn go").unwrap(), "fn go() {}\n");
    }

    #[test]
    fn an_impl_of_a_trait_is_found_by_both_names() {
        let found = find(SOURCE, "impl Drop for A").unwrap();
        assert!(found.starts_with("impl Drop for A {"), "{found}");
    }

    #[test]
    fn a_name_that_is_not_there_is_said_so() {
        let failure = find(SOURCE, "fn gone").unwrap_err();
        assert_eq!(failure.to_string(), "no item is named `fn gone`");
    }
}
