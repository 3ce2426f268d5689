//! `[overlay.NAME]`: ebuild repositories that are part of a machine, as the lowest layer but `target`.

mod fork;
mod said;
mod tree;

use camino::{Utf8Path, Utf8PathBuf};

use super::Files;
use super::code;
use super::folder::Folder;
use super::header::{self, Part, Section};
use super::param::Filled;
use super::root::Voice;
use super::source::{Node, NodeValue, Nodes, at};
use crate::model::Comment;
use crate::report::{Report, Span};
use crate::vocab::{AcceptKeyword, Atom, Dialect, RelPath};
use said::{Said, Value};
pub(super) use tree::from_table;

/// The name of the layer.
pub(super) const LAYER: &str = "overlay";

/// Where repositories lie on a machine.
const PLACE: &str = "/var/db/repos";

/// What follows from the repositories of a root: entries that make Portage know and choose them, and their files.
pub(super) struct Made {
    pub(super) part: Part,
    pub(super) folders: Vec<Folder>,
}

/// Reads the repositories that the layers of a root describe.
pub(super) fn read(
    voices: &[Voice<'_>],
    files: &dyn Files,
    filled: &Filled,
    report: &mut Report,
) -> Option<Made> {
    if voices.iter().all(|voice| voice.part.overlays.is_empty()) {
        return None;
    }
    let all = said::read(voices, filled, report);
    let mut made = Made { part: Part::default(), folders: Vec::new() };
    let mut taken: Vec<(RelPath, &str)> = Vec::new();
    for (name, said) in &all {
        let Some(place) = place(name, said, report) else { continue };
        let Ok(path) = header::path(&place.0) else { continue };
        if let Some((_, other)) = taken.iter().find(|(other, _)| overlap(other, &path)) {
            let message = format!("`{name}` lies at `/{path}`, where `{other}` lies, too, or in it");
            at(report, &code::S007, place.1, message)
                .set_help("each ebuild repository has a folder of its own, beside the others");
            continue;
        }
        taken.push((path, name));
        if said.files {
            made.folders.extend(match (&said.tree, said.forks.values().next()) {
                (None, Some(_)) => fork::load(name, said, &place, files, report),
                (Some(tree), Some(fork)) => {
                    at(report, &code::S007, fork.span, format!("`{}` has forks of its own", tree.text))
                        .set_help(
                            "put this one there, too: `portage-config overlay fork`; or leave out `tree`",
                        );
                    None
                }
                (_, None) => tree::load(name, said, &place, files, report),
            });
        }
        made.entries(name, said, &place, voices, report);
    }
    Some(made)
}

/// Where the repository lies in the root.
fn place(name: &str, said: &Said, report: &mut Report) -> Option<(String, Span)> {
    let Some(value) = &said.at else { return Some((format!("{PLACE}/{name}"), said.span)) };
    let good = value.text.starts_with('/') && header::path(&value.text).is_ok();
    if !good {
        at(report, &code::S006, value.span, format!("`{}` is no path from the root", value.text))
            .set_help(format!("write `at = \"{PLACE}/{name}\"`"));
        return None;
    }
    let configuration = RelPath::parse("etc/portage").ok();
    if configuration.is_some_and(|other| header::path(&value.text).is_ok_and(|path| overlap(&path, &other))) {
        let message = format!("`{}` is where the configuration of Portage lies", value.text);
        at(report, &code::S006, value.span, message).set_help(format!("write `at = \"{PLACE}/{name}\"`"));
        return None;
    }
    Some((value.text.clone(), value.span))
}

/// Whether one of two folders is the other, or lies in it.
fn overlap(one: &RelPath, other: &RelPath) -> bool {
    one.below(other.as_str()).is_some() || other.below(one.as_str()).is_some()
}

impl Made {
    /// The entries of repos.conf, and those that make Portage choose the packages.
    fn entries(
        &mut self,
        name: &str,
        said: &Said,
        place: &(String, Span),
        voices: &[Voice<'_>],
        report: &mut Report,
    ) {
        let mut section = vec![("location", text(&place.0, place.1))];
        if let Some(priority) = &said.priority {
            section.push(("priority", text(&priority.text, priority.span)));
        }
        // It comes with the configuration: there is nothing to fetch.
        section.push(("auto-sync", Node { value: NodeValue::Boolean(false), ..text("", said.span) }));
        let section = section.into_iter().map(|(key, node)| (key.to_owned(), node)).collect();
        let section = Node { value: NodeValue::Table(section), ..text("", said.span) };
        let entries = Nodes::from_iter([(name.to_owned(), section)]);
        self.section("repos.conf", &format!("{name}.conf"), entries, said.span, voices);

        let mut accepted = Nodes::new();
        for (atom, (place, value)) in &said.keywords {
            let wrong = value.text.split_whitespace().find_map(|word| AcceptKeyword::parse(word).err());
            if let Some(error) = wrong {
                at(report, &code::S010, value.span, error.to_string()).help = error.help();
            } else if let Some(atom) = of_repository(atom, name, *place, report) {
                accepted.insert(atom, text(&value.text, value.span));
            }
        }
        for (atom, fork) in &said.forks {
            if let Some(value) = &fork.keywords
                && let Ok(parsed) = Atom::parse(atom, Dialect::UserUse)
            {
                let atom = format!("{}::{name}", parsed.cpn());
                accepted.entry(atom).or_insert_with(|| text(&value.text, value.span));
            }
        }
        self.section("package.accept_keywords", name, accepted, said.span, voices);

        let mut masked = Nodes::new();
        for value in &said.alone {
            if let Some(atom) = of_repository(&value.text, name, value.span, report) {
                let plain = atom.trim_end_matches(&format!("::{name}")).to_owned();
                let node = |value| Node { value: NodeValue::Boolean(true), ..text("", value) };
                masked.insert(plain.clone(), node(value.span));
                let unmasked = Nodes::from_iter([(atom, node(value.span))]);
                self.section("package.unmask", name, unmasked, said.span, voices);
            }
        }
        self.section("package.mask", name, masked, said.span, voices);
    }

    /// Puts entries into a file of their own in `folder`, or into the plain file where a layer has that.
    fn section(&mut self, folder: &str, file: &str, entries: Nodes, span: Span, voices: &[Voice<'_>]) {
        if entries.is_empty() {
            return;
        }
        let plain = voices.iter().any(|voice| {
            voice.part.sections.iter().any(|section| section.header == folder)
                || voice.part.files.contains_key(folder)
        });
        let header = if plain { folder.to_owned() } else { format!("{folder}/{file}") };
        match self.part.sections.iter_mut().find(|section| section.header == header) {
            Some(section) => section.entries.extend(entries),
            None => self.part.sections.push(Section { header, span, comment: Comment::default(), entries }),
        }
    }
}

fn text(text: &str, span: Span) -> Node {
    let value = NodeValue::String(text.replace("@{", "@@{"));
    Node { value, span, key_span: span, comment: Comment::default() }
}

/// An atom with the name of the repository.
fn of_repository(atom: &str, name: &str, span: Span, report: &mut Report) -> Option<String> {
    match Atom::parse(atom, Dialect::UserUse) {
        Ok(parsed) => match parsed.repo() {
            Some(repo) if repo == name => Some(atom.to_owned()),
            None if parsed.use_deps().is_none() && !parsed.is_wildcard() => Some(format!("{atom}::{name}")),
            _ => {
                let message = format!("`{atom}` is no package of `{name}`");
                at(report, &code::S009, span, message);
                None
            }
        },
        Err(error) => {
            at(report, &code::S009, span, format!("`{atom}`: {error}")).help = error.help();
            None
        }
    }
}
