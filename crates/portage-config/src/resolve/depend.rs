//! Strings of words, groups and conditions: LICENSE, PROPERTIES, RESTRICT, REQUIRED_USE (PMS 8.2).

use crate::vocab::is_use_flag;

/// A part of such a string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Word(Box<str>),
    /// `( … )`
    All(Vec<Self>),
    /// `|| ( … )`, `^^ ( … )`, `?? ( … )`
    Group(Operator, Vec<Self>),
    /// `flag? ( … )`, `!flag? ( … )`: the flag, and whether it has to be on.
    If(Box<str>, bool, Vec<Self>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Any,
    One,
    AtMostOne,
}

const MAX_DEPTH: usize = 200;

/// Takes a string apart. `None` where it is malformed.
pub(super) fn parse(text: &str) -> Option<Vec<Part>> {
    let mut words = text.split_whitespace();
    let parts = parts(&mut words, 0)?;
    words.next().is_none().then_some(parts)
}

fn parts<'a>(words: &mut (impl Iterator<Item = &'a str> + Clone), depth: usize) -> Option<Vec<Part>> {
    let mut found = Vec::new();
    if depth > MAX_DEPTH {
        return None;
    }
    loop {
        let mut ahead = words.clone();
        let Some(word) = ahead.next() else {
            return (depth == 0).then_some(found);
        };
        if word == ")" {
            if depth > 0 {
                *words = ahead;
                return Some(found);
            }
            return None;
        }
        *words = ahead;
        let mut group = || {
            if words.next() != Some("(") {
                return None;
            }
            parts(words, depth + 1)
        };
        found.push(match word {
            "(" => Part::All(parts(words, depth + 1)?),
            "||" => Part::Group(Operator::Any, group()?),
            "^^" => Part::Group(Operator::One, group()?),
            "??" => Part::Group(Operator::AtMostOne, group()?),
            word => match word.strip_suffix('?') {
                Some(flag) => {
                    let (flag, on) = match flag.strip_prefix('!') {
                        Some(flag) => (flag, false),
                        None => (flag, true),
                    };
                    if !is_use_flag(flag) {
                        return None;
                    }
                    Part::If(flag.into(), on, group()?)
                }
                None if word.contains(['(', ')', '|']) => return None,
                None => Part::Word(word.into()),
            },
        });
    }
}

/// The words that hold with these flags on: `use_reduce(…, flat=True)`. Of groups all.
pub(super) fn words<'a>(parts: &'a [Part], on: &dyn Fn(&str) -> bool, found: &mut Vec<&'a str>) {
    for part in parts {
        match part {
            Part::Word(word) => found.push(word),
            Part::All(inner) | Part::Group(_, inner) => words(inner, on, found),
            Part::If(flag, wanted, inner) => {
                if on(flag) == *wanted {
                    words(inner, on, found);
                }
            }
        }
    }
}

/// All words, whatever flags are on.
pub(super) fn all_words<'a>(parts: &'a [Part], found: &mut Vec<&'a str>) {
    for part in parts {
        match part {
            Part::Word(word) => found.push(word),
            Part::All(inner) | Part::Group(_, inner) | Part::If(_, _, inner) => all_words(inner, found),
        }
    }
}

/// The flags that conditions ask.
pub(super) fn asked<'a>(parts: &'a [Part], found: &mut Vec<&'a str>) {
    for part in parts {
        match part {
            Part::Word(_) => {}
            Part::All(inner) | Part::Group(_, inner) => asked(inner, found),
            Part::If(flag, _, inner) => {
                found.push(flag);
                asked(inner, found);
            }
        }
    }
}

/// What a REQUIRED_USE comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Satisfied,
    /// The parts at the top that do not hold, as they are written.
    Violated(Vec<String>),
    /// It names a flag that the package has not, or an operator that its EAPI does not know.
    Invalid,
}

