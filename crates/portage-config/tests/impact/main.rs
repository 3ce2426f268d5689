//! What a change means for installed packages, and whether emerge says the same.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails says so")]

#[path = "../common/mod.rs"]
mod common;
mod emerge;
mod machine;

use portage_config::config::Bytes;
use portage_config::impact::{self, Changed, Impact, Rebuild};
use portage_config::resolve::Machine;
use portage_config::tree::{Node, Tree};
use portage_config::vocab::RelPath;

use machine::Place;

/// What changes where these files are laid over a machine.
fn impact(place: &Place, files: &[(&str, &str)]) -> Impact {
    let mut tree = Tree::new();
    for (path, text) in files {
        let node = Node::File { bytes: Bytes((*text).into()), mode: 0o644 };
        tree.insert(RelPath::parse(path).unwrap(), node);
    }
    let (before, after) =
        (place.machine(), Machine::of(Some(place.root()), Some(&tree), [], &place.repositories()));
    let (before, after) = (before.settings(None).unwrap(), after.settings(None).unwrap());
    Impact::of(&before, &after, &place.subjects()).unwrap()
}

/// The packages that change, and what builds them again.
fn rebuilt(impact: &Impact) -> Vec<(&str, Rebuild)> {
    impact.changed.iter().map(|changed| (changed.package.cpn.as_str(), changed.rebuild)).collect()
}

fn two() -> Place {
    let place = Place::new();
    for name in ["one", "two"] {
        place.version(&format!("app-misc/{name}-1"), "X +nls", "");
        place.installed(&format!("app-misc/{name}-1"), "X +nls", "amd64 nls");
    }
    place
}

#[test]
fn nothing_changes_where_nothing_that_is_installed_has_the_flag() {
    let impact =
        impact(&two(), &[("etc/portage/make.conf", "USE=\"gtk\"\nMAKEOPTS=\"-j9\"\nFEATURES=\"ccache\"\n")]);
    assert_eq!((impact.total, impact.changed.len()), (2, 0));
}

#[test]
fn a_flag_that_differs_from_that_of_the_installed_package_is_rebuilt() {
    let place = two();
    let use_x = ("etc/portage/package.use", "app-misc/one X\n");
    let found = impact(&place, &[use_x]);
    assert_eq!(rebuilt(&found), [("app-misc/one", Rebuild::ChangedUse)]);
    assert_eq!(found.changed[0].flags, [("X".to_owned(), true)]);
    assert!(!found.changed[0].was_due);
    // It is built that way.
    place.installed("app-misc/one-1", "X +nls", "X amd64 nls");
    let found = impact(&place, &[use_x]);
    assert_eq!(rebuilt(&found), [("app-misc/one", Rebuild::No)]);
    assert!(found.changed[0].was_due);
}

#[test]
fn other_flags_for_the_compiler_are_rebuilt_by_hand_alone() {
    let place = two();
    place.put("var/db/pkg/app-misc/two-1/CFLAGS", "-O3\n");
    let conf = ("etc/portage/make.conf", "CFLAGS=\"-O3\"\nFEATURES=\"splitdebug\"\n");
    let found = impact(&place, &[conf]);
    assert_eq!(rebuilt(&found), [("app-misc/one", Rebuild::ByHand), ("app-misc/two", Rebuild::ByHand)]);
    assert_eq!(found.changed[0].by_hand(), ["CFLAGS", "FEATURES"]);
    // The second is built with them.
    let found = impact(&place, &[("etc/portage/make.conf", "CFLAGS=\"-O3\"\n")]);
    assert_eq!(rebuilt(&found), [("app-misc/one", Rebuild::ByHand), ("app-misc/two", Rebuild::No)]);
    let own = [
        ("etc/portage/package.env", "app-misc/two size\n"),
        ("etc/portage/env/size", "LDFLAGS=\"-Wl,-O1\"\n"),
    ];
    let found = impact(&place, &own);
    assert_eq!(rebuilt(&found), [("app-misc/two", Rebuild::ByHand)]);
    assert_eq!(found.changed[0].by_hand(), ["LDFLAGS"]);
    assert_eq!(found.changed[0].variables[0].after.as_deref(), Some("-Wl,-O1"));
}

