//! An input taken apart.

/// What parts an input: a byte that no UTF-8 has.
const BETWEEN: u8 = 0xff;

/// The parts of an input, see the crate's documentation.
#[derive(Clone, Copy, Debug)]
pub struct Input<'d> {
    /// The file.
    pub text: &'d [u8],
    /// Another file.
    pub other: &'d [u8],
    /// What chooses the changes.
    pub edits: &'d [u8],
}

impl<'d> Input<'d> {
    /// Takes an input apart from its end: the file itself may hold any byte.
    pub fn of(data: &'d [u8]) -> Self {
        let mut parts = data.rsplitn(3, |byte| *byte == BETWEEN);
        let last = parts.next().unwrap_or_default();
        match (parts.next(), parts.next()) {
            (Some(other), Some(text)) => Self { text, other, edits: last },
            (Some(text), None) => Self { text, other: b"", edits: last },
            _ => Self { text: last, other: b"", edits: b"" },
        }
    }
}
