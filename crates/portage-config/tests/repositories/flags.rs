//! What `check` says of flags: REQUIRED_USE, words that a profile decides about, atoms that end Portage.

use std::collections::BTreeSet;
use std::path::Path;

use portage_config::config::{Body, Bytes, Config, File};
use portage_config::report::Report;
use portage_config::repository::{Given, ReposConf, Repositories};
use portage_config::vocab::RelPath;
use portage_config::{file, lint};
use serde_json::{Value, json};

use super::{Numbers, ask, common, put};

/// Cache entries that hold.
const CACHE: &str = r#"
import hashlib, pathlib
repo = pathlib.Path(questions["repo"])
for entry in sorted(repo.glob("metadata/md5-cache/*/*")):
    ebuild = next(repo.glob(f"{entry.parent.name}/*/{entry.name}.ebuild"))
    entry.write_text(entry.read_text() + "_md5_=" + hashlib.md5(ebuild.read_bytes()).hexdigest() + "\n")
"#;

/// The versions that each line takes, what REQUIRED_USE says of them, and the words that somebody else decides about.
const ANSWER: &str = r#"
import portage
from portage.dep import check_required_use
for question in questions["trees"]:
    root = question["root"]
    said = {"violated": {}, "decided": [], "fatal": ""}
    answers.append(said)
    try:
        settings = portage.config(config_root=root, target_root=root, env={"PORTAGE_DEPCACHEDIR": root + "/cache"})
        db = portage.portdbapi(settings)
        def look(cpv):
            own = portage.config(clone=settings)
            own.setcpv(cpv, mydb=db)
            return own
        for atom, words in question["lines"]:
            versions = db.xmatch("match-visible", atom)
            for cpv in versions[-1:]:
                own = look(cpv)
                required, flags = db.aux_get(cpv, ["REQUIRED_USE", "IUSE"])
                flags = [flag.lstrip("+-") for flag in flags.split()]
                holds = check_required_use(required, own["PORTAGE_USE"].split(), flags.__contains__, eapi="8")
                said["violated"][str(cpv)] = not holds
            for word in words:
                flag, wanted = word.lstrip("-"), not word.startswith("-")
                each = [look(cpv) for cpv in versions]
                other = [own.usemask if wanted else own.useforce - own.usemask for own in each]
                if other and all(flag in flags for flags in other):
                    said["decided"].append([atom, word])
    except Exception as error:
        said["fatal"] = str(error)
"#;

/// How it ends when emerge asks for the flags of a package.
const EMERGE: &str = r#"
import portage
from _emerge.Package import Package
from _emerge.RootConfig import RootConfig
for root in questions["roots"]:
    settings = portage.config(config_root=root, target_root=root, env={"PORTAGE_DEPCACHEDIR": root + "/cache"})
    settings.lock()
    tree = portage.portagetree(settings=settings)
    keys = Package.metadata_keys
    try:
        package = Package(
            type_name="ebuild", root_config=RootConfig(settings, {"porttree": tree}, None), cpv="app-misc/p0-3",
            built=False, installed=False, onlydeps=False,
            metadata=dict(zip(keys, tree.dbapi.aux_get("app-misc/p0-3", keys))),
        )
        package.use.enabled
        answers.append("")
    except Exception as error:
        answers.append(str(error))
"#;

const REQUIRED: [&str; 6] =
    ["?? ( a b )", "^^ ( a b c )", "a? ( b )", "|| ( a d ) !b? ( c )", "a? ( || ( b c ) ) d? ( !a )", "!c b"];

const FLAGS: [&str; 4] = ["a", "b", "c", "d"];

fn words(numbers: &mut Numbers, most: usize) -> Vec<String> {
    let minus = |on: usize| if on == 0 { "-" } else { "" };
    let mut words: Vec<String> = Vec::new();
    for flag in FLAGS {
        if numbers.below(4) < most {
            words.push(format!("{}{flag}", minus(numbers.below(2))));
        }
    }
    words
}

