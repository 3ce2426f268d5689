//! `show`.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use portage_config::config::{Body, File, Own};
use portage_config::report::{Key, Origin, Source, SourceId};
use portage_config::spec::{Effect, FileOrigins, Root, Touch};
use portage_config::vocab::RelPath;

use crate::answer::{Answer, Data, Status};
use crate::args::Show;
use crate::commands::{params, steps};
use crate::entries::{self, Entry, toml_key, toml_string, toml_value};
use crate::excerpt::clean;
use crate::load::{self, Loaded};
use crate::{codes, json, locate};

const HEADER: Style = Style::new().bold();
/// The layer of what follows from `[target]`, whose places are those of the keys it follows from.
const TARGET: &str = "target";
const PLACE: Style = AnsiColor::Cyan.on_default();

pub(crate) fn run(args: &Show) -> Answer {
    let mut answer = Answer::default();
    let Some(loaded) = load::load(&args.spec, load::Need::Names, &mut answer) else {
        return answer.nothing();
    };
    if answer.has_errors() {
        return answer.nothing();
    }
    if args.steps {
        steps::answer(loaded.spec, &args.spec.spec, loaded.picked(), &mut answer);
        answer.roots = loaded.roots().map(json::Root::of).collect();
        answer.more.params = Some(params::list(loaded.spec));
        return answer;
    }
    let mut found = vec![false; args.paths.len()];
    let mut text = String::new();
    let mut roots = Vec::new();
    let mut viewer = Viewer { loaded: &loaded, answer: &answer, lines: HashMap::new() };
    for root in loaded.roots() {
        let mut out = json::Root::of(root);
        let mut files = Vec::new();
        if let (Some(name), Some((host, path))) = (&root.name, &root.at)
            && args.paths.is_empty()
        {
            let (header, at) = (toml_key(&["root", name]), toml_string(&format!("{host}:/{path}")));
            let _ = writeln!(text, "{HEADER}[{header}]{HEADER:#}\nat = {at}\n");
        }
        for (path, file) in &root.config.files {
            if !wanted(path, &args.paths, &mut found) {
                continue;
            }
            let file = viewer.file(root, path, file);
            viewer.text(root, path, &file, &mut text);
            files.push(file.json);
        }
        out.files = Some(files);
        roots.push(out);
    }
    answer.roots = roots;
    answer.more.layers = Some(loaded.spec.layers.iter().map(|layer| layer.name.clone()).collect());
    answer.more.variants = Some(loaded.spec.variants.clone());
    answer.more.params = Some(params::list(loaded.spec));
    answer.data = Data::Text(text);
    for (path, found) in args.paths.iter().zip(found) {
        if !found {
            answer.fail(&codes::NOT_FOUND, format!("the spec says nothing of `{path}`"), None);
            answer.status = Status::No;
        }
    }
    answer
}

/// Whether a file was asked for, by itself or by a folder above it.
fn wanted(path: &RelPath, asked: &[String], found: &mut [bool]) -> bool {
    let mut any = asked.is_empty();
    for (asked, found) in asked.iter().zip(found) {
        let asked = asked.trim_end_matches('/');
        let full = match asked.strip_prefix('/') {
            Some(rest) => rest.to_owned(),
            None => format!("etc/portage/{asked}"),
        };
        if full.is_empty() || path.below(full.trim_end_matches('/')).is_some() {
            *found = true;
            any = true;
        }
    }
    any
}

/// A file of the merged spec.
struct Shown {
    json: json::File,
    header: Vec<String>,
    /// The entries of a text that layers touched after it.
    edited: Vec<(String, Vec<json::From>)>,
}

struct Viewer<'a> {
    loaded: &'a Loaded,
    answer: &'a Answer,
    /// The first bytes of the lines of each source.
    lines: HashMap<SourceId, Vec<usize>>,
}

