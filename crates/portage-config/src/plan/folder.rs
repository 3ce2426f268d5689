//! The folders that emerge writes into.

use std::collections::BTreeMap;

use super::want::{Making, Trouble};
use super::{Item, PlanError};
use crate::config::{Body, Bytes, File, Own};
use crate::diff::{Change, One, Op};
use crate::file;
use crate::report::{Diagnostic, Report, Spot};
use crate::root::Found;
use crate::state::Owned;
use crate::tree::{F007, Node, Tree};
use crate::vocab::RelPath;

/// What `emerge --autounmask-write` appends to: the last file of these folders
/// (`lib/_emerge/depgraph.py`, `_display_autounmask`).
const WRITTEN: &[&str] = &[
    "etc/portage/package.accept_keywords",
    "etc/portage/package.keywords",
    "etc/portage/package.license",
    "etc/portage/package.unmask",
    "etc/portage/package.use",
];

/// The file that is there for emerge.
const NAME: &str = "zz-autounmask";

impl Making<'_> {
    /// A file for emerge to write into, where it would write into one of ours.
    pub(super) fn autounmask(&mut self, report: &mut Report) -> Result<(), PlanError> {
        for folder in WRITTEN {
            let Ok(folder) = RelPath::parse(folder) else { continue };
            let is_ours =
                |file: &File| matches!(file.body, Body::Model(_) | Body::Text(_)) && file.own == Own::Whole;
            let below = |path: &RelPath| path.below(folder.as_str()).is_some_and(|rest| !rest.is_empty());
            // By path, as Portage walks.
            let mut files: BTreeMap<RelPath, bool> = BTreeMap::new();
            let live = |path: &RelPath| is_live(&folder, path);
            files.extend(self.root.names_below(&folder).into_iter().filter(live).map(|path| (path, false)));
            for (path, file) in &self.config.files {
                match file.body {
                    _ if !below(path) || !live(path) => {}
                    Body::Absent | Body::Dir => drop(files.remove(path)),
                    _ => drop(files.insert(path.clone(), is_ours(file))),
                }
            }
            // What goes.
            for item in &self.plan.items {
                if item.change.after.is_none() {
                    files.remove(&item.change.path);
                }
            }
            let made = files.iter().any(|(_, ours)| *ours);
            if !made {
                self.unmade(&folder, report)?;
                continue;
            }
            let Some((last, true)) = files.last_key_value() else {
                self.stays(&folder);
                continue;
            };
            let Ok(path) = folder.join(&name_behind(&folder, last)) else { continue };
            let mut empty = File::new(file::find(&path), Body::Text(Bytes::default()));
            empty.own = Own::Once;
            let one = One { path: &path, file: &empty, templates: self.templates, root: self.root };
            self.one(&one, report)?;
        }
        Ok(())
    }

    /// The files that were made for emerge in a folder.
    fn made_for_emerge(&self, folder: &RelPath) -> Vec<RelPath> {
        let owned = self.last.map(|last| last.owned.iter()).into_iter().flatten();
        let made = owned.filter(|(path, how)| {
            **how == Owned::Once
                && (path.name().trim_start_matches('z') == NAME.trim_start_matches('z')
                    || path.name().ends_with(NAME))
                && path.parent().as_ref() == Some(folder)
        });
        made.map(|(path, _)| path.clone()).collect()
    }

    /// Folders that are ours as a whole, and hold what nobody named.
    pub(super) fn unnamed(&self, report: &mut Report) {
        for (folder, file) in &self.config.files {
            if !matches!(file.body, Body::Dir) || file.own != Own::Whole {
                continue;
            }
            let Ok(Some(Node::Dir { .. })) = self.root.read(folder) else { continue };
            // A folder in it that is named as well speaks for itself.
            let of_another = |path: &RelPath| {
                let is_dir = |above: &RelPath| {
                    let named = self.config.files.get(above);
                    above != folder && named.is_some_and(|file| matches!(file.body, Body::Dir))
                };
                path.ancestors().iter().any(is_dir)
            };
            let goes = |path: &RelPath| self.plan.items.iter().any(|item| item.change.path == *path);
            let there = Tree::scan(self.root, std::slice::from_ref(folder), &mut Report::new());
            let found: Vec<&str> = (there.nodes.iter())
                .filter(|(_, node)| !matches!(node, Node::Dir { .. }))
                .map(|(path, _)| path)
                .filter(|path| is_live(folder, path) && !of_another(path) && !goes(path))
                .filter(|path| !self.config.files.contains_key(path) && !self.plan.record.contains_key(path))
                .filter_map(|path| path.below(folder.as_str()))
                .collect();
            let Some(shown) = found.get(..found.len().min(5)).filter(|shown| !shown.is_empty()) else {
                continue;
            };
            let mut message = format!("`{folder}` holds what the spec does not name: {}", shown.join(", "));
            if found.len() > shown.len() {
                message.push_str(&format!(" and {} more", found.len() - shown.len()));
            }
            let spot = Spot { path: Some(folder.clone()), ..Spot::default() };
            let help =
                "name it in the spec, or remove it; with `own = \"entries\"` the folder is not looked into";
            report.push(Diagnostic::new(&F007, spot, message).help(help));
        }
    }

    fn stays(&mut self, folder: &RelPath) {
        for path in self.made_for_emerge(folder) {
            self.plan.record.insert(path, (Owned::Once, None));
        }
    }

    /// Nothing of ours is left in a folder: an empty file that was made for emerge goes as well.
    fn unmade(&mut self, folder: &RelPath, report: &mut Report) -> Result<(), PlanError> {
        for path in self.made_for_emerge(folder) {
            let planned = self.plan.items.iter().any(|item| item.change.path == path);
            if planned || self.config.files.contains_key(&path) || self.plan.record.contains_key(&path) {
                continue;
            }
            let left = self.root.find(&path).map_err(Trouble::from).map(|found| {
                if let Some(Found { node: Node::File { bytes, .. }, .. }) = &found
                    && bytes.0.is_empty()
                {
                    let before = found.as_ref().map(|found| found.node.clone());
                    let change = Change::new(path.clone(), Op::Remove, before, None);
                    self.plan.items.push(Item::new(change, found));
                }
            });
            self.told(&path, left, report)?;
        }
        Ok(())
    }
}

/// A name in a folder for a file that comes after its last one.
fn name_behind(folder: &RelPath, last: &RelPath) -> String {
    let rest = last.below(folder.as_str()).unwrap_or_default();
    let first = rest.split('/').next().unwrap_or_default();
    let mut names = (0..=first.len()).map(|count| format!("{}{NAME}", "z".repeat(count)));
    let behind = names.find(|name| folder.join(name).is_ok_and(|path| path > *last));
    // No number of these letters comes after `ü`.
    behind.unwrap_or_else(|| format!("{first}-{NAME}"))
}

/// Whether Portage reads a file of a folder (`lib/portage/util/__init__.py`, `_recursive_file_list`).
fn is_live(folder: &RelPath, path: &RelPath) -> bool {
    let rest = path.below(folder.as_str()).unwrap_or_default();
    let (folders, _) = rest.rsplit_once('/').unwrap_or_default();
    !rest.split('/').any(|part| part.starts_with('.') || part.ends_with('~'))
        && !folders.split('/').any(|part| matches!(part, "CVS" | "RCS" | "SCCS"))
}
