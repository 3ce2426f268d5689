//! The words of [`portage_config::vocab`] against the answers of Portage that `tables/generate.py` wrote down.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test's helpers may fail the test")]

use std::cmp::Ordering;

use portage_config::vocab::{
    AcceptKeyword, Atom, Blocker, Chost, Cpv, Dialect, LicenseToken, Operator, UseToken, accepts_keywords,
    compare_versions, is_arch, is_version,
};

/// The rows of a table; missing cells are empty.
fn rows<const N: usize>(table: &str) -> Vec<[&str; N]> {
    let rows: Vec<_> = table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let mut cells = line.split('\t');
            let row = std::array::from_fn(|_| cells.next().unwrap_or_default());
            assert_eq!(cells.next(), None, "{line}: too many cells");
            row
        })
        .collect();
    assert!(rows.len() > 10);
    rows
}

fn dialect(name: &str) -> Dialect {
    *Dialect::ALL.iter().find(|dialect| format!("{dialect:?}") == name).unwrap()
}

#[test]
fn atoms() {
    let mut wrong = Vec::new();
    for [text, accepted, parts @ ..] in rows::<13>(include_str!("tables/atoms.tsv")) {
        let accepted: Vec<_> = match accepted {
            "all" => Dialect::ALL.to_vec(),
            "-" => Vec::new(),
            names => names.split(' ').map(dialect).collect(),
        };
        for dialect in Dialect::ALL {
            let atom = Atom::parse(text, dialect);
            if atom.is_ok() != accepted.contains(&dialect) {
                wrong.push(format!("{text} as {dialect:?}: {atom:?}"));
            }
            match atom {
                Ok(atom) => {
                    assert_eq!(atom.to_string(), text);
                    let mine = describe(&atom);
                    if mine != parts {
                        wrong.push(format!("{text}: {mine:?} is not {parts:?}"));
                    }
                }
                Err(error) => {
                    assert!(text.get(error.span.clone()).is_some(), "{text}: {:?}", error.span);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// The parts of an atom as Portage names them.
fn describe(atom: &Atom) -> [String; 11] {
    let star = atom.glob() || (atom.is_wildcard() && atom.operator() == Some(Operator::Equal));
    let operator = atom.operator().map_or("", Operator::as_str);
    [
        match atom.blocker() {
            None => "",
            Some(Blocker::Weak) => "!",
            Some(Blocker::Strong) => "!!",
        }
        .to_owned(),
        format!("{operator}{}", if star { "*" } else { "" }),
        atom.cpn().to_owned(),
        atom.version().unwrap_or_default().to_owned(),
        atom.build_id().unwrap_or_default().to_owned(),
        atom.slot().unwrap_or_default().to_owned(),
        atom.subslot().unwrap_or_default().to_owned(),
        atom.slot_operator().map_or("", |operator| operator.as_str()).to_owned(),
        atom.repo().unwrap_or_default().to_owned(),
        atom.use_deps().unwrap_or_default().to_owned(),
        if atom.is_wildcard() { "yes" } else { "" }.to_owned(),
    ]
}

#[test]
fn versions() {
    for [left, right, order] in rows::<3>(include_str!("tables/versions.tsv")) {
        let order = match order {
            "<" => Some(Ordering::Less),
            "=" => Some(Ordering::Equal),
            ">" => Some(Ordering::Greater),
            _ => None,
        };
        assert_eq!(compare_versions(left, right), order, "{left} {right}");
        assert_eq!(compare_versions(right, left), order.map(Ordering::reverse), "{right} {left}");
        assert_eq!(is_version(left) && is_version(right), order.is_some(), "{left} {right}");
    }
}

#[test]
fn cpvs() {
    for [text, category, package, version] in rows::<4>(include_str!("tables/cpvs.tsv")) {
        match Cpv::parse(text) {
            Ok(cpv) => {
                assert_eq!([cpv.category(), cpv.package(), cpv.version()], [category, package, version]);
                assert_eq!(cpv.cpn(), format!("{category}/{package}"));
                assert_eq!(cpv.to_string(), text);
            }
            Err(error) => assert_eq!(category, "-", "{error}"),
        }
    }
}

#[test]
fn specificity() {
    for [left, right, stronger] in rows::<3>(include_str!("tables/specificity.tsv")) {
        let rank = |text| Atom::parse(text, Dialect::User).unwrap().specificity();
        let order = match rank(left).cmp(&rank(right)) {
            Ordering::Less => "<",
            Ordering::Equal => "=",
            Ordering::Greater => ">",
        };
        assert_eq!(order, stronger, "{left} {right}");
    }
}

#[test]
fn atoms_cover_and_overlap() {
    let rows = rows::<2>(include_str!("tables/matches.tsv"));
    let (mut wrong, mut covered, mut apart) = (Vec::new(), 0, 0);
    for [left, of_left] in &rows {
        for [right, of_right] in &rows {
            let parse = |text| Atom::parse(text, Dialect::User).unwrap();
            let (a, b) = (parse(left), parse(right));
            let pairs = || of_left.bytes().zip(of_right.bytes());
            let all = pairs().all(|(left, right)| left == b'1' || right == b'0');
            let some = pairs().any(|(left, right)| left == b'1' && right == b'1');
            // An answer that no package refutes may still be too careful: see below.
            if a.covers(&b) && !all {
                wrong.push(format!("{left} does not cover {right}"));
            }
            if !a.overlaps(&b) && some {
                wrong.push(format!("{left} overlaps {right}"));
            }
            if a.overlaps(&b) != b.overlaps(&a) || (a.covers(&b) && !a.overlaps(&b)) {
                wrong.push(format!("{left} and {right} are of two minds"));
            }
            covered += usize::from(a.covers(&b));
            apart += usize::from(!a.overlaps(&b));
            // Sets of versions that no atom names as one, and those that end where the packages of the table do.
            let careful = [left, right].iter().any(|text| text.contains('*') && text.starts_with('='))
                || [left, right].iter().any(|text| text.starts_with(['<', '>']))
                || of_right.bytes().all(|byte| byte == b'0');
            if !careful && a.covers(&b) != all {
                wrong.push(format!("{left} covers {right}: {all}"));
            }
            if !careful && a.overlaps(&b) != some {
                wrong.push(format!("{left} overlaps {right}: {some}"));
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
    assert!(covered > 200 && apart > 200, "{covered} {apart}");
}

#[test]
fn use_flags() {
    for [word, alone, grouped, profile, profile_grouped, mask] in rows::<6>(include_str!("tables/use.tsv")) {
        let token = UseToken::lenient(word);
        assert_eq!(token.to_string(), word);
        assert_eq!(token.kept(None).as_deref().unwrap_or("-"), alone, "{word}");
        assert_eq!(token.kept(Some("VIDEO_CARDS")).as_deref().unwrap_or("-"), grouped, "{word}");
        if let Ok(strict) = UseToken::parse(word) {
            assert_eq!(strict, token, "{word}");
        }
        let kept = |token: Result<UseToken<'_>, _>| token.ok().and_then(|token| token.kept(None));
        assert_eq!(kept(UseToken::parse_profile(word)).as_deref().unwrap_or("-"), profile, "{word}");
        assert_eq!(kept(UseToken::parse_flag(word)).as_deref().unwrap_or("-"), mask, "{word}");
        // what is a flag alone is one in a group; not the other way round, which the strict reading ignores
        assert!(profile == "-" || profile_grouped != "-", "{word}");
    }
}

#[test]
fn keywords() {
    let table = include_str!("tables/keywords.tsv");
    let head = table.lines().nth(1).unwrap();
    let packages: Vec<_> =
        head.split('\t').skip(2).map(|cell| cell.strip_prefix("KEYWORDS=").unwrap()).collect();
    for [word, valid, visible @ ..] in rows::<10>(table) {
        let token = AcceptKeyword::parse(word);
        if let Ok(token) = &token {
            assert_eq!(token.to_string(), word);
        }
        // a word with `-` is gone before emerge looks, one with `+` loses it
        if !word.starts_with(['-', '+']) {
            let known = token.is_ok_and(|token| token.arch().is_none_or(is_arch));
            assert_eq!(known, valid == "yes", "{word}");
        }
        for (keywords, visible) in packages.iter().zip(visible) {
            assert_eq!(accepts_keywords(["x86", word], keywords), visible == "yes", "{word} {keywords}");
        }
    }
}

#[test]
fn licenses() {
    for [word, expected] in rows::<2>(include_str!("tables/licenses.tsv")) {
        let mut accepted = vec!["MIT", "evil"];
        let members = |group| match group {
            "FREE" => vec!["MIT", "GPL-2"],
            "EULA" => vec!["evil"],
            _ => Vec::new(),
        };
        if let Ok(token) = LicenseToken::parse(word) {
            assert_eq!(token.to_string(), word);
            match token {
                LicenseToken::Accept(name) => accepted.push(name),
                LicenseToken::AcceptGroup(group) => accepted.extend(members(group)),
                LicenseToken::Reject(name) => accepted.retain(|other| *other != name),
                LicenseToken::RejectGroup(group) => accepted.retain(|other| !members(group).contains(other)),
                LicenseToken::All => accepted.extend(["GPL-2", "other"]),
                LicenseToken::None => accepted.clear(),
            }
        }
        let all: Vec<_> =
            ["MIT", "GPL-2", "evil", "other"].into_iter().filter(|name| accepted.contains(name)).collect();
        assert_eq!(if all.is_empty() { "-".to_owned() } else { all.join(" ") }, expected, "{word}");
    }
}

#[test]
fn tuples() {
    for [text, cpu, vendor, kernel, libc, arch, kind, time64] in rows::<8>(include_str!("tables/chost.tsv")) {
        match Chost::parse(text) {
            Ok(chost) => {
                let mine = [
                    chost.cpu().to_owned(),
                    chost.vendor().unwrap_or_default().to_owned(),
                    chost.kernel().to_owned(),
                    chost.libc().unwrap_or_default().to_owned(),
                    chost.arch().unwrap_or_default().to_owned(),
                    chost.libc_kind().map(|kind| format!("{kind:?}")).unwrap_or_default(),
                    if chost.is_time64() { "yes" } else { "" }.to_owned(),
                ];
                assert_eq!(mine, [cpu, vendor, kernel, libc, arch, kind, time64], "{text}");
                assert_eq!(chost.to_string(), text);
                assert!(chost.arch().is_none_or(is_arch), "{text}");
            }
            Err(error) => {
                assert_eq!(cpu, "-", "{error}");
                assert!(text.get(error.span).is_some());
            }
        }
    }
}
