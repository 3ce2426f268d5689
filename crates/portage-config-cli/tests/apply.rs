//! `apply` and `rollback`, as somebody at a shell sees them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::string_slice,
    reason = "a test that fails says so"
)]

mod common;

use std::io::Write;
use std::process::{Command, Stdio};

use common::specs::ROOTS;
use common::{Folder, Run, command, timeless};

const BOX: &str = r#"spec = 1

[make.conf]
USE = "nbd"

["package.use/apps"]
"app-editors/vim" = "-X"

["/var/lib/portage/world"]
"app-editors/vim" = true
"#;

fn folder() -> Folder {
    let folder = Folder::new(&[("box.toml", BOX), ("roots.toml", ROOTS)]);
    for name in ["m", "a", "b"] {
        std::fs::create_dir(folder.join(name)).unwrap();
    }
    folder
}

fn json(folder: &Folder, args: &[&str], status: i32) -> serde_json::Value {
    let run = folder.run(&[args, &["--format", "json"]].concat()).expect(status);
    assert_eq!(run.err, "");
    run.json()
}

/// Standard output of a run, with the time taken out.
fn document(run: &Run) -> String {
    timeless(&run.out)
}

#[test]
fn from_the_first_run_to_the_way_back() {
    let folder = folder();
    let apply = ["apply", "box.toml", "--root", "m"];
    let mut all = String::new();
    let mut show = |args: &[&str], status: i32| {
        let run = folder.run(args).expect(status);
        all += &format!("$ portage-config {}\n{}\n", args.join(" "), run.all());
    };
    show(&[&apply[..], &["--dry-run"]].concat(), 1);
    assert!(folder.list("m").is_empty(), "a dry run writes nothing");
    show(&[&apply[..], &["--yes", "--meaning"]].concat(), 0);
    show(&[&apply[..], &["--yes"]].concat(), 0);
    show(&[&apply[..], &["-n"]].concat(), 0);
    folder.write("box.toml", BOX.replace("nbd", "nbd wifi").as_bytes());
    show(&[&apply[..], &["--yes", "--text"]].concat(), 0);
    show(&["rollback", "--root", "m", "--dry-run"], 1);
    show(&["rollback", "--root", "m", "--yes"], 0);
    show(&["rollback", "0", "--root", "m", "--yes", "--meaning"], 0);
    show(&["rollback", "9", "--root", "m", "--yes"], 2);
    show(&["rollback", "--root", "a", "--yes"], 2);
    insta::assert_snapshot!("walk", all);
    let left: Vec<_> = folder.list("m").into_iter().filter(|p| !p.starts_with("var/lib/portage-")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn programs_get_the_same() {
    let folder = folder();
    folder.write("m/etc/portage/make.conf", b"USE=\"x\"\n");
    let apply = ["apply", "box.toml", "--root", "m", "--format", "json"];
    let run = |more: &[&str]| folder.run(&[&apply[..], more].concat());
    insta::assert_snapshot!("conflict_json", document(&run(&["-n"]).expect(2)));
    insta::assert_snapshot!("applied_json", document(&run(&["--yes", "--keep-theirs"]).expect(0)));
    let again = run(&["--yes", "--keep-theirs"]).expect(0).json();
    assert_eq!(again["roots"][0]["result"], "unchanged");
    assert!(again["roots"][0].get("generation").is_none());
    let back = folder.run(&["rollback", "0", "--root", "m", "--yes", "--format", "json"]).expect(0).json();
    assert_eq!(back["roots"][0]["generation"], 2);
    assert_eq!(folder.read("m/etc/portage/make.conf"), "USE=\"x\"\n");
}

#[test]
fn nobody_is_asked_without_a_terminal() {
    let folder = folder();
    for args in [&["apply", "box.toml", "--root", "m"][..], &["rollback", "0", "--root", "m"]] {
        if args[0] == "rollback" {
            folder.run(&["apply", "box.toml", "--root", "m", "--yes"]).expect(0);
        }
        let before = folder.list("m");
        let run = folder.run(args).expect(2);
        assert!(run.err.contains("error[C014 not-asked]"), "{}", run.all());
        let mut piped = command();
        piped.current_dir(folder.path()).args(args).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = piped.stderr(Stdio::piped()).spawn().unwrap();
        let _ = child.stdin.take().unwrap().write_all(b"y\n");
        let run = Run::from(child.wait_with_output().unwrap());
        assert_eq!(run.status, 2, "a pipe says nothing: {}", run.all());
        let json = json(&folder, args, 2);
        assert_eq!(json["diagnostics"][0]["code"], "C014");
        assert_eq!(folder.list("m"), before);
    }
    assert_eq!(folder.run(&["apply", "box.toml", "--root", "m", "-n", "--yes"]).expect(2).out, "");
}

#[test]
fn each_choice_does_what_it_says() {
    const THEIRS: &str = "# mine\nUSE=\"x\"\nMAKEOPTS=\"-j2\"\n";
    let with = |option: &str| {
        let folder = folder();
        folder.write("m/etc/portage/make.conf", THEIRS.as_bytes());
        let none = folder.run(&["apply", "box.toml", "--root", "m", "--yes"]).expect(2);
        assert!(none.err.contains("choose: --keep-theirs, --take-ours, --merge, --config-protect"));
        assert_eq!(folder.list("m"), ["etc/portage/make.conf 0644"], "nothing was changed");
        let run = folder.run(&["apply", "box.toml", "--root", "m", "--yes", option]);
        (folder, run)
    };
    for option in ["--keep-theirs", "--keep-theirs=make.conf", "--keep-theirs=/etc/portage/make.conf"] {
        let (folder, run) = with(option);
        run.expect(0);
        assert_eq!(folder.read("m/etc/portage/make.conf"), THEIRS);
        assert_eq!(folder.read("m/etc/portage/package.use/apps"), "app-editors/vim -X\n");
    }
    for option in ["--take-ours", "--take-ours=make.conf"] {
        let (folder, run) = with(option);
        run.expect(0);
        assert_eq!(folder.read("m/etc/portage/make.conf"), "# mine\nUSE=\"nbd\"\n");
        folder.run(&["rollback", "--root", "m", "--yes"]).expect(0);
        assert_eq!(folder.read("m/etc/portage/make.conf"), THEIRS);
    }
    let (folder, run) = with("--merge");
    assert!(run.expect(2).err.contains("both sides changed the same: USE"));
    assert_eq!(folder.read("m/etc/portage/make.conf"), THEIRS);
    folder.write("m/etc/portage/make.conf", THEIRS.replace("USE=\"x\"\n", "").as_bytes());
    folder.run(&["apply", "box.toml", "--root", "m", "--yes", "--merge"]).expect(0);
    let merged = folder.read("m/etc/portage/make.conf");
    assert!(merged.contains("MAKEOPTS=\"-j2\"") && merged.contains("USE=\"nbd\""), "{merged}");
    let (folder, run) = with("--config-protect");
    run.expect(0);
    assert_eq!(folder.read("m/etc/portage/make.conf"), THEIRS);
    assert!(folder.read("m/etc/portage/._cfg0000_make.conf").contains("USE=\"nbd\""));
    let (folder, run) = with("--take-ours=package.use");
    assert!(run.expect(2).err.contains("error[C013 conflict]"));
    assert_eq!(folder.read("m/etc/portage/make.conf"), THEIRS);
}

#[test]
fn two_choices_for_all_files_are_a_mistake() {
    let folder = folder();
    let run = folder.run(&["apply", "box.toml", "--root", "m", "--take-ours", "--merge", "--yes"]).expect(2);
    assert!(run.err.contains("both --take-ours and --merge hold for all files"), "{}", run.all());
}

#[test]
fn one_root_that_fails_does_not_stop_the_others() {
    let folder = folder();
    folder.write("a.toml", BOX.as_bytes());
    folder.write("b.toml", BOX.replace("nbd", "b").as_bytes());
    folder.write("a/etc/portage/make.conf", b"USE=\"x\"\n");
    let args = ["apply", "a.toml", "b.toml", "--root", "a=a", "--root", "b=b", "--yes", "--meaning"];
    let run = folder.run(&args).expect(2);
    insta::assert_snapshot!("several", run.all());
    assert_eq!(folder.read("b/etc/portage/make.conf"), "USE=\"b\"\n");
    assert_eq!(folder.list("a"), ["etc/portage/make.conf 0644"]);
    let json = json(&folder, &args, 2);
    assert_eq!((&json["roots"][0]["name"], &json["roots"][0]["result"]), (&"a".into(), &"conflict".into()));
    assert_eq!((&json["roots"][1]["name"], &json["roots"][1]["result"]), (&"b".into(), &"unchanged".into()));
}

#[test]
fn roots_of_one_spec_have_names() {
    let folder = folder();
    std::fs::create_dir_all(folder.join("a/usr/i486-pc-linux-gnu")).unwrap();
    let run = folder
        .run(&["apply", "roots.toml", "--root", "host=a", "--root", "iso=b", "--yes", "--meaning"])
        .expect(0);
    assert!(run.err.contains("host: ") && run.err.contains("iso: "), "{}", run.all());
    // The one that has a place in its host lies there.
    assert!(folder.read("a/usr/i486-pc-linux-gnu/etc/portage/make.conf").contains("i486"));
    assert!(folder.read("b/etc/portage/make.conf").contains("i686"));
    let missing = folder.run(&["apply", "roots.toml", "--root", "host=a", "--yes"]).expect(2);
    assert!(missing.err.contains("error[C007 root-needed]"), "{}", missing.all());
    let twice =
        folder.run(&["apply", "roots.toml", "--root", "host=a", "--root", "iso=a", "--yes"]).expect(2);
    assert!(twice.err.contains("error[C008 overlap]"), "{}", twice.all());
    let status = folder.run(&["status", "--root", "b"]).expect(0);
    assert!(status.out.contains("roots.toml#iso"), "{}", status.all());
}

/// The commands of docs/apply.md.
#[test]
fn a_run_is_undone_by_hand() {
    let folder = folder();
    folder.write("m/etc/portage/make.conf", b"USE=\"x\"\n");
    folder.write("m/etc/motd", b"hello\n");
    folder.write("gone.toml", format!("{BOX}[file.\"/etc/motd\"]\nown = \"absent\"\n").as_bytes());
    folder.run(&["apply", "gone.toml", "--root", "m", "--yes", "--take-ours"]).expect(0);
    assert!(!folder.join("m/etc/motd").exists());
    let docs = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/apply.md")).unwrap();
    let block = docs.split("```sh\n").nth(1).unwrap().split("```").next().unwrap();
    let script = block.replace("ROOT=/mnt/gentoo N=3", &format!("ROOT={} N=1", folder.join("m").display()));
    assert_ne!(script, block);
    let run = Run::from(Command::new("sh").args(["-euc", &script]).output().unwrap()).expect(0);
    assert_eq!(
        (folder.read("m/etc/motd"), folder.read("m/etc/portage/make.conf")),
        ("hello\n".into(), "USE=\"x\"\n".into())
    );
    let mut made: Vec<&str> = run.out.lines().collect();
    made.sort_unstable();
    assert_eq!(
        made,
        [
            "etc/portage/package.use",
            "etc/portage/package.use/apps",
            "etc/portage/package.use/zz-autounmask",
            "var/lib/portage",
            "var/lib/portage/world"
        ]
    );
}

/// Runs it at a terminal of its own, with keys that somebody presses.
fn at_a_terminal(folder: &Folder, line: &str, keys: &str) -> String {
    let exe = env!("CARGO_BIN_EXE_portage-config");
    let mut script = Command::new("script");
    script.args(["-qec", &format!("{exe} {line}"), "/dev/null"]).current_dir(folder.path());
    script.stdin(Stdio::piped()).stdout(Stdio::piped()).env("TERM", "xterm");
    let mut child = script.spawn().expect("script(1) of util-linux");
    child.stdin.take().unwrap().write_all(keys.as_bytes()).unwrap();
    String::from_utf8_lossy(&child.wait_with_output().unwrap().stdout).into_owned()
}

#[test]
fn at_a_terminal_somebody_is_asked() {
    let folder = folder();
    folder.write("m/etc/portage/make.conf", b"USE=\"x\"\n");
    let seen = at_a_terminal(&folder, "apply box.toml --root m", "t\nn\n");
    assert!(seen.contains("(k)eep theirs") && seen.contains("[y/N]"), "{seen}");
    assert!(seen.contains("nothing was changed"), "{seen}");
    assert_eq!(folder.read("m/etc/portage/make.conf"), "USE=\"x\"\n");
    let seen = at_a_terminal(&folder, "apply box.toml --root m", "t\ny\n");
    assert!(seen.contains("generation 1"), "{seen}");
    assert!(!seen.contains("planning"), "what is quick is not announced: {seen}");
    assert_eq!(folder.read("m/etc/portage/make.conf"), "USE=\"nbd\"\n");
}

#[test]
fn at_a_terminal_what_takes_long_says_how_far_it_is() {
    let folder = folder();
    folder.run(&["apply", "box.toml", "--root", "m", "--yes"]).expect(0);
    let held = |line: &str, seconds: &str| {
        let lock = folder.join("m/var/lib/portage-config/lock");
        let mut flock =
            Command::new("flock").arg("-F").arg(lock).args(["sleep", seconds]).spawn().expect("flock(1)");
        std::thread::sleep(std::time::Duration::from_millis(200));
        let seen = at_a_terminal(&folder, line, "");
        flock.wait().unwrap();
        seen
    };
    let seen = held("apply box.toml --root m --yes", "2.5");
    assert!(seen.contains("planning 0/1 m"), "{seen}");
    let end = seen.rfind("\r\u{1b}[K").expect("the line is gone in the end");
    assert!(!seen[end + 4..].contains("planning"), "{seen}");
    for line in ["-q apply box.toml --root m --yes", "apply box.toml --root m --yes 2>/dev/null"] {
        assert!(!held(line, "1.6").contains("planning"), "{line}");
    }
}

#[test]
fn the_way_back_makes_folders_that_are_gone() {
    let folder = Folder::new(&[("a.toml", "spec = 1\n[make.conf]\nUSE = \"a\"\n")]);
    std::fs::create_dir(folder.join("m")).unwrap();
    let apply = ["apply", "a.toml", "--root", "m", "--yes", "--no-sync"];
    let quiet = folder.run(&[&apply[..], &["-q"]].concat()).expect(0);
    assert_eq!((quiet.out.as_str(), quiet.err.as_str()), ("", ""));
    folder.write("a.toml", b"spec = 1\n[make.conf]\nUSE = \"b\"\n");
    folder.run(&apply).expect(0);
    std::fs::remove_dir_all(folder.join("m/etc")).unwrap();
    let back = ["rollback", "--root", "m", "--yes", "--no-sync", "--meaning"];
    folder.run(&back).expect(2);
    let run = folder.run(&[&back[..], &["--take-ours"]].concat()).expect(0);
    assert!(run.out.contains("mkdir etc/portage\n"), "{}", run.out);
    assert_eq!(folder.read("m/etc/portage/make.conf"), "USE=\"a\"\n");
    folder.run(&apply).expect(0);
    std::fs::remove_dir_all(folder.join("m/etc")).unwrap();
    folder.write("m/etc", b"mine\n");
    let back = ["rollback", "3", "--root", "m", "--yes", "--no-sync", "--take-ours=make.conf"];
    let run = folder.run(&back).expect(2);
    assert!(run.err.contains("`etc`: it was changed since"), "{}", run.err);
    folder.run(&[&back[..], &["--take-ours"]].concat()).expect(0);
    assert_eq!(folder.read("m/etc/portage/make.conf"), "USE=\"a\"\n");
    folder.run(&["rollback", "4", "--root", "m", "--yes", "--no-sync"]).expect(0);
    assert_eq!(folder.read("m/etc"), "mine\n");
}
