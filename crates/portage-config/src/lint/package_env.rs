//! package.env and env/: both ends of each name.

use std::collections::BTreeSet;

use super::context::{Context, speaks_of};
use crate::config::Body;
use crate::file;
use crate::model::{Model, Statement};
use crate::report::{Code, Key, Mend, Report};
use crate::vocab::{Atom, Dialect, RelPath, nearest};

/// A name without its file.
pub(crate) const L027: Code = Code::error(
    "L027",
    "missing-env-file",
    "Portage says that package.env references a file that does not exist, and builds the package without it.",
    "portage(5), package.env; lib/portage/package/ebuild/config.py, _grab_pkg_env",
);

/// A file without its name.
pub(crate) const L127: Code = Code::hint(
    "L127",
    "unused-env-file",
    "Portage reads a file of env/ only where package.env names it, or bash where its path is CATEGORY/PACKAGE.",
    "portage(5), package.env and env",
);

/// Flags for a kernel.
pub(crate) const L089: Code = Code::hint(
    "L089",
    "kernel-ignores-cflags",
    "The kernel is built with the flags of its own Makefile, whatever CFLAGS says.",
    "Documentation/kbuild/kbuild.rst, KCFLAGS; Makefile of Linux",
);

/// An atom that asks for flags while they are computed.
pub(crate) const L225: Code = Code::error(
    "L225",
    "flags-in-env-atom",
    "Portage asks for the flags of the package while it computes them, and every command that looks at it ends with `setcpv recursion detected`.",
    "lib/portage/package/ebuild/config.py, setcpv, _grab_pkg_env, package.bashrc",
);

fn check_atoms(context: &Context<'_>, report: &mut Report) {
    for kind in ["package.env", "profile/package.bashrc"] {
        for (path, rule) in context.rules(kind) {
            let Ok(atom) = Atom::parse(&rule.key, Dialect::User) else { continue };
            if let Some(deps) = atom.use_deps() {
                report
                    .file(path)
                    .at(&L225, Key::of(&rule.key), format!("`{atom}` depends on flags of the package"))
                    .set_help(format!("write it without [{}]", deps.trim_matches(['[', ']'])));
            }
        }
    }
}

/// The variables that a kernel does not look at.
const FLAGS: [&str; 4] = ["COMMON_FLAGS", "CFLAGS", "CXXFLAGS", "LDFLAGS"];

/// Whether an atom is that of a kernel: its sources or what is built of them.
fn is_kernel(atom: &str) -> bool {
    const KERNELS: [&str; 3] =
        ["sys-kernel/gentoo-kernel", "sys-kernel/vanilla-kernel", "sys-kernel/rt-kernel"];
    KERNELS.into_iter().any(|name| !atom.contains('*') && speaks_of(atom, name))
        || atom.contains("sys-kernel/") && atom.split(['-', ':']).any(|part| part == "sources")
}

fn check_kernels(context: &Context<'_>, report: &mut Report) {
    for (path, rule) in context.rules("package.env").filter(|(_, rule)| is_kernel(&rule.key)) {
        for word in &rule.words {
            let Ok(target) = RelPath::parse(&format!("etc/portage/env/{word}")) else { continue };
            let Some(Model::Vars(vars)) = context.models.get(&target).map(|(_, model)| &**model) else {
                continue;
            };
            if let Some(flags) =
                FLAGS.into_iter().find(|name| vars.assigns().any(|assign| assign.name == *name))
            {
                report
                    .file(path)
                    .word(&L089, Key::of(&rule.key), word, format!("a kernel does not look at `{flags}`"))
                    .set_help("choose CONFIG_CC_OPTIMIZE_FOR_SIZE in its configuration, or set KCFLAGS");
            }
        }
    }
}

/// The files that `source` lines of other files name.
fn sourced(context: &Context<'_>) -> BTreeSet<RelPath> {
    let mut found = BTreeSet::new();
    for (path, (_, model)) in &context.models {
        let Model::Vars(vars) = &**model else { continue };
        for statement in &vars.statements {
            let Statement::Source(source) = statement else { continue };
            let text = source.path.spell();
            let text = text.trim_matches(['"', '\'']);
            let whole = match (text.strip_prefix('/'), path.parent()) {
                (Some(rest), _) => rest.to_owned(),
                (None, Some(folder)) => format!("{folder}/{text}"),
                (None, None) => text.to_owned(),
            };
            found.extend(RelPath::parse(&whole));
        }
    }
    found
}

/// Files directly below env/ that no line of package.env names, and no other file sources: Portage never opens them.
pub(super) fn unread(context: &Context<'_>) -> BTreeSet<RelPath> {
    let words = context.rules("package.env").flat_map(|(_, rule)| &rule.words);
    let mut read: BTreeSet<RelPath> =
        words.filter_map(|word| RelPath::parse(&format!("etc/portage/env/{word}")).ok()).collect();
    read.extend(sourced(context));
    let flat = |path: &&RelPath| path.below("etc/portage/env").is_some_and(|rest| !rest.contains('/'));
    // A link may be read by another name.
    let is_text = |body: &Body| matches!(body, Body::Text(_) | Body::Model(_));
    let files = context.config.files.iter().filter(|(_, file)| is_text(&file.body)).map(|(path, _)| path);
    files.filter(flat).filter(|path| !read.contains(*path)).cloned().collect()
}

