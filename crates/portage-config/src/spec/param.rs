//! Parameters and secrets: `@{name}`.

use indexmap::IndexMap;

use super::code;
use super::source::{Node, NodeValue, Nodes, at};
use super::words::{PARAM as KEYS, PARAM_TYPES as TYPES};
use crate::report::{Report, Span};
use crate::vocab::Text;

/// A parameter as its layers declare and fill it.
#[derive(Clone, Debug, Default)]
pub(super) struct Declared {
    pub help: Option<String>,
    pub kind: Option<String>,
    pub example: Option<String>,
    pub default: Option<String>,
    pub choices: Vec<String>,
    pub value: Option<(String, Option<Span>)>,
    pub secret: bool,
    pub env: Option<String>,
    /// The path, and the folder of the layer that says so.
    pub file: Option<(String, String, Span)>,
    /// Where it is declared. `None`: only filled so far.
    pub span: Option<Span>,
    /// Whether a layer declares it, rather than fill it.
    pub declared: bool,
}

/// All parameters of a root.
pub(super) type Params = IndexMap<String, Declared>;

/// The filled parameters.
pub(super) type Filled = IndexMap<String, Option<Text>>;

/// Reads one layer's `[param]` over what earlier layers said.
pub(super) fn read(table: &Nodes, folder: &str, params: &mut Params, report: &mut Report) {
    for (name, node) in table {
        let good = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if !good {
            at(report, &code::S014, node.key_span, format!("`{name}` is no name of a parameter"))
                .set_help("a parameter's name is lower case letters, digits and `-`, a letter first");
            continue;
        }
        let param = params.entry(name.clone()).or_default();
        param.span.get_or_insert(node.key_span);
        match &node.value {
            NodeValue::Table(keys) => {
                if !param.declared && (keys.is_empty() || keys.keys().any(|key| key != "value")) {
                    param.declared = true;
                    // The place of a value may show a secret; that of a declaration shows none.
                    param.span = Some(node.key_span);
                }
                for (key, node) in keys {
                    read_key(param, key, node, folder, report);
                }
            }
            _ => param.value = scalar(node, report).map(|value| (value, Some(node.span))),
        }
    }
}

fn read_key(param: &mut Declared, key: &str, node: &Node, folder: &str, report: &mut Report) {
    match key {
        "help" => param.help = string(node, report),
        "example" => param.example = scalar(node, report),
        "default" => param.default = scalar(node, report),
        "value" => param.value = scalar(node, report).map(|value| (value, Some(node.span))),
        "env" => param.env = string(node, report),
        "file" => {
            param.file = string(node, report).map(|path| (path, folder.to_owned(), node.span));
        }
        "secret" => match node.value {
            NodeValue::Boolean(secret) => param.secret = secret,
            _ => wrong(node, "true or false", report),
        },
        "type" => {
            param.kind = string(node, report);
            if let Some(kind) = &param.kind
                && !TYPES.contains(&kind.as_str())
            {
                let found = at(report, &code::S014, node.span, format!("`{kind}` is no type of a parameter"));
                found.set_help(format!("the types are {}", TYPES.join(", ")));
            }
        }
        "choices" => match &node.value {
            NodeValue::Array(items) => {
                param.choices = items.iter().filter_map(|item| scalar(item, report)).collect();
            }
            _ => wrong(node, "a list", report),
        },
        _ => {
            let nearest = super::header::nearest(key, KEYS.into_iter());
            let found = at(report, &code::S005, node.key_span, format!("a parameter has no `{key}`"));
            found.set_help(match nearest {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!("it has {}", KEYS.join(", ")),
            });
        }
    }
}

fn wrong(node: &Node, wanted: &str, report: &mut Report) {
    at(report, &code::S008, node.span, format!("{wanted} is wanted here, not {}", node.type_name()));
}

fn string(node: &Node, report: &mut Report) -> Option<String> {
    match &node.value {
        NodeValue::String(text) => Some(text.clone()),
        _ => {
            wrong(node, "a string", report);
            None
        }
    }
}

fn scalar(node: &Node, report: &mut Report) -> Option<String> {
    match &node.value {
        NodeValue::String(text) => Some(text.clone()),
        NodeValue::Integer(number, _) => Some(number.to_string()),
        NodeValue::Boolean(value) => Some(value.to_string()),
        NodeValue::Float(number) => Some(number.to_string()),
        _ => {
            wrong(node, "a string, a number, true or false", report);
            None
        }
    }
}

/// Stands for a secret that is not read.
pub(super) const UNREAD: &str = "@";

/// What filling needs from the caller.
pub(super) struct Sources<'a> {
    pub env: &'a dyn Fn(&str) -> Option<String>,
    pub file: &'a dyn Fn(&str) -> std::io::Result<Vec<u8>>,
    pub examples: bool,
    pub require: bool,
    pub secrets: bool,
}

