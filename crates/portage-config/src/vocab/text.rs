//! Text that may be secret.

use std::borrow::Cow;
use std::fmt;

use super::credentials::{HIDDEN, exposes, mask};

/// A piece of a configuration that may hold credentials.
///
/// There is no `Display`, and `Debug` shows [`Text::shown`]: a secret cannot reach a log, a diff or a panic by
/// accident. [`Text::reveal`] is for the writers of files.
///
/// ```
/// use portage_config::vocab::Text;
/// let uri = Text::from("https://me:hunter2@example.org/gentoo.git");
/// assert_eq!(uri.shown(), "https://‹hidden›@example.org/gentoo.git");
/// assert_eq!(format!("{:?}", Text::secret("hunter2")), "‹hidden›");
/// ```
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text {
    text: String,
    secret: bool,
}

impl Text {
    /// A text nobody but the reader of the file may see.
    pub fn secret(text: impl Into<String>) -> Self {
        Self { text: text.into(), secret: true }
    }

    /// The text with its secrets, for the file it belongs in.
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// [`Text::reveal`] of a text that is not needed any more.
    pub(crate) fn into_revealed(self) -> String {
        self.text
    }

    /// Whether all of it is secret.
    pub fn is_secret(&self) -> bool {
        self.secret
    }

    /// Whether it holds something that [`Text::shown`] hides.
    pub fn holds_secret(&self) -> bool {
        self.secret || matches!(mask(&self.text), Cow::Owned(_))
    }

    /// Whether it holds what must not be read by everybody: less than [`Text::holds_secret`], see [`exposes`].
    pub fn exposes(&self) -> bool {
        self.secret || exposes(&self.text)
    }

    /// The text without its secrets, for people.
    pub fn shown(&self) -> Cow<'_, str> {
        if self.secret { Cow::Borrowed(HIDDEN) } else { mask(&self.text) }
    }

    /// The same with this text put in place; it stays secret if it was.
    #[must_use]
    pub fn map(&self, f: impl FnOnce(&str) -> String) -> Self {
        Self { text: f(&self.text), secret: self.secret }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), secret: false }
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self { text, secret: false }
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.secret { f.write_str(HIDDEN) } else { write!(f, "{:?}", self.shown()) }
    }
}
