//! Values as a file's language spells them.

use minijinja::Value;

use crate::file::{Grammar, IniDialect, PairsDialect, VarsDialect};
use crate::model::{Assign, Comment, IniKey, Model, Mount, Pair, Pairs, Source, Statement, Vars};
use crate::report::Key;
use crate::syntax::{self, Refusal};
use crate::vocab::Text;

/// The value of a variable as it stands behind `NAME=`, quotes included.
pub(super) fn value(dialect: VarsDialect, assign: &Assign) -> Result<Value, Refusal> {
    let named = |refusal: Refusal| Refusal { key: Key::of(&assign.name), ..refusal };
    let text = match dialect {
        VarsDialect::Getconfig => syntax::getconfig::quote(&assign.value).map_err(named)?,
        VarsDialect::Shell { .. } => {
            let one = Assign { append: false, comment: Comment::default(), ..assign.clone() };
            behind(dialect, Statement::Assign(one), "=").map_err(named)?
        }
    };
    Ok(Value::from_safe_string(text))
}

/// The path of a `source`, quotes included.
pub(super) fn path(dialect: VarsDialect, source: &Source) -> Result<Value, Refusal> {
    let one = Source { comment: Comment::default(), ..source.clone() };
    behind(dialect, Statement::Source(one), "source ").map(Value::from_safe_string)
}

/// What the grammar itself writes behind a mark in a line with this statement alone.
fn behind(dialect: VarsDialect, statement: Statement, mark: &str) -> Result<String, Refusal> {
    let model = Model::Vars(Vars { header: Vec::new(), statements: vec![statement] });
    let line = syntax::write(&Grammar::Vars(dialect), b"", &model)?;
    let line = String::from_utf8_lossy(&line);
    let line = line.strip_suffix('\n').unwrap_or(&line);
    Ok(line.split_once(mark).map(|(_, rest)| rest).unwrap_or_default().to_owned())
}

/// A value of a key, its further lines indented or escaped as the reader wants them.
pub(super) fn ini_value(dialect: IniDialect, section: &str, key: &IniKey) -> Result<Value, Refusal> {
    let text = key.value.reveal();
    if text.chars().any(|c| c.is_control() && c != '\t' && c != '\n') {
        let key = Key::of(section).then(&key.key);
        return Err(Refusal::new(key, "the value holds a control character"));
    }
    let text = match dialect {
        IniDialect::ConfigParser => text.replace('\n', "\n    "),
        IniDialect::Systemd => text.replace('\n', "\\\n    "),
        IniDialect::KeyFile => text.to_owned(),
    };
    Ok(Value::from_safe_string(text))
}

/// A line of a name and a value, as the grammar itself writes it.
pub(super) fn pair(dialect: PairsDialect, pair: &Pair) -> Result<String, Refusal> {
    let one = Pair { comment: Comment::default(), ..pair.clone() };
    let line = syntax::pairs::write(dialect, b"", &Pairs { header: Vec::new(), pairs: vec![one] })?;
    let line = String::from_utf8_lossy(&line);
    Ok(line.strip_suffix('\n').unwrap_or(&line).to_owned())
}

/// The six fields of a row, escaped. Without options the last three are empty.
pub(super) fn mount(mount: &Mount) -> Result<[String; 6], Refusal> {
    let field = |text: &str| {
        syntax::columns::escape(text).map_err(|refusal| Refusal { key: Key::of(&mount.target), ..refusal })
    };
    let options: Vec<&str> = mount.options.iter().map(Text::reveal).collect();
    let last = match options.as_slice() {
        [] => [String::new(), String::new(), String::new()],
        options => [field(&options.join(","))?, mount.dump.to_string(), mount.pass.to_string()],
    };
    let [options, dump, pass] = last;
    let (source, target) = (field(mount.source.reveal())?, field(&mount.target)?);
    Ok([source, target, field(&mount.fstype)?, options, dump, pass])
}

/// The first entry that holds a control character where none can be written. Tables are not asked: TOML can
/// escape them.
pub(super) fn control(model: &Model) -> Option<Key> {
    let bad = |text: &str| text.chars().any(|c| c.is_control() && c != '\t');
    let remark = |c: &Comment| c.above.iter().chain(&c.behind).any(|line| bad(line));
    if model.header().iter().any(|line| bad(line)) {
        return Some(Key::file());
    }
    match model {
        Model::Rules(m) => {
            let is = |r: &&crate::model::Rule| {
                remark(&r.comment)
                    || [&r.key].into_iter().chain(&r.group).chain(&r.words).any(|text| bad(text))
            };
            m.rules.iter().find(is).map(|r| Key::of(&r.key))
        }
        Model::Items(m) => {
            m.items.iter().find(|i| bad(&i.text) || remark(&i.comment)).map(|i| Key::of(&i.text))
        }
        Model::Vars(m) => m.statements.iter().find(|s| remark(s.comment())).map(|s| match s {
            Statement::Assign(assign) => Key::of(&assign.name),
            Statement::Source(_) => Key::of("source"),
        }),
        Model::Ini(m) => m.sections.iter().find_map(|section| {
            let key = section.keys.iter().find(|k| bad(&k.key) || remark(&k.comment));
            match key {
                _ if bad(&section.name) || remark(&section.comment) => Some(Key::of(&section.name)),
                Some(key) => Some(Key::of(&section.name).then(&key.key)),
                None => None,
            }
        }),
        Model::Pairs(m) => {
            let is = |p: &&Pair| bad(&p.key) || bad(p.value.reveal()) || remark(&p.comment);
            m.pairs.iter().find(is).map(|p| Key::of(&p.key))
        }
        Model::Fstab(m) => m.mounts.iter().find(|m| remark(&m.comment)).map(|m| Key::of(&m.target)),
        Model::Table(_) | Model::Opaque(_) => None,
    }
}
