//! What variables hold, once files are read.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use super::words::{Manner, UNKNOWN};
use crate::model::{Model, Statement, Vars};
use crate::report::Key;
use crate::vocab::{Incremental, Piece, variable};

/// The longest value that is followed; doubling references would fill the memory otherwise.
const LONGEST: usize = 1 << 16;

/// What the variables hold after these files. What the files do not say, because something that they refer to is set
/// elsewhere, is a mark with its name. `portage`: the language is Portage's, where some variables add up.
pub(super) fn values<'a>(
    files: impl IntoIterator<Item = &'a Vars>,
    portage: bool,
) -> IndexMap<Key, Vec<String>> {
    let mut known: HashMap<&str, String> = HashMap::new();
    let mut sources: Vec<String> = Vec::new();
    let mut last: IndexMap<&str, (String, usize)> = IndexMap::new();
    for statement in files.into_iter().flat_map(|vars| &vars.statements) {
        let unknown = |name: &str, sources: &[String]| format!("{UNKNOWN}{name}:{}{UNKNOWN}", sources.len());
        match statement {
            Statement::Source(source) => {
                sources.push(source.path.spell());
                // It may set any of them.
                known.clear();
            }
            Statement::Assign(assign) => {
                let look = |name: &str| match known.get(name) {
                    Some(value) => value.clone(),
                    None => unknown(name, &sources),
                };
                let mut value = if assign.append { look(&assign.name) } else { String::new() };
                for piece in assign.value.pieces() {
                    match piece {
                        Piece::Literal(text) => value.push_str(text),
                        Piece::Reference(name) => value.push_str(&look(name)),
                    }
                    if value.len() > LONGEST {
                        break;
                    }
                }
                last.insert(&assign.name, (value.clone(), sources.len()));
                known.insert(&assign.name, value);
            }
        }
    }
    let mut all: IndexMap<Key, Vec<String>> = IndexMap::new();
    for path in &sources {
        all.entry(Key::of("source").then(path.as_str())).or_default().push(String::new());
    }
    for (name, (value, at)) in last {
        let mut words = match variable(name).map(|v| v.incremental).filter(|_| portage) {
            Some(Incremental::Yes) => Manner::Flags.reduce(&split(&value)),
            Some(Incremental::Lazy) => Manner::Accepted.reduce(&split(&value)),
            Some(Incremental::No) | None => vec![value],
        };
        // Nothing to add is the same as nothing said.
        if words.is_empty() && at == sources.len() {
            continue;
        }
        if at < sources.len() {
            words.push(format!("{UNKNOWN}{at}"));
        }
        all.insert(Key::of(name), words);
    }
    all
}

fn split(value: &str) -> Vec<&str> {
    value.split_whitespace().collect()
}

/// The variables that differ because of those that were told: they refer to them, or a file is read in front of them.
pub(super) fn explained(before: Option<&Model>, after: Option<&Model>, told: &HashSet<Key>) -> HashSet<Key> {
    let mut refers: Vec<(&str, &str)> = Vec::new();
    let mut all = told.clone();
    let sourced = told.iter().any(|key| key.0.len() > 1);
    for model in [before, after].into_iter().flatten() {
        let Model::Vars(vars) = model else { continue };
        for assign in vars.assigns() {
            refers.extend(assign.value.references().map(|other| (assign.name.as_str(), other)));
            if sourced {
                all.insert(Key::of(&assign.name));
            }
        }
    }
    loop {
        let more: Vec<Key> = (refers.iter())
            .filter(|(_, other)| all.contains(&Key::of(*other)))
            .map(|(name, _)| Key::of(*name))
            .filter(|key| !all.contains(key))
            .collect();
        if more.is_empty() {
            return all;
        }
        all.extend(more);
    }
}
