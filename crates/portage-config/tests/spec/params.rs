//! Parameters and secrets.

use super::common::{Loaded, file, layers, load, load_with, model, specs, text};

const DECLARED: &str = "[param.x]\nhelp = 'the x'\nexample = 'ex'\n";

fn set(spec: &str, set: &[(&str, &str)]) -> Loaded {
    let files = specs(&[("main.toml", spec)]);
    load_with(&files, |options| {
        options.set = set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    })
}

#[test]
fn values_come_from_default_layers_and_set() {
    let use_it = "[make.conf]\nUSE = 'a-@{x}'\n";
    let spec = |param: &str| format!("{DECLARED}{param}\n{use_it}");
    for (param, wanted) in [
        ("default = 'd'", "d"),
        ("default = 3", "3"),
        ("default = true", "true"),
        ("default = 1.5", "1.5"),
        ("default = 'd'\nvalue = 'v'", "v"),
    ] {
        assert_eq!(text(load(&spec(param)).good(), "make.conf"), format!("USE=\"a-{wanted}\"\n"));
    }
    let base = spec("default = 'd'");
    let loaded =
        layers(&[("main.toml", "extends = ['base.toml']\n[param]\nx = 'short'\n"), ("base.toml", &base)]);
    assert_eq!(text(loaded.good(), "make.conf"), "USE=\"a-short\"\n");
    let loaded = set(&base, &[("x", "first"), ("x", "se\"t")]);
    assert_eq!(text(loaded.good(), "make.conf"), "USE=\"a-se\\\"t\"\n");
    let loaded = set(&base, &[("make.conf.CFLAGS", "y")]);
    assert_eq!(text(loaded.good(), "make.conf"), "USE=\"a-d\"\nCFLAGS=\"y\"\n");
    let files = specs(&[("main.toml", &spec(""))]);
    let loaded = load_with(&files, |options| options.examples = true);
    assert_eq!(text(loaded.good(), "make.conf"), "USE=\"a-ex\"\n");
}

#[test]
fn a_parameter_stands_in_keys_headers_links_and_at() {
    let loaded = load(
        "[param.x]\ndefault = 'y'\n['package.use/@{x}']\n'c/@{x}' = '@{x} z'\n[file.'make.profile']\nlink = '../@{x}'\n\
         [file.'h@{x}']\ntext = '@{x}'\n[file.filled]\ntext = '@{x}@@{x}'\nfill = true\n",
    );
    let root = loaded.good();
    assert_eq!(text(root, "package.use/y"), "c/y y z\n");
    assert_eq!(text(root, "hy"), "@{x}");
    assert_eq!(text(root, "filled"), "y@{x}");
    let loaded = load("[param.x]\ndefault = 'y'\n['package.use/x']\n'c/@{x}' = 'z'\n'c/y' = 'a'\n");
    assert_eq!(loaded.places(), [("S007", "'c/@{x}'".to_owned())]);
}

#[test]
fn a_value_is_made_harmless_for_the_language() {
    let loaded = load(
        "[param.x]\ndefault = 'a$b%c\"d'\n[make.conf]\nA = '@{x}'\nB = { literal = '@{x}' }\nC = '@@{x}'\n\
         ['repos.conf/x.conf']\ng.x = '@{x}'\n",
    );
    let root = loaded.good();
    assert_eq!(text(root, "make.conf"), "A=\"a\\$b%c\\\"d\"\nB=\"a\\$b%c\\\"d\"\nC=\"@{x}\"\n");
    assert_eq!(text(root, "repos.conf/x.conf"), "[g]\nx = a$b%%c\"d\n");
}

#[test]
fn unset_parameters_are_reported_all_in_one_run() {
    let loaded = load("[param.x]\nhelp = 'the x'\nexample = 'ex'\n[param.y]\n[make.conf]\nUSE = '@{x} @{y}'");
    assert_eq!(loaded.places(), [("S013", "x".to_owned()), ("S013", "y".to_owned())]);
    assert_eq!(
        loaded.report.diagnostics[0].help.as_deref(),
        Some("the x; set it with `--set x=ex` or below `[param]`: `x = \"ex\"`")
    );
    let files = specs(&[("main.toml", "[param.x]\n[make.conf]\nUSE = '@{x}'")]);
    assert!(load_with(&files, |options| options.require_params = false).findings().is_empty());
}

