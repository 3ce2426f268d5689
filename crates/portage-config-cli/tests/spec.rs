//! What the commands answer about specs.

mod common;

use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use common::specs::{SECRET, folder};
use common::{Folder, command};

#[test]
fn show_says_where_everything_comes_from() {
    let folder = folder();
    insta::assert_snapshot!("show", folder.run(&["show", "layer.toml"]).expect(0).out);
    insta::assert_snapshot!(
        "show_json",
        folder.run(&["show", "layer.toml", "make.conf", "--format", "json"]).expect(0).out
    );
    let one = folder.run(&["show", "layer.toml", "package.use"]).expect(0);
    assert!(one.out.contains("package.use/apps") && !one.out.contains("COMMON_FLAGS"), "{}", one.all());
    assert!(folder.run(&["show", "layer.toml", "/etc/conf.d/hostname"]).expect(0).out.contains("box"));
}

#[test]
fn what_show_prints_is_toml() {
    let folder = folder();
    for spec in ["good.toml", "layer.toml", "roots.toml", "secret.toml"] {
        let run = folder.run(&["show", spec]).expect(0);
        assert!(run.out.parse::<toml_edit::DocumentMut>().is_ok(), "{}", run.all());
    }
}

#[test]
fn render_writes_the_tree() {
    let folder = folder();
    let run = folder.run(&["render", "good.toml", "--out", "tree"]).expect(0);
    assert_eq!(run.out, "");
    assert_eq!(run.err, "4 files\n");
    assert_eq!(
        folder.list("tree"),
        [
            "etc/conf.d/hostname 0644",
            "etc/portage/make.conf 0644",
            "etc/portage/make.profile -> /var/db/repos/gentoo/profiles/default/linux/x86/23.0/i486",
            "etc/portage/package.use/apps 0644",
        ]
    );
    assert!(folder.read("tree/etc/portage/make.conf").contains("COMMON_FLAGS=\"-O2 -pipe\""));
    let quiet = folder.run(&["render", "good.toml", "--out", "quiet", "-q"]).expect(0);
    assert_eq!((quiet.out.as_str(), quiet.err.as_str()), ("", ""));
}

#[test]
fn render_says_that_there_are_mistakes() {
    let folder = folder();
    folder.write("typo.toml", b"spec = 1\n[make.conf]\nACCEPT_KEYWORD = \"x86\"\n");
    let run = folder.run(&["render", "typo.toml", "--out", "tree"]).expect(0);
    assert_eq!(run.err, "1 file\nwhat was rendered has mistakes: see `portage-config check typo.toml`\n");
    folder.write("allowed.toml", b"spec = 1\nextends = [\"typo.toml\"]\n[check]\nL101 = \"allow\"\n");
    assert_eq!(folder.run(&["render", "allowed.toml", "--out", "other"]).expect(0).err, "1 file\n");
}

#[test]
fn what_is_there_stays() {
    let folder = folder();
    folder.write("tree/mine", b"mine");
    folder.run(&["render", "good.toml", "--out", "tree"]).expect(2);
    assert_eq!(folder.list("tree"), ["mine 0644"]);
    folder.run(&["render", "good.toml", "--out", "tree", "--force"]).expect(0);
    assert_eq!(folder.read("tree/mine"), "mine");
    assert!(folder.join("tree/etc/portage/make.conf").exists());
    folder.write("x.tar", b"mine");
    folder.run(&["render", "good.toml", "--tar", "x.tar"]).expect(2);
    assert_eq!(folder.read("x.tar"), "mine");
    folder.run(&["render", "good.toml", "--tar", "x.tar", "--force"]).expect(0);
}

#[test]
fn roots_lie_in_folders() {
    let folder = folder();
    let run = folder.run(&["render", "roots.toml", "--out", "tree"]).expect(0);
    assert_eq!(run.err, "host: 1 file\niso: 1 file\ncross: 1 file\n");
    assert_eq!(
        folder.list("tree"),
        [
            "host/etc/portage/make.conf 0644",
            "host/usr/i486-pc-linux-gnu/etc/portage/make.conf 0644",
            "iso/etc/portage/make.conf 0644",
        ]
    );
    folder.run(&["render", "roots.toml#iso", "--out", "one"]).expect(0);
    assert_eq!(folder.list("one"), ["iso/etc/portage/make.conf 0644"]);
    let json = folder.run(&["render", "roots.toml", "--out", "json", "--format", "json"]).expect(0).json();
    let cross = json["roots"].as_array().unwrap().iter().find(|root| root["name"] == "cross").unwrap();
    assert_eq!(cross["dir"], "host/usr/i486-pc-linux-gnu");
    assert_eq!(cross["at"], serde_json::json!({"root": "host", "path": "/usr/i486-pc-linux-gnu"}));
    assert_eq!(cross["files"][0]["path"], "etc/portage/make.conf");
}

