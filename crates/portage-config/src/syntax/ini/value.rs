//! How a value is spelled.

use super::doc::{ends_open, is_blank, strip};
use super::judge;
use crate::file::IniDialect;

/// A value as it stands behind the delimiter, or why it cannot.
pub(super) fn spelled(dialect: IniDialect, value: &str, indent: &str, end: &str) -> Result<String, String> {
    let refuse = |why: &str| Err(why.to_owned());
    if value.contains('\r') {
        return refuse("the value holds a carriage return, which ends a line");
    }
    if dialect != IniDialect::ConfigParser {
        if value.contains(['\n', '\0']) {
            return refuse("the value holds a line break");
        }
        if value.trim_matches(is_blank) != value {
            return refuse("the value begins or ends with a blank, which is taken off");
        }
        if dialect == IniDialect::Systemd && ends_open(value) {
            return refuse("the value ends in a backslash, which would join the next line to it");
        }
        return Ok(value.to_owned());
    }
    judge::references(value)?;
    let mut out = String::new();
    for (number, line) in value.split('\n').enumerate() {
        if strip(line) != line {
            return refuse("a line of the value begins or ends with a blank, which configparser takes off");
        }
        if number > 0 {
            out.push_str(end);
            if line.starts_with(['#', ';']) {
                return refuse("a further line of the value begins like a comment");
            }
            if !line.is_empty() {
                out.extend([indent, "    "]);
            }
        }
        out.push_str(line);
    }
    if value.ends_with('\n') {
        return refuse("the value ends with a line break, which configparser takes off");
    }
    Ok(out)
}

/// The lines of a value as they are written, those that differ with other words; `None` where it gets more or fewer.
pub(super) fn by_line(written: &str, old: &str, new: &str) -> Option<String> {
    if !old.contains('\n') || old.split('\n').count() != new.split('\n').count() {
        return None;
    }
    let (mut old, mut new) = (old.split('\n'), new.split('\n'));
    let mut out = String::with_capacity(written.len());
    for (number, line) in written.split_inclusive('\n').enumerate() {
        let words = strip(line);
        if number > 0 && words.starts_with(['#', ';']) {
            out.push_str(line);
            continue;
        }
        let (Some(old), Some(new)) = (old.next(), new.next()) else {
            // Blank lines at the end are no part of the value.
            out.push_str(line);
            continue;
        };
        if words != old || (old != new && (old.is_empty() || new.is_empty())) {
            return None;
        }
        let start = line.len() - line.trim_start().len();
        match line.get(start + old.len()..) {
            Some(rest) if old != new => out.extend([line.get(..start)?, new, rest]),
            _ => out.push_str(line),
        }
    }
    (old.next().is_none() && new.next().is_none()).then_some(out)
}
