//! Rust on machines that its compiler does not run on.

use super::context::{Context, speaks_of};
use crate::report::{Code, Key, Report};

/// Rust on a 486.
pub(crate) const L012: Code = Code::error(
    "L012",
    "rust-on-486",
    "The compiler of Rust needs a CPU above i486, and the profiles of i486 mask it and its flag.",
    "profiles/features/wd40; rustc, the target i686-unknown-linux-gnu",
);

const PACKAGES: [&str; 4] = ["dev-lang/rust", "dev-lang/rust-bin", "virtual/rust", "dev-util/sccache"];

pub(super) fn check(context: &Context<'_>, report: &mut Report) {
    if !context.profile_parts().contains(&"i486") {
        return;
    }
    const TEXT: &str = "the profile is one of i486, which has no Rust";
    if context.make_conf.switch("USE", "rust") == Some(true)
        && let Some((path, key)) = context.written("USE", "rust")
    {
        report.file(&path).word(&L012, key, "rust", TEXT).set_help("take it out");
    }
    if let Some(path) = context.assigned("RUSTC_WRAPPER") {
        report.file(&path).at(&L012, Key::of("RUSTC_WRAPPER"), TEXT).set_help("take it out");
    }
    for (path, rule) in context.rules("package.use") {
        if rule.group.is_none() && rule.words.iter().any(|word| word == "rust") {
            report.file(path).word(&L012, Key::of(&rule.key), "rust", TEXT).set_help("take it out");
        }
    }
    for kind in ["sets", "world"] {
        for (path, atom) in context.items(kind) {
            if !atom.contains('*') && PACKAGES.into_iter().any(|name| speaks_of(atom, name)) {
                report
                    .file(path)
                    .at(&L012, Key::of(atom), TEXT)
                    .set_help("build on another machine what needs it");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{Root, codes, root};

    fn of(profile: &str) -> Root {
        root().link(
            "etc/portage/make.profile",
            &format!("../../var/db/repos/gentoo/profiles/default/linux/{profile}"),
        )
    }

    #[test]
    fn there_is_no_rust_on_a_486() {
        let (board, other) = ("x86/23.0/i486", "x86/23.0/i686");
        let rusty: [fn(Root) -> Root; 4] = [
            |root| root.vars("etc/portage/make.conf", &[("USE", "rust -X")]),
            |root| root.vars("etc/portage/make.conf", &[("RUSTC_WRAPPER", "/usr/bin/sccache")]),
            |root| root.rules("etc/portage/package.use", &[("x11-libs/a", "-X rust")]),
            |root| root.items("var/lib/portage/world", &["dev-lang/rust-bin"]),
        ];
        for make in rusty {
            assert_eq!(codes(&make(of(board))), ["L012"]);
            assert_eq!(codes(&make(of(other))), [""; 0]);
        }
        let none = of(board)
            .vars("etc/portage/make.conf", &[("USE", "-rust rusty")])
            .items("var/lib/portage/world", &["app-misc/rust"]);
        assert_eq!(codes(&none), [""; 0]);
    }
}