#[test]
fn patches_are_rebuilt_by_hand() {
    let place = two();
    place.put("etc/portage/patches/app-misc/two/a.patch", "one\n");
    let path = "etc/portage/patches/app-misc/two/a.patch";
    assert_eq!(rebuilt(&impact(&place, &[(path, "one\n")])), []);
    let found = impact(&place, &[(path, "another\n"), ("etc/portage/patches/app-misc/one-1/b.patch", "b\n")]);
    assert_eq!(rebuilt(&found), [("app-misc/one", Rebuild::ByHand), ("app-misc/two", Rebuild::ByHand)]);
    assert_eq!(found.changed[1].patches, [format!("/{path}")]);
}

#[test]
fn masks_keywords_and_licences_come_and_go() {
    let place = two();
    place.version("app-misc/two-1", "X +nls", "LICENSE=EULA\n");
    place.put("etc/portage/package.mask", "app-misc/one\n");
    place.put("etc/portage/package.license", "app-misc/two EULA\n");
    let found = impact(
        &place,
        &[("etc/portage/package.mask", ""), ("etc/portage/package.license", "app-misc/two -*\n")],
    );
    let kinds = |changed: &Changed| {
        let kinds = |masks: &[portage_config::resolve::Mask]| {
            masks.iter().map(|mask| mask.kind()).collect::<Vec<_>>()
        };
        (kinds(&changed.unmasked), kinds(&changed.masked), changed.visible)
    };
    assert_eq!(kinds(&found.changed[0]), (vec!["package.mask"], vec![], (false, true)));
    assert_eq!(kinds(&found.changed[1]), (vec![], vec!["license"], (true, false)));
    assert_eq!(found.count(Rebuild::No), 2);
}

#[test]
fn required_use_that_is_violated_is_told() {
    let place = two();
    place.version("app-misc/one-1", "X +nls", "REQUIRED_USE=X? ( !nls )\n");
    let found = impact(&place, &[("etc/portage/make.conf", "USE=\"X\"\n")]);
    assert_eq!(found.changed[0].violated, ["X? ( !nls )"]);
    assert_eq!(found.changed[1].violated, [""; 0]);
}

#[test]
fn a_version_that_no_repository_has_is_described_by_the_database_and_not_rebuilt() {
    let place = two();
    place.installed("app-misc/gone-1", "X", "amd64");
    let found = impact(&place, &[("etc/portage/make.conf", "USE=\"X\"\n")]);
    assert_eq!(rebuilt(&found)[0], ("app-misc/gone", Rebuild::No));
    assert_eq!(found.changed.len(), 3);
}

#[test]
fn what_cannot_be_read_is_told() {
    let place = two();
    place.put("var/db/pkg/app-misc/noversion/SLOT", "0\n");
    place.put("var/db/pkg/app-misc/-MERGING-x-1/SLOT", "0\n");
    std::fs::create_dir_all(place.dir.path().join("var/db/pkg/app-misc/empty-1")).unwrap();
    let (found, unreadable) = impact::installed(&place.root());
    assert_eq!(found.len(), 2);
    let told: Vec<String> = unreadable.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "/var/db/pkg/app-misc/empty-1: it has no SLOT",
            "/var/db/pkg/app-misc/noversion: the name is that of no package version"
        ]
    );
}

#[test]
fn world_says_which_packages_somebody_asked_for() {
    let place = two();
    place.put("var/lib/portage/world", "app-misc/one\n");
    place.put("var/lib/portage/world_sets", "@mine\n@live\n");
    place.put("etc/portage/sets/mine", "# mine\n=app-misc/two-2\n");
    let world = impact::world(&place.root());
    let (found, _) = impact::installed(&place.root());
    assert_eq!(found.iter().map(|one| world.has(one)).collect::<Vec<_>>(), [true, false]);
    assert_eq!(world.other_sets, ["live"]);
    let all = impact::all(&place.repositories());
    assert_eq!(
        all.iter().map(|one| one.package.to_text()).collect::<Vec<_>>(),
        ["app-misc/one-1::gentoo", "app-misc/two-1::gentoo"]
    );
}
