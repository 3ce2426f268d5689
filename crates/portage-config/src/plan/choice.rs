//! What stands against a change, and what can be chosen.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::config::File;
use crate::merge;
use crate::render;
use crate::vocab::RelPath;

/// What is done where somebody else's work is in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Choice {
    /// What is there stays.
    KeepTheirs,
    /// What the configuration wants takes its place. What was there is kept with the generation.
    TakeOurs,
    /// Both: by entries where the kind of file has some, otherwise by lines. Where they disagree the conflict stays.
    Merge,
    /// What the configuration wants is written beside it, as `._cfg0000_NAME`: dispatch-conf(1) and etc-update(1) finish
    /// the job.
    ConfigProtect,
}

/// What was chosen: for all, and for single paths.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// For all paths that are not named.
    pub all: Option<Choice>,
    /// For these paths, and those below them.
    pub paths: BTreeMap<RelPath, Choice>,
}

impl Choices {
    /// What holds for a path.
    pub fn of(&self, path: &RelPath) -> Option<Choice> {
        let named = self.paths.get(path).copied();
        let above = || path.ancestors().iter().rev().find_map(|above| self.paths.get(above).copied());
        named.or_else(above).or(self.all)
    }
}

/// What stands against a change.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Conflict {
    /// Why.
    pub reason: Reason,
    /// What can be chosen.
    pub choices: &'static [Choice],
    /// Entries on which both sides disagree, after a merge was tried.
    pub entries: Vec<merge::Conflict>,
}

/// Why a change is not simply made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Reason {
    /// It is there and was never written by us.
    NotOurs,
    /// It was changed since it was written.
    Edited,
    /// It was removed since it was written.
    Removed,
    /// Its mode was changed since it was written.
    Mode,
    /// A folder is there that holds files of somebody else.
    Folder,
    /// A link is there that leads nowhere, or out of what can be written.
    Link,
    /// A merge was tried: both sides changed the same entries.
    Merge,
}

/// For a file that is there.
pub(super) const FILE: &[Choice] =
    &[Choice::KeepTheirs, Choice::TakeOurs, Choice::Merge, Choice::ConfigProtect];
/// For what has no content to be merged, or none beside which something could be written.
pub(super) const EITHER: &[Choice] = &[Choice::KeepTheirs, Choice::TakeOurs];
/// For what has content, and no place beside it.
pub(super) const MERGE: &[Choice] = &[Choice::KeepTheirs, Choice::TakeOurs, Choice::Merge];

impl Conflict {
    pub(super) fn new(reason: Reason, choices: &'static [Choice]) -> Self {
        Self { reason, choices, entries: Vec::new() }
    }

    /// A conflict about entries, whose words are hidden where the file holds a secret.
    pub(super) fn about(
        reason: Reason,
        choices: &'static [Choice],
        mut entries: Vec<merge::Conflict>,
        file: &File,
    ) -> Self {
        if render::holds_secret(file) {
            entries.iter_mut().for_each(merge::Conflict::hide);
        }
        Self { reason, choices, entries }
    }
}

impl Choice {
    /// As the command line says it.
    pub fn name(self) -> &'static str {
        match self {
            Self::KeepTheirs => "keep-theirs",
            Self::TakeOurs => "take-ours",
            Self::Merge => "merge",
            Self::ConfigProtect => "config-protect",
        }
    }
}

impl Reason {
    /// As a fragment of a sentence about the path.
    pub fn text(self) -> &'static str {
        match self {
            Self::NotOurs => "it is there and was not written by portage-config",
            Self::Edited => "it was changed since it was written",
            Self::Removed => "it was removed since it was written",
            Self::Mode => "its mode was changed since it was set",
            Self::Folder => "a folder is there that holds other files",
            Self::Link => "a link is there that leads to no file",
            Self::Merge => "both sides changed the same",
        }
    }
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason.text())?;
        for (at, entry) in self.entries.iter().enumerate() {
            write!(f, "{}{}", if at == 0 { ": " } else { ", " }, entry.key)?;
        }
        Ok(())
    }
}
