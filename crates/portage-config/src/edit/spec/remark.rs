//! Comments that belong to no entry: they stay when the entry below them goes.

use toml_edit::{RawString, Table};

/// Takes an entry out of a section. What stands above it, with a blank line between, is about something else.
pub(super) fn remove(table: &mut Table, name: &str) {
    let free = free(table, name);
    let names: Vec<String> = table.iter().map(|(key, _)| key.to_owned()).collect();
    let at = names.iter().position(|key| key == name);
    table.remove(name);
    let (Some(free), Some(at)) = (free, at) else { return };
    let next = names.get(at + 1).filter(|key| table.get(key).is_some_and(toml_edit::Item::is_value));
    if let Some(mut key) = next.and_then(|key| table.key_mut(key)) {
        let own = text(key.leaf_decor().prefix());
        key.leaf_decor_mut().set_prefix(format!("{free}\n\n{own}"));
        return;
    }
    let before = at.checked_sub(1).and_then(|at| names.get(at));
    let decor = match before.and_then(|key| table.get_mut(key)) {
        Some(item) => item.as_value_mut().map(toml_edit::Value::decor_mut),
        None => Some(table.decor_mut()),
    };
    if let Some(decor) = decor {
        let own = text(decor.suffix());
        decor.set_suffix(format!("{own}\n{}", free.strip_suffix('\n').unwrap_or(&free)));
    }
}

/// The comments above an entry, as far as they are not about it.
fn free(table: &Table, name: &str) -> Option<String> {
    let (key, item) = table.get_key_value(name)?;
    let above = text(key.leaf_decor().prefix());
    let (free, _) = above.rsplit_once("\n\n")?;
    (item.is_value() && free.contains('#')).then(|| free.to_owned())
}

fn text(raw: Option<&RawString>) -> String {
    raw.and_then(RawString::as_str).unwrap_or_default().to_owned()
}
