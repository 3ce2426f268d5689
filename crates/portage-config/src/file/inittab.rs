//! What busybox init runs: busybox's examples/inittab.

use std::collections::HashSet;

use super::unknown::unknown;
use super::{Grammar, ItemWords, ItemsDialect, Kind, Place};
use crate::model::Model;
use crate::report::{Code, Findings, Key};

/// What init runs: `TTY:RUNLEVELS:ACTION:PROCESS` a line, in their order.
pub static INITTAB: Kind = Kind {
    name: "inittab",
    about: "What busybox init runs, in this order: `TTY:RUNLEVELS:ACTION:PROCESS` a line, busybox, examples/inittab. One \
            with `initdefault` is sysvinit's, inittab(5).",
    place: Place::File("etc/inittab"),
    grammar: Grammar::Items(ItemsDialect { words: ItemWords::Setting, whole_line: true }),
    template: Some("etc/inittab.j2"),
    mode: 0o644,
    check,
};

/// A line that init leaves out, or takes otherwise than it was meant.
pub(crate) const L170: Code = Code::error(
    "L170",
    "bad-inittab-line",
    "init says `Bad inittab entry` and goes on without the line; of two lines with the same terminal and process the second one \
     takes the place of the first.",
    "busybox, init/init.c parse_inittab and new_init_action; inittab(5)",
);

/// The actions of busybox init.
const ACTIONS: &[&str] =
    &["sysinit", "wait", "once", "respawn", "askfirst", "ctrlaltdel", "shutdown", "restart"];

/// The actions that sysvinit knows besides.
const SYSVINIT: &[&str] = &[
    "boot",
    "bootwait",
    "initdefault",
    "kbrequest",
    "off",
    "ondemand",
    "powerfail",
    "powerfailnow",
    "powerokwait",
    "powerwait",
    "sysinit",
    "wait",
    "once",
    "respawn",
    "ctrlaltdel",
];

fn check(model: &Model, findings: &mut Findings<'_>) {
    let Model::Items(items) = model else { return };
    let lines =
        || items.items.iter().map(|item| (item.text.as_str(), item.text.splitn(4, ':').collect::<Vec<_>>()));
    let sysvinit = lines().any(|(_, fields)| fields.get(2) == Some(&"initdefault"));
    let known = if sysvinit { SYSVINIT } else { ACTIONS };
    let mut seen = HashSet::new();
    let mut ids = HashSet::new();
    for (text, fields) in lines() {
        let [id, levels, action, process] = fields.as_slice() else {
            findings
                .at(&L170, Key::of(text), format!("`{text}` has fewer than four fields"))
                .set_help("write TTY:RUNLEVELS:ACTION:PROCESS, the first two may be empty");
            continue;
        };
        if !known.contains(action) {
            let message = format!("init knows no action `{action}`");
            let otherwise = format!("write one of: {}", known.join(" "));
            unknown(findings, &L170, (Key::of(text), action), message, known.iter().copied(), &otherwise);
        } else if process.trim().is_empty() && *action != "initdefault" {
            findings
                .at(&L170, Key::of(text), format!("`{text}` runs nothing"))
                .set_help("write a program behind the last colon");
        } else if sysvinit {
            if !ids.insert(*id) {
                findings
                    .at(&L170, Key::of(text), format!("the id `{id}` stands twice"))
                    .set_help("give each line an id of its own");
            }
        } else {
            if !levels.is_empty() && !levels.chars().all(|c| c.is_ascii_digit() || c == 'S') {
                findings
                    .at(&L170, Key::of(text), format!("`{levels}` are no runlevels"))
                    .set_help("leave the second field empty: busybox init has no runlevels");
            }
            if id.contains('/') && !id.starts_with("/dev/") {
                findings
                    .at(&L170, Key::of(text), format!("`{id}` is no terminal below /dev"))
                    .set_help("write its name below /dev, or nothing for the console");
            }
            let terminal = id.strip_prefix("/dev/").unwrap_or(id);
            if !seen.insert((terminal, *process)) {
                findings
                    .at(
                        &L170,
                        Key::of(text),
                        format!("`{process}` stands twice on the same terminal: the last one holds"),
                    )
                    .set_help("take one of them out");
            }
            if matches!(*action, "respawn" | "askfirst")
                && !matches!(terminal, "" | "null")
                && !ids.insert(*id)
            {
                findings
                    .at(&L170, Key::of(text), format!("two programs are kept running on `{id}`"))
                    .set_help("take one of them out, or give it a terminal of its own");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::file::testing::{codes, items};

    #[test]
    fn lines_that_init_reads() {
        let of = |lines: &[&str]| codes("etc/inittab", items(lines));
        assert_eq!(
            of(&[
                "::sysinit:/sbin/openrc sysinit",
                "::wait:/sbin/openrc default",
                "tty1::respawn:/sbin/getty 38400 tty1 linux",
                "::ctrlaltdel:/sbin/reboot",
                "::restart:/sbin/init",
                "ttyS0::askfirst:-/bin/sh -c 'a:b'",
            ]),
            [""; 0]
        );
        for bad in [
            "::sysinit",
            "/sbin/getty",
            "::sysint:/bin/x",
            "::respawn:",
            "tty1:default:respawn:/sbin/getty tty1",
            "pts/0::respawn:/x",
        ] {
            assert_eq!(of(&[bad]), ["L170"], "{bad}");
        }
        assert_eq!(of(&["tty1::respawn:/sbin/getty tty1", "tty1::askfirst:/bin/sh"]), ["L170"]);
        assert_eq!(of(&["tty1::askfirst:-/bin/sh", "tty2::askfirst:-/bin/sh"]), [""; 0]);
        assert_eq!(of(&["tty1::sysinit:/x", "tty1::shutdown:/x"]), ["L170"]);
        assert_eq!(of(&["null::respawn:/sbin/syslogd -n", "null::respawn:/sbin/klogd -n"]), [""; 0]);
    }

    #[test]
    fn that_of_sysvinit_has_its_own_words() {
        let of = |lines: &[&str]| codes("etc/inittab", items(lines));
        assert_eq!(
            of(&["id:3:initdefault:", "si::sysinit:/sbin/openrc sysinit", "c1:12345:respawn:/x"]),
            [""; 0]
        );
        assert_eq!(of(&["id:3:initdefault:", "c1:1:respawn:/x", "c1:2:respawn:/y"]), ["L170"]);
    }
}
