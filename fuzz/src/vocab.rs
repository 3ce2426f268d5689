//! Words.

use std::cmp::Ordering;
use std::ops::Range;

use portage_config::vocab::{
    AcceptKeyword, Atom, Chost, CompilerFlags, Cpv, Dialect, LicenseToken, MakeOpts, RelPath, Text, UseToken,
    Version, Word, accepts_keywords, compare_versions, is_version, mask, nearest_variable,
};

/// Each line of the input is a word; neighbours are compared.
pub fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let words: Vec<&str> = text.split('\n').take(16).collect();
    words.iter().for_each(|word| one(word));
    for three in words.windows(3) {
        order(three[0], three[1], three[2]);
    }
    for two in words.windows(2) {
        accepts_keywords([two[0], two[1]], two[1]);
    }
}

fn one(text: &str) {
    atom(text);
    let inside = |range: &Range<usize>| assert!(text.get(range.clone()).is_some(), "{range:?} of {text:?}");
    match Cpv::parse(text) {
        Ok(cpv) => {
            assert_eq!(cpv.as_str(), text);
            assert_eq!(format!("{}/{}-{}", cpv.category(), cpv.package(), cpv.version()), text);
            assert!(is_version(cpv.version()), "{text:?}");
            assert!(Atom::is_valid(&format!("={text}"), Dialect::Set), "{text:?}");
        }
        Err(error) => inside(&error.span),
    }
    assert_eq!(Version::parse(text).is_some(), is_version(text), "{text:?}");
    if let Some(version) = Version::parse(text) {
        assert_eq!(version.as_str(), text);
        assert!(text.starts_with(version.without_revision()));
        assert_eq!(compare_versions(text, text), Some(Ordering::Equal), "{text:?}");
    }
    for found in [UseToken::parse(text), UseToken::parse_profile(text), UseToken::parse_flag(text)] {
        match found {
            Ok(token) => {
                assert_eq!(token.to_string(), text);
                assert_eq!(token, UseToken::lenient(text));
                token.kept(Some("L10N"));
            }
            Err(error) => {
                inside(&error.span);
                error.help();
                assert!(!error.to_string().is_empty());
            }
        }
    }
    assert_eq!(UseToken::lenient(text).to_string(), text);
    match AcceptKeyword::parse(text) {
        Ok(keyword) => assert_eq!(keyword.to_string(), text),
        Err(error) => {
            inside(&error.span);
            error.help();
        }
    }
    match LicenseToken::parse(text) {
        Ok(token) => assert_eq!(token.to_string(), text),
        Err(error) => {
            inside(&error.span);
            error.help();
        }
    }
    match Chost::parse(text) {
        Ok(chost) => assert_eq!(chost.as_str(), text),
        Err(error) => inside(&error.span),
    }
    values(text);
}

fn atom(text: &str) {
    for dialect in Dialect::ALL {
        let parsed = Atom::parse(text, dialect);
        assert_eq!(parsed.is_ok(), Atom::is_valid(text, dialect), "{text:?} {dialect:?}");
        match parsed {
            Ok(atom) => {
                assert_eq!(atom.as_str(), text);
                assert_eq!(format!("{}/{}", atom.category(), atom.package()), atom.cpn());
                assert_eq!(atom.operator().is_some(), atom.version().is_some(), "{text:?} {dialect:?}");
                assert!(dialect.repo() || atom.repo().is_none(), "{text:?} {dialect:?}");
                assert!(dialect.wildcards() || !atom.is_wildcard(), "{text:?} {dialect:?}");
                assert!(dialect.use_deps() || atom.use_deps().is_none(), "{text:?} {dialect:?}");
                assert!(dialect.blockers() || atom.blocker().is_none(), "{text:?} {dialect:?}");
                atom.specificity();
            }
            Err(error) => {
                assert!(text.get(error.span.clone()).is_some(), "{error:?}");
                error.help();
                assert!(!error.to_string().is_empty());
            }
        }
    }
}

fn values(text: &str) {
    match Word::parse(text) {
        Ok(word) => {
            assert_eq!(Word::parse(&word.spell()).as_ref(), Ok(&word), "{text:?}");
            word.shown();
        }
        Err(error) => assert!(text.get(error.range.clone()).is_some(), "{error:?}"),
    }
    if let Ok(path) = RelPath::parse(text) {
        assert_eq!(RelPath::parse(path.as_str()).as_ref(), Ok(&path));
        assert!(!path.as_str().starts_with('/'), "{text:?}");
        assert!(!path.as_str().split('/').any(|part| matches!(part, "" | "." | "..")), "{text:?}");
    }
    let hidden = mask(text);
    assert_eq!(mask(&hidden), hidden, "{text:?}");
    assert_eq!(Text::from(text).holds_secret(), hidden != text, "{text:?}");
    let options = MakeOpts::parse(text);
    assert_eq!(MakeOpts::parse(&options.spell()).spell(), options.spell(), "{text:?}");
    let flags = CompilerFlags::parse(text);
    assert!(flags.march().is_none_or(|march| text.contains(march)), "{text:?}");
    assert!(flags.optimisation().is_none_or(|level| text.contains(level)), "{text:?}");
    flags.lto();
    flags.sections();
    if text.len() < 20 {
        nearest_variable(text);
    }
}

/// The order of versions is one.
fn order(a: &str, b: &str, c: &str) {
    let (ab, bc, ac) = (compare_versions(a, b), compare_versions(b, c), compare_versions(a, c));
    assert_eq!(ab.is_some(), is_version(a) && is_version(b));
    assert_eq!(ab, compare_versions(b, a).map(Ordering::reverse), "{a} {b}");
    if let (Some(ab), Some(bc)) = (ab, bc)
        && (ab == bc || bc == Ordering::Equal)
    {
        assert_eq!(ac, Some(ab), "{a} {b} {c}");
    }
}
