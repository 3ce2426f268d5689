//! Repositories as the resolver sees them, and the chain of profiles: Portage's `LocationsManager`.

use super::files::{Files, Kind, LineId, is_below, normal};
use super::tables;
use crate::report::Report;
use crate::repository::LayoutConf;
use crate::vocab::RelPath;

/// An ebuild repository that takes part.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Repo {
    /// Its name.
    pub name: String,
    /// Where it lies, from the machine's `/`, without links.
    pub location: String,
    /// The places of its masters in the list of all repositories.
    pub masters: Vec<usize>,
    /// The EAPI of profiles that say none.
    pub eapi: String,
    /// `profile-formats` of its layout.conf; what holds without that line where there is none.
    pub formats: Vec<String>,
    /// The EAPI of the files in `profiles/`.
    pub(super) top_eapi: String,
    /// Whether its `profiles/` may hold folders in the place of files.
    pub(super) folders: bool,
}

impl Repo {
    /// A repository whose files lie at a path of the machine.
    pub fn new(files: &Files, name: &str, location: &str, masters: Vec<usize>) -> Self {
        let location = files.real(location).unwrap_or_else(|| normal(location));
        let layout = files.text(&format!("{location}/metadata/layout.conf")).and_then(|text| {
            let path = RelPath::parse("metadata/layout.conf").ok()?;
            Some(LayoutConf::read(&text.bytes, &mut Report::new().file(&path)))
        });
        let said = layout.as_ref().filter(|layout| layout.said_profile_formats());
        let own = one_line(files, &format!("{location}/profiles/eapi"));
        let default = layout.as_ref().and_then(|layout| {
            let line = layout.other.iter().rev().find(|(key, _)| key == "profile_eapi_when_unspecified")?;
            let formats = &layout.profile_formats;
            formats.iter().any(|format| format == "profile-default-eapi").then(|| line.1.clone())
        });
        let eapi = match (&own, default) {
            (Some(own), _) if number(own) >= 9 => own.clone(),
            (_, Some(default)) => default,
            _ => "0".to_owned(),
        };
        let top_eapi = own.unwrap_or_else(|| eapi.clone());
        let formats = match said {
            Some(layout) => layout.profile_formats.clone(),
            None => vec!["portage-1".to_owned()],
        };
        let folders = number(&top_eapi) >= 7 || allows_folders(&formats);
        Self { name: name.to_owned(), location, masters, eapi, formats, top_eapi, folders }
    }

    /// A folder or file in its `profiles/`.
    pub(super) fn profiles(&self) -> String {
        format!("{}/profiles", self.location)
    }
}

fn allows_folders(formats: &[String]) -> bool {
    formats.iter().any(|format| matches!(format.as_str(), "portage-1" | "portage-2" | "portage-1-compat"))
}

/// An EAPI as a number; one that is none is older than all.
pub(super) fn number(eapi: &str) -> u32 {
    eapi.parse().unwrap_or_default()
}

/// Whether Portage knows an EAPI.
pub(super) fn is_supported(eapi: &str) -> bool {
    matches!(eapi, "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9")
}

/// The line of a file that has exactly one: `read_corresponding_eapi_file`.
fn one_line(files: &Files, path: &str) -> Option<String> {
    let text = files.text(path)?;
    // Python's text mode makes each end of a line the same.
    let text = String::from_utf8_lossy(&text.bytes).replace("\r\n", "\n").replace('\r', "\n");
    let line = text.strip_suffix('\n').unwrap_or(&text);
    (!text.is_empty() && !line.contains('\n')).then(|| line.to_owned())
}

/// A profile of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Node {
    /// Its folder.
    pub path: String,
    /// Its EAPI; `None` for /etc/portage/profile without one, where more is allowed.
    pub eapi: Option<String>,
    /// Whether it is /etc/portage/profile.
    pub user: bool,
    /// The formats of its repository.
    pub(super) formats: Vec<String>,
    /// Whether folders may stand in the place of files.
    pub(super) folders: bool,
    /// The line of `parent` that names it.
    pub(super) from: Option<LineId>,
}

/// Why there is no profile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileError {
    /// There is no make.profile.
    #[error("there is no make.profile, or it leads nowhere")]
    None,
    /// A profile's EAPI is none that Portage knows.
    #[error("`{path}` has the EAPI `{eapi}`, which Portage does not know")]
    Eapi {
        /// The profile.
        path: String,
        /// What its `eapi` says.
        eapi: String,
    },
    /// A parent is not there.
    #[error("`{path}/parent` names `{parent}`, which is not there")]
    Parent {
        /// The profile.
        path: String,
        /// The parent, as it is written.
        parent: String,
    },
    /// `parent` says nothing.
    #[error("`{path}/parent` is empty")]
    Empty {
        /// The profile.
        path: String,
    },
    /// Profiles that are each other's parents.
    #[error("the parents of `{path}` go round in a circle")]
    Circle {
        /// The profile.
        path: String,
    },
}