/// Gives every parameter its value, and reports those without one and those of the wrong type.
pub(super) fn fill(params: &Params, sources: &Sources<'_>, report: &mut Report) -> Filled {
    let mut filled = Filled::new();
    for (name, param) in params {
        if !param.declared
            && param.value.is_some()
            && let Some(span) = param.span
        {
            let known = params.iter().filter(|(_, p)| p.declared).map(|(name, _)| name.as_str());
            let nearest = super::header::nearest(name, known).map(str::to_owned);
            let found = at(report, &code::S015, span, format!("no layer declares the parameter `{name}`"));
            found.help = nearest.map(|nearest| format!("did you mean `{nearest}`?"));
        }
        said_as_it_stands(name, param, report);
        let value = value_of(param, sources, report);
        let Some(value) = value else {
            if param.secret && !sources.secrets {
                filled.insert(name.clone(), Some(Text::secret(UNREAD)));
                continue;
            }
            if sources.require
                && let Some(span) = param.span
            {
                let help = unset_help(name, param);
                at(report, &code::S013, span, format!("the parameter `{name}` has no value")).set_help(help);
            }
            filled.insert(name.clone(), None);
            continue;
        };
        if let Some(problem) = mistyped(param, &value) {
            let said = param.value.as_ref().and_then(|(_, span)| *span);
            let span = said.filter(|_| !param.secret).or(param.span);
            if let Some(span) = span {
                let shown = if param.secret { "the secret".to_owned() } else { format!("`{value}`") };
                let found =
                    at(report, &code::S014, span, format!("{shown} is no value of `{name}`: {problem}"));
                found.help = param.help.clone();
            }
        }
        filled.insert(name.clone(), Some(if param.secret { Text::secret(value) } else { value.into() }));
    }
    filled
}

/// A value is no text to be filled: where it names a parameter, somebody took it for one.
fn said_as_it_stands(name: &str, param: &Declared, report: &mut Report) {
    let of_layer = match &param.value {
        Some((value, span)) => Some((value, span.or(param.span))),
        None => param.default.as_ref().map(|value| (value, param.span)),
    };
    if let Some((value, Some(span))) = of_layer
        && has_params(value)
    {
        let message =
            format!("`@{{…}}` in the value of `{name}` is not filled: a value is taken as it stands");
        at(report, &code::S014, span, message)
            .set_help("write the value itself, or put both parameters where they are used");
    }
}

fn unset_help(name: &str, param: &Declared) -> String {
    let mut help = param.help.clone().unwrap_or_default();
    if !help.is_empty() {
        help.push_str("; ");
    }
    let example = param.example.as_deref().unwrap_or("…");
    help.push_str(&format!(
        "set it with `--set {name}={example}` or below `[param]`: `{name} = \"{example}\"`"
    ));
    help
}

fn value_of(param: &Declared, sources: &Sources<'_>, report: &mut Report) -> Option<String> {
    if let Some((value, _)) = &param.value {
        return Some(value.clone());
    }
    if let Some(value) = param.env.as_deref().and_then(sources.env) {
        return Some(value);
    }
    if let Some((path, folder, span)) = &param.file
        && sources.secrets
    {
        let path = if path.starts_with('/') || folder.is_empty() {
            path.clone()
        } else {
            format!("{folder}/{path}")
        };
        match (sources.file)(&path).map(String::from_utf8) {
            Ok(Ok(text)) => return Some(text.trim_end_matches(['\n', '\r']).to_owned()),
            Ok(Err(_)) => {
                at(report, &code::S002, *span, format!("`{path}` is not UTF-8"));
            }
            Err(_) if sources.examples && param.example.is_some() => {}
            Err(error) => {
                at(report, &code::S003, *span, format!("`{path}` cannot be read: {error}"));
            }
        }
    }
    if let Some(value) = &param.default {
        return Some(value.clone());
    }
    param.example.clone().filter(|_| sources.examples)
}

