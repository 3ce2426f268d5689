//! Models as the entries of a spec: a key and a value, secrets hidden.

use portage_config::model::{Assign, Comment, Fstab, Ini, Model, Rules, Statement, Table, TomlValue, Vars};
use portage_config::vocab::Text;
use serde_json::{Value, json};

/// One entry of a file.
#[derive(Clone, Debug)]
pub(crate) struct Entry<'a> {
    /// The way to it, as a spec says it.
    pub(crate) key: Vec<String>,
    /// Its value with secrets hidden.
    pub(crate) value: Value,
    /// Whether something is hidden.
    pub(crate) secret: bool,
    /// Its comment.
    pub(crate) comment: Option<&'a Comment>,
}

impl<'a> Entry<'a> {
    fn new(key: &[&str], value: Value, comment: Option<&'a Comment>) -> Self {
        let key = key.iter().map(|step| (*step).to_owned()).collect();
        Self { key, value, secret: false, comment }
    }

    fn text(key: &[&str], text: &Text, comment: Option<&'a Comment>) -> Self {
        Self { secret: text.holds_secret(), ..Self::new(key, shown(text), comment) }
    }
}

/// All entries of a model, in order.
pub(crate) fn entries(model: &Model) -> Vec<Entry<'_>> {
    match model {
        Model::Rules(rules) => of_rules(rules),
        Model::Items(items) => items
            .items
            .iter()
            .map(|item| Entry::new(&[&item.text], Value::Bool(true), Some(&item.comment)))
            .collect(),
        Model::Vars(vars) => of_vars(vars),
        Model::Ini(ini) => of_ini(ini),
        Model::Pairs(pairs) => pairs
            .pairs
            .iter()
            .map(|pair| Entry::text(&[&pair.key], &pair.value, Some(&pair.comment)))
            .collect(),
        Model::Fstab(fstab) => of_fstab(fstab),
        Model::Table(table) => {
            let mut all = Vec::new();
            of_table(table, &mut Vec::new(), &mut all);
            all
        }
        _ => Vec::new(),
    }
}

fn shown(text: &Text) -> Value {
    Value::String(text.shown().into_owned())
}

fn of_rules(rules: &Rules) -> Vec<Entry<'_>> {
    let grouped: std::collections::HashSet<&str> =
        rules.rules.iter().filter(|rule| rule.group.is_some()).map(|rule| rule.key.as_str()).collect();
    rules
        .rules
        .iter()
        .map(|rule| {
            let value =
                if rule.words.is_empty() { Value::Bool(true) } else { Value::String(rule.words.join(" ")) };
            let group = rule.group.as_deref().or(grouped.contains(rule.key.as_str()).then_some("USE"));
            let key: Vec<&str> = [rule.key.as_str()].into_iter().chain(group).collect();
            Entry::new(&key, value, Some(&rule.comment))
        })
        .collect()
}

fn of_vars(vars: &Vars) -> Vec<Entry<'_>> {
    let assign = |assign: &'_ Assign| {
        let (shown, spelled) = (assign.value.shown(), Text::from(assign.value.spell()));
        let secret = assign.value.is_secret() || spelled.holds_secret();
        let text = if assign.value.is_secret() { shown } else { spelled.shown().into_owned() };
        (Value::String(text), secret)
    };
    vars.statements
        .iter()
        .map(|statement| match statement {
            Statement::Assign(a) => {
                let (value, secret) = assign(a);
                let key: &[&str] = if a.append { &[&a.name, "add"] } else { &[&a.name] };
                Entry { secret, ..Entry::new(key, value, Some(&a.comment)) }
            }
            Statement::Source(s) => Entry::new(&["source"], Value::String(s.path.shown()), Some(&s.comment)),
        })
        .collect()
}

fn of_ini(ini: &Ini) -> Vec<Entry<'_>> {
    ini.sections
        .iter()
        .flat_map(|section| {
            let empty = section
                .keys
                .is_empty()
                .then(|| Entry::new(&[&section.name], json!({}), Some(&section.comment)));
            let keys = section
                .keys
                .iter()
                .map(|key| Entry::text(&[&section.name, &key.key], &key.value, Some(&key.comment)));
            empty.into_iter().chain(keys)
        })
        .collect()
}

fn of_fstab(fstab: &Fstab) -> Vec<Entry<'_>> {
    fstab
        .mounts
        .iter()
        .flat_map(|mount| {
            let name = if mount.target.starts_with('/') { mount.target.as_str() } else { "swap" };
            let options: Vec<String> =
                mount.options.iter().map(|option| option.shown().into_owned()).collect();
            let mut all = vec![Entry::text(&[name, "source"], &mount.source, Some(&mount.comment))];
            all.push(Entry::new(&[name, "type"], json!(mount.fstype), None));
            if !options.is_empty() {
                let secret = mount.options.iter().any(Text::holds_secret);
                all.push(Entry { secret, ..Entry::new(&[name, "options"], json!(options.join(",")), None) });
            }
            for (key, number) in [("dump", mount.dump), ("pass", mount.pass)] {
                if number != 0 {
                    all.push(Entry::new(&[name, key], json!(number), None));
                }
            }
            all
        })
        .collect()
}

