//! Roots and variants.

use super::common::{file, layers, load, load_with, specs, text};

fn bad(spec: &str) -> (&'static str, String, String) {
    load(spec).one()
}

const CROSS: &str = "
[param.chost]
default = 'i486-pc-linux-gnu'
['repos.conf/gentoo.conf']
gentoo.location = '/x'
[root.cross]
at = 'host:/usr/@{chost}'
[root.cross.make.conf]
CHOST = '@{chost}'
[root.host.'package.use/zz']
'cross-@{chost}/gcc' = 'multilib'
";

#[test]
fn what_stands_outside_a_root_holds_for_every_root() {
    let loaded = load(CROSS);
    assert_eq!(loaded.findings(), [""; 0]);
    let names: Vec<_> =
        loaded.resolved.as_ref().unwrap().roots.iter().map(|root| root.name.as_deref()).collect();
    assert_eq!(names, [Some("host"), Some("cross")], "hosts first");
    for name in ["host", "cross"] {
        assert_eq!(text(loaded.named(name), "repos.conf/gentoo.conf"), "[gentoo]\nlocation = /x\n");
    }
    assert_eq!(text(loaded.named("host"), "package.use/zz"), "cross-i486-pc-linux-gnu/gcc multilib\n");
    assert_eq!(loaded.named("host").config.files.len(), 2);
    let (host, at) = loaded.named("cross").at.clone().unwrap();
    assert_eq!((host.as_str(), at.as_str()), ("host", "usr/i486-pc-linux-gnu"));
}

#[test]
fn a_shared_mistake_is_said_once() {
    let loaded = load("[make.conf]\nUSE = '$(x)'\nA = '${B}'\nB = '${A}'\n[root.a]\n[root.b]\n");
    assert_eq!(loaded.report.diagnostics.len(), 2, "{:?}", loaded.findings());
}

#[test]
fn a_root_is_a_layer_with_its_own_extends() {
    let base = "[make.conf]\nUSE.add = 'base'\n[root.a.make.conf]\nUSE.add = 'base-a'\n[root.b.make.conf]\nUSE.add = 'base-b'\n";
    let main = "[make.conf]\nUSE = 'main'\n[root.a]\nextends = ['base.toml']\n[root.a.make.conf]\nUSE.add = 'a'\n[root.b.make.conf]\nUSE.add = 'b'\n";
    let loaded = layers(&[("main.toml", main), ("base.toml", base)]);
    assert_eq!(loaded.findings(), [""; 0]);
    assert_eq!(text(loaded.named("a"), "make.conf"), "USE=\"main base base-a a\"\n");
    assert_eq!(text(loaded.named("b"), "make.conf"), "USE=\"main b\"\n");
}

#[test]
fn what_a_root_extends_may_extend_for_the_root_again() {
    let loaded = layers(&[
        ("main.toml", "[root.a]\nextends = ['one.toml']\n"),
        ("one.toml", "[root.a]\nextends = ['two.toml']\n[root.a.make.conf]\nUSE.add = 'one'\n"),
        ("two.toml", "[make.conf]\nUSE.add = 'two'\n"),
    ]);
    assert_eq!(loaded.findings(), [""; 0]);
    assert_eq!(text(loaded.named("a"), "make.conf"), "USE=\"two one\"\n");
}

#[test]
fn places_of_roots() {
    let (code, under, help) = bad("[root.hots]\n[root.b]\nat = 'host:/x'\n");
    assert_eq!((code, under.as_str(), help.as_str()), ("S017", "'host:/x'", "did you mean `hots`?"));
    assert_eq!(bad("[root.a]\nat = 'a:/x'\n").0, "S017");
    assert_eq!(bad("[root.a]\nat = '/x'\n").0, "S011");
    assert_eq!(bad("[root.a]\n[root.b]\nat = 'a:/../x'\n").0, "S006");
    assert_eq!(bad("[root.a]\nat = 3\n").0, "S008");
    assert_eq!(bad("[root.'a/b']\n").0, "S008");
    assert_eq!(bad("[root.a.root.b]\n").0, "S022");
    let loaded = load("[root.a]\nat = 'b:/x'\n[root.b]\nat = 'a:/x'\n");
    assert_eq!(loaded.places(), [("S017", "'b:/x'".to_owned()), ("S017", "'a:/x'".to_owned())]);
    let loaded = load("[root.c]\nat = 'b:/x'\n[root.b]\nat = 'a:/x'\n[root.a]\n");
    let names: Vec<_> =
        loaded.resolved.as_ref().unwrap().roots.iter().map(|root| root.name.as_deref().unwrap()).collect();
    assert_eq!(names, ["a", "b", "c"]);
}

