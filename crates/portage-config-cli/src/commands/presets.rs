//! `presets`.

use std::fmt::Write;

use anstyle::Style;
use portage_config::config::Body;
use portage_config::spec::{self, Resolved, Root};
use toml_edit::{Document, Item, Table};

use crate::answer::{Answer, Data};
use crate::args::Presets;
use crate::codes;
use crate::commands::{params, steps};
use crate::json::{self, PresetFile, PresetRoot};
use crate::load::{self, How};

const NAME: Style = Style::new().bold();

pub(crate) fn run(args: &Presets) -> Answer {
    let mut answer = Answer::default();
    let Some(name) = &args.name else {
        if !args.fill.set.is_empty() {
            let help = Some("write `portage-config presets NAME --set …`".to_owned());
            return answer.failed(&codes::USAGE, "--set fills the parameters of one preset", help);
        }
        let wanted = spec::presets().iter().filter(|(name, _)| spec::is_block(name) == args.blocks);
        let all: Vec<json::Preset> = wanted.map(|(name, text)| brief(name, text)).collect();
        return if args.long { long(all, args, answer) } else { list(all) };
    };
    let Some((name, text)) = find(name) else { return unknown(name, false, answer) };
    if !args.steps {
        return long(vec![brief(name, text)], args, answer);
    }
    let how = How {
        set: &args.fill.set,
        variants: &args.variants,
        examples: args.example,
        block: spec::is_block(name),
        ..How::default()
    };
    let Some(resolved) = load::load_path(&format!("preset:{name}"), how, &mut answer) else {
        return answer.nothing();
    };
    if answer.has_errors() {
        return answer.nothing();
    }
    answer.more.params = Some(params::list(&resolved));
    steps::answer(&resolved, name, None, &mut answer);
    answer
}

/// A preset by its name, with or without `preset:`.
pub(crate) fn find(name: &str) -> Option<(&'static str, &'static str)> {
    let name = name.strip_prefix("preset:").unwrap_or(name);
    spec::presets().iter().find(|(known, _)| *known == name).copied()
}

/// There is none of that name; `new` takes systems only.
pub(crate) fn unknown(name: &str, systems: bool, answer: Answer) -> Answer {
    let names = spec::presets().iter().map(|(name, _)| *name);
    let names: Vec<&str> = names.filter(|name| !systems || !spec::is_block(name)).collect();
    let help = (!names.is_empty()).then(|| load::choices(name, &names));
    answer.failed(&codes::UNKNOWN_PRESET, format!("there is no preset `{name}`"), help)
}

fn brief(name: &str, text: &str) -> json::Preset {
    json::Preset {
        name: name.to_owned(),
        about: about(text).to_owned(),
        block: spec::is_block(name),
        ..json::Preset::default()
    }
}

/// A line for each.
fn list(all: Vec<json::Preset>) -> Answer {
    let width = all.iter().map(|preset| preset.name.len()).max().unwrap_or_default();
    let lines: Vec<String> = all
        .iter()
        .map(|preset| {
            format!("{NAME}{:width$}{NAME:#}  {}", preset.name, preset.about).trim_end().to_owned() + "\n"
        })
        .collect();
    let mut answer = Answer::text(lines.concat());
    answer.more.presets = Some(all);
    answer
}

/// All that there is to know of each.
fn long(mut all: Vec<json::Preset>, args: &Presets, mut answer: Answer) -> Answer {
    let mut out = String::new();
    for preset in &mut all {
        let Some((name, text)) = find(&preset.name) else { continue };
        let mut part = Answer::default();
        let how = How { set: &args.fill.set, examples: true, ..How::default() };
        let resolved = load::load_path(&format!("preset:{name}"), how, &mut part);
        // A block may need what only the systems that extend it say.
        if part.has_errors() && !(preset.block && args.fill.set.is_empty()) {
            answer.join(part);
            return answer.nothing();
        }
        preset.comment = Some(comment(text).map(str::to_owned).collect());
        preset.extends = Some(extends(text));
        if let Some(resolved) = &resolved {
            preset.roots = Some(resolved.roots.iter().map(root).collect());
            preset.params = Some(parameters(resolved, args));
            preset.variants = Some(resolved.variants.clone());
            preset.steps = Some(resolved.steps.len());
        }
        if !out.is_empty() {
            out.push('\n');
        }
        page(preset, &mut out);
    }
    answer.data = Data::Text(out);
    answer.more.presets = Some(all);
    answer
}

/// The parameters, without the examples that stand in for values.
fn parameters(resolved: &Resolved, args: &Presets) -> Vec<json::Param> {
    let mut all = params::list(resolved);
    for param in &mut all {
        let set = args.fill.set.iter().any(|(name, _)| *name == param.name);
        if !set && param.value == param.example {
            param.value = param.default.clone();
            param.set = param.value.is_some();
        }
    }
    all
}

fn root(root: &Root) -> PresetRoot {
    let files = root.config.files.iter().map(|(path, file)| PresetFile {
        path: path.to_string(),
        node: match &file.body {
            Body::Link(_) => "symlink",
            Body::Dir => "dir",
            Body::Absent => "absent",
            Body::HandsOff => "none",
            _ => "file",
        },
        kind: file.kind.map(|kind| kind.name),
    });
    let out = json::Root::of(root);
    PresetRoot { name: out.name, at: out.at, files: files.collect() }
}

