//! `check` with ebuild repositories.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails says so")]

mod common;

use common::Folder;

const SPEC: &str = "spec = 1\n[package.use]\n\"app-editors/vin\" = \"lua\"\n\"app-editors/vim\" = \"lua luja\"\n\
    [repos.conf]\nlocal.location = \"/srv/local\"\n";

fn folder() -> Folder {
    Folder::new(&[
        ("x.toml", SPEC),
        ("root/var/db/repos/gentoo/profiles/repo_name", "gentoo\n"),
        ("root/var/db/repos/gentoo/app-editors/vim/vim-9.ebuild", "EAPI=8\n"),
        (
            "root/var/db/repos/gentoo/metadata/md5-cache/app-editors/vim-9",
            "EAPI=8\nIUSE=lua\nSLOT=0\nKEYWORDS=x86\n",
        ),
        ("root/srv/local/profiles/repo_name", "local\n"),
        ("root/srv/local/metadata/layout.conf", "masters = gentoo\n"),
        ("own/profiles/repo_name", "local\n"),
        ("own/app-editors/vin/vin-1.ebuild", "EAPI=8\nIUSE=lua\nSLOT=0\n"),
    ])
}

/// The codes of the findings about packages, and of what was not run.
fn codes(folder: &Folder, more: &[&str]) -> (Vec<String>, Vec<String>) {
    let json = folder.run(&[&["check", "x.toml", "--format", "json"], more].concat()).json();
    let all = |list: &str| {
        let list = json[list].as_array().unwrap().iter();
        list.map(|entry| entry["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let found = all("diagnostics").into_iter().filter(|code| ["L020", "L210"].contains(&code.as_str()));
    (found.collect(), all("skipped"))
}

#[test]
fn packages_are_looked_for_where_one_says() {
    let folder = folder();
    let (found, skipped) = codes(&folder, &[]);
    assert_eq!(found, [""; 0]);
    assert!(skipped.contains(&"L020".to_owned()) && skipped.contains(&"L210".to_owned()));
    let (found, skipped) = codes(&folder, &["--root", "root"]);
    assert_eq!(found, ["L210", "L020"]);
    assert!(!skipped.contains(&"L210".to_owned()) && skipped.contains(&"L215".to_owned()), "{skipped:?}");
    let (found, _) = codes(&folder, &["--root", "root", "--repo", "own"]);
    assert_eq!(found, ["L020"], "its package is in the repository that was given");
    let (found, _) = codes(&folder, &["--root", "root", "--repo", "local=own"]);
    assert_eq!(found, ["L020"]);
    let (found, skipped) = codes(&folder, &["--repo", "own"]);
    assert_eq!(found, [""; 0]);
    assert!(skipped.contains(&"L210".to_owned()), "gentoo is not there");
    let (found, _) = codes(&folder, &["--repo", "own", "--repo", "root/var/db/repos/gentoo"]);
    assert_eq!(found, ["L020"]);
    folder.run(&["check", "x.toml", "--repo", "nowhere"]).expect(2);
    folder.run(&["check", "x.toml", "--root", "nowhere"]).expect(2);
}

#[test]
fn what_was_not_run_is_said() {
    let folder = folder();
    assert!(!folder.run(&["check", "x.toml"]).expect(0).err.contains("not run"));
    insta::assert_snapshot!("packages", folder.run(&["check", "x.toml", "--root", "root"]).all());
    assert!(folder.run(&["check", "x.toml", "-v"]).err.contains("(it needs an ebuild repository)"));
    assert!(!folder.run(&["check", "x.toml", "-v", "-q"]).err.contains("not run"));
}
