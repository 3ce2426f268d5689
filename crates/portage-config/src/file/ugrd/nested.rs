//! The tables inside the parameters: mounts, consoles, volumes, nodes.

use super::check::{Config, check_type, misplaced, tables};
use super::codes::{L052, L060, L062, L152};
use super::table::{Type, nested, parameter};
use crate::model::{Table, TomlValue};
use crate::report::{Findings, Key, Severity};
use crate::vocab::nearest;

/// What names the device of a mount.
pub(super) const SOURCES: [&str; 4] = ["uuid", "partuuid", "label", "path"];

/// File systems without a device.
const VIRTUAL: [&str; 6] = ["proc", "sysfs", "devtmpfs", "tmpfs", "overlay", "efivarfs"];

pub(super) fn check(config: &Config<'_>, findings: &mut Findings<'_>) {
    for parameter in [
        "mounts",
        "late_mounts",
        "cryptsetup",
        "cryptsetup_key_types",
        "console",
        "nodes",
        "copies",
        "symlinks",
        "nbd",
    ] {
        // A module of another name may have tables of the same one.
        if parameter == "nbd" && !config.loaded.contains("net.nbd") {
            continue;
        }
        for (name, table) in tables(config.table.get(parameter)) {
            let key = Key::of(parameter).then(name);
            check_table(parameter, &key, table, findings);
            match parameter {
                "mounts" | "late_mounts" => check_mount(config, parameter, name, &key, table, findings),
                "console" => check_console(&key, name, table, findings),
                _ => {}
            }
        }
    }
    if config.table.get("console").is_some()
        && !config.loaded.contains("ugrd.base.console")
        && !config.external
    {
        findings
            .at(&L060, Key::of("console"), "`console` is unknown without the module `ugrd.base.console`")
            .set_help("add `ugrd.base.console` to `modules`");
    }
}

fn check_table(parameter: &str, key: &Key, table: &Table, findings: &mut Findings<'_>) {
    for entry in &table.entries {
        let at = key.then(&entry.key);
        if let Some(known) = nested(parameter).find(|known| known.key == entry.key) {
            if entry.key != "options" {
                check_type(at, &entry.key, known.ty, &entry.value, findings);
            }
            continue;
        }
        let (code, strict) = match parameter {
            "mounts" | "late_mounts" => (&L062, true),
            "cryptsetup" | "cryptsetup_key_types" | "nbd" => (&L052, true),
            _ => (&L052, false),
        };
        // a key of the top that slipped below the header is told as such
        if !strict || is_top(&entry.key) {
            continue;
        }
        let near = nearest(&entry.key, nested(parameter).map(|known| known.key));
        let found = findings.at(code, at, format!("ugrd knows no `{}` in `[{key}]`", entry.key));
        match near {
            Some(near) => found.set_help(format!("did you mean `{near}`?")),
            None => {
                let all: Vec<&str> = nested(parameter).map(|known| known.key).collect();
                found.set_help(format!("known are: {}", all.join(", ")))
            }
        };
    }
    for known in nested(parameter).filter(|known| known.required && table.get(known.key).is_none()) {
        findings.at(&L152, key.clone(), format!("`[{key}]` has no `{}`", known.key)).set_help(format!(
            "write `{} =` and {}",
            known.key,
            known.ty.shown()
        ));
    }
}

fn check_mount(
    config: &Config<'_>,
    parameter: &str,
    name: &str,
    key: &Key,
    table: &Table,
    findings: &mut Findings<'_>,
) {
    if let Some(value) = table.get("options")
        && !matches!(value, TomlValue::Array(_))
    {
        let found = findings.at(
            &L062,
            key.then("options"),
            "`options` is no list: ugrd takes it apart letter by letter",
        );
        if let TomlValue::String(text) = value {
            let list: Vec<String> = text.reveal().split(',').map(|word| format!("{word:?}")).collect();
            found.set_help(format!("write `options = [{}]`", list.join(", ")));
        }
    }
    let kind = match table.get("type") {
        Some(TomlValue::String(text)) => text.reveal(),
        _ => "",
    };
    let bare = !SOURCES.iter().any(|key| table.get(key).is_some());
    let given =
        parameter == "mounts" && ["root", "proc", "sys", "dev", "devpts", "shm", "run"].contains(&name);
    if bare && !given && !VIRTUAL.contains(&kind) && !config.external {
        findings
            .at(&L062, key.clone(), format!("`[{key}]` names no device"))
            .set_help("write one of `uuid`, `partuuid`, `label`, `path`");
    }
}

fn check_console(key: &Key, name: &str, table: &Table, findings: &mut Findings<'_>) {
    if table.get("local").is_some() {
        let found = findings.at(&L060, key.then("local"), "`local` is ignored since ugrd 2");
        found.severity = Severity::Warning;
        found.set_help("take it out");
    }
    let tty = match table.get("type") {
        None => true,
        Some(TomlValue::String(kind)) => kind.reveal() == "tty",
        Some(_) => false,
    };
    if !tty && table.get("baud").is_none() {
        findings
            .at(&L060, key.clone(), format!("the console `{name}` has no `baud`"))
            .set_help("write its speed, `baud = 115200`, or `type = \"tty\"`");
    }
}

/// Whether a name is a key of the top of the file, and plainly meant so.
fn is_top(name: &str) -> bool {
    parameter(name).is_some_and(|known| known.ty != Type::Dict && name.contains('_'))
        || matches!(
            name,
            "modules" | "hostonly" | "validate" | "binaries" | "dependencies" | "loglevel" | "banner"
        )
}

/// Reports keys of the top that stand below a header, at any depth.
pub(super) fn swallowed(key: &Key, top: &str, value: &TomlValue, findings: &mut Findings<'_>) {
    if ["imports", "import_order", "masks", "exports", "custom_parameters", "conditional_dependencies"]
        .contains(&top)
    {
        return;
    }
    let TomlValue::Table(table) = value else { return };
    for entry in &table.entries {
        let at = key.then(&entry.key);
        let own = key.0.len() > 1 && nested(top).any(|known| known.key == entry.key);
        // the names of mounts, volumes and consoles are anybody's; their values are tables
        if !own && is_top(&entry.key) && !matches!(entry.value, TomlValue::Table(_)) {
            misplaced(at, &entry.key, &key.to_string(), findings);
        } else {
            swallowed(&at, top, &entry.value, findings);
        }
    }
}
