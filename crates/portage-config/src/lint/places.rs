//! Files in places where nobody reads them, or somebody reads them who should not.

use super::context::Context;
use crate::config::{Body, Config, File};
use crate::file::{self, Place};
use crate::report::{Code, Key, Mend, Report};
use crate::vocab::RelPath;

/// A path that nobody reads.
pub(crate) const L016: Code = Code::error(
    "L016",
    "wrong-place",
    "Portage reads only the names it knows, each in its own folder; a file elsewhere is ignored without a word.",
    "portage(5); lib/portage/package/ebuild/_config/LocationsManager.py",
);

/// A file where a folder is needed, or the other way round.
pub(crate) const L033: Code = Code::error(
    "L033",
    "file-or-folder",
    "A path is a file or a folder; some of Portage's files may not be folders and stop every command, and crossdev wants folders.",
    "lib/portage/util/__init__.py, grabfile; crossdev",
);

/// A copy that is read.
pub(crate) const L120: Code = Code::warning(
    "L120",
    "backup-is-read",
    "Portage reads every file of the folder whose name does not begin with a dot or end in `~`: copies, patches and notes too.",
    "lib/portage/util/__init__.py, _recursive_basename_filter",
);

/// A program that cannot be run.
pub(crate) const L130: Code = Code::error(
    "L130",
    "not-executable",
    "Of the files in these folders Portage runs those that are executable, and passes over the others in silence.",
    "lib/portage/util/hooks.py, get_hooks_from_dir",
);

const COPIES: [&str; 15] = [
    ".bak",
    ".backup",
    ".old",
    ".new",
    ".orig",
    ".save",
    ".rej",
    ".swp",
    ".rpmnew",
    ".rpmsave",
    ".dpkg-old",
    ".dpkg-dist",
    ".dpkg-new",
    ".disabled",
    ".md",
];

/// Whether files of some kind lie below a folder.
fn holds_files(folder: &RelPath) -> bool {
    file::kinds().iter().any(|kind| match kind.place {
        Place::File(base)
        | Place::FileOrFolder(base)
        | Place::Folder(base)
        | Place::Ending(base, _)
        | Place::Link(base) => RelPath::parse(base).is_ok_and(|base| base.below(folder.as_str()).is_some()),
        _ => false,
    })
}

pub(super) fn check(context: &Context<'_>, report: &mut Report) {
    let cross = context
        .rules("package.use")
        .any(|(_, rule)| rule.key.trim_start_matches(['=', '>', '<', '~']).starts_with("cross-"))
        || context.config.files.keys().any(|path| path.name().starts_with("cross-"))
        || context
            .inis("repos.conf")
            .any(|(_, ini)| ini.sections.iter().any(|section| section.name == "crossdev"));
    for (path, file) in &context.config.files {
        if matches!(file.body, Body::Absent | Body::HandsOff) {
            continue;
        }
        check_folder(context.config, path, report);
        let Some(kind) = file.kind.or_else(|| file::find(path)) else {
            // A name that Portage passes over was chosen to be passed over.
            let aside = !path.as_str().split('/').all(file::entered_by_portage);
            let aside = aside || is_variant(path);
            let above = matches!(file.body, Body::Dir) && holds_files(path);
            if !aside
                && !above
                && let Some(right) = file::nearest(path.as_str())
            {
                report
                    .file(path)
                    .at(&L016, Key::file(), format!("nobody reads `{path}`"))
                    .set_help(format!("did you mean {right}?"))
                    .mend = meant(file, &right);
            }
            continue;
        };
        if let (Place::File(base), Body::Dir) = (kind.place, &file.body) {
            report
                .file(path)
                .at(&L033, Key::file(), format!("`{base}` is a plain file, and here a folder"))
                .set_help("write a file of that name");
        }
        if let (Some(mode), true) = (file.mode, kind.mode & 0o111 != 0)
            && mode & 0o111 == 0
            && matches!(file.body, Body::Model(_) | Body::Text(_))
            // Portage installs one of this name in repo.postsync.d, and it is not meant to run.
            && path.name() != "example"
        {
            report
                .file(path)
                .at(&L130, Key::file(), format!("`{}` is not executable: it is not run", path.name()))
                .set_help("take the mode out, or write mode = 0o755");
        }
        // Sets are folders only; their files are walked through as the others.
        let (Place::FileOrFolder(base) | Place::Folder(base)) = kind.place else { continue };
        if matches!(kind.place, Place::Folder(_)) && kind.name != "sets" {
            continue;
        }
        let name = path.name();
        let copy = name.starts_with(['#'])
            || name.starts_with("README")
            || COPIES.iter().any(|ending| name.ends_with(ending));
        if copy && path.as_str() != base && !matches!(file.body, Body::Dir) {
            report
                .file(path)
                .at(&L120, Key::file(), format!("Portage reads `{}` as well", path.name()))
                .set_help("take it out of the folder, or begin its name with a dot")
                .mend = hidden(context.config, path);
        }
        let crossdev = matches!(
            kind.name,
            "package.use" | "package.accept_keywords" | "package.env" | "package.mask" | "package.unmask"
        );
        if cross && crossdev && path.as_str() == base && !matches!(file.body, Body::Dir | Body::Link(_)) {
            report
                .file(path)
                .at(
                    &L033,
                    Key::file(),
                    format!("crossdev writes files into the folder `{}`, and this is a file", kind.name),
                )
                .set_help(format!("write {}/main instead", kind.name));
        }
    }
}