fn repository(at: &Path, numbers: &mut Numbers) {
    for (path, text) in [
        ("profiles/repo_name", "gentoo\n"),
        ("profiles/categories", "app-misc\n"),
        ("profiles/arch.list", "x86\n"),
        ("metadata/layout.conf", "masters =\ncache-formats = md5-dict\n"),
        ("profiles/base/make.defaults", "ARCH=\"x86\"\nACCEPT_KEYWORDS=\"x86\"\n"),
        ("profiles/base/eapi", "8\n"),
    ] {
        put(at, path, text);
    }
    for (number, required) in REQUIRED.iter().enumerate() {
        for (version, keyword) in [("1", "x86"), ("2", "~x86"), ("3", "x86")] {
            let name = format!("p{number}-{version}");
            put(at, &format!("app-misc/p{number}/{name}.ebuild"), "EAPI=8\n");
            let default = numbers.of(&["", "+", "-"]);
            let entry = format!(
                "DEFINED_PHASES=-\nDESCRIPTION=x\nEAPI=8\nIUSE=a {default}b c d\nKEYWORDS={keyword}\nLICENSE=GPL-2\n\
                 REQUIRED_USE={required}\nSLOT=0\n"
            );
            put(at, &format!("metadata/md5-cache/app-misc/{name}"), &entry);
        }
    }
    for file in ["package.use.mask", "package.use.force", "package.use"] {
        let mut text = String::new();
        for number in 0..REQUIRED.len() {
            let version = numbers.of(&["app-misc/p", "=app-misc/p", "<app-misc/p"]);
            let end = if version.starts_with(['=', '<']) { "-3" } else { "" };
            let said = words(numbers, 1).join(" ");
            if !said.is_empty() {
                text += &format!("{version}{number}{end} {said}\n");
            }
        }
        put(at, &format!("profiles/base/{file}"), &text);
    }
    put(at, "profiles/base/use.force", "-d\n");
}

/// A tree: the path of its root, and the lines of package.use.
struct Grown {
    lines: Vec<(String, Vec<String>)>,
    make_conf: String,
}

impl Grown {
    fn new(numbers: &mut Numbers) -> Self {
        let mut lines = Vec::new();
        for number in 0..REQUIRED.len() {
            for atom in [format!("app-misc/p{number}"), format!("<app-misc/p{number}-3")] {
                let said = words(numbers, 2);
                if numbers.below(3) > 0 && !said.is_empty() {
                    lines.push((atom, said));
                }
            }
        }
        let make_conf = format!(
            "USE=\"{}\"\nACCEPT_KEYWORDS=\"{}\"\n",
            words(numbers, 1).join(" "),
            numbers.of(&["", "~x86"])
        );
        Self { lines, make_conf }
    }

    fn package_use(&self) -> String {
        self.lines.iter().map(|(atom, words)| format!("{atom} {}\n", words.join(" "))).collect()
    }

    fn write(&self, root: &Path, repo: &Path) {
        put(root, "etc/portage/make.conf", &self.make_conf);
        put(root, "etc/portage/package.use", &self.package_use());
        let conf = format!("[DEFAULT]\nmain-repo = gentoo\n[gentoo]\nlocation = {}\n", repo.display());
        put(root, "etc/portage/repos.conf", &conf);
        std::os::unix::fs::symlink(repo.join("profiles/base"), root.join("etc/portage/make.profile"))
            .unwrap();
    }

    fn config(&self, repo: &Path) -> Config {
        let mut config = Config::default();
        let profile = repo.join("profiles/base").display().to_string();
        for (path, body) in [
            ("make.conf", Body::Text(Bytes(self.make_conf.clone().into()))),
            ("package.use", Body::Text(Bytes(self.package_use().into()))),
            ("make.profile", Body::Link(profile)),
        ] {
            let path = RelPath::parse(&format!("etc/portage/{path}")).unwrap();
            config.files.insert(path.clone(), File::new(file::find(&path), body));
        }
        config
    }
}

/// What `check` says: the versions whose flags are not allowed with the words that would help, and the idle words.
type Told = (Vec<(String, Vec<String>)>, BTreeSet<(String, String)>);

fn told(config: &Config, repositories: &Repositories) -> Told {
    let mut report = Report::new();
    let skipped = lint::with_repositories(config, repositories, &mut report);
    assert_eq!(skipped, []);
    let (mut violated, mut decided) = (Vec::new(), BTreeSet::new());
    for found in &report.diagnostics {
        let help = found.help.clone().unwrap_or_default();
        match found.code.id {
            "L223" => {
                let version = found.message.split('`').nth(1).unwrap().to_owned();
                let words = help.strip_prefix("write ").and_then(|rest| rest.split_once(" for it"));
                let words = words
                    .map_or_else(Vec::new, |(words, _)| words.split(" or ").map(str::to_owned).collect());
                violated.push((version, words));
            }
            "L224" => {
                decided.insert((found.spot.key.to_string(), found.spot.word.clone().unwrap()));
            }
            _ => {}
        }
    }
    (violated, decided)
}

