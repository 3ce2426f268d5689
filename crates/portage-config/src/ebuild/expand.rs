//! Words without their quotes, as far as that is known without running anything.

use std::collections::BTreeMap;

/// Values of variables: `PN`, `PV` and the like.
pub type Names = BTreeMap<String, String>;

/// A word that expands to itself.
pub(super) fn plain(word: &[u8]) -> Option<String> {
    expand(word, &Names::new())
}

/// A word whose variables are all known, and in which nothing is matched, listed or run.
pub(super) fn expand(word: &[u8], names: &Names) -> Option<String> {
    let word = std::str::from_utf8(word).ok()?;
    let mut out = String::new();
    let mut rest = word;
    let mut quote = None;
    while let Some(c) = rest.chars().next() {
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
    quote.is_none().then_some(out)
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
