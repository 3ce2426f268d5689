//! Comparing a root with a configuration, file by file.

use std::collections::{BTreeSet, HashSet};

use super::hidden::Side;
use super::wanted::{One, Told, Wanted, all};
use super::{Change, Hidden, Op, meaning, relate};
use crate::config::{Body, Bytes, Config, File};
use crate::file::Kind;
use crate::meaning::said;
use crate::model::Model;
use crate::render;
use crate::report::Report;
use crate::root::Root;
use crate::syntax;
use crate::template::Templates;
use crate::tree::{Node, Tree};
use crate::vocab::RelPath;

/// What has to change in a root so that it holds what a configuration wants, by path. What cannot be read or
/// rendered is reported.
///
/// A file that is reached through a link at the end of its path is compared through it; one that has to change
/// takes the link's place. The mode of a file that is there is compared where the configuration says one, where
/// the file holds a secret (nobody else may read it) and where its kind is a program.
pub fn diff(config: &Config, templates: &Templates, root: &Root, report: &mut Report) -> Vec<Change> {
    render::clashes(config, report);
    let mut changes = Vec::new();
    let mut seen = BTreeSet::new();
    let near = root.near();
    for (one, wanted, found) in all(config, templates, near.as_ref().unwrap_or(root)) {
        report.diagnostics.extend(found.diagnostics);
        let Some(Wanted { op: Some(op), found, after, behind: _, told }) = wanted else { continue };
        let path = one.path;
        let change = one.change_told(op, found, after, told);
        if change.before.is_none() {
            in_the_way(config, root, path, &mut seen, &mut changes);
        }
        changes.push(change);
    }
    relate(&mut changes, root);
    changes
}

/// The tree that a configuration wants where a root is already: what [`diff`] shows as the text and mode after the
/// change, and what is there where it shows none. What cannot be read or rendered is reported; `None` then.
///
/// A file whose kind has entries is changed in place, see [`render::update`]. Files that are to be absent or not to
/// be touched are not in the tree, nor is a folder that a link stands for: removing is not writing.
/// [`Tree::write_to`] with `force` writes the tree into the same folder; [`diff`] finds no difference then, but for
/// files that are to be absent.
///
/// ```
/// use portage_config::{config::{Config, File}, diff, file, model::{Assign, Comment, Model, Statement, Vars},
///     report::Report, root::Root, syntax, template::Templates, vocab::RelPath};
/// let dir = tempfile::tempdir()?;
/// std::fs::create_dir_all(dir.path().join("etc/portage"))?;
/// std::fs::write(dir.path().join("etc/portage/make.conf"), "# by hand\nUSE='a'  # why\nCFLAGS=-O2\n")?;
///
/// let (path, mut report) = (RelPath::parse("etc/portage/make.conf")?, Report::new());
/// let kind = file::find(&path).ok_or("no such kind")?;
/// let wanted = syntax::read(&kind.grammar, b"USE=\"a\"\nCFLAGS=\"-Os\"\n", &mut report.file(&path));
/// let config = Config { files: [(path, File::model_of(kind, wanted))].into() };
///
/// let root = Root::open(dir.path())?;
/// let tree = diff::over(&config, &Templates::builtin(), &root, &mut report).ok_or("not rendered")?;
/// tree.write_to(dir.path(), true)?;
/// let text = std::fs::read_to_string(dir.path().join("etc/portage/make.conf"))?;
/// assert_eq!(text, "# by hand\nUSE='a'  # why\nCFLAGS=\"-Os\"\n");
/// assert!(diff::diff(&config, &Templates::builtin(), &root, &mut report).is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn over(config: &Config, templates: &Templates, root: &Root, report: &mut Report) -> Option<Tree> {
    let mut tree = Tree::new();
    let mut whole = render::clashes(config, report);
    for (path, file) in &config.files {
        if let Body::HandsOff | Body::Absent = file.body {
            continue;
        }
        let wanted = One { path, file, templates, root }.wanted(report);
        whole &= wanted.is_some();
        let Some(Wanted { op, found, after, .. }) = wanted else { continue };
        let node = if op.is_some() { after } else { found };
        match (&file.body, node) {
            (Body::Dir, Some(Node::Symlink { .. })) | (_, None) => {}
            (_, Some(node)) => {
                tree.insert(path.clone(), node);
            }
        }
    }
    whole.then_some(tree)
}

/// Files that are where a folder has to be.
fn in_the_way(
    config: &Config,
    root: &Root,
    path: &RelPath,
    seen: &mut BTreeSet<RelPath>,
    changes: &mut Vec<Change>,
) {
    for above in path.ancestors() {
        if !seen.insert(above.clone()) || config.files.contains_key(&above) {
            continue;
        }
        if let Ok(Some(Node::File { .. })) = root.read_through(&above)
            && let Ok(before) = root.read(&above)
        {
            changes.push(replaced(above, before));
        }
    }
}