/// The place where a file was meant to lie, as a header of a spec.
fn meant(file: &File, right: &str) -> Option<Mend> {
    let path = match right.strip_prefix('/') {
        Some(path) => RelPath::parse(path),
        None => RelPath::parse(&format!("etc/portage/{right}")),
    };
    matches!(file.body, Body::Text(_)).then_some(Mend::Path(path.ok()?))
}

/// A name that Portage passes over, for the copy of a file that is there.
fn hidden(config: &Config, path: &RelPath) -> Option<Mend> {
    let name = path.name();
    let original = COPIES.iter().find_map(|ending| name.strip_suffix(ending))?;
    let folder = path.parent()?;
    let is_there = config.files.contains_key(&folder.join(original).ok()?);
    is_there.then_some(Mend::Path(folder.join(&format!(".{name}")).ok()?))
}

/// Whether a path is another make.conf, kept beside the one that is read: by a link, by `source`, or for another machine.
fn is_variant(path: &RelPath) -> bool {
    path.below("etc/portage").is_some_and(|rest| rest.starts_with("make.conf.") && !rest.contains('/'))
}

/// Whether one of the folders above a path is a file, of the configuration or by its kind.
fn check_folder(config: &Config, path: &RelPath, report: &mut Report) {
    for above in path.ancestors() {
        let by_kind = file::find(&above).is_some_and(|kind| kind.place == Place::File(kind_base(kind.place)));
        let by_config =
            config.files.get(&above).is_some_and(|file| matches!(file.body, Body::Model(_) | Body::Text(_)));
        if by_kind || by_config {
            report
                .file(path)
                .at(&L033, Key::file(), format!("`{above}` is a file, and cannot hold `{}`", path.name()))
                .set_help(if by_kind {
                    "write all of it in one file"
                } else {
                    "move the file into the folder"
                });
            return;
        }
    }
}

fn kind_base(place: Place) -> &'static str {
    match place {
        Place::File(base) => base,
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{codes, root};

    #[test]
    fn folders_of_known_files_are_read() {
        assert_eq!(codes(&root().dir("etc/dracut.conf.d").dir("etc/ugrd").dir("etc/systemd")), [""; 0]);
        assert_eq!(codes(&root().dir("etc/portage/package.us")), ["L016"]);
    }

    #[test]
    fn files_lie_where_somebody_reads_them() {
        for (path, found) in [
            ("etc/portage/package.use.mask/x", Some("L016")),
            ("etc/portage/package.uses", Some("L016")),
            ("etc/portage/make.conf.server", None),
            ("etc/portage/make.conf.d/x", Some("L016")),
            ("etc/portage/repos.conf.d/gentoo.conf", Some("L016")),
            ("etc/portage/package.use/x.bak", Some("L120")),
            ("etc/portage/package.use/#x#", Some("L120")),
            ("etc/portage/package.use/README", Some("L120")),
            ("etc/portage/package.use/x.new", Some("L120")),
            ("etc/portage/sets/x.disabled", Some("L120")),
            ("etc/portage/env/x.bak", Some("L127")),
            ("etc/portage/savedconfig/a/README", None),
            ("etc/portage/package.use/x", None),
            ("etc/portage/package.use/.x", None),
            ("etc/portage/package.use/x~", None),
            ("etc/portage/make.conf~", None),
            ("etc/portage/package.uses/.git/x", None),
            ("etc/portage/bashrc.conf/x", None),
            ("etc/portage/patches/a/b/x.patch", Some("L133")),
            ("etc/portage/bashrc", None),
            ("etc/hostname", None),
        ] {
            assert_eq!(codes(&root().text(path, "")), Vec::from_iter(found), "{path}");
        }
    }

    #[test]
    fn programs_can_be_run() {
        let hook = |mode| named("x", mode);
        fn named(name: &str, mode: Option<u32>) -> crate::lint::testing::Root {
            let mut root = root().text(&format!("etc/portage/postsync.d/{name}"), "#!/bin/sh\n");
            root.0.files.values_mut().for_each(|file| file.mode = mode);
            root
        }
        assert_eq!(codes(&named("example", Some(0o644))), [""; 0]);
        assert_eq!(codes(&hook(None)), [""; 0], "the kind makes it executable");
        assert_eq!(codes(&hook(Some(0o700))), [""; 0]);
        assert_eq!(codes(&hook(Some(0o644))), ["L130"]);
    }

    #[test]
    fn a_path_is_a_file_or_a_folder() {
        let file = || root().rules("etc/portage/package.use", &[("a/b", "x")]);
        assert_eq!(codes(&file()), [""; 0]);
        assert_eq!(codes(&file().rules("etc/portage/package.use/x", &[])), ["L033"]);
        for name in ["categories", "license_groups", "arch.list", "color.map", "bashrc", "profile/packages"] {
            assert_eq!(codes(&root().text(&format!("etc/portage/{name}/x"), "")), ["L033"], "{name}");
            assert_eq!(codes(&root().dir(&format!("etc/portage/{name}"))), ["L033"], "{name}");
        }
        let cross = root().rules("etc/portage/package.use", &[("cross-i486-pc-linux-gnu/gcc", "-multilib")]);
        assert_eq!(codes(&cross), ["L033"]);
        let folder =
            root().rules("etc/portage/package.use/x", &[("cross-i486-pc-linux-gnu/gcc", "-multilib")]);
        assert_eq!(codes(&folder), [""; 0]);
    }
}
