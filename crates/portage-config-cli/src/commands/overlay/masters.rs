//! The masters of a repository, where a machine has them.

use camino::{Utf8Path, Utf8PathBuf};
use portage_config::overlay;
use portage_config::report::Report;
use portage_config::repository::EbuildRepository;
use portage_config::root::Root;

/// Those that can be opened: where repos.conf says, for ::gentoo also at its usual place, or beside the repository.
pub(super) fn open(root: &Utf8Path, repository: &EbuildRepository, dir: &Utf8Path) -> Vec<EbuildRepository> {
    let Ok(machine) = Root::open(root) else { return Vec::new() };
    let mut all = Vec::new();
    for name in repository.layout().masters() {
        let said = overlay::locate(&machine, name).ok().flatten();
        let said = said.map(|path| crate::place::within(root, &path));
        let beside = dir.parent().map(|folder| folder.join(name));
        for place in [said, beside].into_iter().flatten() {
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
