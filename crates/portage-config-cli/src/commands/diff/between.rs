//! Two specs, compared with each other.

use std::fmt::Write;

use portage_config::diff::{self, Change, Rendered};
use portage_config::render;
use portage_config::report::Report;
use portage_config::spec::Root;
use portage_config::template::Templates;
use portage_config::tree::Tree;

use super::BOLD;
use crate::answer::{Answer, Data, Status};
use crate::args::{Diff, Look, Which};
use crate::changes::{self, Show};
use crate::commands::impact;
use crate::load::Loaded;
use crate::{codes, json, load, locate, targets};

/// A root of each of both specs.
type Pair<'a> = (&'a Root, &'a Root);

pub(super) fn run(args: &Diff, look: &Look) -> Answer {
    let mut answer = Answer::default();
    let Some(templates) = load::templates(&args.templates, &mut answer) else { return answer.nothing() };
    if args.specs.len() != 2 {
        let help = "name the machine with --root, or two specs to compare with each other".to_owned();
        let what = match args.specs.len() {
            1 => "one spec is given, and nothing to compare it with",
            _ => "more than two specs are given, and no machine to compare them with",
        };
        return answer.failed(&codes::ROOT_NEEDED, what, Some(help));
    }
    if args.impact.impact.is_some() && args.impact.packages != Which::All {
        let what = format!("which packages are {} only a machine knows", impact::which(&args.impact));
        let help = "write --packages all, or name the machine with --root".to_owned();
        return answer.failed(&codes::ROOT_NEEDED, what, Some(help));
    }
    let Some(specs) = targets::load(&args.specs(), look, &mut answer) else { return answer.nothing() };
    let [(_, old), (_, new)] = specs.as_slice() else { return answer.nothing() };
    let Some(pairs) = pairs(&args.specs, old, new, &mut answer) else { return answer.nothing() };
    let show = Show::of(args.text, args.meaning);
    let mut text = String::new();
    for (before, after) in &pairs {
        let tree = rendered(before, old, &templates, &mut answer);
        let Some((tree, wanted)) = tree.zip(rendered(after, new, &templates, &mut answer)) else { continue };
        let mut report = Report { sources: std::mem::take(&mut answer.sources), ..Report::new() };
        let found = Rendered { config: &before.config, tree: &tree };
        let found = diff::between(found, &after.config, &templates, &mut report);
        report.locate(|spot, sources| locate::locate(&after.origins, &new.spec.layers, spot, sources));
        answer.take(report, after.name.as_deref());
        if pairs.len() > 1
            && let Some(name) = after.name.as_deref().filter(|_| !found.is_empty())
        {
            let _ = writeln!(text, "{BOLD}{name}{BOLD:#}\n");
        }
        if !found.is_empty() {
            answer.status = answer.status.max(Status::No);
        }
        let all: Vec<&Change> = found.iter().collect();
        text.push_str(&changes::people(&all, show, &answer.secrets));
        let found = found.iter().map(|change| changes::programs(change, args.text, &answer.secrets));
        let mut out = json::Root { changes: Some(found.collect()), ..json::Root::of(after) };
        if args.impact.impact.is_some() {
            let old = impact::Side { config: &before.config, tree: &tree };
            let new = impact::Side { config: &after.config, tree: &wanted };
            let found = impact::between(&old, &new, &args.impact);
            text.push_str(&impact::people(&found, &args.impact, look, &answer.secrets));
            out.impact = Some(impact::programs(&found, &answer.secrets));
        }
        answer.roots.push(out);
    }
    answer.sort();
    if answer.has_errors() {
        return answer.nothing();
    }
    answer.data = Data::Text(text);
    answer.pager = args.pager;
    answer
}

/// What a root is rendered to.
fn rendered(root: &Root, loaded: &Loaded, templates: &Templates, answer: &mut Answer) -> Option<Tree> {
    let mut report = Report { sources: std::mem::take(&mut answer.sources), ..Report::new() };
    let tree = render::render(&root.config, templates, &mut report);
    report.locate(|spot, sources| locate::locate(&root.origins, &loaded.spec.layers, spot, sources));
    answer.take(report, root.name.as_deref());
    tree
}

/// The roots that are compared: the only ones of both, else those of the same name.
fn pairs<'a>(
    specs: &[String],
    old: &'a Loaded,
    new: &'a Loaded,
    answer: &mut Answer,
) -> Option<Vec<Pair<'a>>> {
    let (before, after): (Vec<&Root>, Vec<&Root>) = (old.roots().collect(), new.roots().collect());
    if let ([before], [after]) = (before.as_slice(), after.as_slice()) {
        return Some(vec![(*before, *after)]);
    }
    let names = |roots: &[&Root]| -> Vec<String> {
        roots.iter().filter_map(|root| root.name.clone()).map(|name| format!("`{name}`")).collect()
    };
    let partner = |root: &'a Root| Some((*before.iter().find(|other| other.name == root.name)?, root));
    let pairs: Vec<Pair<'a>> = after.iter().filter_map(|root| partner(root)).collect();
    if pairs.len() == before.len() && pairs.len() == after.len() {
        return Some(pairs);
    }
    let roots = |spec: &str, roots: &[&Root]| match names(roots).as_slice() {
        [] => format!("`{spec}` has one root without a name"),
        [name] => format!("`{spec}` has the root {name}"),
        names => format!("`{spec}` has the roots {}", names.join(", ")),
    };
    let [first, second] = specs else { return None };
    let message = format!("{}, and {}", roots(first, &before), roots(second, &after));
    let help = "pick one of each with `SPEC#NAME`".to_owned();
    answer.fail(&codes::ROOT_NEEDED, message, Some(help));
    None
}
