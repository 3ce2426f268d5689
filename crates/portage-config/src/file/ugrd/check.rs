//! What a configuration of ugrd means.

use std::collections::{BTreeMap, BTreeSet};

use super::codes::{L051, L052, L053, L054, L055, L056, L057, L058, L059, L061, L062, L063, L064, L151};
use super::nested;
use super::table::{Type, closure, module, modules, parameter, parameters};
use crate::model::{Model, Table, TomlValue};
use crate::report::{Findings, Key, Severity};
use crate::vocab::nearest;

/// The modules that ugrd may load by itself when it probes the machine.
const AUTOMATIC: [&str; 10] = [
    "ugrd.crypto.cryptsetup",
    "ugrd.fs.lvm",
    "ugrd.fs.mdraid",
    "ugrd.fs.btrfs",
    "ugrd.fs.ext4",
    "ugrd.fs.f2fs",
    "ugrd.fs.bcachefs",
    "ugrd.fs.zfs",
    "ugrd.fs.overlayfs",
    "ugrd.kmod.usb",
];

/// What the checks look at.
pub(super) struct Config<'a> {
    pub(super) table: &'a Table,
    /// The modules that are named, in order.
    pub(super) named: Vec<&'a str>,
    /// Those that are loaded.
    pub(super) loaded: BTreeSet<&'a str>,
    /// Whether a module of unknown parameters is among them.
    pub(super) external: bool,
    pub(super) hostonly: bool,
}

impl<'a> Config<'a> {
    fn new(table: &'a Table) -> Self {
        let named = strings(table.get("modules"));
        let hostonly = table.get("hostonly") != Some(&TomlValue::Boolean(false));
        let mut all = named.clone();
        for mount in ["mounts", "late_mounts"] {
            for (_, mount) in tables(table.get(mount)) {
                if let Some(TomlValue::String(kind)) = mount.get("type") {
                    let pulled =
                        modules().iter().find(|m| m.name.strip_prefix("ugrd.fs.") == Some(kind.reveal()));
                    all.extend(pulled.map(|m| m.name));
                }
            }
        }
        if hostonly {
            all.extend(AUTOMATIC);
        }
        let loaded = closure(all);
        let external = named.iter().any(|name| !name.starts_with("ugrd.") && module(name).is_none());
        Self { table, named, loaded, external, hostonly }
    }

    fn is(&self, key: &str, value: bool) -> bool {
        self.table.get(key) == Some(&TomlValue::Boolean(value))
    }
}

