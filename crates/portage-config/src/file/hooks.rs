//! Programs that Portage runs after a synchronization: portage(5), postsync.d and repo.postsync.d.

use super::{Grammar, Kind, Place};
use crate::model::Model;
use crate::report::{Code, Findings, Key};

/// Programs that are run after all ebuild repositories are synchronized, portage(5).
pub static POSTSYNC_D: Kind = Kind {
    name: "postsync.d",
    about: "Programs that are run after all ebuild repositories are synchronized, portage(5).",
    place: Place::FileOrFolder("etc/portage/postsync.d"),
    grammar: Grammar::Opaque,
    template: None,
    mode: 0o755,
    check,
};

/// Programs that are run after each ebuild repository is synchronized, with its name, URI and location, portage(5).
pub static REPO_POSTSYNC_D: Kind = Kind {
    name: "repo.postsync.d",
    about: "Programs that are run after each ebuild repository is synchronized, with its name, URI and location, portage(5).",
    place: Place::FileOrFolder("etc/portage/repo.postsync.d"),
    grammar: Grammar::Opaque,
    template: None,
    mode: 0o755,
    check,
};

/// A script that the kernel cannot start.
pub(crate) const L131: Code = Code::error(
    "L131",
    "no-interpreter",
    "Portage runs the file itself, without a shell: a script without `#!` in its first line does not start.",
    "lib/portage/util/hooks.py, perform_hooks",
);

fn check(model: &Model, findings: &mut Findings<'_>) {
    let Model::Opaque(opaque) = model else { return };
    if ![&b"#!"[..], b"\x7fELF"].iter().any(|magic| opaque.bytes.0.starts_with(magic)) {
        findings
            .at(&L131, Key::file(), "the first line names no interpreter: the program does not start")
            .set_help("begin the file with `#!/bin/sh`");
    }
}

#[cfg(test)]
mod tests {
    use crate::file::testing::{codes, opaque};

    #[test]
    fn scripts_name_their_interpreter() {
        for path in ["etc/portage/postsync.d/x", "etc/portage/repo.postsync.d/x"] {
            assert_eq!(codes(path, opaque("#!/bin/sh\n")), [""; 0]);
            assert_eq!(codes(path, opaque("echo hello\n")), ["L131"]);
            assert_eq!(codes(path, opaque("")), ["L131"]);
        }
    }
}
