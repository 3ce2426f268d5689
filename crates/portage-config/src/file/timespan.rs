//! Time spans as systemd reads them: systemd.time(7).

const UNITS: &[&str] = &[
    "nsec", "ns", "usec", "us", "µs", "μs", "msec", "ms", "seconds", "second", "sec", "s", "minutes",
    "minute", "min", "m", "hours", "hour", "hr", "h", "days", "day", "d", "weeks", "week", "w", "months",
    "month", "M", "years", "year", "y",
];

/// Whether a text is a time span: `5min 20s`, `90`, `1.5h`, `infinity`.
pub(super) fn is_time_span(text: &str) -> bool {
    let mut rest = text.trim();
    if rest == "infinity" {
        return true;
    }
    let mut any = false;
    while !rest.is_empty() {
        rest = rest.strip_prefix('+').unwrap_or(rest);
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (number, after) = rest.split_at(digits);
        let (fraction, after) = match after.strip_prefix('.') {
            Some(after) => {
                let (fraction, after) =
                    after.split_at(after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len()));
                (Some(fraction), after)
            }
            None => (None, after),
        };
        if fraction.unwrap_or(number).is_empty() {
            return false;
        }
        let after = after.trim_start();
        let letters = after.find(|c: char| !c.is_alphabetic()).unwrap_or(after.len());
        let (unit, after) = after.split_at(letters);
        if !unit.is_empty() && !UNITS.contains(&unit) {
            return false;
        }
        any = true;
        rest = after.trim_start();
    }
    any
}

#[cfg(test)]
mod tests {
    use super::is_time_span;

    #[test]
    fn spans_of_systemd() {
        for good in ["30min", "5", "1.5h", "2h 5min", "1y 12month", "infinity", "90 s", ".5s", "1M2w"] {
            assert!(is_time_span(good), "{good}");
        }
        for bad in ["", "min", "5minuts", "1h,2m", "-5s", "5:00", "infinit", "10q", "5."] {
            assert!(!is_time_span(bad), "{bad}");
        }
    }
}
