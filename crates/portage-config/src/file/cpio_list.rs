//! Lists of what goes into an initramfs: usr/gen_init_cpio.c of the kernel.

use super::unknown::{is_mode, is_number, unknown};
use super::{Grammar, Kind, PairsDialect, Place};
use crate::model::Model;
use crate::report::{Code, Findings, Key};

/// What goes into an initramfs that the kernel's build makes: `TYPE PATH …` a line, folders before what lies in them.
pub static CPIO_LIST: Kind = Kind {
    name: "cpio-list",
    about: "What goes into an initramfs that the kernel's build makes: `TYPE PATH …` a line, folders before what lies in \
            them; usr/gen_init_cpio.c, CONFIG_INITRAMFS_SOURCE. Other paths are said with `as`.",
    place: Place::File("usr/src/initramfs/initramfs.list"),
    grammar: Grammar::Pairs(PairsDialect::Columns { name: 1, most: usize::MAX, quotes: false }),
    template: Some("usr/src/initramfs/initramfs.list.j2"),
    mode: 0o644,
    check,
};

/// A line that gen_init_cpio leaves out.
pub(crate) const L172: Code = Code::error(
    "L172",
    "bad-cpio-entry",
    "gen_init_cpio writes its message to standard error, and of an unknown type exits with 0: the image is made without it.",
    "usr/gen_init_cpio.c",
);

/// The types, and what stands behind the path.
const TYPES: [(&str, &str); 6] = [
    ("file", "LOCATION MODE UID GID"),
    ("dir", "MODE UID GID"),
    ("nod", "MODE UID GID TYPE MAJOR MINOR"),
    ("slink", "TARGET MODE UID GID"),
    ("pipe", "MODE UID GID"),
    ("sock", "MODE UID GID"),
];

fn check(model: &Model, findings: &mut Findings<'_>) {
    let Model::Pairs(pairs) = model else { return };
    for (at, pair) in pairs.pairs.iter().enumerate() {
        let words: Vec<&str> = pair.value.reveal().split_whitespace().collect();
        let Some((kind, words)) = words.split_first() else { continue };
        let key = || Key::of(&pair.key);
        let Some((_, form)) = TYPES.iter().find(|(name, _)| name == kind) else {
            let known = TYPES.iter().map(|(name, _)| *name);
            let message = format!("gen_init_cpio knows no type `{kind}`");
            unknown(
                findings,
                &L172,
                (key(), kind),
                message,
                known,
                "write file, dir, nod, slink, pipe or sock",
            );
            continue;
        };
        let fields: Vec<&str> = form.split(' ').collect();
        let more = *kind == "file" && words.len() > fields.len();
        if words.len() != fields.len() && !more {
            findings
                .at(
                    &L172,
                    key(),
                    format!("`{kind}` has {} words behind the path, not {}", fields.len(), words.len()),
                )
                .set_help(format!("write {kind} {} {form}", pair.key));
            continue;
        }
        for (field, word) in fields.iter().zip(words) {
            let help = match *field {
                "MODE" if !is_mode(word) => "write an octal mode: 0755",
                "UID" | "GID" | "MAJOR" | "MINOR" if !is_number(word) => "write a number",
                "TYPE" if !matches!(*word, "c" | "b") => "write c or b",
                _ => continue,
            };
            findings
                .at(&L172, key(), format!("`{word}` is no {} of `{}`", field.to_lowercase(), pair.key))
                .set_help(help);
        }
        if !pair.key.starts_with('/') {
            findings
                .at(&L172, key(), format!("`{}` is no path from the root", pair.key))
                .set_help(format!("write /{}", pair.key));
        }
        check_folder(at, &pair.key, pairs, findings);
    }
}

/// The kernel unpacks in order, and makes no folder that is not in the list before.
fn check_folder(at: usize, path: &str, pairs: &crate::model::Pairs, findings: &mut Findings<'_>) {
    let Some((folder, _)) = path.rsplit_once('/').filter(|(folder, _)| !folder.is_empty()) else { return };
    let place = pairs.pairs.iter().position(|other| other.key.trim_end_matches('/') == folder);
    // A link may lead to the folder, and another archive may bring it.
    if place.is_some_and(|place| place > at) {
        findings
            .at(&L172, Key::of(path), format!("the folder `{folder}` stands behind `{path}`"))
            .set_help("write folders before what lies in them");
    }
}

#[cfg(test)]
mod tests {
    use crate::file::testing::{codes, pairs};

    const PATH: &str = "usr/src/initramfs/initramfs.list";

    #[test]
    fn entries_that_go_into_the_image() {
        let of = |key: &str, value: &str| codes(PATH, pairs(&[(key, value)]));
        for (key, value) in [
            ("/dev", "dir 0755 0 0"),
            ("/dev/console", "nod 0600 0 0 c 5 1"),
            ("/init", "file ${ROOTFS}/init 0755 0 0"),
            ("/init", "file init 0755 0 0 /sbin/init"),
            ("/bin/sh", "slink busybox 0777 0 0"),
            ("/run/x", "pipe 0600 0 0"),
        ] {
            assert_eq!(of(key, value), [""; 0], "{key}");
        }
        for (key, value) in [
            ("/dev", "directory 0755 0 0"),
            ("/dev", "dri 0755 0 0"),
            ("/dev", "dir 0755"),
            ("/dev", "dir rwx 0 0"),
            ("/dev", "dir 0755 root 0"),
            ("/dev/console", "nod 0600 0 0 x 5 1"),
            ("dev", "dir 0755 0 0"),
        ] {
            assert_eq!(of(key, value), ["L172"], "{key} {value}");
        }
    }

    #[test]
    fn folders_come_first() {
        let of = |entries: &[(&str, &str)]| codes(PATH, pairs(entries));
        let (dir, nod) = (("/dev", "dir 0755 0 0"), ("/dev/null", "nod 0666 0 0 c 1 3"));
        assert_eq!(of(&[dir, nod]), [""; 0]);
        assert_eq!(of(&[nod, dir]), ["L172"]);
    }
}
