//! GRUB: its menu, and the settings from which grub-mkconfig makes one.

use super::unknown::unknown;
use super::{Grammar, Kind, Place, VarsDialect};
use crate::model::Model;
use crate::report::{Code, Findings, Key};

/// GRUB's menu as it is read at boot, written by hand or by grub-mkconfig, the GRUB manual. Other paths with `as`.
pub static GRUB_CFG: Kind = Kind {
    name: "grub-cfg",
    about: "GRUB's menu as it is read at boot, the GRUB manual: a text, whose entries, default and fallback are checked. Other \
            paths are said with `as`.",
    place: Place::File("boot/grub/grub.cfg"),
    grammar: Grammar::Opaque,
    template: None,
    mode: 0o644,
    check: check_menu,
};

/// Settings of grub-mkconfig: variables that sh reads, the GRUB manual.
pub static DEFAULT_GRUB: Kind = Kind {
    name: "default-grub",
    about: "Settings of grub-mkconfig: variables that sh reads, the GRUB manual.",
    place: Place::File("etc/default/grub"),
    grammar: Grammar::Vars(VarsDialect::Shell { export: false }),
    template: Some("etc/default/grub.j2"),
    mode: 0o644,
    check: check_settings,
};

/// A menu that does not boot what it says.
pub(crate) const L173: Code = Code::error(
    "L173",
    "bad-grub-menu",
    "GRUB boots the first entry where the default names none, stops at a file that it does not find, and shows its prompt \
     where the text has an open bracket or quote.",
    "GRUB manual, menuentry, default, fallback, linux",
);

/// A variable that grub-mkconfig does not read.
pub(crate) const L174: Code = Code::warning(
    "L174",
    "unknown-grub-variable",
    "grub-mkconfig passes over variables that it does not know, without a word.",
    "GRUB manual, Simple configuration handling; util/grub-mkconfig.in",
);

/// The variables of /etc/default/grub: those of GRUB itself, and those of the grub-mkconfig and the scripts of /etc/grub.d
/// that distributions patch.
const VARIABLES: [&str; 67] = [
    "GRUB_BACKGROUND",
    "GRUB_BADRAM",
    "GRUB_BUTTON_CMOS_ADDRESS",
    "GRUB_BUTTON_CMOS_CLEAN",
    "GRUB_CMDLINE_GNUMACH",
    "GRUB_CMDLINE_LINUX",
    "GRUB_CMDLINE_LINUX_DEFAULT",
    "GRUB_CMDLINE_LINUX_RECOVERY",
    "GRUB_CMDLINE_LINUX_XEN_REPLACE",
    "GRUB_CMDLINE_LINUX_XEN_REPLACE_DEFAULT",
    "GRUB_CMDLINE_NETBSD",
    "GRUB_CMDLINE_NETBSD_DEFAULT",
    "GRUB_CMDLINE_XEN",
    "GRUB_CMDLINE_XEN_DEFAULT",
    "GRUB_COLOR_HIGHLIGHT",
    "GRUB_COLOR_NORMAL",
    "GRUB_DEFAULT",
    "GRUB_DEFAULT_BUTTON",
    "GRUB_DEFAULT_DTB",
    "GRUB_DEVICE",
    "GRUB_DEVICE_BOOT",
    "GRUB_DEVICE_BOOT_UUID",
    "GRUB_DEVICE_PARTUUID",
    "GRUB_DEVICE_UUID",
    "GRUB_DISABLE_LINUX_PARTUUID",
    "GRUB_DISABLE_LINUX_RECOVERY",
    "GRUB_DISABLE_LINUX_UUID",
    "GRUB_DISABLE_OS_PROBER",
    "GRUB_DISABLE_RECOVERY",
    "GRUB_DISABLE_SUBMENU",
    "GRUB_DISABLE_UUID",
    "GRUB_DISTRIBUTOR",
    "GRUB_EARLY_INITRD_LINUX_CUSTOM",
    "GRUB_EARLY_INITRD_LINUX_STOCK",
    "GRUB_ENABLE_BLSCFG",
    "GRUB_ENABLE_CRYPTODISK",
    "GRUB_FLAVOUR_ORDER",
    "GRUB_FONT",
    "GRUB_FORCE_EFI_ALL_VIDEO",
    "GRUB_FORCE_PARTUUID",
    "GRUB_FS",
    "GRUB_GFXMODE",
    "GRUB_GFXPAYLOAD_LINUX",
    "GRUB_HIDDEN_TIMEOUT",
    "GRUB_HIDDEN_TIMEOUT_BUTTON",
    "GRUB_HIDDEN_TIMEOUT_QUIET",
    "GRUB_INIT_TUNE",
    "GRUB_OS_PROBER_SKIP_LIST",
    "GRUB_PRELOAD_MODULES",
    "GRUB_RECORDFAIL_TIMEOUT",
    "GRUB_RECOVERY_TITLE",
    "GRUB_SAVEDEFAULT",
    "GRUB_SERIAL_COMMAND",
    "GRUB_TERMINAL",
    "GRUB_TERMINAL_INPUT",
    "GRUB_TERMINAL_OUTPUT",
    "GRUB_THEME",
    "GRUB_TIMEOUT",
    "GRUB_TIMEOUT_BUTTON",
    "GRUB_TIMEOUT_STYLE",
    "GRUB_TIMEOUT_STYLE_BUTTON",
    "GRUB_TOP_LEVEL",
    "GRUB_TOP_LEVEL_OS_PROBER",
    "GRUB_TOP_LEVEL_XEN",
    "GRUB_USE_INITRDEFI",
    "GRUB_USE_LINUXEFI",
    "GRUB_VIDEO_BACKEND",
];

