//! One root: its layers merged into a configuration.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::check::checks;
use super::code;
use super::folder::Folder;
use super::form::{self, Ctx};
use super::header::{self, Part, Section};
use super::merge::{Merger, Reach};
use super::origin::{Effect, Origins, Touch};
use super::overlay;
use super::param::{self, Filled, Params};
use super::paths;
use super::source::{NodeValue, Nodes, at};
pub(super) use super::state::{Base, State};
use super::step::Steps;
use super::target;
use super::{LayerId, Options, Param, Resolved, Root};
use crate::config::{Body, Bytes, Config, File, Own};
use crate::file::{self, Grammar, Kind, Place, Reader};
use crate::report::{Key, Report, Span};
use crate::vocab::RelPath;

/// A layer's part of a root.
pub(super) struct Voice<'p> {
    pub layer: LayerId,
    pub folder: &'p str,
    pub part: &'p Part,
    pub tree: Option<&'p Folder>,
}

pub(super) fn resolve(
    name: Option<String>,
    voices: &[Voice<'_>],
    options: &Options<'_>,
    resolved: &mut Resolved,
    report: &mut Report,
) -> Option<Span> {
    let mut filled = fill(voices, options, resolved, report);
    let target = target::read(voices, options.block, &mut filled, report);
    let mut builder = Builder { filled: &filled, kinds: HashMap::new(), states: IndexMap::new(), report };
    if let Some((_, part)) = &target {
        let layer = resolved.layer(target::LAYER);
        builder.voice(&Voice { layer, folder: "", part, tree: None });
    }
    if let Some(made) = overlay::read(voices, options.files, &filled, builder.report) {
        let layer = resolved.layer(overlay::LAYER);
        for folder in &made.folders {
            builder.folder(layer, folder);
        }
        builder.voice(&Voice { layer, folder: "", part: &made.part, tree: None });
    }
    for voice in voices {
        builder.kinds(&voice.part.files);
    }
    let mut at_said = None;
    let mut steps = Steps::default();
    for voice in voices {
        steps.read(&voice.part.steps, &filled, builder.report);
        if let Some(tree) = voice.tree {
            builder.folder(voice.layer, tree);
        }
        builder.voice(voice);
        at_said = voice.part.at.as_ref().or(at_said);
        checks(&voice.part.check, &mut resolved.checks, builder.report);
    }
    let place = at_said.and_then(|(text, span)| builder.place(text, *span));
    steps.finish(name.as_deref(), resolved, builder.report);
    let (config, origins) = builder.finish();
    let target = target.map(|(target, _)| target);
    resolved.roots.push(Root { name, at: place, config, origins, target });
    at_said.map(|(_, span)| *span)
}

fn fill(voices: &[Voice<'_>], options: &Options<'_>, resolved: &mut Resolved, report: &mut Report) -> Filled {
    let mut params = Params::new();
    for voice in voices {
        param::read(&voice.part.param, voice.folder, &mut params, report);
    }
    let sources = param::Sources {
        env: options.env,
        file: &|path| options.files.read(camino::Utf8Path::new(path)),
        examples: options.examples,
        require: options.require_params,
        secrets: options.need_secrets,
    };
    let filled = param::fill(&params, &sources, report);
    for (name, param) in &params {
        if param.declared && !resolved.params.iter().any(|known| known.name == *name) {
            resolved.params.push(Param {
                name: name.clone(),
                help: param.help.clone(),
                kind: param.kind.clone().unwrap_or_else(|| "string".to_owned()),
                example: param.example.clone(),
                default: param.default.clone().filter(|_| !param.secret),
                choices: param.choices.clone(),
                value: filled
                    .get(name)
                    .cloned()
                    .flatten()
                    .filter(|value| options.need_secrets || !param.secret || value.reveal() != param::UNREAD),
                secret: param.secret,
            });
        }
    }
    filled
}

pub(super) struct Builder<'a> {
    pub(super) filled: &'a Filled,
    pub(super) kinds: HashMap<RelPath, &'static Kind>,
    pub(super) states: IndexMap<RelPath, State>,
    pub(super) report: &'a mut Report,
}

impl Builder<'_> {
    pub(super) fn path(&mut self, text: &str, span: Span) -> Option<RelPath> {
        let text = param::expand(text, span, self.filled, &str::to_owned, self.report)?;
        if text.is_secret() {
            at(self.report, &code::S023, span, "a secret cannot be part of a path");
            return None;
        }
        header::path(text.reveal())
            .map_err(|problem| {
                at(self.report, &code::S006, span, format!("`{}` {problem}", text.reveal()))
                    .set_help("a path is below etc/portage, or from the root with one leading slash: `[\"/etc/fstab\"]`");
            })
            .ok()
    }

    /// `as`: what kind of file a path is, where the path does not say.
    fn kinds(&mut self, files: &Nodes) {
        for (path, node) in files {
            let Some(said) = node.table().and_then(|table| table.get("as")) else { continue };
            let Some(path) = self.path(path, node.key_span) else { continue };
            match &said.value {
                NodeValue::String(name) => match file::named(name) {
                    Some(kind) => {
                        self.kinds.insert(path, kind);
                    }
                    None => {
                        let near = header::nearest(name, file::kinds().iter().map(|kind| kind.name));
                        let found =
                            at(self.report, &code::S005, said.span, format!("`{name}` is no kind of file"));
                        found.help = near.map(|near| format!("did you mean `{near}`?"));
                    }
                },
                _ => {
                    at(self.report, &code::S008, said.span, "a kind is a string");
                }
            }
        }
    }

    fn voice(&mut self, voice: &Voice<'_>) {
        let mut said: HashMap<RelPath, Span> = HashMap::new();
        let mut named: HashMap<RelPath, &str> = HashMap::new();
        for (name, node) in &voice.part.files {
            let spelled = name.contains('@').then(|| self.path(name, node.key_span));
            if let Some(path) = spelled.unwrap_or_else(|| header::path(name).ok())
                && let Some(other) = named.insert(path, name)
            {
                let message = format!("`{name}` is said twice: `[file.\"{other}\"]` is the same file");
                at(self.report, &code::S007, node.key_span, message);
                continue;
            }
            self.file(voice, name, node, &mut said);
        }
        let mut seen: HashMap<RelPath, &str> = HashMap::new();
        for section in &voice.part.sections {
            let Some(path) = self.path(&section.header, section.span) else { continue };
            if said.contains_key(&path) {
                at(
                    self.report,
                    &code::S007,
                    section.span,
                    format!("`{}` has entries here, and `[file]` says all of it", section.header),
                )
                .set_help("put the entries into a later layer, or into the text");
                continue;
            }
            if let Some(other) = seen.insert(path.clone(), &section.header) {
                let message = format!("`{}` is said twice: `{other}` is the same file", section.header);
                at(self.report, &code::S007, section.span, message)
                    .set_help("put the entries below one header");
                continue;
            }
            self.section(voice, path, section);
        }
    }

    pub(super) fn kind(&self, path: &RelPath) -> Option<&'static Kind> {
        self.kinds.get(path).copied().or_else(|| file::find(path))
    }

    fn section(&mut self, voice: &Voice<'_>, path: RelPath, section: &Section) {
        let Some(kind) = self.kind(&path) else {
            let wording = Wording { quote: |path| format!("[\"{path}\"]"), none: SAY_AS_FILE };
            unknown(self.report, &path, &section.header, section.span, wording);
            return;
        };
        if kind.grammar == Grammar::Opaque {
            let message = format!("`{}` is a file without entries", section.header);
            at(self.report, &code::S008, section.span, message)
                .set_help(header::without_entries(kind, &header::header(&path)));
            return;
        }
        let state = self.states.entry(path.clone()).or_default();
        state.origins.file.push(Touch {
            layer: voice.layer,
            span: section.span,
            effect: Effect::Set,
            text: String::new(),
        });
        state.header.extend(section.comment.above.iter().cloned());
        state.header.extend(section.comment.behind.iter().cloned());
        state.take_entries(kind, &path);
        state.slots.reserve(section.entries.len());
        state.origins.entries.reserve(section.entries.len());
        for (name, node) in &section.entries {
            if let Some(help) = header::misplaced(kind, name, node) {
                let message =
                    format!("`{name}` belongs to `[{}]` here, where it means nothing", section.header);
                at(self.report, &code::S022, node.key_span, message).set_help(help);
                continue;
            }
            let mut ctx = Ctx { kind, filled: self.filled, report: self.report };
            let spelled = name;
            let Some((name, edit)) = form::entry(name, node, &mut ctx) else { continue };
            if *spelled != name && section.entries.contains_key(&name) {
                let message = format!("`{spelled}` is `{name}`, which is said here, too");
                at(self.report, &code::S007, node.key_span, message).set_help("say it once");
                continue;
            }
            if state.is_edited() {
                let reach = Reach::of(&edit.op);
                let reach = match state.dirty.shift_remove(&name) {
                    Some(before) => before.and(reach),
                    None => reach,
                };
                state.dirty.insert(name.clone(), reach);
            }
            let key = Key::of(name.as_str());
            let rules = matches!(kind.grammar, Grammar::Rules(_));
            let mut merger =
                Merger { layer: voice.layer, rules, origins: &mut state.origins, report: self.report };
            merger.apply(&mut state.slots, name, edit, key);
        }
    }

    /// `at = "host:/path"`.
    fn place(&mut self, text: &str, span: Span) -> Option<(String, RelPath)> {
        let text = param::expand(text, span, self.filled, &str::to_owned, self.report)?;
        if text.is_secret() {
            at(self.report, &code::S023, span, "a secret cannot be part of a path");
            return None;
        }
        let Some((host, path)) = text.reveal().split_once(":/") else {
            at(self.report, &code::S011, span, format!("`{}` is no place of a root", text.shown()))
                .set_help("a root lies inside another one: `at = \"host:/usr/CHOST\"`");
            return None;
        };
        match RelPath::parse(path) {
            Ok(path) => Some((host.to_owned(), path)),
            Err(error) => {
                at(self.report, &code::S006, span, format!("`{path}` {}", error.kind));
                None
            }
        }
    }

    fn finish(self) -> (Config, Origins) {
        let Builder { kinds, states, report, .. } = self;
        let mut config = Config::default();
        let mut origins = Origins::default();
        for (path, state) in states {
            let kind = kinds.get(&path).copied().or_else(|| file::find(&path));
            let default =
                if kind.is_some_and(|kind| kind.name == "world") { Own::Entries } else { Own::Whole };
            let got_secret = state.got_secret();
            let (mut secret, mut mode) = (false, state.mode);
            let body = match (state.base, kind) {
                (Base::Nothing, _) | (Base::Entries, None) => {
                    if let Some(touch) = state.origins.file.last() {
                        let header = header::header(&path);
                        let message =
                            format!("`{header}` has `{}` and no content, so nothing is done", touch.text);
                        at(report, &code::S024, touch.span, message)
                            .set_help(format!("say its content below `[\"{header}\"]` or with `text`"));
                    }
                    continue;
                }
                (Base::Entries, Some(kind)) => {
                    let mut problems = Vec::new();
                    let model = form::build(kind, state.header, state.slots, &mut problems);
                    for problem in problems {
                        let spot =
                            state.origins.entries.get(&Key::of(&problem.key)).and_then(|all| all.last());
                        let span = spot.or(state.origins.file.last()).map(|touch| touch.span);
                        if let Some(span) = span {
                            at(report, problem.code, span, problem.message).help = problem.help;
                        }
                    }
                    Body::Model(model)
                }
                (base @ (Base::Text(_) | Base::Bytes(..)), kind) => {
                    let mut bytes = match base {
                        Base::Text(text) => {
                            secret = got_secret || text.is_secret();
                            text.into_revealed().into_bytes()
                        }
                        Base::Bytes(bytes, own) => {
                            secret = got_secret;
                            mode = mode.or(own.map(|bits| match kind.map_or(Reader::Owner, Kind::reader) {
                                _ if !secret => bits,
                                Reader::Owner => bits & !0o077,
                                Reader::Group(_) => bits & !0o037,
                                Reader::All => bits,
                            }));
                            bytes
                        }
                        _ => Vec::new(),
                    };
                    if let Some(kind) = kind
                        && !state.dirty.is_empty()
                    {
                        bytes = super::patch::into_text(
                            kind,
                            &path,
                            &bytes,
                            state.slots,
                            &state.dirty,
                            &state.origins,
                            report,
                        );
                    }
                    Body::Text(Bytes(bytes))
                }
                (Base::Link(target), _) => Body::Link(target),
                (Base::Dir, _) => Body::Dir,
                (Base::Absent, _) => Body::Absent,
                (Base::HandsOff, _) => Body::HandsOff,
            };
            let mut file = File::new(kind, body);
            file.mode = mode;
            file.own = state.own.unwrap_or(default);
            file.secret = secret;
            config.files.insert(path.clone(), file);
            origins.files.insert(path, state.origins);
        }
        paths::both(&config, &origins, report);
        paths::bash_env(&mut config);
        (config, origins)
    }
}