/// The strings of a value: a list, or one.
fn strings(value: Option<&TomlValue>) -> Vec<&str> {
    match value {
        Some(TomlValue::String(text)) => vec![text.reveal()],
        Some(TomlValue::Array(values)) => values
            .iter()
            .filter_map(|value| match value {
                TomlValue::String(text) => Some(text.reveal()),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// The tables inside a table.
pub(super) fn tables(value: Option<&TomlValue>) -> impl Iterator<Item = (&str, &Table)> {
    let entries = match value {
        Some(TomlValue::Table(table)) => table.entries.as_slice(),
        _ => &[],
    };
    entries.iter().filter_map(|entry| match &entry.value {
        TomlValue::Table(table) => Some((entry.key.as_str(), table)),
        _ => None,
    })
}

pub(super) fn check(model: &Model, findings: &mut Findings<'_>) {
    let Model::Table(table) = model else { return };
    let config = Config::new(table);
    check_modules(&config, findings);
    for entry in &table.entries {
        check_key(&config, &entry.key, &entry.value, findings);
        nested::swallowed(&Key::of(&entry.key), &entry.key, &entry.value, findings);
    }
    nested::check(&config, findings);
    check_compression(&config, findings);
    check_programs(&config, findings);
    check_host(&config, findings);
}

/// What is wrong with it on a musl system, which only the CHOST beside it tells.
pub fn musl(model: &Model, findings: &mut Findings<'_>) {
    let Model::Table(table) = model else { return };
    if table.get("musl_libc") != Some(&TomlValue::Boolean(true)) && !table.entries.is_empty() {
        findings
            .at(&L063, Key::file(), "the system is a musl one, and `musl_libc` is not set")
            .set_help("write `musl_libc = true`");
    }
}

fn check_modules(config: &Config<'_>, findings: &mut Findings<'_>) {
    let key = || Key::of("modules");
    for name in &config.named {
        if name.starts_with("ugrd.") && module(name).is_none() {
            let near = nearest(name, modules().iter().map(|m| m.name));
            let found = findings.word(&L052, key(), name, format!("ugrd has no module `{name}`"));
            if let Some(near) = near {
                found.set_help(format!("did you mean `{near}`?"));
            }
        }
    }
    let mut tags: BTreeMap<&str, &str> = BTreeMap::new();
    let certain = closure(config.named.iter().copied());
    for loaded in certain.iter().filter_map(|name| module(name)) {
        for tag in &loaded.provides {
            if let Some(other) = tags.insert(tag, loaded.name) {
                let message = format!("`{other}` and `{}` both provide `{tag}`", loaded.name);
                findings.at(&L058, key(), message).set_help("keep one of them");
            }
        }
    }
    if config.named.contains(&"ugrd.fs.fakeudev")
        && !config.hostonly
        && !config.loaded.contains("ugrd.crypto.cryptsetup")
        && !config.loaded.contains("ugrd.fs.lvm")
    {
        let message = "`ugrd.fs.fakeudev` does nothing without a device-mapper root";
        findings.word(&L059, key(), "ugrd.fs.fakeudev", message).set_help("take it out");
    }
    if certain.contains("ugrd.base.debug") && !config.is("start_shell", false) {
        findings
            .word(&L064, key(), "ugrd.base.debug", "`ugrd.base.debug` starts a shell at each boot")
            .set_help("take it out once the machine boots, or write `start_shell = false`");
    }
}

fn check_key(config: &Config<'_>, name: &str, value: &TomlValue, findings: &mut Findings<'_>) {
    let key = Key::of(name);
    if name == "mask" {
        findings.at(&L062, key, "`mask` is no key of ugrd").set_help("write `masks`");
        return;
    }
    let own = match config.table.get("custom_parameters") {
        Some(TomlValue::Table(table)) => table.get(name).is_some(),
        _ => false,
    };
    if own {
        return;
    }
    let Some(known) = parameter(name) else {
        let near = nearest(name, parameters().iter().map(|p| p.name));
        if config.external && (near.is_none() || matches!(value, TomlValue::Table(_))) {
            return;
        }
        let found = findings.at(&L052, key, format!("ugrd does not know the key `{name}`"));
        if let Some(near) = near {
            found.set_help(format!("did you mean `{near}`?"));
        }
        return;
    };
    let registers = |p: &super::Parameter| p.name == name && config.loaded.contains(p.module);
    if known.module != "(builtin)" && !parameters().iter().any(registers) {
        // the table of consoles has a rule of its own
        if name != "console" && !config.external {
            findings
                .at(
                    &L052,
                    key.clone(),
                    format!("`{name}` belongs to `{}`, which is not loaded", known.module),
                )
                .set_help(format!("add `{}` to `modules`", known.module));
        }
    }
    // any text and true or false are good for it
    if name != "cpio_compression" {
        check_type(key, name, known.ty, value, findings);
    }
}

/// Whether a value can be what its key wants.
pub(super) fn check_type(key: Key, name: &str, ty: Type, value: &TomlValue, findings: &mut Findings<'_>) {
    let scalar = !matches!(value, TomlValue::Array(_) | TomlValue::Table(_));
    let text = match value {
        TomlValue::String(text) => Some(text.reveal()),
        _ => None,
    };
    let good = match ty {
        Type::Any => true,
        Type::Bool => {
            if let Some(text) = text {
                let help = match text.to_ascii_lowercase().as_str() {
                    "false" | "no" | "0" | "off" => format!("write `{name} = false`"),
                    _ => format!("write `{name} = true`"),
                };
                findings
                    .at(&L051, key, format!("`{name}` is a text, which always counts as true"))
                    .set_help(help);
                return;
            }
            matches!(value, TomlValue::Boolean(_) | TomlValue::Integer(_))
        }
        Type::Str => scalar,
        Type::Path => text.is_some(),
        Type::Int => match text {
            Some(text) => text.trim().parse::<i64>().is_ok(),
            None => scalar && !matches!(value, TomlValue::Datetime(_)),
        },
        Type::Float => match text {
            Some(text) => text.trim().parse::<f64>().is_ok(),
            None => scalar && !matches!(value, TomlValue::Datetime(_)),
        },
        Type::Dict => matches!(value, TomlValue::Table(_)),
        Type::List => text.is_some() || matches!(value, TomlValue::Array(_)),
    };
    if !good {
        findings
            .at(&L151, key, format!("`{name}` is a value of type {}", value.type_name()))
            .set_help(format!("write {}", ty.shown()));
    }
}

fn check_compression(config: &Config<'_>, findings: &mut Findings<'_>) {
    let key = Key::of("cpio_compression");
    match config.table.get("cpio_compression") {
        None | Some(TomlValue::Boolean(_)) => {}
        Some(TomlValue::String(text)) => match text.reveal().to_ascii_lowercase().as_str() {
            "zstd" => {
                findings
                    .at(&L055, key, "`zstd` needs dev-python/zstandard and CONFIG_RD_ZSTD")
                    .set_help("have both, or write `xz`");
            }
            "xz" | "true" | "false" => {}
            word => {
                findings
                    .word(&L054, key, text.reveal(), format!("ugrd cannot compress with `{word}`"))
                    .set_help("write \"xz\", \"zstd\" or false");
            }
        },
        Some(_) => {
            findings
                .at(&L054, key, "`cpio_compression` names no compression")
                .set_help("write \"xz\", \"zstd\" or false");
        }
    }
}

/// Whether a path is that of a program.
fn is_program(path: &str) -> bool {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    path.starts_with('/') && (folder.ends_with("/bin") || folder.ends_with("/sbin"))
}

fn check_programs(config: &Config<'_>, findings: &mut Findings<'_>) {
    for path in strings(config.table.get("dependencies")).into_iter().filter(|path| is_program(path)) {
        let name = path.rsplit('/').next().unwrap_or(path);
        findings
            .word(&L056, Key::of("dependencies"), path, format!("`{path}` is copied without its libraries"))
            .set_help(format!("write `{name}` into `binaries`"));
    }
    for path in strings(config.table.get("binaries")).into_iter().filter(|path| is_program(path)) {
        let name = path.rsplit('/').next().unwrap_or(path);
        findings
            .word(&L057, Key::of("binaries"), path, format!("`{path}` is not at this place on every system"))
            .set_help(format!("write `{name}`"));
    }
}

fn check_host(config: &Config<'_>, findings: &mut Findings<'_>) {
    let root = tables(config.table.get("mounts")).find(|(name, _)| *name == "root");
    let source = root.is_some_and(|(_, root)| nested::SOURCES.iter().any(|key| root.get(key).is_some()));
    let init = config.table.get("init_target").is_some();
    if config.hostonly && (source || init) {
        let what = if source { "mounts.root" } else { "init_target" };
        let key = if source { Key::of("mounts").then("root") } else { Key::of("init_target") };
        let found = findings.at(
            &L061,
            key,
            format!("`{what}` describes a machine, and `hostonly` probes the one that builds"),
        );
        found.set_help("for another machine write `hostonly = false`, `autodetect_root = false`, `autodetect_init = false`");
        // on the machine itself both may be meant
        if !(source && init) {
            found.severity = Severity::Hint;
        }
    }
    for (key, wanted) in [("autodetect_root", source), ("autodetect_init", init)] {
        if !config.hostonly && wanted && config.is(key, true) {
            findings
                .at(&L061, Key::of(key), format!("`{key}` probes the machine that builds"))
                .set_help(format!("write `{key} = false`"));
        }
    }
}

/// A key below a header, where it does nothing.
pub(super) fn misplaced(key: Key, name: &str, header: &str, findings: &mut Findings<'_>) {
    findings
        .at(&L053, key, format!("`{name}` stands below `[{header}]`, and belongs to it"))
        .set_help("move it above the first header");
}
