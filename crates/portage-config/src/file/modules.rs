//! The classes that Portage loads: portage(5), modules.

use super::{Grammar, Kind, PairsDialect, Place};
use crate::model::Model;
use crate::report::{Code, Findings, Key};
use crate::vocab::nearest;

/// Which class holds the cache of ebuilds' metadata: `portdbapi.auxdbmodule = CLASS`, portage(5).
pub static MODULES: Kind = Kind {
    name: "modules",
    about: "Which class holds the cache of ebuilds' metadata: `portdbapi.auxdbmodule = CLASS`, portage(5).",
    place: Place::FileOrFolder("etc/portage/modules"),
    grammar: Grammar::Pairs(PairsDialect::KeyValue),
    template: Some("etc/portage/modules.j2"),
    mode: 0o644,
    check,
};

/// The only key that Portage asks for.
const KEY: &str = "portdbapi.auxdbmodule";

/// The classes of Portage itself.
const CLASSES: [&str; 7] = [
    "portage.cache.anydbm.database",
    "portage.cache.ebuild_xattr.database",
    "portage.cache.flat_hash.database",
    "portage.cache.flat_hash.md5_database",
    "portage.cache.flat_hash.mtime_md5_database",
    "portage.cache.sqlite.database",
    "portage.cache.volatile.database",
];

/// The names that Portage replaces, with a warning.
const DEPRECATED: [&str; 2] = ["cache.metadata_overlay.database", "portage.cache.metadata_overlay.database"];

/// A key or class that is none of Portage's.
pub(crate) const L136: Code = Code::warning(
    "L136",
    "unknown-module",
    "Portage asks for one key only, and a class that cannot be imported keeps emerge from starting.",
    "lib/portage/package/ebuild/config.py; portage(5), modules",
);

fn check(model: &Model, findings: &mut Findings<'_>) {
    let Model::Pairs(pairs) = model else { return };
    for pair in &pairs.pairs {
        let (key, class) = (Key::of(&pair.key), pair.value.reveal());
        if pair.key != KEY {
            findings
                .at(&L136, key, format!("Portage does not ask for `{}`", pair.key))
                .set_help(format!("the only key is {KEY}"));
        } else if DEPRECATED.contains(&class) {
            findings
                .at(&L136, key, format!("`{class}` is a deprecated name"))
                .set_help("write portage.cache.flat_hash.mtime_md5_database");
        } else if !CLASSES.contains(&class) {
            let found = findings.at(&L136, key, format!("`{class}` is no class of Portage"));
            match nearest(class, CLASSES.iter().copied()) {
                Some(near) => found.set_help(format!("did you mean {near}?")),
                None => found.set_help("take the line out if no other package brings the class"),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::file::testing::{codes, pairs};

    #[test]
    fn keys_and_classes() {
        let of = |key: &str, class: &str| codes("etc/portage/modules", pairs(&[(key, class)]));
        assert_eq!(of("portdbapi.auxdbmodule", "portage.cache.sqlite.database"), [""; 0]);
        assert_eq!(of("portdbapi.auxdbmodule", "portage.cache.sqlit.database"), ["L136"]);
        assert_eq!(of("portdbapi.auxdbmodule", "cache.metadata_overlay.database"), ["L136"]);
        assert_eq!(of("eclass_cache.auxdbmodule", "portage.cache.sqlite.database"), ["L136"]);
    }
}
