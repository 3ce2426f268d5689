//! What is never shown: values of secret parameters, and what the library knows to be credentials.

use std::borrow::Cow;
use std::collections::BTreeSet;

use portage_config::model::Model;
use portage_config::spec::Resolved;
use portage_config::vocab::{HIDDEN, mask, mask_commands};

/// Secrets with fewer characters are hidden only where they stand alone.
const SHORT: usize = 4;

/// The texts to hide.
#[derive(Clone, Debug, Default)]
pub(crate) struct Secrets {
    /// Longest first, so that a secret inside another does not break it up.
    texts: Vec<String>,
    /// The names of the secret parameters.
    names: BTreeSet<String>,
    /// The names of the parameters that are declared and are no secrets.
    plain: BTreeSet<String>,
}

impl Secrets {
    /// Adds the secret parameters of a spec.
    pub(crate) fn learn(&mut self, spec: &Resolved) {
        for param in &spec.params {
            if !param.secret {
                self.plain.insert(param.name.clone());
                continue;
            }
            self.names.insert(param.name.clone());
            if let Some(value) = &param.value {
                self.add(value.reveal());
            }
        }
        for (path, file) in spec.roots.iter().flat_map(|root| &root.config.files) {
            let model = file.quiet_model(path);
            for value in model.iter().flat_map(Model::secret_values) {
                // What stands for a secret that was not read.
                if value.chars().count() >= SHORT {
                    self.add(&value);
                }
            }
        }
    }

    /// Adds all that another answer hides.
    pub(crate) fn join(&mut self, others: Self) {
        self.names.extend(others.names);
        self.plain.extend(others.plain);
        let new: Vec<String> = others.texts.into_iter().filter(|text| !self.texts.contains(text)).collect();
        if !new.is_empty() {
            self.texts.extend(new);
            self.texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
        }
    }

    /// Adds a name whose value is secret, before (or without) the spec having been resolved.
    pub(crate) fn add_name(&mut self, name: &str) {
        self.names.insert(name.to_owned());
    }

    /// Adds a name whose value may be shown, unless it is said to be secret elsewhere.
    pub(crate) fn add_plain(&mut self, name: &str) {
        self.plain.insert(name.to_owned());
    }

    /// Whether the parameter may be a secret: also where nothing declares it, which may be a slip of the pen.
    fn may_be_secret(&self, name: &str) -> bool {
        self.is_name(name) || !self.plain.contains(name)
    }

    /// Whether the parameter is secret.
    pub(crate) fn is_name(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Adds a text, each of its lines, and how TOML and JSON spell them.
    pub(crate) fn add(&mut self, text: &str) {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        for piece in lines.chain([text]).filter(|piece| !piece.trim().is_empty()) {
            for spelling in [piece.to_owned(), piece.replace('\\', "\\\\").replace('"', "\\\"")] {
                if !self.texts.contains(&spelling) {
                    self.texts.push(spelling);
                }
            }
        }
        self.texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
    }

    /// Whether a text holds one of the secret values.
    pub(crate) fn within(&self, text: &str) -> bool {
        self.texts.iter().any(|secret| text.contains(secret.as_str()) && replaced(text, secret) != text)
    }

    /// The text without secrets.
    pub(crate) fn hide<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.hide_values(mask(text))
    }

    /// Commands for a shell without secrets; what they read at the time they run stays.
    pub(crate) fn hide_commands<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.hide_values(mask_commands(text))
    }

    fn hide_values<'a>(&self, mut text: Cow<'a, str>) -> Cow<'a, str> {
        for secret in &self.texts {
            if text.contains(secret.as_str()) {
                text = Cow::Owned(replaced(&text, secret));
            }
        }
        text
    }

    /// A line of a spec without secrets: also those of a spec that could not be resolved.
    ///
    /// `header` is the last table header above the line, `secret` whether its table says `secret = true`.
    pub(crate) fn hide_line<'a>(&self, header: &str, secret: bool, line: &'a str) -> Cow<'a, str> {
        let Some((key, value)) = line.split_once('=') else { return self.hide(line) };
        let header: String = header.chars().filter(|c| !c.is_whitespace()).collect();
        let inner = header.trim_start_matches('[').split(']').next().unwrap_or_default();
        let path = format!("{inner}.{}", key.trim());
        let mut parts = path.split('.').map(|part| part.trim_matches(['"', '\'', ' ']));
        let mut parts = parts.by_ref().filter(|part| !part.is_empty());
        let is_secret = parts.next() == Some("param")
            && match (parts.next(), parts.next()) {
                (Some(name), None) => self.may_be_secret(name) || value.contains("secret"),
                (Some(_), Some("help" | "type" | "example" | "secret" | "env" | "file" | "choices")) => false,
                (Some(name), Some(_)) => secret || self.may_be_secret(name),
                _ => false,
            };
        if is_secret { Cow::Owned(format!("{key}= {HIDDEN}")) } else { self.hide(line) }
    }
}

