//! `status`, `history`, `diff --generation` and `import --adopt`.
#![allow(clippy::unwrap_used, reason = "a test that fails says so")]

mod common;

use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use common::{Folder, as_root, timeless};

const BOX: &str = r#"spec = 1

[make.conf]
USE = "nbd"
MAKEOPTS = "-j4"

["package.use/apps"]
"app-editors/vim" = "-X"

["package.use/more"]
"app-misc/jq" = "oniguruma"

["package.accept_keywords/apps"]
"app-editors/vim" = "~x86"

["package.env"]
"app-editors/vim" = "x.conf"

["/var/lib/portage/world"]
"app-editors/vim" = true

[file."/etc/motd"]
text = "hello\n"
mode = 0o640

[file."make.profile"]
link = "/var/db/repos/gentoo/profiles/default/linux/x86/23.0/i486"
"#;

fn applied() -> Folder {
    let folder = Folder::new(&[("box.toml", BOX)]);
    std::fs::create_dir(folder.join("m")).unwrap();
    folder.run(&["apply", "box.toml", "--root", "m", "--yes", "--no-sync"]).expect(0);
    folder
}

/// Everything that a file system knows of a folder.
fn times(folder: &Folder) -> Vec<(String, i64, i64)> {
    let of = |name: String| {
        let path = folder.join("m").join(name.rsplit_once(' ').unwrap().0.split(" ->").next().unwrap());
        let meta = path.symlink_metadata().unwrap();
        (name, meta.ctime(), meta.ctime_nsec())
    };
    folder.list("m").into_iter().map(of).collect()
}

#[test]
fn a_root_without_anything_applied_is_fine() {
    let folder = Folder::new(&[("m/etc/portage/make.conf", "USE=\"x\"\n")]);
    let run = folder.run(&["status", "--root", "m"]).expect(0);
    assert_eq!((run.out.as_str(), run.err.as_str()), ("m\n  nothing was applied\n", ""));
    let json = folder.run(&["status", "--root", "m", "--format", "json"]).expect(0).json();
    assert_eq!(json["roots"][0]["result"], "none");
    assert_eq!(folder.run(&["history", "--root", "m"]).expect(0).err, "nothing was applied to this root\n");
    assert!(folder.run(&["diff", "--generation", "0", "--root", "m"]).expect(2).err.contains("C015"));
    assert_eq!(folder.list("m"), ["etc/portage/make.conf 0644"]);
    folder.run(&["status", "--root", "nowhere"]).expect(2);
    folder.run(&["history", "--root", "nowhere"]).expect(2);
    folder.run(&["history", "1", "--root", "m"]).expect(2);
}

#[test]
fn each_kind_of_drift_is_named() {
    let folder = applied();
    let before = times(&folder);
    insta::assert_snapshot!("clean", folder.run(&["status", "--root", "m"]).expect(0).all());
    assert_eq!(times(&folder), before, "nothing was written");

    folder.write("m/etc/portage/make.conf", b"# mine\nMAKEOPTS=\"-j8\"\nUSE=\"nbd\"\nX=\"y\"\n");
    std::fs::remove_file(folder.join("m/etc/portage/package.use/apps")).unwrap();
    folder.write("m/etc/portage/package.use/more", b"# why\n\napp-misc/jq   oniguruma\n");
    std::fs::set_permissions(folder.join("m/etc/motd"), PermissionsExt::from_mode(0o600)).unwrap();
    let keywords = folder.join("m/etc/portage/package.accept_keywords/apps");
    std::fs::remove_file(&keywords).unwrap();
    symlink("/nowhere", keywords).unwrap();
    std::fs::remove_file(folder.join("m/etc/portage/package.env")).unwrap();
    std::fs::create_dir(folder.join("m/etc/portage/package.env")).unwrap();
    let profile = folder.join("m/etc/portage/make.profile");
    std::fs::remove_file(&profile).unwrap();
    symlink("/elsewhere", profile).unwrap();
    // Not ours: other entries of a shared file, and what emerge writes into its own.
    folder.write("m/var/lib/portage/world", b"app-editors/vim\napp-misc/jq\n");
    folder.write("m/etc/portage/package.use/zz-autounmask", b"a/b c\n");
    insta::assert_snapshot!("drift", folder.run(&["status", "--root", "m"]).expect(1).all());
    insta::assert_snapshot!(
        "drift_json",
        timeless(&folder.run(&["status", "--root", "m", "--format", "json"]).expect(1).out)
    );
    let diff = folder.run(&["diff", "--generation", "1", "--root", "m", "--meaning"]).expect(1);
    insta::assert_snapshot!("since", diff.all());

    folder.write("m/var/lib/portage/world", b"app-misc/jq\n");
    let run = folder.run(&["status", "--root", "m"]).expect(1);
    assert!(run.out.contains("edited    var/lib/portage/world: app-editors/vim\n"), "{}", run.all());
}

