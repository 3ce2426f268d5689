//! Headers are paths.

use super::common::{file, load, model, path, same, says};
use portage_config::config::Body;

fn bad(spec: &str, code: &str, under: &str, help: &str) {
    let loaded = load(spec);
    let (found, text, said) = loaded.one();
    assert_eq!((found, text.as_str(), said.as_str()), (code, under, help), "{spec}");
}

#[test]
fn a_header_is_a_path_below_etc_portage_or_from_the_root() {
    says("[make.conf]\nUSE = 'x'", "make.conf", "USE=\"x\"\n");
    says("['package.use/grub']\n'sys-boot/grub' = 'x'", "package.use/grub", "sys-boot/grub x\n");
    let loaded = load("['profile/package.use.mask/installkernel']\n'sys-kernel/installkernel' = '-dracut'");
    assert_eq!(
        file(loaded.good(), "profile/package.use.mask/installkernel").kind.unwrap().name,
        "profile/package.use.mask"
    );
    says(
        "['/etc/fstab']\n'/' = { source = 'UUID=x', type = 'ext4' }",
        "/etc/fstab",
        "UUID=x / ext4 defaults 0 0\n",
    );
}

#[test]
fn headers_are_normalised_and_never_leave_the_root() {
    same("['/etc/portage/make.conf']\nUSE = 'x'", "[make.conf]\nUSE = 'x'");
    for (header, why) in [
        ("../x/y", "holds `..`, which would leave its folder"),
        ("package.use/../../x", "holds `..`, which would leave its folder"),
        ("package.use/./x", "holds `.` as a component"),
        ("package.use//x", "holds an empty component"),
        ("package.use/", "holds an empty component"),
        ("//etc/fstab", "starts with a slash"),
    ] {
        let loaded = load(&format!("[\"{header}\"]\n'a/b' = 'c'"));
        assert_eq!(loaded.findings(), [format!("S006 `\"{header}\"` `{header}` {why}")]);
    }
}

#[test]
fn toml_splits_a_bare_header_and_the_reader_joins_it() {
    for (bare, quoted) in [
        ("[make.conf]\nUSE = 'x'", "['make.conf']\nUSE = 'x'"),
        ("[package.use]\n'a/b' = 'x'", "['package.use']\n'a/b' = 'x'"),
        ("[repos.conf.gentoo]\nlocation = '/x'", "['repos.conf']\ngentoo.location = '/x'"),
        ("[repos.conf]\ngentoo.location = '/x'", "['repos.conf'.gentoo]\nlocation = '/x'"),
        ("[sets.conf]\nx.class = 'y'", "['sets.conf']\nx.class = 'y'"),
        ("make.conf.USE = 'x'", "['make.conf']\nUSE = 'x'"),
        ("[make.conf.MAKEOPTS]\njobs = 4", "[make.conf]\nMAKEOPTS.jobs = 4"),
    ] {
        same(bare, quoted);
    }
    let loaded = load("['sets/conf']\n'a/b' = true\n[sets.conf]\nx.class = 'y'");
    let root = loaded.good();
    assert_eq!(file(root, "sets/conf").kind.unwrap().name, "sets");
    assert_eq!(file(root, "sets.conf").kind.unwrap().name, "sets.conf");
}

#[test]
fn said_twice_in_two_spellings_is_an_error() {
    for (spec, under, other) in [
        ("[make.conf]\nUSE = 'x'\n['make.conf']\nCFLAGS = 'y'", "'make.conf'", "make.conf"),
        (
            "[make.conf]\nUSE = 'x'\n['/etc/portage/make.conf']\nCFLAGS = 'y'",
            "'/etc/portage/make.conf'",
            "make.conf",
        ),
    ] {
        let loaded = load(spec);
        assert_eq!(loaded.places(), [("S007", under.to_owned())]);
        assert!(loaded.findings()[0].ends_with(&format!("is said twice: `{other}` is the same file")));
    }
    let loaded = load("[file.'x.sh']\ntext = ''\n[file.'/etc/portage/x.sh']\nmode = 0o755");
    assert_eq!(loaded.places(), [("S007", "'/etc/portage/x.sh'".to_owned())]);
}

