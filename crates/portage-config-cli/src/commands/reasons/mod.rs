//! `explain`: what Portage makes of a package, and which line says so.

mod hosts;
mod package;
mod side_by_side;
mod tell;

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use camino::{Utf8Path, Utf8PathBuf};
use portage_config::config::Body;
use portage_config::repository::{ReposConf, Repositories};
use portage_config::resolve::{Files, Machine, Package, Settings, Subject};
use portage_config::root::Root;
use portage_config::tree::Tree;
use portage_config::vocab::RelPath;
use portage_config::{codes as all_codes, diff, render};

use crate::answer::{Answer, Status};
use crate::args::{Explain, Look, SpecArgs};
use crate::commands::repositories;
use crate::excerpt::clean;
use crate::{codes, examples, json, load};
use tell::tell;

const HEADER: Style = Style::new().bold();
const PLACE: Style = AnsiColor::Cyan.on_default();

pub(crate) fn run(args: &Explain, look: &Look) -> Answer {
    let mut answer = Answer::default();
    if let Some(code) = args.what.as_deref().and_then(all_codes::find) {
        return of_code(code);
    }
    if !args.hosts.is_empty() {
        return hosts::run(args, look);
    }
    let what = args.what.as_deref().unwrap_or_default();
    let Some((machine, repositories)) = One::of(args).machine(args, &mut answer) else {
        return answer.nothing();
    };
    let Some(settings) = settings(&machine, None, &mut answer) else { return answer.nothing() };
    if let Some((file, name)) = variable(what) {
        return of_variable(&settings, file, name, look, answer);
    }
    package::of_package(what, args.subject.as_deref(), &settings, &repositories, look, answer)
}

/// What holds on a machine; what could not be read is noted. `of`: which machine it is, of several ones.
fn settings<'m>(machine: &'m Machine, of: Option<&str>, answer: &mut Answer) -> Option<Settings<'m>> {
    let of = of.map(|name| format!("{name}: ")).unwrap_or_default();
    let settings = match machine.settings(None) {
        Ok(settings) => settings,
        Err(error) => {
            answer.fail(&codes::REFUSED, format!("{of}Portage refuses {error}"), None);
            return None;
        }
    };
    for error in machine.files().take_errors() {
        answer.notes.push(format!("{of}cannot read {error}"));
    }
    if let Some(error) = settings.profile_error() {
        answer.notes.push(format!("{of}no profile: {error}"));
    }
    Some(settings)
}

/// `make.conf:NAME`.
fn variable(what: &str) -> Option<(&str, &str)> {
    what.split_once(':').filter(|(file, _)| !file.contains('/'))
}

/// What a code means.
fn of_code(code: &portage_config::report::Code) -> Answer {
    let mut text = String::new();
    let severity = format!("{:?}", code.severity).to_lowercase();
    let _ = writeln!(text, "{HEADER}{} {}{HEADER:#} ({severity})", code.id, code.name);
    let _ = writeln!(text, "{}\nSource: {}", code.why, code.source);
    let example = examples::of(code.id);
    if let Some(example) = &example {
        text.push_str(&shown(example));
    }
    let explained = json::Explained {
        about: "code",
        name: code.id.to_owned(),
        value: Some(code.why.to_owned()),
        example,
        ..json::Explained::default()
    };
    let mut answer = Answer::text(text);
    answer.more.explain = Some(explained);
    answer
}

/// An example as people read it.
fn shown(example: &json::Example) -> String {
    let mut text = String::new();
    for json::ExampleFile { path, text: own } in &example.files {
        let _ = match own.strip_prefix("-> ") {
            Some(target) => writeln!(text, "\n{PLACE}{path}{PLACE:#} -> {}", target.trim_end()),
            None => writeln!(text, "\n{PLACE}{path}{PLACE:#}"),
        };
        for line in own.lines().filter(|_| !own.starts_with("-> ")) {
            let _ = writeln!(text, "    {}", clean(line));
        }
    }
    let _ = writeln!(text, "\nSays: {}", clean(&example.says));
    if let Some(fix) = &example.fix {
        let _ = writeln!(text, "Fix: {}", clean(fix));
    }
    text
}

/// A machine that is asked about: a folder, with a spec laid over it.
struct One<'a> {
    /// Its `/`, or what holds its etc/portage.
    dir: Option<Utf8PathBuf>,
    spec: Option<&'a str>,
    /// Where its ebuild repositories are, when that is another place.
    packages: Option<&'a Utf8Path>,
}

impl<'a> One<'a> {
    /// What the arguments name.
    fn of(args: &'a Explain) -> Self {
        let packages = args.packages.root.as_deref();
        let dir = match (args.config_root.as_deref().or(packages), &args.spec) {
            (Some(dir), _) => Some(dir.to_owned()),
            (None, None) if args.packages.repo.is_empty() => Some("/".into()),
            _ => None,
        };
        Self { dir, spec: args.spec.as_deref(), packages }
    }

    /// Its files and its repositories.
    fn machine(&self, args: &Explain, answer: &mut Answer) -> Option<(Machine, Repositories)> {
        let open = |dir: Option<&Utf8Path>, answer: &mut Answer| match dir {
            Some(dir) => load::machine(dir, answer).map(Some),
            None => Some(None),
        };
        let dir = self.dir.as_deref();
        let root: Option<Root> = open(dir, answer)?;
        let (tree, absent) = match self.spec {
            Some(spec) => wanted(args, spec, root.as_ref(), answer)?,
            None => (None, Vec::new()),
        };
        let files = Files::new(open(dir, answer)?)
            .with(tree.as_ref().unwrap_or(&Tree::new()), absent.iter().cloned());
        let conf: ReposConf = files.repos_conf();
        let given = repositories::given(&args.packages.repo);
        let place = open(self.packages.or(dir), answer)?;
        let repositories = match Repositories::open(&conf, place.as_ref(), &given) {
            Ok(repositories) => repositories,
            Err(error) => {
                answer.fail(&codes::CANNOT_READ, format!("cannot read the repository {error}"), None);
                return None;
            }
        };
        for missing in repositories.missing() {
            let note = format!("repository `{}`: {}", missing.name, missing.why);
            if !answer.notes.contains(&note) {
                answer.notes.push(note);
            }
        }
        let machine = Machine::of(root, tree.as_ref(), absent, &repositories);
        Some((machine.with_environment(args.env.iter().cloned().collect()), repositories))
    }
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
