//! The points of the curves: printed as a table, kept as a CSV file.

use std::fmt::Write;
use std::path::Path;

use crate::peer::Kind;

use super::generator::Counts;

/// The first line of the file.
const HEAD: &str = "request,server,clean,offered,goodput,refused,sent again";

/// One measured load. Rates are per second.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Point {
    /// The request.
    pub(crate) request: String,
    /// The server.
    pub(crate) server: String,
    /// Its highest clean rate.
    pub(crate) clean: f64,
    /// First-time transactions offered.
    pub(crate) offered: f64,
    /// Transactions that got a 2xx.
    pub(crate) goodput: f64,
    /// Transactions that got a 503.
    pub(crate) refused: f64,
    /// Requests sent again.
    pub(crate) again: f64,
}

pub(crate) fn print_head() {
    println!(
        "  times    offered   goodput   of clean       503   sent again   answered twice   generator"
    );
}

impl Point {
    pub(crate) fn new(
        request: &str,
        kind: Kind,
        clean: f64,
        multiple: f64,
        counts: &Counts,
    ) -> Self {
        let seconds = counts.took.as_secs_f64();
        let rate = |count: u64| count as f64 / seconds;
        Self {
            request: request.to_owned(),
            server: format!("{kind:#}"),
            clean,
            offered: clean * multiple,
            goodput: rate(counts.served),
            refused: rate(counts.refused),
            again: rate(counts.again),
        }
    }

    pub(crate) fn print(&self, counts: &Counts) {
        let seconds = counts.took.as_secs_f64();
        println!(
            "  {:5.2} {:10.0} {:9.0} {:8.1} % {:9.0} {:12.0} {:16.0} {:8.0} %{}",
            self.offered / self.clean,
            self.offered,
            self.goodput,
            self.goodput / self.clean * 100.0,
            self.refused,
            self.again,
            counts.doubled as f64 / seconds,
            counts.busy.as_secs_f64() / seconds * 100.0,
            match counts.refused - counts.says_when {
                0 => String::new(),
                silent => format!(", {silent} 503 without Retry-After"),
            }
        );
    }
}

/// Writes the points, in place of what was there.
pub(crate) fn write(path: &Path, points: &[Point]) {
    let mut text = format!("{HEAD}\n");
    for point in points {
        let Point {
            request,
            server,
            clean,
            offered,
            goodput,
            refused,
            again,
        } = point;
        writeln!(
            text,
            "{request},\"{server}\",{clean:.0},{offered:.0},{goodput:.0},{refused:.0},{again:.0}"
        )
        .expect("memory takes it");
    }
    std::fs::write(path, text).expect("the points can be written");
}

/// Reads what [`write`] wrote.
pub(crate) fn read(path: &Path) -> Vec<Point> {
    let text = std::fs::read_to_string(path).expect("the points can be read");
    let lines = text.lines().skip(1);
    lines
        .map(|line| parse(line).unwrap_or_else(|| panic!("not a point: {line}")))
        .collect()
}

fn parse(line: &str) -> Option<Point> {
    let (request, rest) = line.split_once(",\"")?;
    let (server, rest) = rest.split_once("\",")?;
    let numbers: Vec<f64> = rest.split(',').map_while(|it| it.parse().ok()).collect();
    let [clean, offered, goodput, refused, again] = numbers[..] else {
        return None;
    };
    Some(Point {
        request: request.to_owned(),
        server: server.to_owned(),
        clean,
        offered,
        goodput,
        refused,
        again,
    })
}
