//! Network block devices: nbd-server(5), nbdtab(5).

use super::unknown::{is_number, unknown};
use super::{Grammar, IniDialect, Kind, PairsDialect, Place};
use crate::model::Model;
use crate::report::{Code, Findings, Key};

/// What nbd-server exports: a section `generic`, then one for each export, named as clients ask for it, nbd-server(5).
pub static NBD_SERVER: Kind = Kind {
    name: "nbd-server",
    about: "What nbd-server exports: a section `generic`, then one for each export, named as clients ask for it, \
            nbd-server(5).",
    place: Place::File("etc/nbd-server/config"),
    grammar: Grammar::Ini(IniDialect::KeyFile),
    template: Some("etc/nbd-server/config.j2"),
    mode: 0o644,
    check: check_server,
};

/// Which export a device is attached to: `DEVICE HOST EXPORT [OPTIONS]` a line, nbdtab(5).
pub static NBDTAB: Kind = Kind {
    name: "nbdtab",
    about: "Which export a device is attached to: `DEVICE HOST EXPORT [OPTIONS]` a line, nbdtab(5).",
    place: Place::File("etc/nbdtab"),
    grammar: Grammar::Pairs(PairsDialect::Columns { name: 0, most: usize::MAX, quotes: false }),
    template: Some("etc/nbdtab.j2"),
    mode: 0o644,
    check: check_tab,
};

/// What nbd-server refuses, or does not read.
pub(crate) const L177: Code = Code::error(
    "L177",
    "bad-nbd-export",
    "nbd-server starts with no export that has no `exportname`, and with no value that is no boolean or number; a key that it \
     does not know it passes over.",
    "nbd-server(5); nbd-server.c parse_cfile",
);

/// A line of nbdtab that attaches nothing.
pub(crate) const L178: Code = Code::error(
    "L178",
    "bad-nbdtab",
    "nbd-client ends with `no valid configuration` for the device, or warns of an option and goes on without it.",
    "nbdtab(5); nbdtab_parser.y",
);

/// The keys of `generic`, and what they hold.
const GENERIC: &[(&str, Holds)] = &[
    ("allowlist", Holds::Bool),
    ("cacertfile", Holds::Text),
    ("certfile", Holds::Text),
    ("duallisten", Holds::Bool),
    ("force_tls", Holds::Bool),
    ("group", Holds::Text),
    ("includedir", Holds::Text),
    ("keyfile", Holds::Text),
    ("listenaddr", Holds::Text),
    ("max_threads", Holds::Number),
    ("oldstyle", Holds::Bool),
    ("port", Holds::Text),
    ("splice", Holds::Bool),
    ("tlsprio", Holds::Text),
    ("unixsock", Holds::Text),
    ("user", Holds::Text),
];

/// The keys of an export.
const EXPORT: &[(&str, Holds)] = &[
    ("authfile", Holds::Text),
    ("copyonwrite", Holds::Bool),
    ("cowdir", Holds::Text),
    ("exportname", Holds::Text),
    ("filesize", Holds::Number),
    ("flush", Holds::Bool),
    ("force_tls", Holds::Bool),
    ("fua", Holds::Bool),
    ("listenaddr", Holds::Text),
    ("maxconnections", Holds::Number),
    ("multifile", Holds::Bool),
    ("postrun", Holds::Text),
    ("prerun", Holds::Text),
    ("readonly", Holds::Bool),
    ("rotational", Holds::Bool),
    ("sdp", Holds::Bool),
    ("sparse_cow", Holds::Bool),
    ("splice", Holds::Bool),
    ("sync", Holds::Bool),
    ("temporary", Holds::Bool),
    ("timeout", Holds::Number),
    ("transactionlog", Holds::Text),
    ("datalog", Holds::Bool),
    ("treefiles", Holds::Bool),
    ("trim", Holds::Bool),
    ("virtstyle", Holds::Text),
    ("waitfile", Holds::Bool),
];

#[derive(Clone, Copy, PartialEq)]
enum Holds {
    Bool,
    Number,
    Text,
}

fn check_server(model: &Model, findings: &mut Findings<'_>) {
    let Model::Ini(ini) = model else { return };
    if let Some(first) = ini.sections.first().filter(|first| first.name != "generic") {
        let key = Key::of(&first.name);
        findings
            .at(&L177, key, format!("the first section is `{}`, not `generic`", first.name))
            .set_help("write [generic] above it, with or without keys");
    }
    for section in &ini.sections {
        let generic = section.name == "generic";
        let known = if generic { GENERIC } else { EXPORT };
        let exported = section.keys.iter().rfind(|key| key.key == "exportname");
        if !generic && exported.is_none() {
            findings
                .at(
                    &L177,
                    Key::of(&section.name),
                    format!("the export `{}` has no `exportname`", section.name),
                )
                .set_help("write exportname = /PATH");
        }
        for entry in &section.keys {
            let (name, value) = (entry.key.as_str(), entry.value.reveal());
            let at = || Key::of(&section.name).then(name);
            let Some((_, holds)) = known.iter().find(|(key, _)| *key == name) else {
                let names = known.iter().map(|(key, _)| *key);
                let message = format!("nbd-server knows no `{name}` in `{}`", section.name);
                unknown(findings, &L177, (at(), name), message, names, "take it out");
                continue;
            };
            let help = match holds {
                Holds::Bool if !matches!(value, "true" | "false" | "1" | "0") => "write true or false",
                Holds::Number if !is_number(value) => "write a whole number",
                _ if name == "oldstyle" && matches!(value, "true" | "1") => {
                    "take it out: it is no longer there"
                }
                _ if name == "exportname" && !value.starts_with('/') => "write an absolute path",
                _ if name == "port" && !is_port(value) => "write a port, or the name of a service",
                _ => continue,
            };
            findings.at(&L177, at(), format!("`{name}` cannot be `{}`", entry.value.shown())).set_help(help);
        }
    }
}

