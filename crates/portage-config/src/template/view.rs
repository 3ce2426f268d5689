//! What a template sees of a model.

use std::borrow::Cow;

use minijinja::Value;
use minijinja::value::Serde;
use serde::Serialize;

use super::words;
use crate::file::{Grammar, IniDialect, PairsDialect, VarsDialect};
use crate::model::{Comment, Fstab, Ini, Items, Model, Pairs, Rules, Statement, Table, Vars};
use crate::report::Key;
use crate::syntax::{self, Refusal};

/// A model as a template sees it.
pub(super) struct View {
    pub(super) value: Value,
    /// How many steps a template may take: enough for any layout, too few for a loop in a loop over all entries.
    pub(super) fuel: u64,
}

/// The names at the top of a view.
pub(super) fn fields(grammar: &Grammar) -> [&'static str; 2] {
    let entries = match grammar {
        Grammar::Rules(_) => "rules",
        Grammar::Items(_) => "items",
        Grammar::Vars(_) => "statements",
        Grammar::Ini(_) | Grammar::Toml => "sections",
        Grammar::Pairs(_) => "pairs",
        Grammar::Fstab => "mounts",
        // Has no template.
        Grammar::Opaque => "bytes",
    };
    ["header", entries]
}

/// The view of a model.
pub(super) fn view(grammar: &Grammar, model: &Model) -> Result<View, Refusal> {
    let (entries, size) = match (grammar, model) {
        (Grammar::Rules(_), Model::Rules(model)) => rules(model),
        (Grammar::Items(_), Model::Items(model)) => items(model),
        (Grammar::Vars(dialect), Model::Vars(model)) => vars(*dialect, model)?,
        (Grammar::Ini(dialect), Model::Ini(model)) => ini(*dialect, model)?,
        (Grammar::Pairs(dialect), Model::Pairs(model)) => pairs(*dialect, model)?,
        (Grammar::Fstab, Model::Fstab(model)) => fstab(model)?,
        (Grammar::Toml, Model::Table(model)) => toml(model),
        _ => return Err(Refusal::new(Key::file(), "the entries are of another shape than the file")),
    };
    let header = model.header();
    let fuel = 10_000 + 100 * (size + header.len()) as u64;
    let [top, name] = fields(grammar);
    let value = Value::from_pairs([(top, Value::from(Serde(lines(header)))), (name, entries)]);
    Ok(View { value, fuel })
}

/// The comment of an entry.
#[derive(Serialize)]
struct Remark<'a> {
    above: Vec<Cow<'a, str>>,
    behind: Option<Cow<'a, str>>,
}

fn lines(lines: &[String]) -> Vec<Cow<'_, str>> {
    lines.iter().map(|line| line.as_str().into()).collect()
}

fn remark(comment: &Comment) -> Remark<'_> {
    Remark { above: lines(&comment.above), behind: comment.behind.as_deref().map(Cow::from) }
}

#[derive(Serialize)]
struct RuleView<'a> {
    key: &'a str,
    group: Option<&'a str>,
    words: &'a [String],
    comment: Remark<'a>,
}

fn rules(model: &Rules) -> (Value, usize) {
    let size = model.rules.iter().map(|r| 1 + r.words.len() + r.comment.above.len()).sum();
    let rules: Vec<_> = model
        .rules
        .iter()
        .map(|rule| RuleView {
            key: &rule.key,
            group: rule.group.as_deref(),
            words: &rule.words,
            comment: remark(&rule.comment),
        })
        .collect();
    (Value::from(Serde(&rules)), size)
}

#[derive(Serialize)]
struct ItemView<'a> {
    text: &'a str,
    comment: Remark<'a>,
}

fn items(model: &Items) -> (Value, usize) {
    let size = model.items.iter().map(|i| 1 + i.comment.above.len()).sum();
    let items: Vec<_> =
        model.items.iter().map(|i| ItemView { text: &i.text, comment: remark(&i.comment) }).collect();
    (Value::from(Serde(&items)), size)
}

#[derive(Serialize)]
struct StatementView<'a> {
    source: Option<Value>,
    export: &'static str,
    name: &'a str,
    operator: &'static str,
    value: Value,
    comment: Remark<'a>,
}