/// What `--long` prints of one.
fn page(preset: &json::Preset, out: &mut String) {
    let _ = writeln!(out, "{NAME}{}{NAME:#}", preset.name);
    for line in preset.comment.iter().flatten() {
        let _ = writeln!(out, "{}", format!("  {line}").trim_end());
    }
    let mut part = |title: &str, rows: Vec<[String; 2]>| {
        if rows.is_empty() {
            return;
        }
        let width = rows.iter().map(|[first, _]| first.chars().count()).max().unwrap_or_default().min(52);
        let _ = writeln!(out, "\n  {title}:");
        for [first, rest] in rows {
            let _ = writeln!(out, "{}", format!("    {first:width$}  {rest}").trim_end());
        }
    };
    let layer = |name: &String| {
        let about = find(name).map(|(_, text)| about(text)).unwrap_or_default();
        [name.strip_prefix("preset:").unwrap_or(name).to_owned(), about.to_owned()]
    };
    part("Extends", preset.extends.iter().flatten().map(layer).collect());
    part("Parameters", preset.params.iter().flatten().map(parameter).collect());
    for root in preset.roots.iter().flatten() {
        let at = root.at.as_ref().map(|at| format!(", in {} at {}", at.root, at.path)).unwrap_or_default();
        let title = match &root.name {
            Some(name) => format!("Files of {name}{at}"),
            None => "Files".to_owned(),
        };
        let row = |file: &PresetFile| {
            let what = match file.node {
                "file" => file.kind.unwrap_or_default().to_owned(),
                "symlink" => "link".to_owned(),
                "dir" => "folder".to_owned(),
                "absent" => "not to be there".to_owned(),
                _ => "not to be touched".to_owned(),
            };
            [format!("/{}", file.path), what]
        };
        part(&title, root.files.iter().map(row).collect());
    }
    part("Variants", preset.variants.iter().flatten().map(|name| [name.clone(), String::new()]).collect());
    if let Some(count @ 1..) = preset.steps {
        let of = format!("{count}, printed by `portage-config presets {} --steps`", preset.name);
        let _ = writeln!(out, "\n  Steps: {of}");
    }
}

fn parameter(param: &json::Param) -> [String; 2] {
    let mut text = param.help.clone().unwrap_or_default();
    let mut more = Vec::new();
    if !param.choices.is_empty() {
        more.push(format!("one of {}", param.choices.join(", ")));
    }
    match (param.value.as_ref().or(param.default.as_ref()), &param.example) {
        (Some(value), _) if value.is_empty() => more.push("empty unless it is set".to_owned()),
        (Some(value), _) => more.push(format!("{value} unless it is set")),
        (None, Some(example)) if !param.secret => more.push(format!("such as {example}")),
        _ => {}
    }
    if !more.is_empty() {
        text = format!("{text} ({})", more.join("; "));
    }
    let kind = if param.secret { "secret" } else { &param.kind };
    [format!("{} ({kind})", param.name), text.trim_start().to_owned()]
}

/// The opening comment of a preset.
fn comment(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.starts_with("#:"))
        .skip_while(|line| line.is_empty() || line.starts_with("spec"))
        .map_while(|line| line.strip_prefix('#'))
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
}

/// Its first line.
pub(crate) fn about(text: &str) -> &str {
    comment(text).next().unwrap_or_default().trim()
}

/// The layers that a preset names, of all its roots and variants.
fn extends(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    if let Ok(document) = Document::parse(text) {
        collect(document.as_table(), &mut all);
    }
    all
}

fn collect(table: &Table, all: &mut Vec<String>) {
    for layer in table.get("extends").and_then(Item::as_array).into_iter().flatten() {
        if let Some(name) = layer.as_str()
            && !all.iter().any(|known| known == name)
        {
            all.push(name.to_owned());
        }
    }
    for word in ["root", "variant"] {
        let inner = table.get(word).and_then(Item::as_table);
        for inner in inner.into_iter().flat_map(Table::iter).filter_map(|(_, item)| item.as_table()) {
            collect(inner, all);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_comment_describes() {
        assert_eq!(about("#:schema x\n# A board.\n# More.\nspec = 1\n"), "A board.");
        assert_eq!(about("spec = 1\n# A board.\n"), "A board.");
        assert_eq!(about("spec = 1\n[make.conf]\n# not this\n"), "");
        assert_eq!(about(""), "");
        let text = "#:schema x\n# A board.\n#\n#  indented\n\n# of something else\nspec = 1\n";
        assert_eq!(comment(text).collect::<Vec<_>>(), ["A board.", "", " indented"]);
    }

    #[test]
    fn layers_of_all_roots_are_named_once() {
        let text = "extends = [\"preset:a/b\", { tree = \"x\" }]\n[root.y]\nextends = [\"preset:c/d\", \"preset:a/b\"]\n\
            [root.y.variant.v]\nextends = [\"z.toml\"]\n";
        assert_eq!(extends(text), ["preset:a/b", "preset:c/d", "z.toml"]);
    }
}