fn check_settings(model: &Model, findings: &mut Findings<'_>) {
    let Model::Vars(vars) = model else { return };
    for assign in vars.assigns() {
        let name = assign.name.as_str();
        if name.starts_with("GRUB_") && !VARIABLES.contains(&name) {
            let message = format!("grub-mkconfig does not read `{name}`");
            unknown(
                findings,
                &L174,
                (Key::of(name), name),
                message,
                VARIABLES,
                "take it out, or export it for a script of /etc/grub.d",
            );
        }
    }
}

/// An entry of the menu: its title and its id.
#[derive(Default)]
struct Entry {
    title: String,
    id: Option<String>,
}

fn check_menu(model: &Model, findings: &mut Findings<'_>) {
    let Model::Opaque(text) = model else { return };
    let text = String::from_utf8_lossy(&text.bytes.0);
    let mut wrong = |word: &str, message: String, help: &str| {
        findings.word(&L173, Key::file(), word, message).set_help(help);
    };
    let commands = match commands(&text) {
        Ok(commands) => commands,
        Err(why) => return wrong("", why.to_owned(), "close it"),
    };
    let has = |names: &[&str]| {
        commands.iter().any(|words| words.first().is_some_and(|word| names.contains(&word.as_str())))
    };
    // Of two branches only one is taken, and other scripts may bring further entries.
    let (branches, more) = (has(&["if"]), has(&["source", ".", "configfile", "blscfg"]));
    let mut entries: Vec<Entry> = Vec::new();
    let mut depth = 0_usize;
    let mut submenus = false;
    for words in &commands {
        let word = |at: usize| words.get(at).map_or("", String::as_str);
        match word(0) {
            "menuentry" | "submenu" => {
                submenus |= word(0) == "submenu";
                let id =
                    words.iter().position(|word| word == "--id").and_then(|at| words.get(at + 1)).cloned();
                let id = id
                    .or_else(|| words.iter().find_map(|word| word.strip_prefix("--id=").map(str::to_owned)));
                if let Some(id) = &id
                    && !branches
                    && entries.iter().any(|entry| entry.id.as_ref() == Some(id))
                {
                    wrong(id, format!("two entries have the id `{id}`"), "give each an id of its own");
                }
                entries.push(Entry { title: word(1).to_owned(), id });
            }
            command @ ("linux" | "linux16" | "initrd" | "initrd16" | "chainloader" | "multiboot") => {
                for path in
                    words.iter().skip(1).take(if command.starts_with("initrd") { usize::MAX } else { 1 })
                {
                    if !path.starts_with(['/', '(', '$', '-', '+']) && !path.starts_with("newc:") {
                        wrong(
                            path,
                            format!("`{path}` of `{command}` is no path from the root"),
                            "begin it with /",
                        );
                    }
                }
                if words.len() < 2 {
                    wrong(command, format!("`{command}` names no file"), "write its path");
                }
            }
            _ => {}
        }
        let brackets = |bracket: &str| words.iter().filter(|word| *word == bracket).count();
        depth += brackets("{");
        match depth.checked_sub(brackets("}")) {
            Some(left) => depth = left,
            None => return wrong("}", "a `}` has no `{`".to_owned(), "take it out"),
        }
    }
    if depth > 0 {
        return wrong("{", "a `{` has no `}`".to_owned(), "close it");
    }
    for words in &commands {
        let Some((name, value)) = words
            .get(1)
            .filter(|_| words.first().is_some_and(|w| w == "set"))
            .and_then(|word| word.split_once('='))
        else {
            continue;
        };
        if matches!(name, "default" | "fallback") && !value.is_empty() && !value.contains('$') {
            let targets: Vec<&str> =
                if name == "fallback" { value.split(' ').collect() } else { vec![value] };
            for target in targets.into_iter().filter(|target| !target.is_empty() && *target != "saved") {
                let there = match target.parse::<usize>() {
                    Ok(number) => submenus || number < entries.len(),
                    // An entry of a submenu is named by its way.
                    Err(_) => {
                        target.contains('>')
                            || entries
                                .iter()
                                .any(|entry| entry.title == target || entry.id.as_deref() == Some(target))
                    }
                };
                if !there && !more && !entries.is_empty() {
                    let titles: Vec<&str> =
                        entries.iter().map(|entry| entry.id.as_deref().unwrap_or(&entry.title)).collect();
                    wrong(
                        target,
                        format!("`{name}` is `{target}`, and no entry is called so"),
                        &format!("write one of: {}", titles.join(", ")),
                    );
                }
            }
        }
    }
}

