//! Settings: a line each, as it is.

use std::ops::Range;

use super::is_blank;
use crate::model::{Comment, Item};
use crate::syntax::Refusal;
use crate::syntax::tiles::{Lens, Newlines, Sink, Spoken, Tile, part};

/// Lines without the blanks around them; `#` in front makes a comment.
pub(super) struct SettingLens;

impl Lens for SettingLens {
    type Entry = Item;
    const NEWLINES: Newlines = Newlines::Unix;
    const BEHIND: bool = false;

    fn tile(&self, text: &[u8], range: Range<usize>, _sink: &mut Sink<'_>) -> Tile<Item> {
        let line = String::from_utf8_lossy(part(text, range.clone()));
        match line.trim_matches(is_blank) {
            "" => Tile::Blank,
            line if line.starts_with('#') => Tile::Comment,
            line => Tile::Entries {
                entries: vec![Item { text: line.to_owned(), comment: Comment::default() }],
                end: range.end,
                behind: None,
            },
        }
    }

    fn kin(&self, item: &Item) -> String {
        item.text.clone()
    }

    fn check(&self, item: &Item) -> Result<(), Refusal> {
        let text = item.text.as_str();
        if text.trim_matches(is_blank) == text
            && !text.is_empty()
            && !text.starts_with('#')
            && !text.contains('\n')
        {
            return Ok(());
        }
        let message = format!("`{}` is no line of its own", text.escape_debug());
        Err(Refusal::new(item.key(), message))
    }

    fn spell(&self, wanted: &[Item], at: usize, _fresh: bool) -> Result<Vec<u8>, Refusal> {
        Ok(wanted.get(at).map(|item| item.text.clone().into_bytes()).unwrap_or_default())
    }

    fn splice(&self, _old: &[u8], wanted: &[Item], at: usize) -> Result<Vec<u8>, Refusal> {
        self.spell(wanted, at, false)
    }
}