fn mistyped(param: &Declared, value: &str) -> Option<String> {
    if !param.choices.is_empty() && !param.choices.iter().any(|choice| choice == value) {
        return Some(format!("it is one of {}", param.choices.join(", ")));
    }
    let hex = |text: &str, upper: bool| {
        text.chars().all(|c| {
            c.is_ascii_digit() || if upper { matches!(c, 'A'..='F') } else { matches!(c, 'a'..='f') }
        })
    };
    let groups = |lengths: &[usize], upper: bool| {
        let parts: Vec<&str> = value.split('-').collect();
        parts.len() == lengths.len()
            && parts.iter().zip(lengths).all(|(part, length)| part.len() == *length && hex(part, upper))
    };
    let problem = match param.kind.as_deref().unwrap_or("string") {
        "int" if value.parse::<i64>().is_err() => "a whole number is wanted",
        "bool" if !matches!(value, "true" | "false") => "it is `true` or `false`",
        "path" if !value.starts_with('/') => "an absolute path is wanted",
        "uuid" if !groups(&[8, 4, 4, 4, 12], false) => {
            "a UUID is 32 lower case hexadecimal digits in groups of 8-4-4-4-12"
        }
        "vfat-id" if !groups(&[4, 4], true) => "a FAT volume id is `ABCD-1234`, upper case",
        "host" if !is_host(value) => "a host name or an IP address is wanted",
        "port" if !value.parse::<u16>().is_ok_and(|port| port > 0) => "a port is a number from 1 to 65535",
        "size" if !is_size(value) => "a size is a number with K, M, G or T behind it or nothing",
        "chost" if crate::vocab::Chost::parse(value).is_err() => {
            "a CHOST is a tuple like `i486-pc-linux-gnu`"
        }
        "word" if value.is_empty() || value.contains(char::is_whitespace) => "one word is wanted",
        _ if value.contains(['\n', '\r', '\0']) => "it holds a line break",
        _ => return None,
    };
    Some(problem.to_owned())
}

fn is_size(value: &str) -> bool {
    let digits = value.strip_suffix(['K', 'M', 'G', 'T']).unwrap_or(value);
    !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit())
}

fn is_host(value: &str) -> bool {
    if value.parse::<std::net::IpAddr>().is_ok() {
        return true;
    }
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    value.len() <= 253 && value.split('.').all(label) && !value.split('.').all(|l| l.parse::<u32>().is_ok())
}

/// Whether there is anything to put in.
pub(super) fn has_params(text: &str) -> bool {
    text.as_bytes().contains(&b'@') && text.contains("@{")
}

/// Puts parameters into a text. `escape` makes a value harmless in the file's own language.
pub(super) fn expand(
    text: &str,
    span: Span,
    filled: &Filled,
    escape: &dyn Fn(&str) -> String,
    report: &mut Report,
) -> Option<Text> {
    if !has_params(text) {
        return Some(text.into());
    }
    let mut out = String::new();
    let mut secret = false;
    let mut good = true;
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("@{") {
        if let Some(literal) = before.strip_suffix('@') {
            out.push_str(literal);
            out.push_str("@{");
            rest = after;
            continue;
        }
        out.push_str(before);
        let Some((name, behind)) = after.split_once('}') else {
            at(report, &code::S015, span, "`@{` is not closed")
                .set_help("write `@@{` for the characters themselves");
            return None;
        };
        match filled.get(name) {
            Some(Some(value)) => {
                secret |= value.is_secret();
                out.push_str(&escape(value.reveal()));
            }
            // Reported where it is declared.
            Some(None) => good = false,
            None => {
                good = false;
                let nearest =
                    super::header::nearest(name, filled.keys().map(String::as_str)).map(str::to_owned);
                if name.starts_with(super::target::PREFIX) {
                    super::target::unknown(name, nearest, filled, span, report);
                } else {
                    let found =
                        at(report, &code::S015, span, format!("no layer declares the parameter `{name}`"));
                    found.set_help(match nearest {
                        Some(nearest) => format!("did you mean `@{{{nearest}}}`?"),
                        None => {
                            format!("declare it below `[param.{name}]`; `@@{{` is the characters themselves")
                        }
                    });
                }
            }
        }
        rest = behind;
    }
    out.push_str(rest);
    good.then(|| if secret { Text::secret(out) } else { out.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(kind: &str) -> Declared {
        Declared { kind: Some(kind.into()), ..Declared::default() }
    }

    #[test]
    fn types() {
        for (kind, good, bad) in [
            ("int", "5", "x"),
            ("bool", "true", "yes"),
            ("path", "/a", "a"),
            ("uuid", "9e04e825-7f60-4171-815a-86e01ec4c4d3", "9E04E825-7f60-4171-815a-86e01ec4c4d3"),
            ("vfat-id", "ABCD-1234", "abcd-1234"),
            ("host", "192.0.2.10", "a_b"),
            ("host", "example.org", "999.1.1.1"),
            ("port", "10809", "0"),
            ("size", "5G", "5GB"),
            ("chost", "i486-pc-linux-gnu", "linux"),
            ("word", "x", "a b"),
            ("string", "a b", "a\nb"),
        ] {
            assert_eq!(mistyped(&typed(kind), good), None, "{kind} {good}");
            assert!(mistyped(&typed(kind), bad).is_some(), "{kind} {bad}");
        }
    }
}
