//! Trees of more files than a process may hold open.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so")]

mod common;

use std::fmt::Write;
use std::process::Command;

use common::{Folder, command};

#[test]
fn more_files_than_may_be_open_are_applied_and_taken_back() {
    let mut spec = String::from("spec = 1\n");
    for file in 0..200 {
        write!(spec, "\n[\"package.use/{file:03}\"]\n\"dev-libs/library{file}\" = \"nls\"\n").unwrap();
    }
    let folder = Folder::new(&[("spec.toml", &spec)]);
    std::fs::create_dir(folder.join("root")).unwrap();
    let limited = |args: &[&str]| {
        let program = command().get_program().to_owned();
        let script = "ulimit -n 48 && exec \"$@\"";
        let mut sh = Command::new("sh");
        sh.args(["-c", script, "sh"]).arg(program).args(args).current_dir(folder.path());
        let output = sh.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    limited(&["apply", "spec.toml", "--root", "root", "--yes"]);
    assert_eq!(folder.read("root/etc/portage/package.use/199"), "dev-libs/library199 nls\n");
    folder.write("spec.toml", spec.replace("nls", "-nls").as_bytes());
    limited(&["apply", "spec.toml", "--root", "root", "--yes"]);
    assert_eq!(folder.read("root/etc/portage/package.use/199"), "dev-libs/library199 -nls\n");
    limited(&["rollback", "1", "--root", "root", "--yes"]);
    assert_eq!(folder.read("root/etc/portage/package.use/199"), "dev-libs/library199 nls\n");
    limited(&["rollback", "0", "--root", "root", "--yes"]);
    assert!(!folder.join("root/etc/portage").exists());
}
