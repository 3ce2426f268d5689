//! `explain`: what Portage makes of a package, and which line says so.

use std::collections::BTreeMap;
use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use portage_config::config::Body;
use portage_config::repository::{ReposConf, Repositories};
use portage_config::resolve::{About, Effect, Explanation, Machine, Mask, Package, Settings, Step, Subject};
use portage_config::root::Root;
use portage_config::tree::Tree;
use portage_config::vocab::{Atom, Cpn, Dialect, RelPath, is_secret_name, mask};
use portage_config::{codes as all_codes, diff, render};

use crate::answer::{Answer, Data, Status};
use crate::args::{Explain, Look, SpecArgs};
use crate::commands::repositories;
use crate::{codes, json, load};

const HEADER: Style = Style::new().bold();
const PLACE: Style = AnsiColor::Cyan.on_default();

/// The variables that are shown of each package.
const VARIABLES: [&str; 6] = ["CFLAGS", "CXXFLAGS", "LDFLAGS", "RUSTFLAGS", "MAKEOPTS", "EXTRA_ECONF"];

pub(crate) fn run(args: &Explain, look: &Look) -> Answer {
    let mut answer = Answer::default();
    if let Some(code) = all_codes::find(&args.what) {
        return of_code(code);
    }
    let Some((machine, repositories)) = machine(args, &mut answer) else { return answer.nothing() };
    let machine = machine.with_environment(args.env.iter().cloned().collect());
    let settings = match machine.settings(None) {
        Ok(settings) => settings,
        Err(error) => {
            answer.fail(&codes::REFUSED, format!("Portage refuses {error}"), None);
            return answer.nothing();
        }
    };
    for error in machine.files().take_errors() {
        answer.notes.push(format!("cannot read {error}"));
    }
    if let Some(error) = settings.profile_error() {
        answer.notes.push(format!("no profile: {error}"));
    }
    if let Some((file, name)) = args.what.split_once(':').filter(|(file, _)| !file.contains('/')) {
        return of_variable(&settings, file, name, look, answer);
    }
    of_package(args, &settings, &repositories, look, answer)
}

/// What a code means.
fn of_code(code: &portage_config::report::Code) -> Answer {
    let mut text = String::new();
    let _ = writeln!(text, "{HEADER}{} {}{HEADER:#} ({:?})", code.id, code.name, code.severity);
    let _ = writeln!(text, "{}\nSource: {}", code.why, code.source);
    let explained = json::Explained {
        about: "code",
        name: code.id.to_owned(),
        value: Some(code.why.to_owned()),
        ..json::Explained::default()
    };
    let mut answer = Answer::text(text);
    answer.more.explain = Some(explained);
    answer
}

/// The machine that is asked about: a root, with a spec laid over it, and its repositories.
fn machine(args: &Explain, answer: &mut Answer) -> Option<(Machine, Repositories)> {
    let dir = match (&args.packages.root, &args.spec, args.packages.repo.is_empty()) {
        (Some(dir), ..) => Some(dir.clone()),
        (None, None, true) => Some("/".into()),
        _ => None,
    };
    let open = |answer: &mut Answer| match &dir {
        Some(dir) => load::machine(dir, answer).map(Some),
        None => Some(None),
    };
    let root: Option<Root> = open(answer)?;
    let (tree, absent) = match &args.spec {
        Some(spec) => wanted(args, spec, root.as_ref(), answer)?,
        None => (None, Vec::new()),
    };
    let files = portage_config::resolve::Files::new(open(answer)?)
        .with(tree.as_ref().unwrap_or(&Tree::new()), absent.iter().cloned());
    let conf: ReposConf = files.repos_conf();
    let given = repositories::given(&args.packages.repo);
    let repositories = match Repositories::open(&conf, root.as_ref(), &given) {
        Ok(repositories) => repositories,
        Err(error) => {
            answer.fail(&codes::CANNOT_READ, format!("cannot read the repository {error}"), None);
            return None;
        }
    };
    for missing in repositories.missing() {
        answer.notes.push(format!("repository `{}`: {}", missing.name, missing.why));
    }
    Some((Machine::of(root, tree.as_ref(), absent, &repositories), repositories))
}

