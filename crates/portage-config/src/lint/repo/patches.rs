//! User patches of packages and versions that there are not.

use std::collections::BTreeSet;

use super::known::{Known, mean};
use super::packages::few;
use crate::config::{Body, Config};
use crate::report::{Code, Key, Report};
use crate::repository::Found;
use crate::vocab::{Cpn, Cpv, RelPath, Version};

/// A patch for a package that no repository has.
pub(crate) const L231: Code = Code::warning(
    "L231",
    "patches-of-no-package",
    "eapply_user looks into the folders of the package that is built: one of a package that no repository has is never looked into.",
    "PMS 12.3.8, eapply_user; bin/phase-helpers.sh",
);

/// A patch for a version that no repository has.
pub(crate) const L232: Code = Code::hint(
    "L232",
    "patches-of-no-version",
    "A folder with a version or a slot is looked into for that one alone: the patch is not applied to the versions that came after it.",
    "PMS 12.3.8, eapply_user; bin/phase-helpers.sh",
);

const FOLDER: &str = "etc/portage/patches";

pub(super) fn check(config: &Config, known: &Known<'_>, report: &mut Report) {
    let mut seen = BTreeSet::new();
    for (path, file) in &config.files {
        let Some(rest) = path.below(FOLDER) else { continue };
        let is_patch = rest.ends_with(".patch") || rest.ends_with(".diff");
        let is_there = matches!(file.body, Body::Model(_) | Body::Text(_) | Body::Link(_));
        if let [category, folder, _] = rest.split('/').collect::<Vec<_>>().as_slice()
            && is_patch
            && is_there
            && seen.insert((*category, *folder))
        {
            check_folder(path, (category, folder), known, report);
        }
    }
}

/// The folder as a package, or as a version of one.
fn check_folder(path: &RelPath, (category, folder): (&str, &str), known: &Known<'_>, report: &mut Report) {
    let (name, slot) = folder.split_once(':').map_or((folder, None), |(name, slot)| (name, Some(slot)));
    let text = format!("{category}/{name}");
    let whole = Cpn::parse(&text).ok();
    let part = Cpv::parse(&text).ok();
    let (cpn, version) = match (&whole, &part) {
        (Some(cpn), _) if known.has(&cpn.to_string()) => (cpn.to_string(), None),
        (_, Some(cpv)) => (cpv.cpn().to_owned(), Some(cpv.version())),
        (Some(cpn), None) => (cpn.to_string(), None),
        (None, None) => return,
    };
    // crossdev makes these, in a repository of its own.
    if category.starts_with("cross-") {
        return;
    }
    let Some(versions) = known.versions(&cpn) else { return };
    if versions.is_empty() {
        let text = format!("no repository has a package `{cpn}`");
        mean(report.file(path).at(&L231, Key::file(), text), known.nearest(&cpn).as_deref());
        return;
    }
    let is_it = |found: &&Found<'_>| {
        let slots = slot.is_none_or(|slot| found.entry.slot().is_none_or(|own| own == slot));
        slots && version.as_ref().is_none_or(|version| of_version(&found.version.to_string(), version))
    };
    if !versions.iter().any(|found| is_it(&found)) {
        let all: BTreeSet<&Version> = versions.iter().map(|found| &found.version).collect();
        let all: Vec<String> = all.into_iter().rev().map(ToString::to_string).collect();
        let text = format!("no version of `{cpn}` looks into `{category}/{folder}`");
        report.file(path).at(&L232, Key::file(), text).set_help(format!("there is {}", few(&all)));
    }
}

/// Whether a version looks into the folder of another: with its revision, of which `-r0` is one, or without.
fn of_version(version: &str, folder: &str) -> bool {
    let (plain, revision) = version.split_once("-r").unwrap_or((version, "0"));
    folder == plain || folder.split_once("-r") == Some((plain, revision))
}

#[cfg(test)]
mod tests {
    use crate::lint::repo::testing::{machine, told};
    use crate::lint::testing::root;

    fn patch(folder: &str) -> Vec<String> {
        told(&machine(), &root().text(&format!("etc/portage/patches/{folder}/a.patch"), "x"))
    }

    #[test]
    fn patches_are_for_packages_that_there_are() {
        for good in [
            "app-editors/vim",
            "app-editors/vim-9.1",
            "app-editors/vim-9.1-r1",
            "app-editors/vim-9.0-r0",
            "app-editors/vim:0",
            "app-misc/slotted-1:1",
            "cross-x/gcc",
        ] {
            assert_eq!(patch(good), [""; 0], "{good}");
        }
        assert_eq!(patch("app-editors/vin"), ["L231 : did you mean app-editors/vim?"]);
        assert_eq!(patch("app-editors/vin-9.1"), ["L231 : did you mean app-editors/vim?"]);
        let there = "L232 : there is 9999, 9.1-r1, 9.0";
        for gone in
            ["app-editors/vim-8.2", "app-editors/vim-9.1-r2", "app-editors/vim:3", "app-editors/vim-9.0-r1"]
        {
            assert_eq!(patch(gone), [there], "{gone}");
        }
    }
}