#[test]
fn comments_alone_are_no_drift() {
    let folder = applied();
    folder.write("m/etc/portage/make.conf", b"# mine\nUSE=\"nbd\"\n\nMAKEOPTS='-j4'\n");
    let run = folder.run(&["status", "--root", "m"]).expect(0);
    assert!(run.out.contains("drift        none\n    layout    etc/portage/make.conf\n"), "{}", run.all());
    folder.run(&["diff", "--generation", "1", "--root", "m"]).expect(0);
}

#[test]
fn a_file_behind_a_link_is_compared_through_it() {
    let folder = applied();
    let make = folder.join("m/etc/portage/make.conf");
    std::fs::create_dir(folder.join("m/home")).unwrap();
    std::fs::rename(&make, folder.join("m/home/dot")).unwrap();
    symlink("/home/dot", &make).unwrap();
    folder.run(&["status", "--root", "m"]).expect(0);
    folder.write("m/home/dot", b"USE=\"x\"\nMAKEOPTS=\"-j4\"\n");
    let run = folder.run(&["status", "--root", "m"]).expect(1);
    assert!(run.out.contains("edited    etc/portage/make.conf: USE\n"), "{}", run.all());
}

#[test]
fn several_roots_answer_each() {
    let folder = applied();
    std::fs::create_dir(folder.join("n")).unwrap();
    let run = folder.run(&["status", "--root", "m", "--root", "nowhere", "--root", "n"]).expect(2);
    assert!(run.out.contains("m\n  spec         box.toml\n"), "{}", run.all());
    assert!(run.out.contains("\nn\n  nothing was applied\n"), "{}", run.all());
    let json =
        folder.run(&["status", "--root", "m", "--root", "nowhere", "--format", "json"]).expect(2).json();
    let results: Vec<_> = json["roots"].as_array().unwrap().iter().map(|root| &root["result"]).collect();
    assert_eq!(results, ["as-applied", "failed"]);
}

#[test]
fn a_run_that_was_cut_off_is_told() {
    let folder = applied();
    let state = folder.join("m/var/lib/portage-config");
    // As a run leaves it that has written down what it is about to do.
    std::fs::rename(state.join("generations/1"), state.join("pending")).unwrap();
    let before = times(&folder);
    let run = folder.run(&["status", "--root", "m"]).expect(1);
    insta::assert_snapshot!("cut_off", run.all());
    let json = folder.run(&["status", "--root", "m", "--format", "json"]).expect(1).json();
    assert_eq!(json["roots"][0]["result"], "interrupted");
    assert_eq!(json["roots"][0]["pending"]["running"], false);
    assert_eq!(times(&folder), before, "nothing was written");
    let lock = state.join("lock");
    let mut flock =
        std::process::Command::new("flock").arg("-F").arg(lock).args(["sleep", "3"]).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(300));
    let run = folder.run(&["status", "--root", "m"]).expect(1);
    flock.kill().unwrap();
    flock.wait().unwrap();
    assert!(run.out.contains("  goes on      apply of "), "{}", run.all());
}

#[test]
fn a_root_that_cannot_be_written_answers() {
    let folder = applied();
    let script = r#"mount --bind m m && mount -o remount,bind,ro m || exit 9
        "$1" status --root m >/dev/null && "$1" history --root m >/dev/null &&
        "$1" diff --generation 1 --root m >/dev/null && "$1" diff box.toml --root m"#;
    let run = as_root(&folder, script);
    assert_eq!(run.status, 0, "{}", run.all());
}

