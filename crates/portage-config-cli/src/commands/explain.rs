//! What `new` says of the layers below a preset: each with its purpose, and the variants.

use portage_config::spec;
use toml_edit::{Array, Document, DocumentMut, Item, RawString, Table};

use crate::commands::presets;

/// The text of a spec, with a comment at each preset that it extends and that has none, and one that names the
/// variants.
pub(crate) fn explained(text: &str, variants: &[String]) -> Result<String, String> {
    let mut document: DocumentMut = text.parse().map_err(error)?;
    layers(document.as_table_mut());
    let mut text = document.to_string();
    if !variants.is_empty() {
        let document = Document::parse(text.clone()).map_err(error)?;
        let at = behind_top(&document, &text);
        let mut line = format!("\n# Variants, asked for with --variant NAME: {}.\n", variants.join(", "));
        let rest = text.get(at..).unwrap_or_default();
        if !rest.is_empty() && !rest.starts_with('\n') {
            line.push('\n');
        }
        text.insert_str(at, &line);
    }
    Ok(text)
}

/// The line below the last key that stands above the first header.
pub(crate) fn behind_top(document: &Document<String>, text: &str) -> usize {
    let keys = document.iter().filter(|(_, item)| !item.is_table() && !item.is_array_of_tables());
    let end = keys.filter_map(|(_, item)| item.span()).map(|span| span.end).max();
    end.map_or(text.len(), |end| line_end(text, end))
}

/// The start of the line below a place.
pub(crate) fn line_end(text: &str, from: usize) -> usize {
    text.get(from..).and_then(|rest| rest.find('\n')).map_or(text.len(), |at| from + at + 1)
}

fn layers(table: &mut Table) {
    if let Some(array) = table.get_mut("extends").and_then(Item::as_array_mut) {
        comment(array);
    }
    for word in ["root", "variant"] {
        let inner = table.get_mut(word).and_then(Item::as_table_mut);
        for inner in inner.into_iter().flat_map(|table| table.iter_mut()).map(|(_, item)| item) {
            inner.as_table_mut().into_iter().for_each(layers);
        }
    }
}

fn comment(array: &mut Array) {
    let words: Vec<Option<String>> = (0..array.len()).map(|index| to_add(array, index)).collect();
    if words.iter().all(Option::is_none) {
        return;
    }
    for (index, words) in words.into_iter().enumerate() {
        let Some(value) = array.get_mut(index) else { continue };
        let before = raw(value.decor().prefix());
        let (above, indent) = match before.rsplit_once('\n') {
            Some((above, indent)) => (above.to_owned(), indent.to_owned()),
            None => (before.trim().to_owned(), "    ".to_owned()),
        };
        let words = words.map(|words| format!("{indent}# {words}\n")).unwrap_or_default();
        value.decor_mut().set_prefix(format!("{above}\n{words}{indent}"));
    }
    let last = array.iter().last().map(|value| raw(value.decor().suffix())).unwrap_or_default();
    if !last.contains('\n') && !raw(Some(array.trailing())).contains('\n') {
        array.set_trailing_comma(true);
        array.set_trailing("\n");
    }
}

/// What a preset is for, unless the spec says it.
fn to_add(array: &Array, index: usize) -> Option<String> {
    let value = array.get(index)?;
    let name = value.as_str()?.strip_prefix("preset:")?;
    let (_, text) = spec::presets().iter().find(|(known, _)| *known == name)?;
    let behind = match array.get(index + 1) {
        Some(next) => raw(next.decor().prefix()),
        None => raw(Some(array.trailing())),
    };
    let says = raw(value.decor().prefix()).split_once('\n').is_some_and(|(_, above)| above.contains('#'))
        || raw(value.decor().suffix()).contains('#')
        || behind.split('\n').next().is_some_and(|line| line.contains('#'));
    let about = presets::about(text);
    (!says && !about.is_empty()).then(|| about.to_owned())
}

fn raw(text: Option<&RawString>) -> String {
    text.and_then(RawString::as_str).unwrap_or_default().to_owned()
}

fn error(error: impl std::fmt::Display) -> String {
    error.to_string().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABOUT: &str = "A 486 board with root and swap over NBD: glibc, systemd, LTO, initramfs by ugrd";

    #[test]
    fn layers_say_what_they_are_for() {
        let text = "spec = 1\nextends = [\"site.toml\", \"preset:i486-glibc-systemd\"]\n";
        let expected = format!(
            "spec = 1\nextends = [\n    \"site.toml\",\n    # {ABOUT}\n    \"preset:i486-glibc-systemd\",\n]\n"
        );
        assert_eq!(explained(text, &[]).unwrap(), expected);
        assert_eq!(explained(&expected, &[]).unwrap(), expected, "once is enough");
        let lines = "extends = [\n  \"a.toml\", # mine\n  \"preset:i486-glibc-systemd\"\n]\n[root.x]\n\
            extends = [\n  \"preset:i486-glibc-systemd\", # why\n]\n";
        let expected = lines.replacen("  \"preset", &format!("  # {ABOUT}\n  \"preset"), 1);
        assert_eq!(explained(lines, &[]).unwrap(), expected);
    }

    #[test]
    fn variants_are_named_below_the_layers() {
        let names = ["o2".to_owned(), "oz".to_owned()];
        let line = "# Variants, asked for with --variant NAME: o2, oz.\n";
        let text = "spec = 1 # x\n[make.conf]\n";
        assert_eq!(explained(text, &names).unwrap(), format!("spec = 1 # x\n\n{line}\n[make.conf]\n"));
        let text = "spec = 1\n\n[make.conf]\n";
        assert_eq!(explained(text, &names).unwrap(), format!("spec = 1\n\n{line}\n[make.conf]\n"));
    }
}
