//! The mutants of a file: each statement removed, each decision turned round, one at a time.

use std::ops::Range;

use proc_macro2::{LineColumn, Span};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{
    Arm, BinOp, Block, Expr, ExprIf, ExprMethodCall, ExprReturn, FieldValue, ItemFn, PatGuard, Stmt,
};

/// A change of one place in a file.
#[derive(Debug, Clone)]
pub struct Mutant {
    /// The function, what is done to it, and the text it is done to.
    pub name: String,
    /// The place in the file,
    range: Range<usize>,
    /// and what is there instead.
    new: String,
}

impl Mutant {
    /// The file with the change made.
    pub fn of(&self, source: &str) -> String {
        let Range { start, end } = self.range.clone();
        format!("{}{}{}", &source[..start], self.new, &source[end..])
    }
}

/// Methods that return what they are called on, so that the call can be left out.
const BUILDERS: [&str; 3] = ["on_reply", "in_realm", "with"];

/// Every mutant of the functions in a source; with names, only of those functions.
pub fn mutants(source: &str, functions: Option<&[&str]>) -> Vec<Mutant> {
    let file = syn::parse_file(source).unwrap();
    let mut found = Found {
        source,
        function: String::new(),
        returns: String::new(),
        all: Vec::new(),
    };
    for item in &file.items {
        if let syn::Item::Fn(function) = item
            && functions
                .is_none_or(|names| names.contains(&function.sig.ident.to_string().as_str()))
        {
            found.visit_item_fn(function);
        }
    }
    found.all
}

struct Found<'a> {
    source: &'a str,
    function: String,
    returns: String,
    all: Vec<Mutant>,
}

impl Found<'_> {
    fn add(&mut self, what: &str, at: Range<usize>, new: impl Into<String>) {
        let text: Vec<&str> = self.source[at.clone()].split_whitespace().collect();
        let name = format!("fn {}: {what} `{}`", self.function, text.join(" "));
        let same = self
            .all
            .iter()
            .filter(|other| other.name.starts_with(&name))
            .count();
        let name = match same {
            0 => name,
            _ => format!("{name}, no. {}", same + 1),
        };
        self.all.push(Mutant {
            name,
            range: at,
            new: new.into(),
        });
    }

    fn text(&self, span: Span) -> &str {
        &self.source[self.range(span)]
    }

    fn range(&self, span: Span) -> Range<usize> {
        self.offset(span.start())..self.offset(span.end())
    }

    fn offset(&self, at: LineColumn) -> usize {
        let lines = self.source.split_inclusive('\n').take(at.line - 1);
        let line = lines.map(str::len).sum::<usize>();
        let columns = self.source[line..].chars().take(at.column);
        line + columns.map(char::len_utf8).sum::<usize>()
    }

    /// What a function does that does nothing.
    fn nothing(&self) -> Option<&'static str> {
        match self.returns.as_str() {
            "Result<Action, Reply>" => Some("Ok(Action::Drop)"),
            "Result<(), Reply>" => Some("Ok(())"),
            _ => None,
        }
    }

    /// The value of an `Err` in a function that decides about a request.
    fn refusal(&mut self, expression: &Expr) {
        let is_refusal =
            matches!(expression, Expr::Call(call) if self.text(call.func.span()) == "Err");
        if is_refusal && self.nothing() == Some("Ok(Action::Drop)") {
            let at = self.range(expression.span());
            self.add("relay instead of", at, "Ok(sip_server::relay_in_dialog())");
        }
    }
}