/// The commands of a script as their words, without quotes; brackets are words. References stay as they are.
fn commands(text: &str) -> Result<Vec<Vec<String>>, &'static str> {
    let mut all = Vec::new();
    let mut words: Vec<String> = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next() {
                        Some('\'') => break,
                        Some(c) => word.push(c),
                        None => return Err("a `'` is not closed"),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next() {
                        Some('"') => break,
                        Some('\\') => word.extend(chars.next()),
                        Some(c) => word.push(c),
                        None => return Err("a `\"` is not closed"),
                    }
                }
            }
            '\\' => match chars.next() {
                Some('\n') | None => {}
                Some(c) => word.get_or_insert_default().push(c),
            },
            '$' if chars.peek() == Some(&'{') => {
                let word = word.get_or_insert_default();
                word.push('$');
                for c in chars.by_ref() {
                    word.push(c);
                    if c == '}' {
                        break;
                    }
                }
            }
            '#' if word.is_none() => while chars.next_if(|c| *c != '\n').is_some() {},
            '\n' | ';' | ' ' | '\t' | '\r' => {
                words.extend(word.take());
                if matches!(c, '\n' | ';') && !words.is_empty() {
                    all.push(std::mem::take(&mut words));
                }
            }
            '{' | '}' if word.is_none() => {
                words.push(c.to_string());
                // What follows is a command of its own.
                all.push(std::mem::take(&mut words));
            }
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    if !words.is_empty() {
        all.push(words);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use crate::file::testing::{codes, opaque, vars};

    const MENU: &str = "# comment {\nset timeout=5\nset default=active\nset fallback=\"1 recovery\"\nif [ -n \"${next}\" ]; then\n  \
        set default=\"${next}\"\nfi\nmenuentry \"active\" --id active {\n  linux /bzImage slot=active\n}\nmenuentry 'the backup' {\n  \
        linux (hd0,1)/bzImage \\\n    slot=backup\n  initrd /a.img /b.img\n}\nmenuentry \"r\" --id=recovery { linux $prefix/x; }\n";

    fn menu(text: &str) -> Vec<&'static str> {
        codes("boot/grub/grub.cfg", opaque(text))
    }

    #[test]
    fn menus_boot_what_they_say() {
        assert_eq!(menu(MENU), [""; 0]);
        assert_eq!(menu(""), [""; 0]);
        for (from, to) in [
            ("default=active", "default=activ"),
            ("1 recovery", "3 recovery"),
            ("1 recovery", "1 rescue"),
            ("--id=recovery", "--id=active"),
            ("linux /bzImage", "linux bzImage"),
            ("/a.img /b.img", "/a.img b.img"),
            ("slot=active\n}", "slot=active\n"),
            ("\"r\"", "\"r"),
            ("linux $prefix/x; }", "linux $prefix/x; } }"),
        ] {
            let changed = MENU.replace(from, to);
            assert_ne!(changed, MENU);
            assert!(menu(&changed).contains(&"L173"), "{from} {to}");
        }
    }

    #[test]
    fn variables_of_grub_mkconfig() {
        let of = |name: &str| codes("etc/default/grub", vars(&[(name, "1")]));
        for name in [
            "GRUB_TIMEOUT",
            "GRUB_ENABLE_BLSCFG",
            "GRUB_COLOR_NORMAL",
            "GRUB_COLOR_HIGHLIGHT",
            "GRUB_FORCE_EFI_ALL_VIDEO",
            "GRUB_FLAVOUR_ORDER",
        ] {
            assert_eq!(of(name), [""; 0], "{name}");
        }
        assert_eq!(of("MY_OWN"), [""; 0]);
        assert_eq!(of("GRUB_TIMEOUTS"), ["L174"]);
    }
}
