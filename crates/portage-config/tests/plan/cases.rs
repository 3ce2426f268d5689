//! Files as they are found on machines, and what has to become of them.
//!
//! Each row is one way to lose somebody's work that was seen in practice.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};

use portage_config::plan::Choice;
use portage_config::report::Report;
use portage_config::root::Root;
use portage_config::{plan::Plan, template::Templates};

use crate::machine::{Machine, STATE, choices, config};

const USE: &str = "etc/portage/package.use";
const CONF: &str = "etc/portage/make.conf";

/// Applies entries to one file that is there, by the choice to have ours, and checks what becomes of it; a second run
/// does nothing, and the way back leads to what was there.
#[track_caller]
fn entries(path: &str, before: &str, section: &str, after: &str) {
    let key = path.trim_start_matches("etc/portage/");
    let machine = Machine::new(&[(path, before)]);
    let start = machine.all();
    let spec = format!("[\"{key}\"]\n{section}\n[file.\"{key}\"]\nown = \"entries\"\n");
    let done = machine.apply(&spec, Some(Choice::TakeOurs));
    assert_eq!(machine.text(path), after, "{spec}");
    assert_eq!(done.is_some(), before != after, "{spec}");
    assert_eq!(machine.apply(&spec, None), None, "{spec}");
    if done.is_some() {
        machine.run(&machine.back(0, None)).unwrap();
    }
    assert_eq!(machine.all(), start);
}

#[test]
fn a_rule_is_the_one_of_its_atom() {
    // A name that begins like another one.
    let before = "dev-libs/foobar bar\ndev-libs/foo bar\n";
    entries(USE, before, "\"dev-libs/foobar\" = \"-bar\"", "dev-libs/foobar -bar\ndev-libs/foo bar\n");
    entries(USE, before, "\"dev-libs/foo\" = \"-bar\"", "dev-libs/foobar bar\ndev-libs/foo -bar\n");
    // Slots, versions and repositories are other atoms.
    let before = "a/b:0 qt\na/b:2 ssl\n<a/b-1 x\n>=a/b-1 y\na/b::r z\n*/* w\n";
    entries(USE, before, "\"a/b:0\" = \"-qt\"", &before.replace(" qt", " -qt"));
    entries(USE, before, "\"a/b\" = \"v\"", &format!("{before}a/b v\n"));
    entries(USE, before, "\"<a/b-1\" = \"-x\"", &before.replace(" x", " -x"));
}

#[test]
fn a_comment_is_no_flag_and_stays() {
    entries(USE, "a/b ssl # needed\n", "\"a/b\" = \"ssl ldap\"", "a/b ssl ldap # needed\n");
    entries(USE, "a/b ssl # needed\na/c x\n", "\"a/b\" = \"-ssl\"", "a/b -ssl # needed\na/c x\n");
    entries(
        USE,
        "# all\n\n  a/b   ssl\n#a/c qt\n",
        "\"a/c\" = \"x\"",
        "# all\n\n  a/b   ssl\na/c x\n#a/c qt\n",
    );
    entries(
        CONF,
        "FEATURES=\"ccache\" # speed\n",
        "FEATURES = \"ccache test\"",
        "FEATURES=\"ccache test\" # speed\n",
    );
}

#[test]
fn a_flag_stays_out_of_a_group() {
    let before = "a/b ssl PYTHON_TARGETS: python3_11 -python3_12\n";
    let ours = "\"a/b\" = { USE = \"ssl ldap\", PYTHON_TARGETS = \"python3_11 -python3_12\" }";
    entries(USE, before, ours, "a/b ssl ldap PYTHON_TARGETS: python3_11 -python3_12\n");
}

#[test]
fn a_last_line_without_its_end() {
    entries(
        USE,
        "dev-libs/foo ssl",
        "\"app-admin/salt\" = \"ldap\"",
        "dev-libs/foo ssl\napp-admin/salt ldap\n",
    );
    entries(CONF, "USE=\"a\"", "MAKEOPTS = \"-j2\"", "USE=\"a\"\nMAKEOPTS=\"-j2\"\n");
}

#[test]
fn a_variable_is_all_of_its_value_and_nothing_else() {
    // Over several lines.
    entries(CONF, "A=\"1\"\nUSE=\"ssl\n qt\"\nB=\"2\"\n", "USE = \"x\"", "A=\"1\"\nUSE=\"x\"\nB=\"2\"\n");
    // A name that ends like it, words that hold it, another one on its line, `export`.
    let before = "USE_EXPAND_HIDDEN=\"x\"\nUSE=\"openssl ssl sslv3\"\n";
    entries(CONF, before, "USE = \"openssl sslv3\"", "USE_EXPAND_HIDDEN=\"x\"\nUSE=\"openssl sslv3\"\n");
    entries(CONF, "A=1 B=2\n", "A = \"3\"", "A=\"3\" B=2\n");
    entries(CONF, "export MAKEOPTS=\"-j2\"\n", "MAKEOPTS = \"-j4\"", "export MAKEOPTS=\"-j4\"\n");
}

