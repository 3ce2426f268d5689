//! Keywords: Portage's `KeywordsManager`.

use std::collections::BTreeSet;

use super::about::About;
use super::settings::LAYERS;
use super::tables::Rule;
use super::visible::Accepted;

impl About<'_> {
    /// KEYWORDS, as the profiles' package.keywords leave them.
    pub fn keywords(&self) -> Vec<String> {
        let mut words: Vec<&str> = Vec::new();
        for word in self.package.keywords.split_whitespace().filter(|word| *word != "-*") {
            stack(&mut words, word);
        }
        for tables in &self.settings.tables {
            for rule in self.matching(&tables.keywords) {
                rule.words.iter().for_each(|word| stack(&mut words, word));
            }
        }
        words.into_iter().map(str::to_owned).collect()
    }

    /// The words that are accepted for it, in order, the lines of files of its own behind ACCEPT_KEYWORDS.
    pub(super) fn accepted_keywords(&self) -> Vec<Accepted> {
        let settings = self.settings;
        let mut found = Vec::new();
        let global = settings.incremental("ACCEPT_KEYWORDS");
        // A word stands where it was said last.
        for word in &global {
            let value = LAYERS.iter().rev().find_map(|(layer, _)| {
                let values = settings.layer(*layer)?.get("ACCEPT_KEYWORDS")?;
                values
                    .iter()
                    .rev()
                    .find(|value| value.words().any(|other| other.strip_prefix('+').unwrap_or(other) == word))
            });
            found.push(Accepted {
                word: word.as_str().into(),
                at: value.and_then(|value| value.at),
                via: value.map_or_else(Vec::new, |value| value.via.to_vec()),
            });
        }
        let testing = |words: &[String]| -> Vec<Box<str>> {
            let plain = words.iter().filter(|word| !word.starts_with(['~', '-']));
            plain.map(|word| format!("~{word}").into()).collect()
        };
        let of_global = testing(&global);
        for tables in &settings.tables {
            add(&mut found, &self.matching(&tables.accept_keywords), &of_global);
        }
        let said = settings.defaults.get("ACCEPT_KEYWORDS").into_iter().flatten();
        let said: Vec<String> = said.flat_map(|value| value.words().map(str::to_owned)).collect();
        let own = self.matching(&settings.machine.own().accept_keywords);
        add(&mut found, &own, &testing(&said));
        for value in settings.env.get("ACCEPT_KEYWORDS").into_iter().flatten() {
            found.extend(value.words().map(|word| Accepted { word: word.into(), at: None, via: Vec::new() }));
        }
        found
    }

    /// The keywords that are accepted for it.
    pub fn accepts(&self) -> BTreeSet<String> {
        let accepted = self.accepted_keywords();
        let mut words = BTreeSet::new();
        for accepted in &accepted {
            match accepted.word.strip_prefix('-') {
                Some("*") => words.clear(),
                Some(word) => {
                    words.remove(word);
                }
                None => {
                    words.insert(&*accepted.word);
                }
            }
        }
        words.into_iter().map(str::to_owned).collect()
    }

    /// Its keywords where none is accepted.
    pub(super) fn missing_keywords(&self) -> Vec<String> {
        let keywords = self.keywords();
        if is_accepted(&keywords, &self.accepts()) {
            Vec::new()
        } else if keywords.is_empty() {
            vec!["**".to_owned()]
        } else {
            keywords
        }
    }

    pub(super) fn is_stable(&self) -> bool {
        let (keywords, accepts) = (self.keywords(), self.accepts());
        if !is_accepted(&keywords, &accepts) {
            return false;
        }
        let testing =
            keywords.iter().map(|word| if word.starts_with('~') { word.clone() } else { format!("~{word}") });
        !is_accepted(&testing.collect::<Vec<_>>(), &accepts)
    }
}

/// `stack_lists`: a list without repetition.
fn stack<'a>(words: &mut Vec<&'a str>, word: &'a str) {
    match word.strip_prefix('-') {
        Some("*") => words.clear(),
        Some(word) => words.retain(|other| *other != word),
        None if words.contains(&word) => {}
        None => words.push(word),
    }
}

/// The words of lines about a package; an atom with none says `~arch`.
fn add(found: &mut Vec<Accepted>, rules: &[&Rule], testing: &[Box<str>]) {
    for group in rules.chunk_by(|a, b| a.atom == b.atom) {
        let is_empty = group.iter().all(|rule| rule.words.is_empty());
        for rule in group {
            let words = if is_empty { testing } else { &rule.words };
            found.extend(words.iter().map(|word| Accepted {
                word: word.clone(),
                at: Some(rule.at),
                via: Vec::new(),
            }));
        }
    }
}

/// Whether one of these keywords is accepted: `_getMissingKeywords`.
fn is_accepted(keywords: &[String], accepts: &BTreeSet<String>) -> bool {
    let (mut stable, mut testing) = (false, false);
    for keyword in keywords {
        match keyword.as_str() {
            "*" => return true,
            "~*" => {
                testing = true;
                if accepts.iter().any(|word| word.starts_with('~')) {
                    return true;
                }
            }
            keyword if accepts.contains(keyword) => return true,
            keyword if keyword.starts_with('~') => testing = true,
            keyword if !keyword.starts_with('-') => stable = true,
            _ => {}
        }
    }
    (testing && accepts.contains("~*")) || (stable && accepts.contains("*")) || accepts.contains("**")
}
