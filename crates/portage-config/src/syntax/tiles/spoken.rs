//! What every entry of a line has, whatever its language.

use crate::model::{Comment, Item, Mount, Pair, Rule};
use crate::report::Key;
use crate::vocab::Text;

/// An entry: what names it, what it says, and the comment that is its own.
pub(in crate::syntax) trait Spoken {
    /// Its name.
    fn key(&self) -> Key;
    /// Its comment.
    fn comment(&self) -> &Comment;
    /// The same, to be changed.
    fn comment_mut(&mut self) -> &mut Comment;
    /// Whether both say the same, comments aside.
    fn same(&self, other: &Self) -> bool;
    /// Equal for entries that say the same.
    fn identity(&self) -> String;
}

/// The methods that are a field.
macro_rules! comments {
    () => {
        fn comment(&self) -> &Comment {
            &self.comment
        }

        fn comment_mut(&mut self) -> &mut Comment {
            &mut self.comment
        }
    };
}

impl Spoken for Item {
    comments!();

    fn key(&self) -> Key {
        Key::of(self.text.as_str())
    }

    fn same(&self, other: &Self) -> bool {
        self.text == other.text
    }

    fn identity(&self) -> String {
        self.text.clone()
    }
}

impl Spoken for Pair {
    comments!();

    fn key(&self) -> Key {
        Key::of(self.key.as_str())
    }

    fn same(&self, other: &Self) -> bool {
        self.key == other.key && self.value.reveal() == other.value.reveal()
    }

    fn identity(&self) -> String {
        format!("{}\n{}", self.key, self.value.reveal())
    }
}

impl Spoken for Rule {
    comments!();

    fn key(&self) -> Key {
        Key::of(self.key.as_str())
    }

    fn same(&self, other: &Self) -> bool {
        self.same(other)
    }

    fn identity(&self) -> String {
        let group = self.group.as_deref().map(str::to_ascii_lowercase);
        format!("{} {}:\n{}", self.key, group.unwrap_or_default(), self.words.join("\n"))
    }
}

impl Spoken for Mount {
    comments!();

    fn key(&self) -> Key {
        match self.is_swap() {
            true => Key::of(self.source.shown()),
            false => Key::of(self.target.as_str()),
        }
    }

    fn same(&self, other: &Self) -> bool {
        self.same(other)
    }

    fn identity(&self) -> String {
        let options = self.options.iter().map(Text::reveal).collect::<Vec<_>>();
        let texts = (self.source.reveal(), &self.target, &self.fstype, options);
        format!("{texts:?} {} {}", self.dump, self.pass)
    }
}
