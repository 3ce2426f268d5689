//! What makes configparser give up.

use std::collections::{HashMap, HashSet};

use super::doc::{Bad, Doc, TileKind};
use super::{P101, P102, P103, P104, P105, P106, P107, P108, P109, P110, P111, P112};
use crate::file::IniDialect;
use crate::report::{Code, Key, Severity};

/// A mistake in a text.
pub(super) struct Fault {
    pub(super) code: &'static Code,
    pub(super) key: Key,
    pub(super) range: std::ops::Range<usize>,
    pub(super) message: String,
    pub(super) help: String,
}

/// The names that Portage itself gives to repos.conf.
const GIVEN: [&str; 5] = ["eprefix", "eroot", "portage_configroot", "root", "sync-rsync-extra-opts"];
/// `configparser.MAX_INTERPOLATION_DEPTH`.
const DEPTH: usize = 10;

/// The names that a value refers to, or what is wrong with it.
pub(super) fn references(value: &str) -> Result<Vec<String>, String> {
    let mut names = Vec::new();
    let mut rest = value;
    while let Some((_, after)) = rest.split_once('%') {
        if let Some(after) = after.strip_prefix('%') {
            rest = after;
            continue;
        }
        let Some(inner) = after.strip_prefix('(') else {
            let word: String = after.chars().take(1).collect();
            return Err(format!("`%{word}` is neither `%%` nor `%(NAME)s`"));
        };
        match inner.split_once(')') {
            Some((name, behind)) if !name.is_empty() && behind.starts_with('s') => {
                names.push(name.to_lowercase());
                rest = behind.get(1..).unwrap_or_default();
            }
            _ => return Err("`%(` does not go on as `%(NAME)s`".to_owned()),
        }
    }
    Ok(names)
}

/// How deep the references of a value go: configparser's depth of the innermost text with a `%`.
///
/// `level` bounds the walk: one that goes deeper is too deep already.
fn depth<'a>(
    value: &'a str,
    level: usize,
    lookup: &impl Fn(&str) -> Option<&'a str>,
    known: &mut HashMap<String, Option<usize>>,
) -> usize {
    let mut deepest = 0;
    if level > DEPTH {
        return 0;
    }
    for name in references(value).unwrap_or_default() {
        let below = match known.get(&name) {
            Some(Some(depth)) => *depth,
            // still being measured: a circle
            Some(None) => DEPTH,
            None => {
                known.insert(name.clone(), None);
                let next = lookup(&name).filter(|value| value.contains('%'));
                let depth = next.map_or(0, |value| 1 + depth(value, level + 1, lookup, known));
                known.insert(name, Some(depth));
                depth
            }
        };
        deepest = deepest.max(below);
    }
    deepest
}

/// All mistakes of a text, by place.
pub(super) fn faults(dialect: IniDialect, doc: &Doc<'_>) -> Vec<Fault> {
    let mut all = Vec::new();
    lines(dialect, doc, &mut all);
    if dialect == IniDialect::ConfigParser {
        repeats(doc, &mut all);
        values(doc, &mut all);
    }
    all.sort_by_key(|fault| fault.range.start);
    all
}

/// The number of mistakes for which the consumer gives up, and the first of them.
pub(super) fn fatal(dialect: IniDialect, doc: &Doc<'_>) -> (usize, Option<Fault>) {
    let mut errors = faults(dialect, doc).into_iter().filter(|f| f.code.severity == Severity::Error);
    let first = errors.next();
    (errors.count() + usize::from(first.is_some()), first)
}

