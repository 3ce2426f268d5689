use std::os::unix::fs::symlink;
use std::path::Path;

use super::*;
use crate::report::Report;
use crate::repository::EbuildRepository;
use crate::root::Root;

const EBUILD: &str = "EAPI=8\nSRC_URI=\"https://x.org/${P}.tar.gz\"\nSLOT=0\nKEYWORDS=\"~amd64\"\n";

fn put(dir: &Path, path: &str, text: impl AsRef<[u8]>) {
    let path = dir.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn made(full: bool) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let mut wanted = New::named("local").unwrap();
    wanted.masters.clear();
    wanted.thin = !full;
    new(&wanted).unwrap().write(&Root::open(dir.path()).unwrap()).unwrap();
    put(dir.path(), "profiles/categories", "a-b\n");
    put(dir.path(), "profiles/arch.list", "amd64\n");
    put(dir.path(), "a-b/c/c-1.ebuild", EBUILD);
    put(
        dir.path(),
        "a-b/c/metadata.xml",
        "<pkgmetadata><maintainer type=\"person\"><email>a@b</email></maintainer></pkgmetadata>",
    );
    put(dir.path(), "dist/c-1.tar.gz", "sources");
    dir
}

fn open(dir: &Path) -> EbuildRepository {
    EbuildRepository::open(Root::open(dir).unwrap(), &mut Report::new()).unwrap()
}

fn codes(report: &Report) -> Vec<&'static str> {
    report.diagnostics.iter().map(|d| d.code.id).collect()
}

/// Makes the Manifests: the outcomes, and the codes of what was said.
fn manifests(dir: &Path, options: &Options<'_>) -> (Vec<Manifested>, Vec<&'static str>) {
    let (repository, mut report) = (open(dir), Report::new());
    let work = gather(&repository, &repository.packages().unwrap(), options, &mut report).unwrap();
    let (changes, all) = manifest(&work, options, 2, &|_| {}, &mut report);
    changes.write(repository.root()).unwrap();
    (all, codes(&report))
}

fn verified(dir: &Path) -> (Vec<(String, Found)>, Vec<&'static str>) {
    let (repository, mut report) = (open(dir), Report::new());
    let packages = repository.packages().unwrap();
    let work = listed(&repository, &packages, Some(&dir.join("dist")), &mut report).unwrap();
    let all = verify(&work, 2, &|_| {}, &mut report);
    let all = all.into_iter().filter(|one| one.found != Found::Right);
    (all.map(|one| (one.name, one.found)).collect(), codes(&report))
}

fn checked(dir: &Path) -> Vec<&'static str> {
    let (repository, mut report) = (open(dir), Report::new());
    check(&repository, &repository.packages().unwrap(), &[], &mut report).unwrap();
    let mut codes = codes(&report);
    codes.sort_unstable();
    codes.dedup();
    codes
}

#[test]
fn entries_of_absent_distfiles_are_kept_and_those_nobody_needs_go() {
    let dir = made(false);
    let at = dir.path();
    let distdir = at.join("dist");
    let options = Options::new(Some(&distdir));
    let (all, said) = manifests(at, &options);
    assert_eq!((all[0].outcome, all[0].entries, said.len()), (Outcome::Written, 1, 0));
    assert_eq!(manifests(at, &options).0[0].outcome, Outcome::Same);
    std::fs::remove_file(at.join("dist/c-1.tar.gz")).unwrap();
    let (all, _) = manifests(at, &options);
    assert_eq!(
        (all[0].outcome, all[0].kept.as_slice()),
        (Outcome::Same, ["c-1.tar.gz".to_owned()].as_slice())
    );
    // Version 2 needs another one, which is nowhere.
    put(at, "a-b/c/c-2.ebuild", EBUILD);
    let (all, said) = manifests(at, &options);
    assert_eq!((all[0].outcome, said), (Outcome::Failed, vec!["O031"]));
    put(at, "dist/c-2.tar.gz", "newer");
    std::fs::remove_file(at.join("a-b/c/c-1.ebuild")).unwrap();
    let (all, _) = manifests(at, &options);
    assert_eq!(
        (all[0].outcome, all[0].dropped.as_slice()),
        (Outcome::Written, ["c-1.tar.gz".to_owned()].as_slice())
    );
    // What only bash could say keeps all.
    put(at, "a-b/c/c-2.ebuild", "EAPI=8\ninherit x\n");
    let (all, said) = manifests(at, &options);
    assert_eq!((all[0].outcome, said), (Outcome::Same, vec!["O036"]));
    let add = ["c-3.tar.gz".to_owned()];
    put(at, "dist/c-3.tar.gz", "3");
    let mut options = options;
    options.add = &add;
    assert_eq!(manifests(at, &options).0[0].entries, 2);
    put(at, "a-b/c/c-2.ebuild", "EAPI=8\n");
    options.add = &[];
    assert_eq!(manifests(at, &options).0[0].outcome, Outcome::Removed);
    assert!(!at.join("a-b/c/Manifest").exists());
}

