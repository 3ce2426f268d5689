//! The distfiles of an ebuild, as far as its text shows them.

use std::collections::{BTreeMap, BTreeSet};

use crate::ebuild::LONGEST;
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
    let text = std::str::from_utf8(ebuild).ok()?;
    let text: String =
        text.split_inclusive('\n').filter(|line| !line.trim_start().starts_with('#')).collect();
    if text.lines().any(|line| first_words(line).contains(&"inherit")) {
        return None;
    }
    if mentions(&text, "SRC_URI") == 0 {
        return Some(BTreeSet::new());
    }
    let mut known = BTreeMap::new();
    names(&value(&text, "SRC_URI", (cpn, version), 0, &mut known)?)
}

/// The words of a line that may be commands: each behind a separator.
fn first_words(line: &str) -> Vec<&str> {
    let commands = line.split([';', '&', '|', '{', '(', ')']);
    commands
        .flat_map(|command| {
            let mut words = command.split_whitespace();
            let first = words.next();
            // `then inherit x`, `! eval inherit x`
            let second =
                first.filter(|word| ["then", "else", "do", "!", "eval", "builtin", "command"].contains(word));
            first.into_iter().chain(second.and_then(|_| words.next()))
        })
        .collect()
}

/// How often a name stands in a text as a word that is not expanded: `NAME` but not `$NAME` and `${NAME`.
fn mentions(text: &str, name: &str) -> usize {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let found = text.match_indices(name).filter(|(at, _)| {
        let (before, after) =
            (text.get(..*at).unwrap_or_default(), text.get(at + name.len()..).unwrap_or_default());
        !after.starts_with(is_word)
            && !before.ends_with(is_word)
            && !before.ends_with('$')
            && !before.ends_with("${")
    });
    found.count()
}

/// More variables than this no plain SRC_URI is made of.
const MANY: usize = 256;

/// The value of a variable that is assigned once and plainly; those that were found are remembered.
fn value(
    text: &str,
    name: &str,
    of: (&Cpn, &Version),
    depth: usize,
    known: &mut BTreeMap<String, String>,
) -> Option<String> {
    if let Some(value) = known.get(name) {
        return Some(value.clone());
    }
    let value = find(text, name, of, depth, known)?;
    if known.len() >= MANY {
        return None;
    }
    known.insert(name.to_owned(), value.clone());
    Some(value)
}

fn find(
    text: &str,
    name: &str,
    of: (&Cpn, &Version),
    depth: usize,
    known: &mut BTreeMap<String, String>,
) -> Option<String> {
    let (cpn, version) = of;
    let base = version.without_revision();
    let revision = version.revision();
    let own = match name {
        "PN" => Some(cpn.package().to_owned()),
        "PV" => Some(base.to_owned()),
        "P" => Some(format!("{}-{base}", cpn.package())),
        "PR" => Some(format!("r{}", if revision.digits().is_empty() { "0" } else { revision.digits() })),
        "PVR" => Some(version.to_string()),
        "PF" => Some(format!("{}-{version}", cpn.package())),
        "CATEGORY" => Some(cpn.category().to_owned()),
        _ => None,
    };
    if own.is_some() {
        return own.filter(|_| mentions(text, name) == 0);
    }
    if depth > 8 || mentions(text, name) != 1 {
        return None;
    }
    let start = match text.strip_prefix(name).is_some_and(|rest| rest.starts_with('=')) {
        true => 0,
        false => text.find(&format!("\n{name}="))? + 1,
    };
    if !is_plain(text.get(..start)?) {
        return None;
    }
    let mut rest = text.get(start + name.len() + 1..)?.chars().peekable();
    let quote = rest.next_if(|c| matches!(c, '"' | '\''));
    let mut out = String::new();
    loop {
        if out.len() > LONGEST {
            return None;
        }
        if quote.is_none() && rest.peek().is_none_or(|c| matches!(c, ' ' | '\t' | '\n')) {
            break;
        }
        let c = rest.next();
        match (c, quote) {
            (Some('"' | '\''), Some(_)) if c == quote => break,
            (None, _) => return None,
            (Some(c), Some('\'')) => out.push(c),
            (Some('\\'), Some(_)) if rest.next_if_eq(&'\n').is_some() => {}
            (Some('$'), _) => {
                let braced = rest.next_if_eq(&'{').is_some();
                let mut word = String::new();
                while let Some(c) = rest.next_if(|c| c.is_ascii_alphanumeric() || *c == '_') {
                    word.push(c);
                }
                if word.is_empty() || braced && rest.next() != Some('}') {
                    return None;
                }
                out.push_str(&value(text, &word, of, depth + 1, known)?);
            }
            (Some('\\' | '`'), _) => return None,
            (Some(c), None) if !(c.is_ascii_alphanumeric() || "._-+/:,%@=~".contains(c)) => return None,
            (Some(c), _) => out.push(c),
        }
    }
    // What follows on the line would be another command, or more of the word.
    let after: String = rest.take_while(|c| *c != '\n').collect();
    let after = after.trim();
    (after.is_empty() || after.starts_with('#')).then_some(out)
}

/// Whether nothing in what stands before an assignment makes it conditional, or part of something else.
fn is_plain(before: &str) -> bool {
    const WORDS: [&str; 9] = ["if", "case", "for", "while", "until", "select", "eval", "source", "."];
    !before.contains("<<")
        && !before.contains("()")
        && before.matches('"').count().is_multiple_of(2)
        && before.matches('\'').count().is_multiple_of(2)
        && before.lines().all(|line| first_words(line).iter().all(|word| !WORDS.contains(word)))
        && !before.trim_end_matches('\n').ends_with(['\\', '&', '|'])
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
        ] {
            let expected = expected.map(|names| names.into_iter().map(str::to_owned).collect::<Vec<_>>());
            assert_eq!(known(ebuild), expected, "{ebuild}");
        }
    }

    #[test]
    fn a_text_that_doubles_itself_is_not_known() {
        let mut deep = format!("A0=\"{}\"\n", "x".repeat(1000));
        let mut wide = "A7=\"x\"\n".to_owned();
        for at in 0..40 {
            deep += &format!("A{}=\"${{A{at}}}${{A{at}}}\"\n", at + 1);
        }
        for at in 0..7 {
            wide += &format!("A{at}=\"{}\"\n", format!("${{A{}}}", at + 1).repeat(40));
        }
        assert_eq!(known(&format!("{deep}SRC_URI=\"https://x/${{A40}}\"\n")), None);
        assert_eq!(known(&format!("{deep}SRC_URI=\"https://x/${{A7}}\"\n")), None);
        assert_eq!(known(&format!("{wide}SRC_URI=\"https://x/${{A0}}\"\n")), None);
        let wide = wide.replace(&"${A1}".repeat(40), "${A1}").replace(&"${A2}".repeat(40), "${A2}");
        let wide = (3..7).fold(wide, |wide, at| wide.replace(&format!("${{A{at}}}").repeat(40), "y"));
        assert_eq!(known(&format!("{wide}SRC_URI=\"https://x/${{A0}}\"\n")), Some(vec!["y".to_owned()]));
    }

    proptest! {
        #[test]
        fn any_text_is_borne(text in "(SRC_URI=|[\"'$\\\\{}()`\n #]|->|A|PN|inherit|é){0,40}") {
            if let Some(names) = known(&text) {
                for name in names {
                    prop_assert!(!name.contains('/') && !name.is_empty());
                }
            }
        }
    }
}
