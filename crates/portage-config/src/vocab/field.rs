//! Words of a line that may be quoted, as systemd takes them apart.

/// The blanks between words.
const BLANKS: [char; 2] = [' ', '\t'];

/// The end of the first word of a text, quotes and backslashes being part of it; `None` where a quote is not closed.
///
/// `extract_first_word` of systemd's `src/basic/extract-word.c` with `EXTRACT_UNQUOTE`: a quote may begin anywhere in a
/// word, and a backslash takes the next character as it is, between quotes too.
pub(crate) fn field_end(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match (c, quote) {
            ('\\', _) => {
                chars.next()?;
            }
            (c, Some(open)) if c == open => quote = None,
            (_, Some(_)) => {}
            ('"' | '\'', None) => quote = Some(c),
            (c, None) if BLANKS.contains(&c) => return Some(at),
            (_, None) => {}
        }
    }
    quote.is_none().then_some(text.len())
}

/// A word without its quotes and backslashes.
pub(crate) fn unquoted_field(word: &str) -> String {
    let mut quote = None;
    let mut chars = word.chars();
    let mut out = String::new();
    while let Some(c) = chars.next() {
        match (c, quote) {
            ('\\', _) => out.extend(chars.next()),
            (c, Some(open)) if c == open => quote = None,
            ('"' | '\'', None) => quote = Some(c),
            (c, _) => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_as_systemd_takes_them() {
        for (text, end, said) in [
            ("a b", 1, "a"),
            ("\"/run/a b\" 0755", 10, "/run/a b"),
            ("/run/\"a b\"c\t0755", 11, "/run/a bc"),
            ("'a\"b' c", 5, "a\"b"),
            ("a\\ b c", 4, "a b"),
            ("a\\\"b c", 4, "a\"b"),
            ("\"a\\\"b\" c", 6, "a\"b"),
            ("", 0, ""),
            ("\"\"", 2, ""),
        ] {
            assert_eq!(field_end(text), Some(end), "{text}");
            assert_eq!(text.get(..end).map(unquoted_field).as_deref(), Some(said), "{text}");
        }
        for text in ["\"a b", "a'", "a\\"] {
            assert_eq!(field_end(text), None, "{text}");
        }
    }
}
