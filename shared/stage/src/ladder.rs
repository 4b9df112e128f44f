//! A recording as an arrow diagram in text.

use sip_message::Transport;

use crate::recording::Recording;
use crate::rows::{Arrow, Kind, Row, short};
use crate::snapshot::moment;

/// The width of a terminal and of a page of the book, in characters.
const WIDTH: usize = 100;
/// The last column of a message's number, and of the time.
const NUMBER_ENDS: usize = 3;
const TIME_ENDS: usize = 15;
/// The column of the first lane: after the number, the time and half a name.
const FIRST_LANE: usize = 19;
/// Half of the last lane's name.
const MARGIN: usize = 8;
/// Wider gaps between lanes do not read better.
const WIDEST: usize = 30;

impl Recording {
    /// The recording as an arrow diagram: one line for each message, with its number, at most 100
    /// columns wide.
    pub fn ladder(&self) -> String {
        let lanes = lanes(self.nodes.len());
        let names = self.nodes.iter().map(|node| node.name.clone());
        let addresses = self.nodes.iter().map(|node| short(node.address));
        let mut out = vec![
            centred(&lanes, names.collect()),
            centred(&lanes, addresses.collect()),
        ];
        let mut last_time = String::new();
        let mut after_scene = false;
        for row in self.rows() {
            let (at, drawn) = match &row {
                Row::Arrow(arrow) => (arrow.at, draw_arrow(&lanes, arrow)),
                Row::Scene { at, text } => (*at, draw_scene(&lanes, text)),
            };
            if matches!(row, Row::Scene { .. }) && !after_scene {
                out.push(finish(empty_row(&lanes)));
            }
            let mut drawn = drawn;
            if let Row::Arrow(arrow) = &row {
                put_before(&mut drawn, NUMBER_ENDS, &arrow.number.to_string());
            }
            let time = moment(at);
            if time != last_time {
                put_before(&mut drawn, TIME_ENDS, &time);
                last_time = time;
            }
            out.push(finish(drawn));
            after_scene = matches!(row, Row::Scene { .. });
            if after_scene {
                out.push(finish(empty_row(&lanes)));
            }
        }
        if self.messages().any(|m| m.transport == Transport::Tcp) {
            out.push(format!("{:FIRST_LANE$}──▶ UDP   ══▶ TCP", ""));
        }
        out.join("\n") + "\n"
    }
}

/// The columns of the lanes.
fn lanes(count: usize) -> Vec<usize> {
    let gaps = count.saturating_sub(1).max(1);
    let gap = ((WIDTH - FIRST_LANE - MARGIN) / gaps).clamp(4, WIDEST);
    (0..count).map(|lane| FIRST_LANE + lane * gap).collect()
}

fn empty_row(lanes: &[usize]) -> Vec<char> {
    let mut row = vec![' '; WIDTH.max(lanes.last().map_or(0, |last| last + 1))];
    for lane in lanes {
        row[*lane] = '│';
    }
    row
}

/// Writes over the row, and leaves out what does not fit.
fn put(row: &mut [char], at: usize, text: &str) {
    for (cell, c) in row.iter_mut().skip(at).zip(text.chars()) {
        *cell = c;
    }
}

/// Writes so that the text ends before that column.
fn put_before(row: &mut [char], end: usize, text: &str) {
    put(row, end.saturating_sub(text.chars().count()), text);
}

fn finish(row: Vec<char>) -> String {
    row.into_iter().collect::<String>().trim_end().to_owned()
}

fn centred(lanes: &[usize], texts: Vec<String>) -> String {
    let mut row = vec![' '; WIDTH + MARGIN];
    for (lane, text) in lanes.iter().zip(texts) {
        let half = text.chars().count() / 2;
        put(&mut row, lane.saturating_sub(half), &text);
    }
    finish(row)
}

fn draw_scene(lanes: &[usize], text: &str) -> Vec<char> {
    let mut row = empty_row(lanes);
    let (first, last) = (FIRST_LANE, lanes.last().copied().unwrap_or(FIRST_LANE));
    let middle = (first + last) / 2;
    let text = format!(" {} ", fit(text, (last - first).saturating_sub(5)));
    let half = text.chars().count() / 2;
    for cell in row.iter_mut().take(last).skip(first + 1) {
        *cell = '·';
    }
    put(&mut row, middle.saturating_sub(half), &text);
    row
}

/// `├──── INVITE ────▶│`
fn draw_arrow(lanes: &[usize], arrow: &Arrow) -> Vec<char> {
    let mut row = empty_row(lanes);
    let from = lanes[arrow.from];
    let to = arrow.to.map_or(WIDTH - 1, |to| lanes[to]);
    if from == to {
        put(&mut row, from + 1, &format!("⟲ {}", arrow.label));
        return row;
    }
    let rightwards = to > from;
    let (left, right) = (from.min(to), from.max(to));
    let stroke = match arrow.transport {
        Transport::Udp => '─',
        Transport::Tcp => '═',
    };
    let (mut first, mut last) = (left + 1, right - 1);
    let length = right - left;
    if arrow.is_lost && rightwards {
        last -= length / 5;
    } else if arrow.is_lost {
        first += length / 5;
    }
    row[first..=last].fill(stroke);
    row[from] = match (rightwards, stroke) {
        (true, '─') => '├',
        (false, '─') => '┤',
        (true, _) => '╞',
        (false, _) => '╡',
    };
    let head = match (arrow.is_lost, rightwards) {
        (true, _) => '✗',
        (false, true) => '▶',
        (false, false) => '◀',
    };
    row[if rightwards { last } else { first }] = head;
    let room = (last - first + 1).saturating_sub(6);
    let label = format!(" {} ", fit(&arrow.label, room));
    let width = label.chars().count();
    put(
        &mut row,
        (first + last + 1).saturating_sub(width) / 2,
        &label,
    );
    row
}

/// The text, with an ellipsis for its end if it is too long.
pub(crate) fn fit(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    let kept: String = text.chars().take(room.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

impl Recording {
    /// The number of requests and responses: a line for readers who cannot see the picture.
    pub(crate) fn in_numbers(&self) -> String {
        let requests = self
            .messages()
            .filter(|m| Kind::of(&m.bytes) == Kind::Request)
            .count();
        let responses = self.messages().count() - requests;
        let names: Vec<&str> = self.nodes.iter().map(|node| node.name.as_str()).collect();
        format!(
            "{requests} requests and {responses} responses between {}",
            names.join(", ")
        )
    }
}
