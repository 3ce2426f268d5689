//! `[target]`: the machine as the lowest layer.

use portage_config::config::Body;
use portage_config::report::Key;
use portage_config::spec::{Effect, Touch};

use super::common::{Loaded, file, layers, load, load_with, model, path, specs, text};

const MACHINE: &str = "[target]\ncpu = 'i486'\nlibc = 'musl'\ncores = 12\n";

fn set(spec: &str, name: &str, value: &str) -> Loaded {
    let files = specs(&[("main.toml", spec)]);
    load_with(&files, |options| options.set = vec![(name.to_owned(), value.to_owned())])
}

fn line<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
}

fn link(loaded: &Loaded) -> &str {
    match &file(loaded.root(), "make.profile").body {
        Body::Link(target) => target.strip_prefix("/var/db/repos/gentoo/profiles/").unwrap_or(target),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_follows_is_there() {
    let loaded = load(MACHINE);
    insta::assert_snapshot!(text(loaded.good(), "make.conf"), @r#"
    # the profile alone would build for i686
    CHOST="i486-pc-linux-musl"

    # what multilib.eclass asks for; the profile leaves it at i686
    CHOST_x86="i486-pc-linux-musl"
    COMMON_FLAGS="-O2 -march=i486 -pipe"
    CFLAGS="${COMMON_FLAGS}"
    CXXFLAGS="${COMMON_FLAGS}"
    FCFLAGS="${COMMON_FLAGS}"
    FFLAGS="${COMMON_FLAGS}"

    # Go counts on SSE2 without it
    GO386="softfloat"

    # i486 has none of them
    CPU_FLAGS_X86=""
    ACCEPT_KEYWORDS="x86"
    GRUB_PLATFORMS="pc"

    # 12 cores
    MAKEOPTS="-j12 -l13"
    EMERGE_DEFAULT_OPTS="--jobs=2 --load-average=13"
    "#);
    assert_eq!(link(&loaded), "default/linux/x86/23.0/i486/musl");
    let all: Vec<_> = loaded.root().config.files.keys().map(|path| path.as_str()).collect();
    assert_eq!(all, ["etc/portage/make.conf", "etc/portage/make.profile"]);
}

#[test]
fn each_entry_is_of_the_layer_and_at_the_key_it_follows_from() {
    let spec = format!(
        "{MACHINE}[target.build-host]\nchost = 'x86_64-pc-linux-gnu'\n[make.conf]\nCFLAGS.add = '-g'\n"
    );
    let loaded = load(&spec);
    let root = loaded.good();
    let layers: Vec<_> =
        loaded.resolved.iter().flat_map(|spec| &spec.layers).map(|layer| &*layer.name).collect();
    assert_eq!(layers, ["main.toml", "target"]);
    let origins = &root.origins.files[&path("make.conf")];
    let touched = |name: &str| -> Vec<(&str, &str, Effect)> {
        let touches = &origins.entries[&Key::of(name)];
        let said = |touch: &Touch| {
            let text = &loaded.report.sources.get(touch.span.source).unwrap().text;
            text.get(touch.span.start..touch.span.end).unwrap()
        };
        touches.iter().map(|touch| (layers[touch.layer], said(touch), touch.effect)).collect()
    };
    assert_eq!(touched("CHOST"), [("target", "libc", Effect::Set)], "the profile builds for i686");
    assert_eq!(touched("CBUILD"), [("target", "chost", Effect::Set)]);
    assert_eq!(touched("MAKEOPTS"), [("target", "cores", Effect::Set)]);
    assert_eq!(touched("ACCEPT_KEYWORDS"), [("target", "cpu", Effect::Set)]);
    assert_eq!(touched("CFLAGS"), [("target", "cpu", Effect::Set), ("main.toml", "CFLAGS", Effect::Add)]);
}

#[test]
fn every_layer_goes_before_it() {
    let base = format!("{MACHINE}[make.conf]\nMAKEOPTS = '-j3'\n");
    let main = "extends = ['base.toml']\n[target]\ncpu = 'i686'\n[make.conf]\nGO386.remove = true\nUSE = 'x'\n\
                COMMON_FLAGS.add = '-g'\n[variant.big.target]\ncpu = 'x86-64-v2'\n[file.'make.profile']\nlink = '../p'\n";
    let all = [("main.toml", main), ("base.toml", &base)];
    let loaded = layers(&all);
    let made = text(loaded.good(), "make.conf");
    assert_eq!(line(&made, "CHOST"), Some("\"i686-pc-linux-musl\""));
    assert_eq!(line(&made, "COMMON_FLAGS"), Some("\"-O2 -march=i686 -pipe -g\""));
    assert_eq!(line(&made, "MAKEOPTS"), Some("\"-j3\""));
    assert_eq!((line(&made, "GO386"), line(&made, "USE")), (None, Some("\"x\"")));
    assert_eq!(link(&loaded), "../p");

    let files = specs(&all);
    let loaded = load_with(&files, |options| options.variants = vec!["big".to_owned()]);
    let made = text(loaded.root(), "make.conf");
    assert_eq!(line(&made, "CHOST"), Some("\"x86_64-pc-linux-musl\""));
    assert_eq!(line(&made, "GOAMD64"), Some("\"v2\""));
}

#[test]
fn set_is_the_topmost_layer() {
    let loaded = set(MACHINE, "target.cpu", "pentium3");
    assert_eq!(line(&text(loaded.good(), "make.conf"), "CHOST_x86"), Some("\"i686-pc-linux-musl\""));
    let loaded = set(MACHINE, "target.build-host.cores", "48");
    assert_eq!(line(&text(loaded.good(), "make.conf"), "MAKEOPTS"), Some("\"-j48 -l49\""));
    let runs =
        "[target]\ncpu = 'skylake-avx512'\n[target.build-host]\ncpu = 'skylake'\nruns-target = false\n";
    let loaded = set(runs, "target.build-host.runs-target", "true");
    assert!(text(loaded.good(), "make.conf").contains("-mno-avx512f"));
    assert_eq!(set("", "target.cpu", "i487").places(), [("S026", "\"i487\"".to_owned())]);
}

#[test]
fn what_follows_stands_wherever_parameters_do() {
    let loaded = load(&format!(
        "{MACHINE}[target.build-host]\ncpu = 'x86-64'\n['package.use/@{{target.arch}}']\n'cross-@{{target.chost}}/gcc' = \
         '@{{target.libc}}'\n[make.conf]\nX = '@{{target.march}} @{{target.cpu}} @{{target.init}} @{{target.jobs}} \
         @{{target.load}}[@{{target.mno}}][@{{target.rust-mno}}]'\n[file.'/usr/profile']\nlink = '@{{target.profile}}'\n"
    ));
    let root = loaded.good();
    assert_eq!(text(root, "package.use/x86"), "cross-i486-pc-linux-musl/gcc musl\n");
    assert_eq!(line(&text(root, "make.conf"), "X"), Some("\"-march=i486 i486 openrc 12 13[][]\""));
    let Body::Link(target) = &file(root, "/usr/profile").body else { panic!("no link") };
    assert_eq!(target, "/var/db/repos/gentoo/profiles/default/linux/x86/23.0/i486/musl");
    let loaded = load(
        "[root.host]\n[root.board]\nat = 'host:/usr/@{target.chost}'\n[root.board.target]\ncpu = 'cortex-a53'\n",
    );
    assert_eq!(loaded.findings(), [""; 0]);
    let (host, at) = loaded.named("board").at.as_ref().unwrap();
    assert_eq!((host.as_str(), at.as_str()), ("host", "usr/aarch64-unknown-linux-gnu"));
    assert!(loaded.named("host").config.files.is_empty(), "each root has a machine of its own");
}

#[test]
fn values_hold_parameters() {
    let spec =
        "[param.cpu]\n[target]\ncpu = '@{cpu}'\ninit = 'systemd'\n[make.conf]\nX = '@{target.chost}'\n";
    let loaded = set(spec, "cpu", "k8");
    assert_eq!(line(&text(loaded.good(), "make.conf"), "X"), Some("\"x86_64-pc-linux-gnu\""));
    assert_eq!(
        load(spec).places(),
        [("S013", "cpu".to_owned())],
        "what waits for it is not reported as well"
    );
    let files = specs(&[("main.toml", spec)]);
    let loaded = load_with(&files, |options| options.require_params = false);
    assert_eq!(loaded.findings(), [""; 0]);
    let secret = "[param.cpu]\nsecret = true\nvalue = 'k8'\n[target]\ncpu = '@{cpu}'\n";
    assert_eq!(load(secret).places(), [("S023", "'@{cpu}'".to_owned())]);
}

#[test]
fn the_variables_may_go_to_a_folder() {
    let folder = format!("{MACHINE}file = 'make.conf/00-target'\n['make.conf/50-site']\nUSE = 'x'\n");
    let loaded = load(&folder);
    assert_eq!(line(&text(loaded.good(), "make.conf/00-target"), "CHOST"), Some("\"i486-pc-linux-musl\""));
    assert_eq!(load(&format!("{MACHINE}['make.conf/50-site']\nUSE = 'x'\n")).places()[0].0, "S019");
    let other = load(&format!("{MACHINE}file = 'package.use/x'\n"));
    assert_eq!(other.one().0, "S026");
}

#[test]
fn a_text_replaces_what_follows() {
    let loaded = load(&format!("{MACHINE}[file.'make.conf']\ntext = 'USE=\"x\"'\n"));
    assert_eq!(text(loaded.good(), "make.conf"), "USE=\"x\"");
    assert_eq!(link(&loaded), "default/linux/x86/23.0/i486/musl");
}

#[test]
fn mistakes_are_told_where_they_are() {
    for (spec, code, under) in [
        ("[target]\n", "S026", "target"),
        ("[target]\ncup = 'i486'\n", "S005", "cup"),
        ("[target]\ncpu = 'i486'\n[target.build-host]\ncors = 3\n", "S005", "cors"),
        ("[target]\ncpu = ['i486']\n", "S008", "['i486']"),
        ("[target]\ncpu = 'i486'\nbuild-host = 'x'\n", "S008", "'x'"),
        ("[target]\ncpu = 'i486'\ncores = 1.5\n", "S008", "1.5"),
        ("[target]\ncpu = 'i486'\n[target.memory]\nx = 1\n", "S008", "[target.memory]"),
        ("target = 'i486'\n", "S008", "'i486'"),
        ("[target]\ncpu = 'i486'\nlibc = 'musl'\ninit = 'systemd'\n", "S026", "'systemd'"),
        ("[make.conf]\nX = '@{target.chost}'\n", "S015", "'@{target.chost}'"),
        ("[target]\ncpu = 'i486'\n[make.conf]\nX = '@{target.jobs}'\n", "S015", "'@{target.jobs}'"),
        ("[target]\ncpu = 'i486'\n[make.conf]\nX = '@{target.chots}'\n", "S015", "'@{target.chots}'"),
        ("[param.'target.x']\ndefault = 'x'\n", "S014", "'target.x'"),
    ] {
        assert_eq!(load(spec).places(), [(code, under.to_owned())], "{spec}");
    }
    let (_, _, help) = load("[target]\ncpu = 'i486'\n[make.conf]\nX = '@{target.chots}'\n").one();
    assert_eq!(help, "did you mean `@{target.chost}`?");
    let (_, _, help) = load("[make.conf]\nX = '@{target.chost}'\n").one();
    assert!(help.contains("[target]"), "{help}");
    assert!(matches!(model(load(MACHINE).good(), "make.conf"), portage_config::model::Model::Vars(_)));
}

#[test]
fn what_is_set_makes_no_machine_of_a_root_that_has_none() {
    let text = "[root.box.target]\ncpu = 'i486'\n[root.disc.file.'/boot/x']\ntext = ''\n";
    let loaded = set(text, "target.build-host.cores", "8");
    assert!(!loaded.report.has_errors(), "{:?}", loaded.report.diagnostics);
    let roots = &loaded.resolved.as_ref().unwrap().roots;
    let files = |at: usize| roots[at].config.files.keys().map(|path| path.as_str()).collect::<Vec<_>>();
    assert_eq!(files(0), ["etc/portage/make.conf", "etc/portage/make.profile"]);
    assert_eq!(files(1), ["boot/x"]);
}

#[test]
fn a_value_holds_nothing_that_follows_from_it() {
    let loaded = load("[target]\ncpu = 'i486'\nvendor = '@{target.arch}'\n");
    let found: Vec<_> =
        loaded.report.diagnostics.iter().map(|found| (found.code.id, &*found.message)).collect();
    assert_eq!(found, [("S015", "a value of `[target]` cannot hold what follows from it")]);
}

#[test]
fn a_profile_of_ones_own_is_a_folder_in_the_place_of_the_link() {
    let folder = "['make.profile/parent']\n'gentoo:default/linux/x86/23.0/i486' = true\n['make.profile/eapi']\n8 = true\n";
    let loaded = load(&format!("{MACHINE}[file.'make.profile']\ndir = true\n{folder}"));
    assert_eq!(text(loaded.good(), "make.profile/parent"), "gentoo:default/linux/x86/23.0/i486\n");
    assert_eq!(text(loaded.good(), "make.profile/eapi"), "8\n");
    assert!(matches!(file(loaded.root(), "make.profile").body, Body::Dir));
    assert_eq!(load(&format!("{MACHINE}{folder}")).places()[0].0, "S019");
}

#[test]
fn a_part_of_specs_needs_no_machine() {
    let files =
        specs(&[("main.toml", "[target.build-host]\ncores = 4\n[make.conf]\nA = '@{target.march}'\n")]);
    let block = load_with(&files, |options| options.block = true);
    assert_eq!(block.places(), []);
    assert_eq!(load_with(&files, |_| {}).places()[0].0, "S026");
    let files = specs(&[("main.toml", "[target]\ncpu = 'i487'\n")]);
    assert_eq!(load_with(&files, |options| options.block = true).places()[0].0, "S026");
}
