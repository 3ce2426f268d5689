//! The distfiles of an ebuild, as far as its text shows them.

use std::collections::{BTreeMap, BTreeSet};

use super::statements::Statements;
use crate::vocab::{Cpn, Version};

/// The names of the distfiles of an ebuild (PMS 8.2.10), whatever USE flags are set; `None` where only bash could say.
///
/// The text shows them where SRC_URI is assigned once, at the start of a line outside of conditions and functions, of
/// text and of variables that are assigned so themselves or that follow from the name of the ebuild (PMS 11.1), and
/// nothing is inherited. An eclass may change SRC_URI, so an ebuild with one is not known.
///
/// ```
/// use portage_config::overlay::distfiles;
/// use portage_config::vocab::{Cpn, Version};
/// let (cpn, version) = (Cpn::parse("app-misc/hello")?, Version::parse("2.10-r1").ok_or("no version")?);
/// let ebuild = b"EAPI=8\nSRC_URI=\"mirror://gnu/${PN}/${P}.tar.gz doc? ( https://x.org/d -> ${P}-doc.pdf )\"\n";
/// let names = distfiles(&cpn, &version, ebuild).ok_or("not known")?;
/// assert_eq!(names.into_iter().collect::<Vec<_>>(), ["hello-2.10-doc.pdf", "hello-2.10.tar.gz"]);
/// assert_eq!(distfiles(&cpn, &version, b"inherit git-r3\n"), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn distfiles(cpn: &Cpn, version: &Version, ebuild: &[u8]) -> Option<BTreeSet<String>> {
    let said = Statements::read(std::str::from_utf8(ebuild).ok()?)?;
    if said.mentions("SRC_URI") == 0 {
        return Some(BTreeSet::new());
    }
    let mut known: BTreeMap<&str, String> = own(cpn, version);
    known.retain(|name, _| said.mentions(name) == 0);
    let mut size = 0;
    for (name, word) in &said.assigned {
        // Portage lets nobody assign those that follow from the name.
        let word = word.filter(|_| said.mentions(name) == 1 && !OWN.contains(name));
        let Some(value) = word.and_then(|word| value(word, &known)) else { continue };
        if *name == "SRC_URI" {
            return names(&value);
        }
        size += value.len();
        if size > 16 * LARGE {
            return None;
        }
        known.insert(name, value);
    }
    None
}

/// The names of [`own`].
const OWN: [&str; 7] = ["PN", "PV", "P", "PR", "PVR", "PF", "CATEGORY"];

/// No value is larger, unless it is written out so.
const LARGE: usize = 64 * 1024;

/// The variables that follow from the name of an ebuild (PMS 11.1).
fn own(cpn: &Cpn, version: &Version) -> BTreeMap<&'static str, String> {
    let (name, base, revision) = (cpn.package(), version.without_revision(), version.revision());
    let revision = if revision.digits().is_empty() { "0" } else { revision.digits() };
    BTreeMap::from([
        ("PN", name.to_owned()),
        ("PV", base.to_owned()),
        ("P", format!("{name}-{base}")),
        ("PR", format!("r{revision}")),
        ("PVR", version.to_string()),
        ("PF", format!("{name}-{version}")),
        ("CATEGORY", cpn.category().to_owned()),
    ])
}

/// The value of a word of text and of variables that are known.
fn value(word: &str, known: &BTreeMap<&str, String>) -> Option<String> {
    let mut rest = word.chars().peekable();
    let quote = rest.next_if(|c| matches!(c, '"' | '\''));
    let mut out = String::new();
    loop {
        match (rest.next(), quote) {
            (None, None) => return Some(out),
            (Some(c), Some(quote)) if c == quote => return rest.next().is_none().then_some(out),
            (None, _) => return None,
            (Some(c), Some('\'')) => out.push(c),
            (Some('\\'), Some(_)) if rest.next_if_eq(&'\n').is_some() => {}
            (Some('$'), _) => {
                let braced = rest.next_if_eq(&'{').is_some();
                let mut name = String::new();
                while let Some(c) = rest.next_if(|c| c.is_ascii_alphanumeric() || *c == '_') {
                    name.push(c);
                }
                if braced && rest.next() != Some('}') {
                    return None;
                }
                out.push_str(known.get(name.as_str())?);
            }
            (Some('\\' | '`'), _) => return None,
            (Some(c), None) if !(c.is_ascii_alphanumeric() || "._-+/:,%@=~".contains(c)) => return None,
            (Some(c), _) => out.push(c),
        }
        if out.len() > LARGE.max(word.len()) {
            return None;
        }
    }
}

