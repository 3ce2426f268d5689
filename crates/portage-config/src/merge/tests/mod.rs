mod laws;

use super::*;
use crate::file::named;

/// What becomes of three texts of a kind, and the keys on which both sides disagree.
fn case(name: &str, base: &str, ours: &str, theirs: &str, expected: &str, conflicts: &[&str]) {
    let kind = (name != "-").then(|| named(name).unwrap());
    let merged = three_way(kind, Some(base.as_bytes()), ours.as_bytes(), theirs.as_bytes()).unwrap();
    let text = String::from_utf8(merged.bytes).unwrap();
    assert_eq!(text, expected, "{name}\n{base}---\n{ours}---\n{theirs}");
    let keys: Vec<&str> = merged.conflicts.iter().map(|conflict| conflict.key.as_str()).collect();
    assert_eq!(keys, conflicts, "{name}\n{base}---\n{ours}---\n{theirs}");
}

#[test]
fn rules() {
    let rules = |base: &str, ours: &str, theirs: &str, expected: &str, conflicts: &[&str]| {
        case("package.use", base, ours, theirs, expected, conflicts);
    };
    // Each side its own entry; layout and comments of theirs stay.
    rules(
        "a/b x\na/c y\n",
        "a/b x z\na/c y\n",
        "# me\na/b   x  # why\n\na/c -y\n",
        "# me\na/b   x z  # why\n\na/c -y\n",
        &[],
    );
    // Words of one entry.
    rules("a/b x\n", "a/b x y\n", "a/b x z\n", "a/b x y z\n", &[]);
    rules("a/b x\n", "a/b x y\n", "a/b x -y\n", "a/b x -y\n", &["a/b"]);
    rules("a/b x\n", "a/b -* x\n", "a/b x y\n", "a/b x y\n", &["a/b"]);
    // An entry that is gone on one side.
    rules("a/b x\na/c y\n", "a/c y\n", "a/b x\na/c y z\n", "a/c y z\n", &[]);
    rules("a/b x\na/c y\n", "a/c y\n", "a/b -x\na/c y\n", "a/b -x\na/c y\n", &["a/b"]);
    rules("a/b x\na/c y\n", "a/b -x\na/c y\n", "a/c y\n", "a/c y\n", &["a/b"]);
    rules("a/b x\na/c y\n", "a/b x\na/c y z\n", "a/c y\n", "a/c y z\n", &[]);
    // New on both sides.
    rules("", "a/b x\n", "a/b y\n", "a/b y x\n", &[]);
    rules("", "a/b x\n", "a/b -x\n", "a/b -x\n", &["a/b"]);
    rules("", "a/b x\n", "a/c y\n", "a/c y\na/b x\n", &[]);
    // Places of new entries.
    rules(
        "a/b x\na/c y\n",
        "a/b x\n# n\na/n z\na/c y\n",
        "a/t t\na/b x\na/c y\na/u u\n",
        "a/t t\na/b x\n# n\na/n z\na/c y\na/u u\n",
        &[],
    );
    rules("a/b x\n", "a/n z\na/b x\n", "a/t t\na/b x\n", "a/t t\na/n z\na/b x\n", &[]);
    // Our order, where theirs did not change it.
    rules("*/* x\na/b -x\n", "a/b -x\n*/* x\n", "*/* x\na/t t\na/b -x\n", "a/b -x\na/t t\n*/* x\n", &[]);
    rules(
        "a/b x\na/c y\na/d z\n",
        "a/c y\na/b x\na/d z\n",
        "a/b x\na/d z\na/c y\n",
        "a/b x\na/d z\na/c y\n",
        &[],
    );
    // Lines of one atom add up.
    rules(
        "a/b x\na/c y\na/b z\n",
        "a/b x n\na/c y\na/b z\n",
        "a/b x\na/c y\na/b z t\n",
        "a/b x n\na/c y\na/b z t\n",
        &[],
    );
    rules("a/b x\n", "a/b x n\n", "a/b x\na/b t\n", "a/b x n\na/b t\n", &[]);
    rules("a/b x\na/b z\n", "a/b x n\n", "a/b x\na/b z t\n", "a/b x n\na/b t\n", &[]);
    // Groups are entries of their own.
    rules(
        "a/b x L10N: de\n",
        "a/b x L10N: de fr\n",
        "a/b x y L10N: de VIDEO_CARDS: intel\n",
        "a/b x y L10N: de fr VIDEO_CARDS: intel\n",
        &[],
    );
    rules("a/b L10N: de\n", "a/b L10N: fr\n", "a/b l10n: es\n", "a/b l10n: es\n", &["a/b.L10N"]);
    // A line that cannot be read stays, and the others are merged all the same.
    rules("a/b x\n", "a/b y\n", "=a/b x\na/b x\n", "=a/b x\na/b y\n", &[]);
    // No words are a saying of their own.
    case("package.accept_keywords", "a/b ~x86\n", "a/b\n", "a/b **\n", "a/b **\n", &["a/b"]);
    case("package.license", "a/b @EULA\n", "a/b @EULA X\n", "a/b @EULA -Y\n", "a/b @EULA X -Y\n", &[]);
}

