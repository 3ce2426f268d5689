//! How kernels are installed, and with which command line: kernel-install(8), sys-kernel/installkernel.

use super::unknown::unknown;
use super::{Grammar, ItemWords, ItemsDialect, Kind, Place, VarsDialect};
use crate::model::Model;
use crate::report::{Code, Findings, Key};

/// How installkernel and kernel-install install a kernel: variables that sh reads, kernel-install(8).
pub static INSTALL_CONF: Kind = Kind {
    name: "install.conf",
    about: "How installkernel and kernel-install install a kernel: variables that sh reads, kernel-install(8).",
    place: Place::File("etc/kernel/install.conf"),
    grammar: Grammar::Vars(VarsDialect::Shell { export: false }),
    template: Some("etc/kernel/install.conf.j2"),
    mode: 0o644,
    check,
};

/// The command line of kernels that kernel-install installs: all words of all lines, kernel-install(8).
pub static CMDLINE: Kind = Kind {
    name: "kernel-cmdline",
    about: "The command line of kernels that kernel-install installs: all words of all lines, no comments, kernel-install(8).",
    place: Place::File("etc/kernel/cmdline"),
    grammar: WORDS,
    template: Some("etc/kernel/cmdline.j2"),
    mode: 0o644,
    check: check_words,
};

/// Parts of the command line that dracut reads beside the kernel's, in an image that holds them, dracut.cmdline(7).
pub static CMDLINE_D: Kind = Kind {
    name: "cmdline.d",
    about: "Parts of the command line that dracut's initramfs reads beside the kernel's own, where the image holds them, no \
            comments, dracut.cmdline(7).",
    place: Place::Ending("etc/cmdline.d", &[".conf"]),
    grammar: WORDS,
    template: Some("etc/cmdline.d.j2"),
    mode: 0o644,
    check: check_words,
};

const WORDS: Grammar = Grammar::Items(ItemsDialect { words: ItemWords::Joined, whole_line: true });

/// A setting that installkernel does not know.
pub(crate) const L175: Code = Code::error(
    "L175",
    "bad-install-conf",
    "A layout or generator that no script knows makes no error: the kernel is copied as the default layout has it, or no \
     initramfs is made.",
    "kernel-install(8); sys-kernel/installkernel, installkernel.in",
);

/// A word of a command line that the kernel takes otherwise.
pub(crate) const L197: Code = Code::error(
    "L197",
    "bad-kernel-parameter",
    "The kernel joins the words of all lines: a comment becomes parameters, and an open quote takes the rest of the line in.",
    "Documentation/admin-guide/kernel-parameters.rst; lib/cmdline.c next_arg",
);

/// The variables, and their values where there is a choice.
const VARIABLES: [(&str, &[&str]); 9] = [
    ("layout", &["bls", "uki", "grub", "efistub", "compat", "systemd-boot", "refind", "other", "auto"]),
    ("initrd_generator", &["dracut", "ugrd", "mkinitcpio", "mkosi-initrd", "booster", "none"]),
    ("uki_generator", &["ukify", "dracut", "ugrd", "mkinitcpio", "none"]),
    ("BOOT_ROOT", &[]),
    ("MACHINE_ID", &[]),
    ("EFI_PARTITION", &[]),
    ("KERNEL_INSTALL_BOOT_ROOT", &[]),
    ("KERNEL_INSTALL_PLUGINS", &[]),
    ("ENTRY_TOKEN", &[]),
];

fn check(model: &Model, findings: &mut Findings<'_>) {
    let Model::Vars(vars) = model else { return };
    for assign in vars.assigns() {
        let name = assign.name.as_str();
        let Some((_, values)) = VARIABLES.iter().find(|(known, _)| *known == name) else {
            let message = format!("installkernel does not read `{name}`");
            unknown(
                findings,
                &L175,
                (Key::of(name), name),
                message,
                VARIABLES.iter().map(|(name, _)| *name),
                "take it out",
            );
            continue;
        };
        let Some(value) = assign.value.plain() else { continue };
        if !values.is_empty() && !values.contains(&value) {
            let otherwise = format!("write one of: {}", values.join(" "));
            let message = format!("`{name}` cannot be `{value}`");
            unknown(findings, &L175, (Key::of(name), value), message, values.iter().copied(), &otherwise);
        } else if name == "BOOT_ROOT" && !value.starts_with('/') {
            findings
                .at(&L175, Key::of(name), format!("`{value}` is no path from the root"))
                .set_help("write /boot or /efi");
        } else if name == "MACHINE_ID" && !(value.len() == 32 && value.chars().all(|c| c.is_ascii_hexdigit()))
        {
            findings
                .at(&L175, Key::of(name), format!("`{value}` is no machine id"))
                .set_help("write 32 hexadecimal digits");
        }
    }
}

fn check_words(model: &Model, findings: &mut Findings<'_>) {
    let Model::Items(items) = model else { return };
    for item in &items.items {
        let text = item.text.as_str();
        if text.starts_with('#') {
            findings
                .at(&L197, Key::of(text), format!("`{text}` is read as parameters: there are no comments"))
                .set_help("take the line out");
        } else if text.matches('"').count() % 2 == 1 {
            findings
                .at(&L197, Key::of(text), format!("a quote of `{text}` is not closed"))
                .set_help("close it");
        } else if let Some(word) = text.split_whitespace().find(|word| word.starts_with('=')) {
            findings
                .at(&L197, Key::of(text), format!("`{word}` has no name before its `=`"))
                .set_help("write NAME=VALUE without blanks");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::file::testing::{codes, items, vars};

    #[test]
    fn settings_of_installkernel() {
        let of = |name: &str, value: &str| codes("etc/kernel/install.conf", vars(&[(name, value)]));
        for (name, value) in [
            ("layout", "grub"),
            ("initrd_generator", "ugrd"),
            ("uki_generator", "ukify"),
            ("BOOT_ROOT", "/efi"),
            ("layout", "${x}"),
        ] {
            assert_eq!(of(name, value), [""; 0], "{name}={value}");
        }
        for (name, value) in [
            ("layout", "grub2"),
            ("initrd_generator", "genkernel"),
            ("Layout", "grub"),
            ("BOOT_ROOT", "boot"),
            ("MACHINE_ID", "me"),
        ] {
            assert_eq!(of(name, value), ["L175"], "{name}={value}");
        }
    }

    #[test]
    fn words_of_a_command_line() {
        for path in ["etc/kernel/cmdline", "etc/cmdline.d/10-x.conf"] {
            let of = |line: &str| codes(path, items(&[line]));
            assert_eq!(of("root=UUID=x ro"), [""; 0]);
            assert_eq!(of("dyndbg=\"file x +p\""), [""; 0]);
            for line in ["# why", "dyndbg=\"file x", "root = /dev/sda1"] {
                assert_eq!(of(line), ["L197"], "{line}");
            }
        }
    }
}
