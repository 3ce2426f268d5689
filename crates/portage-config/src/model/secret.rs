//! Which entries are secret.

use super::{Model, Statement, Table, TomlValue};
use crate::vocab::{Piece, Text, exposes, is_secret_name};

impl Model {
    /// Makes a secret of each value whose name says that it is one: `token`, `SCCACHE_WEBDAV_TOKEN`. A value that
    /// only refers to others is none.
    pub(crate) fn mark_secrets(&mut self) {
        match self {
            Self::Vars(vars) => {
                for statement in &mut vars.statements {
                    if let Statement::Assign(assign) = statement
                        && is_secret_name(&assign.name)
                        && assign.value.pieces().iter().any(|piece| matches!(piece, Piece::Literal(_)))
                    {
                        assign.value = std::mem::take(&mut assign.value).into_secret(true);
                    }
                }
            }
            Self::Ini(ini) => {
                let keys = ini.sections.iter_mut().flat_map(|section| &mut section.keys);
                keys.for_each(|key| mark(&key.key, &mut key.value));
            }
            Self::Pairs(pairs) => pairs.pairs.iter_mut().for_each(|pair| mark(&pair.key, &mut pair.value)),
            Self::Table(table) => mark_table(table),
            Self::Rules(_) | Self::Items(_) | Self::Fstab(_) | Self::Opaque(_) => {}
        }
    }

    /// The keys of the entries that must not be read by everybody. A name somebody logs in with is none, see
    /// [`exposes`]. Bytes are not looked into.
    ///
    /// ```
    /// use portage_config::{file, report::Report, syntax, vocab::RelPath};
    /// let path = RelPath::parse("etc/portage/make.conf")?;
    /// let kind = file::find(&path).ok_or("no kind")?;
    /// let text = b"http_proxy=\"http://me:hunter2@h:3128\"\nRSYNC_PROXY=\"h:3128\"\n";
    /// let model = syntax::read(&kind.grammar, text, &mut Report::new().file(&path));
    /// assert_eq!(model.secrets(), [["http_proxy"]]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn secrets(&self) -> Vec<Vec<String>> {
        let mut keys = Vec::new();
        let mut add = |key: &[&str], secret: bool| {
            if secret {
                keys.push(key.iter().map(|step| (*step).to_owned()).collect());
            }
        };
        match self {
            Self::Vars(vars) => vars.assigns().for_each(|assign| {
                add(&[&assign.name], assign.value.is_secret() || exposes(&assign.value.spell()));
            }),
            Self::Ini(ini) => {
                for section in &ini.sections {
                    section.keys.iter().for_each(|key| add(&[&section.name, &key.key], key.value.exposes()));
                }
            }
            Self::Pairs(pairs) => pairs.pairs.iter().for_each(|pair| add(&[&pair.key], pair.value.exposes())),
            Self::Fstab(fstab) => {
                for mount in &fstab.mounts {
                    add(&[&mount.target, "source"], mount.source.exposes());
                    add(&[&mount.target, "options"], mount.options.iter().any(Text::exposes));
                }
            }
            Self::Table(table) => of_table(table, &mut Vec::new(), &mut keys),
            Self::Rules(_) | Self::Items(_) | Self::Opaque(_) => {}
        }
        keys
    }

    /// The values that are secret as a whole, as they are spelled and as they are read: what no message may hold.
    pub fn secret_values(&self) -> Vec<String> {
        let mut values = Vec::new();
        let mut add = |text: &Text| {
            if text.is_secret() {
                values.push(text.reveal().to_owned());
            }
        };
        match self {
            Self::Vars(vars) => {
                for assign in vars.assigns().filter(|assign| assign.value.is_secret()) {
                    values.extend([assign.value.spell(), assign.value.expand(|_| None)]);
                }
            }
            Self::Ini(ini) => {
                ini.sections.iter().flat_map(|section| &section.keys).for_each(|key| add(&key.value));
            }
            Self::Pairs(pairs) => pairs.pairs.iter().for_each(|pair| add(&pair.value)),
            Self::Fstab(fstab) => {
                for mount in &fstab.mounts {
                    mount.options.iter().chain([&mount.source]).for_each(&mut add);
                }
            }
            Self::Table(table) => each_text(table, &mut add),
            Self::Rules(_) | Self::Items(_) | Self::Opaque(_) => {}
        }
        values
    }
}

fn each_text(table: &Table, visit: &mut impl FnMut(&Text)) {
    table.entries.iter().for_each(|entry| visit_value(&entry.value, visit));
}

fn visit_value(value: &TomlValue, visit: &mut impl FnMut(&Text)) {
    match value {
        TomlValue::String(text) => visit(text),
        TomlValue::Array(values) => values.iter().for_each(|value| visit_value(value, visit)),
        TomlValue::Table(table) => each_text(table, visit),
        _ => {}
    }
}

fn mark(key: &str, value: &mut Text) {
    if is_secret_name(key) && !value.reveal().is_empty() {
        *value = Text::secret(value.reveal());
    }
}

fn mark_table(table: &mut Table) {
    for entry in &mut table.entries {
        match &mut entry.value {
            TomlValue::String(text) => mark(&entry.key, text),
            value => mark_value(value),
        }
    }
}

fn mark_value(value: &mut TomlValue) {
    match value {
        TomlValue::Table(table) => mark_table(table),
        TomlValue::Array(values) => values.iter_mut().for_each(mark_value),
        _ => {}
    }
}

fn of_table(table: &Table, way: &mut Vec<String>, keys: &mut Vec<Vec<String>>) {
    for entry in &table.entries {
        way.push(entry.key.clone());
        match &entry.value {
            TomlValue::Table(inner) => of_table(inner, way, keys),
            value if exposed(value) => keys.push(way.clone()),
            _ => {}
        }
        way.pop();
    }
}

fn exposed(value: &TomlValue) -> bool {
    match value {
        TomlValue::String(text) => text.exposes(),
        TomlValue::Array(values) => values.iter().any(exposed),
        TomlValue::Table(table) => table.entries.iter().any(|entry| exposed(&entry.value)),
        _ => false,
    }
}
