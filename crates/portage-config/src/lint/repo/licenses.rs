//! Licenses that there are not, and that a package does not have.

use std::collections::{BTreeMap, BTreeSet};

use super::chain::lines;
use super::known::{Known, mean};
use crate::lint::context::Context;
use crate::report::{Code, Key, Report};
use crate::repository::Field;
use crate::vocab::{LicenseToken, RelPath, nearest};

/// A license that the package does not have.
pub(crate) const L218: Code = Code::hint(
    "L218",
    "idle-license",
    "A license in package.license that no version of the package has changes nothing.",
    "lib/portage/package/ebuild/_config/LicenseManager.py",
);

/// A license or group that there is not.
pub(crate) const L219: Code = Code::warning(
    "L219",
    "unknown-license",
    "Portage says nothing about a license that no repository has, and only `Undefined license group` about a group: neither is ever matched.",
    "lib/portage/package/ebuild/_config/LicenseManager.py; PMS 4.4, license_groups",
);

/// The groups of the repositories and of the configuration.
fn groups(context: &Context<'_>, known: &Known<'_>) -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for repo in known.repos.iter() {
        for line in lines(repo, "profiles/license_groups") {
            let mut words = line.split_whitespace().map(str::to_owned);
            let Some(name) = words.next() else { continue };
            all.entry(name).or_default().extend(words);
        }
    }
    for (_, rule) in context.rules("license_groups") {
        all.entry(rule.key.clone()).or_default().extend(rule.words.iter().cloned());
    }
    all
}

/// The licenses of the repositories.
fn licenses(known: &Known<'_>) -> BTreeSet<String> {
    let Ok(folder) = RelPath::parse("licenses") else { return BTreeSet::new() };
    let lists = known.repos.iter().map(|repo| repo.repository.root().list(Some(&folder)));
    let names = lists.filter_map(|names| names.ok().flatten()).flatten();
    names.filter_map(|name| name.into_string().ok()).collect()
}

pub(super) fn check_names(context: &Context<'_>, known: &Known<'_>, report: &mut Report) {
    let mut words: Vec<(RelPath, Key, String)> = Vec::new();
    for (path, rule) in context.rules("package.license") {
        words.extend(rule.words.iter().map(|word| (path.clone(), Key::of(&rule.key), word.clone())));
    }
    for word in context.make_conf.words("ACCEPT_LICENSE").filter(|word| !word.contains('$')) {
        let at = context.written("ACCEPT_LICENSE", word);
        words.extend(at.map(|(path, key)| (path, key, word.to_owned())));
    }
    if words.is_empty() {
        return;
    }
    let (groups, licenses) = (groups(context, known), licenses(known));
    if licenses.is_empty() {
        return;
    }
    for (path, key, word) in words {
        let (text, near) = match LicenseToken::parse(&word) {
            Ok(LicenseToken::AcceptGroup(name) | LicenseToken::RejectGroup(name))
                if !groups.contains_key(name) =>
            {
                (
                    format!("there is no group of licenses `{name}`"),
                    nearest(name, groups.keys().map(String::as_str)).map(|near| format!("@{near}")),
                )
            }
            Ok(LicenseToken::Accept(name) | LicenseToken::Reject(name)) if !licenses.contains(name) => (
                format!("no repository has the license `{name}`"),
                nearest(name, licenses.iter().map(String::as_str)).map(str::to_owned),
            ),
            _ => continue,
        };
        mean(report.file(&path).word(&L219, key, &word, text), near.as_deref());
    }
}

pub(super) fn check_idle(context: &Context<'_>, known: &Known<'_>, report: &mut Report) {
    let lines: Vec<_> = known.of(&["package.license"]).collect();
    if lines.is_empty() {
        return;
    }
    let groups = groups(context, known);
    for line in lines {
        let matching = known.matching(&line.atom);
        let mut own = BTreeSet::new();
        let is_known = matching.iter().all(|found| match found.entry.get(Field::License) {
            Some(words) => {
                own.extend(words.split_whitespace());
                true
            }
            None => false,
        });
        if !is_known || matching.is_empty() {
            continue;
        }
        for word in line.words {
            let named = match LicenseToken::parse(word) {
                Ok(LicenseToken::Accept(name)) => BTreeSet::from([name]),
                Ok(LicenseToken::AcceptGroup(group)) if groups.contains_key(group) => members(&groups, group),
                _ => continue,
            };
            // What is accepted for all packages does nothing, and no harm: it says what the package may have.
            let is_accepted = |name: &&str| accepted(known, &groups, name);
            if named.is_disjoint(&own) && !named.iter().all(is_accepted) {
                let all = own.iter().copied();
                let all = all.filter(|word| !matches!(*word, "(" | ")" | "||") && !word.ends_with('?'));
                let (fine, mut all): (Vec<&str>, Vec<&str>) = all.partition(is_accepted);
                if all.is_empty() {
                    all = fine;
                }
                let text = format!("no version of `{}` has the license `{word}`", line.atom);
                let found = report.file(line.path);
                let mut found = found;
                found.word(&L218, line.key(), word, text).set_help(format!("it has {}", all.join(", ")));
            }
        }
    }
}

