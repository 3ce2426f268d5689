//! Entries of later layers written into a text, and nothing else touched.

use super::common::{file, layers, load, text};
use portage_config::config::Body;

/// The text of `header` after the entries `top` of a later layer.
fn over(header: &str, content: &str, top: &str) -> String {
    let base = format!("[file.'{header}']\ntext = '''\n{content}'''\n");
    let top = format!("extends = ['base.toml']\n['{header}']\n{top}\n");
    let loaded = layers(&[("main.toml", &top), ("base.toml", &base)]);
    let said = text(loaded.good(), header);
    assert!(matches!(file(loaded.root(), header).body, Body::Text(_)));
    said
}

#[test]
fn a_text_alone_is_kept_byte_for_byte() {
    for content in ["", "# only a comment\n", "USE='a'\r\nUSE=\"b\"\r\n", "if true; then\n\tx\nfi\n\n\n"] {
        assert_eq!(over("make.conf", content, ""), content);
    }
}

#[test]
fn variables() {
    let eight = "# head\nUSE=\"a b\"\nUSE=\"${USE} c\"   # c\n\nUSE=\"${USE} d\"\nCFLAGS='-O2'\n";
    assert_eq!(over("make.conf", eight, "USE.add = 'wifi'"), eight.replace("${USE} d", "${USE} d wifi"));
    assert_eq!(over("make.conf", eight, "CFLAGS = '-Os'"), eight.replace("-O2", "-Os"));
    assert_eq!(over("make.conf", eight, "USE.remove = true"), "# head\n\n\nCFLAGS='-O2'\n");
    assert_eq!(over("make.conf", "A=\"x\"\n# c\nB=\"y\"\n", "C = 'z'"), "A=\"x\"\n# c\nB=\"y\"\nC=\"z\"\n");
    assert_eq!(
        over("make.conf", "MAKEOPTS=\"-j8 -l8 -k\"\n", "MAKEOPTS.jobs = 4"),
        "MAKEOPTS=\"-j4 -l8 -k\"\n"
    );
}

#[test]
fn a_new_variable_stands_above_those_that_refer_to_it() {
    assert_eq!(
        over("make.conf", "A=\"1\"\nCFLAGS=\"-O2 ${EXTRA}\"\n", "EXTRA = 'y'"),
        "A=\"1\"\nEXTRA=\"y\"\nCFLAGS=\"-O2 ${EXTRA}\"\n"
    );
}

#[test]
fn rules_with_repeated_atoms() {
    let repeated = "# one\na/b x\nc/d  y   # odd blanks\n\n# two\na/b z\n";
    assert_eq!(over("package.env/x", repeated, "'a/b'.add = 'w'"), repeated.replace("a/b z", "a/b z w"));
    assert_eq!(
        over("package.env/x", repeated, "'c/d' = 'v'").replace("  v", " v"),
        repeated.replace("c/d  y", "c/d v")
    );
    let replaced = over("package.env/x", repeated, "'a/b' = 'v'");
    assert!(
        replaced.contains("a/b v\n")
            && !replaced.contains("a/b x")
            && replaced.contains("c/d  y   # odd blanks\n"),
        "{replaced}"
    );
    let removed = over("package.env/x", repeated, "'a/b'.remove = 'x'");
    assert!(removed.contains("a/b z\n") && !removed.contains("a/b x"), "{removed}");
    let gone = over("package.env/x", repeated, "'a/b'.remove = true");
    assert!(!gone.contains("a/b") && gone.contains("c/d  y   # odd blanks\n"), "{gone}");
    let swapped = over("package.use/x", "a/b x -x\na/b -y y\n", "'a/b' = '-x x'");
    assert_eq!(swapped, "a/b -x x\n", "the order of words means something");
}