/// The files of a spec, as they would be on the machine, and those that would be gone.
fn wanted(
    args: &Explain,
    spec: &str,
    root: Option<&Root>,
    answer: &mut Answer,
) -> Option<(Option<Tree>, Vec<RelPath>)> {
    let templates = load::templates(&args.templates, answer)?;
    let spec = SpecArgs { spec: spec.to_owned(), fill: args.fill.clone(), variants: args.variants.clone() };
    let loaded = load::load(&spec, load::Need::Plain, answer)?;
    if answer.has_errors() {
        return None;
    }
    let mut roots = loaded.roots();
    let (Some(own), None) = (roots.next(), roots.next()) else {
        let names: Vec<&str> = loaded.roots().filter_map(|root| root.name.as_deref()).collect();
        let help = format!("the spec has the roots {}: pick one with `SPEC#NAME`", names.join(", "));
        answer.fail(&codes::UNKNOWN_ROOT, "a spec of several roots is no one machine", Some(help));
        return None;
    };
    let mut report = portage_config::report::Report::new();
    let tree = match root {
        Some(root) => diff::over(&own.config, &templates, root, &mut report),
        None => render::render(&own.config, &templates, &mut report),
    };
    if tree.is_none() {
        answer.take(report, own.name.as_deref());
        return None;
    }
    let absent = own.config.files.iter().filter(|(_, file)| matches!(file.body, Body::Absent));
    Some((tree, absent.map(|(path, _)| path.clone()).collect()))
}

/// A variable of make.conf and the layers around it.
fn of_variable(settings: &Settings<'_>, file: &str, name: &str, look: &Look, mut answer: Answer) -> Answer {
    if file != "make.conf" {
        let help = "`make.conf:NAME` asks for a variable; `show SPEC FILE` shows the entries of other files"
            .to_owned();
        answer.fail(&codes::NOT_KNOWN, format!("`{file}` holds no variables of all packages"), Some(help));
        return answer.nothing();
    }
    let nobody = Package::default();
    let subject = Subject::Variable(name.to_owned());
    match settings.explain(&nobody, &subject, look.verbose) {
        Ok(explanation) => {
            let known = !explanation.steps.is_empty() || !explanation.value.is_empty();
            tell("variable", name.to_owned(), None, &explanation, look, &mut answer);
            if !known {
                answer.status = Status::No;
            }
        }
        Err(error) => answer.fail(&codes::REFUSED, format!("Portage refuses {error}"), None),
    }
    answer
}

fn of_package(
    args: &Explain,
    settings: &Settings<'_>,
    repositories: &Repositories,
    look: &Look,
    mut answer: Answer,
) -> Answer {
    let atom = match Atom::parse(&args.what, Dialect::User) {
        Ok(atom) if !atom.is_wildcard() => atom,
        Ok(_) => {
            return answer.failed(&codes::NOT_KNOWN, format!("`{}` is no single package", args.what), None);
        }
        Err(error) => {
            let help = error.help();
            return answer.failed(&codes::NOT_KNOWN, format!("neither a package nor a code: {error}"), help);
        }
    };
    let found = Cpn::parse(atom.cpn()).ok().map(|cpn| repositories.package(&cpn));
    let mut found = match found {
        Some(Ok(found)) => found,
        Some(Err(error)) => return answer.failed(&codes::CANNOT_READ, format!("cannot read {error}"), None),
        None => Vec::new(),
    };
    found.retain(|one| one.is(atom.cpn(), &atom));
    if found.is_empty() {
        let near = repositories.nearest(atom.cpn()).map(|name| format!("did you mean `{name}`?"));
        let near = near.filter(|_| Cpn::parse(atom.cpn()).is_ok_and(|cpn| !repositories.has(&cpn)));
        let help = match repositories.iter().len() {
            0 => Some("no ebuild repository was found: give one with --repo".to_owned()),
            _ => near,
        };
        answer.fail(&codes::NOT_KNOWN, format!("no repository has `{}`", args.what), help);
        answer.status = Status::No;
        return answer;
    }
    let packages: Vec<(Package, bool)> =
        found.iter().map(|one| (Package::of(atom.cpn(), one), one.entry.is_complete())).collect();
    let Some((package, complete)) = best(settings, &packages) else {
        return answer.failed(&codes::REFUSED, "Portage refuses a file of env/ for each version", None);
    };
    let name = package.to_text();
    let subject = match args.subject.as_deref() {
        None => {
            match settings.about(package) {
                Ok(about) => overview(&about, complete, &mut answer),
                Err(error) => answer.fail(&codes::REFUSED, format!("Portage refuses {error}"), None),
            }
            return answer;
        }
        Some("visible") => Subject::Visible,
        Some(word) => match word.strip_prefix("use:") {
            Some(flag) => Subject::Flag(flag.to_owned()),
            None => Subject::Variable(word.to_owned()),
        },
    };
    match settings.explain(package, &subject, look.verbose) {
        Ok(explanation) => {
            if explanation.value == "none" {
                let near = package.iuse.iter().map(|(flag, _)| flag.as_str()).collect::<Vec<_>>().join(" ");
                answer.notes.push(format!("its flags are: {near}"));
                answer.status = Status::No;
            }
            tell("package", name, args.subject.as_deref(), &explanation, look, &mut answer);
        }
        Err(error) => answer.fail(&codes::REFUSED, format!("Portage refuses {error}"), None),
    }
    answer
}

