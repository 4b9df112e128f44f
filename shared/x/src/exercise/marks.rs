//! The comments that show a reader where a task is done, and what there is to call.

use std::path::Path;

use syn::{FnArg, ImplItem, Item, ItemFn, ReturnType, Signature};

use super::Task;
use super::places::{lines, places};
use crate::course::Course;
use crate::failure::Failure;
use crate::fill::filled;
use crate::item;

/// The file with a comment for each task, above the items that it marks.
pub(super) fn marked(course: &Course, text: &str, tasks: &[Task]) -> Result<String, Failure> {
    let mut text = text.to_owned();
    for (task, number) in tasks.iter().zip(1..) {
        for name in &task.marks {
            let all = places(&text)?;
            let place = all.iter().find(|place| place.name == *name);
            let place = place.ok_or_else(|| Failure::new(format!("no `{name}` to mark")))?;
            let above = lines(&text, 1, place.code - 1);
            let below = lines(&text, place.code, usize::MAX - 1);
            let empty = if place.code > place.first {
                "///\n"
            } else {
                ""
            };
            text = format!("{above}{empty}{}{below}", comment(course, number, task)?);
        }
    }
    Ok(text)
}

fn comment(course: &Course, number: usize, task: &Task) -> Result<String, Failure> {
    let mut text = filled(&format!("Task {number}. {}.", task.title), "/// ", "/// ");
    for function in &task.functions {
        text += &filled(&available(course, function)?, "/// - ", "///   ");
    }
    Ok(text)
}

/// A function as a reader calls it, and the first sentence of its documentation.
pub(super) fn available(course: &Course, function: &str) -> Result<String, Failure> {
    let missing = || Failure::new(format!("`{function}`: expected a file and a function"));
    let (file, name) = function.split_once(' ').ok_or_else(missing)?;
    let found = item::find(&course.read(Path::new(file))?, name).map_err(|e| e.at(file))?;
    let owner = name
        .strip_prefix("fn ")
        .ok_or_else(missing)?
        .rsplit_once("::");
    let wrapped = match owner {
        Some((owner, _)) => format!("impl {owner} {{ {found} }}"),
        None => found,
    };
    let (signature, docs) = function_of(&wrapped).ok_or_else(missing)?;
    let inputs: Vec<String> = signature.inputs.iter().filter_map(input).collect();
    let owner = owner.and_then(|(owner, _)| owner.split('<').next());
    let result = match &signature.output {
        ReturnType::Default => String::new(),
        ReturnType::Type(_, of) => format!(" -> {}", item::text(of)),
    };
    let result = result.replace("Self", owner.unwrap_or("Self"));
    let owner = owner.map(|owner| format!("{owner}::")).unwrap_or_default();
    let name = &signature.ident;
    let call = format!("`{owner}{name}({}){result}`", inputs.join(", "));
    let await_it = if signature.asyncness.is_some() {
        ", to be awaited"
    } else {
        ""
    };
    Ok(format!("{call}{await_it}: {}", first_sentence(&docs)))
}

fn function_of(source: &str) -> Option<(Signature, String)> {
    match syn::parse_file(source).ok()?.items.pop()? {
        Item::Fn(ItemFn { sig, attrs, .. }) => Some((sig, item::docs(&attrs))),
        Item::Impl(mut block) => match block.items.pop()? {
            ImplItem::Fn(method) => Some((method.sig, item::docs(&method.attrs))),
            _ => None,
        },
        _ => None,
    }
}

/// The name of an argument; a method's `self` is left out.
fn input(argument: &FnArg) -> Option<String> {
    match argument {
        FnArg::Receiver(_) => None,
        FnArg::Typed(typed) => match &*typed.pat {
            syn::Pat::Ident(name) => Some(name.ident.to_string()),
            _ => Some("_".to_owned()),
        },
    }
}

/// The first sentence, without links.
fn first_sentence(docs: &str) -> String {
    let text = docs.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = text.find(". ").map_or(text.len(), |at| at + 1);
    text[..end].replace(['[', ']'], "").replace("crate::", "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_shown_with_its_first_sentence() {
        let course = Course::here().unwrap();
        let shown = available(
            &course,
            "shared/auth/src/authorize.rs fn Auth::www_authorize",
        );
        let shown = shown.unwrap();
        assert!(
            shown
                .starts_with("`Auth::www_authorize(request) -> Result<Verified, Reply>`: The user"),
            "{shown}"
        );
    }

    #[test]
    fn a_mark_goes_below_the_documentation_of_its_item() {
        let course = Course::here().unwrap();
        let task = Task {
            title: "Ask".to_owned(),
            words: String::new(),
            marks: vec!["fn a".to_owned()],
            functions: vec!["shared/auth/src/identity.rs fn check_to".to_owned()],
            new: Vec::new(),
        };
        let text = marked(&course, "use b;\n\n/// Asks.\nfn a() {}\n", &[task]).unwrap();
        let expected =
            "use b;\n\n/// Asks.\n///\n/// Task 1. Ask.\n/// - `check_to(request, user) -> bool`: ";
        assert!(text.starts_with(expected), "{text}");
        assert!(text.ends_with("\nfn a() {}\n"), "{text}");
    }
}
