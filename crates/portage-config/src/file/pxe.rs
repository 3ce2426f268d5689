//! What a machine boots over the network: pxelinux and iPXE.

use super::unknown::unknown;
use super::{Grammar, Kind, Place};
use crate::model::Model;
use crate::report::{Code, Findings, Key};

/// What pxelinux boots: keywords and their text, one a line; syslinux, doc/syslinux.txt and doc/pxelinux.txt.
pub static PXELINUX: Kind = Kind {
    name: "pxelinux.cfg",
    about: "What pxelinux boots: keywords and their text, one a line, in a file named for the machine's address or `default`; \
            syslinux, doc/pxelinux.txt. A text, checked for its grammar and labels. Other paths are said with `as`.",
    place: Place::Folder("srv/tftp/pxelinux.cfg"),
    grammar: Grammar::Opaque,
    template: None,
    mode: 0o644,
    check: check_pxelinux,
};

/// A script of iPXE, said with `as`: <https://ipxe.org/cmd>.
pub static IPXE: Kind = Kind {
    name: "ipxe",
    about: "A script of iPXE, said with `as`: a text, checked for its first line and commands, https://ipxe.org/cmd.",
    place: Place::Named,
    grammar: Grammar::Opaque,
    template: None,
    mode: 0o644,
    check: check_ipxe,
};

/// A menu of pxelinux that boots nothing.
pub(crate) const L190: Code = Code::error(
    "L190",
    "bad-pxelinux",
    "pxelinux prints `Unknown keyword in configuration file`, and where the default names no label it looks for a kernel of that \
     name on the server.",
    "syslinux, doc/syslinux.txt; core and com32/elflink/ldlinux/readconfig.c",
);

/// A script that iPXE does not run to its end.
pub(crate) const L191: Code = Code::error(
    "L191",
    "bad-ipxe-script",
    "iPXE takes a text for a script by its first line, and ends a script at the first command that it does not know or that fails.",
    "https://ipxe.org/scripting; src/image/script.c",
);

/// The keywords, in lower case; those of labels last.
const KEYWORDS: &[&str] = &[
    "allowoptions",
    "autoboot",
    "background",
    "config",
    "console",
    "default",
    "display",
    "f0",
    "f1",
    "f2",
    "f3",
    "f4",
    "f5",
    "f6",
    "f7",
    "f8",
    "f9",
    "f10",
    "f11",
    "f12",
    "font",
    "gfx",
    "help",
    "implicit",
    "include",
    "ipappend",
    "kbdmap",
    "label",
    "localboot",
    "menu",
    "nocomplete",
    "noescape",
    "nohalt",
    "onerror",
    "ontimeout",
    "path",
    "prompt",
    "pxe",
    "pxeretry",
    "say",
    "sendcookies",
    "serial",
    "sysappend",
    "text",
    "timeout",
    "totaltimeout",
    "ui",
    "append",
    "bss",
    "boot",
    "com32",
    "comboot",
    "fdi",
    "fdt",
    "fdtdir",
    "fdtoverlays",
    "initrd",
    "kernel",
    "linux",
];

/// Those that say what a label boots.
const BOOTS: &[&str] =
    &["kernel", "linux", "boot", "bss", "pxe", "fdi", "comboot", "com32", "config", "localboot", "menu"];

/// Words of a line, the first one in lower case.
fn split(line: &str) -> (String, &str) {
    let line = line.trim();
    let (word, rest) = line.split_once([' ', '\t']).unwrap_or((line, ""));
    (word.to_lowercase(), rest.trim())
}

fn check_pxelinux(model: &Model, findings: &mut Findings<'_>) {
    let Model::Opaque(text) = model else { return };
    let text = String::from_utf8_lossy(&text.bytes.0);
    let mut labels: Vec<(&str, bool)> = Vec::new();
    let mut wanted: Vec<&str> = Vec::new();
    let mut help = false;
    let mut included = false;
    for line in text.lines() {
        let (word, rest) = split(line);
        if help || word.is_empty() || word.starts_with('#') {
            help &= word != "endtext";
            continue;
        }
        match word.as_str() {
            "label" => {
                if labels.iter().any(|(label, _)| *label == rest) {
                    findings
                        .word(&L190, Key::file(), rest, format!("the label `{rest}` stands twice"))
                        .set_help("give each a name of its own");
                }
                labels.push((rest, false));
            }
            "default" | "ontimeout" | "onerror" => wanted.extend(rest.split_whitespace().next()),
            "text" => help = rest.to_lowercase().starts_with("help"),
            "include" => included = true,
            "menu" if rest.to_lowercase().starts_with("include") => included = true,
            "prompt" | "timeout" | "totaltimeout" if rest.parse::<u32>().is_err() => {
                findings
                    .word(&L190, Key::file(), line.trim(), format!("`{}` has no number", line.trim()))
                    .set_help("write a whole number; tenths of a second for a time");
            }
            _ => {}
        }
        if BOOTS.contains(&word.as_str())
            && let Some((_, boots)) = labels.last_mut()
        {
            *boots = true;
        }
        if !KEYWORDS.contains(&word.as_str()) {
            let message = format!("pxelinux knows no keyword `{word}`");
            unknown(
                findings,
                &L190,
                (Key::file(), &word),
                message,
                KEYWORDS.iter().copied(),
                "take the line out",
            );
        }
    }
    for (label, _) in labels.iter().filter(|(_, boots)| !boots) {
        findings
            .word(&L190, Key::file(), label, format!("the label `{label}` boots nothing"))
            .set_help("write KERNEL or LINUX and a file below it");
    }
    for name in wanted {
        let program = name.contains('/') || name.ends_with(".c32") || name.ends_with(".0");
        let there = labels.iter().any(|(label, _)| label.eq_ignore_ascii_case(name));
        if !labels.is_empty() && !program && !there && !included {
            findings
                .word(&L190, Key::file(), name, format!("no label is called `{name}`"))
                .set_help("write the name of a label");
        }
    }
}