#[test]
fn variables() {
    let vars = |base: &str, ours: &str, theirs: &str, expected: &str, conflicts: &[&str]| {
        case("make.conf", base, ours, theirs, expected, conflicts);
    };
    vars("USE=\"a b\"\n", "USE=\"a b c\"\n", "USE='a\n  b d' # me\n", "USE='a\n  b c d' # me\n", &[]);
    vars("USE=\"a b\"\n", "USE=\"a\"\n", "USE=\"a b\n  d\"\n", "USE=\"a\n  d\"\n", &[]);
    vars("USE=\"a ${B}\"\n", "USE=\"a ${B} c\"\n", "USE=\"a ${B} d\"\n", "USE=\"a ${B} c d\"\n", &[]);
    vars("USE=\"a\"\n", "USE=\"-* a\"\n", "USE=\"a b\"\n", "USE=\"a b\"\n", &["USE"]);
    vars("L10N=\"de\"\n", "L10N=\"fr\"\n", "L10N=\"es\"\n", "L10N=\"es\"\n", &["L10N"]);
    // Blanks between words are layout.
    vars("USE=\"a b\"\n", "USE=\"c\"\n", "USE=\"a\tb\"\n", "USE=\"c\"\n", &[]);
    // Arguments are no words that come and go alone.
    vars(
        "CFLAGS=\"-O2\"\n",
        "CFLAGS=\"-O2 -g\"\n",
        "CFLAGS=\"-O2 -pipe\"\n",
        "CFLAGS=\"-O2 -pipe\"\n",
        &["CFLAGS"],
    );
    vars("", "USE=\"a\"\n", "USE=\"b\"\n", "USE=\"b\"\n", &["USE"]);
    vars("A=\"1\"\nB=\"2\"\n", "A=\"1\"\n", "B=\"3\"\nA=\"1\"\n", "B=\"3\"\nA=\"1\"\n", &["B"]);
    // A new variable stands above those that refer to it.
    vars(
        "X=\"1\"\n",
        "X=\"1\"\nF=\"-O2\"\n",
        "CFLAGS=\"${F}\"\nX=\"1\"\n",
        "F=\"-O2\"\nCFLAGS=\"${F}\"\nX=\"1\"\n",
        &[],
    );
    vars(
        "X=\"1\"\n",
        "X=\"1\"\nG=\"-g\"\nF=\"-O2 ${G}\"\n",
        "CFLAGS=\"${F}\"\nX=\"1\"\n",
        "G=\"-g\"\nF=\"-O2 ${G}\"\nCFLAGS=\"${F}\"\nX=\"1\"\n",
        &[],
    );
    vars("", "F=\"${X}\"\n", "X=\"1\"\nC=\"${F}\"\n", "X=\"1\"\nF=\"${X}\"\nC=\"${F}\"\n", &[]);
    // Twice on a side: by lines.
    vars(
        "A=\"1\"\n\nB=\"2\"\n",
        "A=\"1\"\n\nB=\"3\"\n",
        "A=\"1\"\nA=\"2\"\n\nB=\"2\"\n",
        "A=\"1\"\nA=\"2\"\n\nB=\"3\"\n",
        &[],
    );
    vars("A=\"1\"\n", "A=\"3\"\n", "A=\"1\"\nA=\"2\"\n", "A=\"1\"\nA=\"2\"\n", &["1-2"]);
    vars("A=1\nA=2\n", "A=3\nA=2\n", "A=1\nA=4\n", "A=\"3\"\nA=4\n", &[]);
    // Lines that cannot be read: by lines.
    vars(
        "A=\"1\"\nB=\"2\"\nC=\"3\"\n",
        "A=\"1\"\nB=\"2\"\nC=\"4\"\n",
        "= x\nA=\"1\"\nB=\"2\"\nC=\"3\"\n",
        "= x\nA=\"1\"\nB=\"2\"\nC=\"4\"\n",
        &[],
    );
    // dracut's lists keep their padding.
    let dracut = |base: &str, ours: &str, theirs: &str, expected: &str| {
        case("dracut.conf", base, ours, theirs, expected, &[]);
    };
    dracut(
        "add_drivers+=\" a \"\n",
        "add_drivers+=\" a b \"\n",
        "add_drivers+=\" a c \"\n",
        "add_drivers+=\" a b c \"\n",
    );
}

