//! What is wrong with a repository.

use std::collections::BTreeSet;

use super::codes::{
    O035, O040, O041, O042, O043, O044, O045, O046, O047, O048, O049, O050, O051, O052, O053, O054,
};
use super::files::{Files, is_plain};
use super::sources::distfiles;
use crate::ebuild::Ebuild;
use crate::manifest::{Kind, Manifest};
use crate::report::{Code, Diagnostic, Key, Report};
use crate::repository::{EbuildRepository, Metadata, O024, Package, Stray, UseManifests};
use crate::root::{Look, RootError, unreadable};
use crate::vocab::{ARCHES, Cpn, RelPath, Version, is_category};

/// EAPIs of PMS.
const EAPIS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/// The largest file in `files/` that pkgcheck says nothing of.
const LARGE: u64 = 20 * 1024;

/// What a package is checked against.
struct Known {
    /// The architectures; `None` where no repository lists them.
    arches: Option<BTreeSet<String>>,
    /// The categories; `None` where a master is not known.
    categories: Option<BTreeSet<String>>,
}

/// Checks a repository and packages of it. `masters` are those of its masters that are at hand: architectures and
/// categories are theirs as well.
///
/// # Errors
/// When something cannot be read.
pub fn check(
    repository: &EbuildRepository,
    packages: &[Cpn],
    masters: &[EbuildRepository],
    report: &mut Report,
) -> Result<(), RootError> {
    whole(repository, report)?;
    let (mut arches, mut categories) = (BTreeSet::new(), BTreeSet::new());
    for one in masters.iter().chain([repository]) {
        for (name, all) in [("arch.list", &mut arches), ("categories", &mut categories)] {
            match (one.words(name), RelPath::parse(&format!("profiles/{name}"))) {
                (Ok(words), _) => all.extend(words.unwrap_or_default()),
                (Err(error), Ok(path)) => report.push(unreadable(&path, &error.source)),
                (Err(error), Err(_)) => return Err(error),
            }
        }
    }
    let all = repository
        .layout()
        .masters()
        .iter()
        .all(|name| masters.iter().any(|master| master.name() == Some(name.as_str())));
    let known = Known {
        arches: (!arches.is_empty()).then_some(arches),
        categories: (all && !categories.is_empty()).then_some(categories),
    };
    for cpn in packages {
        let Ok(path) = RelPath::parse(&cpn.to_string()) else { continue };
        let package = match repository.package(cpn, report) {
            Ok(Some(package)) => package,
            Ok(None) => continue,
            Err(error) => {
                report.push(unreadable(&path, &error.source));
                continue;
            }
        };
        let mut checked = Checked { repository, known: &known, package: &package, path, report };
        checked.category();
        checked.ebuilds();
        checked.metadata();
        checked.manifest();
        checked.files();
    }
    Ok(())
}

/// Says which folders hold ebuilds that Portage does not see.
pub fn unseen(strays: &[Stray], report: &mut Report) {
    for stray in strays {
        let (code, path, text, help) = match stray {
            Stray::Category(path) if is_category(path.as_str()) => {
                let text = format!("packages lie in `{path}`, which is no category of the repository");
                (&O045, path, text, "add it to profiles/categories, where it is to be one")
            }
            Stray::Category(path) => {
                let text = format!("packages lie in `{path}`, which is no name of a category");
                (&O045, path, text, "letters, digits, `+_.-`, and no `+`, `.` or `-` at the start")
            }
            Stray::Package(path) => {
                let text = format!("ebuilds lie in `{path}`, and `{}` is no name of a package", path.name());
                let help = "letters, digits, `+_-`, no `+` or `-` at the start, and no version at the end";
                (&O024, path, text, help)
            }
        };
        report.file(path).at(code, Key::file(), text).set_help(help);
    }
}

/// What a repository says of itself.
fn whole(repository: &EbuildRepository, report: &mut Report) -> Result<(), RootError> {
    let mut say = |code: &'static Code, path: &str, text: String, help: &str| {
        if let Ok(path) = RelPath::parse(path) {
            report.file(&path).at(code, Key::file(), text).set_help(help);
        }
    };
    let layout = repository.layout();
    match (repository.name_in_profiles(), &layout.repo_name) {
        (None, _) => {
            let help = "write its name into profiles/repo_name";
            say(&O040, "profiles/repo_name", "the repository has no name".to_owned(), help);
        }
        (Some(name), Some(other)) if name != other => {
            let text = format!("`{other}` is not the name in profiles/repo_name, `{name}`");
            say(
                &O041,
                "metadata/layout.conf",
                text,
                "`repo-name` goes before profiles/repo_name: leave it out, or say the same in both",
            );
        }
        _ => {}
    }
    if layout.masters.is_none() {
        let text = "`masters` is missing".to_owned();
        say(&O042, "metadata/layout.conf", text, "write `masters = gentoo`, or `masters =` for none");
    }
    if !EAPIS.contains(&repository.eapi()) {
        let text = format!("`{}` is no EAPI", repository.eapi());
        say(&O043, "profiles/eapi", text, "write `8`");
    }
    let eapi = RelPath::parse("profiles/eapi").ok();
    if let Some(path) = eapi
        && repository.root().look(&path, true)?.is_none()
    {
        say(&O044, "profiles/eapi", "profiles/ is of EAPI 0".to_owned(), "write `8` into profiles/eapi");
    }
    Ok(())
}

struct Checked<'a> {
    repository: &'a EbuildRepository,
    known: &'a Known,
    package: &'a Package,
    path: RelPath,
    report: &'a mut Report,
}

