//! No secret of a spec or a machine is in anything that is printed, whatever goes wrong.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so")]

mod common;

use std::os::unix::fs::PermissionsExt;

use common::Folder;

/// Secrets of one spec: from the environment, from a file, from `--set`, and credentials that stand there as they are.
const SECRETS: [&str; 12] = [
    "env-hunter01",
    "file-hunter02",
    "set-hunter03",
    "uri-hunter04",
    "proxy-hunter05",
    "mount-hunter06",
    "toml-hunter07",
    "header-hunter08",
    "text-hunter09",
    "option-hunter10",
    "var-hunter11",
    "value-hunter12",
];

const SPEC: &str = r##"spec = 1

[param.by-env]
secret = true
env = "TEST_TOKEN"

[param.by-file]
secret = true
file = "keys/token"

[param.by-set]
secret = true

[param.by-value]
secret = true
value = "value-hunter12"

[make.conf]
FETCHCOMMAND = "curl --header 'X-Token: @{by-env}' -o \"\\${DISTDIR}/\\${FILE}\" \"\\${URI}\""
RESUMECOMMAND = "wget --header=\"Authorization: Bearer header-hunter08\" --http-password option-hunter10 \\${URI}"
https_proxy = "http://me:@{by-file}@proxy:3128"
http_proxy = "http://me:proxy-hunter05@proxy:3128"
SCCACHE_WEBDAV_TOKEN = "var-hunter11"

["repos.conf/local.conf"]
local.location = "/var/db/repos/local"
local.sync-uri = "https://me:@{by-set}@example.org/x.git"

["binrepos.conf/host.conf"]
host.sync-uri = "https://me:uri-hunter04@example.org/"

["/etc/fstab"]
"/srv" = { source = "//h/s", type = "cifs", options = ["rw", "password=mount-hunter06"] }
"/mnt" = { source = "//h/t", type = "cifs", options = ["rw", "password=@{by-value}"] }

["/etc/sccache/client.toml"]
dist.auth = { type = "token", token = "@{by-env}" }
cache.redis = { endpoint = "tcp://h:1", password = "toml-hunter07" }

[file."/etc/conf.d/fetch"]
text = "export AUTH_TOKEN=\"text-hunter09\"\n# @{by-env} @{by-file}\n"
fill = true

[file."/etc/other"]
text = "nothing but @{by-set}\n"
fill = true
"##;

/// Changes of the spec that make all sorts of mistakes near the secrets.
const MISTAKES: &[(&str, &str)] = &[
    ("", ""),
    // Not TOML any more.
    ("\"var-hunter11\"", "\"var-hunter11"),
    ("value = \"value-hunter12\"", "value = \"value-hunter12"),
    ("token = \"@{by-env}\" }", "token = \"@{by-env}\" "),
    // Types.
    ("value = \"value-hunter12\"", "value = [\"value-hunter12\"]"),
    ("secret = true\nvalue", "secret = true\ntype = \"uuid\"\nvalue"),
    ("secret = true\nenv", "secret = true\ntype = \"int\"\nenv"),
    ("secret = true\nfile", "secret = true\ntype = \"host\"\nchoices = [\"a\"]\nfile"),
    ("secret = true\n\n", "secret = true\ntype = \"bool\"\n\n"),
    ("[\"rw\", \"password=mount-hunter06\"]", "{ password = \"password=mount-hunter06\" }"),
    ("SCCACHE_WEBDAV_TOKEN = \"var-hunter11\"", "SCCACHE_WEBDAV_TOKEN = { token = \"var-hunter11\" }"),
    // Names.
    ("[make.conf]", "[mak.conf]"),
    ("[param.by-value]", "[param.By_value]"),
    ("value = \"value", "valu = \"value"),
    ("secret = true\nvalue", "secrte = true\nvalue"),
    ("@{by-set}@", "@{by-sett}@"),
    ("@{by-file}@", "@{by-file@"),
    ("cache.redis", "cache.redi"),
    ("token = \"@{by-env}\"", "tokn = \"@{by-env}\""),
    ("fill = true\n\n", "fil = true\n\n"),
    ("keys/token", "keys/none"),
    ("keys/token", "keys"),
    ("TEST_TOKEN", "TEST_TOKN"),
    // Values that the languages of the files cannot say.
    ("var-hunter11", "var-hunter11 \\u0000"),
    ("password=mount-hunter06", "password=mount-hunter06,\\u0001"),
    ("FETCHCOMMAND = \"curl", "FETCHCOMMAND = \"$(x) curl"),
    ("me:uri-hunter04@", "me:uri-hunter04%(x)@"),
    ("\"/srv\" =", "\"srv @{by-value}\" ="),
    ("local.location", "\"@{by-set}\".location"),
];

