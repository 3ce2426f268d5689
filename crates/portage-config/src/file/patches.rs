//! Files of single packages: portage(5), patches and savedconfig.

use super::{Grammar, Kind, Place, read_by_portage};
use crate::model::Model;
use crate::report::{Code, Findings, Key};

/// Patches for single packages: CATEGORY/PACKAGE, with a version or a slot or without, and below it `*.patch` and `*.diff`, portage(5).
pub static PATCHES: Kind = Kind {
    name: "patches",
    about: "Patches for single packages: CATEGORY/PACKAGE, with a version or a slot or without, and below it `*.patch` and `*.diff`, portage(5).",
    place: Place::Folder("etc/portage/patches"),
    grammar: Grammar::Opaque,
    template: None,
    mode: 0o644,
    check,
};

/// Packages' own configuration with USE=savedconfig: CATEGORY/PACKAGE, with a version or without, a file or a folder, savedconfig.eclass.
pub static SAVEDCONFIG: Kind = Kind {
    name: "savedconfig",
    about: "Packages' own configuration with USE=savedconfig: CATEGORY/PACKAGE, with a version or without, a file or a folder, savedconfig.eclass.",
    place: Place::Folder("etc/portage/savedconfig"),
    grammar: Grammar::Opaque,
    template: None,
    mode: 0o644,
    check: super::nothing_to_check,
};

/// A file that is no patch to Portage.
pub(crate) const L132: Code = Code::warning(
    "L132",
    "patch-not-applied",
    "Only files directly in a folder CATEGORY/PACKAGE whose names end in `.patch` or `.diff` are applied.",
    "PMS 12.3.8, eapply_user; bin/phase-helpers.sh",
);

/// A patch that takes another one back.
pub(crate) const L133: Code = Code::hint(
    "L133",
    "empty-patch",
    "An empty patch cancels one of the same name in a less specific folder; otherwise it does nothing.",
    "bin/phase-helpers.sh, eapply_user",
);

fn check(model: &Model, findings: &mut Findings<'_>) {
    let Model::Opaque(opaque) = model else { return };
    let path = findings.path().clone();
    let Some(rest) = path.below("etc/portage/patches") else { return };
    // A name that begins with a dot was chosen to be passed over.
    if !read_by_portage(path.name()) || is_put_aside(path.name()) {
        return;
    }
    if rest.matches('/').count() != 2 {
        findings
            .at(&L132, Key::file(), format!("`{rest}` does not lie in a folder CATEGORY/PACKAGE"))
            .set_help("move it to patches/CATEGORY/PACKAGE/");
    } else if !path.name().ends_with(".patch") && !path.name().ends_with(".diff") {
        findings
            .at(&L132, Key::file(), format!("`{}` ends neither in `.patch` nor in `.diff`", path.name()))
            .set_help(format!("name it {}.patch", path.name()));
    } else if opaque.bytes.0.is_empty() {
        findings.at(&L133, Key::file(), format!("`{}` is empty: it cancels another one", path.name()));
    }
}

/// Whether a name says that the patch is not meant to be applied.
fn is_put_aside(name: &str) -> bool {
    const ASIDE: [&str; 9] = ["disabled", "off", "old", "bak", "orig", "unused", "rej", "broken", "inactive"];
    let mut parts = name.split('.').skip(1);
    !name.ends_with(".patch") && !name.ends_with(".diff") && parts.any(|part| ASIDE.contains(&part))
}

#[cfg(test)]
mod tests {
    use crate::file::testing::{codes, opaque};

    #[test]
    fn patches_lie_where_they_are_applied() {
        for (path, text, found) in [
            ("sys-libs/glibc/a.patch", "x", None),
            ("sys-libs/glibc-2.43-r1:2.2/a.diff", "x", None),
            ("sys-libs/glibc/.a", "x", None),
            ("sys-libs/glibc/a.patch.disabled", "x", None),
            ("sys-libs/glibc/a.patch.off.why", "x", None),
            ("sys-libs/glibc/off", "x", Some("L132")),
            ("sys-libs/glibc/a.PATCH", "x", Some("L132")),
            ("sys-libs/glibc/sub/a.patch", "x", Some("L132")),
            ("glibc/a.patch", "x", Some("L132")),
            ("sys-libs/glibc/a.patch", "", Some("L133")),
        ] {
            let path = format!("etc/portage/patches/{path}");
            assert_eq!(codes(&path, opaque(text)), Vec::from_iter(found), "{path}");
        }
    }
}