fn lines(dialect: IniDialect, doc: &Doc<'_>, all: &mut Vec<Fault>) {
    let mut early = false;
    for tile in &doc.tiles {
        let TileKind::Bad(bad) = &tile.kind else { continue };
        let line = doc.slice(tile.range.clone());
        let shown = crate::vocab::mask(line.trim()).into_owned();
        let strict = dialect == IniDialect::ConfigParser;
        let (code, message, help) = match bad {
            Bad::NoSection if strict && line.starts_with('\u{feff}') => {
                early = true;
                let help = "save the file as UTF-8 without signature";
                (&P106, "the file begins with a byte order mark".to_owned(), help)
            }
            Bad::NoSection if strict && early => continue,
            Bad::NoSection => {
                early = true;
                let code = if strict { &P105 } else { &P111 };
                (code, format!("`{shown}` stands before the first section"), "write a `[section]` above it")
            }
            Bad::NoKey if strict => (
                &P104,
                format!("`{shown}` is no `key = value`"),
                "write a value behind `=`, or `#` before the line",
            ),
            Bad::NoKey => (&P111, format!("`{shown}` is no `Key=value`"), "write `Key=value`"),
            Bad::OpenSection => (&P110, format!("`{shown}` has no closing `]`"), "end the header with `]`"),
            Bad::NotUtf8 => (&P111, "the line is no UTF-8".to_owned(), "save the file as UTF-8"),
        };
        let code = if dialect == IniDialect::KeyFile { &P112 } else { code };
        let end = tile.range.start + line.trim_end().len().min(tile.range.len());
        let range = tile.range.start..end;
        all.push(Fault { code, key: Key::file(), range, message, help: help.to_owned() });
    }
}

fn repeats(doc: &Doc<'_>, all: &mut Vec<Fault>) {
    let mut sections = HashSet::new();
    let mut keys = HashSet::new();
    for section in doc.sections() {
        if section.name != "DEFAULT" && !sections.insert(section.name) {
            all.push(Fault {
                code: &P102,
                key: Key::of(section.name),
                range: doc.bytes_of(section.header..section.header + 1),
                message: format!("`[{}]` stands twice in this file", section.name),
                help: "put all its keys below one header, or into another file".to_owned(),
            });
        }
        for index in section.header..section.end {
            let Some(tile) = doc.tiles.get(index) else { continue };
            let TileKind::Key { name, swallowed, .. } = &tile.kind else { continue };
            let key = Key::of(section.name).then(name);
            if let Some(line) = swallowed {
                let words = doc.slice(line.clone());
                all.push(Fault {
                    code: &P107,
                    key: key.clone(),
                    range: line.clone(),
                    message: format!(
                        "`{}` is indented, and so part of the value of `{name}`",
                        crate::vocab::mask(words.trim())
                    ),
                    help: "take the blanks before it away".to_owned(),
                });
            }
            if !keys.insert((section.name, name.to_lowercase())) {
                all.push(Fault {
                    code: &P103,
                    key,
                    range: tile.range.clone(),
                    message: format!("`{name}` stands twice in `[{}]`", section.name),
                    help: "keep one of them".to_owned(),
                });
            }
        }
    }
}

fn values(doc: &Doc<'_>, all: &mut Vec<Fault>) {
    let mut maps: HashMap<&str, HashMap<String, &str>> = HashMap::new();
    for section in doc.sections() {
        let map = maps.entry(section.name).or_default();
        for tile in doc.tiles.get(section.header..section.end).unwrap_or_default() {
            if let TileKind::Key { name, value, .. } = &tile.kind {
                map.insert(name.to_lowercase(), value);
            }
        }
    }
    let empty = HashMap::new();
    let defaults = maps.get("DEFAULT").unwrap_or(&empty);
    for section in doc.sections() {
        let own = maps.get(section.name).unwrap_or(&empty);
        let lookup = |name: &str| own.get(name).or_else(|| defaults.get(name)).copied();
        let mut known = HashMap::new();
        for tile in doc.tiles.get(section.header..section.end).unwrap_or_default() {
            let TileKind::Key { name, value, at, .. } = &tile.kind else { continue };
            if !value.contains('%') {
                continue;
            }
            let key = Key::of(section.name).then(name);
            let mut add = |code, message, help: &str| {
                all.push(Fault { code, key: key.clone(), range: at.clone(), message, help: help.to_owned() });
            };
            match references(value) {
                Err(message) => add(&P101, message, "write `%%` for a percent sign"),
                Ok(names) => {
                    for name in names {
                        if lookup(&name).is_none() && !GIVEN.contains(&name.as_str()) {
                            let help = "define it in `[DEFAULT]`, or write `%%` for a percent sign";
                            add(&P108, format!("`%({name})s` is no key of this file"), help);
                        }
                    }
                    if depth(value, 1, &lookup, &mut known) + 1 > DEPTH {
                        add(
                            &P109,
                            format!("the references of `{name}` do not end"),
                            "write the value itself",
                        );
                    }
                }
            }
        }
    }
}
