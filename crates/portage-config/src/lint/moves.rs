//! Package moves that Portage has made in a file, and that writing it would undo.

use std::collections::BTreeSet;

use super::repo::ATOMS;
use crate::file;
use crate::model::Model;
use crate::report::{Code, Key, Mend, Report};
use crate::repository::Updates;
use crate::syntax;
use crate::vocab::{Atom, Dialect, RelPath};

/// A former name that would come back.
pub(crate) const L233: Code = Code::warning(
    "L233",
    "move-undone",
    "Portage changes /etc/portage where an installed package got another name or slot. The former one matches nothing any more, and Portage does not change it a second time.",
    "lib/portage/_global_updates.py; lib/portage/update.py, update_config_files",
);

/// Whether a file of this kind names packages, so that Portage changes it with them.
pub fn names_packages(path: &RelPath) -> bool {
    file::find(path).is_some_and(|kind| ATOMS.contains(&kind.name))
}

/// What is told before a file is written: entries under a former name or slot of a package whose new one the file has, and loses.
///
/// ```
/// use portage_config::{lint, report::Report, vocab::RelPath};
/// use portage_config::repository::{Given, Repositories, ReposConf, Updates};
/// let dir = tempfile::tempdir()?;
/// for (path, text) in [("profiles/repo_name", "gentoo\n"), ("profiles/updates/1Q-2024", "move app-misc/a app-misc/b\n")] {
///     let path = dir.path().join(path);
///     std::fs::create_dir_all(path.parent().unwrap()).and_then(|()| std::fs::write(path, text))?;
/// }
/// let repositories = Repositories::open(&ReposConf::packaged(), None, &[Given::new(None, dir.path())])?;
/// let updates = Updates::of(&repositories)?;
/// let path = RelPath::parse("etc/portage/package.use/mine")?;
/// let mut report = Report::new();
/// lint::undone(&path, b"# move app-misc/a app-misc/b\napp-misc/b x\n", b"app-misc/a x\n", &updates, &mut report);
/// assert_eq!(report.diagnostics[0].help.as_deref(), Some("write app-misc/b in the spec: check --fix does"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn undone(path: &RelPath, before: &[u8], after: &[u8], updates: &Updates, report: &mut Report) {
    if updates.is_empty() || !names_packages(path) {
        return;
    }
    let (before, after) = (entries(path, before), entries(path, after));
    for old in after.difference(&before) {
        let Some((atom, applied)) = plain(old).and_then(|atom| {
            let applied = updates.applied(&atom)?.atom;
            Some((atom, applied))
        }) else {
            continue;
        };
        let new = old.replacen(atom.as_str(), &applied, 1);
        if before.contains(&new) && !after.contains(&new) {
            let text = format!(
                "`{atom}` is `{applied}` in this file: Portage has followed the package, and this would undo it"
            );
            report
                .file(path)
                .at(&L233, Key::of(old), text)
                .set_help(format!("write {applied} in the spec: check --fix does"))
                .set_mend(Mend::Name(new));
        }
    }
}

/// The atom of an entry, without what stands in front.
fn plain(entry: &str) -> Option<Atom> {
    let entry = entry.strip_prefix('-').unwrap_or(entry);
    Atom::parse(entry.strip_prefix('*').unwrap_or(entry), Dialect::User).ok()
}

/// The entries of a file.
fn entries(path: &RelPath, bytes: &[u8]) -> BTreeSet<String> {
    let Some(kind) = file::find(path) else { return BTreeSet::new() };
    match syntax::read(&kind.grammar, bytes, &mut Report::new().file(path)) {
        Model::Rules(rules) => rules.rules.into_iter().map(|rule| rule.key).collect(),
        Model::Items(items) => items.items.into_iter().map(|item| item.text).collect(),
        _ => BTreeSet::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::repo::testing::machine;

    fn told(path: &str, before: &str, after: &str) -> Vec<String> {
        let updates = Updates::of(&machine().repositories()).unwrap();
        let mut report = Report::new();
        undone(&RelPath::parse(path).unwrap(), before.as_bytes(), after.as_bytes(), &updates, &mut report);
        report
            .diagnostics
            .iter()
            .map(|found| format!("{} {}", found.spot.key, found.help.as_deref().unwrap_or("")))
            .collect()
    }

    #[test]
    fn names_that_portage_has_written_stay() {
        let mask = "etc/portage/package.mask";
        assert_eq!(
            told(mask, "# move app-old/b app-misc/c\n>=app-misc/c-1\n", ">=app-old/b-1\n"),
            [">=app-old/b-1 write >=app-misc/c-1 in the spec: check --fix does"]
        );
        assert_eq!(
            told("etc/portage/package.use/x", "app-misc/slotted:1 a\n", "app-misc/slotted:0 a\n"),
            ["app-misc/slotted:0 write app-misc/slotted:1 in the spec: check --fix does"]
        );
        assert_eq!(
            told(mask, "-app-misc/c\n", "-app-old/a\n"),
            ["-app-old/a write app-misc/c in the spec: check --fix does"]
        );
    }

    #[test]
    fn other_changes_are_changes() {
        let mask = "etc/portage/package.mask";
        assert_eq!(told(mask, "app-misc/c\napp-old/b\n", "app-old/b\n"), [""; 0], "it was there");
        assert_eq!(told(mask, "app-misc/c\n", "app-misc/c\napp-old/b\n"), [""; 0], "both are said");
        assert_eq!(told(mask, "", "app-old/b\n"), [""; 0], "nothing is undone");
        assert_eq!(told("etc/portage/make.conf", "app-misc/c", "app-old/b"), [""; 0]);
    }
}
