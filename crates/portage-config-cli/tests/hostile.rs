//! What careless and hostile input must not do.

mod common;

use common::Folder;

const SPEC: &[u8] = b"spec = 1\n[make.conf]\n# the flags\n\nCFLAGS = \"-O2\"\nCXXFLAGS = \"${CFLAGS}\"\n\
    [\"package.use/x\"]\n# why\n\"a/b\" = \"c\"\n\
    [\"repos.conf/x\"]\ngentoo.location = \"/var/db/repos/gentoo\" # here\n\
    [\"/etc/fstab\"]\n# mine\n\"/\" = { source = \"LABEL=r\", type = \"ext4\" }\n\
    [\"/etc/ugrd/config.toml\"]\n# theirs\nmodules = [\"ugrd.base.debug\"]\n";

const FILES: [&str; 5] = [
    "etc/portage/make.conf",
    "etc/portage/package.use/x",
    "etc/portage/repos.conf/x",
    "etc/fstab",
    "etc/ugrd/config.toml",
];

#[test]
fn comments_written_by_hand_are_no_difference() {
    let folder = Folder::new(&[]);
    folder.write("a.toml", SPEC);
    for block in ["# by hand\n", "# by hand\n\n", "# by hand\n#\n# more\n\n"] {
        folder.run(&["render", "a.toml", "--out", "o", "--force"]).expect(0);
        for file in FILES {
            let text = folder.read(&format!("o/{file}"));
            folder.write(&format!("o/{file}"), format!("{block}{text}").as_bytes());
        }
        let run = folder.run(&["diff", "a.toml", "--root", "o"]);
        assert_eq!(run.status, 0, "{block:?}: {}", run.all());
    }
}

#[test]
fn comments_written_by_hand_stay_where_something_else_changes() {
    let folder = Folder::new(&[]);
    folder.write("a.toml", SPEC);
    folder.run(&["render", "a.toml", "--out", "o"]).expect(0);
    let text = folder.read("o/etc/portage/make.conf").replace("-O2", "-Os");
    folder.write("o/etc/portage/make.conf", format!("# by hand\n\n{text}").as_bytes());
    let text = folder.read("o/etc/portage/package.use/x").replace("a/b c", "a/b d");
    folder.write("o/etc/portage/package.use/x", format!("# by hand\n{text}").as_bytes());
    let run = folder.run(&["diff", "a.toml", "--root", "o", "--text"]).expect(1);
    let changed: Vec<&str> = run.out.lines().filter(|line| line.starts_with(['+', '-'])).collect();
    let changed: Vec<&&str> =
        changed.iter().filter(|line| !line.starts_with("+++") && !line.starts_with("---")).collect();
    assert_eq!(changed, [&"-CFLAGS=\"-Os\"", &"+CFLAGS=\"-O2\"", &"-a/b d", &"+a/b c"], "{}", run.out);
}

#[test]
fn a_secret_may_be_one_mount_option_of_several() {
    let folder = Folder::new(&[]);
    folder.write(
        "a.toml",
        b"spec = 1\n[param.p]\nsecret = true\nenv = \"HOSTILE_PW\"\n[\"/etc/fstab\"]\n\
          \"/m\" = { source = \"//s/x\", type = \"cifs\", options = \"ro,password=@{p}\" }\n",
    );
    let run = |args: &[&str], secret: &str| folder.run_env(args, &[("HOSTILE_PW", secret)]);
    run(&["render", "a.toml", "--out", "o"], "s3cret").expect(0);
    assert_eq!(folder.read("o/etc/fstab"), "//s/x  /m  cifs  ro,password=s3cret  0  0\n");
    for args in [&["check", "a.toml"][..], &["show", "a.toml"], &["diff", "a.toml", "--root", "o"]] {
        let run = run(args, "s3cret").expect(0);
        assert!(!run.all().contains("s3cret"), "{}", run.all());
    }
    let run = run(&["render", "a.toml", "--out", "o2"], "s3c,ret").expect(2);
    assert!(run.err.contains("holds a comma") && !run.err.contains("s3c"), "{}", run.err);
    folder.run(&["check", "a.toml"]).expect(0);
}

