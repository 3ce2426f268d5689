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
    "metadata/layout.conf"
    "profiles/eapi"
    "profiles/repo_name"
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
