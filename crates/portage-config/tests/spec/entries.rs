//! Entries of every grammar, in all their spellings.

use super::common::{load, same, says};

fn fails(spec: &str, code: &str, under: &str) -> String {
    let loaded = load(spec);
    let (found, text, help) = loaded.one();
    assert_eq!((found, text.as_str()), (code, under), "{spec}\n{:?}", loaded.findings());
    help
}

#[test]
fn words_are_a_string_or_a_list() {
    for header in ["package.accept_keywords/x", "package.license/x", "package.env/x", "package.properties/x"]
    {
        let spec = |value: &str| format!("['{header}']\n'a/b' = {value}\n");
        same(&spec("'x y'"), &spec("['x', 'y']"));
        same(&spec("'x y'"), &spec("' x  y '"));
        same(&spec("'x y'"), &spec("{ literal = 'x y' }"));
        same(&spec("'x y'"), &spec("{ add = 'x y' }"));
        says(&spec("'x y'"), header, "a/b x y\n");
        says(&spec("true"), header, "a/b\n");
        let nothing = fails(&spec("''"), "S008", "''");
        assert_eq!(nothing, "`true` is the name alone on its line, `.remove = true` drops the entry");
        fails(&spec("[]"), "S008", "[]");
        fails(&spec("3"), "S008", "3");
        fails(&spec("false"), "S008", "false");
        fails(&spec("{ USE = 'x' }"), "S008", "{ USE = 'x' }");
        fails(&spec("['x y']"), "S010", "'x y'");
        fails(&spec("['x', true]"), "S008", "true");
    }
}

#[test]
fn groups_are_parts() {
    let spec = |value: &str| format!("['package.use/x']\n'a/b' = {value}\n");
    let table = spec("{ USE = 'x', VIDEO_CARDS = '-* intel' }");
    same(&table, &spec("'x VIDEO_CARDS: -* intel'"));
    same(&table, &spec("['x', 'VIDEO_CARDS:', '-*', 'intel']"));
    same(&table, &spec("{ USE = ['x'], VIDEO_CARDS = ['-*', 'intel'] }"));
    same(&table, &spec("{ VIDEO_CARDS = '-* intel', USE = 'x' }"));
    same(&table, &spec("{ add = 'x', VIDEO_CARDS.add = '-* intel' }"));
    same(&table, "['package.use/x'.'a/b']\nUSE = 'x'\nVIDEO_CARDS = '-* intel'");
    says(&table, "package.use/x", "a/b x\na/b VIDEO_CARDS: -* intel\n");
    fails(&spec("{ video_cards = 'x' }"), "S010", "video_cards");
    fails(&spec("{ USE = 'x', add = 'y' }"), "S007", "add");
    fails(&spec("'USE: x'"), "S010", "'USE: x'");
    fails(&spec("{ VIDEO_CARDS = 'x', remove = true }"), "S008", "remove");
}

#[test]
fn groups_in_profile_are_full_flag_names() {
    says(
        "['profile/package.use/x']\n'a/b' = 'x VIDEO_CARDS: -intel i965'",
        "profile/package.use/x",
        "a/b x -video_cards_intel video_cards_i965\n",
    );
}

#[test]
fn a_group_is_no_business_of_other_kinds() {
    let help = fails("['package.license/x']\n'a/b' = { VIDEO_CARDS = 'x' }", "S008", "{ VIDEO_CARDS = 'x' }");
    assert_eq!(help, "`.add` and `.remove` edit the words");
}

#[test]
fn names_where_the_kind_has_names() {
    says("['license_groups']\nMINE = 'MIT BSD'", "license_groups", "MINE MIT BSD\n");
}

#[test]
fn items_are_true() {
    for (header, item) in [
        ("package.mask", ">=sys-kernel/gentoo-sources-7.1"),
        ("package.mask/x", "*/*::overlay"),
        ("package.unmask/x", "=a/b-1*"),
        ("sets/x", "a/b"),
        ("sets/x", "@world"),
        ("profile/use.mask", "-lto"),
        ("profile/packages", "*sys-apps/x"),
        ("profile/packages", "-*"),
        ("profile/package.provided", "a/b-1.2"),
        ("categories", "x-y"),
        ("/var/lib/portage/world", "a/b:2"),
    ] {
        says(&format!("['{header}']\n'{item}' = true"), header, &format!("{item}\n"));
        let spec = format!("['{header}']\n'{item}' = 'x'");
        assert!(load(&spec).findings()[0].starts_with("S008 `'x'` `true` is wanted here"), "{spec}");
        fails(&format!("['{header}']\n'{item}' = false"), "S008", "false");
        fails(
            &format!("['{header}']\n'{item}'.add = 'x'"),
            "S008",
            "'{item}'".replace("{item}", item).as_str(),
        );
    }
}

