//! The data of `explain`.

use std::collections::BTreeMap;

use serde::Serialize;

/// What was explained.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Explained {
    /// `package`, `variable` or `code`.
    pub(crate) about: &'static str,
    /// The package as `cat/pkg-1::repo`, the variable, or the code.
    pub(crate) name: String,
    /// `use:FLAG`, a variable, `visible`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) subject: Option<String>,
    /// The answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<String>,
    /// What was looked at, the weakest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<Vec<Reason>>,
    /// All about a package.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) package: Option<Overview>,
    /// Of a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) example: Option<Example>,
}

/// What a check speaks of.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Example {
    pub(crate) files: Vec<ExampleFile>,
    /// The message.
    pub(crate) says: String,
    /// What is to be done.
    pub(crate) fix: Option<String>,
}

/// A file of an example.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ExampleFile {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// A word that was looked at.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Reason {
    /// The file, from the machine's `/`; `null` where no line says it.
    pub(crate) path: Option<String>,
    pub(crate) line: Option<u32>,
    /// The line as it stands there.
    pub(crate) text: Option<String>,
    pub(crate) layer: Option<&'static str>,
    pub(crate) says: String,
    pub(crate) effect: &'static str,
    pub(crate) because: Option<String>,
    /// The answer without this line, where it is another one.
    pub(crate) without: Option<String>,
}

/// All about a package.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Overview {
    pub(crate) slot: String,
    pub(crate) eapi: String,
    pub(crate) visible: bool,
    /// What stands against it: `keywords`, `license`, …, each with the words.
    pub(crate) masks: BTreeMap<&'static str, Vec<String>>,
    pub(crate) keywords: Vec<String>,
    pub(crate) accept_keywords: Vec<String>,
    pub(crate) on: Vec<String>,
    pub(crate) off: Vec<String>,
    pub(crate) masked: Vec<String>,
    pub(crate) forced: Vec<String>,
    /// The parts of REQUIRED_USE that do not hold.
    pub(crate) required_use: Vec<String>,
    pub(crate) variables: BTreeMap<&'static str, String>,
    /// The files of package.env.
    pub(crate) env_files: Vec<String>,
    pub(crate) patches: Vec<String>,
    pub(crate) bashrc: Vec<String>,
    /// Whether everything is known that its ebuild says of itself.
    pub(crate) complete: bool,
}
