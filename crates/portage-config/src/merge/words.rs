//! Words that both sides changed.

use std::collections::HashMap;

use super::list::{Lists, Three, merge};

/// Which words are about the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Flags: `x` and `-x` are.
    Flags,
    /// Options of a mount: `ro` and `rw`, `size=1` and `size=2`.
    Options,
    /// Only equal ones.
    Plain,
}

impl Style {
    fn subject(self, word: &str) -> &str {
        match self {
            Self::Plain => word,
            Self::Flags => word.strip_prefix('-').unwrap_or(word),
            Self::Options => {
                let name = word.split('=').next().unwrap_or(word);
                match name {
                    "ro" => "rw",
                    "noatime" | "relatime" | "norelatime" | "strictatime" | "nostrictatime" => "atime",
                    _ => name.strip_prefix("no").unwrap_or(name),
                }
            }
        }
    }
}

impl Lists for Style {
    type Entry = String;
    type Id = String;

    fn id(&self, word: &String) -> String {
        self.subject(word).to_owned()
    }

    fn same(&self, a: &String, b: &String) -> bool {
        a == b
    }

    fn both(&self, _sides: &Three<&String>) -> super::list::Both<String> {
        super::list::Both::Unpaired
    }

    fn conflict(&self, _word: &String) {}
}

/// Words that hold the changes of both sides, each with the word of `theirs` that it is or follows; `None` where the
/// changes contradict each other.
pub(super) fn merged(
    style: Style,
    base: &[String],
    ours: &[String],
    theirs: &[String],
) -> Option<Vec<(usize, String)>> {
    let keeps = |side: &[String]| side.iter().any(|word| base.contains(word));
    if style != Style::Options && !base.is_empty() && !keeps(ours) && !keeps(theirs) {
        return None;
    }
    if style == Style::Flags && !clears_alike(base, ours, theirs) {
        return None;
    }
    merge(&style, base, ours, theirs).ok().map(super::list::Outcome::into_placed)
}

/// Whether no side touched a `-*`, and no word crossed it.
fn clears_alike(base: &[String], ours: &[String], theirs: &[String]) -> bool {
    let clear = |side: &[String]| side.iter().filter(|word| *word == "-*").count();
    match clear(base) {
        0 => clear(ours) == 0 && clear(theirs) == 0,
        1 if clear(ours) == 1 && clear(theirs) == 1 => {
            let sides = [base, ours, theirs].map(cleared);
            let alike = |a: &Option<HashMap<&str, bool>>, b: &Option<HashMap<&str, bool>>| match (a, b) {
                (Some(a), Some(b)) => a.iter().all(|(word, is)| b.get(word).is_none_or(|other| other == is)),
                _ => false,
            };
            let [base, ours, theirs] = &sides;
            alike(base, ours) && alike(base, theirs) && alike(ours, theirs)
        }
        _ => false,
    }
}

/// Whether each word stands before the `-*`; `None` where one stands there twice.
fn cleared(side: &[String]) -> Option<HashMap<&str, bool>> {
    let mut words = HashMap::new();
    let mut before = true;
    for word in side {
        if word == "-*" {
            before = false;
        } else if words.insert(Style::Flags.subject(word), before).is_some() {
            return None;
        }
    }
    Some(words)
}

/// The words of a text.
pub(super) fn split(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_both_sides() {
        use Style::{Flags, Options, Plain};
        for (style, base, ours, theirs, result) in [
            (Flags, "a b", "a b c", "a b d", Some("a b c d")),
            (Flags, "a b", "x a b", "a y b", Some("x a y b")),
            (Flags, "a b c", "a c", "a b", Some("a")),
            (Flags, "a b", "a -b", "a b c", Some("a -b c")),
            (Flags, "a b", "a -b", "a", None),
            (Flags, "a", "a x", "a -x", None),
            (Flags, "a", "a x", "a x y", Some("a x y")),
            (Flags, "de", "fr", "es", None),
            (Flags, "a", "b", "a c", Some("c b")),
            (Flags, "a", "-* a", "a b", None),
            (Flags, "-* a", "a", "-* a b", None),
            (Flags, "-* a", "-* a b", "-* c a", Some("-* c a b")),
            (Flags, "a -* b", "b -* a", "a -* b c", None),
            (Flags, "-* a", "x -* a", "-* a x", None),
            (Flags, "a b c", "c b a", "a b c d", Some("c b a d")),
            (Flags, "", "x", "y", Some("y x")),
            (Flags, "", "x", "-x", None),
            (Flags, "x -x", "x -x y", "x -x z", Some("x -x y z")),
            (Options, "defaults", "noatime", "defaults discard", Some("discard noatime")),
            (Options, "defaults,", "ro", "rw", None),
            (Options, "rw size=1", "rw size=2", "rw size=3", None),
            (Options, "rw size=1", "rw size=2", "ro size=1", Some("ro size=2")),
            (Options, "rw", "rw noatime", "rw relatime", None),
            (Options, "rw", "rw noauto", "rw auto", None),
            (Plain, "a -a", "a -a b", "a", Some("a b")),
        ] {
            let merged = merged(style, &split(base), &split(ours), &split(theirs));
            let merged = merged.map(|words| words.into_iter().map(|(_, word)| word).collect::<Vec<_>>());
            assert_eq!(merged, result.map(split), "{style:?} {base} | {ours} | {theirs}");
        }
    }
}
