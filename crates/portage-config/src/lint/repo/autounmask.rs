//! Lines of `emerge --autounmask-write` that nobody needs any more.

use super::known::Known;
use crate::report::{Code, Report};
use crate::repository::Field;
use crate::vocab::{Atom, Dialect, Requirer};

/// A line whose requirer is gone.
pub(crate) const L220: Code = Code::hint(
    "L220",
    "requirer-gone",
    "emerge --autounmask-write says above a line which package needs it. That package is gone, or needs it no more: the line can go.",
    "lib/_emerge/depgraph.py, _get_dep_chain_as_comment",
);

const KINDS: [&str; 5] =
    ["package.use", "package.accept_keywords", "package.license", "package.unmask", "package.keywords"];

pub(super) fn check(known: &Known<'_>, report: &mut Report) {
    for line in known.of(&KINDS) {
        // The first line says who needs the entry itself.
        let Some(by) = line.comment.required_by().next() else { continue };
        let Requirer::Package(cpv) = &by.who else { continue };
        let Some(versions) = known.versions(cpv.cpn()) else { continue };
        // What is not known may be the reason.
        let needs = versions.iter().any(|found| {
            Field::DEPENDENCIES.into_iter().any(|field| match found.entry.get(field) {
                Some(words) => names(words, line.atom.cpn()),
                None => true,
            })
        });
        if needs {
            continue;
        }
        let why = if versions.is_empty() {
            "is in no repository any more"
        } else {
            "does not depend on it any more"
        };
        let text = format!("`{}` is here for `{cpv}`, which {why}", line.atom);
        report.file(line.path).at(&L220, line.key(), text).set_help("take the line out");
    }
}

/// Whether one of these dependencies is on a package, whatever its condition.
fn names(words: &str, cpn: &str) -> bool {
    let mut atoms = words.split_whitespace().filter(|word| word.contains('/'));
    atoms.any(|word| Atom::parse(word, Dialect::Set).is_ok_and(|atom| atom.cpn() == cpn))
}

#[cfg(test)]
mod tests {
    use crate::lint::repo::testing::{machine, told};
    use crate::lint::testing::root;

    #[test]
    fn one_that_is_not_known_says_nothing_of_the_others() {
        let machine = machine().put("local/app-misc/mine/mine-1.ebuild", "EAPI=8\ninherit x\nSLOT=0\n");
        let text = "# required by app-misc/mine-1::local\napp-misc/c x86\n# required by app-gone/x-1::gentoo\n\
            app-misc/slotted x86\n";
        let told = told(&machine, &root().text("etc/portage/package.accept_keywords", text));
        assert_eq!(told, ["L220 app-misc/slotted: take the line out"]);
    }

    #[test]
    fn somebody_needs_the_line() {
        let told = |by: &str, atom: &str| {
            let text = format!("# required by {by}\n# required by @world (argument)\n{atom} ~x86\n");
            told(&machine(), &root().text("etc/portage/package.accept_keywords", &text))
        };
        assert_eq!(
            told("app-editors/vim-9999::gentoo[foo]", "app-misc/other"),
            ["L017 app-misc/other: write **"]
        );
        assert_eq!(
            told("app-editors/vim-8.0::gentoo", "app-misc/c"),
            [""; 0],
            "a later version needs it, too"
        );
        assert_eq!(told("app-editors/nano-7::gentoo", "app-misc/c"), ["L220 app-misc/c: take the line out"]);
        assert_eq!(told("app-gone/x-1::gentoo", "app-misc/c"), ["L220 app-misc/c: take the line out"]);
        assert_eq!(told("app-misc/c (argument)", "app-misc/c"), [""; 0]);
    }
}
