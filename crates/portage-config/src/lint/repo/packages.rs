//! Lines about packages, versions and repositories that there are not.

use std::collections::BTreeSet;

use super::known::{Known, Line, mean, shown};
use crate::report::{Code, Mend, Report};
use crate::repository::Found;
use crate::vocab::{Atom, Cpn, Dialect, Operator, Version, nearest};

/// A package that no repository has.
pub(crate) const L210: Code = Code::warning(
    "L210",
    "unknown-package",
    "Portage reads a line about a package that no repository has, and says nothing: it has no effect.",
    "portage(5); seen: emerge reports nothing",
);

/// A version or slot that no repository has.
pub(crate) const L211: Code = Code::hint(
    "L211",
    "unknown-version",
    "Repositories drop old versions. A line about one of them has no effect any more, and says nothing of those that came after it.",
    "portage(5); PMS 8.2.6",
);

/// `::repo` of a repository that is not there.
pub(crate) const L212: Code = Code::warning(
    "L212",
    "repository-of-atom",
    "`::NAME` matches packages of the repository of that very name; an alias or a name of none matches nothing.",
    "lib/portage/dep/__init__.py, match_from_list",
);

/// A package that has another name or slot.
pub(crate) const L213: Code = Code::warning(
    "L213",
    "moved-package",
    "Repositories say in profiles/updates which packages got another name or slot. Portage changes /etc/portage where the package is installed, and nowhere else.",
    "PMS 4.4; lib/portage/update.py, update_config_files; lib/portage/_global_updates.py",
);

/// A package of a set that no repository has.
pub(crate) const L222: Code = Code::error(
    "L222",
    "unknown-package-in-set",
    "emerge stops with `there are no ebuilds to satisfy` where a set or the world names a package that no repository has.",
    "lib/_emerge/depgraph.py, select_files",
);

const SETS: [&str; 2] = ["sets", "world"];

pub(super) fn check(known: &Known<'_>, report: &mut Report) {
    let categories: BTreeSet<&str> = known.repos.packages().iter().map(Cpn::category).collect();
    let packages: BTreeSet<&str> = known.repos.packages().iter().map(Cpn::package).collect();
    let repositories: Vec<&str> = known.repos.iter().map(|repo| repo.name.as_str()).collect();
    for line in &known.lines {
        let atom = &line.atom;
        // crossdev makes these, in a repository of its own.
        if atom.category().starts_with("cross-") {
            continue;
        }
        if let Some(repo) = atom.repo()
            && !repositories.contains(&repo)
        {
            let text = format!("there is no repository `{repo}`");
            let mut findings = report.file(line.path);
            let found =
                mean(findings.at(&L212, line.key(), text), nearest(repo, repositories.iter().copied()));
            if let Some(other) = known.repos.get(repo) {
                found.set_help(format!("write ::{}, whose alias it is", other.name));
            }
            continue;
        }
        if atom.is_wildcard() {
            let is_any = |pattern: &str, all: &BTreeSet<&str>| pattern.contains('*') || all.contains(pattern);
            if !is_any(atom.category(), &categories) || !is_any(atom.package(), &packages) {
                let text = format!("no repository has a package that `{atom}` matches");
                report.file(line.path).at(&L210, line.key(), text);
            }
            continue;
        }
        if moved(known, line).is_some() {
            continue;
        }
        let versions = known.versions(atom.cpn());
        let Some(versions) = versions else { continue };
        if versions.is_empty() {
            let code = if SETS.contains(&line.kind) { &L222 } else { &L210 };
            let text = format!("no repository has a package `{}`", atom.cpn());
            mean(report.file(line.path).at(code, line.key(), text), known.nearest(atom.cpn()).as_deref());
            continue;
        }
        if !line.removes && !versions.iter().any(|found| found.is(atom.cpn(), atom)) {
            gone(line, &versions, report);
        }
    }
}

/// Nothing matches the atom, though its package is there.
fn gone(line: &Line<'_>, versions: &[Found<'_>], report: &mut Report) {
    let atom = &line.atom;
    // A mask of what may come is one for the future.
    let ahead = matches!(atom.operator(), Some(Operator::Greater | Operator::GreaterOrEqual));
    if ahead && matches!(line.kind, "package.mask" | "profile/package.mask") {
        return;
    }
    let inside: Vec<&Found<'_>> =
        versions.iter().filter(|found| atom.repo().is_none_or(|repo| found.repo.name == repo)).collect();
    let all: BTreeSet<&Version> = inside.iter().map(|found| &found.version).collect();
    let all: Vec<String> = all.into_iter().rev().map(ToString::to_string).collect();
    if let (Some(repo), true) = (atom.repo(), inside.is_empty()) {
        let others: BTreeSet<String> = versions.iter().map(|found| shown(found.repo)).collect();
        let others: Vec<String> = others.into_iter().collect();
        report
            .file(line.path)
            .at(&L212, line.key(), format!("`::{repo}` has no package `{}`", atom.cpn()))
            .set_help(format!("it is in {}", others.join(", ")));
        return;
    }
    let fits = |found: &&Found<'_>| {
        let text = atom.as_str();
        let plain = atom.slot().and_then(|_| text.split_once(':')).map_or(text, |(before, _)| before);
        Atom::parse(plain, Dialect::User).is_ok_and(|plain| found.is(atom.cpn(), &plain))
    };
    let slots: BTreeSet<&str> =
        inside.iter().copied().filter(fits).filter_map(|found| found.entry.slot()).collect();
    let (text, what) = match atom.slot() {
        Some(slot) if !slots.is_empty() => {
            let slots: Vec<&str> = slots.into_iter().collect();
            let sub = atom.subslot().map(|sub| format!("/{sub}")).unwrap_or_default();
            (format!("`{}` has no slot `{slot}{sub}`", atom.cpn()), slots.join(", "))
        }
        _ => (format!("no version of `{}` is one of `{atom}`", atom.cpn()), few(&all)),
    };
    report.file(line.path).at(&L211, line.key(), text).set_help(format!("there is {what}"));
}

