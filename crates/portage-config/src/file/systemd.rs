//! Units, drop-ins, managers' settings and presets of systemd: systemd.syntax(7), systemd.preset(5).

use super::{Grammar, IniDialect, Kind, PairsDialect, Place};
use crate::model::Model;
use crate::report::{Code, Findings, Key};

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
    check: super::nothing_to_check,
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
    use crate::file::testing::{codes, pairs};

    #[test]
    fn presets_have_verbs() {
        const PATH: &str = "etc/systemd/system-preset/10-486.preset";
        assert_eq!(codes(PATH, pairs(&[("rngd.service", "enabled")])), ["L122"]);
        assert_eq!(codes(PATH, pairs(&[("rngd.service", "enable"), ("*", "disable")])), [""; 0]);
    }
}
