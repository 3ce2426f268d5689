//! Files without entries: the bytes are all that is known.

/// Bytes whose `Debug` shows only their number: they may hold secrets.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl std::fmt::Debug for Bytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

/// A file that is carried as it is: a program, a patch, another program's configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opaque {
    /// All of the file.
    pub bytes: Bytes,
}

impl Opaque {
    /// The text, as far as it is one.
    pub(crate) fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_it_is_shown() {
        let opaque = Opaque { bytes: Bytes(b"hunter2".to_vec()) };
        assert_eq!(format!("{opaque:?}"), "Opaque { bytes: 7 bytes }");
    }
}
