//! Models as the entries of a section.

use std::collections::HashSet;
use std::fmt::Write;

use super::remarks::Remarks;
use super::secret::{self, Found, Spelling};
use super::spell::{self, WIDTH};
use crate::file::{Grammar, Groups, IniDialect, ItemWords, Kind};
use crate::model::{
    Comment, Entry, Fstab, Ini, IniKey, Items, Model, Pairs, Rule, Rules, Statement, Table, TomlValue, Vars,
};
use crate::report::Key;
use crate::spec::form;
use crate::spec::merge::PLAIN;
use crate::syntax::toml::{TomlKey, sections, string};
use crate::vocab::{RelPath, credentials};

/// Why the entries of a file cannot say all of it.
pub(super) struct Reason {
    pub message: String,
    /// The entry that is at fault, at its last place.
    pub key: Option<String>,
}

impl From<String> for Reason {
    fn from(message: String) -> Self {
        Self { message, key: None }
    }
}

/// The entries of a section.
pub(super) struct Body {
    pub text: String,
    /// Whether it is plain that they read back as they are.
    pub simple: bool,
}

/// The entries below the header of a file, or why they cannot say all of it.
pub(super) fn body(
    kind: &'static Kind,
    model: &Model,
    path: &RelPath,
    remarks: Remarks,
    secrets: &mut Found<'_>,
) -> Result<Body, Reason> {
    let mut out = Out { text: String::new(), remarks, secrets };
    let mut simple = false;
    match (model, kind.grammar) {
        (Model::Rules(rules), Grammar::Rules(dialect)) => {
            out.text.reserve(rules.rules.len() * 48);
            simple = dialect.atoms.is_some() && rules.rules.iter().all(|rule| rule.group.is_none());
            // Only names are followed by URIs.
            if dialect.atoms.is_none()
                && rules.rules.iter().flat_map(|rule| &rule.words).any(|w| !credentials(w).is_empty())
            {
                return Err("a secret cannot be one of several words".to_owned().into());
            }
            out.rules(dialect.groups, rules)?;
        }
        (Model::Items(items), Grammar::Items(dialect)) => {
            out.text.reserve(items.items.len() * 40);
            simple = matches!(dialect.words, ItemWords::Atoms(_));
            out.items(items)?;
        }
        (Model::Vars(vars), _) => out.vars(vars)?,
        (Model::Ini(ini), Grammar::Ini(dialect)) => out.ini(dialect, ini, path)?,
        (Model::Pairs(pairs), _) => out.pairs(pairs)?,
        (Model::Fstab(fstab), _) => out.fstab(fstab)?,
        (Model::Table(table), _) => out.table(table, path)?,
        _ => return Err("its entries have no form in a spec".to_owned().into()),
    }
    let Out { mut text, remarks, .. } = out;
    remarks.rest(&mut text);
    Ok(Body { text, simple })
}

struct Out<'a, 'f> {
    text: String,
    remarks: Remarks,
    secrets: &'a mut Found<'f>,
}

fn twice(what: &str) -> Reason {
    Reason { message: format!("`{what}` stands in it twice"), key: Some(what.to_owned()) }
}

impl Out<'_, '_> {
    /// The comments above an entry.
    fn above(&mut self, key: &Key, comment: &Comment) -> Result<(), Reason> {
        secret::comments(comment.above.iter().chain(&comment.behind))?;
        self.remarks.above(&mut self.text, key);
        spell::comment(&mut self.text, &comment.above);
        Ok(())
    }

    /// The end of an entry's line.
    fn behind(&mut self, comment: &Comment) {
        if let Some(behind) = &comment.behind {
            self.text.push_str("  #");
            self.text.push_str(behind);
        }
        self.text.push('\n');
    }

    fn entry(&mut self, name: &str, value: &str, comment: &Comment) -> Result<(), Reason> {
        self.above(&Key::of(name), comment)?;
        self.text.push_str(&spell::key(name));
        self.text.push_str(" = ");
        self.text.push_str(value);
        self.behind(comment);
        Ok(())
    }

    fn rules(&mut self, groups: Groups, rules: &Rules) -> Result<(), Reason> {
        let mut seen = HashSet::with_capacity(rules.rules.len());
        for run in rules.rules.chunk_by(|a, b| a.key == b.key) {
            let Some(first) = run.first() else { continue };
            if !seen.insert(first.key.as_str()) {
                return Err(twice(&first.key));
            }
            match run {
                [only] if only.group.is_none() => {
                    self.entry(&first.key, &words(&only.words), &first.comment)?;
                }
                _ => self.groups(groups, run)?,
            }
        }
        Ok(())
    }

