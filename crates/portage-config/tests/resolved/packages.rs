//! Versions of packages, and their entries in md5-cache.

use std::fmt::Write as _;

use crate::draw::Draw;
use crate::tree::{Root, add};
use crate::words::{ARCHES, IMPLICIT, PROPERTIES, RESTRICT, listed};

const NAMES: &[&str] = &[
    "app-misc/alpha",
    "app-misc/beta-tool",
    "app-misc/gamma",
    "dev-libs/alpha",
    "dev-libs/foo",
    "dev-libs/foo-bar",
    "dev-libs/foo-bar2",
    "dev-libs/lib_x",
    "media-libs/delta+",
    "media-libs/mesa",
    "sys-apps/core",
    "sys-apps/sys",
    "sys-libs/epsilon",
    "sys-libs/zeta",
    "virtual/foo",
];
const VERSIONS: &[&str] =
    &["0.9_rc1", "1.0", "1.0-r1", "1.1", "1.10", "1.2_p3", "2.0_beta2", "2.0", "2.1-r2", "10", "9999"];
/// An ebuild is never run: any will do whose sum is known.
const EBUILDS: &[(&str, &str)] = &[
    ("0", "a86e0292991ab0b17f73955016723c7b"),
    ("1", "18e9555a0195dcdf2eae5a18b4ae1e40"),
    ("2", "c047d18691f6c717bf6fb4caac2f9862"),
    ("3", "96a9c8b70b457d44ddbf0cdb0f1c1328"),
    ("4", "aeada85be266e12b57e7f9d110a22d22"),
    ("5", "1fad143defe5d7affea982154331e4d7"),
    ("6", "5751665ff1949f1e9d1f93aadff7ab7a"),
    ("7", "c9d0342ae36ff5e356fd7be697f75ec6"),
    ("8", "4ef11d6c42f0443e3256d5daf0bb9774"),
];
/// With the ones in front that are accepted unless something says otherwise.
const USUAL: &[&str] = &[
    "BSD", "GPL-2", "GPL-2", "GPL-2", "GPL-3", "MIT", "MIT", "MIT", "BSD", "GPL-3", "EULA-1", "EULA-2",
    "fdk+aac",
];
/// How often each of them is drawn.
const OFTEN: &[usize] = &[1, 1, 1, 1, 1, 3, 3, 3, 4];
const ECLASS: (&str, &str) = ("# Nothing.", "640dc1802700ac5c8da8a861b9476002");

/// What lines are made for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Version {
    pub(crate) cp: String,
    pub(crate) version: &'static str,
    pub(crate) slot: String,
    pub(crate) repository: &'static str,
    /// Without signs.
    pub(crate) iuse: Vec<String>,
}

/// Fills a repository; versions that others have already come again now and then.
pub(crate) fn fill(draw: &mut Draw, root: &mut Root, repository: &'static str, known: &mut Vec<Version>) {
    let main = known.is_empty();
    let mut names = if main { draw.some(NAMES, 11, 13) } else { draw.some(NAMES, 3, 5) };
    if repository == "local" {
        names.push("local-misc/own");
    }
    if main {
        add(root, "eclass/nothing.eclass", ECLASS.0, &[]);
    }
    for cp in names {
        for version in draw.some(VERSIONS, 2, if main { 4 } else { 2 }) {
            known.push(one(draw, root, repository, cp, version));
        }
    }
    if !main {
        for Version { cp, version, .. } in draw.some(known, 2, 4) {
            if !known
                .iter()
                .any(|other| (&other.cp, other.version, other.repository) == (&cp, version, repository))
            {
                known.push(one(draw, root, repository, &cp, version));
            }
        }
    }
}

fn one(
    draw: &mut Draw,
    root: &mut Root,
    repository: &'static str,
    cp: &str,
    version: &'static str,
) -> Version {
    let (eapi, _) = EBUILDS[draw.weighted(OFTEN)];
    let number: u32 = eapi.parse().unwrap();
    // What an EAPI does not know is a mistake that is worth an ebuild now and then.
    let mut knows = |first: u32| number >= first || draw.percent(8);
    let (sub_slots, defaults, required_use) = (knows(5), knows(1), knows(4));
    let slots: &[&str] =
        if sub_slots { &["0", "0", "0", "1", "2", "0/5", "2/2.1", "1.4/1.4-x"] } else { &["0", "0", "1"] };
    let slot = (*draw.pick(slots)).to_owned();
    let mut iuse: Vec<String> = draw.some(&listed(), 3, 9);
    iuse.sort();
    // The flag that FEATURES and RESTRICT change.
    if draw.percent(40) && !iuse.iter().any(|flag| flag == "test") {
        iuse.push("test".to_owned());
    }
    let signs: &[&str] = if defaults { &["", "", "", "+", "+", "-"] } else { &[""] };
    let signed: Vec<_> = iuse.iter().map(|flag| format!("{}{flag}", draw.pick(signs))).collect();
    let mut entries = vec![
        ("IUSE", signed.join(" ")),
        ("KEYWORDS", keywords(draw, version)),
        ("LICENSE", expression(draw, USUAL, &iuse, 2)),
    ];
    if required_use && draw.percent(45) {
        entries.push(("REQUIRED_USE", required(draw, &iuse, 2)));
    }
    if draw.percent(35) {
        entries.push(("RESTRICT", restrict(draw, &iuse)));
    }
    if draw.percent(25) || version == "9999" {
        let word = if version == "9999" { "live" } else { draw.pick(PROPERTIES) };
        entries.push(("PROPERTIES", conditional(draw, word, &iuse)));
    }
    if repository == "gentoo" && draw.percent(20) {
        entries.push(("_eclasses_", format!("nothing\t{}", ECLASS.1)));
    }
    let own = Version { cp: cp.to_owned(), version, slot, repository, iuse };
    put(root, &own, eapi, entries);
    own
}