pub(super) fn check(context: &Context<'_>, report: &mut Report) {
    check_kernels(context, report);
    check_atoms(context, report);
    let unread = unread(context);
    let there: Vec<&str> = context
        .config
        .files
        .iter()
        .filter(|(_, file)| !matches!(file.body, Body::Absent | Body::Dir))
        .filter_map(|(path, _)| path.below("etc/portage/env"))
        .collect();
    for (path, rule) in context.rules("package.env") {
        for word in &rule.words {
            let Ok(target) = RelPath::parse(&format!("etc/portage/env/{word}")) else { continue };
            let found = context
                .config
                .files
                .get(&target)
                .is_some_and(|f| !matches!(f.body, Body::Absent | Body::Dir));
            if found {
                continue;
            }
            let mut findings = report.file(path);
            let finding =
                findings.word(&L027, Key::of(&rule.key), word, format!("there is no file `env/{word}`"));
            match nearest(word, there.iter().copied()) {
                Some(near) => {
                    finding.set_help(format!("did you mean {near}?")).set_mend(Mend::Word(near.to_owned()))
                }
                None => finding.set_help(format!("write env/{word}, or take the word out")),
            };
        }
    }
    for (path, (kind, _)) in &context.models {
        let aside = !file::read_by_portage(path.name());
        if *kind == "env" && !aside && unread.contains(*path) {
            report
                .file(path)
                .at(&L127, Key::file(), format!("no line of package.env names `{}`", path.name()))
                .set_help(format!("name it in package.env: CATEGORY/PACKAGE {}", path.name()));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{codes, root};

    #[test]
    fn names_and_files_meet() {
        let rule = || root().rules("etc/portage/package.env/x", &[("a/b", "no-lto.conf sub/two")]);
        assert_eq!(codes(&rule()), ["L027", "L027"]);
        let both = rule().vars("etc/portage/env/no-lto.conf", &[]).vars("etc/portage/env/sub/two", &[]);
        assert_eq!(codes(&both), [""; 0]);
        let link =
            rule().vars("etc/portage/env/no-lto.conf", &[]).link("etc/portage/env/sub/two", "../no-lto.conf");
        assert_eq!(codes(&link), [""; 0], "a link is a file as well");
        assert_eq!(
            codes(&rule().vars("etc/portage/env/sub/two", &[]).dir("etc/portage/env/no-lto.conf")),
            ["L027"]
        );
    }

    #[test]
    fn atoms_ask_for_no_flags() {
        let told = |atom: &str| {
            let env = root().vars("etc/portage/env/small.conf", &[("MAKEOPTS", "-j1")]);
            codes(&env.rules("etc/portage/package.env", &[(atom, "small.conf")]))
        };
        assert_eq!(told("app-misc/a[lto]"), ["L225"]);
        assert_eq!(told(">=app-misc/a-1:0[-lto,x]"), ["L225"]);
        assert_eq!(told(">=app-misc/a-1:0"), [""; 0]);
        let bashrc = root()
            .text("etc/portage/profile/bashrc/x", "A=b\n")
            .rules("etc/portage/profile/package.bashrc", &[("app-misc/a[lto]", "x")]);
        assert_eq!(codes(&bashrc), ["L225"]);
    }

    #[test]
    fn kernels_have_flags_of_their_own() {
        let told = |atom: &str, name: &str| {
            let env = root().vars("etc/portage/env/small.conf", &[(name, "-Os")]);
            codes(&env.rules("etc/portage/package.env", &[(atom, "small.conf")]))
        };
        for atom in
            ["sys-kernel/gentoo-kernel", "sys-kernel/gentoo-sources", ">=sys-kernel/vanilla-sources-7.0"]
        {
            assert_eq!(told(atom, "CFLAGS"), ["L089"], "{atom}");
        }
        for (atom, name) in [
            ("sys-kernel/gentoo-kernel", "KCFLAGS"),
            ("sys-kernel/linux-headers", "CFLAGS"),
            ("app-misc/sources", "CFLAGS"),
            ("*/*", "CFLAGS"),
        ] {
            assert!(!told(atom, name).contains(&"L089"), "{atom} {name}");
        }
    }

    #[test]
    fn files_without_a_name() {
        assert_eq!(codes(&root().vars("etc/portage/env/no-lto.conf", &[])), ["L127"]);
        assert_eq!(codes(&root().vars("etc/portage/env/sys-libs/glibc", &[])), [""; 0], "bash, by its path");
        assert_eq!(codes(&root().vars("etc/portage/env/old.conf~", &[])), [""; 0], "put aside");
    }
}