impl<'ast> Visit<'ast> for Found<'_> {
    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        self.function = function.sig.ident.to_string();
        self.returns = match &function.sig.output {
            syn::ReturnType::Default => String::new(),
            syn::ReturnType::Type(_, returned) => self.text(returned.span()).to_owned(),
        };
        if let Some(Stmt::Expr(tail, None)) = function.block.stmts.last()
            && let Some(nothing) = self.nothing()
        {
            let at = self.range(tail.span());
            if &self.source[at.clone()] != nothing {
                self.add("do nothing instead of", at, nothing);
            }
            self.refusal(tail);
        }
        visit::visit_item_fn(self, function);
    }

    fn visit_block(&mut self, block: &'ast Block) {
        for statement in &block.stmts {
            let at = self.range(statement.span());
            match statement {
                Stmt::Local(_) | Stmt::Macro(_) => self.add("remove", at, ""),
                Stmt::Expr(Expr::Try(tried), Some(_)) => {
                    let inner = self.text(tried.expr.span()).to_owned();
                    self.add("remove", at.clone(), "");
                    self.add("forget the ? of", at, format!("let _ = {inner};"));
                }
                Stmt::Expr(Expr::If(_), None) | Stmt::Expr(_, Some(_)) => {
                    self.add("remove", at, "")
                }
                Stmt::Expr(_, None) | Stmt::Item(_) => {}
            }
        }
        visit::visit_block(self, block);
    }

    fn visit_expr_if(&mut self, decision: &'ast ExprIf) {
        let at = self.range(decision.cond.span());
        let condition = self.source[at.clone()].to_owned();
        self.add("turn round", at, format!("!({condition})"));
        visit::visit_expr_if(self, decision);
    }

    fn visit_expr_binary(&mut self, both: &'ast syn::ExprBinary) {
        if matches!(both.op, BinOp::And(_) | BinOp::Or(_)) {
            let at = self.range(both.span());
            for (kept, gone) in [(&both.left, &both.right), (&both.right, &both.left)] {
                let kept = self.text(kept.span()).to_owned();
                let what = format!("without `{}`:", self.text(gone.span()));
                self.add(&what, at.clone(), kept);
            }
        }
        visit::visit_expr_binary(self, both);
    }

    fn visit_arm(&mut self, arm: &'ast Arm) {
        let at = self.range(arm.span());
        self.add("remove", at, "");
        if let Some(nothing) = self.nothing() {
            let at = self.range(arm.body.span());
            if &self.source[at.clone()] != nothing {
                self.add("do nothing instead of", at, nothing);
            }
            self.refusal(&arm.body);
        }
        visit::visit_arm(self, arm);
    }

    fn visit_pat_guard(&mut self, guarded: &'ast PatGuard) {
        let at = self.range(guarded.guard.span());
        let guard = self.source[at.clone()].to_owned();
        self.add("turn round", at, format!("!({guard})"));
        visit::visit_pat_guard(self, guarded);
    }

    fn visit_expr_return(&mut self, returned: &'ast ExprReturn) {
        if let Some(expression) = &returned.expr {
            self.refusal(expression);
        }
        visit::visit_expr_return(self, returned);
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        if BUILDERS.contains(&call.method.to_string().as_str()) {
            let receiver = self.text(call.receiver.span()).to_owned();
            let at = self.range(call.span());
            self.add(&format!("without .{}:", call.method), at, receiver);
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_field_value(&mut self, field: &'ast FieldValue) {
        let text = self.text(field.expr.span()).to_owned();
        if text.starts_with("cli.") {
            let at = self.range(field.expr.span());
            self.add("turn round", at, format!("!{text}"));
        }
        visit::visit_field_value(self, field);
    }
}

#[test]
fn each_statement_and_decision_has_its_mutants() {
    let source = "fn a(r: &R) -> Result<Action, Reply> {\n    r.check()?;\n    \
        if r.is_for_us() || r.has_route() {\n        return Err(Reply::of(403));\n    }\n    Ok(relay(b))\n}\n";
    let names: Vec<String> = mutants(source, None)
        .into_iter()
        .map(|it| it.name)
        .collect();
    let begins = |start: &str| names.iter().filter(|name| name.starts_with(start)).count();
    assert_eq!(begins("fn a: remove"), 3, "{names:#?}");
    assert_eq!(
        begins("fn a: forget the ? of `r.check()?;`"),
        1,
        "{names:#?}"
    );
    assert_eq!(begins("fn a: without"), 2, "{names:#?}");
    assert_eq!(begins("fn a: turn round"), 1, "{names:#?}");
    assert_eq!(
        begins("fn a: relay instead of `Err(Reply::of(403))`"),
        1,
        "{names:#?}"
    );
    assert_eq!(
        begins("fn a: do nothing instead of `Ok(relay(b))`"),
        1,
        "{names:#?}"
    );
}
