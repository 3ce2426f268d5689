//! A statement merged into an entry that a spec has.

use toml_edit::{Item, TableLike, Value};

use super::list;
use crate::file::Kind;
use crate::spec::reworded;
use crate::syntax::words;

/// Makes an entry say what a statement says. The words that are to go and are not there are returned.
pub(super) fn merge(kind: &Kind, name: &str, item: &mut Item, said: &Item) -> Result<Vec<String>, String> {
    let Some(parts) = said.as_table_like() else {
        replace(item, said);
        return Ok(Vec::new());
    };
    let is_edit = !parts.is_empty() && parts.iter().all(|(key, _)| key == "add" || key == "remove");
    if is_edit {
        let (remove, add) = (side(parts, "remove")?, side(parts, "add")?);
        if item.is_str() || item.is_array() {
            return change(kind, name, item, &remove, &add);
        }
        if let Some(table) = item.as_table_like_mut() {
            return both(kind, name, table, remove, add);
        }
        return Err(format!("`{name}` holds no words"));
    }
    let Some(table) = item.as_table_like_mut() else {
        return Err(format!("`{name}` is said as a whole, and not in parts"));
    };
    let mut missing = Vec::new();
    for (key, part) in parts.iter() {
        match table.get_mut(key) {
            Some(item) => missing.extend(merge(kind, name, item, part)?),
            None => {
                let mut part = part.clone();
                if let Some(value) = part.as_value_mut() {
                    value.decor_mut().clear();
                }
                table.insert(key, part);
            }
        }
    }
    Ok(missing)
}

/// Another value in the place of the old; the comment behind it stays.
fn replace(item: &mut Item, said: &Item) {
    match (item.as_value_mut(), said.as_value()) {
        (Some(old), Some(new)) => {
            let decor = old.decor().clone();
            *old = new.clone();
            *old.decor_mut() = decor;
        }
        _ => {
            let mut new = said.clone();
            if let Some(value) = new.as_value_mut() {
                value.decor_mut().clear();
            }
            *item = new;
        }
    }
}

/// The words of `add` or `remove`.
fn side(parts: &dyn TableLike, key: &str) -> Result<Vec<String>, String> {
    match parts.get(key) {
        None => Ok(Vec::new()),
        Some(item) => said(item).ok_or_else(|| format!("`{key}` holds words")),
    }
}

fn said(item: &Item) -> Option<Vec<String>> {
    if let Some(text) = item.as_str() {
        return Some(text.split_whitespace().map(str::to_owned).collect());
    }
    item.as_array()?.iter().map(|value| value.as_str().map(str::to_owned)).collect()
}

/// Changes the words of a string or a list.
fn change(
    kind: &Kind,
    name: &str,
    item: &mut Item,
    remove: &[String],
    add: &[String],
) -> Result<Vec<String>, String> {
    let Some(known) = said(item) else { return Err(format!("`{name}` holds no words")) };
    let is_group = |word: &&String| word.ends_with(':');
    if remove.iter().chain(add).any(|word| is_group(&word)) {
        return Err(format!("`{name}` is said as a whole, and not by groups"));
    }
    // Flags of no group stand in front of the first one.
    let plain = known.iter().position(|word| is_group(&word)).unwrap_or(known.len());
    let (plain, groups) = known.split_at_checked(plain).unwrap_or((&known, &[]));
    let plain: Vec<&str> = plain.iter().map(String::as_str).collect();
    let (mut new, missing) = reworded(kind, name, &plain, remove, add);
    new.extend(groups.iter().cloned());
    if new == known {
        return Ok(missing);
    }
    if new.is_empty() {
        return Err(format!("nothing would be left of `{name}`"));
    }
    match item.as_value_mut() {
        Some(Value::Array(list)) => {
            list::retain(list, |word| new.iter().any(|new| new == word));
            let there: Vec<String> =
                list.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect();
            for word in new.iter().filter(|word| !there.contains(word)) {
                list::push(list, word);
            }
        }
        Some(value) => {
            let decor = value.decor().clone();
            *value = string(value, &new.join(" "));
            *value.decor_mut() = decor;
        }
        None => {}
    }
    Ok(missing)
}

/// A string with other words, between the quotes that the old one had, and with its line breaks.
fn string(old: &Value, wanted: &str) -> Value {
    let mut bare = old.clone();
    bare.decor_mut().clear();
    let text = bare.to_string();
    for quote in ["'''", "\"\"\"", "'", "\""] {
        let Some(inner) = text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote)) else {
            continue;
        };
        let is_plain =
            old.as_str().is_some_and(|value| value.split_whitespace().eq(inner.split_whitespace()));
        let new = format!("{quote}{}{quote}", words::changed(inner, wanted));
        if let Some(value) = new.parse::<Value>().ok().filter(|_| is_plain)
            && value.as_str().is_some_and(|value| value.split_whitespace().eq(wanted.split_whitespace()))
        {
            return value;
        }
        break;
    }
    Value::from(wanted)
}

/// Changes an entry that is said by its own `add` and `remove`, or by groups.
fn both(
    kind: &Kind,
    name: &str,
    table: &mut dyn TableLike,
    remove: Vec<String>,
    add: Vec<String>,
) -> Result<Vec<String>, String> {
    if let Some(item) = table.get_mut("USE") {
        return change(kind, name, item, &remove, &add);
    }
    for (own, other, words) in [("remove", "add", remove), ("add", "remove", add)] {
        let mut rest = Vec::new();
        for word in words {
            let there = table.get(other).and_then(said).is_some_and(|words| words.contains(&word));
            let Some(item) = table.get_mut(other).filter(|_| there) else {
                rest.push(word);
                continue;
            };
            if said(item).is_some_and(|words| words.len() == 1) {
                table.remove(other);
            } else {
                change(kind, "", item, &[word], &[])?;
            }
        }
        if rest.is_empty() {
            continue;
        }
        match table.get_mut(own) {
            Some(item) => {
                let known = said(item).unwrap_or_default();
                rest.retain(|word| !known.contains(word));
                for word in rest {
                    change(kind, "", item, &[], &[word])?;
                }
            }
            None => {
                table.insert(own, toml_edit::value(rest.join(" ")));
            }
        }
    }
    Ok(Vec::new())
}
