//! `diff` of two specs: what the second writes instead of the first.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that fails says so")]

mod common;

use common::{Folder, specs};

const OLD: &str = r#"spec = 1
[param.token]
secret = true
value = "hunter2"
[make.conf]
USE = "ssl"
CFLAGS = "-O2"
GENTOO_MIRRORS = "https://me:@{token}@example.org/"
["package.use/one"]
"app/a" = "x"
"app/moved" = "z"
["package.mask"]
"app/old" = true
["repos.conf/local.conf".local]
location = "/var/db/repos/local"
sync-uri = "https://me:@{token}@example.org/x.git"
"#;

const NEW: &str = r#"spec = 1
[param.token]
secret = true
value = "0ther-one"
[make.conf]
USE = "ssl -gtk"
CFLAGS = "-O2"
GENTOO_MIRRORS = "https://me:@{token}@example.org/"
["package.use/one"]
"app/a" = "x"
["package.use/two"]
"app/moved" = "z"
["repos.conf/local.conf".local]
location = "/var/db/repos/local"
sync-uri = "https://me:@{token}@example.org/x.git"
"#;

fn folder() -> Folder {
    let folder = specs::folder();
    folder.write("old.toml", OLD.as_bytes());
    folder.write("new.toml", NEW.as_bytes());
    folder
}

#[test]
fn for_people_and_for_programs() {
    let folder = folder();
    let run = folder.run(&["diff", "old.toml", "new.toml"]).expect(1);
    assert!(!run.out.contains("hunter2") && !run.out.contains("0ther-one"), "{}", run.out);
    insta::assert_snapshot!("diff_specs", run.all());
    let run = folder.run(&["diff", "old.toml", "new.toml", "--meaning", "--format", "json"]).expect(1);
    assert!(!run.out.contains("hunter2") && !run.out.contains("0ther-one"), "{}", run.out);
    insta::assert_snapshot!("diff_specs_json", run.out);
}

#[test]
fn a_spec_is_equal_to_itself() {
    let folder = folder();
    for spec in ["old.toml", "good.toml", "roots.toml", "secret.toml"] {
        let run = folder.run(&["diff", spec, spec]).expect(0);
        assert_eq!((run.out.as_str(), run.err.as_str()), ("", ""), "{spec}");
    }
}

#[test]
fn roots_are_picked_or_paired_by_name() {
    let folder = folder();
    let json = |args: &[&str]| folder.run(&[&["diff", "--format", "json"], args].concat()).expect(1).json();
    let chost =
        |root: &serde_json::Value| root["changes"][0]["meaning"][0]["after"][0].as_str().unwrap().to_owned();
    let one = json(&["roots.toml#host", "roots.toml#iso"]);
    assert_eq!(
        (one["roots"].as_array().unwrap().len(), chost(&one["roots"][0])),
        (1, "i686-pc-linux-gnu".into())
    );
    folder.write("more.toml", specs::ROOTS.replace("i686-pc", "i586-pc").as_bytes());
    let all = json(&["roots.toml", "more.toml"]);
    let roots = all["roots"].as_array().unwrap();
    let of = |name: &str| roots.iter().find(|root| root["name"] == name).unwrap();
    assert_eq!((roots.len(), chost(of("iso"))), (3, "i586-pc-linux-gnu".into()));
    assert_eq!(of("host")["changes"].as_array().unwrap().len(), 0);
    assert!(
        folder.run(&["diff", "roots.toml", "more.toml"]).expect(1).out.starts_with("iso\n\n1 file to update")
    );
    let run = folder.run(&["diff", "good.toml", "roots.toml"]).expect(2);
    insta::assert_snapshot!("diff_specs_roots", run.err);
}

#[test]
fn variants_and_parameters_hold_for_both() {
    let folder = Folder::new(&[]);
    for (name, flags) in [("a", "-O2"), ("b", "-O3")] {
        let text = format!(
            "spec = 1\n[param.jobs]\nhelp = \"x\"\n[make.conf]\nCFLAGS = \"{flags}\"\nMAKEOPTS = \"-j@{{jobs}}\"\n\
             [variant.small.make.conf]\nCFLAGS = \"-Os\"\n"
        );
        folder.write(&format!("{name}.toml"), text.as_bytes());
    }
    folder.run(&["diff", "a.toml", "b.toml", "--set", "jobs=2"]).expect(1);
    folder.run(&["diff", "a.toml", "b.toml", "--set", "jobs=2", "--variant", "small"]).expect(0);
    folder.run(&["diff", "a.toml", "b.toml"]).expect(2);
}

#[test]
fn what_is_missing_is_said() {
    let folder = folder();
    let told = |args: &[&str]| folder.run(&[&["diff"], args].concat()).expect(2).err;
    let all: Vec<String> = [
        &["old.toml"][..],
        &["old.toml", "new.toml", "good.toml"],
        &["old.toml", "new.toml", "--impact"],
        &["old.toml", "new.toml", "--impact", "--packages", "world"],
    ]
    .into_iter()
    .map(|args| format!("{}\n{}", args.join(" "), told(args)))
    .collect();
    insta::assert_snapshot!("diff_specs_missing", all.join("\n"));
    assert!(told(&["--generation", "3"]).contains("--root"));
}

/// Against a machine on which the first one was written the second one changes the same.
#[test]
fn it_is_as_on_a_machine_that_holds_the_first() {
    let folder = Folder::new(&[]);
    let names = ["i486-glibc-systemd", "i486-musl-openrc", "i486-musl-iscsi"];
    for name in names {
        folder.run(&["new", name, "--example", "-o", &format!("{name}.toml")]).expect(0);
        let out = format!("out-{name}");
        folder
            .run(&["render", &format!("{name}.toml"), "--out", &out, "--allow-world-readable-secrets"])
            .expect(0);
    }
    let mut compared = 0;
    for (old, new) in names.iter().flat_map(|old| names.iter().map(move |new| (old, new))) {
        let changes = |args: &[&str]| -> Vec<serde_json::Value> {
            let text = ["diff", "--text", "--format", "json"];
            let json = folder.run(&[&text, args].concat()).json();
            let all = json["roots"][0]["changes"].as_array().unwrap_or_else(|| panic!("{json}"));
            // A machine keeps what the spec does not name, so that nothing goes from one file to another.
            let mut all: Vec<_> = all.iter().filter(|change| change["op"] != "remove").cloned().collect();
            for meaning in all.iter_mut().flat_map(|change| change["meaning"].as_array_mut().unwrap()) {
                for key in ["happened", "from", "to", "same", "with"] {
                    meaning.as_object_mut().unwrap().remove(key);
                }
            }
            all
        };
        let (before, after, dir) = (format!("{old}.toml"), format!("{new}.toml"), format!("out-{old}"));
        let there = changes(&[&after, "--root", &dir]);
        assert_eq!(changes(&[&before, &after]), there, "{old} {new}");
        compared += there.len();
    }
    assert!(compared > 20, "{compared}");
}