#[test]
fn items_and_pairs() {
    case("package.mask", "a/b\na/c\n", "a/c\na/d\n", "# me\na/b\na/c\na/e\n", "# me\n\na/c\na/d\na/e\n", &[]);
    case("profile/use.mask", "a\n", "a\nx\n", "a\n-x\n", "a\n-x\n", &["x"]);
    case("profile/use.mask", "a\n", "-a\n", "a\nb\n", "b\n-a\n", &[]);
    case(
        "kernel-config",
        "CONFIG_A=y\nCONFIG_B=y\n",
        "CONFIG_A=m\nCONFIG_B=y\n",
        "CONFIG_A=y\n# CONFIG_B is not set\n",
        "CONFIG_A=m\n# CONFIG_B is not set\n",
        &[],
    );
    case("kernel-config", "CONFIG_A=y\n", "CONFIG_A=m\n", "CONFIG_A=n\n", "CONFIG_A=n\n", &["CONFIG_A"]);
}

#[test]
fn sections() {
    let ini = |base: &str, ours: &str, theirs: &str, expected: &str, conflicts: &[&str]| {
        case("repos.conf", base, ours, theirs, expected, conflicts);
    };
    ini(
        "[a]\nlocation = /a\nauto-sync = no\n",
        "[a]\nlocation = /b\nauto-sync = no\n\n[n]\nlocation = /n\n",
        "; me\n[a]\nlocation = /a\nAUTO-SYNC: yes\nsync-depth = 1\n\n[t]\nlocation = /t\n",
        "; me\n[a]\nlocation = /b\nAUTO-SYNC: yes\nsync-depth = 1\n\n[n]\nlocation = /n\n\n[t]\nlocation = /t\n",
        &[],
    );
    ini("[a]\nx = 1\n", "[a]\nx = 2\n", "[a]\nx = 3\ny = 1\n", "[a]\nx = 3\ny = 1\n", &["a.x"]);
    ini("[a]\nx = 1\n[b]\ny = 1\n", "[b]\ny = 1\n", "[a]\nx = 1\n[b]\ny = 2\n", "[b]\ny = 2\n", &[]);
    ini("[a]\nx = 1\n", "[a]\nx = 2\n", "[b]\ny = 2\n", "[b]\ny = 2\n", &["a.x"]);
}

#[test]
fn mounts() {
    let fstab = |base: &str, ours: &str, theirs: &str, expected: &str, conflicts: &[&str]| {
        case("fstab", base, ours, theirs, expected, conflicts);
    };
    fstab(
        "LABEL=a / ext4 defaults 0 1\n",
        "LABEL=a / ext4 noatime 0 1\n",
        "LABEL=b\t/\text4\tdefaults,discard\t0 1\n",
        "LABEL=b\t/\text4\tdiscard,noatime\t0 1\n",
        &[],
    );
    fstab(
        "a / ext4 rw,size=1\n",
        "a / ext4 rw,size=2\n",
        "a / ext4 ro,size=1\n",
        "a / ext4 ro,size=2 0 0\n",
        &[],
    );
    fstab("a / ext4 rw\n", "a / ext4 noatime\n", "a / ext4 relatime\n", "a / ext4 relatime\n", &["/"]);
    fstab("a / ext4 rw\n", "b / ext4 rw\n", "c / ext4 rw\n", "c / ext4 rw\n", &["/"]);
    fstab(
        "a none swap sw\n",
        "a none swap sw\nb none swap sw\n",
        "a none swap pri=1\n",
        "a none swap pri=1\nb none swap sw 0 0\n",
        &[],
    );
}

