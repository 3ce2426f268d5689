//! Credentials become parameters.

use std::collections::BTreeMap;

use crate::spec::header;
use crate::vocab::{RelPath, Text, Word, credentials, is_secret_name, option};

use super::spell;

/// The secrets of one file.
pub(super) struct Found<'a> {
    path: &'a RelPath,
    /// The names that other files gave.
    taken: Vec<String>,
    found: Vec<(String, String, Text)>,
}

/// How a value is spelled in its file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// As a variable.
    Word,
    /// As configparser has it: `%%` is a percent.
    Percent,
    /// As it is.
    Plain,
}

/// Whether a text, or a line of it, holds credentials.
pub(super) fn is_in(text: &str) -> bool {
    !credentials(text).is_empty()
}

/// That these lines of comments can stand in a spec: no parameter can take the place of a secret there.
pub(super) fn comments<'l>(mut lines: impl Iterator<Item = &'l String>) -> Result<(), String> {
    lines.try_for_each(|line| {
        if !spell::is_comment(line) {
            return Err("a comment holds a control character".to_owned());
        }
        if is_in(line) {
            return Err("some are in a comment".to_owned());
        }
        Ok(())
    })
}

impl<'a> Found<'a> {
    pub(super) fn new(path: &'a RelPath, taken: &BTreeMap<String, Text>) -> Self {
        Self { path, taken: taken.keys().cloned().collect(), found: Vec::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub(super) fn values(&self) -> impl Iterator<Item = (&str, &Text)> {
        self.found.iter().map(|(name, _, value)| (name.as_str(), value))
    }

    pub(super) fn into_values(self) -> Vec<(String, Text)> {
        self.found.into_iter().map(|(name, _, value)| (name, value)).collect()
    }

    /// A value with a parameter in the place of its credentials, `@{` made harmless elsewhere.
    pub(super) fn hide(&mut self, key: &str, text: &str, spelling: Spelling) -> Result<String, String> {
        let mut out = String::new();
        let mut at = 0;
        let found = match is_secret_name(key) && !text.is_empty() {
            true => std::iter::once(0..text.len()).collect(),
            false => credentials(text),
        };
        for range in found {
            let hidden = text.get(range.clone()).unwrap_or_default();
            let value = match spelling {
                Spelling::Word => {
                    let word = Word::parse(hidden).ok();
                    word.and_then(|word| word.plain().map(str::to_owned))
                }
                Spelling::Percent if !hidden.replace("%%", "").contains('%') => {
                    Some(hidden.replace("%%", "%"))
                }
                Spelling::Percent => None,
                Spelling::Plain => Some(hidden.to_owned()),
            };
            let Some(value) = value else {
                return Err(format!("the credentials in `{key}` are put together of other values"));
            };
            out.push_str(&spell::literal(text.get(at..range.start).unwrap_or_default()));
            out.push_str(&self.add(key, value));
            at = range.end;
        }
        out.push_str(&spell::literal(text.get(at..).unwrap_or_default()));
        Ok(out)
    }

    /// An option of a mount: `password=…` is a secret as a whole.
    pub(super) fn option(&mut self, key: &str, text: &str) -> Result<String, String> {
        match option(text) {
            Some(range) => {
                let value = text.get(range.clone()).unwrap_or_default().to_owned();
                Ok(format!("{}{}", text.get(..range.start).unwrap_or_default(), self.add(key, value)))
            }
            None => self.hide(key, text, Spelling::Plain),
        }
    }

    /// Makes a parameter; what stands in the value's place.
    fn add(&mut self, key: &str, value: String) -> String {
        let words = format!("{} {key}", self.path.name());
        let mut base = String::new();
        for c in words.to_ascii_lowercase().chars() {
            match c {
                'a'..='z' | '0'..='9' => base.push(c),
                _ if base.is_empty() || base.ends_with('-') => {}
                _ => base.push('-'),
            }
        }
        let base = base.trim_end_matches('-');
        let base = if base.starts_with(|c: char| c.is_ascii_lowercase()) {
            base.to_owned()
        } else {
            format!("secret-{base}")
        };
        let is_taken =
            |name: &String| self.taken.contains(name) || self.found.iter().any(|(known, ..)| known == name);
        let name = (1..)
            .map(|number| if number == 1 { base.clone() } else { format!("{base}-{number}") })
            .find(|name| !is_taken(name))
            .unwrap_or(base.clone());
        let shown = format!("@{{{name}}}");
        let help = format!("the credentials in `{key}` of {}", header::header(self.path));
        self.found.push((name, help, Text::secret(value)));
        shown
    }

    /// Their declarations.
    pub(super) fn params(&self, name: &str) -> String {
        let mut out = String::new();
        for (param, help, _) in &self.found {
            let file = spell::value(&format!("{name}.secrets/{param}"));
            let help = spell::value(help);
            out.push_str(&format!("\n[param.{param}]\nhelp = {help}\nsecret = true\nfile = {file}\n"));
        }
        out
    }
}
