//! Who asked for an entry: the comments of `emerge --autounmask-write`.

use super::Cpv;

/// One link of the chain that emerge writes above an entry of `--autounmask-write`
/// (`_get_dep_chain_as_comment` in `_emerge/depgraph.py`): what is right above the entry comes last and is the
/// outermost; the first line names what needs the entry itself.
///
/// ```
/// use portage_config::vocab::{RequiredBy, Requirer};
/// let line = RequiredBy::parse(" required by dev-python/scipy-1.16.0::gentoo[-test]").unwrap();
/// assert!(matches!(&line.who, Requirer::Package(cpv) if cpv.as_str() == "dev-python/scipy-1.16.0"));
/// assert_eq!((line.repo.as_deref(), line.flags.as_slice()), (Some("gentoo"), ["-test".to_owned()].as_slice()));
/// let line = RequiredBy::parse(" required by @world (argument)").unwrap();
/// assert_eq!((line.who, line.is_argument), (Requirer::Set("world".to_owned()), true));
/// assert!(RequiredBy::parse(" wanted by me").is_none());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequiredBy {
    /// Who needs it.
    pub who: Requirer,
    /// The repository of a package.
    pub repo: Option<String>,
    /// The USE flags of the package that make it need it.
    pub flags: Vec<String>,
    /// Whether it was given to emerge.
    pub is_argument: bool,
}

/// Who needs an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Requirer {
    /// A package version.
    Package(Cpv),
    /// A package set, without its `@`.
    Set(String),
    /// Something else that was given to emerge: an atom, a name.
    Other(String),
}

impl RequiredBy {
    /// Reads a line of a comment, without its `#`.
    pub fn parse(line: &str) -> Option<Self> {
        let rest = line.trim().strip_prefix("required by ")?.trim();
        let (rest, is_argument) = match rest.strip_suffix("(argument)") {
            Some(rest) => (rest.trim_end(), true),
            None => (rest, false),
        };
        if rest.is_empty() || rest.contains(char::is_whitespace) {
            return None;
        }
        let (name, flags) = match rest.strip_suffix(']').and_then(|rest| rest.split_once('[')) {
            Some((name, flags)) => (name, flags.split(',').map(str::to_owned).collect()),
            None => (rest, Vec::new()),
        };
        let (name, repo) = match name.split_once("::") {
            Some((name, repo)) => (name, Some(repo.to_owned())),
            None => (name, None),
        };
        let who = match (name.strip_prefix('@'), Cpv::parse(name)) {
            (Some(set), _) => Requirer::Set(set.to_owned()),
            (None, Ok(cpv)) => Requirer::Package(cpv),
            (None, Err(_)) => {
                return Some(Self {
                    who: Requirer::Other(rest.to_owned()),
                    repo: None,
                    flags: Vec::new(),
                    is_argument,
                });
            }
        };
        Some(Self { who, repo, flags, is_argument })
    }
}

impl std::fmt::Display for RequiredBy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.who {
            Requirer::Package(cpv) => f.write_str(cpv.as_str())?,
            Requirer::Set(name) => write!(f, "@{name}")?,
            Requirer::Other(name) => f.write_str(name)?,
        }
        if let Some(repo) = &self.repo {
            write!(f, "::{repo}")?;
        }
        if !self.flags.is_empty() {
            write!(f, "[{}]", self.flags.join(","))?;
        }
        if self.is_argument { f.write_str(" (argument)") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_emerge_writes_is_read_and_printed_again() {
        for line in [
            "@selected",
            "@world (argument)",
            "jupyterlab (argument)",
            "=dev-python/scikit-image-0.25* (argument)",
            "net-wireless/gnuradio-3.10.12.0::gentoo[python_single_target_python3_13,filter]",
            "dev-python/pyqtgraph-0.13.7-r2::gentoo",
            "a/b-1[x] (argument)",
        ] {
            let read = RequiredBy::parse(&format!(" required by {line}")).unwrap();
            assert_eq!(read.to_string(), line);
        }
        for line in ["required by", " required by  ", " required by the tests of a/b", "requiredby a/b-1"] {
            assert_eq!(RequiredBy::parse(line), None, "{line}");
        }
    }
}
