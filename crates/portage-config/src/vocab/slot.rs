//! Slots: `SLOT` of ebuilds, `:slot/subslot` of atoms.

use std::fmt;

/// What follows a slot in an atom (PMS 8.2.6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SlotOperator {
    /// `:*`: any slot.
    Any,
    /// `:=`, `:0=`: rebuild when the slot or sub-slot changes.
    Rebuild,
}

impl SlotOperator {
    /// As written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Any => "*",
            Self::Rebuild => "=",
        }
    }
}

impl fmt::Display for SlotOperator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether a text is the name of a slot or sub-slot (PMS 3.1.3): letters, digits, `+_.-`, and no `+`, `.` or `-`
/// at the start.
///
/// ```
/// use portage_config::vocab::is_slot;
/// assert!(is_slot("24.09"));
/// assert!(!is_slot("0/1"));
/// ```
pub fn is_slot(text: &str) -> bool {
    super::name::starts_with_word(text) && text.bytes().all(super::name::is_category_byte)
}