/// The commands of iPXE.
const COMMANDS: &[&str] = &[
    "acpi",
    "autoboot",
    "boot",
    "bootpart",
    "certfree",
    "certstat",
    "certstore",
    "chain",
    "choose",
    "clear",
    "colour",
    "config",
    "console",
    "cpair",
    "cpuid",
    "crc32",
    "dhcp",
    "digest",
    "echo",
    "exit",
    "fcels",
    "fcstat",
    "fdt",
    "form",
    "gdbstub",
    "goto",
    "help",
    "ibmgmt",
    "ibstat",
    "iflinkwait",
    "ifclose",
    "ifconf",
    "ifopen",
    "ifstat",
    "iwstat",
    "iwlist",
    "imgargs",
    "imgdecrypt",
    "imgexec",
    "imgextract",
    "imgfetch",
    "imgfree",
    "imgload",
    "imgmem",
    "imgselect",
    "imgset",
    "imgstat",
    "imgtrust",
    "imgverify",
    "inc",
    "initrd",
    "iseq",
    "isset",
    "item",
    "kernel",
    "login",
    "lotest",
    "md5sum",
    "menu",
    "module",
    "nslookup",
    "nstat",
    "ntp",
    "param",
    "params",
    "pciscan",
    "ping",
    "pixbuf",
    "poweroff",
    "present",
    "profstat",
    "prompt",
    "pxebs",
    "read",
    "reboot",
    "ipstat",
    "route",
    "sanboot",
    "sanhook",
    "sanunhook",
    "set",
    "sha1sum",
    "sha256sum",
    "shell",
    "shim",
    "show",
    "sleep",
    "startpxe",
    "stoppxe",
    "sync",
    "time",
    "usbscan",
    "vcreate",
    "vdestroy",
    "imgdelete",
    "cat",
    "sha512sum",
];

fn check_ipxe(model: &Model, findings: &mut Findings<'_>) {
    let Model::Opaque(text) = model else { return };
    let text = String::from_utf8_lossy(&text.bytes.0);
    if text.is_empty() {
        return;
    }
    if text.lines().next().is_none_or(|line| line.trim_end() != "#!ipxe") {
        findings
            .at(&L191, Key::file(), "the first line is not `#!ipxe`")
            .set_help("write #!ipxe on the first line, with nothing before it");
    }
    let joined = text.replace("\\\n", " ");
    let labels: Vec<&str> =
        joined.lines().filter_map(|line| line.trim().strip_prefix(':')).map(str::trim).collect();
    for line in joined.lines() {
        let line = line.trim();
        if line.starts_with(['#', ':']) {
            continue;
        }
        let all: Vec<&str> = line.split_whitespace().collect();
        for command in all.split(|word| matches!(*word, "||" | "&&")) {
            let mut words = command.iter().copied();
            let Some(name) = words.next().filter(|name| !name.starts_with("${")) else { continue };
            if !COMMANDS.contains(&name) {
                let message = format!("iPXE knows no command `{name}`");
                unknown(
                    findings,
                    &L191,
                    (Key::file(), name),
                    message,
                    COMMANDS.iter().copied(),
                    "take it out",
                );
            }
            if name == "goto"
                && let Some(label) =
                    words.next().filter(|label| !label.contains("${") && !labels.contains(label))
            {
                findings
                    .word(&L191, Key::file(), label, format!("no label is called `{label}`"))
                    .set_help(format!("write a line :{label}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::file::testing::{codes, codes_of, opaque};
    use crate::vocab::RelPath;

    const MENU: &str = "# a menu\nSERIAL 0 19200\nDEFAULT gentoo\nPROMPT 0\nTIMEOUT 50\nLABEL gentoo\n  MENU LABEL x\n  TEXT HELP\n  \
        foo bar\n  ENDTEXT\n  KERNEL bzImage-486\n  INITRD a.img\n  APPEND root=/dev/nbd0\nlabel local\n  localboot 0\n";

    #[test]
    fn menus_of_pxelinux() {
        let of = |text: &str| codes("srv/tftp/pxelinux.cfg/default", opaque(text));
        assert_eq!(of(MENU), [""; 0]);
        for (from, to) in [
            ("DEFAULT gentoo", "DEFAULT gento"),
            ("APPEND", "APEND"),
            ("  localboot 0\n", ""),
            ("label local", "label gentoo"),
            ("TIMEOUT 50", "TIMEOUT 5s"),
        ] {
            let changed = MENU.replace(from, to);
            assert_ne!(changed, MENU);
            assert_eq!(of(&changed), ["L190"], "{from} {to}");
        }
    }

    #[test]
    fn scripts_of_ipxe() {
        let path = RelPath::parse("srv/tftp/boot.ipxe").unwrap();
        let of = |text: &str| codes_of(&super::IPXE, &path, opaque(text));
        let script = "#!ipxe\n# why\n:retry\ndhcp || goto retry\nset base http://192.0.2.10\nkernel ${base}/bzImage \\\n  ro\n\
            initrd ${base}/a.img\nboot || shell\n";
        assert_eq!(of(script), [""; 0]);
        for (from, to) in [
            ("#!ipxe", "#ipxe"),
            ("kernel", "kernal"),
            ("|| goto retry", "|| goto again"),
            ("|| shell", "|| shel"),
        ] {
            assert_eq!(of(&script.replace(from, to)), ["L191"], "{from} {to}");
        }
    }
}
