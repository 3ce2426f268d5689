//! The repositories of a machine, their order, names and updates, as real Portage takes them.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that fails says so")]

#[path = "../common/mod.rs"]
mod common;
mod conf;
mod flags;
mod matches;
mod updates;

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// The same numbers each time.
struct Numbers(u32);

impl Numbers {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        usize::try_from(self.0 >> 8).unwrap() % count
    }

    fn of<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.below(all.len())]
    }
}

fn put(dir: &Path, path: &str, text: &str) {
    let path = dir.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// What Portage answers: the script reads the questions and makes a list of answers.
fn ask(test: &str, script: &str, questions: &Value) -> Option<Vec<Value>> {
    let python = common::python(test)?;
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("questions.json");
    std::fs::write(&input, serde_json::to_vec(questions).unwrap()).unwrap();
    let script = format!(
        "import json, os, sys, tempfile\nquiet = os.dup(1)\nos.dup2(2, 1)\n\
         questions = json.load(open(sys.argv[1]))\nanswers = []\n{script}\n\
         os.dup2(quiet, 1)\nprint(json.dumps(answers))\n"
    );
    let output = Command::new(python)
        .args(["-c", &script])
        .arg(&input)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}