/// A file, or a link to one, that a folder takes the place of: all that it says goes.
fn replaced(path: RelPath, before: Option<Node>) -> Change {
    let kind = crate::file::find(&path);
    let model = match (&before, kind) {
        (Some(Node::File { bytes, .. }), Some(kind)) => {
            Some((kind, syntax::read(&kind.grammar, &bytes.0, &mut Report::new().file(&path))))
        }
        _ => None,
    };
    let mut change = Change::new(path, Op::Mkdir, before, Some(Node::Dir { mode: 0o755 }));
    if let (Some((kind, model)), Some(Node::File { bytes, .. })) = (model, &change.before) {
        change.kind = Some(kind.name);
        change.meaning = meaning(&kind.grammar, Some(&model), None);
        change.hidden = Hidden::of(kind, &[], &[Side { text: &bytes.0, model: &model }]);
    }
    change
}

impl<'a> One<'a> {
    fn of(&self) -> Of<'a> {
        Of { path: self.path, file: self.file, before: None }
    }

    /// A change of a file, with what it means. `behind`: the bytes behind a link that is there.
    pub(crate) fn change(
        &self,
        op: Op,
        found: Option<Node>,
        after: Option<Node>,
        behind: Option<Bytes>,
    ) -> Change {
        let told = self.told(found.as_ref(), after.as_ref(), behind.as_ref());
        self.change_told(op, found, after, told)
    }

    /// The same, where [`One::told`] was asked what it means.
    pub(crate) fn change_told(
        &self,
        op: Op,
        found: Option<Node>,
        after: Option<Node>,
        told: Option<Told>,
    ) -> Change {
        self.of().change(op, found, after, told)
    }

    /// What a change means; `None` where no kind says anything about it.
    pub(super) fn told(
        &self,
        found: Option<&Node>,
        after: Option<&Node>,
        behind: Option<&Bytes>,
    ) -> Option<Told> {
        self.of().told(found, after, behind)
    }
}

/// A file of a configuration, wherever it is to be.
pub(super) struct Of<'a> {
    pub(super) path: &'a RelPath,
    pub(super) file: &'a File,
    /// The file that it takes the place of, where another configuration says it.
    pub(super) before: Option<&'a File>,
}

impl Of<'_> {
    /// The change, where [`Of::told`] was asked what it means.
    pub(super) fn change(
        &self,
        op: Op,
        found: Option<Node>,
        after: Option<Node>,
        told: Option<Told>,
    ) -> Change {
        let mut change = Change::new(self.path.clone(), op, found, after);
        match told {
            Some(told) => {
                change.kind = Some(told.kind);
                (change.meaning, change.hidden) = (told.meaning, told.hidden);
            }
            None if self.is_secret() && !self.is_bare() => change.hidden = Hidden::All,
            None => {}
        }
        change
    }

    fn files(&self) -> impl Iterator<Item = &File> {
        self.before.into_iter().chain([self.file])
    }

    fn is_secret(&self) -> bool {
        self.files().any(|file| file.secret)
    }

    /// Whether it is a link or a folder, without a text.
    fn is_bare(&self) -> bool {
        matches!(self.file.body, Body::Link(_) | Body::Dir)
    }

    /// What a change means; `None` where no kind says anything about it.
    pub(super) fn told(
        &self,
        found: Option<&Node>,
        after: Option<&Node>,
        behind: Option<&Bytes>,
    ) -> Option<Told> {
        let kind = self.file.kind.filter(|_| !self.is_bare())?;
        let read = |bytes: &[u8]| syntax::read(&kind.grammar, bytes, &mut Report::new().file(self.path));
        let before = match (found, behind) {
            (_, Some(bytes)) | (Some(Node::File { bytes, .. }), None) => {
                Some((bytes.0.as_slice(), read(&bytes.0)))
            }
            _ => None,
        };
        let after = match after {
            Some(Node::File { bytes, .. }) => Some((bytes.0.as_slice(), read(&bytes.0))),
            _ => None,
        };
        let (meaning, hidden) = self.explain(kind, before, after);
        Some(Told { kind: kind.name, meaning, hidden })
    }

    fn explain(
        &self,
        kind: &Kind,
        before: Option<(&[u8], Model)>,
        after: Option<(&[u8], Model)>,
    ) -> (Vec<super::Meaning>, Hidden) {
        let sides: Vec<Side<'_>> =
            [&before, &after].into_iter().flatten().map(|(text, model)| Side { text, model }).collect();
        let models: Vec<&Model> = self.files().filter_map(model).collect();
        // A parameter filled into a text: only its reader knows where.
        let is_closed = self.files().any(|file| file.secret && model(file).is_none());
        let hidden = if is_closed { Hidden::All } else { Hidden::of(kind, &models, &sides) };
        let mut meaning = meaning(&kind.grammar, before.as_ref().map(|b| &b.1), after.as_ref().map(|a| &a.1));
        let holding = models.iter().filter(|model| model.holds_secret());
        let all = holding.flat_map(|model| said(&kind.grammar, model));
        let secret: HashSet<String> =
            all.filter(|(_, said)| said.secret).map(|(key, _)| key.to_string()).collect();
        for entry in &mut meaning {
            if matches!(hidden, Hidden::All) || secret.contains(&entry.key) {
                entry.hide();
            }
        }
        (meaning, hidden)
    }
}

/// The entries of a file, where it is said as entries.
fn model(file: &File) -> Option<&Model> {
    match &file.body {
        Body::Model(model) => Some(model),
        _ => None,
    }
}