const COMMANDS: &[&[&str]] = &[
    &["show"],
    &["show", "make.conf"],
    &["check"],
    &["render", "--out", "out"],
    &["render", "--out", "out", "--force", "--allow-world-readable-secrets"],
    &["render", "--tar", "out.tar", "--allow-world-readable-secrets"],
    &["render", "--out", "out", "--templates", "bad-templates"],
    &["render", "--out", "file", "--allow-world-readable-secrets"],
    &["diff", "--root", "empty"],
    &["diff", "--root", "tree", "--text"],
    &["diff", "--root", "tree", "--meaning"],
    &["diff", "--root", "closed"],
    &["edit", "--dry-run", "make.conf: SCCACHE_WEBDAV_TOKEN = \"var-hunter11\""],
    &["edit", "--dry-run", "make.conf: RESUMECOMMAND = [\"wget --password option-hunter10"],
    &["edit", "--dry-run", "binrepos.conf/host.conf: host.\"sync-uri\" = \"https://me:uri-hunter04@h/\""],
];

fn folder() -> Folder {
    let folder = Folder::new(&[
        ("keys/token", "file-hunter02\n"),
        ("file", "x"),
        ("bad-templates/etc/portage/make.conf.j2", "{{ nothing.at.all }}"),
        ("bad-templates/etc/fstab.j2", "other text {{ mounts }}"),
        (
            "tree/etc/portage/make.conf",
            "http_proxy=\"http://me:proxy-hunter05@old:1\"\nSCCACHE_WEBDAV_TOKEN=var-hunter11\nX=\"https://a:uri-hunter04@h\n",
        ),
        (
            "tree/etc/fstab",
            "//h/s /srv cifs rw,password=mount-hunter06,ro 0 0\nbad line password=mount-hunter06\n",
        ),
        (
            "tree/etc/sccache/client.toml",
            "[dist.auth]\ntoken = \"toml-hunter07\"\n[cache.redis\npassword = \"toml-hunter07\"\n",
        ),
        ("tree/etc/conf.d/fetch", "export AUTH_TOKEN=\"text-hunter09\"\n"),
        (
            "machine/etc/portage/make.conf",
            "FETCHCOMMAND=\"curl --header 'X-Token: header-hunter08' --user me:option-hunter10 \\${URI}\"\nAPI_TOKEN=\"var-hunter11\"\n",
        ),
        ("machine/etc/portage/repos.conf", "[a]\nlocation = /x\nsync-uri = https://me:uri-hunter04@h/\n"),
        ("machine/etc/portage/bashrc", "export TOKEN=text-hunter09\n"),
        ("machine/etc/fstab", "//h/s /srv cifs rw,password=mount-hunter06 0 0\n"),
        ("machine/etc/sccache/client.toml", "[dist.auth]\ntype = \"token\"\ntoken = \"toml-hunter07\"\n"),
    ]);
    for name in ["empty", "closed/etc"] {
        std::fs::create_dir_all(folder.join(name)).unwrap();
    }
    folder
}

fn nothing_shows(what: &str, run: &common::Run) {
    let all = run.all();
    for secret in SECRETS {
        // A quote or a reference may stand in the middle: half of it is enough to know it by.
        let (_, tail) = secret.split_once('-').unwrap();
        assert!(!all.contains(tail), "{what} shows {secret}:\n{all}");
    }
    assert!(!all.contains("panicked") && [0, 1, 2].contains(&run.status), "{what}: {all}");
}

