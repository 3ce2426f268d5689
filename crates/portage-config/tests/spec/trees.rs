//! A folder of real files as a layer.

use portage_config::config::{Body, Own};
use portage_config::report::Origin;
use portage_config::spec::Options;

use super::common::{Files, Loaded, file, load_with, path, specs, text};

const CONF: &str = "# mine\nUSE=\"a b\"\nCFLAGS='-O2'   # odd\n";

/// `main.toml` and the files of a folder.
fn folder(spec: &str, tree: &[(&str, &[u8])]) -> Loaded {
    load_with(&with(&[("main.toml", spec)], tree), |_| {})
}

fn with(layers: &[(&str, &str)], tree: &[(&str, &[u8])]) -> Files {
    let mut files = specs(layers);
    files.extend(tree.iter().map(|(name, bytes)| ((*name).into(), bytes.to_vec())));
    files
}

const EXTENDS: &str = "extends = [{ tree = './portage', at = '/etc/portage' }]\n";

#[test]
fn every_file_is_carried() {
    let odd: &[u8] = b"a/b x\xff\r\n";
    let tree: &[(&str, &[u8])] = &[
        ("portage/make.conf", CONF.as_bytes()),
        ("portage/package.use/odd", odd),
        ("portage/package.use/.gitkeep", b""),
        ("portage/.gitignore", b"*~\n"),
        ("portage/.git/config", b"[core]\n"),
        ("portage/patches/a/b/x.patch", b"\0\x01"),
        ("portage.toml", b"no file of the folder"),
        ("portage-more/make.conf", b"no file of the folder"),
    ];
    let loaded = folder(EXTENDS, tree);
    let root = loaded.good();
    let names: Vec<_> = root.config.files.keys().map(|path| path.as_str()).collect();
    assert_eq!(
        names,
        [
            "etc/portage/.gitignore",
            "etc/portage/make.conf",
            "etc/portage/package.use/.gitkeep",
            "etc/portage/package.use/odd",
            "etc/portage/patches/a/b/x.patch",
        ]
    );
    assert_eq!(text(root, "make.conf"), CONF);
    let file = file(root, "package.use/odd");
    assert!(matches!(&file.body, Body::Text(bytes) if bytes.0 == odd));
    assert_eq!((file.mode, file.own, file.kind.unwrap().name), (None, Own::Whole, "package.use"));
    assert_eq!(loaded.resolved.as_ref().unwrap().layers[1].name, "tree:./portage");
}

#[test]
fn a_folder_lies_where_at_says() {
    let tree: &[(&str, &[u8])] = &[("t/etc/fstab", b"# none\n")];
    for (at, wanted) in [
        ("", "etc/fstab"),
        (", at = '/'", "etc/fstab"),
        (", at = '/usr/x'", "usr/x/etc/fstab"),
        (", at = '/usr/@{chost}'", "usr/i486/etc/fstab"),
    ] {
        let spec =
            format!("extends = [{{ tree = 't'{at} }}]\n[param.chost]\ntype = 'word'\nvalue = 'i486'\n");
        let loaded = folder(&spec, tree);
        let paths: Vec<_> = loaded.good().config.files.keys().map(|path| path.as_str()).collect();
        assert_eq!(paths, [wanted], "{at}");
    }
}

#[test]
fn the_path_is_relative_to_the_spec_that_names_it() {
    let files = with(
        &[
            ("main.toml", "extends = ['sub/site.toml']\n"),
            ("sub/site.toml", "extends = [{ tree = '../t' }]\n"),
        ],
        &[("t/x", b"x")],
    );
    let loaded = load_with(&files, |_| {});
    assert_eq!(text(loaded.good(), "/x"), "x");
    let names: Vec<_> = loaded.resolved.unwrap().layers.into_iter().map(|layer| layer.name).collect();
    assert_eq!(names, ["main.toml", "sub/site.toml", "tree:./t"]);
}

/// What `header` reads as after `top` over a folder.
fn over(header: &str, content: &str, top: &str) -> String {
    let name = format!("portage/{header}");
    let loaded = folder(&format!("{EXTENDS}{top}"), &[(&name, content.as_bytes())]);
    text(loaded.good(), header)
}

#[test]
fn entries_change_only_their_lines() {
    let top = "[make.conf]\nUSE.add = 'x'\n";
    assert_eq!(over("make.conf", CONF, top), CONF.replace("a b", "a b x"));
    assert_eq!(over("make.conf", CONF, "[make.conf]\n"), CONF, "a section alone changes nothing");
    let rules = "# one\na/b  x  # why\na/b y\nc/d\tz\n";
    let top = "['package.use/x']\n'a/b'.remove = 'x'\n'e/f' = 'w'\n";
    assert_eq!(over("package.use/x", rules, top), "# one\n\na/b y\nc/d\tz\ne/f w\n");
    let odd = b"a/b \xff\nc/d x\n";
    let spec = format!("{EXTENDS}['package.use/x']\n'c/d'.add = 'y'\n");
    let loaded = folder(&spec, &[("portage/package.use/x", odd)]);
    let Body::Text(bytes) = &file(loaded.good(), "package.use/x").body else { panic!("no text") };
    assert_eq!(bytes.0, b"a/b \xff\nc/d x y\n");
}

