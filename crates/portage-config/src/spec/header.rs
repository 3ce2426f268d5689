//! Headers: a layer's own words, and paths.

use super::code;
use super::source::{Node, NodeValue, Nodes, at};
use super::words::LAYER as WORDS;
use crate::file::{self, Place};
use crate::model::Comment;
use crate::report::{Report, Span};
use crate::vocab::RelPath;

/// Folders of `/etc/portage` whose files are said with `[file]` only.
fn opaque_folders() -> impl Iterator<Item = &'static str> {
    let opaque = file::kinds().iter().filter(|kind| kind.grammar == file::Grammar::Opaque);
    opaque.filter_map(|kind| match kind.place {
        Place::Folder(path) => path.strip_prefix("etc/portage/").filter(|rest| !rest.contains('/')),
        _ => None,
    })
}

/// How a file without entries is said.
pub(super) fn without_entries(kind: &file::Kind, header: &str) -> String {
    match kind.place {
        Place::Link(_) => format!(
            "say it with `[file.\"{header}\"]` and `link`; what a folder holds has headers of its own: \
             `[\"{header}/parent\"]`"
        ),
        _ => format!("say it with `[file.\"{header}\"]` and `text`"),
    }
}

/// The entries a layer says of one file.
#[derive(Clone, Debug)]
pub(super) struct Section {
    /// As written: `make.conf`, `package.use/x`, `/etc/fstab`; may hold parameters.
    pub header: String,
    pub span: Span,
    pub comment: Comment,
    pub entries: Nodes,
}

/// What a layer, a root of it or a variant of it says.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    pub extends: Vec<Node>,
    pub param: Nodes,
    pub files: Nodes,
    pub sections: Vec<Section>,
    pub roots: Vec<(String, Span, Part)>,
    pub variants: Vec<(String, Span, Part)>,
    pub check: Nodes,
    pub steps: Nodes,
    pub overlays: Nodes,
    pub target: Option<(Nodes, Span)>,
    pub at: Option<(String, Span)>,
    pub version: Option<(i64, Span)>,
}

/// What kind of part is read: which words it may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Scope {
    Layer,
    Root,
    Variant,
}

/// Sorts the nodes of a layer into words and sections.
pub(super) fn part(nodes: Nodes, scope: Scope, report: &mut Report) -> Part {
    let mut part = Part::default();
    for (name, node) in nodes {
        let word = WORDS.contains(&name.as_str()) || (name == "at" && scope == Scope::Root);
        if word {
            read_word(&mut part, &name, node, scope, report);
        } else if name.contains('/') {
            section(&mut part, name, node, report);
        } else {
            join(&mut part, name, node, report);
        }
    }
    part
}

fn read_word(part: &mut Part, name: &str, node: Node, scope: Scope, report: &mut Report) {
    let (span, key_span) = (node.span, node.key_span);
    match (name, node.value) {
        ("spec", NodeValue::Integer(version, _)) => part.version = Some((version, span)),
        ("at", NodeValue::String(text)) => part.at = Some((text, span)),
        ("extends", NodeValue::Array(items)) => part.extends = items,
        ("param", NodeValue::Table(table)) => part.param = table,
        ("file", NodeValue::Table(table)) => part.files = table,
        ("check", NodeValue::Table(table)) => part.check = table,
        ("step", NodeValue::Table(table)) => part.steps = table,
        ("root" | "variant", NodeValue::Table(_))
            if (scope, name) != (Scope::Layer, name) && !(scope == Scope::Variant && name == "root") =>
        {
            at(report, &code::S022, key_span, format!("`{name}` cannot stand here"))
                .set_help(format!("write `[{name}.NAME]` at the top of a layer"));
        }
        ("root", NodeValue::Table(table)) => part.roots = named(table, Scope::Root, report),
        ("variant", NodeValue::Table(table)) => part.variants = named(table, Scope::Variant, report),
        ("overlay", NodeValue::Table(table)) => part.overlays = table,
        ("target", NodeValue::Table(table)) => {
            part.target = Some((table, key_span));
        }
        (_, value) => {
            let wanted = match name {
                "spec" => "`spec = 1`",
                "at" => "`at = \"HOST:/PATH\"`",
                "extends" => "`extends = [\"…\"]`",
                _ => "a table",
            };
            let found = Node { value, span, key_span, comment: Comment::default() };
            let text = match &found.value {
                NodeValue::String(text) if name == "extends" => {
                    Some(format!("write `extends = [\"{text}\"]`"))
                }
                _ => None,
            };
            if name == "spec" {
                part.version = Some((1, span));
            }
            at(report, &code::S008, span, format!("{wanted} is wanted, not {}", found.type_name())).help =
                text;
        }
    }
}

