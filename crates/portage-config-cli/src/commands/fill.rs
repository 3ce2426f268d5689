//! Filling the parameters of a preset's text, everything else left as it is.

use portage_config::spec::Param;
use toml_edit::{Document, DocumentMut, Item, Table, TableLike, Value};

use crate::entries::{toml_key, toml_string};

/// A parameter to write, and its value; without one it is left to be filled.
#[derive(Debug, Default)]
pub(crate) struct Filled {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) help: Option<String>,
    pub(crate) example: Option<String>,
    pub(crate) secret: bool,
    pub(crate) value: Option<String>,
}

impl Filled {
    fn of(param: &Param, value: Option<String>) -> Self {
        Self {
            name: param.name.clone(),
            kind: param.kind.clone(),
            help: param.help.clone(),
            example: param.example.clone(),
            secret: param.secret,
            value,
        }
    }

    /// The value as the spec says one of this type; without one, the example.
    pub(crate) fn spelled(&self) -> String {
        let value = self.value.as_deref().or(self.example.as_deref()).unwrap_or_default();
        match self.kind.as_str() {
            "int" | "port" if value.parse::<i64>().is_ok_and(|number| number.to_string() == value) => {
                value.to_owned()
            }
            "bool" if matches!(value, "true" | "false") => value.to_owned(),
            _ => toml_string(value),
        }
    }

    /// The lines of its help, as comments.
    pub(crate) fn comments(&self) -> String {
        self.help.iter().flat_map(|help| help.lines()).map(|line| format!("# {line}\n")).collect()
    }
}

/// The parameters that `--set` or `--example` fills, and those that nothing fills.
pub(crate) fn choose(params: &[Param], set: &[(String, String)], example: bool) -> Vec<Filled> {
    params
        .iter()
        .filter_map(|param| {
            let set = set.iter().rev().find(|(name, _)| *name == param.name).map(|(_, value)| value.clone());
            match (set, &param.value) {
                (Some(value), _) => Some(Filled::of(param, Some(value))),
                (None, Some(_)) => None,
                (None, None) => Some(Filled::of(param, param.example.clone().filter(|_| example))),
            }
        })
        .collect()
}

/// The preset with `value` in the tables of its parameters. Those of layers below it are filled in `[param]`.
pub(crate) fn whole(preset: &str, filled: &[Filled]) -> Result<String, String> {
    let mut document: DocumentMut = preset.parse().map_err(error)?;
    for param in filled.iter().filter(|param| param.value.is_some()) {
        let table = child(document.as_table_mut(), "param").ok_or("`param` is no table")?;
        let value: Value = param.spelled().parse().map_err(error)?;
        match table.get_mut(&param.name) {
            Some(own) => {
                let own = own.as_table_like_mut().ok_or_else(|| format!("`{}` is no table", param.name))?;
                put(own, "value", value);
            }
            None => {
                table.set_implicit(false);
                put(table, &param.name, value);
            }
        }
    }
    to_fill(document.to_string(), filled)
}

/// Adds a commented line for each parameter that nothing fills.
fn to_fill(mut text: String, filled: &[Filled]) -> Result<String, String> {
    let document = Document::parse(text.clone()).map_err(error)?;
    let params = document.get("param").and_then(Item::as_table_like);
    let mut lines: Vec<(usize, String)> = Vec::new();
    let mut below = String::new();
    for param in filled.iter().filter(|param| param.value.is_none()) {
        let own = params.and_then(|params| params.get(&param.name));
        let keys = own.and_then(Item::as_table);
        if own
            .and_then(Item::as_table_like)
            .is_some_and(|own| own.contains_key("env") || own.contains_key("file"))
        {
            continue;
        }
        let example = param.spelled();
        let end = keys.and_then(|keys| keys.iter().filter_map(|(_, item)| item.span()).map(|s| s.end).max());
        match end {
            Some(end) => {
                let end =
                    text.get(end..).and_then(|rest| rest.find('\n')).map_or(text.len(), |at| end + at + 1);
                let next = text.get(end..).unwrap_or_default().trim_start();
                if !next.starts_with("# value =") {
                    lines.push((end, format!("# value = {example}\n")));
                }
            }
            None => {
                below.push_str(&param.comments());
                below.push_str(&format!("# {} = {example}\n", toml_key(&[&param.name])));
            }
        }
    }
    lines.sort();
    for (at, line) in lines.iter().rev() {
        if *at > 0 && !text.get(..*at).is_some_and(|before| before.ends_with('\n')) {
            text.push('\n');
            text.push_str(line);
        } else {
            text.insert_str(*at, line);
        }
    }
    if !below.is_empty() {
        text.push_str(&format!("\n# To be filled, in [param]:\n{below}"));
    }
    Ok(text)
}