#[test]
fn catalyst_gets_what_it_copies() {
    let folder = folder();
    folder.write(
        "catalyst.toml",
        b"spec = 1\n[make.conf]\nCFLAGS = \"-O2\"\nCXXFLAGS = \"-O2\"\n[file.\"make.profile\"]\nlink = \"/x\"\n[\"package.use/desk\"]\n\
         \"a/b\" = \"x\"\n[\"/etc/fstab\"]\n\"/\" = { source = \"/dev/a\", type = \"ext4\" }\n",
    );
    let render = ["render", "catalyst.toml", "--form", "portage-confdir"];
    let done = folder.run(&[&render[..], &["--out", "confdir"]].concat()).expect(0);
    assert_eq!(folder.list("confdir"), ["package.use/desk 0644"]);
    assert!(done.err.contains("etc/fstab, etc/portage/make.conf, etc/portage/make.profile"), "{}", done.err);
    let json = folder.run(&[&render[..], &["--out", "json", "--format", "json"]].concat()).expect(0).json();
    assert_eq!(json["roots"][0]["files"][0]["path"], "package.use/desk");
    assert_eq!(json["roots"][0]["files"].as_array().unwrap().len(), 1);
    folder.run(&["render", "roots.toml#cross", "--form", "portage-confdir", "--out", "cross"]).expect(0);
    folder.run(&["render", "roots.toml", "--form", "portage-confdir", "--out", "all"]).expect(2);
    folder.run(&[&render[..], &["--out", "confdir", "--force"]].concat()).expect(2);
}

#[test]
fn the_tar_file_is_the_tree() {
    let folder = folder();
    folder.run(&["render", "roots.toml", "--tar", "a.tar"]).expect(0);
    let piped = folder.run(&["render", "roots.toml", "--tar", "-"]).expect(0);
    assert_eq!(std::fs::read(folder.join("a.tar")).unwrap(), piped.bytes, "always the same bytes");
    folder.run(&["render", "roots.toml", "--out", "tree"]).expect(0);
    std::fs::create_dir(folder.join("untarred")).unwrap();
    let mut tar = std::process::Command::new("tar");
    tar.args(["-xpf", "../a.tar"]).current_dir(folder.join("untarred"));
    assert!(tar.status().unwrap().success());
    assert_eq!(folder.list("tree"), folder.list("untarred"));
    folder.run(&["render", "roots.toml", "--tar", "-", "--format", "json"]).expect(2);
}

#[test]
fn diff_finds_what_differs() {
    let folder = folder();
    folder.run(&["render", "good.toml", "--out", "root"]).expect(0);
    assert_eq!(folder.run(&["diff", "good.toml", "--root", "root"]).expect(0).out, "");
    let conf = folder.read("root/etc/portage/make.conf").replace("nbd", "lto");
    folder.write("root/etc/portage/make.conf", conf.as_bytes());
    insta::assert_snapshot!("diff", folder.run(&["diff", "good.toml", "--root", "root"]).expect(1).out);
    insta::assert_snapshot!(
        "diff_json",
        folder.run(&["diff", "good.toml", "--root", "root", "--format", "json"]).expect(1).out
    );
    let text = folder.run(&["diff", "good.toml", "--root", "root", "--text"]).expect(1).out;
    let meaning = folder.run(&["diff", "good.toml", "--root", "root", "--meaning"]).expect(1).out;
    assert!(text.contains("@@") && !meaning.contains("@@"));
    assert!(meaning.contains("    + USE: nbd added\n"));
}

#[test]
fn roots_are_found_through_their_hosts() {
    let folder = folder();
    folder.run(&["render", "roots.toml", "--out", "tree"]).expect(0);
    folder.run(&["diff", "roots.toml", "--root", "host=tree/host", "--root", "iso=tree/iso"]).expect(0);
    folder.run(&["diff", "roots.toml#cross", "--root", "host=tree/host"]).expect(0);
    folder.run(&["diff", "roots.toml#iso", "--root", "tree/iso"]).expect(0);
    folder.run(&["diff", "roots.toml#iso", "--root", "tree/host"]).expect(1);
    let run = folder.run(&["diff", "roots.toml", "--root", "host=tree/host"]).expect(2);
    assert!(run.err.contains("--root iso=DIR"), "{}", run.all());
    folder.run(&["diff", "roots.toml", "--root", "hots=tree/host"]).expect(2);
}