#[test]
fn undeclared_names_are_errors_with_the_nearest() {
    let (code, under, help) =
        load("[param.root-uuid]\ndefault = 'x'\n[make.conf]\nUSE = 'a @{root-uid}'").one();
    assert_eq!(
        (code, under.as_str(), help.as_str()),
        ("S015", "'a @{root-uid}'", "did you mean `@{root-uuid}`?")
    );
    let (code, under, help) = load("[param.root-uuid]\ndefault = 'x'\n[param]\nroot-uid = 'y'").one();
    assert_eq!((code, under.as_str(), help.as_str()), ("S015", "root-uid", "did you mean `root-uuid`?"));
    assert_eq!(load("[make.conf]\nUSE = 'a @{x'").places(), [("S015", "'a @{x'".to_owned())]);
    assert_eq!(set("[make.conf]\n", &[("nope", "1")]).places(), [("S015", "nope".to_owned())]);
}

#[test]
fn types_and_choices_are_checked_where_the_value_stands() {
    let (code, under, _) = load("[param.x]\ntype = 'port'\nvalue = 'y'").one();
    assert_eq!((code, under.as_str()), ("S014", "'y'"));
    let (code, under, help) = load("[param.x]\ntype = 'prot'\nvalue = 'y'").one();
    assert_eq!((code, under.as_str()), ("S014", "'prot'"));
    assert!(help.starts_with("the types are string, int"));
    let loaded = load("[param.x]\nchoices = ['a', 'b']\nvalue = 'c'");
    assert_eq!(loaded.findings(), ["S014 `'c'` `c` is no value of `x`: it is one of a, b"]);
    assert_eq!(load("[param.x]\nhelpp = 'x'\nvalue = 'y'").places(), [("S005", "helpp".to_owned())]);
    assert_eq!(load("[param.X]\nhelp = 'x'").places(), [("S014", "X".to_owned())]);
    assert_eq!(load("[param.x]\nvalue = [1]").places()[0], ("S008", "[1]".to_owned()));
    assert_eq!(load("[param.x]\nsecret = 'yes'\nvalue = 'y'").places(), [("S008", "'yes'".to_owned())]);
    let loaded = set("[param.x]\ntype = 'int'", &[("x", "y")]);
    assert_eq!(loaded.places(), [("S014", "\"y\"".to_owned())]);
}

const SECRET: &str = "hunter2hunter2";

fn secret(spec: &str) -> Loaded {
    let mut files = specs(&[("dir/main.toml", spec), ("main.toml", "extends = ['dir/main.toml']\n")]);
    files.insert("dir/keys/token".into(), format!("{SECRET}\n").into_bytes());
    load_with(&files, |options| options.env = &|name| (name == "TOKEN").then(|| SECRET.to_owned()))
}

/// The secret is in no message, no text for people and no debug output.
fn hidden(loaded: &Loaded) {
    let shown = format!("{:?} {:?}", loaded.resolved, loaded.report.diagnostics);
    assert!(!shown.contains(SECRET), "{shown}");
    for found in &loaded.report.diagnostics {
        let line = found.spot.span.map(|span| loaded.report.sources.get(span.source).unwrap().text.clone());
        let _ = line;
        assert!(!loaded.under(found).contains(SECRET));
    }
}

#[test]
fn a_secret_is_hidden_everywhere_and_its_file_is_private() {
    for source in ["env = 'TOKEN'", "file = 'keys/token'"] {
        let head = format!("[param.token]\nsecret = true\n{source}\n");
        for (header, entries) in [
            (
                "make.conf",
                "FETCHCOMMAND = 'curl -H @{token}'\nUSE.add = ['@{token}']\nMAKEOPTS = '-k @{token}'",
            ),
            ("repos.conf/x.conf", "g.sync-uri = 'https://u:@{token}@h/'"),
            (
                "/etc/fstab",
                "'/x' = { source = '//h/x', type = 'cifs', options = 'user=u,password=@{token}' }",
            ),
            ("/etc/ugrd/config.toml", "a.b = ['@{token}']"),
            ("/etc/conf.d/x", "A = '@{token}'"),
        ] {
            let loaded = secret(&format!("{head}['{header}']\n{entries}\n"));
            let root = loaded.good();
            assert!(text(root, header).contains(SECRET), "{header}");
            assert!(model(root, header).holds_secret(), "{header}");
            hidden(&loaded);
        }
        let loaded = secret(&format!("{head}[file.x]\nfill = true\ntext = 'a @{{token}}'\n"));
        assert_eq!(text(loaded.good(), "x"), format!("a {SECRET}"));
        assert!(file(loaded.root(), "x").secret);
        hidden(&loaded);
    }
}

