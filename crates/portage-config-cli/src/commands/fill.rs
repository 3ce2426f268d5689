//! Filling the parameters of a preset's text, everything else left as it is.

use portage_config::spec::Param;
use toml_edit::{Document, DocumentMut, Item, Table, TableLike, Value};

use super::explain::{behind_top, line_end};
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
    /// The value that it has all the same.
    pub(crate) default: Option<String>,
}

impl Filled {
    fn of(param: &Param, value: Option<String>) -> Self {
        Self {
            name: param.name.clone(),
            default: None,
            kind: param.kind.clone(),
            help: param.help.clone(),
            example: param.example.clone(),
            secret: param.secret,
            value,
        }
    }

    /// The value as the spec says one of this type; without one, what it is otherwise, or the example.
    pub(crate) fn spelled(&self) -> String {
        let value = self.value.as_ref().or(self.default.as_ref()).or(self.example.as_ref());
        let value = value.map(String::as_str).unwrap_or_default();
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

/// The parameters with what `--set` or `--example` fills in. What a layer says already is left to it.
pub(crate) fn choose(params: &[Param], set: &[(String, String)], example: bool) -> Vec<Filled> {
    params
        .iter()
        .map(|param| {
            let set = set.iter().rev().find(|(name, _)| *name == param.name).map(|(_, value)| value.clone());
            match (set, &param.value) {
                (Some(value), _) => Filled::of(param, Some(value)),
                (None, Some(value)) => {
                    let default = Some(value.shown().into_owned());
                    Filled { default, ..Filled::of(param, None) }
                }
                (None, None) => Filled::of(param, param.example.clone().filter(|_| example)),
            }
        })
        .collect()
}

/// The preset with `value` in the tables of its parameters. Those of the layers below it are filled in `[param]`.
pub(crate) fn whole(preset: &str, filled: &[Filled]) -> Result<String, String> {
    let mut document: DocumentMut = preset.parse().map_err(error)?;
    let mut own = Vec::new();
    let mut others = Vec::new();
    let params = document.get_mut("param").and_then(Item::as_table_like_mut);
    let Some(params) = params else { return below(preset, &filled.iter().collect::<Vec<_>>()) };
    for param in filled {
        match (params.get_mut(&param.name), &param.value) {
            (Some(_), None) => own.push(param),
            (Some(item), Some(_)) => {
                let value: Value = param.spelled().parse().map_err(error)?;
                match item.as_table_like_mut() {
                    Some(table) => put(table, "value", value),
                    None => put(params, &param.name, value),
                }
            }
            (None, _) => others.push(param),
        }
    }
    below(&to_fill(document.to_string(), &own)?, &others)
}

/// Adds a commented line for each parameter of its own that nothing fills.
fn to_fill(mut text: String, own: &[&Filled]) -> Result<String, String> {
    let document = Document::parse(text.clone()).map_err(error)?;
    let params = document.get("param").and_then(Item::as_table_like);
    let mut lines: Vec<(usize, String)> = Vec::new();
    for param in own.iter().filter(|param| param.default.is_none()) {
        let Some(item) = params.and_then(|params| params.get(&param.name)) else { continue };
        let has = |key| item.as_table_like().is_some_and(|keys| keys.contains_key(key));
        let Some(keys) = item.as_table().filter(|_| !has("env") && !has("file")) else { continue };
        let ends = keys.iter().filter_map(|(_, item)| item.span()).map(|span| span.end);
        let Some(end) = ends.max().or(keys.span().map(|span| span.end)) else { continue };
        let end = line_end(&text, end);
        if !text.get(end..).unwrap_or_default().trim_start().starts_with("# value =") {
            lines.push((end, format!("# value = {}\n", param.spelled())));
        }
    }
    lines.sort();
    for (at, line) in lines.iter().rev() {
        insert(&mut text, *at, line);
    }
    Ok(text)
}

/// Adds the parameters of the layers below: what is filled as a value, the others as comments.
fn below(text: &str, others: &[&Filled]) -> Result<String, String> {
    let mut text = text.to_owned();
    if others.is_empty() {
        return Ok(text);
    }
    let document = Document::parse(text.clone()).map_err(error)?;
    let table = document
        .get("param")
        .and_then(Item::as_table)
        .filter(|table| !table.is_implicit() || table.is_dotted());
    let values = table.into_iter().flat_map(Table::iter).filter(|(_, item)| item.is_value());
    let end = values.filter_map(|(_, item)| item.span()).map(|span| span.end).max();
    let (at, mut lines) = match (table, end) {
        (Some(_), Some(end)) => (line_end(&text, end), String::new()),
        (Some(table), None) => {
            (line_end(&text, table.span().map_or(text.len(), |span| span.start)), String::new())
        }
        (None, _) => (
            behind_top(&document, &text),
            "\n# What the layers below ask for; the values in comments hold unless others are set.\n[param]\n"
                .to_owned(),
        ),
    };
    let prefix = if table.is_some_and(Table::is_dotted) { "param." } else { "" };
    for param in others {
        let start = if param.value.is_some() { "" } else { "# " };
        lines.push_str(&param.comments());
        lines.push_str(&format!("{start}{prefix}{} = {}\n", toml_key(&[&param.name]), param.spelled()));
    }
    if table.is_none() && text.get(at..).is_some_and(|rest| !rest.is_empty() && !rest.starts_with('\n')) {
        lines.push('\n');
    }
    insert(&mut text, at, &lines);
    Ok(text)
}

/// Inserts lines, below a last line that may have no end.
fn insert(text: &mut String, at: usize, lines: &str) {
    if at > 0 && !text.get(..at).is_some_and(|before| before.ends_with('\n')) {
        text.push('\n');
        text.push_str(lines);
    } else {
        text.insert_str(at, lines);
    }
}

/// The roots of a preset that say a `[target]` of their own: `--set target.KEY` is theirs.
pub(crate) fn machines(preset: &str) -> Vec<String> {
    let Ok(document) = Document::parse(preset) else { return Vec::new() };
    let roots = document.get("root").and_then(Item::as_table_like);
    let own = roots.into_iter().flat_map(|roots| roots.iter());
    let own = own.filter(|(_, root)| root.as_table_like().is_some_and(|root| root.contains_key("target")));
    own.map(|(name, _)| name.to_owned()).collect()
}

/// Sets the tables that `--set` names with a dot.
pub(crate) fn tables(text: &str, set: &[(String, String)], machines: &[String]) -> Result<String, String> {
    if !set.iter().any(|(name, _)| name.contains('.')) {
        return Ok(text.to_owned());
    }
    let mut document: DocumentMut = text.parse().map_err(error)?;
    for (name, value) in set {
        let Some((way, key)) = name.rsplit_once('.') else { continue };
        let is_machine = way == "target" || way.starts_with("target.");
        let above: Vec<&[&str]> = vec![&[]];
        let roots: Vec<[&str; 2]> = machines.iter().map(|name| ["root", name.as_str()]).collect();
        let above = if is_machine && !roots.is_empty() {
            roots.iter().map(<[_; 2]>::as_slice).collect()
        } else {
            above
        };
        for above in above {
            let mut table: &mut Table = document.as_table_mut();
            for step in above.iter().copied().chain(way.split('.')) {
                table = child(table, step).ok_or_else(|| format!("`{step}` is no table"))?;
            }
            let value = like(table.get(key), value);
            put(table, key, value);
        }
    }
    Ok(document.to_string())
}

/// A value of the type that stands there; a string where nothing does.
fn like(old: Option<&Item>, value: &str) -> Value {
    match old.and_then(Item::as_value) {
        Some(Value::Integer(_)) => value.parse::<i64>().map_or_else(|_| value.into(), Value::from),
        Some(Value::Boolean(_)) => value.parse::<bool>().map_or_else(|_| value.into(), Value::from),
        _ => value.into(),
    }
}

/// The table of that name, made if it is not there.
fn child<'a>(table: &'a mut Table, name: &str) -> Option<&'a mut Table> {
    let made = || {
        let mut made = Table::new();
        // Only one that gets values of its own is worth a header.
        made.set_implicit(true);
        Item::Table(made)
    };
    table.entry(name).or_insert_with(made).as_table_mut()
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
        let name = name.to_owned();
        Filled { name, kind: kind.to_owned(), help, example, value, ..Filled::default() }
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
        let jobs = Filled { default: Some("24".to_owned()), ..param("jobs", "int", None) };
        let text = whole(PRESET, &[param("other", "int", Some("5")), jobs, param("last", "word", None)]);
        let text = text.unwrap();
        let document: DocumentMut = text.parse().unwrap();
        assert_eq!(document["param"]["other"].as_integer(), Some(5));
        assert_eq!(document["param"]["who"]["example"].as_str(), Some("me"));
        let block = "[param]\n# what it is\nother = 5\n# what it is\n# jobs = 24\n# what it is\n# last = \"me\"\n\n# why\n";
        assert!(text.contains(block), "{text}");
        let again =
            whole(&text, &[param("other", "int", Some("6")), param("more", "word", Some("x"))]).unwrap();
        assert!(again.contains("other = 6\n# what it is\nmore = \"x\"\n"), "{again}");
        assert!(again.parse::<DocumentMut>().is_ok());
    }

    #[test]
    fn a_spec_without_parameters_gets_a_table_of_them() {
        let none = "spec = 1\n[make.conf]\nA = \"x\"\n";
        let text = whole(none, &[param("who", "string", Some("me"))]).unwrap();
        assert!(
            text.starts_with("spec = 1\n\n# What")
                && text.ends_with("who = \"me\"\n\n[make.conf]\nA = \"x\"\n")
        );
        let dotted = "spec = 1\nparam.a = 1\n[make.conf]\n";
        let text = whole(dotted, &[param("who", "string", Some("me"))]).unwrap();
        assert_eq!(text, "spec = 1\nparam.a = 1\n# what it is\nparam.who = \"me\"\n[make.conf]\n");
    }

    #[test]
    fn names_with_a_dot_set_tables() {
        let set = [("target.cpu".to_owned(), "i486".to_owned()), ("who".to_owned(), "x".to_owned())];
        let document: DocumentMut = tables(PRESET, &set, &[]).unwrap().parse().unwrap();
        assert_eq!(document["target"]["cpu"].as_str(), Some("i486"));
        assert!(document.get("who").is_none());
        let set = [("target.cores".to_owned(), "8".to_owned())];
        assert_eq!(tables("[target]\ncores = 1 # all\n", &set, &[]).unwrap(), "[target]\ncores = 8 # all\n");
        let roots = "[root.box.target]\ncores = 1\n[root.disc]\n";
        assert_eq!(machines(roots), ["box"]);
        let set = [("target.cores".to_owned(), "8".to_owned())];
        let filled = tables(roots, &set, &machines(roots)).unwrap();
        assert_eq!(filled, "[root.box.target]\ncores = 8\n[root.disc]\n");
        let two = ["box".to_owned(), "disc".to_owned()];
        let filled = tables("spec = 1\n", &set, &two).unwrap();
        assert_eq!(
            filled,
            "spec = 1\n\n[root.box.target]\ncores = \"8\"\n\n[root.disc.target]\ncores = \"8\"\n"
        );
        assert!(tables(PRESET, &[("spec.x".to_owned(), String::new())], &[]).is_err());
    }
}
