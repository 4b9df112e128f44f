//! A recording as a picture of its ladder.

use ::svg::Document;
use ::svg::node::element::{
    Description, Group, Line, Path, Rectangle, Style, Text, Title, path::Data,
};
use sip_message::Transport;

use crate::ladder::fit;
use crate::recording::Recording;
use crate::rows::{Arrow, Kind, Row, short};
use crate::snapshot::moment;

/// Room for the numbers and times, left of the first lane's name.
const LEFT: f64 = 190.0;
/// Where the numbers of the messages end, and the times begin.
const NUMBER: f64 = 34.0;
const TIME: f64 = 44.0;
/// Half of the last lane's name, and a margin.
const RIGHT: f64 = 90.0;
/// The distance between lanes; it grows if there are few.
const GAPS: [f64; 4] = [260.0, 260.0, 220.0, 190.0];
/// The height of the first row, below title and names.
const TOP: f64 = 132.0;
/// The distance between rows.
const ROW: f64 = 38.0;
/// The width of a character in a label.
const CHARACTER: f64 = 7.9;
/// The width of a character in the title, in the widest of the usual fonts.
const TITLE_CHARACTER: f64 = 10.0;

/// Colours for light and dark pages: requests green, responses blue, as close to the paper's
/// green and cyan as both kinds of page allow.
const CSS: &str = "
.page { fill: #ffffff; stroke: #d8dee4; }
.title { font: 600 17px system-ui, sans-serif; fill: #1f2328; }
.name { font: 600 14px system-ui, sans-serif; fill: #1f2328; }
.address, .time { font: 12px ui-monospace, monospace; fill: #59636e; }
.number { font: 600 12px ui-monospace, monospace; fill: #1f2328; }
.box { fill: #f6f8fa; stroke: #d1d9e0; }
.lane { stroke: #d1d9e0; stroke-width: 1.5; }
.label { font: 13px ui-monospace, monospace; paint-order: stroke; }
.scene { font: italic 13px system-ui, sans-serif; fill: #6e3b00; }
.band { fill: #fff8e6; stroke: #e6cf9a; }
.stroke { stroke-width: 1.8; fill: none; }
.tcp { stroke-width: 4; }
.core { stroke: #ffffff; stroke-width: 1.2; }
.request { stroke: #11752f; } .request.head { fill: #11752f; stroke: none; }
.response { stroke: #0a5fb4; } .response.head { fill: #0a5fb4; stroke: none; }
text.request { fill: #11752f; stroke: #ffffff; stroke-width: 3; }
text.response { fill: #0a5fb4; stroke: #ffffff; stroke-width: 3; }
.lost { stroke-dasharray: 5 4; } .cross { stroke: #c0262d; stroke-width: 2.2; }
@media (prefers-color-scheme: dark) {
.page { fill: #0d1117; stroke: #30363d; }
.title, .name, .number { fill: #f0f3f6; }
.address, .time { fill: #9ea7b3; }
.box { fill: #161b22; stroke: #3d444d; }
.lane { stroke: #3d444d; }
.scene { fill: #f0c674; }
.band { fill: #2a2210; stroke: #5c4a1c; }
.core { stroke: #0d1117; }
.request { stroke: #4ac26b; } .request.head { fill: #4ac26b; }
.response { stroke: #6cb6ff; } .response.head { fill: #6cb6ff; }
text.request { fill: #4ac26b; stroke: #0d1117; }
text.response { fill: #6cb6ff; stroke: #0d1117; }
.cross { stroke: #ff7b72; }
}
";

impl Recording {
    /// The recording as an SVG picture, readable on light and dark pages.
    pub fn svg(&self) -> String {
        let lanes = lanes(self.nodes.len());
        let rows: Vec<Row> = self.rows().collect();
        let title_width = 32.0 + TITLE_CHARACTER * self.title.chars().count() as f64;
        let width = (lanes.last().copied().unwrap_or(LEFT) + RIGHT).max(title_width);
        let bottom = TOP + ROW * rows.len() as f64;
        let height = bottom + 26.0;

        let mut drawing = Group::new();
        for (node, x) in self.nodes.iter().zip(&lanes) {
            drawing = drawing
                .add(line(*x, 92.0, *x, bottom, "lane"))
                .add(name_box(*x))
                .add(text(*x, 66.0, "name", &node.name).set("text-anchor", "middle"))
                .add(text(*x, 83.0, "address", &short(node.address)).set("text-anchor", "middle"));
        }
        let mut last_time = String::new();
        for (index, row) in rows.iter().enumerate() {
            let y = TOP + ROW * index as f64;
            let (at, drawn) = match row {
                Row::Arrow(arrow) => (arrow.at, draw_arrow(&lanes, width, y, arrow)),
                Row::Scene { at, text } => (*at, draw_scene(width, y, text)),
            };
            if let Row::Arrow(arrow) = row {
                let number = text(NUMBER, y + 4.0, "number", &arrow.number.to_string());
                drawing = drawing.add(number.set("text-anchor", "end"));
            }
            let time = moment(at);
            if time != last_time {
                drawing = drawing.add(text(TIME, y + 4.0, "time", &time));
                last_time = time;
            }
            drawing = drawing.add(drawn);
        }
        if self.messages().any(|m| m.transport == Transport::Tcp) {
            let legend = "single line: UDP, double line: TCP";
            drawing = drawing.add(text(16.0, height - 8.0, "time", legend));
        }
        let page = Rectangle::new()
            .set("class", "page")
            .set("x", 0.5)
            .set("y", 0.5)
            .set("width", width - 1.0)
            .set("height", height - 1.0)
            .set("rx", 8);
        let document = Document::new()
            .set("viewBox", (0, 0, width as i64, height as i64))
            .set("width", width as i64)
            .set("height", height as i64)
            .set("role", "img")
            .set("aria-labelledby", "title description")
            .add(Title::new(self.title.as_str()).set("id", "title"))
            .add(
                Description::new()
                    .set("id", "description")
                    .add(::svg::node::Text::new(self.in_words())),
            )
            .add(Style::new(CSS))
            .add(page)
            .add(text(16.0, 28.0, "title", &self.title))
            .add(drawing);
        format!("{document}\n")
    }

    /// The ladder in words, for readers who cannot see it.
    fn in_words(&self) -> String {
        let mut words = vec![format!("{}.", self.in_numbers())];
        for row in self.rows() {
            words.push(match row {
                Row::Scene { text, .. } => text,
                Row::Arrow(arrow) => {
                    let name = |node: usize| self.nodes[node].name.as_str();
                    let to = arrow.to.map_or("nobody", name);
                    let lost = if arrow.is_lost { ", lost" } else { "" };
                    format!(
                        "{}: {} to {to}: {}{lost}.",
                        arrow.number,
                        name(arrow.from),
                        arrow.label
                    )
                }
            });
        }
        words.join(" ")
    }
}

fn lanes(count: usize) -> Vec<f64> {
    let gap = GAPS[count.saturating_sub(2).min(GAPS.len() - 1)];
    (0..count).map(|lane| LEFT + lane as f64 * gap).collect()
}

fn line(x1: f64, y1: f64, x2: f64, y2: f64, class: &str) -> Line {
    Line::new()
        .set("class", class)
        .set("x1", x1)
        .set("y1", y1)
        .set("x2", x2)
        .set("y2", y2)
}

fn text(x: f64, y: f64, class: &str, content: &str) -> Text {
    Text::new(content)
        .set("class", class)
        .set("x", x)
        .set("y", y)
}

fn name_box(x: f64) -> Rectangle {
    Rectangle::new()
        .set("class", "box")
        .set("x", x - 66.0)
        .set("y", 47.0)
        .set("width", 132)
        .set("height", 45)
        .set("rx", 6)
}

fn draw_scene(width: f64, y: f64, content: &str) -> Group {
    let band = Rectangle::new()
        .set("class", "band")
        .set("x", LEFT - 66.0)
        .set("y", y - 13.0)
        .set("width", width - LEFT + 66.0 - 24.0)
        .set("height", 26)
        .set("rx", 6);
    let content = &fit(content, ((width - LEFT) / CHARACTER) as usize);
    let middle = (LEFT - 66.0 + width - 24.0) / 2.0;
    let caption = text(middle, y + 4.5, "scene", content).set("text-anchor", "middle");
    Group::new().add(band).add(caption)
}

fn draw_arrow(lanes: &[f64], width: f64, y: f64, arrow: &Arrow) -> Group {
    let kind = match arrow.kind {
        Kind::Request => "request",
        Kind::Response => "response",
    };
    let from = lanes[arrow.from];
    let to = arrow.to.map_or(width - 20.0, |to| lanes[to]);
    let ahead = if to > from { 1.0 } else { -1.0 };
    let tip = match arrow.is_lost {
        true => from + (to - from) * 0.8,
        false => to - ahead * 1.5,
    };
    let lost = if arrow.is_lost { " lost" } else { "" };
    let mut drawn = Group::new();
    let end = tip - ahead * if arrow.is_lost { 0.0 } else { 8.0 };
    if arrow.transport == Transport::Tcp {
        drawn = drawn
            .add(line(from, y, end, y, &format!("stroke tcp {kind}{lost}")))
            .add(line(from, y, end, y, "core"));
    } else {
        drawn = drawn.add(line(from, y, end, y, &format!("stroke {kind}{lost}")));
    }
    drawn = drawn.add(match arrow.is_lost {
        true => cross(tip, y),
        false => head(tip, y, ahead).set("class", format!("{kind} head")),
    });
    let room = ((to - from).abs() - 30.0) / CHARACTER;
    let label = text(
        (from + to) / 2.0,
        y - 8.0,
        &format!("label {kind}"),
        &fit(&arrow.label, room as usize),
    );
    drawn.add(label.set("text-anchor", "middle"))
}

fn head(tip: f64, y: f64, ahead: f64) -> Path {
    let back = tip - ahead * 10.0;
    let data = Data::new()
        .move_to((tip, y))
        .line_to((back, y - 5.0))
        .line_to((back, y + 5.0))
        .close();
    Path::new().set("d", data)
}

fn cross(x: f64, y: f64) -> Path {
    let data = Data::new()
        .move_to((x - 6.0, y - 6.0))
        .line_to((x + 6.0, y + 6.0))
        .move_to((x - 6.0, y + 6.0))
        .line_to((x + 6.0, y - 6.0));
    Path::new().set("d", data).set("class", "cross")
}
