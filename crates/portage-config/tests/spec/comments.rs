//! Comments are the why.

use super::common::{file, layers, load, model, says, text};

#[test]
fn comments_above_and_behind_belong_to_the_entry() {
    says(
        "['package.env/glibc']\n# its ebuild strips -flto\n# but not the section flags\n'sys-libs/glibc' = 'no-lto.conf'   # checked\n",
        "package.env/glibc",
        "# its ebuild strips -flto\n# but not the section flags\nsys-libs/glibc no-lto.conf  # checked\n",
    );
    says("['package.mask/x']\n# why\n'a/b' = true\n", "package.mask/x", "# why\na/b\n");
    says("[make.conf]\n# why\nUSE = 'x' # so\n", "make.conf", "# why\nUSE=\"x\" # so\n");
}

#[test]
fn a_comment_with_a_blank_line_below_stays_in_the_spec() {
    says("['package.mask/x']\n# not this\n\n'a/b' = true\n# nor this\n", "package.mask/x", "a/b\n");
    says("# not this\n\n['package.mask/x']\n'a/b' = true\n", "package.mask/x", "a/b\n");
}

#[test]
fn a_headers_comment_is_the_files() {
    let loaded = load("# why\n# and how\n['package.mask/x'] # here\n'a/b' = true\n");
    assert_eq!(model(loaded.good(), "package.mask/x").header(), [" why", " and how", " here"]);
    let loaded = load("# the conf\n[make.conf]\nUSE = 'x'\n");
    assert_eq!(model(loaded.good(), "make.conf").header(), [" the conf"]);
    let loaded = load("# the jobs\n[make.conf.MAKEOPTS]\njobs = 4\n");
    assert_eq!(text(loaded.good(), "make.conf"), "# the jobs\nMAKEOPTS=\"-j4\"\n");
}

#[test]
fn comments_of_parts_and_dotted_keys_travel() {
    says(
        "['package.use/x']\n# all\n'a/b'.USE = 'x'\n# cards\n'a/b'.VIDEO_CARDS = 'y' # two\n",
        "package.use/x",
        "# all\na/b x\n# cards\na/b VIDEO_CARDS: y  # two\n",
    );
    says(
        "[make.conf]\n# four cores\nMAKEOPTS.jobs = 4 # slow\n",
        "make.conf",
        "# four cores\nMAKEOPTS=\"-j4\" # slow\n",
    );
    says(
        "['repos.conf/x.conf']\n# here\ngentoo.location = '/x' # behind\n",
        "repos.conf/x.conf",
        "[gentoo]\n# here\n# behind\nlocation = /x\n",
    );
    says(
        "['/etc/fstab']\n# the disk\n'/'.source = 'x'\n'/'.type = 'ext4'\n# fast\n'/'.options = 'noatime'\n",
        "/etc/fstab",
        "# the disk\n# fast\nx / ext4 noatime 0 0\n",
    );
}

#[test]
fn a_replacement_brings_its_own_comment_and_an_edit_appends_its_own() {
    let base = "[make.conf]\n# base\nUSE = 'x' # old\n";
    for (top, wanted) in [
        ("USE = 'y'", "USE=\"y\"\n"),
        ("# top\nUSE = 'y'", "# top\nUSE=\"y\"\n"),
        ("# top\nUSE.add = 'y'", "# base\n# top\nUSE=\"x y\" # old\n"),
        ("USE.add = 'y' # top", "# base\n# top\nUSE=\"x y\" # old\n"),
        ("# a\nUSE.add = 'y'\n# b\nUSE.remove = 'x'", "# base\n# a\n# b\nUSE=\"y\" # old\n"),
    ] {
        let top = format!("extends = ['base.toml']\n[make.conf]\n{top}\n");
        let loaded = layers(&[("main.toml", &top), ("base.toml", base)]);
        assert_eq!(text(loaded.good(), "make.conf"), wanted, "{top}");
    }
    let base = "['package.use/x']\n# base\n'a/b' = 'x'\n";
    for (top, wanted) in [
        ("'a/b'.add = 'y' # lua", "# base\na/b x y  # lua\n"),
        ("# cards\n'a/b'.VIDEO_CARDS.add = 'y'", "# base\na/b x\n# cards\na/b VIDEO_CARDS: y\n"),
        ("# both\n'a/b' = { add = 'y', VIDEO_CARDS = 'z' }", "# base\n# both\na/b x y\na/b VIDEO_CARDS: z\n"),
        ("# new\n'a/b' = 'y'", "# new\na/b y\n"),
    ] {
        let top = format!("extends = ['base.toml']\n['package.use/x']\n{top}\n");
        let loaded = layers(&[("main.toml", &top), ("base.toml", base)]);
        assert_eq!(text(loaded.good(), "package.use/x"), wanted, "{top}");
    }
}

#[test]
fn a_hash_in_a_string_is_no_comment() {
    let loaded =
        load("[file.x]\ntext = '''\n# text\na'''\n[make.conf]\nUSE = '''\n# no comment'''\nCFLAGS = 'x'\n");
    let root = loaded.good();
    assert_eq!(text(root, "x"), "# text\na");
    assert_eq!(text(root, "make.conf"), "USE=\"# no comment\"\nCFLAGS=\"x\"\n");
    assert!(file(root, "make.conf").kind.is_some());
}

#[test]
fn comments_are_kept_in_windows_files() {
    says("[make.conf]\r\n# why\r\nUSE = 'x' # so\r\n", "make.conf", "# why\nUSE=\"x\" # so\n");
}