/// Judges a REQUIRED_USE: `check_required_use`.
pub(super) fn required_use(
    parts: &[Part],
    on: &dyn Fn(&str) -> bool,
    has: &dyn Fn(&str) -> bool,
    eapi: u32,
) -> Verdict {
    let judge = Judge { on, has, eapi };
    let mut wrong = Vec::new();
    for part in parts {
        match judge.holds(part) {
            Some(Some(false)) => wrong.push(text(part)),
            Some(_) => {}
            None => return Verdict::Invalid,
        }
    }
    if wrong.is_empty() { Verdict::Satisfied } else { Verdict::Violated(wrong) }
}

struct Judge<'a> {
    on: &'a dyn Fn(&str) -> bool,
    has: &'a dyn Fn(&str) -> bool,
    eapi: u32,
}

impl Judge<'_> {
    /// Whether a flag is as the word says; `None` where the package has it not.
    fn is_active(&self, word: &str) -> Option<bool> {
        let (flag, wanted) = match word.strip_prefix('!') {
            Some(flag) => (flag, false),
            None => (word, true),
        };
        (!flag.is_empty() && (self.has)(flag)).then(|| (self.on)(flag) == wanted)
    }

    /// Whether a part holds; the inner `None` where it says nothing, the outer one where it is invalid.
    fn holds(&self, part: &Part) -> Option<Option<bool>> {
        Some(match part {
            Part::Word(word) => Some(self.is_active(word)?),
            Part::All(inner) => {
                let all = self.all(inner)?;
                if all.is_empty() { None } else { Some(!all.contains(&false)) }
            }
            Part::Group(operator, inner) => {
                let all = self.all(inner)?;
                let count = all.iter().filter(|held| **held).count();
                if *operator == Operator::AtMostOne && self.eapi < 5 {
                    return None;
                }
                Some(match operator {
                    _ if all.is_empty() && self.eapi <= 6 => true,
                    Operator::Any => count > 0,
                    Operator::One => count == 1,
                    Operator::AtMostOne => count <= 1,
                })
            }
            Part::If(flag, wanted, inner) => {
                let word = if *wanted { flag.to_string() } else { format!("!{flag}") };
                let active = self.is_active(&word)?;
                let all = self.all(inner)?;
                active.then(|| !all.contains(&false))
            }
        })
    }

    fn all(&self, parts: &[Part]) -> Option<Vec<bool>> {
        let mut found = Vec::new();
        for part in parts {
            found.extend(self.holds(part)?);
        }
        Some(found)
    }
}

/// A part as it is written.
fn text(part: &Part) -> String {
    let inside = |parts: &[Part]| parts.iter().map(text).collect::<Vec<_>>().join(" ");
    match part {
        Part::Word(word) => word.to_string(),
        Part::All(inner) => format!("( {} )", inside(inner)),
        Part::Group(operator, inner) => {
            let operator = match operator {
                Operator::Any => "||",
                Operator::One => "^^",
                Operator::AtMostOne => "??",
            };
            format!("{operator} ( {} )", inside(inner))
        }
        Part::If(flag, wanted, inner) => {
            format!("{}{flag}? ( {} )", if *wanted { "" } else { "!" }, inside(inner))
        }
    }
}

/// The licences that are not accepted: `_getMaskedLicenses`. Of a choice all, for nobody knows which one is meant.
pub(super) fn missing<'a>(
    parts: &'a [Part],
    on: &dyn Fn(&str) -> bool,
    accepted: &dyn Fn(&str) -> bool,
    found: &mut Vec<&'a str>,
) {
    for part in parts {
        match part {
            Part::Word(word) if accepted(word) => {}
            Part::Word(word) => found.push(word),
            Part::All(inner) => missing(inner, on, accepted, found),
            Part::If(flag, wanted, inner) => {
                if on(flag) == *wanted {
                    missing(inner, on, accepted, found);
                }
            }
            Part::Group(_, inner) => {
                let mut all = Vec::new();
                let mut fits = false;
                for option in inner {
                    let (mut said, mut own) = (Vec::new(), Vec::new());
                    let option = std::slice::from_ref(option);
                    words(option, on, &mut said);
                    // Of a condition that does not hold nothing is left to choose.
                    if said.is_empty() {
                        continue;
                    }
                    missing(option, on, accepted, &mut own);
                    fits |= own.is_empty();
                    all.extend(own);
                }
                if !fits {
                    found.extend(all);
                }
            }
        }
    }
}