#[test]
fn quotes_inside_a_value_are_escaped() {
    let machine = Machine::new(&[]);
    machine.apply("[make.conf]\nCFLAGS = { literal = '-O2 -DNAME=\"x y\"' }\n", None);
    assert_eq!(machine.text(CONF), "CFLAGS=\"-O2 -DNAME=\\\"x y\\\"\"\n");
}

#[test]
fn what_says_it_already_is_left_alone() {
    for (before, ours) in
        [("a/b y x\n", "\"a/b\" = \"x y\""), ("a/b  x\n# mine\na/b y\n", "\"a/b\" = \"x y\"")]
    {
        for own in ["whole", "entries"] {
            let machine = Machine::new(&[(USE, before)]);
            let all = machine.everything();
            let spec = format!("[package.use]\n{ours}\n[file.\"package.use\"]\nown = \"{own}\"\n");
            assert_eq!(machine.apply(&spec, None), None, "{spec}");
            assert_eq!(machine.everything(), all);
        }
    }
}

#[test]
fn a_plan_writes_nothing() {
    for files in [&[][..], &[(USE, "# mine\n\nx/y z\n#x/z a\n")]] {
        let machine = Machine::new(files);
        let all = machine.everything();
        let plan = machine.plan("[\"package.use/a\"]\n\"a/b\" = \"c\"\n", None);
        assert!(!plan.is_empty());
        assert_eq!(machine.everything(), all);
    }
}

#[test]
fn a_link_is_written_through() {
    let machine = Machine::new(&[("home/dot", "a/b c\n"), (USE, "->/home/dot")]);
    let spec = "[package.use]\n\"a/b\" = \"c\"\n\"a/d\" = \"e\"\n";
    machine.apply(spec, Some(Choice::TakeOurs));
    assert_eq!(machine.text("home/dot"), "a/b c\na/d e\n");
    assert!(machine.dir().join(USE).is_symlink());
}

#[test]
fn hidden_and_binary_files_are_not_looked_at() {
    let machine = Machine::new(&[("etc/portage/package.use/a", "a/b c\n")]);
    let object = machine.dir().join("etc/portage/package.use/.git/objects/aa");
    fs::create_dir_all(object.parent().unwrap()).unwrap();
    fs::write(&object, b"\xff\0\xfe").unwrap();
    let time = object.metadata().unwrap().modified().unwrap();
    machine.apply("[\"package.use/b\"]\n\"a/d\" = \"e\"\n[file.\"package.use\"]\ndir = true\n", None);
    assert_eq!(fs::read(&object).unwrap(), b"\xff\0\xfe");
    assert_eq!(object.metadata().unwrap().modified().unwrap(), time);
}

#[test]
fn the_owner_stays() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let machine = Machine::new(&[(USE, "a/b c\n")]);
    chown(machine.dir().join(USE), Some(250), Some(251)).unwrap();
    machine.apply("[package.use]\n\"a/b\" = \"d\"\n", Some(Choice::TakeOurs));
    let meta = machine.dir().join(USE).metadata().unwrap();
    assert_eq!((meta.uid(), meta.gid()), (250, 251));
}

#[test]
fn a_file_becomes_a_folder_with_all_that_it_says() {
    let theirs = "# mine\n\na/b x\n#a/c qt\n";
    let machine = Machine::new(&[(USE, theirs)]);
    let start = machine.all();
    machine.apply("[\"package.use/apps\"]\n\"a/d\" = \"e\"\n", None);
    let names = fs::read_dir(machine.dir().join(USE)).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["00-package.use", "apps", "zz-autounmask"], "no `.bak` that Portage would read");
    assert_eq!(machine.text("etc/portage/package.use/00-package.use"), theirs);
    machine.run(&machine.back(0, None)).unwrap();
    assert_eq!(machine.all(), start);
}

#[test]
fn a_file_of_another_name_leaves_nothing_behind() {
    let machine = Machine::new(&[]);
    machine.apply("[\"package.use/zz-debug\"]\n\"a/b\" = \"debug\"\n", None);
    machine.apply("[\"package.use/apps\"]\n\"a/b\" = \"-debug\"\n", None);
    assert!(!machine.has("etc/portage/package.use/zz-debug"));
    assert_eq!(machine.text("etc/portage/package.use/apps"), "a/b -debug\n");
}

#[test]
fn made_once_and_never_touched_again() {
    let spec = |words: &str, own: &str| {
        format!("[\"package.use/a\"]\n\"a/b\" = \"{words}\"\n[file.\"package.use/a\"]\nown = \"{own}\"\n")
    };
    let path = "etc/portage/package.use/a";
    let machine = Machine::new(&[]);
    machine.apply(&spec("c", "once"), None);
    assert_eq!(machine.text(path), "a/b c\n");
    machine.put(path, "a/b mine\n");
    assert_eq!(machine.apply(&spec("d", "once"), None), None);
    // What was ours as a whole is not ours any more, and stays when it is named no more.
    machine.apply(&spec("d", "whole"), Some(Choice::TakeOurs));
    machine.apply(&spec("e", "once"), None);
    assert_eq!(machine.text(path), "a/b d\n");
    let other = "[make.conf]\nUSE = \"x\"\n";
    machine.apply(other, None);
    assert_eq!(machine.text(path), "a/b d\n");
    assert!(!machine.has(&format!("{STATE}/applied/{path}")));
}