    /// The lines of one atom with flags in groups: one table, or a line each where each has its comment.
    fn groups(&mut self, groups: Groups, run: &[Rule]) -> Result<(), Reason> {
        let Some((first, rest)) = run.split_first() else { return Ok(()) };
        let key = first.key.as_str();
        if groups == Groups::None {
            return Err(twice(key));
        }
        if groups == Groups::Leak {
            return Err(format!("the group in the line of `{key}` goes on in later lines").into());
        }
        let mut seen = HashSet::new();
        let mut parts = Vec::with_capacity(run.len());
        for (at, rule) in run.iter().enumerate() {
            let group = rule.group.as_ref().map_or_else(|| PLAIN.to_owned(), |g| g.to_ascii_uppercase());
            let is_named = rule.group.is_some();
            if (!is_named && at > 0) || (is_named && group == PLAIN) || !seen.insert(group.clone()) {
                return Err(twice(key));
            }
            if rule.words.is_empty() {
                return Err(format!("a group of `{key}` has no flags").into());
            }
            parts.push((spell::key(&group), spell::value(&rule.words.join(" "))));
        }
        let width: usize = parts.iter().map(|(name, value)| name.len() + value.len() + 5).sum();
        if width + key.len() <= WIDTH && rest.iter().all(|rule| rule.comment.is_empty()) {
            let parts: Vec<String> = parts.iter().map(|(name, value)| format!("{name} = {value}")).collect();
            return self.entry(key, &format!("{{ {} }}", parts.join(", ")), &first.comment);
        }
        for ((name, value), rule) in parts.iter().zip(run) {
            self.above(&Key::of(key), &rule.comment)?;
            let _ = write!(self.text, "{}.{name} = {value}", spell::key(key));
            self.behind(&rule.comment);
        }
        Ok(())
    }

    fn items(&mut self, items: &Items) -> Result<(), Reason> {
        let mut seen = HashSet::with_capacity(items.items.len());
        for item in &items.items {
            if !seen.insert(item.text.as_str()) {
                return Err(twice(&item.text));
            }
            self.entry(&item.text, "true", &item.comment)?;
        }
        Ok(())
    }

    fn vars(&mut self, vars: &Vars) -> Result<(), Reason> {
        let mut seen = HashSet::new();
        for statement in &vars.statements {
            let Statement::Assign(assign) = statement else {
                let message = "`source` reads another file in the middle of it".to_owned();
                return Err(Reason { message, key: Some("source".to_owned()) });
            };
            if !seen.insert(assign.name.as_str()) {
                return Err(twice(&assign.name));
            }
            let spelled = assign.value.spell();
            let spelled = if assign.append { spelled.trim() } else { &spelled };
            let value = match self.secrets.hide(&assign.name, spelled, Spelling::Word)? {
                hidden if hidden == spell::literal(spelled) => spell::wrapped(spelled),
                hidden => string(&hidden),
            };
            self.entry(&assign.name, &value, &assign.comment)?;
        }
        Ok(())
    }

    fn pairs(&mut self, pairs: &Pairs) -> Result<(), Reason> {
        let mut seen = HashSet::new();
        for pair in &pairs.pairs {
            if !seen.insert(pair.key.as_str()) {
                return Err(twice(&pair.key));
            }
            let value = string(&self.secrets.hide(&pair.key, pair.value.reveal(), Spelling::Plain)?);
            self.entry(&pair.key, &value, &pair.comment)?;
        }
        Ok(())
    }

    fn ini(&mut self, dialect: IniDialect, ini: &Ini, path: &RelPath) -> Result<(), Reason> {
        let mut seen = HashSet::new();
        // A comment of a section needs a header to stand above.
        let headers = ini.sections.iter().any(|section| !section.comment.is_empty());
        let mut gap = false;
        for section in &ini.sections {
            if !seen.insert(section.name.as_str()) {
                return Err(twice(&section.name));
            }
            if std::mem::replace(&mut gap, headers || section.keys.len() > 1) {
                self.text.push('\n');
            }
            let prefix = if headers {
                self.above(&Key::of(section.name.as_str()), &section.comment)?;
                let name = spell::key(&section.name);
                let _ = write!(self.text, "[{}.{name}]", spell::section(path));
                self.behind(&section.comment);
                String::new()
            } else if section.keys.is_empty() {
                self.entry(&section.name, "{}", &section.comment)?;
                continue;
            } else {
                // What stands above the header of the section goes above its first key.
                self.remarks.above(&mut self.text, &Key::of(section.name.as_str()));
                format!("{}.", spell::key(&section.name))
            };
            for run in section.keys.chunk_by(|a, b| a.key == b.key) {
                let Some(first) = run.first() else { continue };
                let value = self.ini_value(dialect, run)?;
                self.above(&Key::of(section.name.as_str()).then(&first.key), &first.comment)?;
                let _ = write!(self.text, "{prefix}{} = {value}", spell::key(&first.key));
                self.behind(&first.comment);
            }
        }
        Ok(())
    }

