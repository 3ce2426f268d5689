//! Which package versions an atom matches.

use super::Atom;
use super::relation::{Versions, pattern_covers};

/// A package version, as far as atoms look at it. What is `None` is not known, and counts as what the atom asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate<'a> {
    /// Category and package.
    pub cpn: &'a str,
    /// The version with its revision.
    pub version: &'a str,
    /// The slot.
    pub slot: Option<&'a str>,
    /// The sub-slot: the slot where an ebuild names none.
    pub sub_slot: Option<&'a str>,
    /// The ebuild repository.
    pub repo: Option<&'a str>,
}

impl Atom {
    /// Whether it matches a package version, as `match_from_list` of Portage (`dep/__init__.py`) matches ebuilds. USE deps
    /// count for nothing: in the files of a configuration Portage ignores them.
    ///
    /// ```
    /// use portage_config::vocab::{Atom, Candidate, Dialect};
    /// let vim = Candidate {
    ///     cpn: "app-editors/vim", version: "9.1-r2", slot: Some("0"), sub_slot: Some("0"), repo: Some("gentoo"),
    /// };
    /// let atom = |text| Atom::parse(text, Dialect::User);
    /// assert!(atom("~app-editors/vim-9.1:0::gentoo")?.matches(&vim));
    /// assert!(atom("=app-editors/vim-9*")?.matches(&vim) && atom("app-*/*")?.matches(&vim));
    /// assert!(!atom("=app-editors/vim-9.1")?.matches(&vim) && !atom("app-editors/vim:1")?.matches(&vim));
    /// # Ok::<(), portage_config::vocab::AtomError>(())
    /// ```
    pub fn matches(&self, candidate: &Candidate<'_>) -> bool {
        let part = |asked: Option<&str>, is: Option<&str>| asked.is_none() || is.is_none() || asked == is;
        // A build-id is one of a binary package.
        self.build_id().is_none()
            && pattern_covers(self.cpn(), candidate.cpn)
            && Versions::of(self).has(candidate.version)
            && part(self.slot(), candidate.slot)
            && part(self.subslot(), candidate.sub_slot)
            && part(self.repo(), candidate.repo)
    }
}
