//! Changes of a model, chosen by bytes.

use libfuzzer_sys::arbitrary::{Arbitrary, Result, Unstructured};
use portage_config::model::{
    Comment, Entry, Ini, IniKey, IniSection, Item, Model, Mount, Pair, Rule, Statement, Table, TomlValue,
};
use portage_config::vocab::{Piece, Text, Word};

type Choices<'c, 'd> = &'c mut Unstructured<'d>;

/// Drops, doubles, swaps, changes and takes over entries. What the bytes do not say any more is left.
pub(crate) fn edit(model: &mut Model, other: &Model, choices: Choices<'_, '_>) {
    let _ = match (model, other) {
        (Model::Rules(a), Model::Rules(b)) => list(&mut a.rules, &b.rules, choices, rule),
        (Model::Items(a), Model::Items(b)) => list(&mut a.items, &b.items, choices, item),
        (Model::Vars(a), Model::Vars(b)) => list(&mut a.statements, &b.statements, choices, statement),
        (Model::Ini(a), Model::Ini(b)) => ini(a, b, choices),
        (Model::Pairs(a), Model::Pairs(b)) => list(&mut a.pairs, &b.pairs, choices, pair),
        (Model::Fstab(a), Model::Fstab(b)) => list(&mut a.mounts, &b.mounts, choices, mount),
        (Model::Table(a), Model::Table(b)) => list(&mut a.entries, &b.entries, choices, entry),
        _ => Ok(()),
    };
}

fn list<E: Clone>(
    entries: &mut Vec<E>,
    others: &[E],
    choices: Choices<'_, '_>,
    change: fn(&mut E, Choices<'_, '_>) -> Result<()>,
) -> Result<()> {
    for _ in 0..choices.int_in_range(1..=4)? {
        if choices.is_empty() {
            break;
        }
        let op = choices.int_in_range(0..=5)?;
        let at = index(entries.len(), choices)?;
        let to = index(entries.len(), choices)?;
        match (op, at, to) {
            (0, Some(at), _) => drop(entries.remove(at)),
            (1, Some(at), Some(to)) => entries.insert(to, entries[at].clone()),
            (2, Some(at), Some(to)) => entries.swap(at, to),
            (3 | 4, Some(at), _) => change(&mut entries[at], choices)?,
            (_, at, _) => {
                if let Some(from) = index(others.len(), choices)? {
                    entries.insert(at.unwrap_or(0), others[from].clone());
                }
            }
        }
    }
    Ok(())
}

fn index(count: usize, choices: Choices<'_, '_>) -> Result<Option<usize>> {
    if count == 0 { Ok(None) } else { choices.int_in_range(0..=count - 1).map(Some) }
}

/// Words that readers get wrong.
const WORDS: &[&str] = &[
    "", " ", "\n", "\r", "\t", "#", " #", "'", "\"", "\\", "\\\n", "$", "${A}", "%", "%%", "%(a)s", "=", ":",
    ";", "[", "]", "a", "-a", "*", "-*", "a/b", "=a/b-1", "L10N:", "@", "\u{feff}", "\u{a0}", "\u{2028}",
    "\u{c}", "\u{1c}", "\0", "é", "~", "source", "export", "`", "(", "{", "}", ",", "y", "m", "n", "/",
    "none", "\\040", "y # z", "*/*", "disable", "=y",
];

fn string(text: &mut String, choices: Choices<'_, '_>) -> Result<()> {
    let mut at = choices.int_in_range(0..=text.len().min(64))?;
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    match choices.int_in_range(0..=5)? {
        0 => text.clear(),
        1 => text.truncate(at),
        2 => *text = (*choices.choose(WORDS)?).to_owned(),
        3 => text.insert(at, char::arbitrary(choices)?),
        _ => text.insert_str(at, choices.choose(WORDS)?),
    }
    Ok(())
}

