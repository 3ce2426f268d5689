//! Lists of words that change: each comment stays with its own word.

use toml_edit::{Array, RawString};

/// What stands between two words, as far as it is about the one before: a comment on its line.
fn behind(between: &str) -> (&str, Option<&str>) {
    match between.find('\n').and_then(|at| between.split_at_checked(at)) {
        Some((line, rest)) => (if line.contains('#') { line } else { "" }, Some(rest)),
        None => ("", None),
    }
}

fn text(raw: Option<&RawString>) -> &str {
    raw.and_then(RawString::as_str).unwrap_or_default()
}

/// Takes words out. What is said of a word goes with it, and nothing else does.
pub(super) fn retain(list: &mut Array, keep: impl Fn(&str) -> bool) {
    let mut at = 0;
    while let Some(value) = list.get(at) {
        if value.as_str().is_some_and(&keep) {
            at += 1;
            continue;
        }
        let decor = value.decor().clone();
        let (before, suffix) = (text(decor.prefix()), text(decor.suffix()));
        list.remove(at);
        let other = behind(before).0;
        match list.get_mut(at) {
            Some(next) => {
                let own = text(next.decor().prefix()).to_owned();
                next.decor_mut().set_prefix(match behind(&own).1 {
                    Some(rest) => format!("{other}{rest}"),
                    None => before.to_owned(),
                });
            }
            None => {
                let own = format!("{suffix}{}", list.trailing().as_str().unwrap_or_default());
                list.set_trailing(match behind(&own).1 {
                    Some(rest) => format!("{other}{rest}"),
                    None if other.is_empty() => own,
                    None => format!("{other}\n"),
                });
            }
        }
    }
}

/// Adds a word the way the others stand.
pub(super) fn push(list: &mut Array, word: &str) {
    let last = list.len().checked_sub(1);
    let Some(value) = last.and_then(|last| list.get_mut(last)) else {
        list.push(word);
        return;
    };
    let (prefix, suffix) = (text(value.decor().prefix()).to_owned(), text(value.decor().suffix()).to_owned());
    value.decor_mut().set_suffix("");
    // A comment in front of the last word is about that one.
    let indent = prefix.rsplit_once('\n').map(|(_, indent)| indent);
    let tail = format!("{suffix}{}", list.trailing().as_str().unwrap_or_default());
    let prefix = match (behind(&tail), indent) {
        ((comment, rest), indent) if !comment.is_empty() => {
            list.set_trailing(rest.unwrap_or_default());
            format!("{comment}\n{}", indent.unwrap_or("  "))
        }
        (_, indent) => {
            list.set_trailing(tail.as_str());
            match indent {
                Some(indent) => format!("\n{indent}"),
                None if prefix.is_empty() => " ".to_owned(),
                None => prefix,
            }
        }
    };
    list.push(word);
    if let Some(value) = list.get_mut(last.map_or(0, |last| last + 1)) {
        value.decor_mut().set_prefix(prefix);
    }
}