#[test]
fn a_bare_word_is_a_layers_own_or_an_error_with_the_nearest() {
    bad("[package.uses]\n'a/b' = 'c'", "S005", "uses", "did you mean `[package.use]`?");
    bad("[paramm.x]\nhelp = ''", "S005", "paramm", "did you mean `[param]`?");
    bad("extend = ['x']", "S005", "extend", "did you mean `extends`?");
    bad(
        "[profile.package.use.mask.x]\n'a/b' = 'c'",
        "S005",
        "profile",
        "write `[\"profile/package.use.mask/x\"]`",
    );
    bad("[env.no-lto.conf]\nCFLAGS = ''", "S005", "env", "write `[\"env/no-lto.conf\"]`");
    bad("[package.use.mask]\n'a/b' = 'c'", "S005", "mask", "write `[\"profile/package.use.mask\"]`");
    bad("[package.use.grub]\n'a/b' = 'c'", "S005", "grub", "write `[\"package.use/grub\"]`");
    bad("[fstab]\n'/' = {}", "S005", "fstab", "did you mean `[\"/etc/fstab\"]`?");
    bad("at = 'host:/x'", "S022", "at", "write `[root.NAME]` above it");
    bad(
        "[make.profile]\nlink = 'x'",
        "S008",
        "profile",
        "say it with `[file.\"make.profile\"]` and `link`; what a folder holds has headers of its own: \
         `[\"make.profile/parent\"]`",
    );
}

#[test]
fn a_header_of_no_kind_is_an_error_with_the_nearest() {
    bad(
        "['package.use.mask/x']\n'a/b' = 'c'",
        "S005",
        "'package.use.mask/x'",
        "did you mean `[\"profile/package.use.mask/x\"]`?",
    );
    bad("['package.usee/x']\n'a/b' = 'c'", "S005", "'package.usee/x'", "did you mean `[\"package.use/x\"]`?");
    bad(
        "['bashrc.local/x']\nX = 'c'",
        "S005",
        "'bashrc.local/x'",
        "say it with `[file.\"bashrc.local/x\"]` and `text`, or name its kind with `as`",
    );
    bad("['categories/x']\n'cat' = true", "S019", "'categories/x'", "write `[\"categories\"]`");
    bad("['/etc/fstab/x']\n'/' = {}", "S019", "'/etc/fstab/x'", "write `[\"/etc/fstab\"]`");
}

#[test]
fn file_or_folder_is_chosen_by_the_path() {
    let loaded = load("['package.use']\n'a/b' = 'c'\n['package.use/x']\n'a/b' = 'd'");
    let (code, under, help) = loaded.one();
    assert_eq!((code, under.as_str()), ("S019", "'package.use/x'"));
    assert_eq!(help, "move the entries of the file into a file of the folder");
    let loaded = load("['package.use/a']\n'a/b' = 'c'\n['package.use/b/c']\n'a/b' = 'd'");
    assert_eq!(loaded.good().config.files.len(), 2);
}

#[test]
fn an_empty_section_is_an_empty_file() {
    let loaded = load("# nothing here yet\n['package.use/x']\n");
    let root = loaded.good();
    assert!(model(root, "package.use/x").is_empty());
    assert_eq!(model(root, "package.use/x").header(), [" nothing here yet"]);
}

#[test]
fn a_section_is_a_table() {
    bad("'package.use/x' = 'a/b c'", "S008", "'a/b c'", "write its entries below `[\"package.use/x\"]`");
    bad("make.conf = 'x'", "S008", "'x'", "write its entries below `[\"make.conf\"]`");
    bad("param = 3", "S008", "3", "");
    bad("extends = 'x'", "S008", "'x'", "write `extends = [\"x\"]`");
}

#[test]
fn a_layers_word_inside_a_section_is_misplaced() {
    bad("[make.conf]\nextends = ['x']", "S022", "extends", "move it above the first header");
    bad(
        "['package.use/x']\nparam.x.help = 'y'",
        "S022",
        "param",
        "write `[param]`, or `[param.…]`, as a header of its own",
    );
    bad(
        "[make.conf]\nUSE = 'x'\n'package.use/x' = { 'a/b' = 'c' }",
        "S022",
        "'package.use/x'",
        "write `[\"package.use/x\"]` as a header of its own",
    );
    // Files of the shell have variables of any name.
    says("['/etc/conf.d/dmcrypt']\ntarget = 'swap'", "/etc/conf.d/dmcrypt", "target=\"swap\"\n");
}

#[test]
fn files_of_no_kind_are_said_with_file() {
    let loaded = load("[file.'make.profile']\nlink = '../x'\n[file.bashrc]\ntext = 'true'\n");
    assert_eq!(file(loaded.good(), "make.profile").body, Body::Link("../x".into()));
    assert!(loaded.root().config.files.contains_key(&path("bashrc")));
    let (code, under, help) = load("[file.make.profile]\nlink = 'x'").one();
    assert_eq!((code, under.as_str()), ("S005", "profile"));
    assert_eq!(help, "a path with a dot stands in quotes: `[file.\"make.profile\"]`");
}