#[test]
fn secrets_are_never_shown() {
    let folder = folder();
    folder.write("bad.toml", SECRET.replace("[\"repos", "[\"repso").as_bytes());
    folder.write("cut.toml", SECRET.replace("\"hunter2\"", "\"hunter2").as_bytes());
    std::fs::create_dir(folder.join("root")).unwrap();
    for args in [
        &["check", "secret.toml", "-v"][..],
        &["show", "secret.toml"],
        &["show", "secret.toml", "--set", "token=hunter2x"],
        &["check", "bad.toml", "-v"],
        &["check", "cut.toml", "-v"],
        &["diff", "secret.toml", "--root", "root"],
        &["render", "secret.toml", "--out", "tree", "-v"],
        &["render", "secret.toml", "--out", "tree", "-v", "--allow-world-readable-secrets"],
        &["diff", "secret.toml", "--root", "tree", "--set", "token=hunter3", "--text"],
    ] {
        for format in ["human", "json"] {
            let run = folder.run(&[args, &["--format", format]].concat());
            assert!(!run.all().contains("hunter"), "{args:?} {}", run.all());
            if args.len() == 6 {
                std::fs::remove_dir_all(folder.join("tree")).unwrap();
            }
        }
        folder
            .run(&["render", "secret.toml", "--out", "tree", "--force", "--allow-world-readable-secrets"])
            .expect(0);
    }
    let path = "tree/etc/portage/repos.conf/local.conf";
    assert!(folder.read(path).contains("hunter2"), "the file itself holds it");
    assert_eq!(folder.join(path).metadata().unwrap().permissions().mode() & 0o777, 0o644);
    folder.run(&["render", "secret.toml", "--tar", "s.tar", "--allow-world-readable-secrets"]).expect(0);
    assert_eq!(folder.join("s.tar").metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn presets_are_listed_and_can_be_filled() {
    let folder = Folder::new(&[]);
    let json = folder.run(&["presets", "--format", "json"]).expect(0).json();
    let presets = json["presets"].as_array().unwrap();
    assert!(!presets.is_empty());
    for preset in presets {
        let name = preset["name"].as_str().unwrap();
        assert!(folder.run(&["presets"]).expect(0).out.contains(name));
        if portage_config::spec::is_block(name) {
            // A part of others need not stand alone.
            continue;
        }
        for (index, short) in [&[][..], &["--short"]].into_iter().enumerate() {
            let file = format!("{name}-{index}.toml");
            folder.run(&[&["new", name, "--example", "-o", &file], short].concat()).expect(0);
            folder.run(&["check", &file]).expect(0);
            folder.run(&["new", name, "-o", &file]).expect(2);
            let text = folder.run(&[&["new", name], short].concat()).expect(0).out;
            assert!(text.parse::<toml_edit::DocumentMut>().is_ok(), "{text}");
            let again = folder.run(&[&["new", name, "-o", "-"], short].concat()).expect(0).out;
            assert_eq!(text, again);
        }
        // Secrets without an example come from somewhere else.
        let json = folder.run(&["new", name, "--example", "--format", "json"]).expect(0).json();
        let unset = json["params"].as_array().unwrap().iter().filter(|param| param["set"] == false);
        let set: Vec<String> =
            unset.map(|param| format!("--set={}=x", param["name"].as_str().unwrap())).collect();
        let set: Vec<&str> = set.iter().map(String::as_str).collect();
        let render = |file: &str| folder.run(&[&["render", file, "--tar", "-"], &set[..]].concat()).expect(0);
        let whole = render(&format!("{name}-0.toml"));
        let short = render(&format!("{name}-1.toml"));
        assert_eq!(whole.bytes, short.bytes, "both say the same");
        folder.run(&["new", name, "--set", "no-such-parameter=x"]).expect(2);
    }
}

#[test]
fn a_reader_that_is_gone_changes_nothing() {
    let folder = folder();
    let mut all = String::from("spec = 1\n[\"package.use/many\"]\n");
    for number in 0..5000 {
        all.push_str(&format!("\"a/b{number}\" = \"x\"\n"));
    }
    folder.write("many.toml", all.as_bytes());
    for args in [
        &["show", "many.toml"][..],
        &["show", "many.toml", "--format", "json"],
        &["render", "many.toml", "--tar", "-"],
    ] {
        let mut child = command()
            .current_dir(folder.path())
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn templates_can_be_replaced() {
    let folder = folder();
    folder.write("t/etc/portage/none-such.j2", b"x");
    folder.run(&["render", "good.toml", "--out", "tree", "--templates", "t"]).expect(2);
    folder.run(&["check", "good.toml", "--templates", "nowhere"]).expect(2);
    assert!(!folder.join("tree").exists());
}

#[test]
fn items_and_folders_are_told_in_a_line() {
    let folder = folder();
    folder.write(
        "spec.toml",
        b"spec = 1\n[\"package.mask\"]\n\">=a/b-1\" = true\n[\"package.use/x\"]\n\"a/b\" = \"x\"\n",
    );
    folder.write("root/etc/portage/package.mask", b"c/d\n");
    folder.write("root/etc/portage/package.use", b"a/b y\n");
    let out = folder.run(&["diff", "spec.toml", "--root", "root"]).expect(1).out;
    assert!(out.contains("\n    + >=a/b-1 added\n") && out.contains("\n    - c/d removed\n"), "{out}");
    assert!(!out.contains("old mode"), "{out}");
}