const FLAGS: &str = "
[make.conf]
OPT_FLAGS = '-O2'
GC_FLAGS = ''
[variant.oz.make.conf]
OPT_FLAGS = '-Oz'
[variant.lto-gc.make.conf]
OPT_FLAGS.add = '-flto'
GC_FLAGS = '-Wl,--gc-sections'
[variant.oz-lto-gc.make.conf]
OPT_FLAGS = '-Oz -flto'
GC_FLAGS = '-Wl,--gc-sections'
";

#[test]
fn variants_compose() {
    let files = specs(&[("main.toml", FLAGS)]);
    let with = |variants: &[&str]| {
        load_with(&files, |options| options.variants = variants.iter().map(|v| (*v).to_owned()).collect())
    };
    let conf = |variants: &[&str]| text(with(variants).good(), "make.conf");
    assert_eq!(conf(&[]), "OPT_FLAGS=\"-O2\"\nGC_FLAGS=\"\"\n", "none is on by default");
    assert_eq!(conf(&["lto-gc"]), "OPT_FLAGS=\"-O2 -flto\"\nGC_FLAGS=\"-Wl,--gc-sections\"\n");
    assert_eq!(conf(&["oz", "lto-gc"]), conf(&["oz-lto-gc"]));
    assert_eq!(conf(&["lto-gc", "oz"]), "OPT_FLAGS=\"-Oz\"\nGC_FLAGS=\"-Wl,--gc-sections\"\n");
    let (code, _, help) = with(&["lto-cg"]).one();
    assert_eq!((code, help.as_str()), ("S016", "did you mean `lto-gc`?"));
}

#[test]
fn a_variant_goes_through_all_layers_and_roots() {
    let base = "[make.conf]\nUSE = 'base'\n[variant.v.make.conf]\nUSE.add = 'base-v'\n[root.a]\n";
    let main = "extends = ['base.toml']\n[make.conf]\nUSE.add = 'main'\n[variant.v]\nextends = ['extra.toml', 'base.toml']\n\
                [variant.v.make.conf]\nUSE.add = 'main-v'\n[variant.v.root.a.make.conf]\nUSE.add = 'v-a'\n[variant.w.root.b.make.conf]\nUSE = 'w'\n";
    let extra = "[make.conf]\nUSE.add = 'extra'\n[root.a.make.conf]\nUSE.add = 'extra-a'\n";
    let files = specs(&[("main.toml", main), ("base.toml", base), ("extra.toml", extra)]);
    let loaded = load_with(&files, |options| options.variants = vec!["v".to_owned()]);
    assert_eq!(loaded.findings(), [""; 0]);
    assert_eq!(text(loaded.named("a"), "make.conf"), "USE=\"base main base-v extra extra-a main-v v-a\"\n");
    assert_eq!(
        loaded.resolved.as_ref().unwrap().roots.len(),
        1,
        "the root of a variant that was not asked for"
    );
}

#[test]
fn checks_the_last_word_holds() {
    let base = "[check]\nL003 = 'allow'\n[check.'package.use/apps']\nL021 = 'warn'\n";
    let loaded =
        layers(&[("main.toml", "extends = ['base.toml']\n[check]\nL03 = 'error'\n"), ("base.toml", base)]);
    loaded.good();
    let checks = &loaded.resolved.as_ref().unwrap().checks;
    assert_eq!(checks.len(), 2);
    assert!(
        checks
            .iter()
            .any(|rule| rule.code == "L003" && rule.level == Some(portage_config::report::Severity::Error))
    );
    assert_eq!(bad("[check]\nL999 = 'allow'").0, "S005");
    assert_eq!(bad("[check]\nL003 = 'off'").0, "S005");
    assert_eq!(bad("[check]\nL003 = 3").0, "S008");
    assert_eq!(bad("[check.'../x']\nL003 = 'warn'").0, "S006");
}

#[test]
fn versions() {
    let files = super::common::files(&[("main.toml", "[make.conf]\n")]);
    let loaded = load_with(&files, |_| {});
    assert_eq!(loaded.one().0, "S025");
    let files = super::common::files(&[("main.toml", "spec = 2\n[make.conf]\n")]);
    let loaded = load_with(&files, |_| {});
    assert_eq!(loaded.places(), [("S021", "2".to_owned())]);
    assert!(file(load("[make.conf]").good(), "make.conf").kind.is_some());
}