/// Whether ACCEPT_LICENSE accepts a license for all packages.
fn accepted(known: &Known<'_>, groups: &BTreeMap<String, Vec<String>>, name: &str) -> bool {
    let last = known.licenses.iter().rev().find_map(|word| match LicenseToken::parse(word) {
        Ok(LicenseToken::Accept(other)) => (other == name).then_some(true),
        Ok(LicenseToken::Reject(other)) => (other == name).then_some(false),
        Ok(LicenseToken::AcceptGroup(group)) => members(groups, group).contains(name).then_some(true),
        Ok(LicenseToken::RejectGroup(group)) => members(groups, group).contains(name).then_some(false),
        _ if word == "*" => Some(true),
        _ if word == "-*" => Some(false),
        _ => None,
    });
    last.unwrap_or(false)
}

/// The licenses of a group, those of the groups in it among them.
fn members<'g>(groups: &'g BTreeMap<String, Vec<String>>, group: &'g str) -> BTreeSet<&'g str> {
    let mut all = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut ahead = vec![group];
    while let Some(group) = ahead.pop() {
        if !seen.insert(group) {
            continue;
        }
        for word in groups.get(group).into_iter().flatten() {
            match word.strip_prefix('@') {
                Some(inner) => ahead.push(inner),
                None => drop(all.insert(word.as_str())),
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use crate::lint::repo::testing::{machine, told};
    use crate::lint::testing::root;

    fn license(words: &str) -> Vec<String> {
        told(&machine(), &root().rules("etc/portage/package.license", &[("app-editors/nano", words)]))
    }

    #[test]
    fn licenses_are_those_of_the_repositories() {
        assert_eq!(
            license("eval"),
            ["L219 app-editors/nano eval: did you mean evil?", "L218 app-editors/nano eval: it has evil"]
        );
        assert_eq!(license("-@FREEE"), ["L219 app-editors/nano -@FREEE: did you mean @FREE?"]);
        assert_eq!(license("evil -MIT * -@FREE"), [""; 0]);
        let conf =
            |value| told(&machine(), &root().vars("etc/portage/make.conf", &[("ACCEPT_LICENSE", value)]));
        assert_eq!(conf("-* @FREE MTI"), ["L219 ACCEPT_LICENSE MTI: did you mean MIT?"]);
        assert_eq!(conf("-* @FREE MIT"), [""; 0]);
        let own = root().rules("etc/portage/license_groups", &[("MINE", "evil")]);
        let own = own.rules("etc/portage/package.license", &[("app-editors/nano", "@MINE")]);
        assert_eq!(told(&machine(), &own), [""; 0]);
    }

    #[test]
    fn a_license_is_one_of_the_package() {
        assert_eq!(license("MIT"), ["L218 app-editors/nano MIT: it has evil"]);
        assert_eq!(license("@FREE"), ["L218 app-editors/nano @FREE: it has evil"]);
        assert_eq!(license("@EULA"), [""; 0]);
    }

    #[test]
    fn what_all_packages_may_have_is_no_mistake() {
        let with = |accept: &str, words: &str| {
            let root = root().vars("etc/portage/make.conf", &[("ACCEPT_LICENSE", accept)]);
            told(&machine(), &root.rules("etc/portage/package.license", &[("app-editors/nano", words)]))
        };
        assert_eq!(with("-* @FREE", "MIT"), [""; 0]);
        assert_eq!(with("-* @FREE", "@FREE GPL-2"), [""; 0]);
        assert_eq!(with("* -@EULA", "MIT"), [""; 0]);
        assert_eq!(with("@FREE -*", "MIT"), ["L218 app-editors/nano MIT: it has evil"]);
        assert_eq!(with("-* @FREE -MIT", "MIT"), ["L218 app-editors/nano MIT: it has evil"]);
    }
}
