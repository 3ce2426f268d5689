//! `[file."PATH"]`: the file as a file.

use super::common::{file, layers, load, model, path, text};
use portage_config::config::{Body, Own};

fn attributes(keys: &str) -> (Option<u32>, Own) {
    let loaded = load(&format!("['package.use/x']\n'a/b' = 'c'\n[file.'package.use/x']\n{keys}\n"));
    let file = file(loaded.good(), "package.use/x");
    (file.mode, file.own)
}

#[test]
fn attributes_stand_beside_content() {
    assert_eq!(attributes(""), (None, Own::Whole));
    assert_eq!(attributes("mode = 0o600"), (Some(0o600), Own::Whole));
    assert_eq!(attributes("own = 'whole'"), (None, Own::Whole));
    assert_eq!(attributes("own = 'entries'"), (None, Own::Entries));
    assert_eq!(attributes("own = 'once'\nmode = 0o4755"), (Some(0o4755), Own::Once));
    let loaded = load("['/var/lib/portage/world']\n'a/b' = true\n");
    assert_eq!(file(loaded.good(), "/var/lib/portage/world").own, Own::Entries, "world is emerge's, too");
}

#[test]
fn what_a_file_can_be() {
    for (keys, body) in [
        ("link = '../x y'", Body::Link("../x y".into())),
        ("dir = true", Body::Dir),
        ("own = 'absent'", Body::Absent),
        ("own = 'none'", Body::HandsOff),
    ] {
        let loaded = load(&format!("[file.'package.use/x']\n{keys}\n"));
        assert_eq!(file(loaded.good(), "package.use/x").body, body);
    }
    assert_eq!(text(load("[file.x]\ntext = ''").good(), "x"), "");
}

#[test]
fn as_names_the_kind() {
    let loaded = load("[file.'/etc/my.conf']\nas = 'make.conf'\n['/etc/my.conf']\nUSE = 'x'\n");
    assert_eq!(file(loaded.good(), "/etc/my.conf").kind.unwrap().name, "make.conf");
    let base = "['/etc/my.conf']\nUSE = 'x'\n";
    let loaded = layers(&[
        ("main.toml", "extends = ['base.toml']\n[file.'/etc/my.conf']\nas = 'make.conf'\n"),
        ("base.toml", base),
    ]);
    assert_eq!(text(loaded.good(), "/etc/my.conf"), "USE=\"x\"\n");
    let (code, under, help) = load("[file.x]\nas = 'make.cnf'\ntext = ''").one();
    assert_eq!((code, under.as_str(), help.as_str()), ("S005", "'make.cnf'", "did you mean `make.conf`?"));
    assert_eq!(load("[file.x]\nas = 3\ntext = ''").places(), [("S008", "3".to_owned())]);
}

#[test]
fn modes_are_octal() {
    for (mode, help) in [
        ("755", "a mode is an octal number: did you mean `0o755`?"),
        ("644", "a mode is an octal number: did you mean `0o644`?"),
        ("400", "a mode is an octal number: did you mean `0o400`?"),
        ("444", "a mode is an octal number: did you mean `0o444`?"),
        ("600", "a mode is an octal number: did you mean `0o600`?"),
        ("9999", "a mode is an octal number: `0o644`"),
        ("0o17777", "a mode is an octal number: `0o644`"),
        ("-1", "a mode is an octal number: `0o644`"),
    ] {
        let (code, under, said) = load(&format!("[file.x]\ntext = ''\nmode = {mode}")).one();
        assert_eq!((code, under.as_str(), said.as_str()), ("S011", mode, help));
    }
    let loaded = load("[file.x]\ntext = ''\nmode = '0644'");
    assert_eq!(loaded.findings(), ["S008 `'0644'` `mode` cannot be a string"]);
    assert_eq!(file(load("[file.x]\ntext = ''\nmode = 420").good(), "x").mode, Some(0o644));
}

