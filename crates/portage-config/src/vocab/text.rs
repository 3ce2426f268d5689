//! Text that may be secret.

use std::borrow::Cow;
use std::fmt;

/// A piece of a configuration that may hold credentials.
///
/// There is no `Display`, and `Debug` shows [`Text::shown`]: a secret cannot reach a log, a diff or a panic by
/// accident. [`Text::reveal`] is for the writers of files.
///
/// ```
/// use portage_config::vocab::Text;
/// let uri = Text::from("https://me:hunter2@example.org/gentoo.git");
/// assert_eq!(uri.shown(), "https://***@example.org/gentoo.git");
/// assert_eq!(format!("{:?}", Text::secret("hunter2")), "***");
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

    /// The text without its secrets, for people.
    pub fn shown(&self) -> Cow<'_, str> {
        if self.secret { Cow::Borrowed("***") } else { mask(&self.text) }
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
        if self.secret { f.write_str("***") } else { write!(f, "{:?}", self.shown()) }
    }
}

/// Hides the user part of URIs: `https://user:password@host` becomes `https://***@host`.
///
/// Without a scheme (RSYNC_PROXY), `user:password@host:port` is hidden alike.
/// A user part without a colon is kept in `ssh` and `git+ssh` URIs, where it is a login name.
pub fn mask(text: &str) -> Cow<'_, str> {
    if !text.as_bytes().contains(&b':') {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("://") {
        let authority = after
            .find(|c: char| c == '/' || c.is_whitespace() || matches!(c, '"' | '\'' | '?' | '#'))
            .and_then(|end| after.get(..end))
            .unwrap_or(after);
        out.push_str(before);
        out.push_str("://");
        rest = after;
        if let Some((user, _)) = authority.rsplit_once('@')
            && (user.contains(':') || !before.ends_with("ssh"))
        {
            out.push_str("***");
            rest = after.get(user.len()..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    let out = mask_proxies(&out).unwrap_or(out);
    if out == text { Cow::Borrowed(text) } else { Cow::Owned(out) }
}

/// Hides the user part of `user:password@host:port`, as RSYNC_PROXY and others have it without a scheme.
fn mask_proxies(text: &str) -> Option<String> {
    if !text.contains('@') {
        return None;
    }
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '=' | '/' | ',' | '`');
    let mut out = String::new();
    for word in text.split_inclusive(ends) {
        let bare = word.trim_end_matches(ends);
        let login = bare.rsplit_once('@').filter(|(user, place)| {
            let port = place.rsplit_once(':').map(|(host, port)| (host, port.parse::<u16>()));
            let user = user.split_once(':');
            matches!(port, Some((host, Ok(_))) if !host.is_empty())
                && matches!(user, Some((user, password)) if !user.is_empty() && !password.is_empty())
        });
        match login {
            Some((user, _)) => out.extend(["***", word.get(user.len()..).unwrap_or_default()]),
            None => out.push_str(word),
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_parts_are_hidden() {
        for (text, shown) in [
            ("http://a:b@h/p", "http://***@h/p"),
            ("http://token@h/p", "http://***@h/p"),
            ("ssh://git@h/p", "ssh://git@h/p"),
            ("ssh://git:pw@h/p", "ssh://***@h/p"),
            ("https://h/p@q", "https://h/p@q"),
            ("x http://a:b@h y ftp://c:d@i", "x http://***@h y ftp://***@i"),
            ("none", "none"),
            ("P=\"u:pw@proxy:3128\" x", "P=\"***@proxy:3128\" x"),
            ("git@h:p a:1@h @{x}:y@z", "git@h:p a:1@h @{x}:y@z"),
            ("http://a:p@ss@h/", "http://***@h/"),
        ] {
            assert_eq!(mask(text), shown);
        }
        assert!(!Text::from("http://h/p").holds_secret());
        assert!(Text::from("http://a:b@h/p").holds_secret());
    }
}
