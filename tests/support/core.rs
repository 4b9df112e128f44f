//! Which processors a program runs on.

use std::fs;
use std::process::{Command, Stdio};

use crate::process::family;

/// The processors this process may use, by their numbers.
pub fn ours() -> Vec<usize> {
    let status = fs::read_to_string("/proc/self/status").expect("Linux has this file");
    let list = status
        .lines()
        .find_map(|line| line.strip_prefix("Cpus_allowed_list:"))
        .expect("a line with the processors allowed");
    let number = |text: &str| text.trim().parse::<usize>().expect("a processor's number");
    list.split(',')
        .flat_map(|range| match range.split_once('-') {
            Some((first, last)) => number(first)..=number(last),
            None => number(range)..=number(range),
        })
        .collect()
}

/// Lets a process and all it started run on these processors only, with all their threads.
///
/// # Panics
/// When the system does not allow it.
pub fn pin(id: u32, cores: &[usize]) {
    family(id).into_iter().for_each(|id| pin_one(id, cores));
}

/// Lets this process, and what it starts from now on, run on these processors only.
///
/// # Panics
/// When the system does not allow it.
pub fn pin_this(cores: &[usize]) {
    pin_one(std::process::id(), cores);
}

fn pin_one(id: u32, cores: &[usize]) {
    let cores: Vec<String> = cores.iter().map(usize::to_string).collect();
    // util-linux has it wherever there is a shell; std does not.
    let status = Command::new("taskset")
        .args(["--all-tasks", "--cpu-list", "--pid", &cores.join(",")])
        .arg(id.to_string())
        .stdout(Stdio::null())
        .status()
        .expect("taskset (Debian: util-linux) starts");
    assert!(status.success(), "taskset does not pin {id}");
}
