//! Profiles in /etc, and what stands in two places.

use super::context::Context;
use crate::config::Body;
use crate::model::Model;
use crate::report::{Code, Key, Report};
use crate::vocab::{RelPath, nearest};

/// A profile of EAPI 0.
pub(crate) const L140: Code = Code::error(
    "L140",
    "profile-without-eapi",
    "A profile in a folder has EAPI 0 unless its `eapi` says another: slots in atoms and the files of stable flags are \
     refused.",
    "lib/portage/package/ebuild/_config/LocationsManager.py, _addProfile",
);

/// A file in the place of today and in the former one.
pub(crate) const L142: Code = Code::warning(
    "L142",
    "two-places",
    "Portage reads /etc/make.conf and then /etc/portage/make.conf, and of two profiles that of /etc/portage alone; it \
     says so at each start.",
    "lib/portage/package/ebuild/config.py; LocationsManager.py, load_profiles",
);

/// A name without its file.
pub(crate) const L143: Code = Code::error(
    "L143",
    "missing-bashrc-file",
    "ebuild.sh sources the files that package.bashrc names, and dies where one is missing.",
    "portage(5), package.bashrc; lib/portage/package/ebuild/config.py",
);

/// What a profile of EAPI 7 may not hold.
pub(crate) const L145: Code = Code::error(
    "L145",
    "provided-in-eapi-7",
    "From EAPI 7 on a profile has no package.provided: Portage refuses the file.",
    "PMS 5.2.6; lib/portage/package/ebuild/config.py",
);

pub(super) fn check(context: &Context<'_>, report: &mut Report) {
    check_eapi(context, report);
    check_places(context, report);
    check_bashrc(context, report);
}

/// Whether something stands there.
fn stands(body: &Body) -> bool {
    !matches!(body, Body::Absent | Body::HandsOff)
}

fn check_eapi(context: &Context<'_>, report: &mut Report) {
    for folder in ["etc/portage/make.profile", "etc/make.profile"] {
        let below = |path: &RelPath| path.below(folder).is_some_and(|rest| !rest.is_empty());
        let mut files = context.config.files.iter().filter(|(path, file)| stands(&file.body) && below(path));
        let Some((first, _)) = files.next() else { continue };
        let eapi = context.models.iter().find_map(|(path, (kind, model))| match &**model {
            Model::Items(items) if *kind == "make.profile/eapi" && below(path) => {
                Some(items.items.first().map_or("0", |item| item.text.as_str()))
            }
            _ => None,
        });
        let there = context.config.files.keys().any(|path| path.below(folder) == Some("eapi"));
        if eapi.is_none() && !there {
            report
                .file(first)
                .at(&L140, Key::file(), format!("the profile in `{folder}` says no EAPI"))
                .set_help("write `eapi` beside it, with the line 8");
        }
        if eapi.and_then(|eapi| eapi.parse::<u32>().ok()).is_some_and(|eapi| eapi >= 7) {
            for (path, (kind, _)) in &context.models {
                if *kind == "make.profile/package.provided" && below(path) {
                    report
                        .file(path)
                        .at(&L145, Key::file(), "a profile of this EAPI has no package.provided")
                        .set_help("write profile/package.provided");
                }
            }
        }
    }
    for (path, _) in context.models.iter().filter(|(_, (kind, _))| *kind == "profile/package.provided") {
        let late = context.items("profile/eapi").next().and_then(|(_, eapi)| eapi.parse::<u32>().ok());
        if late.is_some_and(|eapi| eapi >= 7) {
            report
                .file(path)
                .at(&L145, Key::file(), "a profile of this EAPI has no package.provided")
                .set_help("take profile/eapi out");
        }
    }
}

fn check_places(context: &Context<'_>, report: &mut Report) {
    for name in ["make.conf", "make.profile"] {
        let at = |folder: &str| {
            let base = format!("{folder}/{name}");
            let mut files = context.config.files.iter().filter(|(_, file)| stands(&file.body));
            files.find(|(path, _)| path.below(&base).is_some() || path.as_str() == base).map(|(path, _)| path)
        };
        if let (Some(former), Some(_)) = (at("etc"), at("etc/portage")) {
            report
                .file(former)
                .at(&L142, Key::file(), format!("`{name}` stands in /etc and in /etc/portage"))
                .set_help(format!("move what it says to /etc/portage/{name}"));
        }
    }
}

fn check_bashrc(context: &Context<'_>, report: &mut Report) {
    const FOLDER: &str = "etc/portage/profile/bashrc";
    let files =
        context.config.files.iter().filter(|(_, file)| !matches!(file.body, Body::Absent | Body::Dir));
    let there: Vec<&str> = files.filter_map(|(path, _)| path.below(FOLDER)).collect();
    for (path, rule) in context.rules("profile/package.bashrc") {
        for word in &rule.words {
            let Ok(target) = RelPath::parse(&format!("{FOLDER}/{word}")) else { continue };
            if target.below(FOLDER).is_some_and(|rest| there.contains(&rest)) {
                continue;
            }
            let mut findings = report.file(path);
            let message = format!("there is no file `profile/bashrc/{word}`");
            let finding = findings.word(&L143, Key::of(&rule.key), word, message);
            match nearest(word, there.iter().copied()) {
                Some(near) => finding.set_help(format!("did you mean {near}?")),
                None => finding.set_help(format!("write profile/bashrc/{word}, or take the word out")),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{codes, root};

    #[test]
    fn a_profile_in_a_folder_says_its_eapi() {
        let parent = || root().items("etc/portage/make.profile/parent", &["gentoo:base"]);
        assert_eq!(codes(&parent()), ["L140"]);
        let whole = || parent().items("etc/portage/make.profile/eapi", &["8"]);
        assert_eq!(codes(&whole()), [""; 0]);
        assert_eq!(codes(&whole().items("etc/portage/make.profile/package.provided", &["a/b-1"])), ["L145"]);
        assert_eq!(codes(&root().link("etc/portage/make.profile", "../../x")), [""; 0]);
        let user = || root().items("etc/portage/profile/package.provided", &["a/b-1"]);
        assert_eq!(codes(&user()), [""; 0]);
        assert_eq!(codes(&user().items("etc/portage/profile/eapi", &["8"])), ["L139", "L145"]);
    }

    #[test]
    fn two_places_are_one_too_many() {
        let former = || root().vars("etc/make.conf", &[("USE", "nls")]);
        assert_eq!(codes(&former()), [""; 0]);
        assert_eq!(codes(&former().vars("etc/portage/make.conf/a", &[])), ["L142"]);
        let link = || root().link("etc/make.profile", "x");
        assert_eq!(codes(&link()), [""; 0]);
        assert_eq!(codes(&link().link("etc/portage/make.profile", "x")), ["L142"]);
    }

    #[test]
    fn bash_of_packages_is_there() {
        let rule = || root().rules("etc/portage/profile/package.bashrc", &[("a/b", "x sub/y")]);
        assert_eq!(codes(&rule()), ["L143", "L143"]);
        let whole =
            rule().text("etc/portage/profile/bashrc/x", "").text("etc/portage/profile/bashrc/sub/y", "");
        assert_eq!(codes(&whole), [""; 0]);
    }
}
