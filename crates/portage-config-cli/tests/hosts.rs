//! Many machines at once.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test that fails says so")]

mod common;

use common::Folder;

const SITE: &str =
    "spec = 1\n[param.jobs]\nhelp = \"x\"\n[make.conf]\nUSE = \"nls\"\nMAKEOPTS = \"-j@{jobs}\"\n";

fn host(jobs: usize) -> String {
    format!("spec = 1\nextends = [\"../site.toml\"]\n[param]\njobs = {jobs}\n")
}

fn folder(count: usize) -> (Folder, Vec<String>) {
    let folder = Folder::new(&[("site.toml", SITE)]);
    let names: Vec<String> = (0..count).map(|n| format!("hosts/h{n:02}.toml")).collect();
    for (n, name) in names.iter().enumerate() {
        folder.write(name, host(n + 1).as_bytes());
        std::fs::create_dir_all(folder.join(&format!("roots/h{n:02}"))).unwrap();
    }
    (folder, names)
}

fn args<'a>(command: &'a str, names: &'a [String], more: &[&'a str]) -> Vec<&'a str> {
    [command].into_iter().chain(names.iter().map(String::as_str)).chain(more.iter().copied()).collect()
}

#[test]
fn each_host_has_its_folder_among_the_roots() {
    let (folder, names) = folder(20);
    folder.run(&args("apply", &names, &["--roots", "roots", "--yes", "--no-sync"])).expect(0);
    for n in 0..20 {
        let conf = folder.read(&format!("roots/h{n:02}/etc/portage/make.conf"));
        assert!(conf.contains(&format!("\"-j{}\"", n + 1)), "{conf}");
    }
    let same = folder.run(&args("diff", &names, &["--roots", "roots"])).expect(0);
    assert_eq!((same.out.as_str(), same.err.as_str()), ("", ""));
    folder.write("roots/h07/etc/portage/make.conf", b"USE=\"\"\n");
    let run = folder.run(&args("diff", &names, &["--roots", "roots", "--format", "json"])).expect(1).json();
    let roots = run["roots"].as_array().unwrap();
    assert_eq!(roots.len(), 20);
    for (n, root) in roots.iter().enumerate() {
        assert_eq!(root["name"], format!("h{n:02}"));
        assert_eq!(root["dir"], format!("roots/h{n:02}"));
        assert_eq!(root["changes"].as_array().unwrap().len(), usize::from(n == 7));
    }
    // One host is named as many are, and a folder of its own goes first.
    folder.run(&["diff", "hosts/h03.toml", "--roots", "roots"]).expect(0);
    folder.run(&["diff", "hosts/h03.toml", "--roots", "roots", "--root", "h03=roots/h04"]).expect(1);
    folder.run(&["diff", "hosts/h03.toml", "--root", "roots/h03"]).expect(0);
    let missing = folder.run(&["diff", "hosts/h03.toml", "--roots", "none"]).expect(2);
    assert!(missing.err.contains("none/h03"), "{}", missing.all());
    folder.run(&["diff", "hosts/h03.toml"]).expect(2);
}

#[test]
fn roots_inside_others_lie_there() {
    let folder = Folder::new(&[(
        "site.toml",
        "spec = 1\n[make.conf]\nUSE = \"nls\"\n[root.host]\n[root.cross]\nat = \"host:/usr/x\"\n",
    )]);
    folder.run(&["render", "site.toml", "--out", "roots"]).expect(0);
    folder.run(&["diff", "site.toml", "--roots", "roots"]).expect(0);
    let run = folder.run(&["diff", "site.toml", "--roots", "roots", "--format", "json"]).expect(0).json();
    assert_eq!(run["roots"][1]["dir"], "roots/host/usr/x");
}

#[test]
fn mistakes_of_a_shared_layer_are_said_once_and_in_the_order_of_the_specs() {
    let (folder, names) = folder(12);
    folder.write("site.toml", format!("{SITE}[\"package.us/x\"]\n").as_bytes());
    for n in [9, 2] {
        folder.write(&names[n], format!("{}wrong-{n} = 1\n", host(1)).as_bytes());
    }
    let run = folder.run(&args("diff", &names, &["--roots", "roots"])).expect(2);
    assert_eq!(run.err.matches("package.us/x").count(), {
        let one = folder.run(&["diff", &names[0], "--roots", "roots"]).expect(2);
        one.err.matches("package.us/x").count()
    });
    let place = |text: &str| run.err.find(text).unwrap_or_else(|| panic!("{}", run.all()));
    assert!(
        place("hosts/h02.toml") < place("hosts/h09.toml") && place("hosts/h09.toml") < place("site.toml")
    );
    for _ in 0..3 {
        assert_eq!(folder.run(&args("diff", &names, &["--roots", "roots"])).err, run.err);
    }
}