fn vars(dialect: VarsDialect, model: &Vars) -> Result<(Value, usize), Refusal> {
    let mut size = 0;
    let mut statements = Vec::new();
    for statement in &model.statements {
        let comment = statement.comment();
        size += 1 + comment.above.len();
        let mut view = StatementView {
            source: None,
            export: "",
            name: "",
            operator: "",
            value: Value::from(""),
            comment: remark(comment),
        };
        match statement {
            Statement::Source(source) => {
                view.source = Some(words::path(dialect, source)?);
            }
            Statement::Assign(assign) => {
                if let VarsDialect::Shell { export: true } = dialect {
                    view.export = "export ";
                }
                view.name = &assign.name;
                view.operator = if assign.append { "+=" } else { "=" };
                view.value = words::value(dialect, assign)?;
            }
        }
        statements.push(view);
    }
    Ok((Value::from(Serde(&statements)), size))
}

#[derive(Serialize)]
struct SectionView<'a> {
    name: &'a str,
    keys: Vec<KeyView<'a>>,
    comment: Remark<'a>,
}

#[derive(Serialize)]
struct KeyView<'a> {
    key: &'a str,
    value: Value,
    comment: Remark<'a>,
}

fn ini(dialect: IniDialect, model: &Ini) -> Result<(Value, usize), Refusal> {
    let mut size = 0;
    let mut sections = Vec::new();
    for section in &model.sections {
        size += 1 + section.comment.above.len();
        let mut keys = Vec::new();
        for key in &section.keys {
            size += 1 + key.comment.above.len();
            let value = words::ini_value(dialect, &section.name, key)?;
            keys.push(KeyView { key: &key.key, value, comment: remark(&key.comment) });
        }
        sections.push(SectionView { name: &section.name, keys, comment: remark(&section.comment) });
    }
    Ok((Value::from(Serde(&sections)), size))
}

#[derive(Serialize)]
struct PairView<'a> {
    key: &'a str,
    value: &'a str,
    line: String,
    comment: Remark<'a>,
}

fn pairs(dialect: PairsDialect, model: &Pairs) -> Result<(Value, usize), Refusal> {
    let size = model.pairs.iter().map(|p| 1 + p.comment.above.len()).sum();
    let mut pairs = Vec::new();
    for pair in &model.pairs {
        pairs.push(PairView {
            key: &pair.key,
            value: pair.value.reveal(),
            line: words::pair(dialect, pair)?,
            comment: remark(&pair.comment),
        });
    }
    Ok((Value::from(Serde(&pairs)), size))
}

#[derive(Serialize)]
struct MountView<'a> {
    source: String,
    target: String,
    fstype: String,
    options: String,
    dump: String,
    pass: String,
    comment: Remark<'a>,
}

fn fstab(model: &Fstab) -> Result<(Value, usize), Refusal> {
    let size = model.mounts.iter().map(|m| 1 + m.comment.above.len()).sum();
    let rows = model.mounts.iter().map(words::mount).collect::<Result<Vec<_>, _>>()?;
    let widths: [usize; 6] = std::array::from_fn(|column| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    });
    let mounts: Vec<_> = rows
        .into_iter()
        .zip(&model.mounts)
        .map(|(cells, mount)| {
            let [source, target, fstype, options, dump, pass] = cells;
            let [a, b, c, d, e, _] = widths;
            MountView {
                source: format!("{source:a$}"),
                target: format!("{target:b$}"),
                fstype: if options.is_empty() { fstype } else { format!("{fstype:c$}") },
                options: if options.is_empty() { options } else { format!("{options:d$}") },
                dump: format!("{dump:e$}"),
                pass,
                comment: remark(&mount.comment),
            }
        })
        .collect();
    Ok((Value::from(Serde(&mounts)), size))
}

#[derive(Serialize)]
struct TomlView<'a> {
    title: Option<&'a str>,
    entries: Vec<KeyView<'a>>,
    comment: Remark<'a>,
}

fn toml(model: &Table) -> (Value, usize) {
    let sections = syntax::toml::sections(model);
    let mut size = 0;
    let mut views = Vec::new();
    for section in &sections {
        size += 1 + section.above.len();
        let mut entries = Vec::new();
        for key in &section.keys {
            size += 1 + key.above.len();
            entries.push(KeyView {
                key: &key.key,
                value: Value::from_safe_string(key.value.clone()),
                comment: Remark { above: lines(&key.above), behind: key.behind.as_deref().map(Cow::from) },
            });
        }
        let comment =
            Remark { above: lines(&section.above), behind: section.behind.as_deref().map(Cow::from) };
        views.push(TomlView { title: section.header.as_deref(), entries, comment });
    }
    (Value::from(Serde(&views)), size)
}
