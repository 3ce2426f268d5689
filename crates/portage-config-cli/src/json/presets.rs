//! Presets, parameters and steps.

use serde::Serialize;

use super::At;

/// A preset.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Preset {
    pub(crate) name: String,
    pub(crate) about: String,
    /// Whether it is a building block.
    pub(crate) block: bool,
    /// Its opening comment, a string for each line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) comment: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) extends: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) roots: Option<Vec<PresetRoot>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) params: Option<Vec<Param>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) variants: Option<Vec<String>>,
    /// How many there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) steps: Option<usize>,
}

/// A root of a preset.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PresetRoot {
    pub(crate) name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) at: Option<At>,
    pub(crate) files: Vec<PresetFile>,
}

/// A file of a preset.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PresetFile {
    pub(crate) path: String,
    pub(crate) node: &'static str,
    pub(crate) kind: Option<&'static str>,
}

/// A parameter.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Param {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) help: Option<String>,
    pub(crate) example: Option<String>,
    pub(crate) default: Option<String>,
    pub(crate) choices: Vec<String>,
    /// `null` when unset or secret.
    pub(crate) value: Option<String>,
    pub(crate) set: bool,
    pub(crate) secret: bool,
}

/// Something that is done between the files.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Step {
    pub(crate) name: String,
    pub(crate) about: String,
    pub(crate) phase: String,
    pub(crate) on: Option<String>,
    pub(crate) roots: Vec<String>,
    pub(crate) run: Option<String>,
    /// The parameters that are still to be filled.
    pub(crate) open: Vec<String>,
}
