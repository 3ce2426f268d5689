//! The ebuild repository that comes with the library.

use super::overlay::from_table;
use crate::tree::Tree;

/// Its name.
pub(super) const NAME: &str = "portage-config";

macro_rules! table {
    ($($path:literal)*) => {
        &[$(($path, include_bytes!(concat!("../../overlay/", $path)).as_slice())),*]
    };
}

/// Its files. What only people read (README.md) is no part of it.
static FILES: &[(&str, &[u8])] = table! {
    "app-portage/portage-config/metadata.xml"
    "app-portage/portage-config/portage-config-9999.ebuild"
    "dev-libs/klibc/Manifest"
    "dev-libs/klibc/klibc-2.0.14.ebuild"
    "dev-libs/klibc/metadata.xml"
    "metadata/layout.conf"
    "profiles/eapi"
    "profiles/repo_name"
    "sys-apps/mingetty/Manifest"
    "sys-apps/mingetty/metadata.xml"
    "sys-apps/mingetty/mingetty-1.08.ebuild"
    "sys-kernel/ugrd-nbd/files/nbd.py"
    "sys-kernel/ugrd-nbd/files/nbd.toml"
    "sys-kernel/ugrd-nbd/metadata.xml"
    "sys-kernel/ugrd-nbd/ugrd-nbd-1.ebuild"
    "sys-libs/musl/Manifest"
    "sys-libs/musl/files/ldconfig.in"
    "sys-libs/musl/files/musl-1.2.5-iconv-euc-kr.patch"
    "sys-libs/musl/files/musl-1.2.5-localhost.patch"
    "sys-libs/musl/files/stack_chk.c"
    "sys-libs/musl/metadata.xml"
    "sys-libs/musl/musl-1.2.5-r100.ebuild"
};

/// The repository as a folder of files.
pub(super) fn tree() -> Tree {
    from_table(FILES)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_file_is_there() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("overlay");
        let mut found = BTreeSet::new();
        let mut open = vec![folder.clone()];
        while let Some(here) = open.pop() {
            for entry in std::fs::read_dir(here).unwrap() {
                let path = entry.unwrap().path();
                let name = path.strip_prefix(&folder).unwrap().to_str().unwrap().to_owned();
                if path.is_dir() {
                    open.push(path);
                } else if name != "README.md" {
                    found.insert(name);
                }
            }
        }
        assert_eq!(found, FILES.iter().map(|(path, _)| (*path).to_owned()).collect());
    }
}
