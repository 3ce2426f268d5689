//! What the user's profile says of itself and of the system set: portage(5), packages, package.provided, eapi, parent.

use super::{Grammar, Groups, ItemWords, ItemsDialect, Kind, Place, RuleWords, RulesDialect};
use crate::model::Model;
use crate::report::{Code, Findings, Key};
use crate::vocab::Dialect;

/// The system set (`*cat/pkg`) and the profile set (`cat/pkg`) of the user's profile; Portage fails on a folder, portage(5).
pub static PROFILE_PACKAGES: Kind = Kind {
    name: "profile/packages",
    about: "The system set (`*cat/pkg`) and the profile set (`cat/pkg`) of the user's profile; Portage fails on a folder, portage(5).",
    place: Place::File("etc/portage/profile/packages"),
    grammar: Grammar::Items(ItemsDialect { words: ItemWords::Atoms(Dialect::UserProfile), whole_line: true }),
    template: Some("etc/portage/profile/packages.j2"),
    mode: 0o644,
    check: super::nothing_to_check,
};

/// Versions that Portage takes for installed although it did not install them, portage(5).
pub static PROFILE_PACKAGE_PROVIDED: Kind = Kind {
    name: "profile/package.provided",
    about: "Versions that Portage takes for installed although it did not install them, portage(5).",
    place: Place::FileOrFolder("etc/portage/profile/package.provided"),
    grammar: Grammar::Items(ItemsDialect { words: ItemWords::Versions, whole_line: true }),
    template: Some("etc/portage/profile/package.provided.j2"),
    mode: 0o644,
    check: super::nothing_to_check,
};

/// The EAPI of the user's profile: one line; without the file wildcards and `::repo` are allowed there, portage(5).
pub static PROFILE_EAPI: Kind = Kind {
    name: "profile/eapi",
    about: "The EAPI of the user's profile: one line; without the file wildcards and `::repo` are allowed there, portage(5).",
    place: Place::File("etc/portage/profile/eapi"),
    grammar: Grammar::Items(ItemsDialect { words: ItemWords::Line, whole_line: true }),
    template: Some("etc/portage/profile/eapi.j2"),
    mode: 0o644,
    check: check_user_eapi,
};

/// The profiles below a profile; that of the user's profile is not read, portage(5).
pub static PROFILE_PARENT: Kind = Kind {
    name: "profile/parent",
    about: "The profiles below a profile; that of the user's profile is not read, portage(5).",
    place: Place::File("etc/portage/profile/parent"),
    grammar: Grammar::Items(ItemsDialect { words: ItemWords::Parents, whole_line: true }),
    template: Some("etc/portage/profile/parent.j2"),
    mode: 0o644,
    check: check_ignored,
};

/// Shared libraries that are there although Portage did not install them: a multilib category and sonames a line, portage(5).
pub static PROFILE_SONAME_PROVIDED: Kind = Kind {
    name: "profile/soname.provided",
    about: "Shared libraries that are there although Portage did not install them: a multilib category and sonames a line, portage(5).",
    place: Place::FileOrFolder("etc/portage/profile/soname.provided"),
    grammar: Grammar::Rules(RulesDialect { atoms: None, words: RuleWords::Any, groups: Groups::None }),
    template: Some("etc/portage/profile/soname.provided.j2"),
    mode: 0o644,
    check: super::nothing_to_check,
};

/// The profile to use instead, and how to get there; that of the user's profile is not read, portage(5).
pub static PROFILE_DEPRECATED: Kind = Kind {
    name: "profile/deprecated",
    about: "The profile to use instead, and how to get there; that of the user's profile is not read, portage(5).",
    place: Place::File("etc/portage/profile/deprecated"),
    grammar: Grammar::Opaque,
    template: None,
    mode: 0o644,
    check: check_ignored,
};

