//! Medians and ratios.

use crate::peer::Kind;

/// One measurement, repeated.
pub(crate) struct Table {
    title: &'static str,
    goal: f64,
    ours: Vec<f64>,
    kamailio: Vec<f64>,
}

impl Table {
    /// Nothing measured yet.
    pub(crate) fn new(title: &'static str, goal: f64) -> Self {
        Self {
            title,
            goal,
            ours: Vec::new(),
            kamailio: Vec::new(),
        }
    }

    /// One more value.
    pub(crate) fn add(&mut self, kind: Kind, value: f64) {
        match kind {
            Kind::Ours => self.ours.push(value),
            Kind::Kamailio => self.kamailio.push(value),
        }
    }

    /// A line for each server, and one for the ratio.
    pub(crate) fn print(&mut self) {
        println!("\n{}", self.title);
        let ours = line("ours", &mut self.ours);
        let kamailio = line("Kamailio", &mut self.kamailio);
        if let (Some(ours), Some(kamailio)) = (ours, kamailio) {
            let ratio = ours / kamailio;
            let verdict = if ratio <= self.goal {
                "reached"
            } else {
                "not reached"
            };
            println!("  ratio     {ratio:9.3}   goal {:.2}: {verdict}", self.goal);
        }
    }
}

/// Prints the median, the extremes and how many values there are.
fn line(name: &str, values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let (first, last) = (values.first()?, values.last()?);
    let median = values[values.len() / 2];
    println!(
        "  {name:9} {median:9.3}   ({first:.3} to {last:.3}, {} rounds)",
        values.len()
    );
    Some(median)
}