impl Viewer<'_> {
    fn file(&mut self, root: &Root, path: &RelPath, file: &File) -> Shown {
        let origins = root.origins.files.get(path);
        let mut header = Vec::new();
        let mut edited = Vec::new();
        let mut out = json::File {
            path: path.to_string(),
            node: "file",
            kind: file.kind.map(|kind| kind.name),
            mode: file.mode.map(|mode| format!("{mode:04o}")),
            own: Some(match file.own {
                Own::Whole => "whole",
                Own::Entries => "entries",
                Own::Once => "once",
            }),
            from: Some(origins.map(|origins| self.from(&origins.file)).unwrap_or_default()),
            ..json::File::default()
        };
        match &file.body {
            Body::Model(model) => {
                header = model.header().to_vec();
                let parts = origins.map(parts).unwrap_or_default();
                let entries = entries::entries(model);
                out.entries = Some(entries.iter().map(|entry| self.entry(entry, origins, &parts)).collect());
            }
            Body::Text(bytes) => {
                match std::str::from_utf8(&bytes.0) {
                    Ok(text) => out.text = Some(self.answer.secrets.hide(text).into_owned()),
                    Err(_) => out.size = Some(bytes.0.len()),
                }
                let parts = origins.map(parts).unwrap_or_default();
                edited = self.edited(&parts);
                if let Some(model) = file.quiet_model(path) {
                    let entries = entries::entries(&model);
                    out.entries =
                        Some(entries.iter().map(|entry| self.entry(entry, origins, &parts)).collect());
                }
            }
            Body::Link(target) => {
                out.node = "symlink";
                out.target = Some(target.clone());
            }
            Body::Dir => out.node = "dir",
            Body::Absent => out.node = "absent",
            Body::HandsOff => out.node = "none",
            _ => {}
        }
        Shown { json: out, header, edited }
    }

    /// The entries of a text that specs speak of.
    fn edited(&mut self, parts: &BTreeMap<&[String], &[Touch]>) -> Vec<(String, Vec<json::From>)> {
        let is_spec = |touch: &Touch| {
            let source = self.answer.sources.get(touch.span.source);
            source.is_none_or(|source| source.origin == Origin::Spec)
        };
        let edited: Vec<_> = parts
            .iter()
            .filter(|(key, touches)| key.len() == 1 && touches.iter().any(is_spec))
            .map(|(key, touches)| (key.concat(), *touches))
            .collect();
        edited.into_iter().map(|(key, touches)| (key, self.from(touches))).collect()
    }

    fn entry(
        &mut self,
        entry: &Entry<'_>,
        origins: Option<&FileOrigins>,
        parts: &BTreeMap<&[String], &[Touch]>,
    ) -> json::Entry {
        let touches = origins.map(|origins| {
            let key = Key(entry.key.clone());
            if origins.entries.contains_key(&key) {
                return locate::touches(origins, &key);
            }
            // Entries may be said in finer parts than they are shown in.
            let mut finer = parts.range(entry.key.as_slice()..);
            match finer.next() {
                Some((key, touches)) if key.starts_with(&entry.key) => *touches,
                _ => locate::touches(origins, &key),
            }
        });
        let hide = |text: &str| self.answer.secrets.hide(text).into_owned();
        let comment = entry.comment;
        json::Entry {
            key: entry.key.clone(),
            value: hide_in(&entry.value, &hide),
            secret: entry.secret,
            comment: (comment.iter())
                .flat_map(|comment| comment.above.iter().chain(&comment.behind))
                .map(|line| hide(line.trim()))
                .collect(),
            required_by: comment
                .iter()
                .flat_map(|comment| comment.required_by())
                .map(|by| by.to_string())
                .collect(),
            from: self.from(touches.unwrap_or_default()),
        }
    }

    fn from(&mut self, touches: &[Touch]) -> Vec<json::From> {
        touches
            .iter()
            .map(|touch| {
                let source = self.answer.sources.get(touch.span.source);
                json::From {
                    layer: self.loaded.spec.layers.get(touch.layer).map(|layer| layer.name.clone()),
                    path: source.map(|source| source.name.clone()),
                    line: source.map(|source| {
                        let lines = self.lines.entry(touch.span.source).or_insert_with(|| starts(source));
                        lines.partition_point(|start| *start <= touch.span.start)
                    }),
                    effect: match touch.effect {
                        Effect::Set => "set",
                        Effect::Add => "add",
                        Effect::Remove => "remove",
                        Effect::Drop => "drop",
                    },
                    text: self.answer.secrets.hide(&touch.text).into_owned(),
                }
            })
            .collect()
    }

    /// The file as a section, in the words of a spec.
    fn text(&self, root: &Root, path: &RelPath, file: &Shown, text: &mut String) {
        let Shown { json: file, header, edited } = file;
        let entries = file.entries.as_ref().filter(|_| file.text.is_none() && file.size.is_none());
        let section = load::section(path);
        let is_bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let section = if section.chars().all(is_bare) && file.kind.is_some() && entries.is_some() {
            section
        } else {
            toml_string(&section)
        };
        let prefix = root.name.as_ref().map(|name| format!("root.{}.", toml_key(&[name])));
        let prefix = prefix.unwrap_or_default();
        let from = behind(file.from.as_deref().unwrap_or_default());
        if let Some(entries) = entries {
            let _ = writeln!(text, "{HEADER}[{prefix}{section}]{HEADER:#}{from}");
            for line in header {
                let _ = writeln!(text, "{}", clean(format!("# {}", line.trim()).trim_end()));
            }
            if !header.is_empty() && !entries.is_empty() {
                text.push('\n');
            }
            for entry in entries {
                for line in &entry.comment {
                    let _ = writeln!(text, "{}", clean(format!("# {line}").trim_end()));
                }
                let _ = writeln!(
                    text,
                    "{} = {}{}",
                    toml_key(&entry.key),
                    toml_value(&entry.value),
                    behind(&entry.from)
                );
            }
        }
        let mut about = Vec::new();
        about.extend(file.target.as_ref().map(|target| format!("link = {}", toml_string(target))));
        about.extend((file.node == "dir").then(|| "dir = true".to_owned()));
        about.extend(file.mode.as_ref().map(|mode| format!("mode = 0o{}", mode.trim_start_matches('0'))));
        let own = match file.node {
            "absent" | "none" => Some(file.node),
            _ => file.own.filter(|own| *own != "whole"),
        };
        about.extend(own.map(|own| format!("own = \"{own}\"")));
        about.extend(file.text.as_ref().map(|content| format!("text = {}", multiline(content))));
        about.extend(file.size.map(|size| format!("# {size} bytes that are no text")));
        for (key, from) in edited {
            about.push(format!("# {}:{}", self.answer.secrets.hide(&toml_key(&[key])), places(from)));
        }
        if !about.is_empty() {
            if entries.is_some() {
                text.push('\n');
            }
            let _ = writeln!(text, "{HEADER}[{prefix}file.{section}]{HEADER:#}{from}");
            for line in about {
                let _ = writeln!(text, "{line}");
            }
        }
        text.push('\n');
    }
}