#[test]
fn tables() {
    let toml = |base: &str, ours: &str, theirs: &str, expected: &str, conflicts: &[&str]| {
        case("ugrd", base, ours, theirs, expected, conflicts);
    };
    toml(
        "a = 1\n[m.root]\nx = 1\ny = 2\n",
        "a = 2\nn = 1\n[m.root]\nx = 3\n",
        "# me\na = 1 # why\n[m.root]\nx = 1\ny = 2\nz = 3\n",
        "# me\na = 2 # why\nn = 1\n[m.root]\nx = 3\nz = 3\n",
        &[],
    );
    toml("l = [\"a\"]\n", "l = [\"a\", \"b\"]\n", "l = [\"a\", \"c\"]\n", "l = [\"a\", \"b\", \"c\"]\n", &[]);
    toml("l = [1]\n", "l = [1, 2]\n", "l = [1, 3]\n", "l = [1, 3]\n", &["l"]);
    toml("[m.a]\nx = 1\n", "[m.a]\nx = 2\n", "[m.a]\nx = 3\n", "[m.a]\nx = 3\n", &["m.a.x"]);
    toml("[a]\nx = 1\n", "a = 1\n", "[a]\nx = 2\n", "[a]\nx = 2\n", &["a"]);
    toml(
        "[a]\nx = 1\n[b]\ny = 1\n",
        "[b]\ny = 1\n",
        "[a]\nx = 1\n[b]\ny = 1\nz = 1\n",
        "[b]\ny = 1\nz = 1\n",
        &[],
    );
}

#[test]
fn lines_of_other_files() {
    let base = "one\ntwo\nthree\nfour\n";
    for name in ["-", "bashrc"] {
        case(
            name,
            base,
            "ONE\ntwo\nthree\nfour\n",
            "one\ntwo\nthree\nFOUR\n",
            "ONE\ntwo\nthree\nFOUR\n",
            &[],
        );
        case(name, base, "one\nTWO\nthree\nfour\n", "one\n2\nthree\nfour\n", "one\n2\nthree\nfour\n", &["2"]);
        case(name, base, "one\ntwo\nTHREE\nfour\n", "one\ntwo\n", "one\ntwo\n", &["3"]);
        case(name, "a\n", "", "x\na\ny\n", "x\ny\n", &[]);
        case(name, "a\nb\n", "", "a\nx\nb\n", "a\nx\nb\n", &["1-3"]);
        case(name, "a\n", "", "a\na\n", "a\na\n", &["1-2"]);
        case(name, "a\n\n", "", "x\na\n\n\ny", "x\n\ny", &[]);
        case(name, "a\nb", "x\na\nb", "a\nb\nc", "x\na\nb\nc", &[]);
    }
}

#[test]
fn without_a_base() {
    let merged = |kind: Option<&'static str>, ours: &str, theirs: &str| {
        let kind = kind.map(|kind| named(kind).unwrap());
        three_way(kind, None, ours.as_bytes(), theirs.as_bytes()).unwrap()
    };
    for kind in [None, Some("bashrc")] {
        assert_eq!(merged(kind, "a\n", "a\n"), Merged::clean(b"a\n"));
        assert_eq!(merged(kind, "a\n", ""), Merged::clean(b"a\n"));
        let two = merged(kind, "a\n", "a\nb\n");
        assert_eq!((two.bytes.as_slice(), two.conflicts.len()), (&b"a\nb\n"[..], 1));
        assert_eq!(two.conflicts[0].to_string(), "`1-2`: it was not there, is to be `a`, and is `a b`");
        assert_eq!(
            merged(kind, "", "a\n").conflicts[0].to_string(),
            "`1`: it was not there, is to be gone, and is `a`"
        );
    }
    assert_eq!(merged(Some("package.use"), "# x\na/b x\n", ""), Merged::clean(b"# x\na/b x\n"));
    assert_eq!(merged(Some("package.use"), "a/b x\n", "a/c y\n"), Merged::clean(b"a/c y\na/b x\n"));
    assert_eq!(merged(Some("package.use"), "", "a/c y\n"), Merged::clean(b"a/c y\n"));
}

#[test]
fn bytes_that_are_no_text() {
    let merged = three_way(None, Some(b"\xff\nb\nc\n"), b"\xff\nb\n\xfe\n", b"a\xfd\n\xff\nb\nc\n").unwrap();
    assert_eq!(merged, Merged::clean(b"a\xfd\n\xff\nb\n\xfe\n"));
    let kind = named("package.use");
    let merged = three_way(kind, Some(b"a/b x\n"), b"a/b y\n", b"a/b z # \xe4\n").unwrap();
    assert_eq!(merged.bytes, b"a/b z # \xe4\n");
    assert_eq!(
        merged.conflicts[0].to_string(),
        r"`1`: it was `a/b x`, is to be `a/b y`, and is `a/b z # \\xE4`"
    );
}