#[test]
fn a_distfile_that_changed_needs_force() {
    let dir = made(false);
    let distdir = dir.path().join("dist");
    let mut options = Options::new(Some(&distdir));
    manifests(dir.path(), &options);
    let before = std::fs::read(dir.path().join("a-b/c/Manifest")).unwrap();
    for text in ["SOURCES", "cut"] {
        put(dir.path(), "dist/c-1.tar.gz", text);
        assert_eq!(manifests(dir.path(), &options).1, ["O030"]);
        assert_eq!(std::fs::read(dir.path().join("a-b/c/Manifest")).unwrap(), before);
        assert_eq!(verified(dir.path()), (vec![("c-1.tar.gz".into(), Found::Wrong)], vec!["O033"]));
    }
    options.force = true;
    assert_eq!(manifests(dir.path(), &options).0[0].outcome, Outcome::Written);
    assert_eq!(verified(dir.path()), (vec![], vec![]));
}

#[test]
fn no_entry_is_without_its_hashes() {
    let dir = made(false);
    let distdir = dir.path().join("dist");
    for (hashes, count) in [
        ("manifest-hashes = WHIRLPOOL\nmanifest-required-hashes =\n", 1),
        ("manifest-hashes =\n", 1),
        ("manifest-hashes = SHA512\nmanifest-required-hashes = BLAKE2B WHIRLPOOL\n", 2),
    ] {
        put(dir.path(), "metadata/layout.conf", format!("masters =\nthin-manifests = true\n{hashes}"));
        let (repository, mut report) = (open(dir.path()), Report::new());
        let packages = repository.packages().unwrap();
        let options = Options::new(Some(&distdir));
        assert!(gather(&repository, &packages, &options, &mut report).is_err(), "{hashes}");
        assert_eq!(codes(&report), vec!["O032"; count], "{hashes}");
        let path = report.diagnostics[0].spot.path.as_ref().unwrap();
        assert_eq!(path.as_str(), "metadata/layout.conf");
    }
}

#[test]
fn needed_distfiles_have_entries_with_all_hashes() {
    let dir = made(false);
    let at = dir.path();
    assert_eq!(verified(at), (vec![("c-1.tar.gz".into(), Found::Unlisted)], vec!["O053"]));
    let digits = "0".repeat(128);
    put(at, "a-b/c/Manifest", format!("DIST c-1.tar.gz 7 SHA512 {digits}\n"));
    std::fs::remove_file(at.join("dist/c-1.tar.gz")).unwrap();
    assert_eq!(verified(at), (vec![("c-1.tar.gz".into(), Found::Absent)], vec!["O053"]));
    // A folder of its name is the mistake of this package alone.
    std::fs::create_dir(at.join("dist/c-1.tar.gz")).unwrap();
    put(at, "a-b/d/d-1.ebuild", EBUILD);
    put(at, "dist/d-1.tar.gz", "d");
    let distdir = at.join("dist");
    let (all, said) = manifests(at, &Options::new(Some(&distdir)));
    let outcomes: Vec<_> = all.iter().map(|one| one.outcome).collect();
    assert_eq!((outcomes, said), (vec![Outcome::Failed, Outcome::Written], vec!["O037", "O031"]));
    assert_eq!(verified(at), (vec![("c-1.tar.gz".into(), Found::Unreadable)], vec!["O037", "O053"]));
}

