//! Lines of a text.

use std::ops::Range;

/// What ends a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::syntax) enum Newlines {
    /// `\n`, `\r\n` and a lone `\r`: Python's universal newlines.
    Universal,
    /// `\n`, with or without a `\r` before it.
    Unix,
}

/// A line: its content is `start..end`, its terminator `end..next`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::syntax) struct Line {
    /// The first byte.
    pub(in crate::syntax) start: usize,
    /// One behind the content.
    pub(in crate::syntax) end: usize,
    /// The first byte of the next line.
    pub(in crate::syntax) next: usize,
    /// Whether a terminator is there.
    pub(in crate::syntax) terminated: bool,
}

impl Line {
    /// The bytes of the content.
    pub(in crate::syntax) fn content(self) -> Range<usize> {
        self.start..self.end
    }
}

/// A part of a text; nothing when the range does not lie in it.
pub(in crate::syntax) fn part(text: &[u8], range: Range<usize>) -> &[u8] {
    text.get(range).unwrap_or_default()
}

/// The lines of a text, from the first byte to the last.
pub(in crate::syntax) fn lines(text: &[u8], newlines: Newlines) -> impl Iterator<Item = Line> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
        let is_end = |b: &u8| *b == b'\n' || (*b == b'\r' && newlines == Newlines::Universal);
        let (mut end, next, terminated) = match rest.iter().position(is_end) {
            None => (text.len(), text.len(), false),
            Some(at) => {
                let crlf = rest.get(at) == Some(&b'\r') && rest.get(at + 1) == Some(&b'\n');
                (start + at, start + at + if crlf { 2 } else { 1 }, true)
            }
        };
        if newlines == Newlines::Unix && end > start && text.get(end - 1) == Some(&b'\r') {
            end -= 1;
        }
        let line = Line { start, end, next, terminated };
        start = next;
        Some(line)
    })
}

/// Whether Python's `str.split()` splits at it: white space as Unicode has it, and the separators `\x1c` to `\x1f`.
pub(in crate::syntax) fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\x1c'..='\x1f')
}

/// The words of a line as Python's `str.split()` finds them: ranges of bytes, `at` being the line's first.
pub(in crate::syntax) fn words(content: &[u8], at: usize) -> Vec<Range<usize>> {
    let mut words = Vec::with_capacity(8.min(content.len()));
    let mut word: Option<usize> = None;
    let mut here = at;
    if content.is_ascii() {
        let is_blank = |byte: &u8| *byte <= b' ' && matches!(byte, b' ' | b'\t'..=b'\r' | b'\x1c'..=b'\x1f');
        let mut rest = content;
        while let Some(start) = rest.iter().position(|byte| !is_blank(byte)) {
            let (_, word) = rest.split_at(start);
            let length = word.iter().position(is_blank).unwrap_or(word.len());
            let start = at + content.len() - word.len();
            words.push(start..start + length);
            rest = word.get(length..).unwrap_or_default();
        }
        return words;
    }
    for chunk in content.utf8_chunks() {
        for (offset, c) in chunk.valid().char_indices() {
            match (is_blank(c), word) {
                (true, Some(start)) => {
                    words.push(start..here + offset);
                    word = None;
                }
                (false, None) => word = Some(here + offset),
                _ => {}
            }
        }
        here += chunk.valid().len();
        if !chunk.invalid().is_empty() {
            word.get_or_insert(here);
        }
        here += chunk.invalid().len();
    }
    if let Some(start) = word {
        words.push(start..here);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(text: &[u8], newlines: Newlines) -> Vec<&[u8]> {
        lines(text, newlines).map(|line| part(text, line.content())).collect()
    }

    #[test]
    fn terminators() {
        let text = b"a\r\nb\rc\n\nd\r";
        assert_eq!(split(text, Newlines::Universal), [b"a", b"b", b"c", &b""[..], b"d"]);
        assert_eq!(split(text, Newlines::Unix), [&b"a"[..], b"b\rc", b"", b"d"]);
        assert!(!lines(text, Newlines::Unix).last().unwrap().terminated);
        assert!(lines(text, Newlines::Universal).last().unwrap().terminated);
    }

    #[test]
    fn blanks_are_those_of_python() {
        let text = "a\u{a0}b\u{2028}c\x0cd\x1ce\u{85}f\u{200b}g\u{feff}h";
        let found: Vec<&[u8]> =
            words(text.as_bytes(), 0).into_iter().map(|w| part(text.as_bytes(), w)).collect();
        assert_eq!(found, [&b"a"[..], b"b", b"c", b"d", b"e", "f\u{200b}g\u{feff}h".as_bytes()]);
        assert_eq!(words(b"\xff \xfe\xc3", 10), [10..11, 12..14]);
    }

    proptest! {
        #[test]
        fn lines_add_up(text in prop::collection::vec(prop_oneof![Just(b'\n'), Just(b'\r'), any::<u8>()], 0..40)) {
            for newlines in [Newlines::Universal, Newlines::Unix] {
                let mut at = 0;
                for line in lines(&text, newlines) {
                    prop_assert!(line.start == at && line.start <= line.end && line.end <= line.next);
                    prop_assert!(line.next > at);
                    at = line.next;
                }
                prop_assert_eq!(at, text.len());
            }
        }

        #[test]
        fn words_are_those_of_the_readable_text(text in prop::collection::vec(
            prop_oneof![Just(b' '), Just(b'\t'), Just(0xc2), Just(0xa0), any::<u8>()], 0..30
        )) {
            let lossy = String::from_utf8_lossy(&text).into_owned();
            let expected: Vec<&str> = lossy.split(is_blank).filter(|w| !w.is_empty()).collect();
            let found: Vec<String> = words(&text, 0)
                .into_iter()
                .map(|w| String::from_utf8_lossy(part(&text, w)).into_owned())
                .collect();
            prop_assert_eq!(found, expected);
        }
    }
}