/// The first of some words.
pub(super) fn few(all: &[String]) -> String {
    match all {
        [a, b, c, d, _, rest @ ..] => format!("{a}, {b}, {c}, {d} and {} more", rest.len() + 1),
        all => all.join(", "),
    }
}

/// What a line is to say after the moves of its package, where there is nothing under the old name.
fn moved(known: &Known<'_>, line: &Line<'_>) -> Option<(String, String)> {
    let atom = &line.atom;
    if atom.is_wildcard() || !known.matching(atom).is_empty() {
        return None;
    }
    let (text, repo) = match atom.as_str().split_once("::") {
        Some((text, repo)) => (text, format!("::{repo}")),
        None => (atom.as_str(), String::new()),
    };
    let plain = Atom::parse(text.trim_start_matches('!'), Dialect::User).ok()?;
    let applied = known.updates.applied(&plain)?;
    let new = Atom::parse(&applied.atom, Dialect::User).ok()?;
    if !known.has(new.cpn()) || (new.cpn() == atom.cpn() && known.matching(&new).is_empty()) {
        return None;
    }
    let by: Vec<String> = applied.by.iter().map(ToString::to_string).collect();
    Some((format!("{}{repo}", applied.atom), by.join("; ")))
}

pub(super) fn check_moves(known: &Known<'_>, report: &mut Report) {
    if known.updates.is_empty() {
        return;
    }
    for line in &known.lines {
        if let Some((new, by)) = moved(known, line) {
            let what = format!("`{}` is `{new}` today (profiles/updates: {by})", line.atom);
            let mut findings = report.file(line.path);
            let found = findings.at(&L213, line.key(), what).set_help(format!("write {new}"));
            // Portage passes over an entry that names a repository.
            if line.atom.repo().is_none() {
                found.set_mend(Mend::Name(line.key.replacen(line.atom.as_str(), &new, 1)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::repo::testing::{machine, told};
    use crate::lint::testing::root;

    fn mask(items: &[&str]) -> Vec<String> {
        told(&machine(), &root().items("etc/portage/package.mask", items))
    }

    #[test]
    fn packages_are_those_of_the_repositories() {
        assert_eq!(mask(&["app-editors/vin"]), ["L210 app-editors/vin: did you mean app-editors/vim?"]);
        assert_eq!(mask(&["app-misc/vim"]), ["L210 app-misc/vim: did you mean app-editors/vim?"]);
        assert_eq!(mask(&["app-none/none"]), ["L210 app-none/none: "]);
        assert_eq!(mask(&["app-none/*"]), ["L210 app-none/*: "]);
        assert_eq!(
            mask(&["app-editors/*", "*/vim", "app-*/*", "cross-i486-pc-linux-gnu/gcc", "app-editors/vim"]),
            [""; 0]
        );
        let set =
            told(&machine(), &root().items("etc/portage/sets/mine", &["app-editors/vin", "app-editors/vim"]));
        assert_eq!(set, ["L222 app-editors/vin: did you mean app-editors/vim?"]);
        let env = told(&machine(), &root().rules("etc/portage/package.env", &[("app-editors/vin", "x")]));
        assert_eq!(env, ["L210 app-editors/vin: did you mean app-editors/vim?"]);
    }

    #[test]
    fn versions_are_those_of_the_repositories() {
        let there = "there is 9999, 9.1-r1, 9.0";
        assert_eq!(mask(&["=app-editors/vim-8.2"]), [format!("L211 =app-editors/vim-8.2: {there}")]);
        assert_eq!(mask(&["<app-editors/vim-9"]), [format!("L211 <app-editors/vim-9: {there}")]);
        assert_eq!(mask(&["app-editors/vim:3"]), ["L211 app-editors/vim:3: there is 0"]);
        assert_eq!(mask(&[">app-editors/vim-9999"]), [""; 0], "for what may come");
        assert_eq!(
            mask(&[
                "=app-editors/vim-9.1*",
                "~app-editors/vim-9.1",
                "app-editors/vim:0",
                "-=app-editors/vim-7"
            ]),
            [""; 0]
        );
    }

    #[test]
    fn repositories_are_those_of_the_machine() {
        assert_eq!(mask(&["*/*::guruu"]), ["L212 *:*/*::guruu: "].map(|_| "L212 */*::guruu: ".to_owned()));
        assert_eq!(mask(&["app-editors/vim::locl"]), ["L212 app-editors/vim::locl: did you mean local?"]);
        assert_eq!(
            mask(&["app-editors/vim::mine"]),
            ["L212 app-editors/vim::mine: write ::local, whose alias it is"]
        );
        assert_eq!(mask(&["app-editors/nano::local"]), ["L212 app-editors/nano::local: it is in ::gentoo"]);
        assert_eq!(mask(&["app-editors/vim::gentoo", "*/*::local"]), [""; 0]);
    }

    #[test]
    fn moves_are_followed() {
        assert_eq!(mask(&["app-old/a"]), ["L213 app-old/a: write app-misc/c"]);
        assert_eq!(
            mask(&[">=app-old/a-1:0::gentoo"]),
            [">=app-misc/c-1:0::gentoo"].map(|new| format!("L213 >=app-old/a-1:0::gentoo: write {new}"))
        );
        assert_eq!(mask(&["app-misc/slotted:0"]), ["L213 app-misc/slotted:0: write app-misc/slotted:1"]);
        assert_eq!(mask(&["app-misc/c", "app-misc/slotted:1"]), [""; 0]);
    }
}