#[test]
fn bad_atoms() {
    for header in ["package.use/x", "package.env/x"] {
        for atom in ["vim", "a/b-1.2", ">=a/b", "a/b[x", "=a/b-1.*", "a/b c", "!a/b", "a b/c", ""] {
            fails(&format!("['{header}']\n\"{atom}\" = 'x'"), "S009", &format!("\"{atom}\""));
        }
    }
    for atom in ["vim", "a/b-1.2", "--a/b", "-!a/b"] {
        fails(&format!("['package.mask/x']\n\"{atom}\" = true"), "S009", &format!("\"{atom}\""));
    }
}

#[test]
fn variables_by_the_string_rule() {
    let conf = |value: &str| format!("[make.conf]\nCFLAGS = {value}\n");
    says(&conf("'${COMMON_FLAGS} -g'"), "make.conf", "CFLAGS=\"${COMMON_FLAGS} -g\"\n");
    same(&conf("'-O2 -g'"), &conf("['-O2', '-g']"));
    same(&conf("'-O2 -g'"), &conf("\"-O2\\n-g\""));
    same(&conf("'-O2 -g'"), &conf("\"-O2\\r\\n-g\""));
    same(&conf("'a\\$b'"), &conf("{ literal = 'a$b' }"));
    same(&conf("'a\\\\b'"), &conf("{ literal = 'a\\b' }"));
    let fetch = r#"curl -o "\${DISTDIR}/\${FILE}" "\${URI}""#;
    says(
        &format!("[make.conf]\nFETCHCOMMAND = '{fetch}'"),
        "make.conf",
        "FETCHCOMMAND=\"curl -o \\\"\\${DISTDIR}/\\${FILE}\\\" \\\"\\${URI}\\\"\"\n",
    );
    assert_eq!(
        fails("[make.conf]\nFETCHCOMMAND = ['a', 'b']", "S008", "['a', 'b']"),
        "`FETCHCOMMAND` is no list of words"
    );
    fails("[make.conf]\nFETCHCOMMAND.add = 'b'", "S008", "FETCHCOMMAND");
    fails(&conf("'$(nproc)'"), "S011", "'$(nproc)'");
    fails(&conf("['a', '${X:-y}']"), "S011", "'${X:-y}'");
    fails(&conf("{ literal = \"a\\nb\" }"), "S011", "\"a\\nb\"");
    fails(&conf("{ USE = 'x' }"), "S008", "{ USE = 'x' }");
    fails(&conf("2026-01-01"), "S008", "2026-01-01");
    fails("[make.conf]\n'A-B' = 'x'", "S010", "'A-B'");
    says(&conf("''"), "make.conf", "CFLAGS=\"\"\n");
}

#[test]
fn makeopts_is_taken_apart() {
    let conf = |value: &str| format!("[make.conf]\nMAKEOPTS = {value}\n");
    says(&conf("'-j8 -l8'"), "make.conf", "MAKEOPTS=\"-j8 -l8\"\n");
    same(&conf("'-j8 -l8'"), &conf("{ jobs = 8, load-average = 8 }"));
    same(&conf("'-j8 -l8'"), &conf("{ literal = '-j8 -l8' }"));
    same(&conf("'-j8 -l7.5'"), &conf("{ jobs = 8, load-average = 7.5 }"));
    fails(&conf("{ jobs = 0 }"), "S008", "0");
    fails(&conf("{ job = 4 }"), "S005", "job");
}