/// How the help names paths where a path was said.
pub(super) struct Wording {
    /// A path as it is to be written there.
    pub(super) quote: fn(&str) -> String,
    /// What to do with a file of no known kind, `PATH`.
    pub(super) none: &'static str,
}

const SAY_AS_FILE: &str = "say it with `[file.\"PATH\"]` and `text`, or name its kind with `as`";

/// Says that a path is a file of no known kind.
pub(super) fn unknown(report: &mut Report, path: &RelPath, header_text: &str, span: Span, wording: Wording) {
    let plain = path.ancestors().into_iter().rev().find(|folder| {
        file::kinds().iter().any(|kind| matches!(kind.place, Place::File(at) if at == folder.as_str()))
    });
    if let Some(plain) = plain {
        let plain = header::header(&plain);
        let message = format!("`{plain}` is a plain file: nothing below it is read");
        at(report, &code::S019, span, message).set_help(format!("write `{}`", (wording.quote)(&plain)));
        return;
    }
    // The slash in front of a path from the root is easily left out.
    let rooted = RelPath::parse(header_text).ok().filter(|path| file::find(path).is_some());
    let near = rooted.map(|path| header::header(&path)).or_else(|| file::nearest(path.as_str()));
    let found = at(report, &code::S005, span, format!("`{}` is a file of no known kind", header_text));
    found.set_help(match near {
        Some(near) => format!("did you mean `{}`?", (wording.quote)(&near)),
        None => wording.none.replace("PATH", header_text),
    });
}
