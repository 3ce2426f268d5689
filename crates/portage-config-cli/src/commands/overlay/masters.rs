//! The masters of a repository, where a machine has them.

use camino::{Utf8Path, Utf8PathBuf};
use portage_config::file;
use portage_config::model::Model;
use portage_config::report::Report;
use portage_config::repository::EbuildRepository;
use portage_config::root::Root;
use portage_config::syntax;
use portage_config::tree::{Node, Tree};
use portage_config::vocab::RelPath;

/// Those that can be opened: where repos.conf says, for ::gentoo also at its usual place, or beside the repository.
pub(super) fn open(root: &Utf8Path, repository: &EbuildRepository, dir: &Utf8Path) -> Vec<EbuildRepository> {
    let Ok(machine) = Root::open(root) else { return Vec::new() };
    let mut all = Vec::new();
    for name in repository.layout().masters() {
        let said = location(&machine, name).map(|path| crate::place::within(root, &path));
        let beside = dir.parent().map(|folder| folder.join(name));
        let usual = (name == "gentoo").then(|| crate::place::within(root, "var/db/repos/gentoo"));
        for place in [said, usual, beside].into_iter().flatten() {
            let place: Utf8PathBuf = place;
            let opened = Root::open(&place).and_then(|root| EbuildRepository::open(root, &mut Report::new()));
            if let Ok(master) = opened
                && master.name() == Some(name)
            {
                all.push(master);
                break;
            }
        }
    }
    all
}

/// `location` in the sections of that name; the last one holds.
fn location(machine: &Root, name: &str) -> Option<String> {
    let kind = file::kinds().iter().find(|kind| kind.name == "repos.conf")?;
    let paths = ["usr/share/portage/config/repos.conf", "etc/portage/repos.conf"];
    let paths: Vec<RelPath> = paths.into_iter().filter_map(|path| RelPath::parse(path).ok()).collect();
    let mut found = None;
    for path in &paths {
        let tree = Tree::scan(machine, std::slice::from_ref(path), &mut Report::new());
        for (path, node) in &tree.nodes {
            let Node::File { bytes, .. } = node else { continue };
            if path.name().starts_with('.') || path.name().ends_with('~') {
                continue;
            }
            let model = syntax::read(&kind.grammar, &bytes.0, &mut Report::new().text(path, &bytes.0));
            if let Model::Ini(ini) = model
                && let Some(key) = ini.get(name, "location")
            {
                found = Some(key.value.reveal().trim().to_owned());
            }
        }
    }
    found
}
