//! Live packages whose dependencies are live, too.

use std::collections::BTreeSet;

use super::known::{KEYWORDS, Known};
use crate::lint::live::L018;
use crate::report::Report;
use crate::repository::{CacheEntry, Field, Found};
use crate::vocab::{Atom, Dialect};

/// The dependencies that hold whatever flags are set: those in no condition and no choice.
pub(super) fn dependencies(entry: &CacheEntry) -> Vec<Atom> {
    let mut all = Vec::new();
    for field in Field::DEPENDENCIES {
        let mut open: Vec<bool> = Vec::new();
        let mut next = false;
        for word in entry.get(field).unwrap_or_default().split_whitespace() {
            match word {
                "(" => open.push(std::mem::take(&mut next)),
                ")" => drop(open.pop()),
                "||" | "^^" | "??" => next = true,
                _ if word.ends_with('?') => next = true,
                _ if word.starts_with('!') || open.contains(&true) => {}
                _ => all.extend(Atom::parse(word, Dialect::Set)),
            }
        }
    }
    all
}

pub(super) fn check(known: &Known<'_>, report: &mut Report) {
    let is_live =
        |found: &Found<'_>| found.entry.get(Field::Keywords).is_some_and(|words| words.trim().is_empty());
    let is_accepted =
        |cpn: &str, found: &Found<'_>| known.accepted_for(cpn, found).iter().any(|word| word == "**");
    for line in known.of(&KEYWORDS).filter(|line| line.words.iter().any(|word| word == "**")) {
        let cpn = line.atom.cpn();
        let Some(found) = known.matching(&line.atom).into_iter().find(|found| is_live(found)) else {
            continue;
        };
        let mut told = BTreeSet::new();
        for atom in dependencies(&found.entry) {
            // These are told without repositories.
            let is_told =
                cpn == "sys-kernel/ugrd" && ["dev-python/zenlib", "dev-python/pycpio"].contains(&atom.cpn());
            let needed = known.matching(&atom);
            if is_told
                || needed.is_empty()
                || !needed.iter().all(is_live)
                || needed.iter().any(|needed| is_accepted(atom.cpn(), needed))
                || !told.insert(atom.cpn().to_owned())
            {
                continue;
            }
            let version = needed.first().map(|needed| needed.version.to_string()).unwrap_or_default();
            let text = format!("`{cpn}-{}` needs `{atom}`, which has no keywords either", found.version);
            report
                .file(line.path)
                .word(&L018, line.key(), "**", text)
                .set_help(format!("write ={}-{version} ** as well", atom.cpn()));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::repo::testing::{machine, told};
    use crate::lint::testing::root;

    #[test]
    fn what_a_live_version_needs_is_accepted() {
        let keywords = |rules: &[(&str, &str)]| {
            told(&machine(), &root().rules("etc/portage/package.accept_keywords/x", rules))
        };
        let vim = ("=app-editors/vim-9999", "**");
        assert_eq!(keywords(&[vim]), ["L018 =app-editors/vim-9999 **: write =app-misc/live-9999 ** as well"]);
        assert_eq!(keywords(&[vim, ("app-misc/live", "**")]), [""; 0]);
        assert_eq!(keywords(&[vim, ("app-misc/*", "**")]), [""; 0]);
        assert_eq!(keywords(&[("=app-editors/vim-9.0", "**")]), [""; 0]);
    }
}
