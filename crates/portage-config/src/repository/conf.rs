//! repos.conf: all of its files as one, as Portage merges them.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use crate::config::{Body, Config};
use crate::file::{Grammar, IniDialect, Kind};
use crate::model::{Ini, Model};
use crate::report::{Report, Severity};
use crate::root::{Root, files};
use crate::syntax;
use crate::vocab::RelPath;

/// Portage's own file.
const OWN: &str = "usr/share/portage/config/repos.conf";

/// The user's.
const USERS: &str = "etc/portage/repos.conf";

/// What Portage's own file says, as far as it matters here.
const PACKAGED: &[u8] = b"[DEFAULT]\nmain-repo = gentoo\n[gentoo]\nlocation = /var/db/repos/gentoo\n";

/// References deeper than this are a mistake (`configparser.MAX_INTERPOLATION_DEPTH`).
const DEPTH: usize = 10;

/// No value needs more than this many bytes of references; one that does doubles itself.
const MOST: usize = 64 * 1024;

/// What `%(NAME)s` may name without being a key, on the machine itself (`RepoConfigLoader.__init__`).
const GIVEN: [(&str, &str); 4] =
    [("eprefix", ""), ("eroot", "/"), ("portage_configroot", "/"), ("root", "/")];

/// Why Portage throws all of repos.conf away, and knows no repository at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct ReposConfError {
    /// What is wrong.
    pub message: String,
}

/// The sections of repos.conf, merged key by key in reading order (portage(5); `RepoConfigLoader._parse`).
///
/// ```
/// use portage_config::{repository::ReposConf, root::Root};
/// let dir = tempfile::tempdir()?;
/// std::fs::create_dir_all(dir.path().join("etc/portage/repos.conf"))?;
/// std::fs::write(dir.path().join("etc/portage/repos.conf/a"), "[local]\nlocation = /srv/local\n")?;
/// std::fs::write(dir.path().join("etc/portage/repos.conf/b"), "[local]\nlocation = %(EROOT)sdata/local\n")?;
/// let conf = ReposConf::read(&Root::open(dir.path())?);
/// assert_eq!(conf.sections().collect::<Vec<_>>(), ["gentoo", "local"]);
/// assert_eq!(conf.get("local", "location")?.as_deref(), Some("/data/local"));
/// assert_eq!(conf.main_repo(), Some("gentoo"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReposConf {
    defaults: BTreeMap<String, String>,
    sections: IndexMap<String, BTreeMap<String, String>>,
    error: Option<ReposConfError>,
}

impl ReposConf {
    /// Portage's own file, and that alone: the repository `gentoo` at its usual place.
    pub fn packaged() -> Self {
        let mut conf = Self::default();
        conf.add_text("repos.conf", PACKAGED);
        conf
    }

    /// All files of a machine, Portage's own first; that one is known even where it is not there.
    pub fn read(root: &Root) -> Self {
        Self::places(root, &[OWN, USERS])
    }

    fn places(root: &Root, places: &[&str]) -> Self {
        let mut conf = Self::default();
        for place in places {
            let Ok(path) = RelPath::parse(place) else { continue };
            let found = files(root, &path, &mut Report::new());
            if *place == OWN && found.is_empty() {
                conf = Self::packaged();
            }
            for file in found {
                conf.add_text(file.path.as_str(), &file.bytes);
            }
        }
        conf
    }

    /// What a configuration says of repositories, behind Portage's own file; what the machine says, where it says nothing.
    pub fn of(config: &Config, machine: Option<&Root>) -> Self {
        let is_its = |kind: Option<&Kind>| kind.is_some_and(|kind| kind.name == "repos.conf");
        let mut files = config.files.iter().filter(|(_, file)| is_its(file.kind)).peekable();
        if files.peek().is_none() {
            return machine.map_or_else(Self::packaged, Self::read);
        }
        let mut conf = machine.map_or_else(Self::packaged, |machine| Self::places(machine, &[OWN]));
        for (path, file) in files {
            match &file.body {
                Body::Model(Model::Ini(ini)) => conf.add(ini),
                Body::Text(bytes) => conf.add_text(path.as_str(), &bytes.0),
                _ => {}
            }
        }
        conf
    }

