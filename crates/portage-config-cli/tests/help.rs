//! Help, manual pages and completions: of every command that there is.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that fails says so"
)]

mod common;

use std::process::Command;

use common::{Folder, command, run};

const LINES: usize = 46;
const COLUMNS: usize = 80;

/// The commands, as the help lists them.
fn commands() -> Vec<String> {
    let mut all = listed(&["--help"]);
    assert!(all.len() > 10 && all.iter().any(|name| name == "schema"), "{all:?}");
    let inner = listed(&["overlay", "--help"]);
    assert!(inner.iter().any(|name| name == "manifest"), "{inner:?}");
    all.extend(inner.iter().map(|name| format!("overlay {name}")));
    all
}

/// The commands that a help lists.
fn listed(args: &[&str]) -> Vec<String> {
    let help = screen(args);
    let listed = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    listed
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
        .filter(|name| name != "help")
        .collect()
}

/// The words of a command, and one more.
fn with<'a>(name: &'a str, word: &'a str) -> Vec<&'a str> {
    name.split(' ').chain([word]).collect()
}

/// What is printed on a screen of 80 columns.
fn screen(args: &[&str]) -> String {
    let output = command().args(args).env("COLUMNS", COLUMNS.to_string()).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{args:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn each_help_fits_a_screen_and_has_examples() {
    let commands = commands();
    let all = commands.iter().map(|name| with(name, "--help")).chain([vec!["--help"]]);
    for args in all {
        let help = screen(&args);
        let lines = help.lines().count();
        assert!(lines <= LINES, "{args:?}: {lines} lines\n{help}");
        for line in help.lines() {
            assert!(line.chars().count() <= COLUMNS, "{args:?}: {line}");
        }
        let examples = help.split("\nExamples:\n").nth(1).unwrap_or_else(|| panic!("{args:?}: no examples"));
        for line in examples.lines() {
            assert!(line.starts_with("  portage-config "), "{args:?}: not to be copied: {line}");
        }
        assert!(help.starts_with(|c: char| c.is_ascii_uppercase()), "{args:?}");
    }
}

#[test]
fn helps() {
    insta::assert_snapshot!("portage-config", screen(&["--help"]));
    for name in commands() {
        insta::assert_snapshot!(
            format!("portage-config-{}", name.replace(' ', "-")),
            screen(&with(&name, "--help"))
        );
    }
}

#[test]
fn the_short_help_is_the_same() {
    assert_eq!(screen(&["-h"]), screen(&["--help"]));
    for name in commands() {
        assert_eq!(screen(&with(&name, "-h")), screen(&with(&name, "--help")), "{name}");
    }
}

#[test]
fn a_manual_page_for_each_command() {
    let folder = Folder::new(&[]);
    folder.run(&["man", "--out", "man"]).expect(0);
    let mut expected: Vec<String> =
        commands().iter().map(|name| format!("portage-config-{}.1", name.replace(' ', "-"))).collect();
    expected.push("portage-config.1".to_owned());
    expected.sort();
    let pages: Vec<String> =
        folder.list("man").iter().filter_map(|page| page.split(' ').next().map(str::to_owned)).collect();
    assert_eq!(pages, expected);
    for page in pages {
        let text = folder.read(&format!("man/{page}"));
        let sections = ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLES", "\"EXIT STATUS\"", "FILES"];
        let mut at = 0;
        for section in sections.into_iter().chain(["\"SEE ALSO\""]) {
            let heading = format!(".SH {section}\n");
            at += text[at..].find(&heading).unwrap_or_else(|| panic!("{page}: {section}\n{text}"));
        }
        assert!(!text.contains("Examples:"), "{page}");
    }
    assert_eq!(folder.read("man/portage-config.1"), run(&["man"]).expect(0).out);
}

#[test]
fn manual_pages() {
    let folder = Folder::new(&[]);
    folder.run(&["man", "--out", "man"]).expect(0);
    for name in ["edit", "schema"] {
        let page = folder.read(&format!("man/portage-config-{name}.1"));
        let page = page.replace(env!("CARGO_PKG_VERSION"), "VERSION");
        insta::assert_snapshot!(format!("man-{name}"), page);
    }
}

#[test]
fn manual_pages_are_good_roff() {
    if Command::new("groff").arg("--version").output().is_err() {
        eprintln!("left to scripts/test: groff is missing");
        return;
    }
    let folder = Folder::new(&[]);
    folder.run(&["man", "--out", "man"]).expect(0);
    for page in std::fs::read_dir(folder.join("man")).unwrap() {
        let page = page.unwrap().path();
        let output = Command::new("groff").args(["-man", "-ww", "-Tutf8", "-z"]).arg(&page).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && said.is_empty(), "{}: {said}", page.display());
    }
}