#[test]
fn ini_keys() {
    let spec =
        |value: &str| format!("['repos.conf/x.conf']\ngentoo.location = '/x'\ngentoo.auto-sync = {value}\n");
    let text = |value: &str| format!("[gentoo]\nlocation = /x\nauto-sync = {value}\n");
    says(&spec("false"), "repos.conf/x.conf", &text("no"));
    says(&spec("true"), "repos.conf/x.conf", &text("yes"));
    says(&spec("3"), "repos.conf/x.conf", &text("3"));
    same(&spec("'a b'"), &spec("['a', 'b']"));
    same(&spec("'5%%'"), &spec("{ literal = '5%' }"));
    says(&spec("'%(ROOT)s'"), "repos.conf/x.conf", &text("%(ROOT)s"));
    fails(&spec("\"a\\nb\""), "S011", "\"a\\nb\"");
    fails(&spec("' a'"), "S011", "' a'");
    fails(&spec("1.5"), "S008", "1.5");
    fails("['repos.conf/x.conf']\ngentoo = 'x'", "S008", "'x'");
    fails("['repos.conf/x.conf']\ngentoo.'a=b' = 'x'", "S010", "'a=b'");
    says(
        "['/etc/systemd/system/x.service']\nService.ExecStart = ['', '/bin/a b']\nService.RemainAfterExit = true",
        "/etc/systemd/system/x.service",
        "[Service]\nExecStart=\nExecStart=/bin/a b\nRemainAfterExit=yes\n",
    );
}

#[test]
fn pairs() {
    let spec = |value: &str| {
        format!("[file.'/usr/src/x.config']\nas = 'kernel-config'\n['/usr/src/x.config']\nCONFIG_A = {value}")
    };
    for (value, line) in [
        ("true", "CONFIG_A=y\n"),
        ("false", "# CONFIG_A is not set\n"),
        ("'m'", "CONFIG_A=m\n"),
        ("0x10", "CONFIG_A=0x10\n"),
        ("10", "CONFIG_A=10\n"),
        ("'a b'", "CONFIG_A=\"a b\"\n"),
        ("{ literal = 'm' }", "CONFIG_A=\"m\"\n"),
    ] {
        says(&spec(value), "/usr/src/x.config", line);
    }
    fails(&spec("['a']"), "S008", "['a']");
    let preset = "/etc/systemd/system-preset/10-x.preset";
    says(&format!("['{preset}']\n'x.service' = true\n'*' = false"), preset, "enable x.service\ndisable *\n");
    fails(&format!("['{preset}']\n'x.service' = 'on'"), "S010", "'on'");
}

#[test]
fn mounts() {
    let spec = |entry: &str| format!("['/etc/fstab']\n{entry}\n");
    let root = "'/' = { source = 'UUID=x', type = 'ext4', options = 'noatime,ro', pass = 1 }";
    says(&spec(root), "/etc/fstab", "UUID=x / ext4 noatime,ro 0 1\n");
    same(&spec(root), &spec(&root.replace("'noatime,ro'", "['noatime', 'ro']")));
    same(
        &spec(root),
        "['/etc/fstab'.'/']\nsource = 'UUID=x'\ntype = 'ext4'\noptions.add = 'noatime,ro'\npass = 1",
    );
    says(&spec("swap.source = '/dev/x'"), "/etc/fstab", "/dev/x none swap sw 0 0\n");
    fails(&spec("'/'.source = 'x'"), "S011", "'/'");
    fails(&spec("'a/b' = { source = 'x' }"), "S010", "'a/b'");
    fails(&spec("'/' = 'x'"), "S008", "'x'");
    let help = fails(&spec("'/' = { source = 'x', type = 'y', option = 'z' }"), "S005", "option");
    assert_eq!(help, "did you mean `options`?");
    fails(&spec("'/' = { source = 'x', type = 'y', pass = -1 }"), "S008", "-1");
    fails(&spec("'/' = { source = '', type = 'y' }"), "S011", "''");
}

#[test]
fn several_mistakes_are_reported_in_one_run() {
    let loaded = load(
        "[make.conf]\nUSE = '$(x)'\nCFLAGS = 2026-01-01\n['package.use/x']\n'vim' = 'x'\n'a/b' = ['x', '#y', 'a b']\n\
         'c/d' = '-X+ ok !'\n[nothing]\nx = 1\n['/etc/fstab']\n'/' = { source = 3, type = 4 }\n",
    );
    assert_eq!(
        loaded.places(),
        [
            ("S005", "nothing".to_owned()),
            ("S011", "'$(x)'".to_owned()),
            ("S008", "2026-01-01".to_owned()),
            ("S009", "'vim'".to_owned()),
            ("S010", "'a b'".to_owned()),
            ("S010", "'-X+ ok !'".to_owned()),
            ("S008", "3".to_owned()),
            ("S008", "4".to_owned()),
        ]
    );
}