fn of_table<'a>(table: &'a Table, way: &mut Vec<String>, all: &mut Vec<Entry<'a>>) {
    for entry in &table.entries {
        way.push(entry.key.clone());
        match &entry.value {
            TomlValue::Table(inner) if !inner.entries.is_empty() => of_table(inner, way, all),
            value => {
                let (value, secret) = of_toml(value);
                all.push(Entry { key: way.clone(), value, secret, comment: Some(&entry.comment) });
            }
        }
        way.pop();
    }
}

fn of_toml(value: &TomlValue) -> (Value, bool) {
    match value {
        TomlValue::String(text) => (shown(text), text.holds_secret()),
        TomlValue::Integer(number) => (json!(number), false),
        TomlValue::Float(number) => (json!(number), false),
        TomlValue::Boolean(truth) => (json!(truth), false),
        TomlValue::Datetime(text) => (json!(text), false),
        TomlValue::Array(values) => {
            let values: Vec<_> = values.iter().map(of_toml).collect();
            let secret = values.iter().any(|(_, secret)| *secret);
            (values.into_iter().map(|(value, _)| value).collect(), secret)
        }
        TomlValue::Table(table) => {
            let mut secret = false;
            let map = table
                .entries
                .iter()
                .map(|entry| {
                    let (value, hidden) = of_toml(&entry.value);
                    secret |= hidden;
                    (entry.key.clone(), value)
                })
                .collect();
            (Value::Object(map), secret)
        }
    }
}

/// A key as TOML writes it: bare where it may be.
pub(crate) fn toml_key<S: AsRef<str>>(steps: &[S]) -> String {
    let step = |step: &S| {
        let step = step.as_ref();
        let is_bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if !step.is_empty() && step.chars().all(is_bare) { step.to_owned() } else { toml_string(step) }
    };
    steps.iter().map(step).collect::<Vec<_>>().join(".")
}

/// A string as TOML writes it.
pub(crate) fn toml_string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A value as TOML writes it.
pub(crate) fn toml_value(value: &Value) -> String {
    match value {
        Value::String(text) => toml_string(text),
        Value::Array(values) => {
            format!("[{}]", values.iter().map(toml_value).collect::<Vec<_>>().join(", "))
        }
        Value::Object(map) if map.is_empty() => "{}".to_owned(),
        Value::Object(map) => {
            let entries =
                map.iter().map(|(key, value)| format!("{} = {}", toml_key(&[key]), toml_value(value)));
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use portage_config::model::{Mount, Rule};
    use portage_config::vocab::Word;

    fn lines(model: &Model) -> Vec<String> {
        entries(model)
            .iter()
            .map(|entry| format!("{} = {}", toml_key(&entry.key), toml_value(&entry.value)))
            .collect()
    }

    #[test]
    fn groups_are_parts() {
        let rule = |group: Option<&str>, words: &[&str]| Rule {
            key: "a/b".to_owned(),
            group: group.map(str::to_owned),
            words: words.iter().map(|w| (*w).to_owned()).collect(),
            comment: Comment::default(),
        };
        let rules = |rules| Model::Rules(Rules { header: Vec::new(), rules });
        assert_eq!(
            lines(&rules(vec![rule(None, &["x"]), rule(Some("L10N"), &["de"])])),
            ["\"a/b\".USE = \"x\"", "\"a/b\".L10N = \"de\""]
        );
        assert_eq!(lines(&rules(vec![rule(None, &["x", "-y"])])), ["\"a/b\" = \"x -y\""]);
        assert_eq!(lines(&rules(vec![rule(None, &[])])), ["\"a/b\" = true"]);
    }

    #[test]
    fn secrets_are_hidden() {
        let assign = |value: Word| {
            let assign = Assign { name: "X".to_owned(), value, ..Assign::default() };
            Model::Vars(Vars { header: Vec::new(), statements: vec![Statement::Assign(assign)] })
        };
        let model = assign(Word::literal("hunter2").into_secret(true));
        assert!(!format!("{:?}", entries(&model)).contains("hunter2"));
        assert!(entries(&model)[0].secret);
        let model = assign(Word::literal("http://me:pw@host/"));
        assert_eq!(lines(&model), ["X = \"http://‹hidden›@host/\""]);
        assert!(entries(&model)[0].secret);
        let options = vec![Text::from("rw"), Text::secret("password=pw")];
        let mount = Mount { target: "/".to_owned(), options, ..Mount::default() };
        let model = Model::Fstab(Fstab { header: Vec::new(), mounts: vec![mount] });
        assert!(lines(&model).contains(&"\"/\".options = \"rw,‹hidden›\"".to_owned()));
    }

    #[test]
    fn toml_is_written_as_toml_reads_it() {
        for text in ["", "a b", "\"", "\\", "\n", "\u{7f}", "'''", "ä\u{1b}", "\"'", "${X} \\$"] {
            let document = format!("{} = {}", toml_key(&[text]), toml_value(&json!([text])));
            let table: toml_edit::DocumentMut = document.parse().unwrap();
            assert_eq!(table[text][0].as_str(), Some(text), "{document}");
        }
    }
}