fn named(table: Nodes, scope: Scope, report: &mut Report) -> Vec<(String, Span, Part)> {
    let mut all = Vec::new();
    for (name, node) in table {
        let good = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
        match node.value {
            NodeValue::Table(nodes) if good && !name.is_empty() && !name.starts_with('.') => {
                all.push((name, node.key_span, part(nodes, scope, report)));
            }
            _ => {
                at(
                    report,
                    &code::S008,
                    node.key_span,
                    format!("`{name}` should be a table with a plain name"),
                );
            }
        }
    }
    all
}

fn section(part: &mut Part, header: String, node: Node, report: &mut Report) {
    match node.value {
        NodeValue::Table(entries) => {
            part.sections.push(Section { header, span: node.key_span, comment: node.comment, entries });
        }
        _ => {
            let help = format!("write its entries below `[\"{header}\"]`");
            let message = format!("`{header}` is a file, not {}", node.type_name());
            at(report, &code::S008, node.span, message).set_help(help);
        }
    }
}

/// The names of plain files directly below `etc/portage`.
fn plain_names() -> impl Iterator<Item = &'static str> {
    file::kinds().iter().filter_map(|kind| match kind.place {
        Place::File(path) | Place::FileOrFolder(path) | Place::Link(path) => {
            path.strip_prefix("etc/portage/").filter(|rest| !rest.contains('/'))
        }
        _ => None,
    })
}

