//! Ebuilds of one's own that Portage passes over.

use super::known::{Known, Line, shown};
use super::masks::Masks;
use crate::report::{Code, Diagnostic, Report, Spot};
use crate::repository::{Field, Found};

/// An overlay's package that is not chosen.
pub(crate) const L034: Code = Code::warning(
    "L034",
    "overlay-not-chosen",
    "Portage takes the newest version that is visible, whatever its repository; of equal ones that of the repository with the higher priority.",
    "portage(5), repos.conf, priority; lib/portage/dbapi/porttree.py, _visible, match",
);

/// Kinds whose lines are about packages that are wanted; flags for all who build are not.
const WANTS: [&str; 6] =
    ["world", "sets", "package.use", "package.accept_keywords", "package.keywords", "profile/packages"];

pub(super) fn check(known: &Known<'_>, report: &mut Report) {
    let main = known.repos.main().map(|main| main.name.as_str());
    let masks = Masks::of(known);
    for repo in known.repos.iter().filter(|repo| repo.is_local && Some(repo.name.as_str()) != main) {
        for cpn in repo.repository.cached_packages().unwrap_or_default() {
            let name = cpn.to_string();
            let Some(versions) = known.versions(&name) else { continue };
            let is_own = |found: &&Found<'_>| found.repo.name == repo.name;
            // Nothing is passed over where no other repository has the package.
            if versions.iter().all(|found| is_own(&found)) {
                continue;
            }
            // Live versions wait for somebody who asks for them.
            let is_release = |found: &&Found<'_>| is_own(found) && !found.entry.is_live();
            let Some(best) = versions.iter().find(is_release) else { continue };
            let keywords = |found: &Found<'_>| found.entry.get(Field::Keywords).map(str::to_owned);
            let is_visible = |found: &&Found<'_>| {
                let more = known.accepted_for(&name, found);
                let more: Vec<&str> = more.iter().map(String::as_str).collect();
                keywords(found).is_none_or(|words| known.accepts(&words, &more))
                    && !is_masked(known, &masks, &name, found)
            };
            // In the order of priority: of equal versions the first one holds.
            let chosen = versions.iter().filter(is_visible).fold(
                None,
                |chosen: Option<&Found<'_>>, found| match chosen {
                    Some(chosen) if chosen.version >= found.version => Some(chosen),
                    _ => Some(found),
                },
            );
            let Some(chosen) = chosen.filter(|chosen| !is_own(chosen)) else { continue };
            // An overlay has packages for others, too: one that nobody names is not waited for, nor an older version that
            // nobody names with its repository.
            let is_older = best.version < chosen.version;
            let speaks = |line: &Line<'_>| {
                let is_wanted = !is_older && WANTS.contains(&line.kind);
                line.atom.cpn() == name && (is_wanted || line.atom.repo() == Some(&repo.name))
            };
            if !known.lines.iter().any(speaks) {
                continue;
            }
            let own = format!("{name}-{}{}", best.version, shown(repo));
            let text = format!("Portage takes `{}{}` and not `{own}`", chosen.version, shown(chosen.repo));
            let help = if is_masked(known, &masks, &name, best) {
                format!("it is masked: write ={name}-{}{} into package.unmask", best.version, shown(repo))
            } else if is_visible(&best) {
                if best.version == chosen.version {
                    format!("give [{}] in repos.conf a higher priority", repo.name)
                } else {
                    "raise its version, or mask the other".to_owned()
                }
            } else {
                let words = keywords(best).unwrap_or_default();
                let testing = known.arch().map(|arch| format!("~{arch}")).unwrap_or_default();
                let word = if words.split_whitespace().any(|word| word == testing) { &testing } else { "**" };
                format!(
                    "accept it: ={name}-{}{} {word} in package.accept_keywords",
                    best.version,
                    shown(repo)
                )
            };
            report.push(Diagnostic::new(&L034, Spot::default(), text).help(help));
        }
    }
}

/// Whether a version is masked.
fn is_masked(known: &Known<'_>, masks: &Masks<'_>, cpn: &str, found: &Found<'_>) -> bool {
    let hit = |kind: &str| known.about(&[kind], cpn, found).iter().any(|line| !line.removes);
    (hit("package.mask") || masks.has(cpn, found)) && !hit("package.unmask")
}

#[cfg(test)]
mod tests {
    use crate::lint::repo::testing::{Machine, machine, told};
    use crate::lint::testing::{Root, root};

    fn bare() -> Root {
        root().link("etc/portage/make.profile", "/var/db/repos/gentoo/profiles/default/linux/x86")
    }

    /// Somebody wants nano.
    fn x86() -> Root {
        bare().items("var/lib/portage/world", &["app-editors/nano"])
    }

    /// A machine whose own nano stands beside that of the main repository.
    fn nano(version: &str, keywords: &str) -> Machine {
        machine().version("local", &format!("app-editors/nano-{version}"), &format!("KEYWORDS={keywords}\n"))
    }

    #[test]
    fn ones_own_ebuild_is_taken() {
        assert_eq!(told(&nano("7", "x86"), &x86()), [""; 0], "the priority decides");
        assert_eq!(told(&nano("8", "x86"), &x86()), [""; 0]);
        assert_eq!(told(&nano("6", "x86"), &x86()), [""; 0], "nobody speaks of it");
        assert_eq!(told(&nano("9999", ""), &x86()), [""; 0], "nobody asked for it");
        assert_eq!(told(&nano("8", "~x86"), &bare()), [""; 0], "nobody wants any of it");
        let meant = || x86().rules("etc/portage/package.env", &[("app-editors/nano::local", "x")]);
        assert_eq!(told(&nano("6", "x86"), &meant()), ["L034 : raise its version, or mask the other"]);
        let unmask = "it is masked: write =app-editors/nano-9::local into package.unmask";
        assert_eq!(told(&nano("9", "x86"), &x86()), [format!("L034 : {unmask}")]);
        let accept = "accept it: =app-editors/nano-8::local ~x86 in package.accept_keywords";
        assert_eq!(told(&nano("8", "~x86"), &x86()), [format!("L034 : {accept}")]);
        let accepted =
            x86().rules("etc/portage/package.accept_keywords", &[("app-editors/nano::local", "~x86")]);
        assert_eq!(told(&nano("8", "~x86"), &accepted), [""; 0]);
        let masked = meant().items("etc/portage/package.mask", &["app-editors/nano::gentoo"]);
        assert_eq!(told(&nano("6", "x86"), &masked), [""; 0]);
        assert_eq!(told(&nano("8", "~x86"), &root()), [""; 0], "no profile says what is visible");
    }
}