#[test]
fn rules_with_groups() {
    let groups = "*/*  PYTHON_TARGETS: a\n*/* x\n*/* VIDEO_CARDS: -* i965\n*/* VIDEO_CARDS: iris\n";
    assert_eq!(
        over("package.use", groups, "'*/*'.VIDEO_CARDS.add = 'zink'"),
        groups.replace("iris", "iris zink")
    );
    assert_eq!(over("package.use", groups, "'*/*'.add = 'y'"), groups.replace("*/* x", "*/* x y"));
    assert_eq!(over("package.use", groups, "'*/*'.L10N = 'de'"), format!("{groups}*/* L10N: de\n"));
    assert_eq!(over("package.use", groups, "'*/*' = 'only'"), "*/* only\n");
}

#[test]
fn items_and_sections() {
    let mask = "# why\n>=a/b-2\n\nc/d\n";
    assert_eq!(over("package.mask", mask, "'e/f' = true"), format!("{mask}e/f\n"));
    assert_eq!(over("package.mask", mask, "'c/d'.remove = true").trim_end(), "# why\n>=a/b-2");
    assert_eq!(over("package.mask", mask, "'c/d' = true"), mask);
    let ini = "# head\n[gentoo]\nlocation : /x\n; c\npriority=1\n\n[guru]\nlocation = /y\n";
    assert_eq!(
        over("repos.conf/x.conf", ini, "gentoo.priority = 2"),
        ini.replace("priority=1", "priority=2")
    );
    assert_eq!(over("repos.conf/x.conf", ini, "guru.auto-sync = true"), format!("{ini}auto-sync = yes\n"));
}

#[test]
fn mounts_that_are_there_twice_stay() {
    let fstab = "# disks\nUUID=a  /  ext4  noatime  0 1\n/dev/b /mnt ext4 ro 0 0\n/dev/c /mnt ext4 ro 0 0\n/dev/s1 none swap sw 0 0\n/dev/s2 none swap sw 0 0\n";
    assert_eq!(over("/etc/fstab", fstab, "'/'.pass = 2"), fstab.replace("noatime  0 1", "noatime  0 2"));
    let options = over("/etc/fstab", fstab, "'/'.options.add = 'discard'");
    assert!(
        options.contains("noatime,discard") && options.contains("/dev/b") && options.contains("/dev/c"),
        "{options}"
    );
    let dropped = over("/etc/fstab", fstab, "swap.remove = true");
    assert!(!dropped.contains("s1") && dropped.contains("s2"), "{dropped}");
}

#[test]
fn a_later_text_or_link_replaces_it() {
    let base = "[file.'package.use/x']\ntext = 'a/b c'\nmode = 0o600\n";
    let top = |what: &str| format!("extends = ['base.toml']\n[file.'package.use/x']\n{what}\n");
    let loaded = layers(&[("main.toml", &top("text = 'd/e f'")), ("base.toml", base)]);
    assert_eq!(text(loaded.good(), "package.use/x"), "d/e f");
    assert_eq!(file(loaded.root(), "package.use/x").mode, Some(0o600));
    let loaded = layers(&[("main.toml", &top("link = '../y'")), ("base.toml", base)]);
    assert_eq!(file(loaded.good(), "package.use/x").body, Body::Link("../y".into()));
    let loaded = layers(&[
        ("main.toml", "extends = ['base.toml']\n[file.x]\ntext = 'a'\n"),
        ("base.toml", "[file.x]\ntext = 'b'\n"),
    ]);
    assert_eq!(text(loaded.good(), "x"), "a");
}

#[test]
fn a_text_and_entries_in_one_layer_are_an_error() {
    for what in ["text = 'a/b c'", "link = 'x'", "dir = true", "own = 'absent'", "own = 'none'"] {
        let loaded = load(&format!("['package.use/x']\n'a/b' = 'd'\n[file.'package.use/x']\n{what}\n"));
        assert_eq!(loaded.places(), [("S007", "'package.use/x'".to_owned())], "{what}");
    }
}

#[test]
fn lines_that_nobody_reads_stay() {
    let said = over("/etc/conf.d/x", "A=$(x)\n", "B = 'y'");
    assert!(said.contains("A=$(x)\n") && said.contains("B=\"y\"\n"), "{said}");
}
