//! What a server costs: processor time and memory of all its processes, from `/proc`.

use std::fs;
use std::time::Duration;

use crate::process::family;

/// Linux counts processor time in hundredths of a second (`USER_HZ`).
const TICK: Duration = Duration::from_millis(10);

/// Processor time, user and system, of a process and all it started, the ended ones included.
pub fn processor_time(id: u32) -> Duration {
    let ticks: u32 = family(id).into_iter().map(ticks).sum();
    TICK * ticks
}

fn ticks(id: u32) -> u32 {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    // The name in parentheses may hold anything; what follows it begins with field 3 (proc(5)).
    let Some((_, after)) = stat.rsplit_once(')') else {
        return 0;
    };
    let fields: Vec<&str> = after.split_whitespace().collect();
    // utime, stime, cutime, cstime are fields 14 to 17.
    let number = |field: usize| {
        fields
            .get(field - 3)
            .and_then(|text| text.parse::<u32>().ok())
    };
    (14..=17).filter_map(number).sum()
}

/// Memory in bytes of a process and all it started, a page that several share counted once
/// (the sum of their proportional set sizes).
pub fn memory(id: u32) -> u64 {
    family(id).into_iter().map(proportional_set).sum()
}

fn proportional_set(id: u32) -> u64 {
    let rollup = fs::read_to_string(format!("/proc/{id}/smaps_rollup")).unwrap_or_default();
    let kilobytes = rollup
        .lines()
        .find_map(|line| line.strip_prefix("Pss:"))
        .and_then(|value| value.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kilobytes.unwrap_or_default() * 1024
}
