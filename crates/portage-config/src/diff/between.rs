//! Comparing two configurations, without a machine.

use super::compare::Of;
use super::relate::relate_in;
use super::{Change, Op};
use crate::config::{Body, Bytes, Config, File, Own};
use crate::render;
use crate::report::Report;
use crate::template::{RenderError, Templates};
use crate::tree::{Node, Tree};
use crate::vocab::RelPath;

/// A configuration, and the tree that it is rendered to.
#[derive(Clone, Copy, Debug)]
pub struct Rendered<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// Its tree ([`render::render`]).
    pub tree: &'a Tree,
}

/// What one configuration writes instead of another one, by path: as [`diff`](super::diff) shows it of a machine that
/// holds what `before` writes and nothing else, and beside it that what `after` does not name goes. Of a file of which
/// the configurations say only some entries ([`Own::Entries`]) these are compared, of one that is written once
/// ([`Own::Once`]) what is written. What cannot be rendered is reported.
///
/// ```
/// use portage_config::config::{Body, Bytes, Config, File};
/// use portage_config::{diff, file, render, report::Report, template::Templates, vocab::RelPath};
/// let config = |text: &str| -> Result<Config, Box<dyn std::error::Error>> {
///     let path = RelPath::parse("etc/portage/package.mask")?;
///     let file = File::new(file::find(&path), Body::Text(Bytes(text.into())));
///     Ok(Config { files: [(path, file)].into() })
/// };
/// let (old, new) = (config("dev-lang/a\n")?, config("dev-lang/a\ndev-lang/b\n")?);
/// let (templates, mut report) = (Templates::builtin(), Report::new());
/// let tree = render::render(&old, &templates, &mut report).ok_or("not rendered")?;
/// let before = diff::Rendered { config: &old, tree: &tree };
/// let changes = diff::between(before, &new, &templates, &mut report);
/// let keys: Vec<&str> = changes.iter().flat_map(|change| &change.meaning).map(|m| m.key.as_str()).collect();
/// assert_eq!(keys, ["dev-lang/b"]);
/// assert!(diff::between(before, &old, &templates, &mut report).is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn between(
    before: Rendered<'_>,
    after: &Config,
    templates: &Templates,
    report: &mut Report,
) -> Vec<Change> {
    render::clashes(after, report);
    let nothing = File::new(None, Body::Absent);
    let gone = before.config.files.iter().filter(|(path, _)| !after.files.contains_key(*path));
    let gone = gone.map(|(path, file)| (path, File { body: Body::Absent, ..file.clone() }));
    let gone: Vec<(&RelPath, File)> = gone.collect();
    let mut all: Vec<(&RelPath, &File)> = after.files.iter().collect();
    all.extend(gone.iter().map(|(path, file)| (*path, file)));
    all.sort_by_key(|(path, _)| *path);
    let mut changes = Vec::new();
    for (path, file) in all {
        // What lies in a folder makes it, whether it is named or not.
        let is_folder = |config: &Config, dir: &Body| {
            let inside = |(other, file): (&RelPath, &File)| {
                !matches!(file.body, Body::Absent | Body::HandsOff)
                    && other.below(path.as_str()).is_some_and(|rest| !rest.is_empty())
            };
            matches!(dir, Body::Dir) && config.files.iter().any(inside)
        };
        let there = before.tree.nodes.get(path);
        let is_made = there.is_none() && file.mode.is_none() && is_folder(before.config, &file.body);
        let stays = matches!(there, Some(Node::Dir { .. }))
            && matches!(file.body, Body::Absent)
            && is_folder(after, &Body::Dir);
        if is_made || stays {
            continue;
        }
        let (op, node) = match wanted(file, there, templates) {
            Ok(Some(wanted)) => wanted,
            Ok(None) => continue,
            Err(error) => {
                report.push(render::diagnostic(path, &error));
                continue;
            }
        };
        let old = before.config.files.get(path).unwrap_or(&nothing);
        let of = Of { path, file, before: Some(old) };
        let told = of.told(there, node.as_ref(), None);
        changes.push(of.change(op, there.cloned(), node, told));
    }
    relate_in(&mut changes, before.tree);
    changes
}

/// What a file does where a node is; `None`: nothing.
fn wanted(
    file: &File,
    there: Option<&Node>,
    templates: &Templates,
) -> Result<Option<(Op, Option<Node>)>, RenderError> {
    let after = match (&file.body, file.kind, there) {
        (Body::HandsOff, ..) | (Body::Absent, _, None) => return Ok(None),
        (Body::Absent, ..) => return Ok(Some((Op::Remove, None))),
        (Body::Model(model), Some(kind), Some(Node::File { bytes, .. })) => {
            let bytes = render::update(kind, model, Own::Whole, &bytes.0)?;
            Some(Node::File { bytes: Bytes(bytes), mode: render::mode(file) })
        }
        _ => render::node(file, templates)?,
    };
    let op = match (there, &after) {
        (there, after) if there == after.as_ref() => return Ok(None),
        (_, Some(Node::Symlink { .. })) => Op::Symlink,
        (Some(Node::Dir { .. }), Some(Node::Dir { .. })) => Op::Chmod,
        (_, Some(Node::Dir { .. })) => Op::Mkdir,
        (Some(Node::File { bytes: old, .. }), Some(Node::File { bytes: new, .. })) if old == new => Op::Chmod,
        (None, _) => Op::Create,
        _ => Op::Update,
    };
    Ok(Some((op, after)))
}