fn secret(text: &mut Text, choices: Choices<'_, '_>) -> Result<()> {
    let mut new = text.reveal().to_owned();
    string(&mut new, choices)?;
    *text = new.into();
    Ok(())
}

fn new(choices: Choices<'_, '_>) -> Result<String> {
    let mut text = String::new();
    string(&mut text, choices)?;
    Ok(text)
}

fn comment(comment: &mut Comment, choices: Choices<'_, '_>) -> Result<()> {
    match choices.int_in_range(0..=3)? {
        0 => *comment = Comment::default(),
        1 => comment.behind = Some(new(choices)?),
        _ => list(&mut comment.above, &[String::new(), " c".to_owned()], choices, string)?,
    }
    Ok(())
}

fn words(list_of: &mut Vec<String>, choices: Choices<'_, '_>) -> Result<()> {
    list(list_of, &["x".to_owned(), "-y".to_owned()], choices, string)
}

fn rule(rule: &mut Rule, choices: Choices<'_, '_>) -> Result<()> {
    match choices.int_in_range(0..=5)? {
        0 => string(&mut rule.key, choices),
        1 => {
            rule.group = if bool::arbitrary(choices)? { Some("L10N".to_owned()) } else { None };
            Ok(())
        }
        2 => {
            let mut group = rule.group.clone().unwrap_or_default();
            string(&mut group, choices)?;
            rule.group = Some(group);
            Ok(())
        }
        3 => comment(&mut rule.comment, choices),
        _ => words(&mut rule.words, choices),
    }
}

fn item(item: &mut Item, choices: Choices<'_, '_>) -> Result<()> {
    if bool::arbitrary(choices)? {
        string(&mut item.text, choices)
    } else {
        comment(&mut item.comment, choices)
    }
}

fn word(value: &mut Word, choices: Choices<'_, '_>) -> Result<()> {
    let mut pieces = value.pieces().to_vec();
    let others = [Piece::Literal(" x".to_owned()), Piece::Reference("B".to_owned())];
    list(&mut pieces, &others, choices, |piece, choices| match piece {
        Piece::Literal(text) => string(text, choices),
        Piece::Reference(name) => string(name, choices),
    })?;
    *value = Word::from_pieces(pieces);
    Ok(())
}

fn statement(statement: &mut Statement, choices: Choices<'_, '_>) -> Result<()> {
    match (statement, choices.int_in_range(0..=4)?) {
        (Statement::Assign(assign), 0) => string(&mut assign.name, choices),
        (Statement::Assign(assign), 1) => {
            assign.append = !assign.append;
            Ok(())
        }
        (Statement::Assign(assign), 2) => comment(&mut assign.comment, choices),
        (Statement::Assign(assign), _) => word(&mut assign.value, choices),
        (Statement::Source(source), 0 | 1) => comment(&mut source.comment, choices),
        (Statement::Source(source), _) => word(&mut source.path, choices),
    }
}

fn ini(model: &mut Ini, other: &Ini, choices: Choices<'_, '_>) -> Result<()> {
    list(&mut model.sections, &other.sections, choices, section)
}

fn section(section: &mut IniSection, choices: Choices<'_, '_>) -> Result<()> {
    match choices.int_in_range(0..=5)? {
        0 => string(&mut section.name, choices),
        1 => comment(&mut section.comment, choices),
        _ => {
            let others = [("x", "1"), ("y", "a\nb"), ("", "")].map(|(key, value)| IniKey {
                key: key.to_owned(),
                value: value.into(),
                ..IniKey::default()
            });
            list(&mut section.keys, &others, choices, |key, choices| match choices.int_in_range(0..=3)? {
                0 => string(&mut key.key, choices),
                1 => comment(&mut key.comment, choices),
                _ => secret(&mut key.value, choices),
            })
        }
    }
}

fn pair(pair: &mut Pair, choices: Choices<'_, '_>) -> Result<()> {
    match choices.int_in_range(0..=3)? {
        0 => string(&mut pair.key, choices),
        1 => comment(&mut pair.comment, choices),
        _ => secret(&mut pair.value, choices),
    }
}

