//! Who can read secrets: what everybody could read is refused, and where a group cannot be given, nobody but the owner may read them.

use std::collections::BTreeMap;
use std::path::Path;

use portage_config::config::Config;
use portage_config::render::{self, Reader};
use portage_config::report::Report;
use portage_config::root::Root;
use portage_config::tree::{Node, Tree};
use portage_config::vocab::RelPath;
use portage_config::{lint, spec};

/// The groups of the files of a tree that hold a secret.
pub(crate) fn groups(config: &Config, tree: &Tree) -> BTreeMap<RelPath, &'static str> {
    let of = |path: &RelPath| {
        let file = config.files.get(path)?;
        match render::reader(file) {
            Reader::Group(group) if file.mode.is_none() && render::holds_secret(file) => Some(group),
            _ => None,
        }
    };
    tree.nodes.keys().filter_map(|path| Some((path.clone(), of(path)?))).collect()
}

/// Takes the group's rights from files whose group is the one of whoever writes them: a folder that is filled knows
/// no groups. A file that is there and that its group can read has been given to it. What was closed, and for whom.
pub(crate) fn close(config: &Config, tree: &mut Tree, folder: &Path) -> Vec<(RelPath, &'static str)> {
    let there = Root::open(folder).ok();
    let mut closed = Vec::new();
    for (path, group) in groups(config, tree) {
        let found = there.as_ref().and_then(|root| root.read(&path).ok().flatten());
        if matches!(found, Some(Node::File { mode, .. }) if mode & 0o077 == 0o040) {
            continue;
        }
        if let Some(Node::File { mode, .. }) = tree.nodes.get_mut(&path) {
            *mode &= !0o070;
            closed.push((path, group));
        }
    }
    closed
}

/// Reports the secrets that everybody could read: they are not written unless that was asked for.
pub(super) fn refuse(root: &spec::Root, report: &mut Report) {
    let mut found = Report::new();
    lint::exposed(&root.config, &mut found);
    how_to_allow(&mut found);
    report.diagnostics.extend(found.diagnostics);
}

/// Says at each such secret how it is written all the same.
pub(super) fn how_to_allow(report: &mut Report) {
    for diagnostic in report.diagnostics.iter_mut().filter(|d| d.code.id == "L164") {
        let help = diagnostic.help.take().unwrap_or_default();
        diagnostic.help = Some(format!("{help}; --allow-world-readable-secrets writes it as it is"));
    }
}
