//! The curves as a picture: goodput against offered load, a panel for each request.

use svg::Document;
use svg::node::element::{
    Circle, Description, Group, Line, Polyline, Rectangle, Style, Text, Title,
};

use super::points::Point;

/// The size of a panel's plot, and where the first one is.
const PLOT: (f64, f64) = (300.0, 200.0);
const ORIGIN: (f64, f64) = (70.0, 88.0);
/// From one panel to the next.
const NEXT: f64 = 390.0;
/// The most that is offered, in clean rates.
const MOST: f64 = 2.0;

const TITLE: &str = "What a server still does when more is asked";

/// Colours for light and dark pages, as those of the ladders.
const CSS: &str = "
.page { fill: #ffffff; stroke: #d8dee4; }
.title { font: 600 17px system-ui, sans-serif; fill: #1f2328; }
.name { font: 600 14px system-ui, sans-serif; fill: #1f2328; }
.small { font: 12px ui-monospace, monospace; fill: #59636e; }
.axis { stroke: #d1d9e0; stroke-width: 1.5; }
.curve { stroke-width: 2.2; fill: none; }
.ours { stroke: #11752f; } .ours.dot, text.ours { fill: #11752f; stroke: none; }
.theirs { stroke: #0a5fb4; } .theirs.dot, text.theirs { fill: #0a5fb4; stroke: none; }
text.ours, text.theirs { font: 600 13px system-ui, sans-serif; }
@media (prefers-color-scheme: dark) {
.page { fill: #0d1117; stroke: #30363d; }
.title, .name { fill: #f0f3f6; }
.small { fill: #9ea7b3; }
.axis { stroke: #3d444d; }
.ours { stroke: #4ac26b; } .ours.dot, text.ours { fill: #4ac26b; }
.theirs { stroke: #6cb6ff; } .theirs.dot, text.theirs { fill: #6cb6ff; }
}
";

/// The points as an SVG picture, readable on light and dark pages.
pub(crate) fn draw(points: &[Point]) -> String {
    let mut requests: Vec<&str> = points.iter().map(|it| it.request.as_str()).collect();
    requests.dedup();
    let width = ORIGIN.0 + NEXT * requests.len() as f64 - 30.0;
    let height = ORIGIN.1 + PLOT.1 + 62.0;
    let mut drawing = Group::new();
    for (number, request) in requests.iter().enumerate() {
        let of_it = points.iter().filter(|it| it.request == **request);
        let of_it: Vec<&Point> = of_it.collect();
        drawing = drawing.add(panel(ORIGIN.0 + NEXT * number as f64, request, &of_it));
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
        .add(Title::new(TITLE).set("id", "title"))
        .add(
            Description::new()
                .set("id", "description")
                .add(svg::node::Text::new(in_words(points))),
        )
        .add(Style::new(CSS))
        .add(page)
        .add(text(16.0, 28.0, "title", TITLE))
        .add(drawing);
    format!("{document}\n")
}

/// The axes and curves of one request, from `left` on.
fn panel(left: f64, request: &str, points: &[&Point]) -> Group {
    let most = points.iter().map(|it| it.goodput).fold(1.0, f64::max);
    // Whole steps of 20,000 a second.
    let top = (most * 1.1 / 20_000.0).ceil() * 20_000.0;
    let bottom = ORIGIN.1 + PLOT.1;
    let x = |multiple: f64| left + PLOT.0 * multiple / MOST;
    let y = |rate: f64| bottom - PLOT.1 * rate / top;
    let name = format!("{request}, 1,000 a second");
    let below = "offered, in the server's highest clean rates";
    let mut drawn = Group::new()
        .add(text(left, ORIGIN.1 - 26.0, "name", &name))
        .add(text(left, bottom + 42.0, "small", below));
    for step in 0..=(top / 20_000.0) as u32 {
        let rate = f64::from(step) * 20_000.0;
        let number = text(
            left - 8.0,
            y(rate) + 4.0,
            "small",
            &format!("{}", step * 20),
        );
        drawn = drawn
            .add(line((left, y(rate)), (left + PLOT.0, y(rate))))
            .add(number.set("text-anchor", "end"));
    }
    for multiple in [0.5, 1.0, 1.5, 2.0] {
        let number = text(x(multiple), bottom + 20.0, "small", &format!("{multiple}"));
        drawn = drawn
            .add(line((x(multiple), bottom), (x(multiple), bottom + 5.0)))
            .add(number.set("text-anchor", "middle"));
    }
    for (is_ours, class) in [(true, "ours"), (false, "theirs")] {
        let of_it = points
            .iter()
            .filter(|it| it.server.starts_with("ours") == is_ours);
        let places: Vec<(f64, f64)> = of_it
            .clone()
            .map(|it| (x(it.offered / it.clean), y(it.goodput)))
            .collect();
        let Some(last) = places.last() else { continue };
        let corners: Vec<String> = places
            .iter()
            .map(|(x, y)| format!("{x:.1},{y:.1}"))
            .collect();
        let curve = Polyline::new()
            .set("class", format!("curve {class}"))
            .set("points", corners.join(" "));
        drawn = drawn.add(curve);
        for (x, y) in &places {
            let dot = Circle::new()
                .set("class", format!("dot {class}"))
                .set("cx", format!("{x:.1}"))
                .set("cy", format!("{y:.1}"))
                .set("r", 3);
            drawn = drawn.add(dot);
        }
        let name = if is_ours { "sip-steps" } else { "Kamailio" };
        let label = text(last.0, last.1 - 10.0, class, name).set("text-anchor", "end");
        drawn = drawn.add(label);
    }
    drawn
}

/// The points in words, for readers who cannot see them.
fn in_words(points: &[Point]) -> String {
    let word = |it: &Point| {
        format!(
            "{} by {}: of {:.0} a second offered, {:.0} are served.",
            it.request, it.server, it.offered, it.goodput
        )
    };
    points.iter().map(word).collect::<Vec<_>>().join(" ")
}

fn line(from: (f64, f64), to: (f64, f64)) -> Line {
    Line::new()
        .set("class", "axis")
        .set("x1", format!("{:.1}", from.0))
        .set("y1", format!("{:.1}", from.1))
        .set("x2", format!("{:.1}", to.0))
        .set("y2", format!("{:.1}", to.1))
}

fn text(x: f64, y: f64, class: &str, content: &str) -> Text {
    Text::new(content)
        .set("class", class)
        .set("x", format!("{x:.1}"))
        .set("y", format!("{y:.1}"))
}
