//! Words and the blanks in front of them: a word goes, another comes, the rest stays where it stands.

use std::hash::Hash;

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Words, each with the blanks in front of it, and the blanks at the end.
#[derive(Debug, Default)]
pub(crate) struct Laid<'t> {
    pub(crate) words: Vec<(&'t str, &'t str)>,
    pub(crate) tail: &'t str,
}

/// Puts units, blank or not, together.
pub(super) fn lay<'t>(units: impl Iterator<Item = (bool, &'t str)>) -> Laid<'t> {
    let mut laid = Laid::default();
    for (is_blank, unit) in units {
        if is_blank {
            laid.tail = unit;
        } else {
            laid.words.push((std::mem::take(&mut laid.tail), unit));
        }
    }
    laid
}

/// A plain text whose words are to be others; line breaks and blanks between those that stay are kept.
pub(crate) fn changed(text: &str, wanted: &str) -> String {
    let mut laid = Laid::default();
    let mut rest = text;
    loop {
        let word = rest.trim_start();
        let blank = rest.get(..rest.len() - word.len()).unwrap_or_default();
        if word.is_empty() {
            laid.tail = blank;
            break;
        }
        let end = word.find(char::is_whitespace).unwrap_or(word.len());
        laid.words.push((blank, word.get(..end).unwrap_or_default()));
        rest = word.get(end..).unwrap_or_default();
    }
    let old: Vec<&str> = laid.words.iter().map(|(_, word)| *word).collect();
    let new: Vec<&str> = wanted.split_whitespace().collect();
    if old.is_empty() || new.is_empty() {
        return new.join(" ");
    }
    laid.changed(&old, &new, |word| Some((*word).to_owned())).unwrap_or_else(|| new.join(" "))
}

impl Laid<'_> {
    /// The text whose words mean `new` instead of `old`.
    pub(super) fn changed<W: Eq + Hash>(
        &self,
        old: &[W],
        new: &[W],
        spell: impl Fn(&W) -> Option<String>,
    ) -> Option<String> {
        let mut out = String::new();
        // The blanks in front of the first word of a line that is gone: the next one takes them over.
        let mut carry: Option<&str> = None;
        let mut first = true;
        for op in capture_diff_slices(Algorithm::Myers, old, new) {
            let olds = self.words.get(op.old_range()).unwrap_or_default();
            if let DiffOp::Equal { .. } = op {
                for (blank, word) in olds {
                    let taken = carry.take().filter(|carry| carry.is_empty() || !blank.contains('\n'));
                    out.push_str(taken.unwrap_or(blank));
                    out.push_str(word);
                    first = false;
                }
                continue;
            }
            let mut lead = None;
            for (number, (blank, _)) in olds.iter().enumerate() {
                let own = carry.take().unwrap_or(blank);
                if number == 0 {
                    lead = Some(own);
                }
                carry = Some(own).filter(|own| first || own.contains('\n'));
            }
            let news = new.get(op.new_range()).unwrap_or_default();
            if !news.is_empty() && olds.len() < 2 {
                carry = None;
            }
            if first && olds.is_empty() {
                lead = self.words.get(op.old_range().start).map(|(blank, _)| *blank);
                carry = Some(" ");
            }
            for word in news {
                out.push_str(lead.take().unwrap_or(" "));
                out.push_str(&spell(word)?);
                first = false;
            }
        }
        out.push_str(self.tail);
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::changed;

    #[test]
    fn words_come_and_go_and_the_rest_stays() {
        for (text, wanted, result) in [
            ("a  b\tc", "a b c d", "a  b\tc d"),
            ("a  b\tc", "a c", "a\tc"),
            ("a b", "b", "b"),
            ("a b", "a", "a"),
            ("\n  a\n  b c\n  d\n", "a c d", "\n  a\n  c\n  d\n"),
            ("\n  a\n  b c\n  d\n", "a b c", "\n  a\n  b c\n"),
            ("\n  a\n  b c\n  d\n", "a b c d e f", "\n  a\n  b c\n  d e f\n"),
            ("\n  a\n  b\n  d\n", "a d", "\n  a\n  d\n"),
            ("\n  a\n  b c\n", "c", "\n  c\n"),
            ("a\n  b", "b", "b"),
            ("-j4  -l8", "-j8 -l8", "-j8  -l8"),
            ("x  -j4\n  -l8", "x -j8 -l8", "x  -j8\n  -l8"),
            ("x y", "z x y", "z x y"),
            ("", "a b", "a b"),
        ] {
            assert_eq!(changed(text, wanted), result, "{text:?} {wanted:?}");
        }
    }
}