#[test]
fn what_stands_for_an_unread_secret_is_no_secret() {
    let folder = Folder::new(&[]);
    folder.write(
        "a.toml",
        b"spec = 1\n[param.p]\nsecret = true\nenv = \"HOSTILE_UNSET\"\n[make.conf]\n\
          FETCHCOMMAND = \"a @{p} b\"\nHOSTS = \"me@example\"\n",
    );
    let run = folder.run(&["show", "a.toml"]).expect(0);
    assert!(run.out.contains("me@example") && run.out.contains("FETCHCOMMAND = \"‹hidden›\""), "{}", run.out);
}

#[test]
fn credentials_without_a_scheme_are_hidden() {
    let folder = Folder::new(&[]);
    folder.write("a.toml", b"spec = 1\n[make.conf]\nRSYNC_PROXY = \"me:hunter2@proxy:3128\"\n");
    for args in [&["show", "a.toml"][..], &["show", "a.toml", "--format", "json"]] {
        let run = folder.run(args).expect(0);
        assert!(!run.all().contains("hunter2"), "{}", run.all());
    }
}

#[test]
fn roots_do_not_lie_inside_each_other() {
    let folder = Folder::new(&[]);
    folder.write("a.toml", b"spec = 1\n[root.a]\nat = \"b:/x\"\n[root.b]\nat = \"a:/x\"\n");
    let run = folder.run(&["render", "a.toml", "--out", "o"]).expect(2);
    assert!(run.err.contains("a.toml:3:6") && run.err.contains("inside each other"), "{}", run.err);
    folder.write("b.toml", b"spec = 1\n[root.a]\nat = \"a:/x\"\n");
    let run = folder.run(&["check", "b.toml"]).expect(1);
    assert!(run.out.contains("b.toml:3:6") && !run.out.contains("did you mean"), "{}", run.out);
    folder.write("c.toml", b"spec = 1\n[root.a]\nat = \"b:/x\"\n[root.c]\n");
    let run = folder.run(&["check", "c.toml"]).expect(1);
    assert!(run.out.contains("there is `c`"), "{}", run.out);
}

#[test]
fn variants_that_there_are() {
    let folder = Folder::new(&[]);
    folder.write("a.toml", b"spec = 1\n[variant.oz.make.conf]\n[variant.lto.make.conf]\n");
    let run = folder.run(&["check", "a.toml", "--variant", "nonesuch"]).expect(1);
    assert!(run.out.contains("there is `oz`, `lto`"), "{}", run.out);
}

#[test]
fn without_an_answer_nothing_is_said_to_be_done() {
    let folder = Folder::new(&[]);
    folder.write("a.toml", b"spec = 1\n[make.conf]\nCHOST = \"i486-pc-linux-gnu\"\n");
    folder.write("root/etc/portage/other", b"");
    folder.write("out/other", b"");
    std::os::unix::net::UnixListener::bind(folder.join("root/etc/portage/make.conf")).unwrap();
    let run = folder.run(&["diff", "a.toml", "--root", "root"]).expect(2);
    assert!(!run.err.contains("no difference"), "{}", run.err);
    let run = folder.run(&["render", "a.toml", "--out", "out"]).expect(2);
    assert!(!run.err.contains("1 file"), "{}", run.err);
}

#[test]
fn a_message_is_one_line() {
    let folder = Folder::new(&[]);
    folder.write("a.toml", b"spec = 1\n[\"package.mask/x\"]\n\"a/b\\nc/d\" = true\n");
    let run = folder.run(&["check", "a.toml"]).expect(1);
    assert!(run.out.starts_with("error[S009 bad-atom]: `a/b\\nc/d` "), "{}", run.out);
    folder.write("b.toml", b"spec = 1\n[\"package.use/x\"]\n\"a/b\" = \"x#y\"\n");
    let run = folder.run(&["check", "b.toml"]).expect(1);
    assert!(run.out.contains("]: `x#y` has `#` in it"), "{}", run.out);
}