#[test]
fn no_command_shows_a_secret() {
    let folder = folder();
    let closed = folder.join("closed/etc");
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o000)).unwrap();
    let env = [("TEST_TOKEN", "env-hunter01"), ("RUST_BACKTRACE", "1")];
    let mut statuses = std::collections::BTreeSet::new();
    for (index, (from, to)) in MISTAKES.iter().enumerate() {
        assert!(SPEC.contains(from), "{from}");
        let text = if from.is_empty() { SPEC.to_owned() } else { SPEC.replacen(from, to, 1) };
        folder.write("s.toml", text.as_bytes());
        folder.write("host.toml", b"spec = 1\nextends = [\"s.toml\"]\n[make.conf]\nUSE.add = \"x\"\n");
        for (number, command) in COMMANDS.iter().enumerate() {
            let spec = if (index + number) % 2 == 0 { "s.toml" } else { "host.toml" };
            let (name, rest) = command.split_first().unwrap();
            let set = ["--set", "by-set=set-hunter03"];
            let set = if *name == "edit" { &[][..] } else { &set[..] };
            // Not all combinations: each mistake with each command, each form with each of both.
            let look: &[&str] =
                [&["-v"][..], &["--format", "json", "-v"]][usize::from((index + number) % 3 == 0)];
            let args = [&[*name, spec][..], set, rest, look].concat();
            let run = folder.run_env(&args, &env);
            statuses.insert((*name, run.status));
            nothing_shows(&format!("{args:?} with {to:?}"), &run);
        }
    }
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o755)).unwrap();
    for wanted in
        [("show", 0), ("check", 1), ("render", 0), ("render", 2), ("diff", 1), ("diff", 2), ("edit", 0)]
    {
        assert!(statuses.contains(&wanted), "{wanted:?} is not among {statuses:?}");
    }
    // The files themselves hold them.
    folder.write("s.toml", SPEC.as_bytes());
    let args = [
        "render",
        "s.toml",
        "--set",
        "by-set=set-hunter03",
        "--out",
        "whole",
        "--allow-world-readable-secrets",
    ];
    folder.run_env(&args, &env).expect(0);
    let mut files = String::new();
    for name in [
        "portage/make.conf",
        "portage/repos.conf/local.conf",
        "portage/binrepos.conf/host.conf",
        "fstab",
        "sccache/client.toml",
        "conf.d/fetch",
        "other",
    ] {
        files += &folder.read(&format!("whole/etc/{name}"));
    }
    for secret in SECRETS {
        assert!(files.contains(secret), "{secret} is in no file");
    }
}

#[test]
fn no_import_shows_a_secret() {
    let folder = folder();
    for (index, look) in [&[][..], &["-v"], &["--format", "json"]].into_iter().enumerate() {
        for root in ["machine", "tree", "empty"] {
            let name = format!("{root}{index}.toml");
            for out in [&[][..], &["-o", &name]] {
                let args = [
                    &["import", "--root", root, "/etc/portage", "/etc/fstab", "/etc/sccache", "/etc/conf.d"]
                        [..],
                    out,
                    look,
                ]
                .concat();
                nothing_shows(&format!("{args:?}"), &folder.run(&args));
            }
        }
    }
    let spec = folder.read("machine0.toml");
    for secret in SECRETS.iter().filter(|secret| !secret.starts_with("text")) {
        assert!(!spec.contains(secret), "{secret}: {spec}");
    }
    let args = ["render", "machine0.toml", "--out", "again", "--allow-world-readable-secrets"];
    nothing_shows("render", &folder.run(&args).expect(0));
    for name in ["portage/make.conf", "portage/repos.conf", "sccache/client.toml"] {
        assert_eq!(
            folder.read(&format!("again/etc/{name}")),
            folder.read(&format!("machine/etc/{name}")),
            "{name}"
        );
    }
}