/// TOML splits a bare `[make.conf]` at its dot: joins leading keys until they make a known name, longest first.
fn join(part: &mut Part, prefix: String, node: Node, report: &mut Report) {
    let known = plain_names().any(|name| name == prefix);
    let longer = |joined: &str| {
        plain_names().any(|name| {
            name.strip_prefix(joined).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    };
    let NodeValue::Table(children) = node.value else {
        if prefix == "at" {
            at(report, &code::S022, node.key_span, "`at` belongs to a root")
                .set_help("write `[root.NAME]` above it");
        } else if known {
            section(part, prefix, node, report);
        } else {
            unknown(&prefix, &node, report);
        }
        return;
    };
    if !known && !longer(&prefix) {
        unknown(&prefix, &Node { value: NodeValue::Table(children), ..node }, report);
        return;
    }
    let mut own = Nodes::new();
    for (name, child) in children {
        let joined = format!("{prefix}.{name}");
        if longer(&joined) && matches!(child.value, NodeValue::Table(_)) {
            join(part, joined, child, report);
        } else if known && is_file_name(&prefix, &name, &child) {
            let in_profile = format!("profile/{joined}");
            let right = match file::named(&in_profile) {
                Some(_) => in_profile,
                None => format!("{prefix}/{name}"),
            };
            at(report, &code::S005, child.key_span, format!("`{joined}` is no file and no word of a spec"))
                .set_help(format!("write `[\"{right}\"]`"));
        } else if known {
            own.insert(name, child);
        } else if plain_names().any(|name| name == joined) {
            section(part, joined, child, report);
        } else {
            unknown(&joined, &child, report);
        }
    }
    // `[package]` alone only opens the way to `[package.use]`.
    if known {
        section(part, prefix, Node { value: NodeValue::Table(own), ..node }, report);
    }
}

/// Whether what stands below a file of atoms was meant to be a file of a folder: `[package.use.grub]`.
fn is_file_name(prefix: &str, name: &str, node: &Node) -> bool {
    let atoms = file::named(prefix).is_some_and(|kind| match kind.grammar {
        file::Grammar::Rules(dialect) => dialect.atoms.is_some(),
        file::Grammar::Items(dialect) => matches!(dialect.words, file::ItemWords::Atoms(_)),
        _ => false,
    });
    let edits = |table: &Nodes| table.keys().all(|key| matches!(key.as_str(), "add" | "remove" | "literal"));
    atoms && !name.contains(['/', '@', '*']) && node.table().is_some_and(|table| !edits(table))
}

fn unknown(name: &str, node: &Node, report: &mut Report) {
    let help = if opaque_folders().any(|folder| folder == name) {
        Some(format!("this is a folder: say its files with `[file.\"{name}/…\"]` and `text`"))
    } else {
        suggestion(name, node).or_else(|| {
            Some(format!(
                "a file of no kind is said with `[file.\"{name}\"]`, other paths in quotes: `[\"…/{name}\"]`"
            ))
        })
    };
    let found = at(report, &code::S005, node.key_span, format!("`{name}` is no file and no word of a spec"));
    found.help = help;
}

/// What was probably meant by a header that is none.
fn suggestion(name: &str, node: &Node) -> Option<String> {
    let mut chain = vec![name.to_owned()];
    let mut here = node;
    while let Some(table) = here.table()
        && let Some((key, only)) = table.first()
        && table.len() == 1
        && only.table().is_some()
    {
        chain.push(key.clone());
        here = only;
    }
    let dotted = chain.join(".");
    for folder in ["env", "profile", "sets"].into_iter().chain(opaque_folders()) {
        if let Some(rest) = dotted.strip_prefix(folder).and_then(|rest| rest.strip_prefix('.')) {
            if opaque_folders().any(|opaque| opaque == folder) {
                return Some(format!("write `[file.\"{folder}/{rest}\"]` with `text`"));
            }
            if folder != "profile" {
                return Some(format!("write `[\"{folder}/{rest}\"]`"));
            }
            let names = file::kinds().iter().filter_map(|kind| match kind.place {
                Place::File(path) | Place::FileOrFolder(path) => path.strip_prefix("etc/portage/profile/"),
                _ => None,
            });
            let longest = names
                .filter(|known| rest.strip_prefix(known).is_some_and(|r| r.is_empty() || r.starts_with('.')))
                .max_by_key(|known| known.len())?;
            let rest = rest.strip_prefix(longest).unwrap_or_default();
            return Some(match rest.strip_prefix('.') {
                Some(file) => format!("write `[\"profile/{longest}/{file}\"]`"),
                None => format!("write `[\"profile/{longest}\"]`"),
            });
        }
    }
    for prefix in ["etc", "etc/default", "var/lib/portage"] {
        for name in [dotted.as_str(), name] {
            if RelPath::parse(&format!("{prefix}/{name}")).is_ok_and(|path| file::find(&path).is_some()) {
                return Some(format!("did you mean `[\"/{prefix}/{name}\"]`?"));
            }
        }
    }
    for plain in plain_names() {
        if let Some(file) = dotted.strip_prefix(plain).and_then(|rest| rest.strip_prefix('.')) {
            return Some(format!("write `[\"{plain}/{file}\"]`"));
        }
    }
    let words: Vec<&str> = WORDS.into_iter().chain(plain_names()).chain(opaque_folders()).collect();
    let near = nearest(&dotted, words.iter().copied()).or_else(|| nearest(name, words.iter().copied()));
    let bare = |near: &str| matches!(near, "spec" | "extends");
    near.map(|near| if bare(near) { format!("`{near}`") } else { format!("`[{near}]`") })
        .map(|near| format!("did you mean {near}?"))
        .or_else(|| {
            file::nearest(&format!("etc/portage/{dotted}"))
                .map(|near| format!("did you mean `[\"{near}\"]`?"))
        })
}

/// What to write instead of a layer's word, or a path, inside a section.
pub(super) fn misplaced(kind: &file::Kind, name: &str, node: &Node) -> Option<String> {
    let closed = match kind.grammar {
        file::Grammar::Vars(dialect) => dialect == file::VarsDialect::Getconfig,
        file::Grammar::Rules(dialect) => dialect.atoms.is_some(),
        file::Grammar::Items(dialect) => matches!(dialect.words, file::ItemWords::Atoms(_)),
        _ => false,
    };
    if !closed {
        return None;
    }
    if WORDS.contains(&name) {
        return Some(match node.value {
            NodeValue::Table(_) => format!("write `[{name}]`, or `[{name}.…]`, as a header of its own"),
            _ => "move it above the first header".to_owned(),
        });
    }
    let is_path = node.table().is_some() && !name.contains("@{");
    let known = is_path.then(|| path(name).ok()).flatten().and_then(|path| file::find(&path));
    known.map(|_| format!("write `[\"{name}\"]` as a header of its own"))
}

/// The nearest known name.
pub(super) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    crate::vocab::nearest(word, known)
}

/// A header as a path from the root.
pub(crate) fn path(header: &str) -> Result<RelPath, String> {
    let (rest, prefix) = match header.strip_prefix('/') {
        Some(rest) => (rest, ""),
        None => (header, "etc/portage/"),
    };
    // The rest first, so that `..` is reported and not the prefix's doing.
    RelPath::parse(rest).map_err(|error| error.kind.to_string())?;
    RelPath::parse(&format!("{prefix}{rest}")).map_err(|error| error.kind.to_string())
}

/// A path from the root as a header.
pub(crate) fn header(path: &RelPath) -> String {
    match path.below("etc/portage") {
        Some(rest) if !rest.is_empty() => rest.to_owned(),
        _ => format!("/{path}"),
    }
}