/// The names of the files of a SRC_URI.
pub(super) fn names(uris: &str) -> Option<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    let mut words = uris.split_whitespace().peekable();
    while let Some(word) = words.next() {
        if matches!(word, "(" | ")" | "||") || word.ends_with('?') {
            continue;
        }
        let name = match words.next_if_eq(&"->") {
            Some(_) => words.next()?,
            None => word.rsplit('/').next()?,
        };
        if name.is_empty() || name.contains('/') || name.starts_with('.') {
            return None;
        }
        names.insert(name.to_owned());
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn known(ebuild: &str) -> Option<Vec<String>> {
        let cpn = Cpn::parse("a-b/c").unwrap();
        let version = Version::parse("1.2-r3").unwrap();
        distfiles(&cpn, &version, ebuild.as_bytes()).map(|names| names.into_iter().collect())
    }

    #[test]
    fn a_list_of_thousands_is_known() {
        let uris: String = (0..4000).map(|at| format!("\thttps://example.org/file{at}.bin\n")).collect();
        assert_eq!(known(&format!("SRC_URI=\"\n{uris}\"\n")).map(|names| names.len()), Some(4000));
    }

    #[test]
    fn plain_text_is_known_and_nothing_else() {
        for (ebuild, expected) in [
            ("", Some(vec![])),
            ("SRC_URI=\"https://x/${P}.tar.gz\"\n", Some(vec!["c-1.2.tar.gz"])),
            ("SRC_URI=https://x/$PF.xz # it\n", Some(vec!["c-1.2-r3.xz"])),
            ("MY_P=${PN}_${PV}\nSRC_URI=\"\n\thttps://x/${MY_P}.t\n\"\n", Some(vec!["c_1.2.t"])),
            ("# SRC_URI=\"https://x/y\"\nEAPI=8\n", Some(vec![])),
            ("SRC_URI=\"https://x/a\nhttps://x/b -> c\"\nS=$SRC_URI\n", Some(vec!["a", "c"])),
            ("SRC_URI='https://x/a'\n", Some(vec!["a"])),
            ("inherit x\nSRC_URI=\"https://x/a\"\n", None),
            ("true && inherit x\n", None),
            ("SRC_URI=\"https://x/a\"\nSRC_URI+=\" https://x/b\"\n", None),
            ("if true; then\nSRC_URI=\"https://x/a\"\nfi\n", None),
            ("[[ $PV == 9999 ]] || \\\nSRC_URI=\"https://x/a\"\n", None),
            ("f() {\nSRC_URI=\"https://x/a\"\n}\n", None),
            ("cat <<E\nSRC_URI=\"https://x/a\"\nE\n", None),
            ("SRC_URI=\"https://x/${PV/_/-}\"\n", None),
            ("SRC_URI=\"https://x/$(ver_cut 1)\"\n", None),
            ("SRC_URI=\"https://x/`date`\"\n", None),
            ("PV=3\nSRC_URI=\"https://x/$PV\"\n", None),
            ("SRC_URI=\"https://x/$A\"\nA=$B\nB=$A\n", None),
            ("\tSRC_URI=\"https://x/a\"\n", None),
            ("SRC_URI=\"https://x/a\"\"b\"\n", None),
            ("SRC_URI=\"https://x/a\n", None),
            ("SRC_URI=\"https://x/ -> ../../etc/passwd\"\n", None),
            ("SRC_URI=\"https://x/\"\n", None),
            ("X=\"\nSRC_URI=\"https://x/a\"\n", None),
            ("readonly SRC_URI=\"https://x/a\"\n", None),
            // Functions that are never called in the text, arrays, and quotes in quotes.
            (
                "D=\"it's\" # isn't\nP_=( \"${FILESDIR}\"/a # it's\n)\nSRC_URI=\"https://x/a\"\n\
                 src_install() {\n\tif use x; then\n\t\tfoo \"$(bar \"it's\" 'b\"c')\" > y || die\n\tfi\n}\n",
                Some(vec!["a"]),
            ),
            ("A=b\nSRC_URI=\"https://x/$A\"\n", Some(vec!["b"])),
            ("SRC_URI=\"https://x/$A\"\nA=b\n", None),
            ("SRC_URI=\"https://x/a\"\n: \"${SRC_URI:=https://x/b}\"\n", None),
            (": \"${SRC_URI:=https://x/b}\"\n", None),
            ("function f {\nSRC_URI=\"https://x/a\"\n}\n", None),
            ("true && {\nSRC_URI=\"https://x/a\"\n}\n", None),
            ("\"inherit\" x\nSRC_URI=\"https://x/a\"\n", None),
            ("in\\\nherit x\nSRC_URI=\"https://x/a\"\n", None),
            ("X=\"\n#\"; inherit x\n", None),
            ("$x y\n", None),
            ("\\inherit y\n", None),
            ("declare \"SRC\"_URI=x\n", None),
            ("typeset -x S\n", None),
            ("read S\n", None),
            ("printf -v S x\n", None),
            ("source x\n", None),
            (". x\n", None),
            ("eval x\n", None),
            ("case $x in\n*) SRC_URI=\"https://x/a\" ;;\nesac\n", None),
        ] {
            let expected = expected.map(|names| names.into_iter().map(str::to_owned).collect::<Vec<_>>());
            assert_eq!(known(ebuild), expected, "{ebuild}");
        }
    }

    #[test]
    fn values_stay_small_and_long_texts_are_read_once() {
        let mut bomb = String::from("A0=aaaaaaaaaaaaaaaa\n");
        for n in 1..60 {
            bomb.push_str(&format!("A{n}=\"$A{0}$A{0}\"\n", n - 1));
        }
        assert_eq!(known(&format!("{bomb}SRC_URI=\"https://x/$A59\"\n")), None);
        let many: String = (0..50_000).map(|n| format!("B{n}=$B{}\n", n + 1)).collect();
        assert_eq!(known(&format!("{many}SRC_URI=\"https://x/a\"\n")), Some(vec!["a".to_owned()]));
    }

    proptest! {
        #[test]
        fn any_text_is_borne(text in "(SRC_URI=|[\"'$\\\\{}()`\n #]|->|A|A=|B=|[$][{]A[}]|[$][{]B[}]|PN|inherit|é){0,40}") {
            if let Some(names) = known(&text) {
                for name in names {
                    prop_assert!(!name.contains('/') && !name.is_empty());
                }
            }
        }
    }
}