    /// Adds one more file.
    pub fn add_text(&mut self, name: &str, text: &[u8]) {
        let Ok(path) = RelPath::parse(name) else { return };
        let mut report = Report::new();
        let model =
            syntax::read(&Grammar::Ini(IniDialect::ConfigParser), text, &mut report.text(&path, text));
        let fatal = report.diagnostics.iter().find(|found| found.code.severity == Severity::Error);
        if let (Some(found), None) = (fatal, &self.error) {
            self.error = Some(ReposConfError { message: format!("{path}: {}", found.message) });
        }
        if let Model::Ini(ini) = model {
            self.add(&ini);
        }
    }

    /// Adds what one more file says.
    pub fn add(&mut self, ini: &Ini) {
        for section in &ini.sections {
            let keys = section.keys.iter().map(|key| (key.key.to_lowercase(), key.value.reveal().to_owned()));
            if section.name == "DEFAULT" {
                self.defaults.extend(keys);
            } else {
                self.sections.entry(section.name.clone()).or_default().extend(keys);
            }
        }
    }

    /// Takes a section as one more file would say it.
    pub(super) fn set(&mut self, section: &str, key: &str, value: &str) {
        let value = value.replace('%', "%%");
        self.sections.entry(section.to_owned()).or_default().insert(key.to_owned(), value);
    }

    /// The names of the sections, in reading order.
    pub fn sections(&self) -> impl Iterator<Item = &str> {
        self.sections.keys().map(String::as_str)
    }

    /// `main-repo` of the section DEFAULT.
    pub fn main_repo(&self) -> Option<&str> {
        self.defaults.get("main-repo").map(String::as_str)
    }

    /// The value of a key in a section, of the section DEFAULT where that one has none; references are replaced.
    ///
    /// # Errors
    /// When a `%` or a reference is wrong.
    pub fn get(&self, section: &str, key: &str) -> Result<Option<String>, ReposConfError> {
        let Some(own) = self.sections.get(section) else { return Ok(None) };
        let Some(value) = self.value(own, key) else { return Ok(None) };
        let mut out = String::new();
        self.expand(own, value, 1, &mut { MOST }, &mut out)
            .map_err(|what| ReposConfError { message: format!("`{key}` of `[{section}]`: {what}") })?;
        Ok(Some(out))
    }

    /// What makes Portage throw all of it away.
    ///
    /// # Errors
    /// When anything does.
    pub fn verify(&self) -> Result<(), ReposConfError> {
        if let Some(error) = &self.error {
            return Err(error.clone());
        }
        for (section, own) in &self.sections {
            for key in own.keys().chain(self.defaults.keys()) {
                self.get(section, key)?;
            }
        }
        Ok(())
    }

    fn value<'s>(&'s self, own: &'s BTreeMap<String, String>, key: &str) -> Option<&'s str> {
        let given = || GIVEN.iter().find(|(name, _)| *name == key).map(|(_, value)| *value);
        own.get(key).or_else(|| self.defaults.get(key)).map(String::as_str).or_else(given)
    }

    /// `configparser.BasicInterpolation`.
    fn expand(
        &self,
        own: &BTreeMap<String, String>,
        value: &str,
        depth: usize,
        left: &mut usize,
        out: &mut String,
    ) -> Result<(), String> {
        if depth > DEPTH {
            return Err("its references do not end".to_owned());
        }
        let mut rest = value;
        while let Some((before, after)) = rest.split_once('%') {
            out.push_str(before);
            if let Some(after) = after.strip_prefix('%') {
                out.push('%');
                rest = after;
                continue;
            }
            let reference = after.strip_prefix('(').and_then(|after| after.split_once(')'));
            let Some((name, after)) =
                reference.and_then(|(name, after)| Some((name, after.strip_prefix('s')?)))
            else {
                return Err("a `%` is written `%%`".to_owned());
            };
            let value = self.value(own, &name.to_lowercase());
            let Some(value) = value else { return Err(format!("`%({name})s` is nothing that is known")) };
            *left = left.checked_sub(1 + value.len()).ok_or("it doubles itself")?;
            if value.contains('%') {
                self.expand(own, value, depth + 1, left, out)?;
            } else {
                out.push_str(value);
            }
            rest = after;
        }
        out.push_str(rest);
        Ok(())
    }
}