#[test]
fn what_a_file_says_is_no_mistake_of_the_entries_over_it() {
    let circle = "A=\"${B}\"\nB=\"${A}\"\nUSE=\"x\"\n";
    assert_eq!(over("make.conf", circle, "[make.conf]\nUSE.add = 'y'\n"), circle.replace("\"x\"", "\"x y\""));
}

#[test]
fn later_layers_replace_and_drop() {
    let tree: &[(&str, &[u8])] = &[("portage/make.conf", CONF.as_bytes())];
    let said = |what: &str| folder(&format!("{EXTENDS}[file.'make.conf']\n{what}\n"), tree);
    assert_eq!(text(said("text = 'A=1'").good(), "make.conf"), "A=1");
    assert_eq!(file(said("own = 'absent'").good(), "make.conf").body, Body::Absent);
    assert_eq!(file(said("link = 'x'").good(), "make.conf").body, Body::Link("x".into()));
    let private = said("mode = 0o600\nown = 'once'");
    let private = file(private.good(), "make.conf");
    assert_eq!((private.mode, private.own), (Some(0o600), Own::Once));
}

#[test]
fn what_earlier_layers_said_is_forgotten() {
    let files = with(
        &[
            ("main.toml", "extends = ['base.toml', { tree = 'portage', at = '/etc/portage' }]\n"),
            ("base.toml", "[make.conf]\nLDFLAGS = 'x'\n[file.'make.conf']\nmode = 0o600\n"),
        ],
        &[("portage/make.conf", CONF.as_bytes())],
    );
    let loaded = load_with(&files, |_| {});
    assert_eq!(text(loaded.good(), "make.conf"), CONF);
    assert_eq!(file(loaded.root(), "make.conf").mode, None, "the folder says it, too");
    let origins = &loaded.root().origins.files[&path("make.conf")];
    assert!(!origins.entries.keys().any(|key| key.to_string() == "LDFLAGS"));
}

#[test]
fn a_later_folder_goes_before_an_earlier_one() {
    let tree: &[(&str, &[u8])] = &[("a/x", b"a"), ("b/x", b"b"), ("b/y", b"b")];
    let loaded = folder("extends = [{ tree = 'a' }, { tree = 'b' }, { tree = 'a' }]\n", tree);
    assert_eq!((text(loaded.good(), "/x"), text(loaded.good(), "/y")), ("b".into(), "b".into()));
    let twice = "extends = [{ tree = 'a' }, { tree = 'a', at = '/z' }]\n";
    let loaded = folder(twice, tree);
    assert_eq!((text(loaded.good(), "/x"), text(loaded.good(), "/z/x")), ("a".into(), "a".into()));
}

#[test]
fn roots_and_variants_have_folders_of_their_own() {
    let spec = "[root.a]\nextends = [{ tree = 'a' }]\n[root.b]\n['/etc/conf.d/x']\nA = '1'\n\
                [variant.v]\nextends = [{ tree = 'b' }]\n";
    let files = with(&[("main.toml", spec)], &[("a/x", b"a"), ("b/x", b"b")]);
    let loaded = load_with(&files, |_| {});
    assert_eq!(loaded.findings(), [""; 0]);
    assert_eq!(text(loaded.named("a"), "/x"), "a");
    assert!(!loaded.named("b").config.files.contains_key(&path("/x")));
    let loaded = load_with(&files, |options| options.variants = vec!["v".to_owned()]);
    assert_eq!(text(loaded.named("a"), "/x"), "b");
    assert_eq!(text(loaded.named("b"), "/x"), "b");
}

#[test]
fn entries_point_into_the_files_of_the_folder() {
    let spec = format!("{EXTENDS}[make.conf]\nUSE.add = 'x'\n");
    let tree: &[(&str, &[u8])] =
        &[("portage/make.conf", b"# \xff\xf0\nUSE=\"a \xff\"\n"), ("portage/package.use", b"a/b x\na/b y\n")];
    let loaded = folder(&spec, tree);
    let places = |header: &str, key: &str| -> Vec<(String, usize, String)> {
        let origins = &loaded.good().origins.files[&path(header)];
        let touches = origins.entries.iter().find(|(known, _)| known.to_string() == key).unwrap().1;
        let place = |touch: &portage_config::spec::Touch| {
            let source = loaded.report.sources.get(touch.span.source).unwrap();
            let under = source.text.get(touch.span.start..touch.span.end).unwrap();
            (source.name.clone(), source.position(touch.span.start).0, under.to_owned())
        };
        touches.iter().map(place).collect()
    };
    assert_eq!(
        places("make.conf", "USE"),
        [
            ("portage/make.conf".to_owned(), 2, "USE=\"a \u{fffd}\"".to_owned()),
            ("main.toml".to_owned(), 4, "USE".to_owned()),
        ]
    );
    let lines: Vec<_> = places("package.use", "a/b").into_iter().map(|(_, line, _)| line).collect();
    assert_eq!(lines, [1, 2]);
    let file = &loaded.root().origins.files[&path("package.use")].file;
    let source = loaded.report.sources.get(file[0].span.source).unwrap();
    assert_eq!((source.name.as_str(), source.origin), ("portage/package.use", Origin::Tree));
}