/// The default packages of old-style virtuals: read with a message, and ignored; Portage fails on a folder, portage(5).
pub static PROFILE_VIRTUALS: Kind = Kind {
    name: "profile/virtuals",
    about: "The default packages of old-style virtuals: read with a message, and ignored; Portage fails on a folder, portage(5).",
    place: Place::File("etc/portage/profile/virtuals"),
    grammar: Grammar::Rules(RulesDialect { atoms: None, words: RuleWords::Any, groups: Groups::None }),
    template: Some("etc/portage/profile/virtuals.j2"),
    mode: 0o644,
    check: check_ignored,
};

/// A file that Portage does not read, or makes nothing of.
pub(crate) const L137: Code = Code::warning(
    "L137",
    "not-read",
    "Portage does not read the file, or drops what it says: nothing follows from it.",
    "lib/portage/package/ebuild/_config/LocationsManager.py, VirtualsManager.py; portage(5)",
);

/// An EAPI that nobody knows.
pub(crate) const L138: Code = Code::error(
    "L138",
    "bad-eapi",
    "A profile says its EAPI in one line; with one that Portage does not know there is no profile.",
    "lib/portage/package/ebuild/_config/LocationsManager.py, _addProfile; PMS 5.2.1",
);

/// An EAPI of the user's profile.
pub(crate) const L139: Code = Code::warning(
    "L139",
    "user-profile-eapi",
    "With `eapi` the user's profile loses wildcards, `::repo` and groups of USE_EXPAND, from EAPI 7 on also \
     package.provided.",
    "lib/portage/package/ebuild/_config/LocationsManager.py, load_profiles",
);

/// The EAPIs of Portage 3.0.
const EAPIS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

pub(super) fn check_ignored(_model: &Model, findings: &mut Findings<'_>) {
    let name = findings.path().name().to_owned();
    let finding = findings.at(&L137, Key::file(), format!("nothing follows from `{name}` here"));
    match name.as_str() {
        "parent" => finding.set_help("parents belong into a folder make.profile"),
        "package.bashrc" => finding.set_help("write profile/package.bashrc"),
        _ => finding.set_help("take the file out"),
    };
}

pub(super) fn check_eapi(model: &Model, findings: &mut Findings<'_>) {
    let Model::Items(items) = model else { return };
    let Some((first, rest)) = items.items.split_first() else {
        findings.at(&L138, Key::file(), "the file says no EAPI").set_help("write 8");
        return;
    };
    if !EAPIS.contains(&first.text.as_str()) {
        findings
            .at(&L138, Key::of(&first.text), format!("`{}` is no EAPI", first.text))
            .set_help("write 8, without comment");
    }
    if let Some(second) = rest.first() {
        findings
            .at(&L138, Key::of(&second.text), "the file has more than one line")
            .set_help("write one line, without comment");
    }
}

fn check_user_eapi(model: &Model, findings: &mut Findings<'_>) {
    check_eapi(model, findings);
    findings
        .at(&L139, Key::file(), "the user's profile works best without `eapi`")
        .set_help("take the file out, or write no wildcards and no `::repo` below profile/");
}

#[cfg(test)]
mod tests {
    use crate::file::testing::{codes, items, opaque, rules};

    #[test]
    fn an_eapi_is_one_line() {
        let of = |lines: &[&str]| codes("etc/portage/make.profile/eapi", items(lines));
        assert_eq!(of(&["8"]), [""; 0]);
        for bad in [&["foo"][..], &["# 8"], &["8", "7"], &[]] {
            assert_eq!(of(bad), ["L138"], "{bad:?}");
        }
        assert_eq!(codes("etc/portage/profile/eapi", items(&["8"])), ["L139"]);
    }

    #[test]
    fn files_that_nobody_reads() {
        assert_eq!(codes("etc/portage/profile/parent", items(&["gentoo:base"])), ["L137"]);
        assert_eq!(codes("etc/portage/profile/deprecated", opaque("x\n")), ["L137"]);
        assert_eq!(codes("etc/portage/profile/virtuals", rules(&[("virtual/x", "a/b")])), ["L137"]);
        assert_eq!(codes("etc/portage/make.profile/package.bashrc", rules(&[("a/b", "x")])), ["L137"]);
        assert_eq!(codes("etc/portage/make.profile/deprecated", opaque("x\n")), [""; 0]);
    }
}
