//! What Portage makes of the flags of the packages that a configuration names: REQUIRED_USE, and flags that somebody masks
//! or forces.

use std::collections::BTreeMap;

use super::flags::flag;
use super::known::{Known, Line};
use super::resolved::package;
use crate::config::{Body, Config};
use crate::each::each;
use crate::lint::context::Context;
use crate::lint::installkernel::{L021, L022, L023, L024};
use crate::lint::machine::L010;
use crate::lint::rust::L012;
use crate::report::{Code, Diagnostic, Report};
use crate::resolve::{About, LineId, Machine, Package, Place, Settings};
use crate::vocab::{RelPath, UseToken};

/// Flags that the ebuild does not allow together.
pub(crate) const L223: Code = Code::error(
    "L223",
    "required-use",
    "The flags that hold for the package are none that its REQUIRED_USE allows: emerge refuses to build it.",
    "PMS 7.3.6 and 8.2; lib/portage/dep/__init__.py, check_required_use",
);

/// A flag that somebody else decides about.
pub(crate) const L224: Code = Code::warning(
    "L224",
    "decided-flag",
    "What a profile or a repository masks stays off, and what it forces stays on, whatever package.use says; emerge says so only in brackets.",
    "portage(5), package.use.mask and package.use.force; lib/portage/package/ebuild/_config/UseManager.py",
);

const KINDS: [&str; 3] = ["package.use", "sets", "world"];

/// Rules that say the same without a repository.
const ASKED: [&Code; 6] = [&L010, &L012, &L021, &L022, &L023, &L024];

