//! What both sides disagree on.

use std::fmt;

use serde::Serialize;

/// An entry, or lines, on which both sides disagree. Words of a secret one are hidden.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Conflict {
    /// The entry: `sys-libs/glibc`, `USE`, `gentoo.location`. Or the lines of the text that is there, from one: `12-14`;
    /// `12` is one line, or the place where lines are missing.
    pub key: String,
    /// What it said when it was written last; `None`: it was not there.
    pub base: Option<Vec<String>>,
    /// What it is to say; `None`: it is not to be there.
    pub ours: Option<Vec<String>>,
    /// What it says; `None`: it is not there.
    pub theirs: Option<Vec<String>>,
    /// Whether the words are hidden.
    pub secret: bool,
}

impl Conflict {
    /// A conflict of words that may be shown, unless `secret`.
    pub(super) fn new(key: String, sides: [Option<Vec<String>>; 3], secret: bool) -> Self {
        let [base, ours, theirs] = sides;
        let mut conflict = Self { key, base, ours, theirs, secret: false };
        if secret {
            conflict.hide();
        }
        conflict
    }

    /// Hides the words of all sides, for those who know of a secret that the text alone does not tell.
    pub fn hide(&mut self) {
        self.secret = true;
        for words in [&mut self.base, &mut self.ours, &mut self.theirs].into_iter().flatten() {
            *words = vec![crate::vocab::HIDDEN.to_owned()];
        }
    }

    fn shown(&self) -> Self {
        let mut shown = self.clone();
        if shown.secret {
            shown.hide();
        }
        shown
    }
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = |words: &Option<Vec<String>>, gone: &str| match words {
            None => gone.to_owned(),
            Some(words) if words.iter().all(String::is_empty) => "empty".to_owned(),
            Some(words) => format!("`{}`", words.join(" ").escape_debug()),
        };
        let Self { key, base, ours, theirs, .. } = self.shown();
        let (base, ours) = (said(&base, "not there"), said(&ours, "gone"));
        write!(
            f,
            "`{}`: it was {base}, is to be {ours}, and is {}",
            key.escape_debug(),
            said(&theirs, "gone")
        )
    }
}

impl fmt::Debug for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, base, ours, theirs, secret } = self.shown();
        f.debug_struct("Conflict")
            .field("key", &key)
            .field("base", &base)
            .field("ours", &ours)
            .field("theirs", &theirs)
            .field("secret", &secret)
            .finish()
    }
}

impl Serialize for Conflict {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut map = serializer.serialize_struct("Conflict", if self.secret { 2 } else { 4 })?;
        map.serialize_field("key", &self.key)?;
        if self.secret {
            map.serialize_field("secret", &true)?;
            return map.end();
        }
        map.serialize_field("base", &self.base)?;
        map.serialize_field("ours", &self.ours)?;
        map.serialize_field("theirs", &self.theirs)?;
        map.end()
    }
}
