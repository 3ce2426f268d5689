//! What is explained of one package.

use std::collections::BTreeMap;
use std::fmt::Write;

use portage_config::repository::Repositories;
use portage_config::resolve::{About, Mask, Package, Settings, Subject};
use portage_config::vocab::{Atom, Cpn, Dialect, mask};

use super::HEADER;
use super::tell::tell;
use crate::answer::{Answer, Data, Status};
use crate::args::Look;
use crate::{codes, json};

/// The variables that are shown of each package.
const VARIABLES: [&str; 6] = ["CFLAGS", "CXXFLAGS", "LDFLAGS", "RUSTFLAGS", "MAKEOPTS", "EXTRA_ECONF"];

/// A package, and whether everything is known that its ebuild says of itself.
type Known = (Package, bool);

pub(super) fn of_package(
    what: &str,
    subject: Option<&str>,
    settings: &Settings<'_>,
    repositories: &Repositories,
    look: &Look,
    mut answer: Answer,
) -> Answer {
    let Some(atom) = atom(what, &mut answer) else { return answer.nothing() };
    let Some(packages) = found(&atom, repositories, &mut answer) else { return answer.nothing() };
    if packages.is_empty() {
        let near = repositories.nearest(atom.cpn()).map(|name| format!("did you mean `{name}`?"));
        let near = near.filter(|_| Cpn::parse(atom.cpn()).is_ok_and(|cpn| !repositories.has(&cpn)));
        let help = match repositories.iter().len() {
            0 => Some("no ebuild repository was found: give one with --repo".to_owned()),
            _ => near,
        };
        answer.fail(&codes::NOT_KNOWN, format!("no repository has `{what}`"), help);
        answer.status = Status::No;
        return answer;
    }
    let Some((package, complete)) = best(settings, &packages) else {
        return answer.failed(&codes::REFUSED, "Portage refuses a file of env/ for each version", None);
    };
    let name = package.to_text();
    let Some(asked) = subject.map(subject_of) else {
        match settings.about(package) {
            Ok(about) => overview(&about, complete, &mut answer),
            Err(error) => answer.fail(&codes::REFUSED, format!("Portage refuses {error}"), None),
        }
        return answer;
    };
    match settings.explain(package, &asked, look.verbose) {
        Ok(explanation) => {
            if explanation.value == "none" {
                let near = package.iuse.iter().map(|(flag, _)| flag.as_str()).collect::<Vec<_>>().join(" ");
                answer.notes.push(format!("its flags are: {near}"));
                answer.status = Status::No;
            }
            tell("package", name, subject, &explanation, look, &mut answer);
        }
        Err(error) => answer.fail(&codes::REFUSED, format!("Portage refuses {error}"), None),
    }
    answer
}

/// `visible`, `use:FLAG` or a variable.
pub(super) fn subject_of(word: &str) -> Subject {
    match word.strip_prefix("use:") {
        Some(flag) => Subject::Flag(flag.to_owned()),
        None if word == "visible" => Subject::Visible,
        None => Subject::Variable(word.to_owned()),
    }
}

/// What was asked about, as the name of packages.
pub(super) fn atom(what: &str, answer: &mut Answer) -> Option<Atom> {
    match Atom::parse(what, Dialect::User) {
        Ok(atom) if !atom.is_wildcard() => return Some(atom),
        Ok(_) => answer.fail(&codes::NOT_KNOWN, format!("`{what}` is no single package"), None),
        Err(error) => {
            let help = error.help();
            answer.fail(&codes::NOT_KNOWN, format!("neither a package nor a code: {error}"), help);
        }
    }
    None
}

/// The versions that an atom allows.
pub(super) fn found(atom: &Atom, repositories: &Repositories, answer: &mut Answer) -> Option<Vec<Known>> {
    let found = Cpn::parse(atom.cpn()).ok().map(|cpn| repositories.package(&cpn));
    match found {
        Some(Ok(mut found)) => {
            found.retain(|one| one.is(atom.cpn(), atom));
            Some(found.iter().map(|one| (Package::of(atom.cpn(), one), one.entry.is_complete())).collect())
        }
        Some(Err(error)) => {
            answer.fail(&codes::CANNOT_READ, format!("cannot read {error}"), None);
            None
        }
        None => Some(Vec::new()),
    }
}