#[test]
fn flags_are_what_portage_makes_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let repo = folder.join("gentoo");
    let mut numbers = Numbers(11);
    repository(&repo, &mut numbers);
    let given = [Given::new(None, &repo)];
    let repositories = Repositories::open(&ReposConf::packaged(), None, &given).unwrap();
    let (mut trees, mut expected) = (Vec::new(), Vec::new());
    let question = |grown: &Grown, trees: &mut Vec<Value>| {
        let root = folder.join(format!("root{}", trees.len()));
        grown.write(&root, &repo);
        trees.push(json!({"root": root, "lines": grown.lines}));
    };
    for _ in 0..common::cases(24) {
        let grown = Grown::new(&mut numbers);
        let said = told(&grown.config(&repo), &repositories);
        question(&grown, &mut trees);
        expected.push((said.clone(), None));
        // Each word that would help is tried.
        for (version, words) in said.0 {
            for word in words.into_iter().take(2) {
                let mut mended = Grown { lines: grown.lines.clone(), make_conf: grown.make_conf.clone() };
                mended.lines.push((format!("={version}"), vec![word]));
                let said = told(&mended.config(&repo), &repositories);
                question(&mended, &mut trees);
                expected.push((said, Some(version.clone())));
            }
        }
    }
    let questions = json!({"repo": repo, "trees": trees});
    let Some(answers) = ask("flags_are_what_portage_makes_of_them", &format!("{CACHE}{ANSWER}"), &questions)
    else {
        return;
    };
    let (mut refused, mut idle, mut mended) = (0, 0, 0);
    for ((answer, (mine, helped)), tree) in answers.iter().zip(&expected).zip(&trees) {
        assert_eq!(answer["fatal"], "", "{tree}");
        let violated = answer["violated"].as_object().unwrap();
        let theirs: BTreeSet<&str> =
            violated.iter().filter(|(_, held)| **held == json!(true)).map(|(cpv, _)| cpv.as_str()).collect();
        let own: BTreeSet<&str> = mine.0.iter().map(|(cpv, _)| cpv.as_str()).collect();
        assert_eq!(own, theirs, "{tree}");
        let decided: BTreeSet<(String, String)> = serde_json::from_value(answer["decided"].clone()).unwrap();
        assert_eq!(mine.1, decided, "{tree}");
        if let Some(version) = helped {
            assert!(!theirs.contains(version.as_str()), "{version} {tree}");
            mended += 1;
        }
        refused += theirs.len();
        idle += decided.len();
    }
    assert!(refused > 20 && idle > 20 && mended > 20, "{refused} {idle} {mended}");
}

#[test]
fn an_atom_with_flags_ends_portage() {
    let folder = tempfile::tempdir().unwrap();
    let repo = folder.path().join("gentoo");
    repository(&repo, &mut Numbers(5));
    let mut roots = Vec::new();
    for (number, (file, atom)) in [
        ("package.env", "app-misc/p0[a]"),
        ("profile/package.bashrc", "app-misc/p0[a]"),
        ("package.env", "app-misc/p0"),
        ("package.env", "app-misc/p1[a]"),
    ]
    .iter()
    .enumerate()
    {
        let root = folder.path().join(format!("root{number}"));
        Grown { lines: Vec::new(), make_conf: String::new() }.write(&root, &repo);
        put(&root, &format!("etc/portage/{file}"), &format!("{atom} x\n"));
        put(&root, "etc/portage/env/x", "MAKEOPTS=\"-j1\"\n");
        put(&root, "etc/portage/profile/bashrc/x", "true\n");
        roots.push(root);
    }
    let questions = json!({"repo": repo, "roots": roots});
    let Some(answers) = ask("an_atom_with_flags_ends_portage", &format!("{CACHE}{EMERGE}"), &questions)
    else {
        return;
    };
    let is_end: Vec<bool> =
        answers.iter().map(|answer| answer.as_str().unwrap().contains("setcpv recursion detected")).collect();
    assert_eq!(is_end, [true, true, false, false], "{answers:?}");
}
