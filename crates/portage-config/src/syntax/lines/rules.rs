//! Rules: a key and words a line.

use std::collections::HashMap;
use std::ops::Range;

use super::codes::{ALONE, ATOM, BLOCKER, LEAK, MERGE, USELESS};
use super::vet::{is_group, vet};
use super::{CONFLICT, atom, before_comment, one_word};
use crate::file::{Groups, RulesDialect};
use crate::model::{Comment, Rule, Rules};
use crate::report::{Code, Findings, Key};
use crate::syntax::Refusal;
use crate::syntax::tiles::{self, Document, Lens, Newlines, Problem, Sink, Tile, part, told, words};

/// Reads a file of rules, see [`crate::syntax::read`].
///
/// A line whose key is no atom (where the dialect wants one) is reported and is no rule. The words are as written;
/// those that can mean nothing are reported.
pub fn read_rules(dialect: &RulesDialect, text: &[u8], findings: &mut Findings<'_>) -> Rules {
    let document = Document::read(&RuleLens::new(dialect), text, &mut told(findings));
    Rules { header: document.header(), rules: document.into_entries() }
}

/// Writes rules into a text, see [`crate::syntax::write`].
///
/// # Errors
/// When a key or word would not be read back as it is: with a blank, empty, with `#` in front; a key that is no
/// atom; a group where there are none; a comment of several lines.
pub fn write_rules(dialect: &RulesDialect, text: &[u8], model: &Rules) -> Result<Vec<u8>, Refusal> {
    let mut lens = RuleLens::new(dialect);
    if dialect.groups == Groups::Leak {
        for (at, rule) in model.rules.iter().enumerate() {
            if let Some(group) = &rule.group {
                lens.leaks.entry(&rule.key).or_insert((at, group));
            }
        }
    }
    tiles::write(&lens, text, &model.header, &model.rules)
}

/// The line of each rule, see [`crate::syntax::spans`].
pub fn rule_spans(dialect: &RulesDialect, text: &[u8]) -> Vec<(Key, Range<usize>)> {
    let lens = RuleLens::new(dialect);
    Document::read(&lens, text, &mut |_| {}).spans()
}

struct RuleLens<'d> {
    dialect: &'d RulesDialect,
    /// By key the first wanted rule with a group that goes on in later lines, and that group.
    leaks: HashMap<&'d str, (usize, &'d str)>,
}

impl<'d> RuleLens<'d> {
    fn new(dialect: &'d RulesDialect) -> Self {
        Self { dialect, leaks: HashMap::new() }
    }
}

fn readable(text: &[u8], range: &Range<usize>) -> String {
    let word = part(text, range.clone());
    match std::str::from_utf8(word) {
        Ok(word) => word.to_owned(),
        Err(_) => String::from_utf8_lossy(word).into_owned(),
    }
}

/// The bytes `span` of the word at `range`. Where bytes are no UTF-8 the word is longer than what stands there.
fn shifted(range: &Range<usize>, span: &Range<usize>) -> Range<usize> {
    let at = |offset: usize| (range.start + offset).min(range.end);
    at(span.start)..at(span.end)
}

