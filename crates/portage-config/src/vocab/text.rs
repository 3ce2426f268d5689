//! Text that may be secret.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

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
/// Of `password=…` among the options of a mount (mount.cifs(8)) the value is hidden.
pub fn mask(text: &str) -> Cow<'_, str> {
    match mask_options(text) {
        Some(out) => Cow::Owned(mask_users(&out).into_owned()),
        None => mask_users(text),
    }
}

fn mask_users(text: &str) -> Cow<'_, str> {
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

/// The stretches of a text that [`mask`] hides.
pub(crate) fn credentials(text: &str) -> Vec<Range<usize>> {
    let masked = mask(text);
    let Cow::Owned(masked) = &masked else { return Vec::new() };
    let mut pieces = masked.split("***");
    let mut at = pieces.next().map_or(0, str::len);
    let mut found = Vec::new();
    for piece in pieces {
        let rest = text.get(at..).unwrap_or_default();
        let end = if piece.is_empty() { Some(rest.len()) } else { rest.find(piece) };
        let Some(end) = end.map(|end| at + end) else { break };
        found.push(at..end);
        at = end + piece.len();
    }
    let mut again = String::new();
    let mut kept = 0;
    for range in &found {
        again.push_str(text.get(kept..range.start).unwrap_or_default());
        again.push_str("***");
        kept = range.end;
    }
    again.push_str(text.get(kept..).unwrap_or_default());
    // A text with stars of its own: all of it is hidden.
    if again == *masked { found } else { std::iter::once(0..text.len()).collect() }
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

/// Hides the values of `password=…` between commas and blanks; `pass=2` is the number of a pass of fsck.
fn mask_options(text: &str) -> Option<String> {
    if !text.contains("pass") {
        return None;
    }
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '`');
    let mut out = String::new();
    for word in text.split_inclusive(ends) {
        let bare = word.trim_end_matches(ends);
        let value = bare.split_once('=').filter(|(name, value)| match *name {
            "password" | "passwd" => !value.is_empty(),
            "pass" => !value.bytes().all(|byte| byte.is_ascii_digit()),
            _ => false,
        });
        match value {
            Some((name, value)) if !value.starts_with("@{") && !value.starts_with("${") => {
                out.extend([name, "=***", word.get(bare.len()..).unwrap_or_default()]);
            }
            _ => out.push_str(word),
        }
    }
    (out != text).then_some(out)
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
            ("//h/s /s cifs rw,password=a:b@c,ro 0", "//h/s /s cifs rw,password=***,ro 0"),
            ("pass=x,passwd=y password=", "pass=***,passwd=*** password="),
            ("{ pass=2, password=@{p} }", "{ pass=2, password=@{p} }"),
            ("--password=x compass=y", "--password=x compass=y"),
        ] {
            assert_eq!(mask(text), shown);
        }
        assert!(!Text::from("http://h/p").holds_secret());
        assert!(Text::from("http://a:b@h/p").holds_secret());
    }
}
