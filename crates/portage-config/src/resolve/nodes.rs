//! The files of a profile, of the top of a repository's `profiles/`, and of /etc/portage.

use super::events::{Events, Source};
use super::files::{Files, LineId};
use super::profiles::{Node, Repo, number};
use super::tables::{AtomItem, Item, Rules, Style, Words, atoms, flags, packages, texts};
use crate::vocab::Dialect;

/// Masked or forced flags of one place.
#[derive(Debug, Default)]
pub(super) struct Switches {
    /// use.mask, use.stable.mask: all packages.
    pub(super) all: Vec<Item>,
    pub(super) stable: Vec<Item>,
    /// package.use.mask, package.use.stable.mask.
    pub(super) package: Rules,
    pub(super) package_stable: Rules,
}

/// What a profile says, or the top of `profiles/`.
#[derive(Debug, Default)]
pub(super) struct Tables {
    pub(super) mask: Switches,
    pub(super) force: Switches,
    pub(super) use_stable: Vec<Item>,
    pub(super) package_use: Rules,
    pub(super) package_use_stable: Rules,
    pub(super) package_mask: Vec<AtomItem>,
    pub(super) package_unmask: Vec<AtomItem>,
    pub(super) keywords: Rules,
    pub(super) accept_keywords: Rules,
    pub(super) license: Rules,
    pub(super) bashrc: Rules,
    pub(super) has_bashrc: bool,
    /// packages: atoms, with the signs before them.
    pub(super) packages: Vec<Item>,
}

/// Reads the files of one folder.
struct Folder<'a> {
    files: &'a Files,
    path: &'a str,
    folders: bool,
    eapi: Option<&'a str>,
    /// Whether it is /etc/portage/profile without an EAPI.
    lax: bool,
    repo_atoms: bool,
}

impl Folder<'_> {
    fn dialect(&self, lax: Dialect, strict: Dialect) -> Dialect {
        if self.lax || self.repo_atoms { lax } else { strict }
    }

    fn flags(&self, name: &str) -> Vec<Item> {
        flags(&texts(self.files, self.path, name, self.folders))
    }

    fn rules(&self, name: &str, dialect: Dialect, words: Words) -> Rules {
        let texts = texts(self.files, self.path, name, self.folders);
        Rules::read(&texts, Style { dialect, eapi: self.eapi, words, repos: self.repo_atoms })
    }

    fn package_use(&self, name: &str) -> Rules {
        let dialect = match (self.lax, self.repo_atoms) {
            (true, _) => Dialect::UserProfileUse,
            (false, true) => Dialect::UserProfileKeywords,
            _ => Dialect::ProfileUse,
        };
        self.rules(name, dialect, if self.lax { Words::Leaking } else { Words::Flags })
    }

    /// Whether its EAPI knows files of stable flags.
    fn has_stable(&self) -> bool {
        self.eapi.is_none_or(|eapi| number(eapi) >= 5)
    }

    fn switches(&self, word: &str) -> Switches {
        let stable = self.has_stable();
        let if_stable = |rules: &dyn Fn() -> Rules| if stable { rules() } else { Rules::default() };
        Switches {
            all: self.flags(&format!("use.{word}")),
            stable: if stable { self.flags(&format!("use.stable.{word}")) } else { Vec::new() },
            package: self.package_use(&format!("package.use.{word}")),
            package_stable: if_stable(&|| self.package_use(&format!("package.use.stable.{word}"))),
        }
    }

    fn atoms(&self, name: &str) -> Vec<AtomItem> {
        let dialect = self.dialect(Dialect::UserProfile, Dialect::Profile);
        atoms(&texts(self.files, self.path, name, self.folders), dialect, self.eapi)
    }

    fn read(&self) -> Tables {
        // use.stable and package.use.stable came with EAPI 9.
        let use_stable = self.eapi.is_none_or(|eapi| number(eapi) >= 9);
        Tables {
            mask: self.switches("mask"),
            force: self.switches("force"),
            use_stable: if use_stable { self.flags("use.stable") } else { Vec::new() },
            package_use: self.package_use("package.use"),
            package_use_stable: match use_stable {
                true => self.package_use("package.use.stable"),
                false => Rules::default(),
            },
            package_mask: self.atoms("package.mask"),
            package_unmask: self.atoms("package.unmask"),
            ..Tables::default()
        }
    }
}