/// What bash offers for a line, asked of bash itself.
fn bash(words: &[&str]) -> Vec<String> {
    let script = run(&["completions", "bash"]).expect(0).out;
    let (last, before) = (words.last().unwrap(), words[words.len() - 2]);
    let ask = format!(
        "complete -p portage-config >&2 || exit 1\nCOMP_WORDS=({}); COMP_CWORD={}; \
         _portage__config portage-config '{last}' '{before}'; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" "),
        words.len() - 1,
    );
    let output = Command::new("bash").args(["--norc", "-c", &format!("{script}\n{ask}")]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_options_and_presets() {
    let mut offered = bash(&["portage-config", ""]);
    offered.retain(|word| !word.starts_with('-') && word != "help");
    assert_eq!(offered, listed(&["--help"]));
    assert!(bash(&["portage-config", "overlay", "man"]).contains(&"manifest".to_owned()));
    assert_eq!(bash(&["portage-config", "ren"]), ["render"]);
    assert!(bash(&["portage-config", "new", ""]).contains(&"i486-glibc-systemd".to_owned()));
    assert_eq!(bash(&["portage-config", "check", "--format", ""]), ["human", "json", "sarif", "github"]);
    assert_eq!(bash(&["portage-config", "schema", "--fo"]), ["--force", "--format"]);
    assert_eq!(bash(&["portage-config", "completions", "z"]), ["zsh"]);
}

#[test]
fn every_shell_gets_every_command() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = run(&["completions", shell]).expect(0).out;
        for name in commands() {
            let name = name.rsplit(' ').next().unwrap();
            assert!(script.contains(name), "{shell}: {name}");
        }
        let names_values = matches!(shell, "bash" | "zsh");
        assert_eq!(script.contains("i486-glibc-systemd"), names_values, "{shell}");
    }
}

#[test]
fn scripts_are_good_for_their_shells() {
    let folder = Folder::new(&[]);
    for (shell, check) in [("bash", "-n"), ("zsh", "-n"), ("fish", "--no-execute")] {
        folder.write(shell, run(&["completions", shell]).expect(0).out.as_bytes());
        match Command::new(shell).arg(check).arg(folder.join(shell)).output() {
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                assert!(output.status.success() && said.is_empty(), "{shell}: {said}");
            }
            // Only bash is everywhere.
            Err(_) => assert_ne!(shell, "bash"),
        }
    }
}

#[test]
fn scripts_complete_paths() {
    let zsh = run(&["completions", "zsh"]).expect(0).out;
    for word in ["--root=[", "--out=[", "--templates=[", "--tar=["] {
        let lines: Vec<&str> = zsh.lines().filter(|line| line.contains(word)).collect();
        assert!(!lines.is_empty(), "{word}");
        for line in lines {
            assert!(line.contains(":_files"), "{line}");
        }
    }
    // Presets by another name are good all the same.
    let folder = Folder::new(&[]);
    folder.run(&["new", "preset:i486-glibc-systemd", "-o", "x.toml"]).expect(0);
}
