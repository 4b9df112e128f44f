//! Medians and ratios.

use crate::peer::Kind;

/// What a measurement aims at.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Goal {
    /// So much of what Kamailio takes.
    Ratio(f64),
    /// So much, in the measurement's unit.
    AtMost(f64),
}

/// One measurement, repeated.
pub(crate) struct Table {
    title: &'static str,
    goal: Goal,
    ours: Vec<f64>,
    kamailio: Vec<f64>,
}

impl Table {
    /// Nothing measured yet.
    pub(crate) fn new(title: &'static str, goal: Goal) -> Self {
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
        let Some(ours) = ours else { return };
        let ratio = kamailio.map(|kamailio| ours / kamailio);
        if let Some(ratio) = ratio {
            println!("  ratio     {ratio:9.3}");
        }
        let (goal, reached) = match self.goal {
            Goal::Ratio(goal) => (format!("a ratio of {goal}"), ratio.map(|it| it <= goal)),
            Goal::AtMost(goal) => (format!("at most {goal}"), Some(ours <= goal)),
        };
        match reached {
            Some(true) => println!("  goal      {goal}: reached"),
            Some(false) => println!("  goal      {goal}: not reached"),
            None => println!("  goal      {goal}: no Kamailio to compare with"),
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