impl Checked<'_> {
    fn say(&mut self, name: &str, code: &'static Code, text: String) -> Option<&mut Diagnostic> {
        let path = if name.is_empty() { self.path.clone() } else { self.path.join(name).ok()? };
        self.report.file(&path).at(code, Key::file(), text);
        self.report.diagnostics.last_mut()
    }

    fn category(&mut self) {
        let category = self.package.cpn.category();
        if self.known.categories.as_ref().is_some_and(|known| !known.contains(category)) {
            let text = format!("neither the repository nor its masters know the category `{category}`");
            if let Some(said) = self.say("", &O045, text) {
                said.set_help("add it to profiles/categories");
            }
        }
    }

    fn ebuilds(&mut self) {
        let package = self.package;
        for (version, bytes) in &package.ebuilds {
            let name = package.cpn.ebuild(version);
            let ebuild = Ebuild::parse(bytes);
            if !EAPIS.contains(&ebuild.eapi()) {
                self.say(&name, &O046, format!("`{}` is no EAPI", ebuild.eapi()));
            } else if ebuild.eapi().len() == 1 && ebuild.eapi() < "7" {
                self.say(&name, &O047, format!("EAPI {} is old", ebuild.eapi()));
            }
            self.keywords(&name, version, &ebuild);
        }
    }

    fn keywords(&mut self, name: &str, version: &Version, ebuild: &Ebuild) {
        let Some(keywords) = ebuild.keywords() else { return };
        let mut seen = BTreeSet::new();
        for word in keywords.split_whitespace() {
            let arch = word.trim_start_matches(['~', '-']);
            let is_known = match &self.known.arches {
                Some(arches) => arches.contains(arch),
                None => ARCHES.contains(&arch),
            };
            if !is_known && word != "-*" {
                self.say(
                    name,
                    &O048,
                    format!("`{word}` in KEYWORDS is no architecture of profiles/arch.list"),
                );
            }
            if !seen.insert(arch.to_owned()) {
                self.say(name, &O049, format!("`{arch}` is twice in KEYWORDS"));
            }
        }
        // PMS names no such version; ebuilds of what a repository holds today are called so.
        let is_live = version.without_revision().split('.').any(|part| part.starts_with("9999"));
        if is_live && !keywords.trim().is_empty() {
            self.say(name, &O050, format!("the live ebuild of {version} has KEYWORDS"));
        }
    }

    fn metadata(&mut self) {
        match &self.package.metadata {
            None => {
                let text = format!("`{}` has no metadata.xml", self.package.cpn);
                self.say("metadata.xml", &O051, text);
            }
            Some(bytes) => {
                if let Ok(path) = self.path.join("metadata.xml") {
                    Metadata::read(bytes, &mut self.report.text(&path, bytes));
                }
            }
        }
    }

    fn manifest(&mut self) {
        let layout = self.repository.layout();
        if layout.use_manifests == UseManifests::False {
            return;
        }
        let package = self.package;
        let mut needed = BTreeSet::new();
        for (version, bytes) in &package.ebuilds {
            needed.extend(distfiles(&package.cpn, version, bytes).unwrap_or_default());
        }
        let full = !layout.thin_manifests;
        let files = Files::of(self.repository.root(), &package.cpn);
        let Some(bytes) = &package.manifest else {
            if full && layout.use_manifests == UseManifests::Strict || !needed.is_empty() {
                let text = format!("`{}` has no Manifest", package.cpn);
                if let Some(said) = self.say("Manifest", &O052, text) {
                    said.set_help(format!("`portage-config overlay manifest {}` writes it", package.cpn));
                }
            }
            return;
        };
        let Ok(path) = self.path.join("Manifest") else { return };
        let manifest = Manifest::read(bytes, &mut self.report.text(&path, bytes));
        for name in needed {
            if manifest.get(&Kind::Dist, &name).is_none() {
                self.say("Manifest", &O053, format!("the distfile `{name}` has no entry"));
            }
        }
        if full {
            for file in &files.listed {
                if manifest.get(&file.kind, &file.name).is_none() {
                    self.say("Manifest", &O053, format!("`{}` has no entry", file.path));
                }
            }
            let listed: BTreeSet<(&Kind, &str)> =
                files.listed.iter().map(|file| (&file.kind, file.name.as_str())).collect();
            for (kind, name) in manifest.entries.keys() {
                if !listed.contains(&(kind, name.as_str()))
                    && matches!(kind, Kind::Aux | Kind::Ebuild | Kind::Misc)
                {
                    self.say("Manifest", &O035, format!("`{name}` is listed, and not there"));
                }
            }
        }
        for hash in &layout.manifest_required_hashes {
            let without = manifest.entries.iter().filter(|(_, sums)| !sums.hashes.contains_key(hash));
            for ((_, name), _) in without {
                self.say("Manifest", &O053, format!("the entry of `{name}` has no {hash}"));
            }
        }
    }

    fn files(&mut self) {
        let package = self.package;
        for name in package.files.keys() {
            let Ok(path) = self.path.join(&format!("files/{name}")) else { continue };
            if let Ok(Some(Look::File(size))) = self.repository.root().look(&path, false)
                && size > LARGE
            {
                let text = format!("`files/{name}` has {size} bytes, more than {LARGE}");
                if let Some(said) = self.say(&format!("files/{name}"), &O054, text) {
                    said.set_help("fetch it as a distfile");
                }
            }
        }
        let names = package.files.keys().map(|name| format!("files/{name}"));
        let others = package.others.keys().map(ToString::to_string).filter(|name| !name.starts_with('.'));
        for name in names.chain(others) {
            if !is_plain(&name) {
                self.say(&name, &super::codes::O055, format!("Portage passes over the name `{name}`"));
            }
        }
    }
}
