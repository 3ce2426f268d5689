//! `diff --impact` and `apply --impact`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails says so")]

mod common;

use common::Folder;

const SPEC: &str = "spec = 1\n[make.conf]\nCFLAGS = \"-O3\"\n[package.use]\n\"app-editors/vim\" = \"lua\"\n\
    [package.mask]\n\"app-editors/nano\" = true\n";
const REPO: &str = "root/var/db/repos/gentoo";

fn folder() -> Folder {
    let entry = "EAPI=8\nIUSE=lua\nSLOT=0\nKEYWORDS=x86\nLICENSE=MIT\n";
    let folder = Folder::new(&[
        ("x.toml", SPEC),
        ("root/etc/portage/make.conf", "CFLAGS=\"-O2\"\n"),
        ("root/var/lib/portage/world", "app-editors/ed\n"),
        ("root/var/db/repos/gentoo/profiles/repo_name", "gentoo\n"),
        ("root/var/db/repos/gentoo/profiles/categories", "app-editors\n"),
        ("root/var/db/repos/gentoo/profiles/base/make.defaults", "ARCH=\"x86\"\nACCEPT_KEYWORDS=\"x86\"\n"),
        ("root/var/db/repos/gentoo/metadata/layout.conf", "masters =\ncache-formats = md5-dict\n"),
    ]);
    for name in ["vim", "nano", "ed"] {
        folder.write(&format!("{REPO}/app-editors/{name}/{name}-1.ebuild"), b"EAPI=8\n");
        folder.write(&format!("{REPO}/metadata/md5-cache/app-editors/{name}-1"), entry.as_bytes());
        for (file, text) in
            [("EAPI", "8"), ("SLOT", "0"), ("IUSE", "lua"), ("USE", "x86"), ("repository", "gentoo")]
        {
            folder.write(
                &format!("root/var/db/pkg/app-editors/{name}-1/{file}"),
                format!("{text}\n").as_bytes(),
            );
        }
    }
    let profile = "../../var/db/repos/gentoo/profiles/base";
    std::os::unix::fs::symlink(profile, folder.path().join("root/etc/portage/make.profile")).unwrap();
    folder
}

fn told(folder: &Folder, args: &[&str]) -> String {
    let out = folder.run(&[&["diff", "x.toml", "--root", "root"], args].concat()).expect(1).out;
    out.split_once("\n3 of").map_or(out.clone(), |(_, rest)| format!("3 of{rest}"))
}

#[test]
fn counts_come_first_and_the_packages_where_they_are_asked_for() {
    let folder = folder();
    insta::assert_snapshot!("impact_counts", told(&folder, &["--impact"]));
    insta::assert_snapshot!("impact_list", told(&folder, &["--impact=list"]));
    assert_eq!(told(&folder, &["--impact", "-v"]), told(&folder, &["--impact=list"]));
    assert!(told(&folder, &["--impact", "--packages", "world"]).contains("1 of 1 packages of world change"));
    assert!(told(&folder, &["--impact", "--packages", "all"]).contains("3 of 3 versions change"));
}

#[test]
fn programs_are_told_all() {
    let folder = folder();
    let args = ["diff", "x.toml", "--root", "root", "--impact", "--format", "json"];
    let json = folder.run(&args).expect(1).json();
    let impact = serde_json::to_string_pretty(&json["roots"][0]["impact"]).unwrap();
    insta::assert_snapshot!("impact_json", impact);
    let dry =
        ["apply", "x.toml", "--root", "root", "--take-ours", "--dry-run", "--impact", "--format", "json"];
    let applied = folder.run(&dry).expect(1).json();
    assert_eq!(applied["roots"][0]["impact"], json["roots"][0]["impact"]);
    let people = folder.run(dry.split_at(7).0).expect(1).out;
    assert!(people.contains("3 of 3 installed packages change: "), "{people}");
}

#[test]
fn why_nothing_is_known_is_said() {
    let folder = folder();
    std::fs::rename(folder.path().join(REPO), folder.path().join("away")).unwrap();
    let said = folder.run(&["diff", "x.toml", "--root", "root", "--impact"]).expect(1).out;
    let line = said.lines().last().unwrap();
    insta::assert_snapshot!("impact_unknown", line);
    assert!(told(&folder, &["--impact", "--repo", "away"]).starts_with("3 of 3 installed packages change"));
    std::fs::remove_dir_all(folder.path().join("root/var/db/pkg")).unwrap();
    let said = folder.run(&["diff", "x.toml", "--root", "root", "--impact", "--repo", "away"]).expect(1).out;
    assert!(said.ends_with("The impact is not known: no package is installed there.\n"), "{said}");
    let json =
        folder.run(&["diff", "x.toml", "--root", "root", "--impact", "--format", "json"]).expect(1).json();
    assert!(json["roots"][0]["impact"]["unknown"].as_str().unwrap().contains("no ebuild repository"));
    folder.run(&["diff", "x.toml", "--root", "root", "--repo", "away"]).expect(2);
}

#[test]
fn two_specs_are_compared_for_all_packages() {
    let folder = folder();
    let link = "[file.\"make.profile\"]\nlink = \"/var/db/repos/gentoo/profiles/base\"\n";
    folder.write("old.toml", format!("spec = 1\n[make.conf]\nCFLAGS = \"-O2\"\n{link}").as_bytes());
    folder.write("new.toml", format!("{SPEC}{link}").as_bytes());
    let args = ["--impact=list", "--packages", "all", "--repo", "root/var/db/repos/gentoo"];
    let out = folder.run(&[&["diff", "old.toml", "new.toml"], &args[..]].concat()).expect(1).out;
    insta::assert_snapshot!("impact_specs", out.split_once("\n3 of").map(|(_, rest)| rest).unwrap());
    let run = folder.run(&["diff", "old.toml", "new.toml", "--impact", "--packages", "all"]).expect(1);
    assert!(run.out.contains("The impact is not known: no ebuild repository is found"), "{}", run.all());
}
