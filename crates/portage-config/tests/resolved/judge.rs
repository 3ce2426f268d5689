//! Questions to real Portage, and its answers.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::{Deserialize, Serialize};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/resolved/judge.py");

/// What `judge.py` describes at its top.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Request {
    pub(crate) config_root: PathBuf,
    pub(crate) repos: Vec<(String, PathBuf)>,
    pub(crate) priorities: BTreeMap<String, i64>,
    pub(crate) env: BTreeMap<String, String>,
    pub(crate) packages: Option<Vec<String>>,
    pub(crate) vars: Vec<String>,
    pub(crate) careful: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Fatal {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) message: String,
}

/// What a tree means.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Answer {
    pub(crate) fatal: Option<Fatal>,
    /// In no order: Portage says some of them when a package is first looked at.
    pub(crate) messages: BTreeSet<String>,
    pub(crate) profiles: Vec<String>,
    pub(crate) global: BTreeMap<String, String>,
    pub(crate) features: Vec<String>,
    pub(crate) use_mask: Vec<String>,
    pub(crate) use_force: Vec<String>,
    pub(crate) system: Vec<String>,
    pub(crate) profile_set: Vec<String>,
    pub(crate) packages: BTreeMap<String, Package>,
}

/// What a tree means for one version of a package.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Package {
    pub(crate) fatal: Option<Fatal>,
    #[serde(rename = "use")]
    pub(crate) enabled: Vec<String>,
    pub(crate) use_implicit: Vec<String>,
    pub(crate) use_mask: Vec<String>,
    pub(crate) use_force: Vec<String>,
    pub(crate) package_use: Vec<String>,
    pub(crate) iuse: Vec<String>,
    pub(crate) visible: bool,
    pub(crate) masked_by: Vec<String>,
    pub(crate) mask_atom: Option<String>,
    pub(crate) keywords_missing: Vec<String>,
    pub(crate) license_missing: Vec<String>,
    pub(crate) properties_missing: Vec<String>,
    pub(crate) restrict_missing: Vec<String>,
    pub(crate) stable: bool,
    pub(crate) keywords: Vec<String>,
    pub(crate) accept_keywords: Vec<String>,
    pub(crate) required_use: Option<bool>,
    pub(crate) env: BTreeMap<String, Option<String>>,
    pub(crate) features: Vec<String>,
    pub(crate) env_files: Vec<String>,
    pub(crate) bashrc: Vec<String>,
    pub(crate) patches: Vec<String>,
}

/// A process that stays up.
pub(crate) struct Judge {
    child: Child,
    /// Closed, it ends the process.
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Judge {
    pub(crate) fn new(python: &Path) -> Self {
        let mut child = Command::new(python)
            .arg(SCRIPT)
            // Portage prints the members of sets in their own order.
            .env("PYTHONHASHSEED", "0")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (questions, answers) = (child.stdin.take(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, questions, answers }
    }

    pub(crate) fn ask(&mut self, request: &Request) -> Answer {
        self.try_ask(request).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Or why the question cannot be answered, which is no word of Portage's.
    pub(crate) fn try_ask(&mut self, request: &Request) -> Result<Answer, String> {
        let question = serde_json::to_string(request).unwrap();
        writeln!(self.questions.as_mut().unwrap(), "{question}").unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        let answer: serde_json::Value = serde_json::from_str(&line).unwrap();
        match answer.get("error").and_then(serde_json::Value::as_str) {
            Some(error) => Err(error.to_owned()),
            None => Ok(serde_json::from_value(answer).unwrap()),
        }
    }

    /// What a process says that never saw another tree; it takes no shortcut.
    pub(crate) fn fresh(python: &Path, request: &Request) -> Answer {
        Self::new(python).ask(&Request { careful: true, ..request.clone() })
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        drop(self.questions.take());
        let _ = self.child.wait();
    }
}

/// The places at which two answers differ, each with both values; at most `limit`.
pub(crate) fn differences(one: &Answer, other: &Answer, limit: usize) -> Vec<String> {
    let mut found = Vec::new();
    let values = [one, other].map(|answer| serde_json::to_value(answer).unwrap());
    compare("", &values[0], &values[1], &mut found);
    found.truncate(limit);
    found
}

fn compare(place: &str, one: &serde_json::Value, other: &serde_json::Value, found: &mut Vec<String>) {
    use serde_json::Value;
    if one == other {
        return;
    }
    let (Value::Object(first), Value::Object(second)) = (one, other) else {
        return found.push(format!("{place}:\n    {one}\n    {other}"));
    };
    let names: BTreeSet<_> = first.keys().chain(second.keys()).collect();
    for name in names {
        let side = |members: &serde_json::Map<String, Value>| members.get(name).cloned().unwrap_or_default();
        compare(&format!("{place}/{name}"), &side(first), &side(second), found);
    }
}

/// The packages that two answers tell apart.
pub(crate) fn packages_that_differ(one: &Answer, other: &Answer) -> Vec<String> {
    let names: BTreeSet<_> = one.packages.keys().chain(other.packages.keys()).collect();
    names.into_iter().filter(|name| one.packages.get(*name) != other.packages.get(*name)).cloned().collect()
}
