//! A three-way merge of one file: what was written last, what is to be there, and what somebody made of it.
//!
//! Files whose entries can be read are merged by entries: by atom and group, item, variable, section and key, pair,
//! mount point, TOML path. The result is the text that is there, changed by the lens of its language
//! ([`crate::syntax::write`]) and checked by the gate that all rendering passes; its comments, layout and order stay.
//! All other files are merged by lines.

mod comments;
mod conflict;
mod entries;
mod lines;
mod list;
mod model;
mod nested;
#[cfg(test)]
mod tests;
mod vars;
mod words;

use std::fmt;

pub use conflict::Conflict;

use crate::file::Kind;
use crate::template::RenderError;

/// What a merge came to. Its `Debug` shows the number of bytes only: they may hold secrets.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Merged {
    /// The text. Where both sides disagree it says what is there; it never holds conflict markers.
    pub bytes: Vec<u8>,
    /// What both sides disagree on.
    pub conflicts: Vec<Conflict>,
}

impl Merged {
    fn clean(bytes: &[u8]) -> Self {
        Self { bytes: bytes.to_vec(), conflicts: Vec::new() }
    }
}

impl fmt::Debug for Merged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = format_args!("{} bytes", self.bytes.len());
        f.debug_struct("Merged").field("bytes", &bytes).field("conflicts", &self.conflicts).finish()
    }
}

/// Merges what both sides made of a file. `base` is what was written last, `None` where nothing was; `ours` is what is
/// to be there, `theirs` what is there.
///
/// Of each entry that `base` or `ours` has: one that `ours` leaves as it was stays as it is there; one that `theirs`
/// left as it was becomes what `ours` says, and goes where `ours` has it no more; one that both changed alike is
/// fine. Anything else is a [`Conflict`], and what is there stays. Entries that `theirs` alone has stay.
///
/// Two different changes are no conflict where they are about different words of a rule, of a variable that holds words
/// (USE, L10N; not CFLAGS), of a TOML list of strings, or about different fields and options of a mount. Words
/// contradict each other where both sides changed the same flag (`x` and `-x`), where `-*` came, went or was moved
/// across, and where no side kept any word.
///
/// New entries follow the entry that they follow in `ours`, or else precede the one that they precede there; where
/// `theirs` has neither, they stand at the end. A variable stands above those that refer to it. Where `ours` moved
/// entries that `theirs` left in their order, they are moved; where both moved them, the order of `theirs` stays, and
/// is no conflict. Nothing is known of the order between new entries and those that `theirs` alone has.
///
/// Comments of `theirs` stay; those of `ours` come along with new entries, and where `theirs` left them as they were. A
/// comment above an entry goes with it where `base` had both.
///
/// By lines are merged: files of no known kind, or without entries; texts that are no UTF-8; texts with lines that
/// cannot be read, unless such lines are in `theirs` alone, in a language each line of which stands for itself (rules,
/// items, pairs, mounts); texts with an entry in several lines, where both sides changed it and the lines cannot be
/// paired. Without `base` such files are merged only where they are equal, or nothing is there. Without `ours` the lines
/// of `base` go where they stand together as they were.
///
/// # Errors
/// When the language cannot say an entry, or the layout of the file does not allow the change.
///
/// ```
/// use portage_config::{file, merge::three_way};
/// let base = b"USE=\"X -gnome\"\n";
/// let ours = b"USE=\"X wayland -gnome\"\nMAKEOPTS=\"-j8\"\n";
/// let theirs = b"# by hand\nUSE=\"X -gnome bluetooth\"\n";
/// let merged = three_way(file::named("make.conf"), Some(base), ours, theirs)?;
/// assert!(merged.conflicts.is_empty());
/// assert_eq!(merged.bytes, b"# by hand\nUSE=\"X wayland -gnome bluetooth\"\nMAKEOPTS=\"-j8\"\n");
///
/// let merged = three_way(file::named("make.conf"), Some(b"A=\"1\"\n"), b"A=\"2\"\n", b"A=\"3\"\n")?;
/// assert_eq!(merged.bytes, b"A=\"3\"\n");
/// assert_eq!(merged.conflicts[0].to_string(), "`A`: it was `1`, is to be `2`, and is `3`");
/// # Ok::<(), portage_config::template::RenderError>(())
/// ```
pub fn three_way(
    kind: Option<&'static Kind>,
    base: Option<&[u8]>,
    ours: &[u8],
    theirs: &[u8],
) -> Result<Merged, RenderError> {
    if ours == theirs || base == Some(ours) {
        return Ok(Merged::clean(theirs));
    }
    if base.unwrap_or_default() == theirs {
        return Ok(Merged::clean(ours));
    }
    if let Some(kind) = kind
        && let Some(merged) = entries::merged(kind, base.unwrap_or_default(), ours, theirs)?
    {
        return Ok(merged);
    }
    Ok(lines::merged(kind, base, ours, theirs))
}

/// Takes entries back out of somebody's file: [`three_way`] with nothing that is to be there. `base` is our part of the
/// file as it was written last. Entries that were changed since stay, and are conflicts; those that are gone already
/// are none.
///
/// # Errors
/// As [`three_way`].
///
/// ```
/// use portage_config::{file, merge::take_back};
/// let base = b"# for the desktop\nmedia-libs/mesa vulkan\napp-editors/vim X\n";
/// let theirs = b"app-misc/jq oniguruma\n\n# for the desktop\nmedia-libs/mesa vulkan\napp-editors/vim -X\n";
/// let merged = take_back(file::named("package.use"), base, theirs)?;
/// assert_eq!(merged.bytes, b"app-misc/jq oniguruma\n\napp-editors/vim -X\n");
/// assert_eq!(merged.conflicts[0].key, "app-editors/vim");
/// # Ok::<(), portage_config::template::RenderError>(())
/// ```
pub fn take_back(kind: Option<&'static Kind>, base: &[u8], theirs: &[u8]) -> Result<Merged, RenderError> {
    three_way(kind, Some(base), b"", theirs)
}