const MAX_DEPTH: usize = 100;
const MAX_NODES: usize = 10_000;

/// The chain, the outermost parent first; /etc/portage/profile is the last.
pub(super) fn chain(
    files: &Files,
    config_root: &str,
    repos: &[Repo],
    start: Option<&str>,
    skip: Option<LineId>,
) -> Result<Vec<Node>, ProfileError> {
    let found = match start {
        Some(start) => Some(start.to_owned()),
        None => ["portage/make.profile", "make.profile"]
            .into_iter()
            .map(|path| format!("{config_root}/etc/{path}"))
            .find(|path| files.kind(path) == Some(Kind::Dir)),
    };
    let real = found.and_then(|path| files.real(&path)).ok_or(ProfileError::None)?;
    let mut chain = Chain { files, repos, skip, nodes: Vec::new() };
    chain.add(&real, None, 0)?;
    let own = format!("{config_root}/etc/portage/profile");
    if files.kind(&own) == Some(Kind::Dir) {
        chain.nodes.push(Node {
            eapi: one_line(files, &format!("{own}/eapi")),
            path: own,
            user: true,
            formats: vec!["profile-bashrcs".to_owned(), "profile-set".to_owned()],
            folders: true,
            from: None,
        });
    }
    Ok(chain.nodes)
}

struct Chain<'a> {
    files: &'a Files,
    repos: &'a [Repo],
    skip: Option<LineId>,
    nodes: Vec<Node>,
}

impl Chain<'_> {
    /// `_addProfile`.
    fn add(&mut self, path: &str, from: Option<LineId>, depth: usize) -> Result<(), ProfileError> {
        if depth > MAX_DEPTH || self.nodes.len() > MAX_NODES {
            return Err(ProfileError::Circle { path: path.to_owned() });
        }
        let inside = self.repos.iter().filter(|repo| path != repo.location && is_below(path, &repo.location));
        let repo = inside.max_by_key(|repo| repo.location.len());
        let eapi = self.files.text(&format!("{path}/eapi")).map(|text| {
            let text = String::from_utf8_lossy(&text.bytes).into_owned();
            text.split(['\n', '\r']).next().unwrap_or_default().trim().to_owned()
        });
        let eapi = match eapi {
            Some(eapi) if !is_supported(&eapi) => {
                return Err(ProfileError::Eapi { path: path.to_owned(), eapi });
            }
            Some(eapi) => eapi,
            None => repo.map_or("0", |repo| repo.eapi.as_str()).to_owned(),
        };
        let (formats, folders, colon) = match repo {
            Some(repo) => {
                let colon = repo.formats.iter().any(|format| format == "portage-2");
                (repo.formats.clone(), number(&eapi) >= 7 || allows_folders(&repo.formats), colon)
            }
            None => (Vec::new(), true, true),
        };
        let file = format!("{path}/parent");
        if let Some(text) = self.files.text(&file) {
            let mut lines = tables::items(std::slice::from_ref(&text));
            lines.retain(|line| Some(line.at) != self.skip);
            if lines.is_empty() {
                return Err(ProfileError::Empty { path: path.to_owned() });
            }
            for line in lines {
                let gone = || ProfileError::Parent { path: path.to_owned(), parent: line.text.to_string() };
                let parent = self.expand(&line.text, path, repo, colon).ok_or_else(gone)?;
                let outside =
                    line.text.starts_with('/') || repo.is_none_or(|repo| !parent.starts_with(&repo.location));
                let parent = if outside { self.files.real(&parent).ok_or_else(gone)? } else { parent };
                if self.files.kind(&parent).is_none() {
                    return Err(gone());
                }
                self.add(&parent, Some(line.at), depth + 1)?;
            }
        }
        self.nodes.push(Node {
            path: path.to_owned(),
            eapi: Some(eapi),
            user: false,
            formats,
            folders,
            from,
        });
        Ok(())
    }

    /// The folder that a line of `parent` means.
    fn expand(&self, line: &str, path: &str, repo: Option<&Repo>, colon: bool) -> Option<String> {
        if line.starts_with('/') {
            return Some(normal(line));
        }
        match line.split_once(':') {
            Some((name, inner)) if colon => {
                let repo = match name {
                    "" => repo?,
                    name => self.repos.iter().find(|repo| repo.name == name)?,
                };
                Some(normal(&format!("{}/{inner}", repo.profiles())))
            }
            _ => Some(normal(&format!("{path}/{line}"))),
        }
    }
}
