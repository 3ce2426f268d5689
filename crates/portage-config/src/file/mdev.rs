//! Which devices busybox mdev makes, and how: busybox's docs/mdev.txt.

use super::unknown::is_mode;
use super::{Grammar, Kind, PairsDialect, Place};
use crate::model::Model;
use crate::report::{Code, Findings, Key};

/// The owner and mode of devices: `REGEX OWNER:GROUP MODE [=PATH] [@COMMAND]` a line, the first one that fits holds.
pub static MDEV_CONF: Kind = Kind {
    name: "mdev.conf",
    about: "The owner and mode of devices: `REGEX OWNER:GROUP MODE [=|>PATH|!] [@|$|*COMMAND]` a line, the first that fits \
            holds; busybox, docs/mdev.txt.",
    place: Place::File("etc/mdev.conf"),
    grammar: Grammar::Pairs(PairsDialect::Columns { name: 0, most: 4, quotes: false }),
    template: Some("etc/mdev.conf.j2"),
    mode: 0o644,
    check,
};

/// A line that mdev leaves out, or takes otherwise than it was meant.
pub(crate) const L171: Code = Code::error(
    "L171",
    "bad-mdev-rule",
    "mdev leaves out a line whose owner, mode or expression it cannot read: the devices get mode 660 and belong to root.",
    "busybox, util-linux/mdev.c next_rule; docs/mdev.txt",
);

fn check(model: &Model, findings: &mut Findings<'_>) {
    let Model::Pairs(pairs) = model else { return };
    for pair in &pairs.pairs {
        let value = pair.value.reveal();
        let mut words = value.split_whitespace();
        let (owner, mode, rest) = (words.next(), words.next(), words.next());
        let mut wrong = |message: String, help: &str| {
            findings.at(&L171, Key::of(&pair.key), message).set_help(help);
        };
        match owner {
            Some(owner) if owner.split(':').count() <= 2 && owner.split(':').all(|name| !name.is_empty()) => {
            }
            Some(owner) => wrong(format!("`{owner}` is no OWNER:GROUP"), "write root:root"),
            None => {
                wrong(format!("`{}` has no owner and no mode", pair.key), "write OWNER:GROUP MODE behind it")
            }
        }
        match mode {
            Some(mode) if is_mode(mode) => {}
            Some(mode) => {
                wrong(format!("the mode `{mode}` is not octal"), "write three digits from 0 to 7: 660")
            }
            None if owner.is_some() => {
                wrong(format!("`{}` has no mode", pair.key), "write three digits: 660")
            }
            None => {}
        }
        if let Some(word) = rest
            && !word.starts_with(['=', '>', '!', '@', '$', '*'])
        {
            wrong(
                format!("`{word}` is neither a path nor a command"),
                "begin a path with = or >, a command with @, $ or *; ! makes no device",
            );
        }
        if !balanced(pair.key.trim_start_matches('-')) {
            wrong(format!("`{}` is no regular expression", pair.key), "close its brackets");
        }
    }
}

/// Whether the brackets of an extended regular expression are closed.
fn balanced(text: &str) -> bool {
    let (mut open, mut class) = (0_usize, false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => drop(chars.next()),
            '[' if !class => {
                class = true;
                // a bracket directly behind `[` or `[^` stands for itself
                chars.next_if_eq(&'^');
                chars.next_if_eq(&']');
            }
            ']' if class => class = false,
            '(' if !class => open += 1,
            ')' if !class => match open.checked_sub(1) {
                Some(left) => open = left,
                None => return false,
            },
            _ => {}
        }
    }
    open == 0 && !class
}

#[cfg(test)]
mod tests {
    use crate::file::testing::{codes, pairs};

    #[test]
    fn rules_that_mdev_reads() {
        let of = |key: &str, value: &str| codes("etc/mdev.conf", pairs(&[(key, value)]));
        for (key, value) in [
            ("null", "root:root 666"),
            ("tty[0-9]*", "root:tty 660"),
            ("sd[a-z].*", "root:disk 0660 */lib/mdev/usb %x"),
            ("-SUBSYSTEM=block;.*", "0:0 660 @echo  x"),
            ("snd/(.*)[]a]", "root:audio 660 =snd/%1"),
            ("fuse", "root:root 666 !"),
            ("null", "root 666"),
        ] {
            assert_eq!(of(key, value), [""; 0], "{key}");
        }
        for (key, value) in [
            ("null", ""),
            ("null", "root: 666"),
            ("null", "root:root"),
            ("null", "root:root rw"),
            ("null", "root:root 668"),
            ("null", "root:root 666 /lib/x"),
            ("tty[0-9", "root:tty 660"),
            ("tty(1", "root:tty 660"),
        ] {
            assert_eq!(of(key, value), ["L171"], "{key} {value}");
        }
    }
}