/// The version that Portage would take: the newest visible one, or the newest.
fn best<'p>(settings: &Settings<'_>, packages: &'p [(Package, bool)]) -> Option<(&'p Package, bool)> {
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

/// An explanation, for people and for programs.
fn tell(
    about: &'static str,
    name: String,
    subject: Option<&str>,
    explanation: &Explanation,
    look: &Look,
    answer: &mut Answer,
) {
    let secret = is_secret_name(subject.unwrap_or(&name));
    let shown = |text: &str| if secret { "‹hidden›".to_owned() } else { mask(text).into_owned() };
    let mut text = String::new();
    let what = subject.map_or_else(|| name.clone(), |subject| format!("{name} {subject}"));
    let value = if explanation.value.is_empty() { "nothing".to_owned() } else { shown(&explanation.value) };
    let _ = writeln!(text, "{HEADER}{what}{HEADER:#}: {value}");
    let mut from = Vec::new();
    for step in &explanation.steps {
        let reason = reason(step, &shown);
        line_of(&mut text, step, &reason, look.verbose);
        from.push(reason);
    }
    answer.data = Data::Text(text);
    answer.more.explain = Some(json::Explained {
        about,
        name,
        subject: subject.map(str::to_owned),
        value: Some(shown(&explanation.value)),
        from: Some(from),
        package: None,
    });
}

fn reason(step: &Step, shown: &dyn Fn(&str) -> String) -> json::Reason {
    json::Reason {
        path: step.place.as_ref().map(|place| place.path.clone()),
        line: step.place.as_ref().map(|place| place.line),
        text: step.place.as_ref().map(|place| shown(&place.text)),
        layer: Some(step.layer).filter(|layer| !layer.is_empty()),
        says: shown(&step.says),
        effect: step.effect.name(),
        because: step.because.clone(),
        without: step.without.as_deref().map(shown),
    }
}

fn line_of(text: &mut String, step: &Step, reason: &json::Reason, verbose: bool) {
    let place = match (&reason.path, reason.line) {
        (Some(path), Some(line)) => format!("{path}:{line}"),
        _ => format!("({})", step.layer),
    };
    let does = match step.effect {
        Effect::Set => "holds",
        Effect::Add => "adds",
        Effect::Remove => "takes away",
        Effect::Lost => "loses",
        _ => "has a part",
    };
    let _ =
        write!(text, "  {PLACE}{place}{PLACE:#}  {does}: {}", reason.text.as_deref().unwrap_or(&reason.says));
    if let Some(because) = &reason.because {
        let _ = write!(text, " ({because})");
    }
    text.push('\n');
    if verbose && let Some(without) = &reason.without {
        let without = if without.is_empty() { "nothing" } else { without };
        let _ = writeln!(text, "      without it: {without}");
    }
}
