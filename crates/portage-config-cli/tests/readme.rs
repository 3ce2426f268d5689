//! The commands of the README print what it says.
#![allow(clippy::unwrap_used, reason = "a test that fails says so")]

mod common;

use std::path::Path;
use std::process::Command;

/// Runs the ```console blocks, one after the other in one folder, and puts in what they print.
fn run(readme: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let repos = folder.path().join("repos");
    common::gentoo::write(&repos.join("gentoo"));
    let overlay = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../overlay");
    std::os::unix::fs::symlink(overlay, repos.join("portage-config")).unwrap();
    for (cpv, flags) in [
        ("app-editors/vim-9.1.1652", "nls"),
        ("app-shells/bash-5.3_p3", "net nls readline"),
        ("sys-apps/busybox-1.36.1-r4", "static"),
    ] {
        common::gentoo::install(&repos.join("gentoo"), cpv, flags, &folder.path().join("installed"));
    }
    let command = Path::new(env!("CARGO_BIN_EXE_portage-config"));
    let path = format!("{}:{}", command.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let mut out = String::new();
    let mut inside = false;
    for line in readme.lines() {
        match line {
            "```console" => inside = true,
            "```" => inside = false,
            _ => {}
        }
        if !inside || line.starts_with("```") {
            out += line;
            out.push('\n');
        } else if let Some(command) = line.strip_prefix("$ ") {
            let output = Command::new("sh")
                .args(["-c", &format!("{command} 2>&1")])
                .current_dir(folder.path())
                .env("PATH", &path)
                .output()
                .unwrap();
            if !out.ends_with("```console\n") {
                out.push('\n');
            }
            out += line;
            out.push('\n');
            out += common::timeless(&String::from_utf8(output.stdout).unwrap()).trim_end();
            if !out.ends_with('\n') {
                out.push('\n');
            }
        }
    }
    out
}

#[test]
fn the_readme_shows_what_is_printed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let found = std::fs::read_to_string(&path).unwrap();
    let wanted = run(&found);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, wanted).unwrap();
        return;
    }
    assert!(
        found == wanted,
        "README.md is not current; UPDATE_DOCS=1 cargo test -p portage-config-cli --test readme writes it.\n{wanted}"
    );
}