#[test]
fn files_have_the_mode_of_their_reader() {
    let folder = folder();
    let spec = "spec = 1\n[param.t]\nsecret = true\nvalue = \"hunter2\"\n[\"/etc/sccache/client.toml\"]\ndist.auth.token = \"@{t}\"\n[\"/etc/sccache/server.toml\"]\nscheduler_auth.token = \"@{t}\"\n[make.conf]\nUSE = \"x\"\n";
    folder.write("s.toml", spec.as_bytes());
    let run = folder.run(&["render", "s.toml", "--out", "o"]).expect(0);
    assert!(run.err.contains("chgrp portage"), "{}", run.err);
    let mode = |path: &str| folder.join(path).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!([mode("o/etc/sccache/client.toml"), mode("o/etc/sccache/server.toml")], [0o600, 0o600]);
    assert_eq!(mode("o/etc/portage/make.conf"), 0o644);
    // Given to its group by hand, it stays so.
    let client = folder.join("o/etc/sccache/client.toml");
    std::fs::set_permissions(&client, std::fs::Permissions::from_mode(0o640)).unwrap();
    folder.run(&["diff", "s.toml", "--root", "o"]).expect(0);
    folder.run(&["render", "s.toml", "--out", "o", "--force"]).expect(0);
    assert_eq!(mode("o/etc/sccache/client.toml"), 0o640);
    // A tar file names the group, and is nobody else's.
    folder.run(&["render", "s.toml", "--tar", "s.tar"]).expect(0);
    assert_eq!(mode("s.tar"), 0o600);
    let listed = std::process::Command::new("tar").args(["-tvf"]).arg(folder.join("s.tar")).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let head = |name: &str| {
        listed
            .lines()
            .find(|line| line.ends_with(name))
            .unwrap()
            .split_whitespace()
            .take(2)
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(head("client.toml"), "-rw-r----- root/portage");
    assert_eq!(head("server.toml"), "-rw------- root/root");
    folder.write("client.toml", spec.split("[\"/etc/sccache/server").next().unwrap().as_bytes());
    folder.run(&["render", "client.toml", "--tar", "c.tar"]).expect(0);
    assert_eq!(mode("c.tar"), 0o600, "also with none but the group's file");
}

#[test]
fn a_secret_for_everybody_is_refused() {
    let folder = folder();
    folder.write(
        "s.toml",
        b"spec = 1\n[make.conf]\nFETCHCOMMAND = \"curl --header 'X-Token: hunter2' \\\\${URI}\"\n",
    );
    let run = folder.run(&["check", "s.toml"]).expect(1);
    insta::assert_snapshot!(run.out, @r###"
    error[L164 exposed-secret]: `FETCHCOMMAND` holds a secret, and everybody can read the file
     --> s.toml:3:1
      |
    3 | FETCHCOMMAND = "curl --header 'X-Token: ‹hidden›' \\${URI}"
      | ^^^^^^^^^^^^
      = help: put the option into a file, which `curl --config FILE` or `wget --config=FILE` reads (curl: `header = "…"`, wget: `header = …`); make it root:portage and of mode 0640, as the fetcher runs as the user portage
    "###);
    for out in [["--out", "o"], ["--tar", "o.tar"]] {
        let args = ["render", "s.toml", out[0], out[1]];
        let run = folder.run(&args).expect(2);
        assert!(
            run.err.contains("--allow-world-readable-secrets") && !folder.join(out[1]).exists(),
            "{}",
            run.err
        );
        folder.run(&[&args[..], &["--allow-world-readable-secrets"]].concat()).expect(0);
    }
    let mode = |path: &str| folder.join(path).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!([mode("o/etc/portage/make.conf"), mode("o.tar")], [0o644, 0o600]);
    // Somebody who says the mode knows who is to read it.
    folder.write(
        "s.toml",
        b"spec = 1\n[file.\"make.conf\"]\nmode = 0o600\n[make.conf]\nX_TOKEN = \"hunter2\"\n",
    );
    folder.run(&["render", "s.toml", "--out", "p"]).expect(0);
    assert_eq!(mode("p/etc/portage/make.conf"), 0o600);
    // A login name is no secret.
    folder.write("s.toml", b"spec = 1\n[\"binrepos.conf\"]\nh.sync-uri = \"https://me@example.org/\"\n");
    folder.run(&["check", "s.toml"]).expect(0);
}

#[test]
fn an_edit_exposes_none() {
    let folder = Folder::new(&[]);
    std::fs::create_dir_all(folder.join("m/etc/portage")).unwrap();
    let mode = |path: &str| folder.join(path).metadata().unwrap().permissions().mode() & 0o777;
    let edit = |statement: &str, more: &[&str], status: i32| {
        let run = folder.run(&[&["edit", "--root", "m", statement], more].concat()).expect(status);
        assert!(!run.all().contains("hunter"), "{}", run.all());
        run
    };
    let (conf, proxy) = ("m/etc/portage/make.conf", "make.conf: https_proxy = \"http://me:hunter2@h:1\"");
    let allow = "--allow-world-readable-secrets";
    let refused = edit(proxy, &[], 2);
    assert!(refused.err.contains("L164") && refused.err.contains(allow), "{}", refused.err);
    assert!(!folder.join(conf).exists());
    edit(proxy, &[allow], 0);
    assert_eq!(mode(conf), 0o644);
    // What is there already is not asked about again.
    edit("make.conf: USE = \"x\"", &[], 0);
    edit("make.conf: https_proxy = \"http://me:hunter3@h:1\"", &[], 2);
    std::fs::set_permissions(folder.join(conf), std::fs::Permissions::from_mode(0o600)).unwrap();
    edit("make.conf: https_proxy = \"http://me:hunter3@h:1\"", &[], 0);
    assert_eq!(mode(conf), 0o600);
    edit("/etc/sccache/server.toml: scheduler_auth.token = \"hunter2\"", &[], 0);
    assert_eq!(mode("m/etc/sccache/server.toml"), 0o600);
}