/// The entries by key, to find those below a key.
fn parts(origins: &FileOrigins) -> BTreeMap<&[String], &[Touch]> {
    origins.entries.iter().map(|(key, touches)| (key.0.as_slice(), touches.as_slice())).collect()
}

/// A value without secrets.
fn hide_in(value: &serde_json::Value, hide: &impl Fn(&str) -> String) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::String(text) => Value::String(hide(text)),
        Value::Array(values) => values.iter().map(|value| hide_in(value, hide)).collect(),
        Value::Object(map) => {
            Value::Object(map.iter().map(|(key, value)| (key.clone(), hide_in(value, hide))).collect())
        }
        other => other.clone(),
    }
}

/// The first bytes of all lines.
fn starts(source: &Source) -> Vec<usize> {
    std::iter::once(0).chain(source.text.match_indices('\n').map(|(at, _)| at + 1)).collect()
}

/// `  # site.toml:12`.
fn behind(from: &[json::From]) -> String {
    match places(from) {
        places if places.is_empty() => places,
        places => format!("  {PLACE}#{places}{PLACE:#}"),
    }
}

/// ` site.toml:12, host.toml:3`.
fn places(from: &[json::From]) -> String {
    let mut places: Vec<String> = Vec::new();
    for from in from {
        let place = match (from.path.as_ref().or(from.layer.as_ref()), from.line) {
            (Some(name), Some(line)) => format!("{name}:{line}"),
            (Some(name), None) => name.clone(),
            (None, _) => continue,
        };
        let place = match &from.layer {
            Some(layer) if layer == TARGET => format!("{TARGET} {place}"),
            _ => place,
        };
        if !places.contains(&place) {
            places.push(place);
        }
    }
    if places.is_empty() {
        return String::new();
    }
    format!(" {}", clean(&places.join(", ")))
}

/// A text as TOML writes it over several lines, where it can.
fn multiline(text: &str) -> String {
    let odd = |c: char| c.is_control() && c != '\n' && c != '\t';
    if text.contains("'''") || text.contains(odd) || text.ends_with('\'') {
        return toml_string(text);
    }
    format!("'''\n{text}'''")
}
