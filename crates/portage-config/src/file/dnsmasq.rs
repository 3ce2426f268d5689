//! dnsmasq's settings: dnsmasq(8).

use std::sync::LazyLock;

use super::unknown::unknown;
use super::{Grammar, ItemWords, ItemsDialect, Kind, Place};
use crate::model::Model;
use crate::report::{Code, Findings, Key};

/// The settings of dnsmasq: its long options without `--`, one a line, dnsmasq(8).
pub static DNSMASQ: Kind = Kind {
    name: "dnsmasq.conf",
    about: "The settings of dnsmasq: its long options without `--`, one a line, dnsmasq(8).",
    place: Place::File("etc/dnsmasq.conf"),
    grammar: Grammar::Items(ItemsDialect { words: ItemWords::Setting, whole_line: true }),
    template: Some("etc/dnsmasq.conf.j2"),
    mode: 0o644,
    check,
};

/// Further settings of dnsmasq: `conf-dir=/etc/dnsmasq.d/,*.conf` in dnsmasq.conf reads them, dnsmasq(8).
pub static DNSMASQ_D: Kind = Kind {
    name: "dnsmasq.d",
    about: "Further settings of dnsmasq: `conf-dir=/etc/dnsmasq.d/,*.conf` in dnsmasq.conf reads them, dnsmasq(8).",
    place: Place::Ending("etc/dnsmasq.d", &[".conf"]),
    grammar: Grammar::Items(ItemsDialect { words: ItemWords::Setting, whole_line: true }),
    template: Some("etc/dnsmasq.d.j2"),
    mode: 0o644,
    check,
};

/// An option that dnsmasq does not know.
pub(crate) const L179: Code = Code::error(
    "L179",
    "bad-dnsmasq-option",
    "dnsmasq starts with no file that has an option it does not know, or one without its value.",
    "dnsmasq(8); src/option.c",
);

/// The long options: name, and whether a value follows (`yes`, `no`, `maybe`).
static OPTIONS: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| {
    include_str!("../../data/dnsmasq-options.tsv")
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once('\t'))
        .collect()
});

fn check(model: &Model, findings: &mut Findings<'_>) {
    let Model::Items(items) = model else { return };
    for item in &items.items {
        let text = item.text.as_str();
        // A remark may stand behind an option, after a blank.
        let said = text.split_once(" #").map_or(text, |(said, _)| said);
        let said = said.split_once("\t#").map_or(said, |(said, _)| said);
        let (name, value) = said.split_once('=').map_or((said, None), |(name, value)| (name, Some(value)));
        let name = name.trim();
        let Some((_, wants)) = OPTIONS.iter().find(|(known, _)| *known == name) else {
            let message = format!("dnsmasq knows no option `{name}`");
            let names = OPTIONS.iter().map(|(name, _)| *name);
            unknown(findings, &L179, (Key::of(text), name), message, names, "take it out");
            continue;
        };
        let (message, help) = match (*wants, value) {
            ("yes", None) => (format!("`{name}` has no value"), format!("write {name}=VALUE")),
            ("no", Some(_)) => (format!("`{name}` takes no value"), format!("write {name}")),
            _ => continue,
        };
        findings.at(&L179, Key::of(text), message).set_help(help);
    }
}

#[cfg(test)]
mod tests {
    use crate::file::testing::{codes, items};

    #[test]
    fn options_are_known() {
        let of = |line: &str| codes("etc/dnsmasq.d/pxe.conf", items(&[line]));
        for line in [
            "port=0",
            "enable-tftp",
            "enable-tftp=eth0",
            "dhcp-range=192.0.2.100,192.0.2.150,12h",
            "bind-interfaces # only there",
            "dhcp-boot = pxelinux.0",
            "dhcp-split-relay=192.0.2.1,198.51.100.1,eth0",
        ] {
            assert_eq!(of(line), [""; 0], "{line}");
        }
        for line in ["dhcp-rang=192.0.2.1", "tftp-root", "bind-interfaces=eth0", "--port=0", "Port=0"] {
            assert_eq!(of(line), ["L179"], "{line}");
        }
    }
}