pub(super) fn check(
    context: &Context<'_>,
    known: &Known<'_>,
    machine: &Machine,
    settings: &Settings<'_>,
    report: &mut Report,
) {
    let config = context.config;
    let shown = |line: LineId| shown(config, machine.files().place(line)?);
    let mut named: BTreeMap<&str, Vec<&Line<'_>>> = BTreeMap::new();
    for line in known.of(&KINDS) {
        named.entry(line.atom.cpn()).or_default().push(line);
    }
    let named: Vec<_> =
        named.into_iter().filter_map(|(cpn, lines)| Some((cpn, lines, known.versions(cpn)?))).collect();
    let told: Vec<Diagnostic> =
        report.diagnostics.iter().filter(|found| ASKED.contains(&found.code)).cloned().collect();
    let found = each(&named, |(cpn, lines, versions)| {
        let mut report = Report::new();
        let packages: Option<Vec<Package>> = versions.iter().map(|found| package(cpn, found)).collect();
        // Of a version that nobody knows it is not known whether it is the one that is taken.
        let Some(packages) = packages else { return report };
        let all: Result<Vec<About<'_>>, _> = packages.iter().map(|package| settings.about(package)).collect();
        let Ok(all) = all else { return report };
        let all: Vec<(&About<'_>, bool)> = all.iter().map(|about| (about, about.is_visible())).collect();
        for line in lines.iter().filter(|line| line.kind == "package.use") {
            check_line(line, &all, &shown, &told, &mut report);
        }
        if !is_told(cpn, &told) {
            check_required(lines, versions, &all, &mut report);
        }
        report
    });
    found.into_iter().flat_map(|found| found.diagnostics).for_each(|found| report.push(found));
}

/// REQUIRED_USE of the versions that would be taken.
fn check_required(
    lines: &[&Line<'_>],
    versions: &[crate::repository::Found<'_>],
    all: &[(&About<'_>, bool)],
    report: &mut Report,
) {
    let mut told: Vec<&Package> = Vec::new();
    for line in lines {
        let fits = versions
            .iter()
            .zip(all)
            .filter(|(found, (about, visible))| *visible && found.is(&about.package().cpn, &line.atom));
        // Of equal versions the first comes from the repository that goes before the others.
        let best = fits.rev().max_by(|(a, _), (b, _)| a.version.cmp(&b.version));
        let Some((_, (about, _))) = best else { continue };
        let parts = about.violated().unwrap_or_default();
        if parts.is_empty() || told.contains(&about.package()) {
            continue;
        }
        told.push(about.package());
        let contested = about.contested();
        let speaks = |line: &&&Line<'_>| {
            let flags = line.words.iter().filter_map(|word| flag(line, word));
            line.kind == "package.use" && flags.into_iter().any(|flag| contested.contains(&flag))
        };
        let line = lines.iter().find(speaks).unwrap_or(line);
        let package = about.package();
        let text =
            format!("`{}-{}` does not allow its flags: {}", package.cpn, package.version, parts.join(", "));
        let remedies = about.remedies();
        let found = &mut report.file(line.path);
        let found = found.at(&L223, line.key(), text);
        if !remedies.is_empty() {
            let word = |(flag, on): &(String, bool)| format!("{}{flag}", if *on { "" } else { "-" });
            let words: Vec<String> = remedies.iter().map(word).collect();
            found.set_help(format!("write {} for it in package.use", words.join(" or ")));
        } else if !contested.is_empty() {
            found.set_help(format!("decide about {} in package.use", contested.join(", ")));
        }
    }
}

/// Whether a rule that needs no repository has said so of the package.
fn is_told(cpn: &str, told: &[Diagnostic]) -> bool {
    let codes: &[&Code] = match cpn {
        "sys-kernel/installkernel" => &[&L021, &L022],
        "sys-boot/grub" => &[&L024],
        _ => return false,
    };
    told.iter().any(|found| codes.contains(&found.code))
}

/// A line, and where it stands: entries have no number before they are written.
fn shown(config: &Config, place: Place) -> Option<String> {
    let file =
        RelPath::parse(place.path.trim_start_matches('/')).ok().and_then(|path| config.files.get(&path));
    let number = match file.map(|file| &file.body) {
        Some(Body::Model(_)) => String::new(),
        _ => format!(":{}", place.line),
    };
    Some(format!("{}{number}: `{}`", place.path, place.text))
}

/// A line of package.use: the words of it that do not hold for any version.
fn check_line(
    line: &Line<'_>,
    all: &[(&About<'_>, bool)],
    shown: &dyn Fn(LineId) -> Option<String>,
    told: &[Diagnostic],
    report: &mut Report,
) {
    let fits = all.iter().filter(|(about, _)| line.atom.matches(&about.package().candidate()));
    let fits: Vec<(&About<'_>, bool)> = fits.copied().collect();
    let is_any_visible = fits.iter().any(|(_, visible)| *visible);
    for word in line.words {
        let wanted = match UseToken::parse(word) {
            Ok(UseToken::Enable(_)) => true,
            Ok(UseToken::Disable(_)) => false,
            _ => continue,
        };
        let Some(flag) = flag(line, word) else { continue };
        let mut deciding: Option<LineId> = None;
        let has = |about: &About<'_>| about.package().iuse.iter().any(|(own, _)| *own == flag);
        let mut about = fits
            .iter()
            .filter(|(about, visible)| (*visible || !is_any_visible) && has(about))
            .map(|(about, _)| about);
        let is_idle = about.all(|about| {
            let by = match (about.is_masked(&flag), wanted) {
                (true, true) => about.masked_by(&flag),
                // A mask goes before what is forced.
                (false, false) => about.forced_by(&flag),
                _ => None,
            };
            deciding = deciding.or(by);
            by.is_some()
        });
        let Some(place) = deciding.filter(|_| is_idle).and_then(shown) else { continue };
        let is_told = |found: &Diagnostic| {
            let same = || {
                let spot = &found.spot;
                spot.path.as_ref() == Some(line.path)
                    && spot.key == line.key()
                    && spot.word.as_deref() == Some(word)
            };
            (found.code == &L023 && flag == "ugrd") || ([&L010, &L012].contains(&found.code) && same())
        };
        if told.iter().any(is_told) {
            continue;
        }
        let (what, file) = match wanted {
            true => ("masked", "profile/package.use.mask"),
            false => ("forced", "profile/package.use.force"),
        };
        let text = format!("`{flag}` is {what} by {place}");
        report
            .file(line.path)
            .word(&L224, line.key(), word, text)
            .set_help(format!("write `{} -{flag}` into {file}, or take the word out", line.atom));
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::repo::testing::{Machine, machine, told};
    use crate::lint::testing::{Root, root};

    fn x86() -> Root {
        root().link("etc/portage/make.profile", "../../var/db/repos/gentoo/profiles/default/linux/x86")
    }

    fn choosy() -> Machine {
        machine()
            .version(
                "gentoo",
                "app-misc/choosy-1",
                "KEYWORDS=x86\nIUSE=a b +c\nREQUIRED_USE=?? ( a b ) a? ( c )\n",
            )
            .version("gentoo", "app-misc/choosy-2", "KEYWORDS=~x86\nIUSE=a b\nREQUIRED_USE=a\n")
    }

    fn rules(machine: &Machine, rules: &[(&str, &str)]) -> Vec<String> {
        told(machine, &x86().rules("etc/portage/package.use", rules))
    }

    #[test]
    fn flags_that_an_ebuild_does_not_allow() {
        let told = |words| rules(&choosy(), &[("app-misc/choosy", words)]);
        assert_eq!(told("a b"), ["L223 app-misc/choosy: write -a or -b for it in package.use"]);
        assert_eq!(told("a -c"), ["L223 app-misc/choosy: write -a or c for it in package.use"]);
        assert_eq!(told("a b -c"), ["L223 app-misc/choosy: write -a for it in package.use"]);
        assert_eq!(told("a"), [""; 0], "the version that is not visible wants what it likes");
        assert_eq!(told("b -c"), [""; 0]);
    }

    #[test]
    fn the_line_that_speaks_of_the_flag_is_named() {
        let root = x86()
            .vars("etc/portage/make.conf", &[("USE", "a b")])
            .items("var/lib/portage/world", &["app-misc/choosy"]);
        assert_eq!(
            told(&choosy(), &root).last().map(String::as_str),
            Some("L223 app-misc/choosy: write -a or -b for it in package.use")
        );
        assert_eq!(
            rules(&choosy(), &[("app-misc/choosy", "c"), ("<app-misc/choosy-2", "a b")]),
            ["L223 <app-misc/choosy-2: write -a or -b for it in package.use"]
        );
    }

    #[test]
    fn flags_that_a_profile_decides_about() {
        let machine = || {
            choosy()
                .put("gentoo/profiles/base/package.use.mask", "# why\napp-misc/choosy a\n")
                .put("gentoo/profiles/arch/x86/use.force", "c\n")
        };
        let told = |words| rules(&machine(), &[("app-misc/choosy", words)]);
        assert_eq!(
            told("a -c b"),
            [
                "L224 app-misc/choosy a: write `app-misc/choosy -a` into profile/package.use.mask, or take the word out",
                "L224 app-misc/choosy -c: write `app-misc/choosy -c` into profile/package.use.force, or take the word out",
            ]
        );
        assert_eq!(told("-a c b"), [""; 0]);
        let lifted = x86()
            .rules("etc/portage/package.use", &[("app-misc/choosy", "a")])
            .rules("etc/portage/profile/package.use.mask", &[("app-misc/choosy", "-a")]);
        assert_eq!(super::super::testing::told(&machine(), &lifted), [""; 0]);
    }

    #[test]
    fn without_a_profile_nothing_is_said() {
        let root = root().rules("etc/portage/package.use", &[("app-misc/choosy", "a b")]);
        assert_eq!(told(&choosy(), &root), [""; 0]);
    }
}