fn mount(mount: &mut Mount, choices: Choices<'_, '_>) -> Result<()> {
    match choices.int_in_range(0..=7)? {
        0 => secret(&mut mount.source, choices),
        1 => string(&mut mount.target, choices),
        2 => string(&mut mount.fstype, choices),
        3 => u32::arbitrary(choices).map(|number| mount.dump = number),
        4 => u32::arbitrary(choices).map(|number| mount.pass = number),
        5 => comment(&mut mount.comment, choices),
        _ => list(&mut mount.options, &["rw".into(), "a=\"b,c\"".into()], choices, secret),
    }
}

fn entry(entry: &mut Entry, choices: Choices<'_, '_>) -> Result<()> {
    match choices.int_in_range(0..=4)? {
        0 => string(&mut entry.key, choices),
        1 => comment(&mut entry.comment, choices),
        _ => value(&mut entry.value, choices),
    }
}

fn value(old: &mut TomlValue, choices: Choices<'_, '_>) -> Result<()> {
    match old {
        TomlValue::String(text) if bool::arbitrary(choices)? => secret(text, choices),
        TomlValue::Datetime(text) => string(text, choices),
        TomlValue::Array(values) => {
            let others = [TomlValue::Integer(1), TomlValue::Table(Table::default())];
            list(values, &others, choices, value)
        }
        TomlValue::Table(table) => {
            let others = [("a", TomlValue::Boolean(true)), ("b c", TomlValue::Table(Table::default()))]
                .map(|(key, value)| Entry { key: key.to_owned(), value, comment: Comment::default() });
            list(&mut table.entries, &others, choices, entry)
        }
        _ => {
            *old = match choices.int_in_range(0..=6)? {
                0 => TomlValue::Boolean(bool::arbitrary(choices)?),
                1 => TomlValue::Integer(i64::arbitrary(choices)?),
                2 => TomlValue::Float(f64::arbitrary(choices)?),
                3 => TomlValue::Array(Vec::new()),
                4 => TomlValue::Table(Table::default()),
                _ => TomlValue::String(new(choices)?.into()),
            };
            Ok(())
        }
    }
}

/// Takes all comments out of a model.
pub(crate) fn strip(model: &mut Model) {
    match model {
        Model::Rules(m) => {
            m.header.clear();
            m.rules.iter_mut().for_each(|rule| rule.comment = Comment::default());
        }
        Model::Items(m) => {
            m.header.clear();
            m.items.iter_mut().for_each(|item| item.comment = Comment::default());
        }
        Model::Vars(m) => {
            m.header.clear();
            for statement in &mut m.statements {
                match statement {
                    Statement::Assign(assign) => assign.comment = Comment::default(),
                    Statement::Source(source) => source.comment = Comment::default(),
                }
            }
        }
        Model::Ini(m) => {
            m.header.clear();
            for section in &mut m.sections {
                section.comment = Comment::default();
                section.keys.iter_mut().for_each(|key| key.comment = Comment::default());
            }
        }
        Model::Pairs(m) => {
            m.header.clear();
            m.pairs.iter_mut().for_each(|pair| pair.comment = Comment::default());
        }
        Model::Fstab(m) => {
            m.header.clear();
            m.mounts.iter_mut().for_each(|mount| mount.comment = Comment::default());
        }
        Model::Table(m) => strip_table(m),
        _ => {}
    }
}

fn strip_table(table: &mut Table) {
    table.header.clear();
    for entry in &mut table.entries {
        entry.comment = Comment::default();
        strip_value(&mut entry.value);
    }
}

fn strip_value(value: &mut TomlValue) {
    match value {
        TomlValue::Table(table) => strip_table(table),
        TomlValue::Array(values) => values.iter_mut().for_each(strip_value),
        _ => {}
    }
}
