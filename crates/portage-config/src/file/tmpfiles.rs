//! Files that are made at boot: tmpfiles.d(5).

use super::unknown::is_mode;
use super::{Grammar, Kind, PairsDialect, Place};
use crate::model::Model;
use crate::report::{Code, Findings, Key};
use crate::vocab::{field_end, unquoted_field};

/// Files and folders that are made, emptied or taken away at boot: `TYPE PATH MODE USER GROUP AGE ARGUMENT` a line.
pub static TMPFILES: Kind = Kind {
    name: "tmpfiles.d",
    about: "Files and folders that are made, emptied or taken away at boot: `TYPE PATH MODE USER GROUP AGE ARGUMENT` a line, \
            named by the path; systemd-tmpfiles and opentmpfiles, tmpfiles.d(5).",
    place: Place::Ending("etc/tmpfiles.d", &[".conf"]),
    grammar: Grammar::Pairs(PairsDialect::Columns { name: 1, most: 7, quotes: true }),
    template: Some("etc/tmpfiles.d.j2"),
    mode: 0o644,
    check,
};

/// A line that systemd-tmpfiles leaves out.
pub(crate) const L194: Code = Code::error(
    "L194",
    "bad-tmpfiles-line",
    "systemd-tmpfiles says `Unknown command type`, `not absolute` or `Invalid age`, leaves the line out, and exits with 65 at the \
     end.",
    "tmpfiles.d(5); systemd src/tmpfiles/tmpfiles.c parse_line",
);

/// The types.
const TYPES: &str = "fFwdDevqQpLcbCxXrRzZtThHaA";

fn check(model: &Model, findings: &mut Findings<'_>) {
    let Model::Pairs(pairs) = model else { return };
    for pair in &pairs.pairs {
        let words = fields(pair.value.reveal());
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let path = unquoted_field(&pair.key);
        let mut wrong = |message: String, help: &str| {
            findings.at(&L194, Key::of(&pair.key), message).set_help(help);
        };
        let kind = words.first().copied().unwrap_or_default();
        let mut letters = kind.chars();
        let letter = letters.next().unwrap_or_default();
        let mut marks: Vec<char> = letters.collect();
        let count = marks.len();
        marks.sort_unstable();
        marks.dedup();
        let good = TYPES.contains(letter)
            && marks.len() == count
            && marks.iter().all(|mark| "+!-=~^$?".contains(*mark));
        if !good {
            wrong(
                format!("`{kind}` is no type of a line"),
                "write d for a folder, f for a file, L for a link",
            );
        }
        if !path.starts_with(['/', '%']) {
            wrong(format!("`{}` is no path from the root", pair.key), "begin it with /");
        }
        let field = |at: usize| words.get(at).copied().filter(|word| *word != "-");
        if let Some(mode) = field(1)
            && !is_mode(mode.trim_start_matches(['~', ':']))
        {
            wrong(format!("the mode `{mode}` is not octal"), "write 0755, or - for the default");
        }
        if let Some(age) = field(4)
            && !is_age(age)
        {
            wrong(format!("`{age}` is no age"), "write 10d, 12h, or - for never");
        }
        if matches!(letter, 'c' | 'b') && !words.get(5).is_some_and(|word| is_device(word)) {
            wrong(format!("`{}` has no device number", pair.key), "write MAJOR:MINOR at the end of the line");
        }
        if matches!(letter, 'w') && field(5).is_none() {
            wrong(
                format!("`{}` is written, and nothing says with what", pair.key),
                "write it at the end of the line",
            );
        }
    }
}

/// The words beside the path, without their quotes; the sixth one is the rest of the line as it is.
fn fields(mut text: &str) -> Vec<String> {
    let mut words = Vec::new();
    while words.len() < 5 {
        let Some((word, rest)) = field_end(text).and_then(|end| text.split_at_checked(end)) else { break };
        words.push(unquoted_field(word));
        text = rest.trim_start_matches([' ', '\t']);
        if text.is_empty() {
            return words;
        }
    }
    words.push(text.to_owned());
    words
}

fn is_device(word: &str) -> bool {
    word.split_once(':')
        .is_some_and(|(major, minor)| super::unknown::is_number(major) && super::unknown::is_number(minor))
}

/// An age: `~` or the letters of what is compared, and time spans without blanks.
fn is_age(text: &str) -> bool {
    let text = text.strip_prefix('~').unwrap_or(text);
    let text = match text.split_once(':') {
        Some((by, rest)) if by.chars().all(|c| "aAbBcCmM".contains(c)) => rest,
        Some(_) => return false,
        None => text,
    };
    super::timespan::is_time_span(text)
}

#[cfg(test)]
mod tests {
    use crate::file::testing::{codes, pairs};

    #[test]
    fn lines_that_systemd_tmpfiles_takes() {
        let of = |key: &str, value: &str| codes("etc/tmpfiles.d/x.conf", pairs(&[(key, value)]));
        for (key, value) in [
            ("/run/x", "d 0755 root root -"),
            ("/run/x", "d"),
            ("/run/x", "D! 1777 root root ~am:10d12h"),
            ("/run/x", "L+ - - - - ../y z"),
            ("/dev/x", "c 0600 root root - 1:3"),
            ("%t/x", "f 0644 root root - some text"),
            ("/run/x", "z ~0755"),
            ("\"/run/a b\"", "\"d\" \"0755\" root root -"),
            ("/run/'a b'", "f 0644 'a b' root 10d \"x y\" z"),
        ] {
            assert_eq!(of(key, value), [""; 0], "{key} {value}");
        }
        for (key, value) in [
            ("/run/x", "zz 0755"),
            ("/run/x", "y 0755"),
            ("run/x", "d 0755"),
            ("/run/x", "d rwx"),
            ("/run/x", "d 0755 root root 10q"),
            ("/dev/x", "c 0600 root root -"),
            ("/sys/x", "w"),
            ("\"run/a b\"", "d 0755"),
            ("\"\"", "d 0755"),
            ("\"/run/a b\"", "d \"0755 x\" root"),
        ] {
            assert_eq!(of(key, value), ["L194"], "{key} {value}");
        }
    }
}