#[test]
fn a_secret_is_refused_in_names_and_words() {
    let head = "[param.token]\nsecret = true\nenv = 'TOKEN'\n";
    for (spec, under) in [
        ("['package.use/@{token}']\n'a/b' = 'c'", "'package.use/@{token}'"),
        ("['package.use/x']\n'a/@{token}' = 'c'", "'a/@{token}'"),
        ("['package.use/x']\n'a/b' = '@{token}'", "'@{token}'"),
        ("['package.use/x']\n'a/b' = ['@{token}']", "'@{token}'"),
        ("['package.use/x']\n'a/b'.add = ['@{token}']", "'@{token}'"),
        ("['package.use/x']\n'a/b'.VIDEO_CARDS = ['@{token}']", "'@{token}'"),
        ("['package.env/x']\n'a/b' = ['@{token}']", "'@{token}'"),
        ("['package.mask/x']\n'a/@{token}' = true", "'a/@{token}'"),
        ("[make.conf]\nUSE.add = '@{token}'", "'@{token}'"),
        ("[file.x]\nlink = '@{token}'", "'@{token}'"),
        ("[root.a]\n[root.b]\nat = 'a:/@{token}'", "'a:/@{token}'"),
    ] {
        let loaded = secret(&format!("{head}{spec}\n"));
        assert_eq!(loaded.places()[0], ("S023", under.to_owned()), "{spec}");
        hidden(&loaded);
    }
}

#[test]
fn mistakes_around_secrets_do_not_show_them() {
    let head = "[param.token]\nsecret = true\nenv = 'TOKEN'\n";
    for spec in [
        "[make.conf]\nUSE = ['a', '@{token}']\n[variant.v.make.conf]\nUSE.remove = 'hunter2hunter'\n",
        "[make.conf]\nUSE = '@{token} $(x)'\n",
        "type = 'uuid'\n",
        "choices = ['a']\n",
        "[file.'make.conf']\nfill = true\ntext = 'USE=\"@{token}\"'\n[variant.v.make.conf]\nUSE.remove = 'hunter2hunter'\n",
    ] {
        let files = specs(&[("main.toml", &format!("{head}{spec}"))]);
        let loaded = load_with(&files, |options| {
            options.env = &|_| Some(SECRET.to_owned());
            options.variants.extend(spec.contains("variant").then(|| "v".to_owned()));
        });
        assert_eq!(loaded.report.diagnostics.len(), 1, "{:?}", loaded.findings());
        hidden(&loaded);
    }
    let loaded = set(&format!("{head}type = 'uuid'\n"), &[("token", SECRET)]);
    assert_eq!(loaded.places(), [("S014", "token".to_owned())]);
    let source = loaded.report.diagnostics[0].spot.span.unwrap().source;
    assert!(!loaded.report.sources.get(source).unwrap().text.contains(SECRET), "the excerpt would show it");
    hidden(&loaded);
}

#[test]
fn a_check_does_without_secrets() {
    let files = specs(&[(
        "main.toml",
        "[param.t]\nsecret = true\nenv = 'NONE'\n[make.conf]\nFETCHCOMMAND = 'x @{t}'",
    )]);
    assert!(load_with(&files, |options| options.need_secrets = false).findings().is_empty());
    assert_eq!(load_with(&files, |_| {}).places(), [("S013", "t".to_owned())]);
    let files = specs(&[("main.toml", "[param.t]\nsecret = true\nfile = 'gone'\n")]);
    assert_eq!(load_with(&files, |_| {}).places()[0], ("S003", "'gone'".to_owned()));
}

#[test]
fn a_value_is_taken_as_it_stands() {
    let spec =
        |param: &str| format!("[param.y]\ndefault = 'z'\n[param.x]\n{param}\n[make.conf]\nUSE = '@{{x}}'\n");
    for param in ["help = 'h'\nvalue = 'a-@{y}'", "default = '@{y}'"] {
        let found = load(&spec(param)).report.diagnostics;
        let [one] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((one.code.id, one.message.contains("is not filled")), ("S014", true), "{param}");
    }
    let loaded = layers(&[
        ("main.toml", "extends = ['base.toml']\n[param]\nx = '@{y}'\n"),
        ("base.toml", &spec("default = 'd'")),
    ]);
    assert_eq!(loaded.places(), [("S014", "'@{y}'".to_owned())]);
    assert_eq!(set(&spec("default = 'd'"), &[("x", "@{y}")]).report.diagnostics.len(), 1);
    assert_eq!(text(load(&spec("default = 'a@b{c}'")).good(), "make.conf"), "USE=\"a@b{c}\"\n");
}
