//! Which files an ordinary user's Portage needs, asked of Portage.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests")]

mod common;

use std::process::Command;

use portage_config::file::{Reader, find};
use portage_config::vocab::RelPath;

/// Loads a configuration as a user without groups, one file after the other being closed to it.
const SCRIPT: &str = include_str!("readers/ask.py");

#[test]
fn what_portage_cannot_do_without_is_for_everybody() {
    let Some(python) = common::python("what_portage_cannot_do_without_is_for_everybody") else { return };
    let output = Command::new(python).args(["-c", SCRIPT]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let answers = String::from_utf8(output.stdout).unwrap();
    let mut died = 0;
    for line in answers.lines() {
        let (name, answer) = line.split_once(' ').unwrap();
        let kind = find(&RelPath::parse(&format!("etc/portage/{name}")).unwrap()).unwrap();
        // env/CATEGORY/PACKAGE without a line in package.env is bash.
        let reader = if name == "env/a/c" { Reader::Group("portage") } else { kind.reader() };
        match answer {
            "works" => {}
            _ => assert_eq!(reader, Reader::All, "{name} {answer}"),
        }
        died += usize::from(answer == "dies");
    }
    assert!(died > 25, "{answers}");
    for name in ["make.conf dies", "package.use dies", "\nrepos.conf differs", "binrepos.conf differs"] {
        assert!(answers.contains(name), "{name}: {answers}");
    }
}
