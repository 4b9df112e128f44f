//! Medians, and their ratios.

use crate::peer::Kind;

/// How much more the log may cost.
const LOG: f64 = 1.25;

/// The goal of a measurement.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Goal {
    /// At most this fraction of what another server takes.
    Ratio(Kind, f64),
    /// At least this many times what another server does.
    Times(Kind, f64),
    /// At most this, in the measurement's unit.
    AtMost(f64),
}

/// One value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    /// In the measurement's unit.
    pub(crate) value: f64,
    /// The fraction of the time in which the generator had work, where it may be the limit.
    pub(crate) busy: Option<f64>,
}

impl From<f64> for Sample {
    fn from(value: f64) -> Self {
        Self { value, busy: None }
    }
}

/// One measurement, repeated.
pub(crate) struct Table {
    title: &'static str,
    goals: &'static [Goal],
    rows: Vec<(Kind, Vec<Sample>)>,
}

impl Table {
    /// Nothing measured yet.
    pub(crate) fn new(title: &'static str, goals: &'static [Goal]) -> Self {
        Self {
            title,
            goals,
            rows: Vec::new(),
        }
    }

    /// One more value.
    pub(crate) fn add(&mut self, kind: Kind, sample: Sample) {
        match self.rows.iter_mut().find(|(other, _)| *other == kind) {
            Some((_, samples)) => samples.push(sample),
            None => self.rows.push((kind, vec![sample])),
        }
    }

    /// A line for each server, and one for each goal.
    pub(crate) fn print(&mut self) {
        println!("\n{}", self.title);
        self.rows.sort_by_key(|(kind, _)| *kind);
        for (kind, samples) in &mut self.rows {
            samples.sort_by(|one, other| one.value.total_cmp(&other.value));
            print_line(*kind, samples);
        }
        let Some(ours) = self.median(Kind::Ours) else {
            return;
        };
        if let Some(before) = self.median(Kind::Before) {
            println!("  {:.3} times {:#}", ours / before, Kind::Before);
        }
        if let Some(logging) = self.median(Kind::OursLogging) {
            let ratio = logging / ours;
            println!(
                "  {ratio:.3} times as much with the log, goal: at most {LOG}{}",
                so(ratio <= LOG)
            );
        }
        for goal in self.goals {
            match *goal {
                Goal::Ratio(kind, most) => self.compare(ours, kind, "at most", most, f64::le),
                Goal::Times(kind, least) => self.compare(ours, kind, "at least", least, f64::ge),
                Goal::AtMost(most) => println!("  goal: at most {most}{}", so(ours <= most)),
            }
        }
    }

    fn compare(
        &self,
        ours: f64,
        kind: Kind,
        bound: &str,
        goal: f64,
        reaches: fn(&f64, &f64) -> bool,
    ) {
        let Some(theirs) = self.median(kind) else {
            println!("  goal: {bound} {goal} times {kind:#}, which was not measured");
            return;
        };
        let ratio = ours / theirs;
        println!(
            "  {ratio:.3} times {kind:#}, goal: {bound} {goal}{}",
            so(reaches(&ratio, &goal))
        );
    }

    fn median(&self, kind: Kind) -> Option<f64> {
        let (_, samples) = self.rows.iter().find(|(other, _)| *other == kind)?;
        Some(median(samples).value)
    }
}

/// Prints the median, the extremes and the number of values, which are sorted.
fn print_line(kind: Kind, samples: &[Sample]) {
    let (first, last) = (samples[0].value, samples[samples.len() - 1].value);
    let Sample { value, busy } = median(samples);
    let rounds = samples.len();
    print!("  {kind:#20} {value:11.3}   ({first:.3} to {last:.3}, {rounds} rounds)");
    match busy {
        Some(busy) if busy > 0.9 => println!(", the generator was the limit"),
        Some(busy) => println!(", generator {:.0} % busy", busy * 100.0),
        None => println!(),
    }
}

fn median(sorted: &[Sample]) -> Sample {
    sorted[sorted.len() / 2]
}

fn so(reached: bool) -> &'static str {
    match reached {
        true => ": reached",
        false => ": not reached",
    }
}