#[test]
fn what_is_private_stays_so() {
    let folder = Folder::new(&[(
        "s.toml",
        "spec = 1\n[param.pass]\nsecret = true\nvalue = \"hunter2\"\n[make.conf]\nUSE = \"a\"\nPASS = \"@{pass}\"\n",
    )]);
    std::fs::create_dir(folder.join("m")).unwrap();
    let allow = "--allow-world-readable-secrets";
    folder.run(&["apply", "s.toml", "--root", "m", "--yes", "--no-sync", allow]).expect(0);
    assert!(folder.read("m/etc/portage/make.conf").contains("hunter2"));
    let text = folder.read("m/etc/portage/make.conf").replace("hunter2", "hunter3");
    folder.write("m/etc/portage/make.conf", text.as_bytes());
    let cases: [(&[&str], i32); 5] = [
        (&["status", "--root", "m"], 1),
        (&["history", "--root", "m"], 0),
        (&["history", "1", "--root", "m", "--text"], 0),
        (&["diff", "--generation", "0", "--root", "m"], 1),
        (&["rollback", "0", "--root", "m", "-n", "--take-ours"], 1),
    ];
    for (args, status) in cases {
        for format in ["human", "json"] {
            let run = folder.run(&[args, &["--format", format]].concat()).expect(status);
            assert!(!run.all().contains("hunter"), "{args:?} {}", run.all());
        }
    }
}