    fn ini_value(&mut self, dialect: IniDialect, run: &[IniKey]) -> Result<String, Reason> {
        let spelling = match dialect {
            IniDialect::ConfigParser => Spelling::Percent,
            IniDialect::Systemd | IniDialect::KeyFile => Spelling::Plain,
        };
        let (yes, no) = if dialect == IniDialect::KeyFile { ("true", "false") } else { ("yes", "no") };
        let mut values = Vec::with_capacity(run.len());
        for key in run {
            let text = key.value.reveal();
            let number = text.parse::<i64>().is_ok_and(|number| number.to_string() == text);
            values.push(match text {
                _ if text == yes => "true".to_owned(),
                _ if text == no => "false".to_owned(),
                _ if number => text.to_owned(),
                _ => string(&self.secrets.hide(&key.key, text, spelling)?),
            });
        }
        match (values.as_slice(), run.first()) {
            ([only], _) => Ok(only.clone()),
            (_, Some(first)) if dialect != IniDialect::Systemd => Err(twice(&first.key)),
            _ => Ok(format!("[{}]", values.join(", "))),
        }
    }

    fn fstab(&mut self, fstab: &Fstab) -> Result<(), Reason> {
        let mut seen = HashSet::new();
        for (mount, key) in fstab.mounts.iter().zip(form::mount_keys(fstab)) {
            let source = string(&self.secrets.hide("source", mount.source.reveal(), Spelling::Plain)?);
            let mut value = format!("{{ source = {source}, type = {}", spell::value(&mount.fstype));
            let mut options = Vec::with_capacity(mount.options.len());
            for option in &mount.options {
                options.push(self.secrets.option("options", option.reveal())?);
            }
            if !options.is_empty() {
                let _ = write!(value, ", options = {}", string(&options.join(",")));
            }
            for (name, number) in [("dump", mount.dump), ("pass", mount.pass)] {
                if number != 0 {
                    let _ = write!(value, ", {name} = {number}");
                }
            }
            value.push_str(" }");
            self.entry(&key, &value, &mount.comment)?;
            if !seen.insert(key) {
                return Err(twice(&mount.target));
            }
        }
        Ok(())
    }

    fn table(&mut self, table: &Table, path: &RelPath) -> Result<(), Reason> {
        let table = self.harmless(table)?;
        let prefix = spell::section(path);
        for section in sections(&table) {
            secret::comments(section.above.iter().chain(&section.behind))?;
            if let Some(header) = &section.header {
                let (open, rest) = match header.strip_prefix("[[") {
                    Some(rest) => ("[[", rest),
                    None => ("[", header.strip_prefix('[').unwrap_or(header)),
                };
                self.text.push('\n');
                spell::comment(&mut self.text, &section.above);
                let _ = write!(self.text, "{open}{prefix}.{rest}");
                self.behind(&Comment { above: Vec::new(), behind: section.behind.clone() });
            }
            for TomlKey { key, value, above, behind, .. } in section.keys {
                let comment = Comment { above, behind };
                if section.header.is_none() {
                    self.above(&Key::of(key.as_str()), &comment)?;
                } else {
                    secret::comments(comment.above.iter().chain(&comment.behind))?;
                    spell::comment(&mut self.text, &comment.above);
                }
                let _ = write!(self.text, "{key} = {value}");
                self.behind(&comment);
            }
        }
        Ok(())
    }

    /// A table in which `@{` is no parameter, and credentials are some.
    fn harmless(&mut self, table: &Table) -> Result<Table, Reason> {
        let entries = table.entries.iter().map(|entry| {
            let value = self.harmless_value(&entry.key, &entry.value)?;
            Ok(Entry { key: spell::literal(&entry.key).into_owned(), value, comment: entry.comment.clone() })
        });
        Ok(Table { header: Vec::new(), entries: entries.collect::<Result<_, Reason>>()? })
    }

    fn harmless_value(&mut self, key: &str, value: &TomlValue) -> Result<TomlValue, Reason> {
        Ok(match value {
            TomlValue::String(text) => {
                TomlValue::String(self.secrets.hide(key, text.reveal(), Spelling::Plain)?.into())
            }
            TomlValue::Array(values) => TomlValue::Array(
                values.iter().map(|value| self.harmless_value(key, value)).collect::<Result<_, _>>()?,
            ),
            TomlValue::Table(table) => TomlValue::Table(self.harmless(table)?),
            other => other.clone(),
        })
    }
}

/// The words of a rule.
fn words(words: &[String]) -> String {
    if words.is_empty() {
        return "true".to_owned();
    }
    let joined = words.join(" ");
    if joined.len() <= WIDTH {
        return spell::value(&joined);
    }
    let mut out = "[\n   ".to_owned();
    let mut column = 3;
    for word in words {
        let word = spell::value(word);
        if column + word.len() + 2 > WIDTH {
            out.push_str("\n   ");
            column = 3;
        }
        let _ = write!(out, " {word},");
        column += word.len() + 2;
    }
    out.push_str("\n]");
    out
}
