//! Units, drop-ins, managers' settings and presets of systemd: systemd.syntax(7), systemd.preset(5).

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::timespan::is_time_span;
use super::{Grammar, IniDialect, Kind, PairsDialect, Place};
use crate::model::Model;
use crate::report::{Code, Findings, Key};
use crate::vocab::nearest;

/// What the names of systemd's own files end in.
const UNIT_ENDINGS: &[&str] = &[
    ".conf",
    ".service",
    ".socket",
    ".mount",
    ".automount",
    ".swap",
    ".target",
    ".path",
    ".timer",
    ".slice",
    ".network",
    ".netdev",
    ".link",
    ".nspawn",
];

/// A unit, a drop-in or a manager's settings of systemd: sections of keys, a repeated key is a list, systemd.syntax(7).
pub static SYSTEMD: Kind = Kind {
    name: "systemd",
    about: "A unit, a drop-in or a manager's settings of systemd: sections of keys, a repeated key is a list, systemd.syntax(7).",
    place: Place::Ending("etc/systemd", UNIT_ENDINGS),
    grammar: Grammar::Ini(IniDialect::Systemd),
    template: Some("etc/systemd/unit.j2"),
    mode: 0o644,
    check: check_units,
};

/// Which units are enabled on a first start: a verb and a unit a line, the first match wins, systemd.preset(5).
pub static SYSTEMD_PRESET: Kind = Kind {
    name: "systemd-preset",
    about: "Which units are enabled on a first start: a verb and a unit a line, the first match wins, systemd.preset(5).",
    place: Place::Ending("etc/systemd/system-preset", &[".preset"]),
    grammar: Grammar::Pairs(PairsDialect::Preset),
    template: Some("etc/systemd/system-preset.j2"),
    mode: 0o644,
    check: check_presets,
};

/// A line of a preset that systemd ignores.
pub(crate) const L122: Code = Code::error(
    "L122",
    "bad-preset",
    "systemd logs a line that is no `enable`, `disable` or `ignore` and goes on without it.",
    "systemd.preset(5)",
);

/// A key or value that systemd ignores.
pub(crate) const L195: Code = Code::error(
    "L195",
    "unknown-unit-key",
    "systemd logs `Unknown key` or `Failed to parse`, and goes on without the line.",
    "systemd.unit(5), systemd-system.conf(5); systemd --dump-configuration-items",
);

/// Section, key, and what it holds: `time`, `boolean` or `any`.
static KEYS: LazyLock<Vec<(&'static str, &'static str, &'static str)>> = LazyLock::new(|| {
    let row = |line: &'static str| {
        let mut cells = line.split('\t');
        Some((cells.next()?, cells.next()?, cells.next()?))
    };
    include_str!("../../data/systemd-keys.tsv").lines().skip(1).filter_map(row).collect()
});

/// Which sections a file may have; `None`: another program's file.
fn sections(path: &str) -> Option<BTreeSet<&'static str>> {
    let (folder, name) = path.rsplit_once('/')?;
    let manager = |name: &str| matches!(name, "system.conf" | "user.conf");
    let dropins = folder.strip_suffix(".d").and_then(|folder| folder.rsplit('/').next());
    if manager(name) || dropins.is_some_and(manager) {
        return Some(["Manager"].into());
    }
    let unit = match dropins {
        Some(unit) if name.ends_with(".conf") => unit,
        _ => name,
    };
    let own = match unit.rsplit_once('.').map_or(unit, |(_, ending)| ending) {
        "service" => "Service",
        "socket" => "Socket",
        "mount" => "Mount",
        "automount" => "Automount",
        "swap" => "Swap",
        "timer" => "Timer",
        "path" => "Path",
        "slice" => "Slice",
        "scope" => "Scope",
        "target" => "Unit",
        _ => return None,
    };
    Some(["Install", "Unit", own].into())
}

