//! The manifest of a generation: what one run did, as a text that anybody can read.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::root::Found;
use crate::tree::Node;
use crate::vocab::RelPath;

/// What one run did to a root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Manifest {
    /// Its number, from 1.
    pub generation: u64,
    /// Why it was done, and when.
    pub about: About,
    /// What changed, in the order in which it was done.
    pub changes: Vec<Changed>,
    /// What is ours after it, by the path that a spec names.
    pub owned: BTreeMap<RelPath, Owned>,
    /// The paths of which some spec said that they hold a secret: no text about them may show their words.
    pub secret: BTreeSet<RelPath>,
}

/// Why something was done, and when: words for people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct About {
    /// `apply`, `rollback 2`.
    pub what: String,
    /// The time, as RFC 3339 has it.
    pub time: String,
    /// The spec, as it was named.
    pub spec: Option<String>,
    /// The root of the spec, if it has a name.
    pub root: Option<String>,
    /// The variants that were asked for.
    pub variants: Vec<String>,
    /// The program and its version.
    pub program: String,
}

/// A path that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Changed {
    /// The path, from the root.
    pub path: RelPath,
    /// What was there; `None`: nothing.
    pub before: Option<Meta>,
    /// What is there since; `None`: nothing.
    pub after: Option<Meta>,
}

/// What is known of a node beside its content.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Meta {
    /// What it is.
    pub what: What,
    /// Its user and its group.
    pub owner: (u32, u32),
    /// The time of its last change; `None`: the time at which it was written.
    pub modified: Option<(i64, u32)>,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A file with this mode.
    File(u32),
    /// A folder with this mode.
    Dir(u32),
    /// A link with this target.
    Symlink(String),
}

/// How a path is ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Owned {
    /// All of a file, or a link.
    Whole,
    /// Our entries in somebody's file.
    Entries,
    /// Made once, somebody else's since.
    Once,
    /// A folder that was made.
    Folder,
}

impl Meta {
    /// Of what is there.
    pub(crate) fn of(found: &Found) -> Self {
        let what = match &found.node {
            Node::File { mode, .. } => What::File(*mode),
            Node::Dir { mode } => What::Dir(*mode),
            Node::Symlink { target } => What::Symlink(target.clone()),
        };
        Self { what, owner: found.owner, modified: Some(found.modified) }
    }
}

/// What the format of the file is.
const FORMAT: u64 = 1;

/// The last line of the file.
fn end(changes: usize) -> String {
    format!("# The end of {changes} changes.")
}

fn format() -> u64 {
    FORMAT
}

#[derive(Deserialize)]
struct Format {
    #[serde(default = "format")]
    format: u64,
}

#[derive(Serialize, Deserialize)]
struct Raw {
    #[serde(default = "format")]
    format: u64,
    generation: u64,
    #[serde(flatten)]
    about: About,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    secret: BTreeSet<String>,
    #[serde(default)]
    owned: BTreeMap<String, Owned>,
    #[serde(default, rename = "change")]
    changes: Vec<RawChange>,
}

#[derive(Serialize, Deserialize)]
struct RawChange {
    path: String,
    before: Option<RawMeta>,
    after: Option<RawMeta>,
}

#[derive(Serialize, Deserialize)]
struct RawMeta {
    #[serde(rename = "type")]
    kind: String,
    mode: Option<String>,
    target: Option<String>,
    owner: String,
    modified: Option<String>,
}

impl From<&Meta> for RawMeta {
    fn from(meta: &Meta) -> Self {
        let (kind, mode, target) = match &meta.what {
            What::File(mode) => ("file", Some(format!("{mode:04o}")), None),
            What::Dir(mode) => ("dir", Some(format!("{mode:04o}")), None),
            What::Symlink(target) => ("symlink", None, Some(target.clone())),
        };
        let owner = format!("{}:{}", meta.owner.0, meta.owner.1);
        Self {
            kind: kind.to_owned(),
            mode,
            target,
            owner,
            modified: meta.modified.map(|(seconds, nanos)| format!("{seconds}.{nanos:09}")),
        }
    }
}

impl TryFrom<RawMeta> for Meta {
    type Error = String;

    fn try_from(raw: RawMeta) -> Result<Self, String> {
        let mode = || {
            let mode = raw.mode.as_deref().ok_or("a mode is missing")?;
            u32::from_str_radix(mode, 8).ok().filter(|m| *m <= 0o7777).ok_or(format!("`{mode}` is no mode"))
        };
        let what = match raw.kind.as_str() {
            "file" => What::File(mode()?),
            "dir" => What::Dir(mode()?),
            "symlink" => What::Symlink(raw.target.clone().ok_or("a target is missing")?),
            other => return Err(format!("`{other}` is no type")),
        };
        let pair = |text: &str, between: char| {
            let (a, b) = text.split_once(between)?;
            Some((a.parse::<i64>().ok()?, b.parse::<u32>().ok()?))
        };
        let (user, group) = pair(&raw.owner, ':').ok_or(format!("`{}` is no owner", raw.owner))?;
        let user = u32::try_from(user).map_err(|_| format!("`{}` is no owner", raw.owner))?;
        let time = |text: &String| pair(text, '.').ok_or(format!("`{text}` is no time"));
        let modified = raw.modified.as_ref().map(time).transpose()?;
        Ok(Self { what, owner: (user, group), modified })
    }
}

