//! repos.conf as a whole: sections of several files are one.

use std::collections::BTreeMap;

use super::context::Context;
use crate::report::{Code, Key, Report};
use crate::vocab::{RelPath, nearest};

/// A repository without place.
pub(crate) const L111: Code = Code::error(
    "L111",
    "repository-without-location",
    "Portage prints that the section is missing its location, and leaves the repository out.",
    "portage(5), repos.conf; lib/portage/repository/config.py",
);

/// A main repository that is none.
pub(crate) const L112: Code = Code::error(
    "L112",
    "unknown-repository",
    "Without its main repository Portage has no profiles and no eclasses, and says nothing of the name.",
    "portage(5), repos.conf; lib/portage/repository/config.py",
);

pub(super) fn check(context: &Context<'_>, report: &mut Report) {
    let mut sections: BTreeMap<&str, (&RelPath, bool)> = BTreeMap::new();
    let mut main = None;
    let mut any = false;
    for (path, ini) in context.inis("repos.conf") {
        any = true;
        for section in &ini.sections {
            let has = |name: &str| section.keys.iter().find(|key| key.key.eq_ignore_ascii_case(name));
            if section.name == "DEFAULT" {
                main = has("main-repo").map(|key| (path, key)).or(main);
                continue;
            }
            let known = sections.entry(&section.name).or_insert((path, false));
            known.1 |= has("location").is_some();
        }
    }
    if !any {
        return;
    }
    for (name, (path, located)) in &sections {
        // Portage's own repos.conf gives this one its place.
        if !located && *name != "gentoo" {
            report
                .file(path)
                .at(&L111, Key::of(*name), format!("the repository `{name}` has no `location`"))
                .set_help(format!("write location = /var/db/repos/{name}"));
        }
    }
    if let Some((path, key)) = main {
        let name = key.value.reveal().trim();
        if name != "gentoo" && !sections.contains_key(name) {
            let mut findings = report.file(path);
            let key = Key::of("DEFAULT").then("main-repo");
            let finding = findings.at(&L112, key, format!("there is no repository `{name}`"));
            match nearest(name, sections.keys().copied().chain(["gentoo"])) {
                Some(near) => finding.set_help(format!("did you mean {near}?")),
                None => finding.set_help("name a section of repos.conf"),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{codes, root};

    #[test]
    fn repositories_have_a_place() {
        let local = |keys: &[(&str, &str)]| root().ini("etc/portage/repos.conf/local", &[("local", keys)]);
        assert_eq!(codes(&local(&[("priority", "50")])), ["L111"]);
        assert_eq!(codes(&local(&[("location", "/x")])), [""; 0]);
        let merged = local(&[("priority", "50")])
            .ini("etc/portage/repos.conf/other", &[("local", &[("location", "/x")])]);
        assert_eq!(codes(&merged), [""; 0], "another file of the folder counts");
        assert_eq!(
            codes(&root().ini("etc/portage/repos.conf", &[("gentoo", &[("auto-sync", "no")])])),
            [""; 0]
        );
    }

    #[test]
    fn the_main_repository_is_one() {
        let main = |name| root().ini("etc/portage/repos.conf", &[("DEFAULT", &[("main-repo", name)])]);
        assert_eq!(codes(&main("gentooo")), ["L112"]);
        assert_eq!(codes(&main("gentoo")), [""; 0]);
        let local = root()
            .ini("etc/portage/repos.conf/a", &[("DEFAULT", &[("main-repo", "local")])])
            .ini("etc/portage/repos.conf/local", &[("local", &[("location", "/x")])]);
        assert_eq!(codes(&local), [""; 0]);
    }
}
