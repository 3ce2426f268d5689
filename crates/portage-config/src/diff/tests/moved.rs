//! Entries that are elsewhere, and files in the place of others.

use super::*;

fn happened(changes: &[Change]) -> Vec<String> {
    let mut all = Vec::new();
    for change in changes {
        for m in &change.meaning {
            let what = match &m.happened {
                Happened::MovedTo(path) => format!("to {}", path.name()),
                Happened::MovedFrom(path) => format!("from {}", path.name()),
                other => other.name().to_owned(),
            };
            let same = if m.same { ", all the same" } else { "" };
            all.push(format!("{} {}: {what}{same}", change.path.name(), m.key));
        }
    }
    all
}

#[test]
fn an_entry_in_another_file_is_moved() {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), "etc/portage/package.use/a", "app/a x\napp/b y\n*/c x\n");
    put(dir.path(), "etc/portage/package.use/b", "app/* -x\n");
    put(dir.path(), "etc/portage/sets/one", "app/a\n");
    put(dir.path(), "etc/portage/sets/two", "app/b\n");
    let files = |a: &str, c: &str| {
        let sets = [file("etc/portage/sets/one", "app/b\n"), file("etc/portage/sets/two", "app/a\n")];
        let mut all = vec![file("etc/portage/package.use/a", a), file("etc/portage/package.use/c", c)];
        all.extend(sets);
        changes(dir.path(), all)
    };
    // The pattern passes the one of the file between, which does not change.
    assert_eq!(
        happened(&files("app/b y\n", "app/a x\n*/c x\n")),
        [
            "a app/a: to c, all the same",
            "a */c: to c",
            "c app/a: from a, all the same",
            "c */c: from a",
            "one app/a: removed",
            "one app/b: added",
            "two app/b: removed",
            "two app/a: added",
        ]
    );
    let changed = files("app/a x\n*/c x\n", "app/b -y\n");
    assert_eq!(&happened(&changed)[..2], ["a app/b: removed", "c app/b: added"], "with other words");
    let split = files("app/a x\napp/b y\n*/c x\n", "app/b z\n");
    assert_eq!(happened(&split)[0], "c app/b: added");
    let said_again = files("app/a x\napp/b y\n*/c x\n", "app/b y\n");
    assert_eq!(happened(&said_again)[0], "c app/b: added, all the same");
}

#[test]
fn a_folder_in_the_place_of_a_file_holds_what_the_file_held() {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), "etc/portage/package.use", "app/a x\n*/b y\n");
    let old = "etc/portage/package.keywords";
    put(dir.path(), old, "app/a\n");
    let files = vec![
        file("etc/portage/package.use/one", "*/b y\n"),
        file("etc/portage/package.use/two", "app/a x\n"),
        (rel(old), File::new(find(&rel(old)), Body::Absent)),
        file("etc/portage/package.accept_keywords", "app/a\n"),
    ];
    assert_eq!(
        happened(&changes(dir.path(), files)),
        [
            "package.accept_keywords app/a: from package.keywords, all the same",
            "package.keywords app/a: to package.accept_keywords, all the same",
            "package.use app/a: to two, all the same",
            "package.use */b: to one, all the same",
            "one */b: from package.use, all the same",
            "two app/a: from package.use, all the same",
        ]
    );
}