/// Writes a version: its ebuild, and its entry in md5-cache. False where it is there already.
pub(crate) fn put(root: &mut Root, own: &Version, eapi: &str, entries: Vec<(&str, String)>) -> bool {
    let (category, name) = own.cp.split_once('/').unwrap();
    let cache = format!("metadata/md5-cache/{category}/{name}-{}", own.version);
    if root.contains_key(&cache) {
        return false;
    }
    let ebuild = format!("{category}/{name}/{name}-{}.ebuild", own.version);
    for line in [format!("EAPI={eapi}"), String::new(), "DESCRIPTION=\"Nothing\"".into(), "SLOT=\"0\"".into()]
    {
        add(root, &ebuild, line, &[]);
    }
    let (_, sum) = EBUILDS.iter().find(|(known, _)| *known == eapi).unwrap();
    let mut all = vec![
        ("DEFINED_PHASES", "-".to_owned()),
        ("DESCRIPTION", "Nothing".to_owned()),
        ("EAPI", eapi.to_owned()),
        ("SLOT", own.slot.clone()),
        ("_md5_", (*sum).to_owned()),
    ];
    all.extend(entries.into_iter().filter(|(key, value)| !value.is_empty() || *key == "KEYWORDS"));
    all.sort();
    for (key, value) in all {
        add(root, &cache, format!("{key}={value}"), &[]);
    }
    true
}

fn keywords(draw: &mut Draw, version: &str) -> String {
    if version == "9999" && draw.percent(70) {
        return String::new();
    }
    match draw.below(20) {
        0 => return "-* amd64 ~x86".to_owned(),
        1 => return "-*".to_owned(),
        2 => return "*".to_owned(),
        3 => return "~*".to_owned(),
        _ => {}
    }
    let mut text = String::new();
    for arch in ARCHES {
        let form = *draw.pick(if *arch == "amd64" {
            &["", "", "", "", "", "~", "~", "~", "-", "none"]
        } else {
            &["", "", "~", "~", "-", "none"]
        });
        if form != "none" {
            write!(text, "{form}{arch} ").unwrap();
        }
    }
    text.trim_end().to_owned()
}

/// A condition of USE, of a flag that is listed or implied.
fn condition(draw: &mut Draw, iuse: &[String]) -> String {
    let not = if draw.percent(35) { "!" } else { "" };
    let flag = if draw.percent(12) { draw.pick(IMPLICIT) } else { draw.pick(iuse).as_str() };
    format!("{not}{flag}?")
}

fn conditional(draw: &mut Draw, word: &str, iuse: &[String]) -> String {
    if draw.percent(40) { format!("{} ( {word} )", condition(draw, iuse)) } else { word.to_owned() }
}

fn restrict(draw: &mut Draw, iuse: &[String]) -> String {
    if draw.percent(30) && iuse.iter().any(|flag| flag == "test") {
        return "!test? ( test )".to_owned();
    }
    let words: Vec<_> =
        draw.some(RESTRICT, 1, 2).into_iter().map(|word| conditional(draw, word, iuse)).collect();
    words.join(" ")
}

fn expression(draw: &mut Draw, words: &[&str], iuse: &[String], depth: usize) -> String {
    let count = draw.between(1, 2);
    let parts: Vec<_> = (0..count)
        .map(|_| match draw.below(if depth == 0 { 3 } else { 6 }) {
            3 => format!("|| ( {} {} )", draw.pick(words), expression(draw, words, iuse, depth - 1)),
            4 => format!("( {} )", expression(draw, words, iuse, depth - 1)),
            5 => format!("{} ( {} )", condition(draw, iuse), expression(draw, words, iuse, depth - 1)),
            _ => (*draw.pick(words)).to_owned(),
        })
        .collect();
    parts.join(" ")
}

fn required(draw: &mut Draw, iuse: &[String], depth: usize) -> String {
    let not = if draw.percent(30) { "!" } else { "" };
    let flag = if draw.percent(4) { "nowhere".to_owned() } else { draw.pick(iuse).clone() };
    if depth == 0 {
        return format!("{not}{flag}");
    }
    let some = |draw: &mut Draw| {
        let members: Vec<_> = (0..draw.between(1, 3)).map(|_| required(draw, iuse, depth - 1)).collect();
        members.join(" ")
    };
    match draw.below(7) {
        0 => format!("|| ( {} )", some(draw)),
        1 => format!("^^ ( {} )", some(draw)),
        2 => format!("?? ( {} )", some(draw)),
        3 => format!("( {} )", some(draw)),
        4 | 5 => format!("{} ( {} )", condition(draw, iuse), some(draw)),
        _ => format!("{not}{flag}"),
    }
}
