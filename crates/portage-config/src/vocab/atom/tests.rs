//! Laws and messages; what Portage accepts is in `tests/vocab_tables.rs`.

use proptest::prelude::*;

use super::{Atom, Blocker, Dialect, Specificity};

/// The message and the help for each mistake.
#[test]
fn mistakes() {
    let mut out = String::new();
    for (text, dialect) in [
        ("", Dialect::User),
        ("@world", Dialect::User),
        ("!cat/pkg", Dialect::World),
        ("=>cat/pkg-1", Dialect::User),
        ("<>cat/pkg-1", Dialect::User),
        ("vim", Dialect::User),
        ("cat/", Dialect::User),
        ("-cat/pkg", Dialect::User),
        ("cat/pkg,", Dialect::User),
        ("\"cat/pkg\"", Dialect::User),
        ("cat/p\u{e4}", Dialect::User),
        ("cat/pkg/x", Dialect::User),
        ("cat/pkg-1.0-r1:0", Dialect::User),
        ("!!cat/pkg-1", Dialect::User),
        (">=cat/pkg", Dialect::User),
        ("=cat/pkg-1.0.", Dialect::User),
        (">=cat/pkg-1*", Dialect::User),
        ("=cat/pkg-1.*", Dialect::User),
        ("=cat/pkg-1-2*", Dialect::User),
        ("=cat/pkg-1-2.0", Dialect::User),
        ("=cat/pkg-1-02", Dialect::User),
        ("=cat/pkg-1-2", Dialect::Set),
        ("cat/*", Dialect::UserProfile),
        (">=cat/*-1", Dialect::User),
        ("=*/*-1.0", Dialect::User),
        ("*/pkg-1.0", Dialect::User),
        ("=cat/*-*1.0*", Dialect::User),
        ("**/pkg", Dialect::User),
        ("cat/pkg:", Dialect::User),
        ("cat/pkg:1*", Dialect::User),
        ("cat/pkg:0/", Dialect::User),
        ("cat/pkg:0,1", Dialect::User),
        ("cat/pkg::repo:0", Dialect::User),
        ("cat/pkg::", Dialect::User),
        ("cat/pkg::-r", Dialect::User),
        ("cat/pkg:0::gentoo", Dialect::Profile),
        ("cat/pkg[flag]", Dialect::UserUse),
        ("*/*[flag]", Dialect::User),
        ("cat/pkg[flag]:0", Dialect::User),
        ("cat/pkg[flag", Dialect::User),
        ("cat/pkg[a,!b]", Dialect::User),
        ("cat/pkg[a(+),a]", Dialect::User),
    ] {
        let error = Atom::parse(text, dialect).unwrap_err();
        let marks: String = (0..text.len())
            .filter(|at| text.is_char_boundary(*at))
            .map(|at| if error.span.contains(&at) { '^' } else { ' ' })
            .collect();
        out += &format!("{error}\n");
        if !error.span.is_empty() {
            out += &format!(" {}\n", marks.trim_end());
        }
        if let Some(help) = error.help() {
            out += &format!("  {help}\n");
        }
    }
    insta::assert_snapshot!(out, @r#"
    `` is empty
    `@world` is a package set, not an atom
     ^^^^^^
    `!cat/pkg` is a blocker, which only dependencies can have
     ^
      write `cat/pkg`
    `=>cat/pkg-1` does not start with an operator Portage knows
     ^^
      write `>=cat/pkg-1`
    `<>cat/pkg-1` does not start with an operator Portage knows
     ^^
      the operators are `=` `>=` `<=` `>` `<` `~`
    `vim` has no category
     ^^^
      write `CATEGORY/PACKAGE`
    `cat/` has an empty package name
    `-cat/pkg` has a category that starts with `-`
     ^
    `cat/pkg,` has a package name with `,` in it
            ^
      write `cat/pkg`
    `"cat/pkg"` has a category that starts with `"`
     ^
      Portage knows no quotes here
    `cat/pä` has a package name with `ä` in it
          ^
    `cat/pkg/x` has a package name with `/` in it
            ^
    `cat/pkg-1.0-r1:0` has a version but no operator
             ^^^^^^
      write `=cat/pkg-1.0-r1:0`
    `!!cat/pkg-1` has a version but no operator
               ^
      write `!!=cat/pkg-1`
    `>=cat/pkg` has the operator `>=` but no version
     ^^
      write `cat/pkg` for every version, or add one
    `=cat/pkg-1.0.` has no valid version
              ^^^^
    `>=cat/pkg-1*` has `*` behind the version: only `=` takes that, not `>=`
                ^
      write `>=cat/pkg-1`, or `=cat/pkg-1*` for every version that starts so
    `=cat/pkg-1.*` has `.*` behind the version
               ^^
      write `=cat/pkg-1*`
    `=cat/pkg-1-2*` has two versions
              ^^^
    `=cat/pkg-1-2.0` has two versions
                ^^^
    `=cat/pkg-1-02` has a build-id with a leading zero
                ^^
    `=cat/pkg-1-2` has a build-id, which this file does not take
               ^^
      write `=cat/pkg-1`
    `cat/*` is a wildcard, which this file does not take
     ^^^^^
    `>=cat/*-1` has a version with a wildcard
             ^
      with a wildcard the only version is a part of it between stars: `=cat/*-*9999*`
    `=*/*-1.0` has a version with a wildcard
          ^^^
      with a wildcard the only version is a part of it between stars: `=cat/*-*9999*`
    `*/pkg-1.0` has a version in a wildcard, but no operator
           ^^^
    `=cat/*-*1.0*` has something other than letters, digits and `_` between the stars of its version
            ^^^^^
      write one number or word of the version: `=cat/*-*9999*`
    `**/pkg` has two stars in a row
     ^^
      write `*/pkg`
    `cat/pkg:` has an empty slot
    `cat/pkg:1*` has `*` behind its slot: `:*` stands alone
             ^^
      write `cat/pkg:1`
    `cat/pkg:0/` has no valid slot
             ^^
    `cat/pkg:0,1` has a slot with `,` in it
              ^
    `cat/pkg::repo:0` has its slot behind the repository
                  ^^
      write `cat/pkg:0::repo`
    `cat/pkg::` has an empty repository name
            ^^
    `cat/pkg::-r` has a repository name that starts with `-`
              ^
    `cat/pkg:0::gentoo` names a repository, which this file does not take
              ^^^^^^^^
      write `cat/pkg:0`
    `cat/pkg[flag]` has USE deps, which this file does not take
            ^^^^^^
      write `cat/pkg`
    `*/*[flag]` has USE deps on a wildcard
        ^^^^^^
      write `*/*`
    `cat/pkg[flag]:0` has something behind its USE deps
                  ^^
      write `cat/pkg:0[flag]`
    `cat/pkg[flag` has USE deps without `]`
            ^^^^^
      write `cat/pkg[flag]`
    `cat/pkg[a,!b]` has an invalid USE dep
               ^^
    `cat/pkg[a(+),a]` has one USE flag with two defaults
                  ^
    "#);
}

/// Where the help names one atom to write, it is one.
#[test]
fn help_is_right() {
    let table = include_str!("../../../tests/tables/atoms.tsv");
    let mut helped = 0;
    for text in table.lines().skip(2).map(|line| line.split('\t').next().unwrap()) {
        for dialect in Dialect::ALL {
            let Err(error) = Atom::parse(text, dialect) else { continue };
            let Some(help) = error.help() else { continue };
            let Some(instead) = help.strip_prefix("write `").and_then(|help| help.strip_suffix('`')) else {
                continue;
            };
            // one of several mistakes is mended at a time
            let better = match Atom::parse(instead, dialect) {
                Ok(_) => true,
                Err(next) => next.kind != error.kind || next.input.len() < error.input.len(),
            };
            assert!(instead == "CATEGORY/PACKAGE" || better, "{text} as {dialect:?}: {help}");
            helped += usize::from(better);
        }
    }
    assert!(helped > 1000);
}

#[test]
fn parts() {
    let atom = Atom::parse("!!=a-b/c+d-1.0-r1-7:0/1=::r[x,-y]", Dialect::User).unwrap();
    assert_eq!(atom.blocker(), Some(Blocker::Strong));
    assert_eq!((atom.category(), atom.package(), atom.cpn()), ("a-b", "c+d", "a-b/c+d"));
    assert_eq!((atom.version(), atom.build_id()), (Some("1.0-r1"), Some("7")));
    assert_eq!((atom.slot(), atom.subslot(), atom.repo()), (Some("0"), Some("1"), Some("r")));
    assert_eq!(atom.use_deps(), Some("x,-y"));
    assert_eq!(atom.specificity(), Specificity::Exact);
}

/// Ten thousand USE deps are no trouble, a million of anything else neither.
#[test]
fn long_texts() {
    let deps: Vec<_> = (0..10_000).map(|i| format!("f{i}")).collect();
    assert!(Atom::parse(&format!("a/b[{}]", deps.join(",")), Dialect::User).is_ok());
    for part in ["a", "-", "-1", "*", ":", "[", "!", "=", "_p", ".1", "\u{e4}"] {
        for start in ["", "a/b", "=a/b-1", "a/b:", "a/b::", "a/b["] {
            let text = format!("{start}{}", part.repeat(100_000));
            let _ = Atom::parse(&text, Dialect::User).map_err(|error| error.help());
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_safe(text in any::<String>()) {
        for dialect in Dialect::ALL {
            match Atom::parse(&text, dialect) {
                Ok(atom) => prop_assert_eq!(atom.as_str(), &text),
                Err(error) => {
                    prop_assert!(text.get(error.span.clone()).is_some());
                    let _ = error.help();
                }
            }
        }
    }

    #[test]
    fn near_atoms_are_safe(text in r#"(!{0,3})([=<>~]{0,2})([a*+.-]{0,3}/?[a1r*+.ä-]{0,6})(-[0-9_pr.a*-]{0,6})?(:{0,2}[0/=*a:-]{0,4}){0,2}(\[[a!?=()+,\]-]{0,6})?"#) {
        for dialect in Dialect::ALL {
            match Atom::parse(&text, dialect) {
                Ok(atom) => {
                    prop_assert_eq!(atom.to_string(), &*text);
                    prop_assert_eq!(atom.cpn(), format!("{}/{}", atom.category(), atom.package()));
                    // what a stricter file takes, the laxest takes too, and reads the same
                    prop_assert!(Atom::is_valid(&text, Dialect::User));
                }
                Err(error) => {
                    prop_assert!(text.get(error.span.clone()).is_some());
                    let _ = error.help();
                }
            }
        }
    }
}