#[test]
fn wrong_keys_and_shapes() {
    let one = |keys: &str| load(&format!("[file.x]\n{keys}\n")).one();
    assert_eq!(one("texts = ''"), ("S005", "texts".into(), "did you mean `text`?".into()));
    assert_eq!(one("own = 'hole'"), ("S005", "'hole'".into(), "did you mean `whole`?".into()));
    assert_eq!(one("own = 'mine'").2, "it is `whole`, `entries`, `absent`, `none` or `once`");
    for (keys, under) in [
        ("text = 3", "3"),
        ("link = ['x']", "['x']"),
        ("dir = false", "false"),
        ("own = true", "true"),
        ("text = ''\nfill = 'x'", "'x'"),
    ] {
        let (code, text, _) = one(keys);
        assert_eq!((code, text.as_str()), ("S008", under), "{keys}");
    }
    assert_eq!(one("link = ''").0, "S011");
    assert_eq!(one("text = ''\nlink = 'x'").0, "S007");
    assert_eq!(load("[file]\nx = 'y'").places(), [("S008", "'y'".to_owned())]);
    assert_eq!(load("[file.'../x']\ntext = ''").places(), [("S006", "'../x'".to_owned())]);
}

#[test]
fn attributes_without_content_are_reported() {
    let (code, under, help) = load("[file.'package.use/x']\nmode = 0o600").one();
    assert_eq!((code, under.as_str()), ("S024", "mode"));
    assert_eq!(help, "say its content below `[\"package.use/x\"]` or with `text`");
}

#[test]
fn what_takes_a_file_away_forgets_its_attributes() {
    let base = "[file.'package.use/x']\nown = 'once'\nmode = 0o600\n['package.use/x']\n'a/b' = 'c'\n";
    let gone = "extends = ['base.toml']\n[file.'package.use/x']\nown = 'absent'\n";
    let back = "extends = ['gone.toml']\n['package.use/x']\n'd/e' = 'f'\n";
    let loaded = layers(&[("main.toml", back), ("gone.toml", gone), ("base.toml", base)]);
    let file = file(loaded.good(), "package.use/x");
    assert_eq!((file.mode, file.own), (None, Own::Whole));
}

#[test]
fn env_is_bash_where_no_package_env_names_it() {
    let spec = "[file.'env/app-editors/vim']\ntext = 'x() { :; }'\n[file.'env/sub/no-lto']\ntext = 'CFLAGS=\"\"'\n\
                ['package.env/x']\n'a/b' = 'sub/no-lto'\n";
    let loaded = load(spec);
    let root = loaded.good();
    assert_eq!(file(root, "env/app-editors/vim").kind.unwrap().name, "env-bash");
    assert_eq!(file(root, "env/sub/no-lto").kind.unwrap().name, "env");
}

#[test]
fn files_without_entries_are_said_as_text() {
    for (header, help) in [
        ("bashrc", "say it with `[file.\"bashrc\"]` and `text`"),
        ("patches/a/b/x.patch", "say it with `[file.\"patches/a/b/x.patch\"]` and `text`"),
        (
            "/etc/make.profile",
            "say it with `[file.\"/etc/make.profile\"]` and `link`; what a folder holds has headers of \
          its own: `[\"/etc/make.profile/parent\"]`",
        ),
    ] {
        for entries in ["", "a = 'b'\n"] {
            let (code, _, said) = load(&format!("[\"{header}\"]\n{entries}")).one();
            assert_eq!((code, said.as_str()), ("S008", help), "{header}");
        }
    }
    let loaded = load("[file.bashrc]\ntext = 'export LC_ALL=C'\n[file.'postsync.d/x']\ntext = '#!/bin/sh'\n");
    let root = loaded.good();
    assert_eq!(file(root, "bashrc").kind.unwrap().name, "bashrc");
    assert_eq!(file(root, "postsync.d/x").kind.unwrap().mode, 0o755);
}

#[test]
fn content_lives_apart_from_attributes() {
    let loaded = load("['package.use/x']\n'a/text' = 'mode'\n[file.'package.use/x']\nmode = 0o644\n");
    assert_eq!(text(loaded.good(), "package.use/x"), "a/text mode\n");
    assert!(!model(loaded.root(), "package.use/x").is_empty());
    assert!(loaded.root().origins.files.contains_key(&path("package.use/x")));
}