#[test]
fn entries_between_two_runs() {
    let spec = |words: &str| {
        format!(
            "[package.use]\n\"a/b\" = \"{words}\"\n\"a/c\" = \"x\"\n[file.\"package.use\"]\nown = \"entries\"\n"
        )
    };
    let machine = Machine::new(&[(USE, "m/m mine # why\n")]);
    machine.apply(&spec("one"), None);
    assert_eq!(machine.text(USE), "m/m mine # why\na/b one\na/c x\n");
    // Somebody else's entries come and go: no conflict. The same entry changed on both sides is one.
    machine.put(USE, "n/n new\na/b one\na/c x\n");
    machine.apply(&spec("two"), None);
    assert_eq!(machine.text(USE), "n/n new\na/b two\na/c x\n");
    machine.put(USE, "n/n new\na/b hers\na/c x\n");
    let plan = machine.plan(&spec("three"), None);
    let conflicts: Vec<_> =
        plan.conflicts().flat_map(|(_, c)| c.entries.iter().map(|e| e.key.clone())).collect();
    assert_eq!(conflicts, ["a/b"]);
    machine.apply(&spec("three"), Some(Choice::TakeOurs));
    assert_eq!(machine.text(USE), "n/n new\na/b three\na/c x\n");
    machine.apply("", None);
    assert_eq!(machine.text(USE), "n/n new\n");
}

#[test]
fn a_folder_that_is_ours_as_a_whole_tells_what_is_not_named() {
    let machine =
        Machine::new(&[("etc/portage/package.use/theirs", "x/y z\n"), ("etc/portage/package.use/.hid", "")]);
    let spec = "[\"package.use/a\"]\n\"a/b\" = \"c\"\n[file.\"package.use\"]\ndir = true\n";
    let found = |spec: &str| {
        let mut report = Report::new();
        let root = Root::open(machine.dir()).unwrap();
        Plan::new(&config(spec), &Templates::builtin(), &root, &choices(None), &mut report).unwrap();
        report.diagnostics.iter().map(|d| format!("{}: {}", d.code.id, d.message)).collect::<Vec<_>>()
    };
    assert_eq!(found(spec), ["F007: `etc/portage/package.use` holds what the spec does not name: theirs"]);
    assert_eq!(found(&format!("{spec}own = \"entries\"\n")), [""; 0]);
    machine.apply(spec, None);
    assert_eq!(machine.text("etc/portage/package.use/theirs"), "x/y z\n", "nothing is removed silently");
    machine.put("etc/portage/package.use/zz-autounmask", "=a/d-1 x\n");
    assert_eq!(found(spec).len(), 1, "what emerge writes into is named by us");
}

#[test]
fn absent_and_none() {
    let machine = Machine::new(&[("etc/portage/package.use/games", "x/y z\n")]);
    let absent = "[file.\"package.use/games\"]\nown = \"absent\"\n";
    assert_eq!(machine.plan(absent, None).conflicts().count(), 1, "it is somebody's");
    machine.apply(absent, Some(Choice::TakeOurs));
    assert!(!machine.has("etc/portage/package.use/games"));
    assert_eq!(machine.apply(absent, None), None);
    machine.put("etc/portage/package.use/games", "x/y again\n");
    let none = "[file.\"package.use/games\"]\nown = \"none\"\n";
    machine.apply(none, None);
    assert_eq!(machine.text("etc/portage/package.use/games"), "x/y again\n");
}

#[test]
fn emerge_has_a_last_file_whatever_the_others_are_called() {
    for name in ["apps", "zz-autounmask", "zzz", "zz{", "\u{fc}mlaut", "zz\u{fc}", "{/x", "caf\\xe9"] {
        let machine = Machine::new(&[]);
        let spec = format!("[{name:?}]\n\"a/b\" = \"c\"\n", name = format!("package.use/{name}"));
        machine.apply(&spec, None);
        let last =
            fs::read_dir(machine.dir().join(USE)).unwrap().map(|e| e.unwrap().file_name()).max().unwrap();
        let empty = fs::read(machine.dir().join(USE).join(&last)).is_ok_and(|text| text.is_empty());
        assert!(empty, "{name}: {last:?}");
        fs::write(machine.dir().join(USE).join(&last), "=a/d-1 x\n").unwrap();
        assert_eq!(machine.apply(&spec, None), None, "{name}");
        machine.apply("[make.conf]\nUSE = \"x\"\n", None);
        assert!(machine.dir().join(USE).join(&last).exists(), "{name}: what emerge wrote stays");
    }
}