/// The version that Portage would take: the newest visible one, or the newest.
pub(super) fn best<'p>(
    settings: &Settings<'_>,
    packages: &'p [(Package, bool)],
) -> Option<(&'p Package, bool)> {
    let mut sorted: Vec<&(Package, bool)> = packages.iter().collect();
    // Of the same version that of the repository that goes before the others comes first.
    sorted.sort_by(|(a, _), (b, _)| {
        portage_config::vocab::compare_versions(&b.version, &a.version).unwrap_or(std::cmp::Ordering::Equal)
    });
    let is_visible = |package: &Package| settings.about(package).map(|about| about.is_visible());
    let visible = sorted.iter().find(|(package, _)| is_visible(package).unwrap_or(false));
    visible.or_else(|| sorted.first()).map(|(package, complete)| (package, *complete))
}

/// Everything about a package, in short.
fn overview(about: &About<'_>, complete: bool, answer: &mut Answer) {
    let package = about.package();
    let flags: Vec<&str> = package.iuse.iter().map(|(flag, _)| flag.as_str()).collect();
    let those = |wanted: &dyn Fn(&str) -> bool| -> Vec<String> {
        let mut those: Vec<String> =
            flags.iter().filter(|flag| wanted(flag)).map(|flag| (*flag).to_owned()).collect();
        those.sort();
        those.dedup();
        those
    };
    let masks: BTreeMap<&'static str, Vec<String>> =
        about.masks().into_iter().map(|mask| (mask.kind(), words_of(mask))).collect();
    let mut variables = BTreeMap::new();
    for name in VARIABLES {
        if let Some(value) = about.variable(name).filter(|value| !value.is_empty()) {
            variables.insert(name, mask(&value).into_owned());
        }
    }
    let overview = json::Overview {
        slot: if package.slot == package.subslot {
            package.slot.clone()
        } else {
            format!("{}/{}", package.slot, package.subslot)
        },
        eapi: package.eapi.clone(),
        visible: masks.is_empty(),
        masks,
        keywords: about.keywords(),
        accept_keywords: about.accepts().into_iter().collect(),
        on: those(&|flag| about.is_enabled(flag)),
        off: those(&|flag| !about.is_enabled(flag)),
        masked: those(&|flag| about.is_masked(flag)),
        forced: those(&|flag| about.is_forced(flag)),
        required_use: about.violated().unwrap_or_default(),
        variables,
        env_files: about.env_files(),
        patches: about.patches(),
        bashrc: about.bashrc(),
        complete,
    };
    answer.data = Data::Text(text_of(&package.to_text(), &overview));
    if !complete {
        answer
            .notes
            .push("its ebuild repository has no md5-cache for it: what eclasses add is not known".to_owned());
    }
    answer.more.explain = Some(json::Explained {
        about: "package",
        name: package.to_text(),
        package: Some(overview),
        ..json::Explained::default()
    });
}

fn words_of(mask: Mask) -> Vec<String> {
    match mask {
        Mask::Keywords(words) | Mask::License(words) | Mask::Properties(words) | Mask::Restrict(words) => {
            words
        }
        Mask::PackageMask(word) | Mask::Chost(word) | Mask::Eapi(word) | Mask::Invalid(word) => vec![word],
        _ => Vec::new(),
    }
}

fn text_of(name: &str, about: &json::Overview) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{HEADER}{name}{HEADER:#} (slot {}, EAPI {})", about.slot, about.eapi);
    let mut line = |label: &str, words: String| {
        if !words.is_empty() {
            let _ = writeln!(text, "  {label:<14} {words}");
        }
    };
    let keywords = if about.keywords.is_empty() { "none".to_owned() } else { about.keywords.join(" ") };
    let accepted = format!("yes: keywords {keywords}, accepted {}", about.accept_keywords.join(" "));
    line("visible", if about.visible { accepted } else { "no".to_owned() });
    for (kind, words) in &about.masks {
        line("  masked by", format!("{kind}: {}", words.join(" ")));
    }
    line("USE on", about.on.join(" "));
    line("USE off", about.off.join(" "));
    line("  masked", about.masked.join(" "));
    line("  forced", about.forced.join(" "));
    line(
        "REQUIRED_USE",
        about.required_use.iter().map(|part| format!("does not hold: {part}")).collect::<Vec<_>>().join("; "),
    );
    for (name, value) in &about.variables {
        line(name, value.clone());
    }
    line("package.env", about.env_files.join(" "));
    line("patches", about.patches.join(" "));
    line("bashrc", about.bashrc.join(" "));
    text
}