#[test]
fn a_literal_is_the_characters_themselves_in_toml_too() {
    let folder = Folder::new(&[]);
    folder.write(
        "a.toml",
        b"spec = 1\n[\"/etc/ugrd/config.toml\"]\ninit_target = { literal = '/a \"b\" \\c' }\n",
    );
    folder.run(&["render", "a.toml", "--out", "o"]).expect(0);
    assert_eq!(folder.read("o/etc/ugrd/config.toml"), "init_target = '/a \"b\" \\c'\n");
}

#[test]
fn a_mount_cannot_hold_control_characters() {
    let folder = Folder::new(&[]);
    folder
        .write("a.toml", b"spec = 1\n[\"/etc/fstab\"]\n\"/\" = { source = \"a\\u0001\", type = \"ext4\" }\n");
    let run = folder.run(&["check", "a.toml"]).expect(1);
    assert!(run.out.contains("S011") && run.out.contains("a.toml:3:18"), "{}", run.out);
    folder.write(
        "b.toml",
        b"spec = 1\n[\"/etc/fstab\"]\n\"/\" = { source = \"a\", type = \"ext4\", options = [\"ro,x\"] }\n",
    );
    let run = folder.run(&["check", "b.toml"]).expect(1);
    assert!(run.out.contains("not one option"), "{}", run.out);
}

#[test]
fn a_mistake_beside_a_secret_does_not_show_it() {
    let folder = Folder::new(&[]);
    folder.write(
        "base.toml",
        b"spec = 1\n[param.token]\nsecret = true\n[param.port]\ntype = \"port\"\ndefault = 1\n[make.conf]\nX_Y = \"@{token}\"\n",
    );
    for (head, text) in [
        ("[param.token]\nsecret = true\n", "value = \"s3cretVAL\n"),
        ("[param.token]\nsecret = true\n", "value = \"s3cretVAL\" x\n"),
        ("[param.token]\nsecret = true\n", "value = [\"s3cretVAL\"]\n"),
        ("[param.token]\nsecret = true\n", "valu = \"s3cretVAL\"\n"),
        ("[param.token]\nsecret = true\n", "value = \"\"\"\na\ns3cretVAL\\x\n\"\"\"\n"),
        ("[param.token]\nsecret = true\ntype = \"int\"\n", "value = \"s3cretVAL\"\n"),
        ("extends = [\"base.toml\"]\n[param]\n", "token = \"s3cretVAL\n"),
        ("extends = [\"base.toml\"]\n[param]\n", "token = [\"s3cretVAL\"]\n"),
        ("extends = [\"base.toml\"]\n[param]\n", "tokn = \"s3cretVAL\"\n"),
        ("extends = [\"base.toml\"]\n[param.token]\n", "value = \"s3cretVAL\n"),
    ] {
        folder.write("a.toml", format!("spec = 1\n{head}{text}").as_bytes());
        for args in
            [&["check", "a.toml", "-v"][..], &["show", "a.toml"], &["check", "a.toml", "--format", "json"]]
        {
            let run = folder.run(args);
            assert!(run.status > 0 && !run.all().contains("s3cret"), "{text:?}: {}", run.all());
        }
    }
    let run = folder.run(&["check", "base.toml", "--set", "tokn=s3cretVAL"]).expect(1);
    assert!(!run.all().contains("s3cret"), "{}", run.all());
    let run = folder.run(&["check", "base.toml", "--set", "port=abc"]).expect(1);
    assert!(run.all().contains("param.port = \"abc\""), "what is no secret is shown: {}", run.all());
}

#[test]
fn a_comment_that_would_be_an_entry_is_refused_and_no_template_blamed() {
    let folder = Folder::new(&[]);
    folder.write(
        "a.toml",
        b"spec = 1\n[file.\"/k.config\"]\nas = \"kernel-config\"\n[\"/k.config\"]\n\
          # CONFIG_X is not set\nCONFIG_Y = true\n",
    );
    let run = folder.run(&["render", "a.toml", "--out", "o"]).expect(2);
    assert!(run.err.contains("F005") && run.err.contains("CONFIG_X is not set"), "{}", run.err);
    assert!(!run.err.contains("template"), "{}", run.err);
}
