//! What an initramfs holds, as the list of gen_init_cpio says it.

use super::Context;
use crate::model::{Model, Pairs};
use crate::report::{Code, Key, Report};
use crate::vocab::RelPath;

/// An image that starts nothing.
pub(crate) const L086: Code = Code::error(
    "L086",
    "image-without-init",
    "The kernel runs /init of the initramfs, with /dev/console as its input and output, and panics where there is no root to \
     mount either; a program without its loader does not run.",
    "Documentation/filesystems/ramfs-rootfs-initramfs.rst; init/main.c of Linux",
);

pub(super) fn check(context: &Context<'_>, report: &mut Report) {
    for (path, (kind, model)) in &context.models {
        if let (Model::Pairs(list), "cpio-list") = (&**model, *kind) {
            check_list(context, path, list, report);
        }
    }
}

/// The words of an entry: its type, and what is behind its path.
fn entry<'l>(list: &'l Pairs, wanted: &str) -> Option<Vec<&'l str>> {
    let pair = list.pairs.iter().rev().find(|pair| pair.key == wanted)?;
    Some(pair.value.reveal().split_whitespace().collect())
}

fn check_list(context: &Context<'_>, path: &RelPath, list: &Pairs, report: &mut Report) {
    let (init, console) = (entry(list, "/init"), entry(list, "/dev/console"));
    let mut wrong = |key: Key, message: &str, help: &str| {
        report.file(path).at(&L086, key, message).set_help(help);
    };
    match (&init, &console) {
        // One of several archives, which another one completes.
        (None, None) => return,
        (None, Some(_)) => {
            wrong(Key::file(), "the image has no /init", "write `file /init LOCATION 0755 0 0`");
        }
        (Some(_), None) => wrong(
            Key::of("/init"),
            "the image has no /dev/console: /init has no input and no output",
            "write `nod /dev/console 0600 0 0 c 5 1`",
        ),
        _ => {}
    }
    if let Some(["file", _, mode, ..]) = init.as_deref()
        && u32::from_str_radix(mode, 8).is_ok_and(|mode| mode & 0o111 == 0)
    {
        wrong(Key::of("/init"), "/init cannot be executed", "write the mode 0755");
    }
    let loader =
        list.pairs.iter().any(|pair| pair.key.rsplit('/').next().is_some_and(|name| name.starts_with("ld-")));
    if !loader && context.flag("sys-apps/busybox", "static") == Some(false) {
        let busybox = list.pairs.iter().find(|pair| {
            let words: Vec<&str> = pair.value.reveal().split_whitespace().collect();
            words.first() == Some(&"file") && words.get(1).is_some_and(|from| from.ends_with("/bin/busybox"))
        });
        if let Some(pair) = busybox {
            wrong(
                Key::of(&pair.key),
                "busybox is not static, and the image has no C library",
                "write `static` for sys-apps/busybox, or put its loader and libraries into the list",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::file::testing::pairs;
    use crate::lint::testing::{codes, root};

    const LIST: [(&str, &str); 4] = [
        ("/dev", "dir 0755 0 0"),
        ("/dev/console", "nod 0600 0 0 c 5 1"),
        ("/bin/busybox", "file /bin/busybox 0755 0 0"),
        ("/init", "file /usr/src/initramfs/init 0755 0 0"),
    ];

    fn told(list: &[(&str, &str)], flags: &str) -> Vec<&'static str> {
        let root = root().rules("etc/portage/package.use", &[("sys-apps/busybox", flags)]);
        codes(&root.model("usr/src/initramfs/initramfs.list", pairs(list)))
    }

    #[test]
    fn an_image_has_what_starts() {
        assert_eq!(told(&LIST, "static"), [""; 0]);
        assert_eq!(told(&LIST, "mdev"), [""; 0], "the profile may say static");
        assert_eq!(told(&LIST[..3], "static"), ["L086"], "no /init");
        assert_eq!(told(&[LIST[0], LIST[3]], "static"), ["L086"], "no console");
        let mut not = LIST;
        not[3].1 = "file /usr/src/initramfs/init 0644 0 0";
        assert_eq!(told(&not, "static"), ["L086"], "not executable");
        assert_eq!(told(&[LIST[0], ("/etc", "dir 0755 0 0")], "static"), [""; 0], "one of several archives");
        let slink = [LIST[0], LIST[1], ("/init", "slink /bin/busybox 0777 0 0")];
        assert_eq!(told(&slink, "static"), [""; 0]);
    }

    #[test]
    fn a_dynamic_busybox_needs_its_loader() {
        assert_eq!(told(&LIST, "-static"), ["L086"]);
        let mut whole = LIST.to_vec();
        whole.extend([
            ("/lib", "dir 0755 0 0"),
            ("/lib/ld-musl-i386.so.1", "file /lib/ld-musl-i386.so.1 0755 0 0"),
        ]);
        assert_eq!(told(&whole, "-static"), [""; 0]);
    }
}