/// The options of nbdtab; those with `=` have a value.
const OPTIONS: [&str; 15] = [
    "bs=",
    "cacertfile=",
    "certfile=",
    "connections=",
    "conns=",
    "keyfile=",
    "no_optgo",
    "persist",
    "port=",
    "priority=",
    "sdp",
    "swap",
    "timeout=",
    "tlshostname=",
    "unix",
];

fn check_tab(model: &Model, findings: &mut Findings<'_>) {
    let Model::Pairs(pairs) = model else { return };
    for pair in &pairs.pairs {
        let key = || Key::of(&pair.key);
        if let Some(name) = pair.key.strip_prefix("/dev/") {
            findings
                .at(&L178, key(), format!("`{}` is a path, and nbd-client looks for `{name}`", pair.key))
                .set_help(format!("write {name}"));
        }
        let words: Vec<&str> = pair.value.reveal().split_whitespace().collect();
        let options = match words.as_slice() {
            [_, _] => continue,
            [_, _, options] => options,
            _ => {
                findings
                    .at(
                        &L178,
                        key(),
                        format!(
                            "the line of `{}` has {} words, not three or four",
                            pair.key,
                            words.len() + 1
                        ),
                    )
                    .set_help("write DEVICE HOST EXPORT OPTIONS, commas between the options");
                continue;
            }
        };
        for option in options.split(',').filter(|option| !option.starts_with('_')) {
            let (name, value) =
                option.split_once('=').map_or((option, None), |(name, value)| (name, Some(value)));
            let spelled = if value.is_some() { format!("{name}=") } else { name.to_owned() };
            if !OPTIONS.contains(&spelled.as_str()) {
                let message = format!("nbd-client knows no option `{option}`");
                unknown(findings, &L178, (key(), &spelled), message, OPTIONS, "take it out");
            } else if matches!(name, "port" | "bs" | "conns" | "timeout") && !value.is_some_and(is_number) {
                findings
                    .at(&L178, key(), format!("`{option}` has no number"))
                    .set_help("write a whole number");
            }
        }
    }
}

/// A number, or a name of services(5).
fn is_port(value: &str) -> bool {
    if value.chars().all(|c| c.is_ascii_digit()) {
        return value.parse::<u16>().is_ok_and(|port| port > 0);
    }
    value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

#[cfg(test)]
mod tests {
    use crate::file::testing::{codes, ini, pairs};

    #[test]
    fn exports_that_the_server_takes() {
        let of = |sections: &[(&str, &[(&str, &str)])]| codes("etc/nbd-server/config", ini(sections));
        let export: (&str, &[_]) = ("rootfs", &[("exportname", "/srv/root.img"), ("flush", "true")]);
        assert_eq!(of(&[("generic", &[("user", "nbd"), ("port", "10809")]), export]), [""; 0]);
        assert_eq!(of(&[export]), ["L177"]);
        assert_eq!(of(&[("generic", &[]), ("rootfs", &[("flush", "true")])]), ["L177"]);
        for (key, value) in [("flush", "yes"), ("exportnam", "/x"), ("filesize", "5G"), ("port", "1")] {
            let section: (&str, &[_]) = ("rootfs", &[("exportname", "/x"), (key, value)]);
            assert_eq!(of(&[("generic", &[]), section]), ["L177"], "{key}");
        }
        assert_eq!(of(&[("generic", &[]), ("rootfs", &[("exportname", "root.img")])]), ["L177"]);
        assert_eq!(of(&[("generic", &[("oldstyle", "true")]), export]), ["L177"]);
    }

    #[test]
    fn devices_that_the_client_finds() {
        let of = |key: &str, value: &str| codes("etc/nbdtab", pairs(&[(key, value)]));
        for value in ["192.0.2.10 rootfs", "192.0.2.10 swap port=10809,swap,persist,_netdev"] {
            assert_eq!(of("nbd0", value), [""; 0], "{value}");
        }
        for value in
            ["192.0.2.10", "h rootfs persists", "h rootfs swap persist", "h rootfs port=ten", "h rootfs port"]
        {
            assert_eq!(of("nbd0", value), ["L178"], "{value}");
        }
        assert_eq!(of("/dev/nbd0", "h rootfs"), ["L178"]);
    }
}
