//! Words without their quotes, as far as that is known without running anything.

use std::collections::BTreeMap;

/// Values of variables: `PN`, `PV` and the like.
pub type Names = BTreeMap<String, String>;

/// No value is longer than this, unless it is written out so; what is would come of a text that doubles itself.
const LONGEST: usize = 64 * 1024;

/// No ebuild's values are longer than this together.
const ALL: usize = 1024 * 1024;

/// A word that expands to itself.
pub(super) fn plain(word: &[u8]) -> Option<String> {
    expand(word, &Names::new())
}

/// A word whose variables are all known, and in which nothing is matched, listed or run.
pub(super) fn expand(word: &[u8], names: &Names) -> Option<String> {
    let word = std::str::from_utf8(word).ok()?;
    let longest = LONGEST.max(word.len());
    let mut out = String::new();
    let mut rest = word;
    let mut quote = None;
    while let Some(c) = rest.chars().next() {
        if out.len() > longest {
            return None;
        }
        rest = rest.get(c.len_utf8()..)?;
        match (c, quote) {
            ('\'', None) => quote = Some('\''),
            ('"', None) => quote = Some('"'),
            (c, Some(q)) if c == q => quote = None,
            (c, Some('\'')) => out.push(c),
            ('\\', quoted) => {
                let c = rest.chars().next()?;
                rest = rest.get(c.len_utf8()..)?;
                match (c, quoted) {
                    ('\n', _) => {}
                    ('"' | '\\' | '$' | '`', _) | (_, None) => out.push(c),
                    (c, Some(_)) => out.extend(['\\', c]),
                }
            }
            ('$', _) => {
                let (value, after) = variable(rest, names)?;
                out.push_str(value);
                rest = after;
            }
            ('`', _) | ('*' | '?' | '[' | '{' | '~', None) => return None,
            (c, _) => out.push(c),
        }
    }
    (quote.is_none() && out.len() <= longest).then_some(out)
}

/// `NAME` or `{NAME}`, its value, and what follows.
pub(super) fn variable<'t, 'n>(text: &'t str, names: &'n Names) -> Option<(&'n str, &'t str)> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let (name, rest) = match text.strip_prefix('{') {
        Some(text) => text.split_once('}')?,
        None => text.split_at_checked(text.find(|c| !is_name(c)).unwrap_or(text.len()))?,
    };
    Some((names.get(name)?, rest))
}

impl super::Ebuild {
    /// The variables of a package and version (PMS 11.1), and those that the ebuild makes of them with one assignment.
    pub fn names(&self, category: &str, package: &str, version: &crate::vocab::Version) -> Names {
        let (base, revision) = (version.without_revision(), version.revision());
        let revision = if revision.digits().is_empty() { "0" } else { revision.digits() };
        let known = [
            ("CATEGORY", category.to_owned()),
            ("PN", package.to_owned()),
            ("PV", base.to_owned()),
            ("PR", format!("r{revision}")),
            ("PVR", version.to_string()),
            ("P", format!("{package}-{base}")),
            ("PF", format!("{package}-{version}")),
        ];
        let mut names: Names = known.map(|(name, value)| (name.to_owned(), value)).into();
        let mut times = std::collections::BTreeMap::<&str, usize>::new();
        for assigned in &self.parsed.assigned {
            *times.entry(self.text(&assigned.name)).or_default() += 1;
        }
        let mut left = ALL;
        for assigned in &self.parsed.assigned {
            let name = self.text(&assigned.name);
            let once = times.get(name) == Some(&1) && !assigned.append && !assigned.temporary;
            if let super::Value::Word(word) = &assigned.value
                && once
                && assigned.function.is_none()
                && !assigned.nested
                && !names.contains_key(name)
                && let Some(value) = expand(self.slice(word), &names)
            {
                match left.checked_sub(value.len()) {
                    Some(rest) => left = rest,
                    None => break,
                }
                names.insert(name.to_owned(), value);
            }
        }
        names
    }
}