impl Manifest {
    /// The text of the file.
    ///
    /// # Errors
    /// When it cannot be said as TOML.
    pub(crate) fn to_text(&self) -> Result<String, String> {
        let raw = Raw {
            format: FORMAT,
            generation: self.generation,
            about: self.about.clone(),
            secret: self.secret.iter().map(RelPath::to_string).collect(),
            owned: self.owned.iter().map(|(path, owned)| (path.to_string(), *owned)).collect(),
            changes: (self.changes.iter())
                .map(|change| RawChange {
                    path: change.path.to_string(),
                    before: change.before.as_ref().map(RawMeta::from),
                    after: change.after.as_ref().map(RawMeta::from),
                })
                .collect(),
        };
        let body = toml::to_string(&raw).map_err(|e| e.to_string())?;
        Ok(format!(
            "# What one run of portage-config did. The folder before/ holds the files that it replaced or removed,\n\
             # after/ what it wrote, base/ what it had written there earlier.\n{body}\n{}\n",
            end(self.changes.len())
        ))
    }

    /// Reads the file but for what changed, which is its greater part and stands at its end.
    ///
    /// # Errors
    /// When it is not one; says why.
    pub(crate) fn parse_owned(text: &str) -> Result<Self, String> {
        let head = text.find("\n[[change]]\n").and_then(|end| text.get(..=end));
        // A line like that may stand in a text.
        match head.map(Self::body) {
            Some(Ok(manifest)) => Ok(manifest),
            _ => Self::parse(text).map(|manifest| Self { changes: Vec::new(), ..manifest }),
        }
    }

    /// Reads the file.
    ///
    /// # Errors
    /// When it is not one, or not all of one; says why.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let manifest = Self::body(text)?;
        // Without its end, a file that is replaced would look like one that is removed.
        if text.lines().last() != Some(end(manifest.changes.len()).as_str()) {
            return Err("its end is missing".to_owned());
        }
        Ok(manifest)
    }

    fn body(text: &str) -> Result<Self, String> {
        let Format { format } = toml::from_str(text).map_err(|e| e.message().to_owned())?;
        if format != FORMAT {
            return Err(format!(
                "it is of format {format}, written by another version; this one reads {FORMAT}"
            ));
        }
        let raw: Raw = toml::from_str(text).map_err(|e| e.message().to_owned())?;
        let path = |text: &str| RelPath::parse(text).map_err(|e| e.to_string());
        let meta = |raw: Option<RawMeta>| raw.map(Meta::try_from).transpose();
        let mut manifest = Self { generation: raw.generation, about: raw.about, ..Self::default() };
        for text in &raw.secret {
            manifest.secret.insert(path(text)?);
        }
        for (at, owned) in raw.owned {
            manifest.owned.insert(path(&at)?, owned);
        }
        for change in raw.changes {
            let (before, after) = (meta(change.before)?, meta(change.after)?);
            manifest.changes.push(Changed { path: path(&change.path)?, before, after });
        }
        Ok(manifest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_reads_as_it_was_written() {
        let rel = |path: &str| RelPath::parse(path).unwrap();
        let meta = |what| Some(Meta { what, owner: (0, 250), modified: Some((-1, 5)) });
        let manifest = Manifest {
            generation: 3,
            about: About {
                what: "apply".into(),
                time: "2026-01-02T03:04:05Z".into(),
                spec: Some("soekris.toml".into()),
                ..About::default()
            },
            changes: vec![
                Changed { path: rel("a"), before: None, after: meta(What::File(0o640)) },
                Changed { path: rel("a\\x0ab"), before: meta(What::Symlink("/x".into())), after: None },
                Changed { path: rel("d"), before: meta(What::Dir(0o755)), after: meta(What::Dir(0o700)) },
            ],
            secret: BTreeSet::from([rel("b")]),
            owned: [(rel("a"), Owned::Whole), (rel("b/\"c"), Owned::Entries)].into(),
        };
        let text = manifest.to_text().unwrap();
        assert_eq!(Manifest::parse(&text).unwrap(), manifest, "{text}");
        let mut owned = Manifest { changes: Vec::new(), ..manifest };
        assert_eq!(Manifest::parse_owned(&text).unwrap(), owned);
        assert!(
            Manifest::parse_owned(&text.replace("\n[[change]]\n", "\nx = 1\nx = 2\n[[change]]\n")).is_err()
        );
        owned.about.spec = Some("a\n[[change]]\nb".into());
        assert_eq!(Manifest::parse_owned(&owned.to_text().unwrap()).unwrap(), owned);
        insta::assert_snapshot!(text);
    }

    #[test]
    fn what_was_cut_short_is_refused() {
        let path = RelPath::parse("a").unwrap();
        let meta = || Some(Meta { what: What::File(0o644), owner: (0, 0), modified: None });
        let change = Changed { path, before: meta(), after: meta() };
        let whole = Manifest { generation: 1, changes: vec![change.clone(), change], ..Manifest::default() };
        let text = whole.to_text().unwrap();
        for (at, _) in text.trim_end().char_indices() {
            let (short, _) = text.split_at(at);
            assert!(Manifest::parse(short).is_err(), "{short}");
        }
        assert_eq!(Manifest::parse(text.trim_end()).unwrap(), whole);
        let twice = text.replacen("[[change]]", "[[change]]\npath = \"b\"\n\n[[change]]", 1);
        assert_eq!(Manifest::parse(&twice).unwrap_err(), "its end is missing");
    }

    #[test]
    fn what_is_none_is_refused() {
        for (text, message) in [
            ("", "missing field `generation`"),
            ("generation = 1\nchange = [{ path = \"../x\" }]", "`..` leads out of the root"),
            (
                "generation = 1\nchange = [{ path = \"x\", after = { type = \"file\", mode = \"9\", owner = \"0:0\", \
                 modified = \"1.0\" } }]",
                "`9` is no mode",
            ),
        ] {
            let found = Manifest::parse(text).unwrap_err();
            assert!(!found.is_empty(), "{message}");
        }
    }
}