impl RuleLens<'_> {
    /// Whether the first word can start a rule.
    fn is_key(&self, key: &str, range: &Range<usize>, alone: bool, sink: &mut Sink<'_>) -> bool {
        let mut tell = |code: &'static Code, range: Range<usize>, message: String, help: Option<String>| {
            sink(Problem { code, key: Key::of(key), word: None, range, message, help });
        };
        if CONFLICT.contains(&key) {
            let message = format!("`{key}` was left by a merge: the lines of both sides are read");
            tell(&MERGE, range.clone(), message, Some("keep one side".to_owned()));
            return false;
        }
        let Some(dialect) = self.dialect.atoms else {
            if alone {
                tell(&ALONE, range.clone(), format!("`{key}` has no words: Portage drops the line"), None);
            }
            return !alone;
        };
        match atom::check_key(key, dialect) {
            Ok(()) => {
                if key.starts_with('!') {
                    let message = format!("the mark of the blocker `{key}` is ignored");
                    let help = format!("write `{}`", key.trim_start_matches('!'));
                    tell(&BLOCKER, range.clone(), message, Some(help));
                }
                true
            }
            Err(bad) => {
                tell(&ATOM, shifted(range, &bad.span), bad.message, bad.help);
                false
            }
        }
    }

    fn vet(&self, rule: &Rule, word: &str, range: &Range<usize>, sink: &mut Sink<'_>) {
        if let Some(bad) = vet(self.dialect.words, rule.group.as_deref(), word) {
            sink(Problem {
                code: bad.code,
                key: Key::of(rule.key.as_str()),
                word: Some(word.to_owned()),
                range: shifted(range, &bad.span),
                message: bad.message,
                help: bad.help,
            });
        }
    }

    fn vet_group(&self, rule: &Rule, group: &str, range: &Range<usize>, sink: &mut Sink<'_>) {
        let mut tell = |code: &'static Code, message: String, help: String| {
            let (key, word) = (Key::of(rule.key.as_str()), Some(format!("{group}:")));
            sink(Problem { code, key, word, range: range.clone(), message, help: Some(help) });
        };
        if !is_group(group) {
            let message = format!("`{group}:` is no USE_EXPAND group: the words behind it match nothing");
            tell(&USELESS, message, "write `NAME:`, the name of a USE_EXPAND variable".to_owned());
        } else if self.dialect.groups == Groups::Leak {
            let message = format!("the group `{group}:` goes on in later lines of `{}`", rule.key);
            tell(&LEAK, message, format!("write full flag names: `{}_…`", group.to_lowercase()));
        }
    }

    /// What only a new text is asked for: a line that is there may stay as odd as it is.
    fn check_new(&self, wanted: &[Rule], at: usize) -> Result<(), Refusal> {
        let Some(rule) = wanted.get(at) else { return Ok(()) };
        let refuse = |message: String| Err(Refusal::new(Key::of(rule.key.as_str()), message));
        if let Some(group) = &rule.group {
            if self.dialect.groups == Groups::Leak {
                return refuse(format!(
                    "the group `{group}` would go on in later lines: write full flag names"
                ));
            }
            if !is_group(group) {
                return refuse(format!("`{}` is no name of a USE_EXPAND group", group.escape_debug()));
            }
        }
        if let Some((_, leak)) = self.leaks.get(rule.key.as_str()).filter(|(first, _)| *first < at)
            && !rule.words.is_empty()
        {
            return refuse(format!("the group `{leak}` above would go on in this line"));
        }
        Ok(())
    }
}

