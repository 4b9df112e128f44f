//! A server's log, read line by line.

use std::collections::BTreeMap;

/// How many lines the fullest second of a log has. Lines that do not begin with a time of day
/// (`15:59:44.250`), such as those a server prints when it starts, are not counted.
pub fn busiest_second(log: &str) -> usize {
    let mut seconds: BTreeMap<&str, usize> = BTreeMap::new();
    for (second, _) in log.lines().filter_map(|line| line.split_once('.')) {
        let is_time = second.len() == "15:59:44".len()
            && second.bytes().all(|it| it.is_ascii_digit() || it == b':');
        if is_time {
            *seconds.entry(second).or_default() += 1;
        }
    }
    seconds.into_values().max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_second_is_counted_alone_and_lines_without_a_time_are_not() {
        let log = "Listening. Ctrl-C ends it.\n15:59:44.250 a\n15:59:44.251 b\n15:59:45.000 c\n";
        assert_eq!(busiest_second(log), 2);
        assert_eq!(busiest_second("127.0.0.1 said no.thing\n"), 0);
    }
}
