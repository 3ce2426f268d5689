//! The characters of a file as Python's text files give them.

use std::borrow::Cow;

/// A character with the bytes it stands for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Char {
    pub(super) c: char,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Decodes UTF-8, invalid bytes as U+FFFD, and reads CR and CRLF as a newline.
#[derive(Debug)]
pub(super) struct Chars<'a> {
    bytes: Cow<'a, [u8]>,
    at: usize,
    /// A file named to `getconfig` gets a newline at its end, a file it sources does not.
    owes_newline: bool,
}

impl<'a> Chars<'a> {
    /// The file itself.
    pub(super) fn file(bytes: &'a [u8]) -> Self {
        let owes_newline = bytes.last().is_some_and(|b| !matches!(b, b'\n' | b'\r'));
        Self { bytes: Cow::Borrowed(bytes), at: 0, owes_newline }
    }

    /// A file named by `source`.
    pub(super) fn sourced(bytes: Vec<u8>) -> Self {
        Self { bytes: Cow::Owned(bytes), at: 0, owes_newline: false }
    }

    pub(super) fn next(&mut self) -> Option<Char> {
        let start = self.at;
        let Some(first) = self.bytes.get(start).copied() else {
            let owed = std::mem::take(&mut self.owes_newline);
            return owed.then_some(Char { c: '\n', start, end: start });
        };
        let (c, length) = match first {
            b'\r' if self.bytes.get(start + 1) == Some(&b'\n') => ('\n', 2),
            b'\r' => ('\n', 1),
            0..0x80 => (char::from(first), 1),
            _ => self.wide(start),
        };
        self.at += length;
        Some(Char { c, start, end: self.at })
    }

    fn wide(&self, start: usize) -> (char, usize) {
        let rest = self.bytes.get(start..).unwrap_or_default();
        let window = rest.get(..rest.len().min(4)).unwrap_or_default();
        let Some(chunk) = window.utf8_chunks().next() else { return ('\u{fffd}', 1) };
        match chunk.valid().chars().next() {
            Some(c) => (c, c.len_utf8()),
            None => ('\u{fffd}', chunk.invalid().len().max(1)),
        }
    }

    /// Goes behind the next newline.
    pub(super) fn skip_line(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        match rest.iter().position(|b| matches!(b, b'\n' | b'\r')) {
            Some(offset) => {
                self.at += offset;
                self.next();
            }
            None => {
                self.at = self.bytes.len();
                self.owes_newline = false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(bytes: &[u8]) -> String {
        let mut chars = Chars::file(bytes);
        std::iter::from_fn(|| chars.next()).map(|c| c.c).collect()
    }

    #[test]
    fn newlines_are_universal() {
        assert_eq!(all(b"a\r\nb\rc\n\rd"), "a\nb\nc\n\nd\n");
        assert_eq!(all(b""), "");
        assert_eq!(all(b"\r"), "\n");
    }

    proptest! {
        #[test]
        fn decoding_is_that_of_the_standard_library(
            bytes in prop::collection::vec(prop_oneof![0x7eu8..=0xff, Just(b'a')], 0..12)
        ) {
            let read = all(&bytes);
            prop_assert_eq!(read.strip_suffix('\n').unwrap_or_default(), String::from_utf8_lossy(&bytes));
        }
    }
}