#[test]
fn a_merge_that_no_reader_takes_is_a_conflict() {
    let text = |first: &str, last: &str| format!("nonsense\n[a]\n{first}l = 1\nm = 2\n{last}");
    let (base, ours, theirs) = (text("", ""), text("x = 1\n", ""), text("", "x = 2\n"));
    case("repos.conf", &base, &ours, &theirs, &theirs, &["1-5"]);
    case("repos.conf", &base, &ours, &text("", "y = 2\n"), &text("x = 1\n", "y = 2\n"), &[]);
}

#[test]
fn what_we_wrote_is_taken_back() {
    let back = |name: &str, base: &str, theirs: &str, expected: &str, conflicts: &[&str]| {
        let kind = (name != "-").then(|| named(name).unwrap());
        let merged = take_back(kind, base.as_bytes(), theirs.as_bytes()).unwrap();
        assert_eq!(String::from_utf8(merged.bytes).unwrap(), expected, "{name} {base} {theirs}");
        assert_eq!(merged.conflicts.iter().map(|c| c.key.as_str()).collect::<Vec<_>>(), conflicts);
    };
    back("package.use", "# ours\n\na/b x\n", "# ours\n\na/b x\n", "", &[]);
    back("package.use", "# ours\n\na/b x\n", "# ours\n\na/b x\na/t t\n", "a/t t\n", &[]);
    back("package.use", "# n\na/b x\n", "a/t t\n# n\na/b   x\n", "a/t t\n", &[]);
    back("package.use", "# n\na/b x\n", "# t\n# n\na/b x\na/t t\n", "# t\n\na/t t\n", &[]);
    back("package.use", "# n\na/b x\n", "# another\na/b x\n", "# another\n", &[]);
    back("package.use", "a/b x\n", "=a/c x\na/b x\n", "=a/c x\n", &[]);
    back("package.use", "a/b x\na/c y\n", "a/b x t\na/t t\n", "a/b x t\na/t t\n", &["a/b"]);
    back(
        "repos.conf",
        "# n\n[a]\n# why\nx = 1\n",
        "[t]\ny = 1\n\n# n\n[a]\n# why\nx = 1\n",
        "[t]\ny = 1\n\n",
        &[],
    );
    back("repos.conf", "[a]\nx = 1\n", "[a]\nx = 1\ny = 2\n", "[a]\ny = 2\n", &[]);
    back(
        "make.conf",
        "# n\nA=\"1\"\n",
        "T=\"1\"\n\n# n\nA=\"1\"  # t\nU=\"1\"\n",
        "T=\"1\"\n\nU=\"1\"\n",
        &[],
    );
    back("ugrd", "# n\n[m.a]\nx = 1\n", "t = 1\n# n\n[m.a]\nx = 1\n", "t = 1\n", &[]);
    back("-", "# >>> ours\nx\n# <<< ours\n", "a\n# >>> ours\nx\n# <<< ours\nb\n", "a\nb\n", &[]);
}

#[test]
fn secrets_are_never_shown() {
    let uri = |word: &str| format!("[a]\nsync-uri = https://me:{word}@example.org/\n");
    let (base, ours, theirs) = (uri("hunter1"), uri("hunter2"), uri("hunter3"));
    for kind in [named("repos.conf"), named("bashrc"), None] {
        let merged = three_way(kind, Some(base.as_bytes()), ours.as_bytes(), theirs.as_bytes()).unwrap();
        assert!(merged.conflicts[0].secret);
        let shown = format!("{merged:?} {:?} {}", merged.conflicts[0], merged.conflicts[0]);
        let json = serde_json::to_string(&merged.conflicts).unwrap();
        assert!(!shown.contains("hunter") && !json.contains("hunter"), "{shown} {json}");
    }
    let mut conflict = Conflict::new("A".into(), [None, Some(vec!["x".into()]), None], false);
    assert_eq!(format!("{conflict}"), "`A`: it was not there, is to be `x`, and is gone");
    conflict.secret = true;
    assert_eq!(format!("{conflict}"), "`A`: it was not there, is to be `‹hidden›`, and is gone");
    assert!(!format!("{conflict:?}").contains('x'));
}
