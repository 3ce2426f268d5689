//! Values whose name says that they are secret: `password=…` of mounts, `token = "…"` of TOML, `X_TOKEN="…"`.

use std::ops::Range;

use super::Found;
use super::value::{behind_blanks, word};

/// What names end in that stand for a secret.
///
/// Those of sccache's three files are all here: token, password, secret_key, connection_string. mount.cifs(8) has
/// password, passwd and pass; aria2c(1) has passwd and secret.
const NAMES: [&str; 14] = [
    "token",
    "password",
    "passwd",
    "passphrase",
    "secret",
    "secret_key",
    "access_key",
    "api_key",
    "apikey",
    "auth_key",
    "account_key",
    "connection_string",
    "client_secret",
    "bearer",
];

/// Whether a key or variable of this name holds a secret as a whole: `token`, `cache.redis.password`,
/// `SCCACHE_WEBDAV_TOKEN`.
///
/// ```
/// use portage_config::vocab::is_secret_name;
/// assert!(is_secret_name("token") && is_secret_name("AWS_SECRET_ACCESS_KEY"));
/// assert!(!is_secret_name("token_url") && !is_secret_name("credential_url"));
/// ```
pub fn is_secret_name(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    let last = last.to_ascii_lowercase().replace('-', "_");
    NAMES.iter().any(|known| {
        last.strip_suffix(known).is_some_and(|before| before.is_empty() || before.ends_with('_'))
    })
}

/// Where the secret of a mount's option is: `password=…`, `passwd=…` and `pass=…` as a whole (mount.cifs(8)).
pub(crate) fn option(option: &str) -> Option<Range<usize>> {
    let (name, value) = option.split_once('=')?;
    let secret = !value.is_empty() && (name == "pass" || is_secret_name(name));
    secret.then(|| name.len() + 1..option.len())
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')
}

pub(super) fn find(text: &str, found: &mut Vec<Found>) {
    for (equals, _) in text.match_indices('=') {
        let before = text.get(..equals).unwrap_or_default();
        let trimmed = before.trim_end_matches([' ', '\t', '+']);
        let spaced = trimmed.len() < before.len();
        // A key of TOML may stand in quotes, in front of a blank.
        let bare = if spaced { trimmed.trim_end_matches(['"', '\'']) } else { trimmed };
        let start = bare.rfind(|c| !is_name(c)).map_or(0, |at| at + 1);
        let start = if bare.is_char_boundary(start) { start } else { continue_at(bare, start) };
        let name = bare.get(start..).unwrap_or_default().trim_start_matches('-');
        let is_pass = name == "pass";
        if !is_pass && !is_secret_name(name) {
            continue;
        }
        let at = behind_blanks(text, equals + 1);
        let spaced = spaced || at > equals + 1;
        // Only options of mounts stand between commas.
        let among_options = matches!(name, "password" | "passwd" | "pass");
        let ends = |c: char| match c {
            '\n' | '\r' | '"' | '\'' | '`' => true,
            ',' => among_options,
            '&' => !spaced,
            c => c.is_whitespace() && !spaced,
        };
        let range = match text.get(at..).unwrap_or_default() {
            // A block of lines in TOML.
            rest if rest.starts_with("\"\"\"") || rest.starts_with("'''") => {
                let mark = rest.get(..3).unwrap_or_default();
                let inner = rest.get(3..).unwrap_or_default();
                at + 3..at + 3 + inner.find(mark).unwrap_or(inner.len())
            }
            rest if rest.starts_with("@{") || rest.starts_with("${") => {
                let end = rest.find(|c: char| ends_reference(c)).unwrap_or(rest.len());
                at..at + end
            }
            rest if rest.starts_with(['{', '[']) => continue,
            _ => word(text, at, ends),
        };
        let value = text.get(range.clone()).unwrap_or_default().trim_end();
        // `pass=2` in a spec is the number of a check of the file system.
        let is_number = value.len() == 1 && value.bytes().all(|byte| byte.is_ascii_digit());
        if matches!(value, "true" | "false") || (is_pass && (is_number || spaced)) {
            continue;
        }
        found.push(Found::secret(range.start..range.start + value.len()));
    }
}

/// What ends a value that begins with a reference.
fn ends_reference(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | '"' | '\'' | '`' | '&')
}

/// The next boundary of a character.
fn continue_at(text: &str, at: usize) -> usize {
    (at..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}
