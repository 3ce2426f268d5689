//! Masks that take nothing away, and lines that take back what nothing masks.

use std::collections::{HashMap, HashSet};

use super::known::Known;
use crate::lint::context::Context;
use crate::report::{Code, Report};
use crate::repository::Found;
use crate::vocab::Atom;

/// A mask without effect.
pub(crate) const L216: Code = Code::hint(
    "L216",
    "idle-mask",
    "A mask whose versions package.unmask takes back altogether has no effect, and `-ATOM` takes back only a mask that is spelled so.",
    "lib/portage/package/ebuild/_config/MaskManager.py",
);

/// An unmask without a mask.
pub(crate) const L217: Code = Code::hint(
    "L217",
    "idle-unmask",
    "Neither the repositories nor the profile nor package.mask masks what the line is about: it can go. It says nothing of keywords.",
    "lib/portage/package/ebuild/_config/MaskManager.py",
);

/// What repositories and profiles mask, by the package.
pub(super) struct Masks<'a>(HashMap<&'a str, Vec<&'a Atom>>);

impl<'a> Masks<'a> {
    pub(super) fn of(known: &'a Known<'_>) -> Self {
        let mut all: HashMap<&str, Vec<&Atom>> = HashMap::new();
        for atom in &known.chain.masks {
            all.entry(atom.cpn()).or_default().push(atom);
        }
        Self(all)
    }

    fn about(&self, cpn: &str) -> &[&'a Atom] {
        self.0.get(cpn).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn has(&self, cpn: &str, found: &Found<'_>) -> bool {
        self.about(cpn).iter().any(|atom| found.is(cpn, atom))
    }

    /// Whether `-ATOM` takes one of them back; `::repo` may be left out.
    fn is_spelled(&self, atom: &Atom) -> bool {
        let plain = |atom: &Atom| atom.as_str().split("::").next().unwrap_or_default().to_owned();
        self.about(atom.cpn()).iter().any(|mask| plain(mask) == plain(atom))
    }
}

const MASKS: [&str; 2] = ["package.mask", "profile/package.mask"];
const UNMASKS: [&str; 2] = ["package.unmask", "profile/package.unmask"];

pub(super) fn check(context: &Context<'_>, known: &Known<'_>, report: &mut Report) {
    let is = |kinds: &[&str]| context.models.values().any(|(kind, _)| kinds.contains(kind));
    if !is(&MASKS) && !is(&UNMASKS) {
        return;
    }
    let masks = Masks::of(known);
    let hit = |kinds: &[&str], cpn: &str, found: &Found<'_>| {
        known.about(kinds, cpn, found).iter().any(|line| !line.removes)
    };
    let own: HashSet<&str> =
        known.of(&MASKS).filter(|line| !line.removes).map(|line| line.atom.as_str()).collect();
    for line in known.of(&MASKS) {
        let cpn = line.atom.cpn();
        if line.removes {
            let is_spelled = masks.is_spelled(&line.atom) || own.contains(line.atom.as_str());
            if line.kind == "package.mask" && !is_spelled && known.has(cpn) {
                report
                    .file(line.path)
                    .at(&L216, line.key(), format!("no mask is spelled `{}`", line.atom))
                    .set_help("take the line out, or write the atom into package.unmask");
            }
            continue;
        }
        let matching = known.matching(&line.atom);
        if !matching.is_empty() && matching.iter().all(|found| hit(&UNMASKS, cpn, found)) {
            report
                .file(line.path)
                .at(&L216, line.key(), format!("package.unmask takes back all that `{}` masks", line.atom))
                .set_help("take one of the two lines out");
        }
    }
    for line in known.of(&UNMASKS).filter(|line| !line.removes) {
        let cpn = line.atom.cpn();
        let matching = known.matching(&line.atom);
        let masked = |found: &Found<'_>| masks.has(cpn, found) || hit(&MASKS, cpn, found);
        if !matching.is_empty() && !matching.iter().any(masked) {
            report
                .file(line.path)
                .at(&L217, line.key(), format!("nothing masks `{}`", line.atom))
                .set_help("take the line out; keywords are accepted in package.accept_keywords");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::repo::testing::{machine, told};
    use crate::lint::testing::{Root, root};

    fn x86() -> Root {
        root().link("etc/portage/make.profile", "/var/db/repos/gentoo/profiles/default/linux/x86")
    }

    fn both(masks: &[&str], unmasks: &[&str]) -> Vec<String> {
        let root =
            x86().items("etc/portage/package.mask", masks).items("etc/portage/package.unmask", unmasks);
        told(&machine(), &root).iter().filter_map(|told| told.split(": ").next().map(str::to_owned)).collect()
    }

    #[test]
    fn a_mask_takes_something_away() {
        assert_eq!(both(&["app-editors/nano"], &["app-editors/*"]), ["L216 app-editors/nano"]);
        assert_eq!(both(&["app-editors/nano"], &["=app-editors/nano-9"]), [""; 0]);
        assert_eq!(both(&["-app-editors/nano"], &[]), ["L216 -app-editors/nano"]);
        assert_eq!(both(&["->=app-editors/nano-9", "-=app-editors/vim-9.0::gentoo"], &[]), [""; 0]);
    }

    #[test]
    fn an_unmask_takes_a_mask_back() {
        assert_eq!(both(&[], &["app-misc/c"]), ["L217 app-misc/c"]);
        assert_eq!(both(&[], &["~app-editors/vim-9.1"]), ["L217 ~app-editors/vim-9.1"]);
        assert_eq!(
            both(&[], &["app-editors/vim", "=app-editors/nano-9"]),
            [""; 0],
            "of the repository, of the profile"
        );
        assert_eq!(both(&["app-misc/*"], &["app-misc/c"]), [""; 0]);
        let alone = root().items("etc/portage/package.unmask", &["app-misc/c"]);
        assert_eq!(told(&machine(), &alone), [""; 0], "a profile that is not known may mask it");
    }
}