#[test]
fn history_lists_what_was_done() {
    let folder = applied();
    folder.write("box.toml", BOX.replace("nbd", "nbd wifi").replace("\"-X\"", "\"lua\"").as_bytes());
    let args = ["apply", "box.toml", "--root", "m", "--yes", "--no-sync"];
    folder.run(&args).expect(0);
    folder.write("box.toml", b"spec = 1\n[make.conf]\nUSE = \"nbd\"\n");
    folder.run(&args).expect(0);
    folder.run(&["rollback", "2", "--root", "m", "--yes", "--no-sync"]).expect(0);
    let mut all = String::new();
    for more in [&[][..], &["2"], &["2", "--text"], &["3"]] {
        let args = [&["history", "--root", "m"][..], more].concat();
        all += &format!("$ portage-config {}\n{}\n", args.join(" "), folder.run(&args).expect(0).all());
    }
    insta::assert_snapshot!("history", all);
    let json = folder.run(&["history", "--root", "m", "--format", "json"]).expect(0).json();
    let numbers: Vec<_> = json["roots"][0]["generations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|g| g["generation"].as_u64())
        .collect();
    assert_eq!(numbers, [Some(4), Some(3), Some(2), Some(1)]);
    let one = folder.run(&["history", "2", "--root", "m", "--format", "json"]).expect(0).out;
    insta::assert_snapshot!("history_json", timeless(&one));
    let gone = folder.run(&["history", "7", "--root", "m"]).expect(2);
    assert!(gone.err.contains("error[C015 no-generation]: generation 7 is not kept"), "{}", gone.all());
    // What was gone back to says which spec holds.
    let status = folder.run(&["status", "--root", "m"]).expect(0);
    assert!(status.out.contains("spec         box.toml\n"), "{}", status.all());
}

#[test]
fn a_generation_is_compared_with_the_machine() {
    let folder = applied();
    folder.write("box.toml", BOX.replace("nbd", "nbd wifi").as_bytes());
    folder.run(&["apply", "box.toml", "--root", "m", "--yes", "--no-sync"]).expect(0);
    let diff = |number: &str, status: i32| {
        let args = ["diff", "--generation", number, "--root", "m", "--format", "json"];
        let json = folder.run(&args).expect(status).json();
        let changes = json["roots"][0]["changes"].as_array().unwrap().clone();
        let shown =
            |c: &serde_json::Value| format!("{} {}", c["op"].as_str().unwrap(), c["path"].as_str().unwrap());
        changes.iter().map(shown).collect::<Vec<_>>()
    };
    assert_eq!(diff("2", 0), [""; 0]);
    assert_eq!(diff("1", 1), ["update etc/portage/make.conf"]);
    assert!(diff("0", 1).contains(&"remove etc/portage/make.conf".to_owned()));
    // Somebody goes back by hand, and changes what no generation touched since.
    folder.write("m/etc/portage/make.conf", b"USE=\"nbd\"\nMAKEOPTS=\"-j4\"\n");
    folder.write("m/etc/portage/package.use/apps", b"app-editors/vim lua\n");
    assert_eq!(diff("1", 1), ["update etc/portage/package.use/apps"]);
    assert_eq!(diff("2", 1), ["update etc/portage/make.conf", "update etc/portage/package.use/apps"]);
    for args in [
        &["diff", "box.toml", "--generation", "1", "--root", "m"][..],
        &["diff", "--generation", "1", "--root", "m", "--root", "n"],
        &["diff", "--root", "m"],
    ] {
        folder.run(args).expect(2);
    }
}

/// As emerge 3.0 writes it (`_get_dep_chain_as_comment` and `_display_autounmask` in `_emerge/depgraph.py`).
const USE: &str = "\
# required by dev-python/scipy-1.16.0::gentoo[-test]
# required by dev-python/scikit-image-0.25.2::gentoo
# required by @world (argument)
>=dev-python/numpy-2.3.1 lapack
# required by jupyterlab (argument)
>=dev-python/numpy-2.3.1 -test
# required by app-editors/vim-9.1.0::gentoo
# required by vim (argument)
app-editors/vim -X
";
const UNMASK: &str = "\
# required by media-video/mpv-0.40.0::gentoo
# required by mpv (argument)
# /var/db/repos/gentoo/profiles/package.mask:
# Sam James <sam@gentoo.org> (2026-01-01)
# Breaks many consumers, bug #1.
=media-video/ffmpeg-8.0
";

#[test]
fn what_emerge_wrote_is_adopted() {
    let folder = applied();
    let nothing = folder.run(&["import", "--root", "m", "--adopt", "-o", "adopted.toml"]).expect(1);
    assert!(nothing.err.contains("nothing to adopt"), "{}", nothing.all());
    assert!(!folder.join("adopted.toml").exists());

    folder.write("m/etc/portage/package.use/zz-autounmask", USE.as_bytes());
    folder.write("m/etc/portage/package.unmask/zz-autounmask", UNMASK.as_bytes());
    folder.write("m/etc/portage/package.accept_keywords/zz-autounmask", b"=media-video/ffmpeg-8.0 ~x86\n");
    let run = folder.run(&["import", "--root", "m", "--adopt"]).expect(0);
    insta::assert_snapshot!("adopt", run.all());

    // As a layer, and pasted into the spec: what it says is clean, holds, and is offered no more.
    folder.run(&["import", "--root", "m", "--adopt", "-o", "adopted.toml"]).expect(0);
    folder.run(&["check", "adopted.toml", "--deny", "warnings"]).expect(0);
    let pasted = format!("{BOX}{}", run.out.replacen("spec = 1\n", "", 1));
    folder.write("pasted.toml", pasted.as_bytes());
    folder.write("layers.toml", b"spec = 1\nextends = [\"box.toml\", \"adopted.toml\"]\n");
    let tree = |spec: &str, out: &str| {
        folder.run(&["render", spec, "--out", out]).expect(0);
        folder.read(&format!("{out}/etc/portage/package.use/zz-adopted"))
    };
    assert_eq!(tree("pasted.toml", "p"), tree("layers.toml", "l"));
    let json =
        folder.run(&["show", "layers.toml", "package.use/zz-adopted", "--format", "json"]).expect(0).json();
    assert_eq!(
        json["roots"][0]["files"][0]["entries"][0]["required-by"],
        serde_json::json!([
            "dev-python/scipy-1.16.0::gentoo[-test]",
            "dev-python/scikit-image-0.25.2::gentoo",
            "@world (argument)",
            "jupyterlab (argument)"
        ])
    );
    folder.run(&["apply", "layers.toml", "--root", "m", "--yes", "--no-sync"]).expect(0);
    folder.run(&["import", "--root", "m", "--adopt"]).expect(1);
    assert_eq!(folder.read("m/etc/portage/package.use/zz-autounmask"), USE, "emerge's file is not touched");
    folder.run(&["import", "--root", "m", "--adopt", "package.use"]).expect(2);
}

#[test]
fn without_state_too_and_what_another_file_contradicts() {
    let folder = Folder::new(&[
        ("m/etc/portage/package.use/00", "a/b x\na/c y\n"),
        ("m/etc/portage/package.use/50", "a/b -x\n"),
        ("m/etc/portage/package.use/zzz-autounmask", "a/b x\na/c y\na/d z # why\n"),
        ("m/etc/portage/package.use/.zz-autounmask", "a/e hidden\n"),
    ]);
    let run = folder.run(&["import", "--root", "m", "--adopt"]).expect(0);
    assert_eq!(
        run.out,
        "spec = 1\n\n[\"package.use/zz-adopted\"]\n\"a/b\" = \"x\"\n\"a/d\" = \"z\"  # why\n",
        "{}",
        run.all()
    );
}