/// The files of a profile.
pub(super) fn of_node(files: &Files, node: &Node) -> Tables {
    let has = |format: &str| node.formats.iter().any(|other| other == format);
    let folder = Folder {
        files,
        path: &node.path,
        folders: node.folders,
        eapi: node.eapi.as_deref(),
        lax: node.user && node.eapi.is_none(),
        repo_atoms: has("profile-repo-deps"),
    };
    let mut tables = folder.read();
    let keywords = folder.dialect(Dialect::UserProfileKeywords, Dialect::ProfileUse);
    let accept = folder.dialect(Dialect::UserProfileAcceptKeywords, Dialect::ProfileUse);
    tables.keywords = folder.rules("package.keywords", keywords, Words::Plain);
    tables.accept_keywords = folder.rules("package.accept_keywords", accept, Words::Plain);
    let of_packages = folder.dialect(Dialect::UserProfile, Dialect::Profile);
    tables.packages = packages(&texts(files, &node.path, "packages", false), of_packages, folder.eapi);
    if has("profile-license") {
        tables.license = user(files, &node.path, "package.license", Dialect::UserLicense, Words::Plain);
    }
    if has("profile-bashrcs") {
        let texts = texts(files, &node.path, "package.bashrc", true);
        let style = Style {
            dialect: Dialect::User,
            eapi: node.eapi.as_deref(),
            words: Words::Plain,
            repos: has("profile-repo-deps"),
        };
        tables.bashrc = Rules::read(&texts, style);
    }
    tables.has_bashrc =
        files.kind(&format!("{}/profile.bashrc", node.path)) == Some(super::files::Kind::File);
    tables
}

/// The files at the top of a repository's `profiles/`, which hold for its own packages.
pub(super) fn of_repo(files: &Files, repo: &Repo) -> Tables {
    let path = repo.profiles();
    let folder = Folder {
        files,
        path: &path,
        folders: true,
        eapi: Some(&repo.top_eapi),
        lax: false,
        repo_atoms: repo.formats.iter().any(|format| format == "profile-repo-deps"),
    };
    let mut tables = folder.read();
    let strict = Folder { folders: repo.folders, ..folder };
    tables.package_mask = strict.atoms("package.mask");
    tables.package_unmask = if repo.folders { strict.atoms("package.unmask") } else { Vec::new() };
    tables
}

fn user(files: &Files, folder: &str, name: &str, dialect: Dialect, words: Words) -> Rules {
    Rules::read(&texts(files, folder, name, true), Style { dialect, eapi: None, words, repos: true })
}

/// The files of /etc/portage.
#[derive(Debug)]
pub(super) struct Own {
    pub(super) package_use: Rules,
    /// package.keywords, then package.accept_keywords.
    pub(super) accept_keywords: Rules,
    pub(super) license: Rules,
    pub(super) properties: Rules,
    pub(super) restrict: Rules,
    pub(super) env: Rules,
    pub(super) mask: Vec<AtomItem>,
    pub(super) unmask: Vec<AtomItem>,
}

/// Reads them; `config` is the folder.
pub(super) fn own(files: &Files, config: &str) -> Own {
    let rules = |name, dialect, words| user(files, config, name, dialect, words);
    let atoms = |name| atoms(&texts(files, config, name, true), Dialect::User, None);
    let keywords: Vec<_> = ["package.keywords", "package.accept_keywords"]
        .into_iter()
        .flat_map(|name| texts(files, config, name, true))
        .collect();
    let style = Style { dialect: Dialect::UserUse, eapi: None, words: Words::Plain, repos: true };
    Own {
        package_use: rules("package.use", Dialect::UserUse, Words::Grouped),
        accept_keywords: Rules::read(&keywords, style),
        license: rules("package.license", Dialect::UserLicense, Words::Plain),
        properties: rules("package.properties", Dialect::User, Words::Plain),
        restrict: rules("package.accept_restrict", Dialect::User, Words::Plain),
        env: rules("package.env", Dialect::User, Words::Plain),
        mask: atoms("package.mask"),
        unmask: atoms("package.unmask"),
    }
}

/// The words of all packages of masked or forced flags, one place after the other.
pub(super) fn switched<'a>(places: impl IntoIterator<Item = (u16, &'a Switches)>, layer: u16) -> Events {
    let mut events = Events::default();
    for (part, place) in places {
        for item in &place.all {
            events.push_flag(&item.text, &Source::new(layer, part, 0).at(item.at));
        }
        for item in &place.stable {
            events.push_flag(&item.text, &Source::new(layer, part, 1).at(item.at).only_stable());
        }
    }
    events
}

/// Whether a line is left out.
pub(super) fn is_skipped(skip: Option<LineId>, at: LineId) -> bool {
    skip == Some(at)
}