/// The text without one secret. A short one is part of many words that have nothing to do with it: it is hidden
/// only where it stands alone.
fn replaced(text: &str, secret: &str) -> String {
    if secret.chars().count() >= SHORT {
        return text.replace(secret, HIDDEN);
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once(secret) {
        out.push_str(before);
        let joins = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let inside = joins(out.chars().next_back()) || joins(behind.chars().next());
        out.push_str(if inside { secret } else { HIDDEN });
        rest = behind;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_credentials_are_hidden() {
        let mut secrets = Secrets::default();
        secrets.add("hun\"ter2");
        assert_eq!(secrets.hide("a hun\"ter2 b"), "a ‹hidden› b");
        assert_eq!(secrets.hide(r#"value = "hun\"ter2""#), r#"value = "‹hidden›""#);
        assert_eq!(secrets.hide("https://me:pw@host/x"), "https://‹hidden›@host/x");
        assert_eq!(secrets.hide("nothing"), "nothing");
    }

    #[test]
    fn a_secret_inside_another_does_not_uncover_it() {
        let mut secrets = Secrets::default();
        secrets.add("abc");
        secrets.add("xabcx");
        assert_eq!(secrets.hide("xabcx abc"), "‹hidden› ‹hidden›");
    }

    #[test]
    fn a_short_secret_is_hidden_where_it_stands_alone() {
        let mut secrets = Secrets::default();
        secrets.add("e");
        secrets.add("-x");
        assert_eq!(
            secrets.hide("see the key=e, `e` and \"e\""),
            "see the key=‹hidden›, `‹hidden›` and \"‹hidden›\""
        );
        assert_eq!(secrets.hide("a-x -x e"), "a-x ‹hidden› ‹hidden›");
        assert!(secrets.within("key e") && !secrets.within("see"));
    }

    #[test]
    fn each_line_of_a_secret_is_hidden() {
        let mut secrets = Secrets::default();
        secrets.add("first\nsecond\n");
        assert_eq!(secrets.hide("say second"), "say ‹hidden›");
        assert!(secrets.within("first"));
        secrets.add("\n");
        assert_eq!(secrets.hide("a\nb"), "a\nb");
    }

    #[test]
    fn lines_that_fill_a_secret_are_hidden_without_its_value() {
        let mut secrets = Secrets::default();
        secrets.add_name("token");
        secrets.add_plain("other");
        for (header, secret, line, shown) in [
            ("[param.token]", true, "value = \"x\"", "value = ‹hidden›"),
            ("[param.other]", true, "value = \"x\"", "value = ‹hidden›"),
            ("[param.other]", false, "value = \"x\"", "value = \"x\""),
            ("[param]", false, "token = \"x", "token = ‹hidden›"),
            ("[param]", false, "tokn = \"x\"", "tokn = ‹hidden›"),
            ("[param.token]", true, "valu = \"x\"", "valu = ‹hidden›"),
            ("", false, "param.tokn = \"x\"", "param.tokn = ‹hidden›"),
            ("[param]", false, "token.value = \"x", "token.value = ‹hidden›"),
            ("[param]", false, "other = \"x\"", "other = \"x\""),
            ("[param]", false, "new = { secret = true, value = \"x\" }", "new = ‹hidden›"),
            ("", false, "param.token = \"x\"", "param.token = ‹hidden›"),
            ("[make.conf]", false, "token = \"x\"", "token = \"‹hidden›\""),
            ("[make.conf]", false, "tokens = \"x\"", "tokens = \"x\""),
            ("[param.token]", true, "help = \"x\"", "help = \"x\""),
        ] {
            assert_eq!(secrets.hide_line(header, secret, line), shown, "{header} {line}");
        }
    }
}
