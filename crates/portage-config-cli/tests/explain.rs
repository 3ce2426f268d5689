//! What is explained of the 486 system over a repository of our own.

mod common;

use common::{Folder, Run, gentoo};

fn folder() -> Folder {
    let folder = Folder::new(&[]);
    gentoo::write(&folder.join("gentoo"));
    folder.run(&["new", "i486-glibc-systemd", "--example", "-o", "board.toml"]).expect(0);
    folder
}

fn explain(folder: &Folder, words: &[&str]) -> Run {
    let machine = ["--spec", "board.toml", "--repo", "gentoo=gentoo"];
    folder.run(&[&["explain"], words, &machine].concat())
}

#[test]
fn for_people() {
    let folder = folder();
    for (name, words) in [
        ("overview", &["sys-libs/glibc"][..]),
        ("variable", &["sys-libs/glibc", "CFLAGS", "-v"]),
        ("flag", &["sys-kernel/installkernel", "use:ugrd"]),
        ("flag_verbose", &["sys-kernel/installkernel", "use:ugrd", "-v"]),
        ("visible", &["sys-kernel/ugrd", "visible", "-v"]),
        ("old", &["=sys-kernel/ugrd-2*", "visible"]),
        ("global", &["make.conf:USE"]),
    ] {
        insta::assert_snapshot!(format!("explain_{name}"), explain(&folder, words).all());
    }
}

#[test]
fn for_programs() {
    let folder = folder();
    let run = explain(&folder, &["sys-kernel/installkernel", "use:ugrd", "--format", "json"]).expect(0);
    insta::assert_snapshot!("explain_json", serde_json::to_string_pretty(&run.json()["explain"]).unwrap());
    let run = explain(&folder, &["sys-libs/glibc", "--format", "json"]).expect(0);
    insta::assert_snapshot!(
        "explain_json_package",
        serde_json::to_string_pretty(&run.json()["explain"]).unwrap()
    );
}

#[test]
fn what_nobody_knows() {
    let folder = folder();
    let run = explain(&folder, &["sys-libs/glibcc"]).expect(1);
    assert!(run.err.contains("did you mean `sys-libs/glibc`?"), "{}", run.all());
    let run = explain(&folder, &["sys-libs/glibc", "use:nope"]).expect(1);
    assert!(run.err.contains("its flags are: "), "{}", run.all());
    assert!(explain(&folder, &["glibc"]).expect(2).err.contains("neither a package nor a code"));
    explain(&folder, &["make.conf:NOPE"]).expect(1);
    explain(&folder, &["fstab:x"]).expect(2);
    let run = folder.run(&["explain", "lto-libc"]).expect(0);
    assert!(run.out.starts_with("L003 lto-libc"), "{}", run.all());
    let run = folder.run(&["explain", "sys-libs/glibc", "--spec", "board.toml"]).expect(1);
    assert!(run.err.contains("no ebuild repository was found"), "{}", run.all());
}

#[test]
fn credentials_stay_hidden() {
    let folder = folder();
    folder.write(
        "own.toml",
        b"spec = 1\nextends = [\"board.toml\"]\n[make.conf]\nFETCHCOMMAND_X = \"curl https://me:s3cr3t@example.org/\"\n",
    );
    for words in [&["make.conf:FETCHCOMMAND_X"][..], &["sys-libs/glibc", "FETCHCOMMAND_X", "-v"]] {
        let machine = ["--spec", "own.toml", "--repo", "gentoo=gentoo"];
        let run = folder.run(&[&["explain"], words, &machine].concat());
        assert!(!run.all().contains("s3cr3t") && run.all().contains("curl"), "{}", run.all());
    }
}

#[test]
fn the_environment_goes_before_all() {
    let folder = folder();
    let run = explain(&folder, &["sys-libs/glibc", "CFLAGS", "--env", "CFLAGS=-Os"]).expect(0);
    assert!(run.out.starts_with("sys-libs/glibc-2.42-r4::gentoo CFLAGS: -Os\n"), "{}", run.all());
}
