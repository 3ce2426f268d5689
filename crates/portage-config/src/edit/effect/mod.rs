//! What an edit comes to: whether Portage makes of it what it says.

mod lines;
mod mask;
mod profile;
mod rules;
mod sections;
mod vars;

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use super::walk::{self, Text};
use crate::file::{Grammar, IniDialect, Kind, Place, VarsDialect};
use crate::report::{Diagnostic, Report};
use crate::root::Root;
use crate::spec::Statement;
use crate::vocab::RelPath;

/// A root as it will be.
pub(super) struct World<'a> {
    root: &'a Root,
    texts: &'a [Text],
    profiles: OnceCell<Vec<RelPath>>,
    /// The files of the places that were asked for.
    known: RefCell<HashMap<RelPath, Rc<Vec<Text>>>>,
}

impl<'a> World<'a> {
    /// A root in which these files have changed.
    pub(super) fn new(root: &'a Root, texts: &'a [Text]) -> Self {
        Self { root, texts, profiles: OnceCell::new(), known: RefCell::default() }
    }

    /// The files at a place, in reading order.
    fn files(&self, place: &RelPath) -> Rc<Vec<Text>> {
        if let Some(files) = self.known.borrow().get(place) {
            return Rc::clone(files);
        }
        let files = Rc::new(self.read(place));
        self.known.borrow_mut().insert(place.clone(), Rc::clone(&files));
        files
    }

    fn read(&self, place: &RelPath) -> Vec<Text> {
        // What cannot be read is reported where it is to be changed.
        let mut files = walk::files(self.root, place, &mut Report::new());
        for text in self.texts.iter().filter(|text| text.path.below(place.as_str()).is_some()) {
            match files.iter_mut().find(|file| file.path == text.path) {
                Some(file) => file.bytes.clone_from(&text.bytes),
                None => files.push(text.clone()),
            }
        }
        files.sort_by(|a, b| a.path.as_str().split('/').cmp(b.path.as_str().split('/')));
        files
    }

    /// The folders of the profile, parents first, the user's own last.
    fn profiles(&self) -> &[RelPath] {
        self.profiles.get_or_init(|| profile::chain(self.root))
    }
}

/// Why a statement has no effect, or not all of it.
pub(super) fn find(
    world: &World<'_>,
    kind: &'static Kind,
    path: &RelPath,
    statement: &Statement,
    report: &mut Report,
) -> Vec<Diagnostic> {
    let (Place::FileOrFolder(base) | Place::File(base)) = kind.place else { return Vec::new() };
    let Ok(place) = RelPath::parse(base) else { return Vec::new() };
    let mut own = Report { sources: std::mem::take(&mut report.sources), ..Report::new() };
    match kind.grammar {
        Grammar::Rules(_) => rules::rules(world, kind, &place, statement, &mut own),
        Grammar::Items(_) => rules::items(world, kind, &place, path, statement, &mut own),
        Grammar::Vars(VarsDialect::Getconfig) if kind.name == "make.conf" => {
            vars::find(world, kind, path, statement, &mut own);
        }
        Grammar::Ini(IniDialect::ConfigParser) => {
            sections::find(world, kind, &place, path, statement, &mut own);
        }
        _ => {}
    }
    report.sources = own.sources;
    own.diagnostics
}