#[test]
fn a_full_manifest_knows_each_file() {
    let dir = made(true);
    let at = dir.path();
    put(at, "a-b/c/files/x.patch", "x");
    let distdir = at.join("dist");
    let options = Options::new(Some(&distdir));
    assert_eq!(manifests(at, &options).0[0].entries, 4);
    assert_eq!((verified(at), checked(at)), ((vec![], vec![]), vec![]));
    put(at, "a-b/c/files/x.patch", "y");
    put(at, "a-b/c/files/new.patch", "x");
    std::fs::remove_file(at.join("a-b/c/metadata.xml")).unwrap();
    std::fs::remove_file(at.join("dist/c-1.tar.gz")).unwrap();
    let (all, said) = verified(at);
    let expected = [
        ("x.patch", Found::Wrong),
        ("c-1.tar.gz", Found::Absent),
        ("metadata.xml", Found::Gone),
        ("new.patch", Found::Unlisted),
    ];
    assert_eq!(all, expected.map(|(name, found)| (name.to_owned(), found)));
    assert_eq!(said, ["O033", "O035", "O034"]);
    assert_eq!(checked(at), ["O035", "O051", "O053"]);
}

#[test]
fn links_that_lead_out_get_no_entry() {
    let dir = made(true);
    symlink("/etc/passwd", {
        std::fs::create_dir(dir.path().join("a-b/c/files")).unwrap();
        dir.path().join("a-b/c/files/passwd")
    })
    .unwrap();
    let distdir = dir.path().join("dist");
    let (all, said) = manifests(dir.path(), &Options::new(Some(&distdir)));
    assert_eq!((all[0].outcome, said), (Outcome::Failed, vec!["O037"]));
    assert!(!dir.path().join("a-b/c/Manifest").exists());
}

#[test]
fn each_mistake_is_found() {
    let clean = || {
        let dir = made(false);
        let distdir = dir.path().join("dist");
        manifests(dir.path(), &Options::new(Some(&distdir)));
        dir
    };
    assert_eq!(checked(clean().path()), [""; 0]);
    let ebuild = |text: &str| ("a-b/c/c-1.ebuild", text.to_owned());
    let cases: [(&str, String, &[&str]); 14] = [
        ("profiles/repo_name", String::new(), &["O040"]),
        ("metadata/layout.conf", "repo-name = other\nmasters =\nthin-manifests = true\n".into(), &["O041"]),
        ("metadata/layout.conf", "thin-manifests = true\n".into(), &["O042"]),
        ("profiles/eapi", "nine\n".into(), &["O043"]),
        ("profiles/categories", "x-y\n".into(), &["O045"]),
        (ebuild("").0, EBUILD.replace("EAPI=8", "EAPI=12"), &["O046"]),
        (ebuild("").0, EBUILD.replace("EAPI=8", "EAPI=6"), &["O047"]),
        (ebuild("").0, EBUILD.replace("~amd64", "~amd64 vax"), &["O048"]),
        (ebuild("").0, EBUILD.replace("~amd64", "~amd64 amd64 -*"), &["O049"]),
        ("a-b/c/c-9999.ebuild", EBUILD.replace("SRC_URI", "A"), &["O050"]),
        ("a-b/c/metadata.xml", "<x/>".into(), &["O027"]),
        ("a-b/c/c-2.ebuild", EBUILD.into(), &["O053"]),
        ("a-b/c/files/large", "x".repeat(20 * 1024 + 1), &["O054"]),
        ("a-b/c/files/a b", "x".into(), &["O055"]),
    ];
    for (path, text, expected) in cases {
        let dir = clean();
        put(dir.path(), path, text);
        assert_eq!(checked(dir.path()), expected, "{path}");
    }
    for (path, expected) in
        [("profiles/eapi", &["O044"][..]), ("a-b/c/metadata.xml", &["O051"]), ("a-b/c/Manifest", &["O052"])]
    {
        let dir = clean();
        std::fs::remove_file(dir.path().join(path)).unwrap();
        assert_eq!(checked(dir.path()), expected, "{path}");
    }
}