#[test]
fn a_file_below_env_is_bash_unless_package_env_names_it() {
    let tree: &[(&str, &[u8])] = &[
        ("portage/env/a/b", b"if true; then\n:\nfi\n"),
        ("portage/env/a/c", b"CFLAGS=\"-O1\"\n"),
        ("portage/package.env", b"a/c a/c\n"),
    ];
    let loaded = folder(EXTENDS, tree);
    assert_eq!(file(loaded.good(), "env/a/b").kind.unwrap().name, "env-bash");
    assert_eq!(file(loaded.root(), "env/a/c").kind.unwrap().name, "env");
}

#[test]
fn the_kind_may_be_said() {
    let spec = "extends = [{ tree = 't' }]\n[file.'/usr/k.config']\nas = 'kernel-config'\n\
                ['/usr/k.config']\nCONFIG_SMP = false\n";
    let loaded = folder(spec, &[("t/usr/k.config", b"CONFIG_SMP=y\nCONFIG_X=m\n")]);
    assert_eq!(text(loaded.good(), "/usr/k.config"), "# CONFIG_SMP is not set\nCONFIG_X=m\n");
}

#[test]
fn a_secret_over_a_file_is_private() {
    let secret = "[param.p]\nsecret = true\nvalue = 'pw'\n[make.conf]\nX = '@{p}'\n";
    let tree: &[(&str, &[u8])] = &[("portage/make.conf", CONF.as_bytes())];
    assert!(file(folder(&format!("{EXTENDS}{secret}"), tree).good(), "make.conf").secret);
    let files = with(
        &[
            ("main.toml", &format!("extends = ['base.toml']\n{secret}")),
            ("base.toml", "[file.'make.conf']\ntext = 'A=1'\n"),
        ],
        &[],
    );
    let loaded = load_with(&files, |_| {});
    assert!(file(loaded.good(), "make.conf").secret, "also over a text");
}

#[test]
fn mistakes_are_shown_where_the_folder_is_named() {
    for (said, code, under) in [
        ("{ tree = 'gone' }", "S003", "{ tree = 'gone' }"),
        ("{ tree = 't/x' }", "S003", "{ tree = 't/x' }"),
        ("{ tree = 't', at = 'etc' }", "S006", "'etc'"),
        ("{ tree = 't', at = '/etc/' }", "S006", "'/etc/'"),
        ("{ tree = 't', at = '/../x' }", "S006", "'/../x'"),
        ("{ tree = 't', at = '/@{s}' }", "S023", "'/@{s}'"),
        ("{ tree = 't', at = '/@{gone}' }", "S015", "'/@{gone}'"),
        ("{ tree = 't', at = 3 }", "S008", "3"),
        ("{ tree = 3 }", "S008", "3"),
        ("{ tree = '' }", "S008", "''"),
        ("{ tree = 't', to = '/' }", "S005", "to"),
        ("{ at = '/' }", "S008", "{ at = '/' }"),
    ] {
        let spec = format!("extends = [{said}]\n[param.s]\nsecret = true\nvalue = 'x'\n");
        let loaded = folder(&spec, &[("t/x", b"x")]);
        assert_eq!(loaded.places(), [(code, under.to_owned())], "{said}");
    }
    let mut report = portage_config::report::Report::new();
    struct Plain(Files);
    impl portage_config::spec::Files for Plain {
        fn read(&self, path: &camino::Utf8Path) -> std::io::Result<Vec<u8>> {
            self.0.read(path)
        }
    }
    let files = Plain(specs(&[("main.toml", EXTENDS)]));
    assert!(portage_config::spec::load("main.toml", &Options::new(&files), &mut report).is_none());
    assert_eq!(report.diagnostics[0].message, "the folder `./portage` cannot be read: unsupported");
}

#[test]
fn a_file_in_the_place_of_a_folder() {
    let tree: &[(&str, &[u8])] = &[("portage/package.use", b"a/b x\n")];
    let loaded = folder(&format!("{EXTENDS}['package.use/y']\n'c/d' = 'z'\n"), tree);
    assert_eq!(loaded.places(), [("S019", "'package.use/y'".to_owned())]);
}
