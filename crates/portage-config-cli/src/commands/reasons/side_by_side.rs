//! What machines say differently, one beside the other.

use std::fmt::Write;

use portage_config::fleet::{Difference, Side};
use portage_config::resolve::Place;
use portage_config::vocab::{HIDDEN, is_secret_name, variable};

use super::tell::{line_of, reason};
use super::{HEADER, PLACE};
use crate::excerpt::clean;
use crate::json;
use crate::secrets::Secrets;

/// How it is shown.
pub(super) struct Shown<'a> {
    /// The machines as they were named.
    pub(super) typed: &'a [&'a str],
    pub(super) secrets: &'a Secrets,
    pub(super) verbose: bool,
}

impl Shown<'_> {
    /// A text without secrets.
    pub(super) fn hide(&self, text: &str) -> String {
        self.secrets.hide(text).into_owned()
    }

    /// The value of a variable.
    fn value(&self, name: &str, text: &str) -> String {
        if is_secret_name(name) { HIDDEN.to_owned() } else { self.hide(text) }
    }

    /// A line as it stands.
    fn line(&self, text: &str) -> String {
        match text.split_once('=') {
            Some((name, _)) if is_secret_name(name.trim()) => format!("{name}={HIDDEN}"),
            _ => self.hide(text),
        }
    }
}

/// What is shown of all that differs: without variables that only others refer to, where the lines are shown of these.
pub(super) fn told(all: &[Difference]) -> Vec<&Difference> {
    let is_known = |one: &Difference| one.word.is_some() || variable(&one.name).is_some();
    let lines = |one: &Difference| one.sides.iter().map(|side| side.lines.clone()).collect::<Vec<_>>();
    let shown: Vec<Vec<Vec<Place>>> = all.iter().filter(|one| is_known(one)).map(lines).collect();
    let is_told = |one: &Difference| {
        let own = lines(one);
        own.iter().any(|lines| !lines.is_empty())
            && shown.iter().any(|shown| {
                shown.iter().zip(&own).all(|(shown, own)| own.iter().all(|line| shown.contains(line)))
            })
    };
    all.iter().filter(|one| is_known(one) || !is_told(one)).collect()
}

/// For people. Words and variables of which the same lines decide stand together.
pub(super) fn differences(all: &[&Difference], shown: &Shown<'_>) -> String {
    let mut text = String::new();
    let mut told: Vec<(Vec<&str>, &Difference, Vec<&str>)> = Vec::new();
    for one in all {
        let alike = |(a, b): (&Side, &Side)| a.value == b.value && a.lines == b.lines;
        let is_said = one.sides.iter().any(|side| !side.lines.is_empty());
        let is_same = |(_, other, _): &&mut (Vec<&str>, &Difference, Vec<&str>)| {
            let together = match (&other.word, &one.word) {
                (Some(_), Some(_)) => other.name == one.name,
                (None, None) => is_said,
                _ => false,
            };
            together && other.sides.iter().zip(&one.sides).all(alike)
        };
        match told.iter_mut().find(is_same).filter(|_| !shown.verbose) {
            Some((names, _, words)) => {
                words.extend(one.word.as_deref());
                if one.word.is_none() {
                    names.push(&one.name);
                }
            }
            None => told.push((vec![&one.name], one, one.word.as_deref().into_iter().collect())),
        }
    }
    for (names, one, words) in told {
        let words: String = words.iter().map(|word| format!(" {word}")).collect();
        let _ = writeln!(text, "{HEADER}{}{HEADER:#}{words}", names.join(" "));
        for (side, typed) in one.sides.iter().zip(shown.typed) {
            let value = side.value.as_deref().map(|value| shown.value(&one.name, value));
            let value = match value.as_deref().map(str::trim) {
                None => "not set".to_owned(),
                Some("") => "empty".to_owned(),
                Some(value) => clean(value).replace('\n', " "),
            };
            let _ = writeln!(text, "  {typed}  {value}");
            if shown.verbose && !side.steps.is_empty() {
                for step in &side.steps {
                    let reason = reason(step, &|text| shown.value(&one.name, &shown.line(text)));
                    text.push_str("    ");
                    line_of(&mut text, step, &reason, false);
                }
            } else if one.differs() {
                places(&side.lines, "      ", shown, &mut text);
            }
        }
    }
    text
}

/// Lines with their places.
pub(super) fn places(all: &[Place], indent: &str, shown: &Shown<'_>, text: &mut String) {
    for place in all {
        let line = clean(&shown.line(&place.text));
        let _ = writeln!(text, "{indent}{PLACE}{}:{}{PLACE:#}  {line}", place.path, place.line);
    }
}

pub(super) fn lines(all: &[Place], shown: &Shown<'_>) -> Vec<json::Line> {
    let line = |place: &Place| json::Line {
        path: place.path.clone(),
        line: place.line,
        text: shown.line(&place.text),
    };
    all.iter().map(line).collect()
}

/// For programs.
pub(super) fn json_of(one: &Difference, shown: &Shown<'_>) -> json::Difference {
    let side = |side: &Side| json::Side {
        value: side.value.as_deref().map(|value| shown.value(&one.name, value)),
        lines: lines(&side.lines, shown),
        from: if shown.verbose {
            let hide = |text: &str| shown.value(&one.name, &shown.line(text));
            side.steps.iter().map(|step| reason(step, &hide)).collect()
        } else {
            Vec::new()
        },
    };
    json::Difference {
        name: one.name.clone(),
        word: one.word.clone(),
        differs: one.differs(),
        sides: one.sides.iter().map(side).collect(),
    }
}