impl Lens for RuleLens<'_> {
    type Entry = Rule;
    const NEWLINES: Newlines = Newlines::Universal;
    const BEHIND: bool = true;

    fn tile(&self, text: &[u8], range: Range<usize>, sink: &mut Sink<'_>) -> Tile<Rule> {
        let (found, comment) = before_comment(text, range.clone());
        let Some((first, rest)) = found.split_first() else {
            return if comment.is_some() { Tile::Comment } else { Tile::Blank };
        };
        let key = readable(text, first);
        if !self.is_key(&key, first, rest.is_empty(), sink) {
            return Tile::Unknown;
        }
        let mut entries = Vec::with_capacity(1);
        let words = Vec::with_capacity(rest.len());
        let mut rule = Rule { key, group: None, words, comment: Comment::default() };
        for range in rest {
            let word = readable(text, range);
            match word.strip_suffix(':') {
                Some(group) if self.dialect.groups != Groups::None => {
                    self.vet_group(&rule, group, range, sink);
                    let next =
                        Rule { key: rule.key.clone(), group: Some(group.to_owned()), ..Rule::default() };
                    let before = std::mem::replace(&mut rule, next);
                    if before.group.is_some() || !before.words.is_empty() {
                        entries.push(before);
                    }
                }
                _ => {
                    self.vet(&rule, &word, range, sink);
                    rule.words.push(word);
                }
            }
        }
        entries.push(rule);
        let end = rest.last().unwrap_or(first).end;
        Tile::Entries { entries, end, behind: comment }
    }

    fn kin(&self, rule: &Rule) -> String {
        match &rule.group {
            Some(group) => format!("{} {}:", rule.key, group.to_ascii_lowercase()),
            None => rule.key.clone(),
        }
    }

    fn check(&self, rule: &Rule) -> Result<(), Refusal> {
        let key = || Key::of(rule.key.as_str());
        let refuse = |message: String| Err(Refusal::new(key(), message));
        one_word(&key, "the key", &rule.key)?;
        match self.dialect.atoms {
            Some(dialect) => {
                if let Err(bad) = atom::check_key(&rule.key, dialect) {
                    return refuse(bad.message);
                }
            }
            None if rule.words.is_empty() => return refuse(format!("`{}` has no words", rule.key)),
            None if CONFLICT.contains(&rule.key.as_str()) => {
                return refuse(format!("`{}` is a mark of a merge", rule.key));
            }
            None => {}
        }
        for word in &rule.words {
            one_word(&key, "the word", word)?;
            if self.dialect.groups != Groups::None && word.ends_with(':') {
                return refuse(format!("the word `{word}` would be read as the name of a group"));
            }
        }
        match &rule.group {
            Some(group) if self.dialect.groups == Groups::None => {
                refuse(format!("this file knows no groups: `{}`", group.escape_debug()))
            }
            Some(group) => one_word(&key, "the group", &format!("{group}:")),
            None => Ok(()),
        }
    }

    fn spell(&self, wanted: &[Rule], at: usize, _fresh: bool) -> Result<Vec<u8>, Refusal> {
        self.check_new(wanted, at)?;
        let Some(rule) = wanted.get(at) else { return Ok(Vec::new()) };
        let mut line = rule.key.clone();
        if let Some(group) = &rule.group {
            line.push(' ');
            line.push_str(group);
            line.push(':');
        }
        for word in &rule.words {
            line.push(' ');
            line.push_str(word);
        }
        Ok(line.into_bytes())
    }

    fn splice_all(&self, old: &[u8], wanted: &[Rule]) -> Option<Vec<u8>> {
        let key = &wanted.first()?.key;
        let groups_last = wanted.iter().skip(1).all(|rule| rule.group.is_some() && rule.key == *key);
        let is_bare = wanted.first().is_some_and(|rule| rule.group.is_none() && rule.words.is_empty());
        if self.dialect.groups != Groups::Line || !groups_last || (is_bare && wanted.len() > 1) {
            return None;
        }
        let found = words(old, 0);
        let names: Vec<String> = found.iter().map(|word| readable(old, word)).collect();
        let mut new = vec![key.clone()];
        for rule in wanted {
            new.extend(rule.group.as_ref().map(|group| format!("{group}:")));
            new.extend(rule.words.iter().cloned());
        }
        Some(splice_words(old, &found, &names, &new))
    }

    fn splice(&self, old: &[u8], wanted: &[Rule], at: usize) -> Result<Vec<u8>, Refusal> {
        let found = words(old, 0);
        let names =
            |words: &[Range<usize>]| -> Vec<String> { words.iter().map(|w| readable(old, w)).collect() };
        let Some(rule) = wanted.get(at) else { return Ok(Vec::new()) };
        let grouped = self.dialect.groups != Groups::None
            && found.get(1).is_some_and(|word| old.get(word.end - 1) == Some(&b':'));
        if grouped != rule.group.is_some() {
            return self.spell(wanted, at, false);
        }
        let mut new = vec![rule.key.clone()];
        let group = rule.group.as_ref().map(|group| format!("{group}:"));
        let kept = found.get(1).filter(|_| grouped).map(|word| readable(old, word));
        if group != kept || self.dialect.groups == Groups::Leak {
            self.check_new(wanted, at)?;
        }
        new.extend(group);
        new.extend(rule.words.iter().cloned());
        Ok(splice_words(old, &found, &names(&found), &new))
    }
}

/// The words `found` of a line replaced by `new`; words that stay keep the blanks before them.
fn splice_words(old: &[u8], found: &[Range<usize>], names: &[String], new: &[String]) -> Vec<u8> {
    let all = |side: &[String]| side.iter().cloned().map(Some).collect::<Vec<_>>();
    let pairs = tiles::align(&all(names), &all(new));
    let mut line = Vec::with_capacity(old.len());
    let blanks = |word: usize| {
        let from = word.checked_sub(1).and_then(|before| found.get(before)).map_or(0, |before| before.end);
        found.get(word).map(|word| part(old, from..word.start))
    };
    let (mut old_at, mut new_at) = (0, 0);
    for (old_end, new_end) in pairs.into_iter().chain(std::iter::once((names.len(), new.len()))) {
        for (i, word) in new.get(new_at..new_end).unwrap_or_default().iter().enumerate() {
            let here = blanks(old_at + i).filter(|_| old_at + i < old_end);
            line.extend_from_slice(here.unwrap_or(b" "));
            line.extend_from_slice(word.as_bytes());
        }
        if let (Some(blanks), Some(word)) = (blanks(old_end), found.get(old_end)) {
            line.extend_from_slice(blanks);
            line.extend_from_slice(part(old, word.clone()));
        }
        (old_at, new_at) = (old_end + 1, new_end + 1);
    }
    line
}