fn check_units(model: &Model, findings: &mut Findings<'_>) {
    let (Model::Ini(ini), Some(allowed)) = (model, sections(findings.path().as_str())) else { return };
    for section in ini.sections.iter().filter(|section| !section.name.starts_with("X-")) {
        let name = section.name.as_str();
        if !allowed.contains(name) {
            let help = match nearest(name, allowed.iter().copied()) {
                Some(near) => format!("did you mean {near}?"),
                None => format!(
                    "the sections here are {}",
                    allowed.iter().copied().collect::<Vec<_>>().join(", ")
                ),
            };
            findings
                .at(&L195, Key::of(name), format!("systemd ignores the section `{name}` here"))
                .set_help(help);
            continue;
        }
        let known = || KEYS.iter().filter(|(of, ..)| *of == name);
        for entry in section.keys.iter().filter(|entry| !entry.key.starts_with("X-")) {
            let at = || Key::of(name).then(&entry.key);
            let Some((.., holds)) = known().find(|(_, key, _)| *key == entry.key) else {
                let found = findings.at(&L195, at(), format!("systemd knows no `{}` in [{name}]", entry.key));
                match nearest(&entry.key, known().map(|(_, key, _)| *key)) {
                    Some(near) => found.set_help(format!("did you mean {near}?")),
                    None => found.set_help("take it out; a key for other programs begins with X-"),
                };
                continue;
            };
            let value = entry.value.reveal();
            let help = match *holds {
                "time" if !value.is_empty() && !is_time_span(value) => {
                    "write a time span: 90, 5min, 1h 30min"
                }
                "boolean" if !value.is_empty() && !is_boolean(value) => "write yes or no",
                _ => continue,
            };
            findings
                .at(&L195, at(), format!("`{}` cannot be `{}`", entry.key, entry.value.shown()))
                .set_help(help);
        }
    }
}

fn is_boolean(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    matches!(
        text.as_str(),
        "1" | "0" | "y" | "n" | "t" | "f" | "yes" | "no" | "true" | "false" | "on" | "off"
    )
}

fn check_presets(model: &Model, findings: &mut Findings<'_>) {
    let Model::Pairs(pairs) = model else { return };
    for pair in &pairs.pairs {
        let verb = pair.value.reveal().split_whitespace().next().unwrap_or_default();
        if !matches!(verb, "enable" | "disable" | "ignore") {
            findings
                .at(&L122, Key::of(&pair.key), format!("`{}` is no verb of a preset", pair.value.shown()))
                .set_help("write enable or disable");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::file::testing::{codes, ini, pairs};

    #[test]
    fn keys_of_units_are_known() {
        const DROPIN: &str = "etc/systemd/system/sshd.service.d/10-slow.conf";
        let of = |path: &str, section: &str, key: &str, value: &str| {
            codes(path, ini(&[(section, &[(key, value)])]))
        };
        assert_eq!(of(DROPIN, "Service", "TimeoutStartSec", "30min"), [""; 0]);
        assert_eq!(of(DROPIN, "Service", "TimeoutStartSec", ""), [""; 0]);
        assert_eq!(of(DROPIN, "X-Mine", "Anything", "x"), [""; 0]);
        assert_eq!(
            of("etc/systemd/system.conf.d/10.conf", "Manager", "DefaultTimeoutStartSec", "5min"),
            [""; 0]
        );
        assert_eq!(of("etc/systemd/logind.conf", "Login", "HandlePowerKey", "ignore"), [""; 0]);
        assert_eq!(of("etc/systemd/network/10.network", "Network", "DHCP", "yes"), [""; 0]);
        for (path, section, key, value) in [
            (DROPIN, "Service", "TimeoutStartSecs", "30min"),
            (DROPIN, "Service", "TimeoutStartSec", "30minuts"),
            (DROPIN, "Service", "NoNewPrivileges", "maybe"),
            (DROPIN, "Servce", "TimeoutStartSec", "30min"),
            ("etc/systemd/system/x.timer", "Service", "Type", "oneshot"),
            ("etc/systemd/system.conf", "Manager", "DefaultTimeoutStart", "5min"),
            ("etc/systemd/system.conf.d/10.conf", "Service", "TimeoutStartSec", "5min"),
        ] {
            assert_eq!(of(path, section, key, value), ["L195"], "{section} {key} {value}");
        }
    }

    #[test]
    fn presets_have_verbs() {
        const PATH: &str = "etc/systemd/system-preset/10-486.preset";
        assert_eq!(codes(PATH, pairs(&[("rngd.service", "enabled")])), ["L122"]);
        assert_eq!(codes(PATH, pairs(&[("rngd.service", "enable"), ("*", "disable")])), [""; 0]);
    }
}