/// Sets the tables that `--set` names with a dot.
pub(crate) fn tables(text: &str, set: &[(String, String)]) -> Result<String, String> {
    if !set.iter().any(|(name, _)| name.contains('.')) {
        return Ok(text.to_owned());
    }
    let mut document: DocumentMut = text.parse().map_err(error)?;
    for (name, value) in set {
        let Some((way, key)) = name.rsplit_once('.') else { continue };
        let mut table: &mut Table = document.as_table_mut();
        for step in way.split('.') {
            table = child(table, step).ok_or_else(|| format!("`{step}` is no table"))?;
        }
        put(table, key, Value::from(value.as_str()));
    }
    Ok(document.to_string())
}

/// The table of that name, made if it is not there.
fn child<'a>(table: &'a mut Table, name: &str) -> Option<&'a mut Table> {
    table.entry(name).or_insert_with(|| Item::Table(Table::new())).as_table_mut()
}

/// Sets a value; the comment behind an old one stays.
fn put(table: &mut dyn TableLike, key: &str, mut value: Value) {
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        None => {
            value.decor_mut().clear();
            table.insert(key, Item::Value(value));
        }
    }
}

fn error(error: impl std::fmt::Display) -> String {
    error.to_string().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRESET: &str = "\
spec = 1

# why
[param.who]
help = \"name\" # short
example = \"me\"

[param.port]
type = \"port\"
value = 1 # the old one

[param.token]
secret = true
env = \"TOKEN\"

[make.conf]
# kept
A = '@{who}'
";

    fn param(name: &str, kind: &str, value: Option<&str>) -> Filled {
        let example = Some("me".to_owned());
        let value = value.map(str::to_owned);
        let help = Some("what it is".to_owned());
        Filled { name: name.to_owned(), kind: kind.to_owned(), help, example, value, secret: false }
    }

    #[test]
    fn nothing_else_is_touched() {
        assert_eq!(whole(PRESET, &[]).unwrap(), PRESET);
        let text = whole(PRESET, &[param("who", "string", Some("a\"b")), param("port", "port", Some("80"))]);
        let expected =
            PRESET.replace("\"me\"\n", "\"me\"\nvalue = \"a\\\"b\"\n").replace("value = 1 #", "value = 80 #");
        assert_eq!(text.unwrap(), expected);
    }

    #[test]
    fn what_is_unset_is_a_comment() {
        let text = whole(PRESET, &[param("who", "string", None), param("token", "string", None)]).unwrap();
        assert_eq!(text, PRESET.replace("\"me\"\n", "\"me\"\n# value = \"me\"\n"), "a secret has its source");
        assert_eq!(whole(&text, &[param("who", "string", None)]).unwrap(), text, "once is enough");
        let last = "spec = 1\n[param.who]\nhelp = \"x\"";
        assert_eq!(
            whole(last, &[param("who", "string", None)]).unwrap(),
            format!("{last}\n# value = \"me\"\n")
        );
    }

    #[test]
    fn parameters_of_layers_below_are_filled_in_their_own_table() {
        let text = whole(PRESET, &[param("other", "int", Some("5"))]).unwrap();
        let document: DocumentMut = text.parse().unwrap();
        assert_eq!(document["param"]["other"].as_integer(), Some(5));
        assert_eq!(document["param"]["who"]["example"].as_str(), Some("me"));
        let text = whole(PRESET, &[param("other", "int", None)]).unwrap();
        assert!(text.ends_with("\n# To be filled, in [param]:\n# what it is\n# other = \"me\"\n"), "{text}");
        assert!(text.starts_with(PRESET));
    }

    #[test]
    fn names_with_a_dot_set_tables() {
        let set = [("target.cpu".to_owned(), "i486".to_owned()), ("who".to_owned(), "x".to_owned())];
        let document: DocumentMut = tables(PRESET, &set).unwrap().parse().unwrap();
        assert_eq!(document["target"]["cpu"].as_str(), Some("i486"));
        assert!(document.get("who").is_none());
        assert!(tables(PRESET, &[("spec.x".to_owned(), String::new())]).is_err());
    }
}
