//! From files to a spec: the way back.
//!
//! A file of a kind with entries becomes a table where nothing is lost: what the table builds is what the file
//! reads as, and what Portage finds wrong with the file it finds wrong with what is written from the table. Where
//! something would be lost (an atom in two lines, `source`, a line that cannot be read), the file is said as `text`,
//! with the reason above it. Files without entries stay files, of a folder that is a layer below the spec; so do, of
//! the kinds that have some, those that are not UTF-8, and those that would be text and are very long or hold
//! credentials. Links, folders that are empty and modes other than the usual are said with `[file]`.
//!
//! Comments above and behind entries are comments there in the spec; those between entries stand by themselves, with
//! a blank line below. Credentials become parameters, whose values lie in files of their own.

mod carry;
mod entries;
mod remarks;
mod secret;
mod spell;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::file::{self, Kind};
use crate::report::{Code, Diagnostic, Key, Report, Spot};
use crate::syntax;
use crate::tree::{Node, Tree};
use crate::vocab::{RelPath, Text};

/// What a tree of files became.
#[derive(Debug)]
#[non_exhaustive]
pub struct Imported {
    /// The text of the spec.
    pub spec: String,
    /// The files that stay files: what lies in the folder `NAME.d`, by path from the root.
    pub tree: Tree,
    /// The secrets that were found, by the name of their file in the folder `NAME.secrets`.
    pub secrets: BTreeMap<String, Text>,
    /// Each file and link, in the order of paths.
    pub files: Vec<Carried>,
    /// Whether the spec holds what was not for everybody to read, or the folder credentials: both should then be
    /// their owner's alone.
    pub private: bool,
}

/// One file of an import.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Carried {
    /// Its path.
    pub path: RelPath,
    /// Its kind, if it is a known one.
    pub kind: Option<&'static Kind>,
    /// How it is said.
    pub how: How,
    /// Why it is no table.
    pub reason: Option<String>,
    /// Its lines that are neither blank nor comments, where it is of a kind with entries.
    pub lines: usize,
    /// How many of them are no entry.
    pub unknown: usize,
}

/// How a file is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// As entries of the spec.
    Entries,
    /// As `text` in the spec.
    Text,
    /// As a link or a folder, in the spec.
    Node,
    /// As a file of the folder `NAME.d`, which is a layer below the spec.
    File,
}

impl How {
    /// `entries`, `text`, `node` or `file`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Entries => "entries",
            Self::Text => "text",
            Self::Node => "node",
            Self::File => "file",
        }
    }
}

/// The kinds whose files packages install or programs write: read when they are named.
const INSTALLED: [&str; 13] = [
    "conf.d",
    "distcc.hosts",
    "dnsmasq.conf",
    "dnsmasq.d",
    "grub-cfg",
    "initiatorname.iscsi",
    "inittab",
    "mdev.conf",
    "nbd-server",
    "runlevel",
    "systemd",
    "systemd-preset",
    "tmpfiles.d",
];

/// The paths that an import reads when nobody says which: what Portage reads, and the files of known kinds beside it
/// that people write. Files that packages install or programs write
/// (`etc/conf.d`, systemd's units, `etc/inittab`, GRUB's menu) are left out.
pub fn import_paths() -> Vec<RelPath> {
    let mut paths: Vec<&str> = vec!["etc/portage", "etc/make.conf", "etc/make.profile"];
    for kind in file::kinds() {
        let path = match kind.place {
            file::Place::File(path)
            | file::Place::FileOrFolder(path)
            | file::Place::Folder(path)
            | file::Place::Link(path)
            | file::Place::Ending(path, _) => path,
            file::Place::Named => continue,
        };
        if !INSTALLED.contains(&kind.name) && !path.starts_with("etc/portage/") {
            paths.push(path);
        }
    }
    let mut paths: Vec<RelPath> = paths.into_iter().filter_map(|path| RelPath::parse(path).ok()).collect();
    paths.sort();
    paths.dedup();
    paths
}

/// Makes a spec of a tree of files.
///
/// `name` is what the spec's file is called without its ending: the folder of files is `NAME.d`, that of secrets
/// `NAME.secrets`, both beside it. What the readers find wrong with the files goes to `report`, and so does each
/// file that is not said as entries although its kind has them.
///
/// ```
/// use portage_config::{config::Bytes, report::Report, spec, tree::{Node, Tree}, vocab::RelPath};
/// let mut tree = Tree::new();
/// let text = "# required by the desk\napp-editors/vim  -X   python\n";
/// let file = Node::File { bytes: Bytes(text.into()), mode: 0o644 };
/// tree.insert(RelPath::parse("etc/portage/package.use/editors")?, file);
/// let imported = spec::import(&tree, "desk", &mut Report::new());
/// assert_eq!(imported.spec, "\
/// spec = 1
///
/// [\"package.use/editors\"]
/// ## required by the desk
/// \"app-editors/vim\" = \"-X python\"
/// ");
/// # Ok::<(), portage_config::vocab::PathError>(())
/// ```
pub fn import(tree: &Tree, name: &str, report: &mut Report) -> Imported {
    let mut importer = Importer {
        name,
        named: named(tree),
        imported: Imported {
            spec: String::new(),
            tree: Tree::new(),
            secrets: BTreeMap::new(),
            files: Vec::with_capacity(tree.nodes.len()),
            private: false,
        },
        params: String::new(),
        places: file::kinds().iter().enumerate().map(|(place, kind)| (kind.name, place)).collect(),
        report,
    };
    let mut chunks: Vec<(usize, &RelPath, String)> = Vec::with_capacity(tree.nodes.len());
    let mut nodes = tree.nodes.iter().peekable();
    while let Some((path, node)) = nodes.next() {
        let is_empty = nodes.peek().is_none_or(|(next, _)| next.below(path.as_str()).is_none());
        if let Some(chunk) = importer.node(path, node, tree, is_empty) {
            let kind = importer.imported.files.last().and_then(|carried| carried.kind);
            chunks.push((importer.rank(path, kind), path, chunk));
        }
    }
    chunks.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
    let mut spec = "spec = 1\n".to_owned();
    if !importer.imported.tree.nodes.is_empty() {
        spec.push_str("# files without entries: patches, scripts, what belongs to other programs\n");
        let folder = syntax::toml::string(&format!("{name}.d"));
        spec.push_str(&format!("extends = [{{ tree = {folder}, at = \"/\" }}]\n"));
    }
    spec.push_str(&importer.params);
    spec.reserve(chunks.iter().map(|(.., chunk)| chunk.len() + 1).sum());
    for (.., chunk) in chunks {
        spec.push('\n');
        spec.push_str(&chunk);
    }
    importer.imported.spec = spec;
    importer.imported
}

/// Whether a link points to something that is imported, as far as its text tells.
fn leads_into(path: &RelPath, target: &str, tree: &Tree) -> bool {
    let folder = path.parent().filter(|_| !target.starts_with('/'));
    let mut steps: Vec<&str> = folder.iter().flat_map(|folder| folder.as_str().split('/')).collect();
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(steps.pop()),
            step => steps.push(step),
        }
    }
    RelPath::parse(&steps.join("/")).is_ok_and(|target| tree.nodes.contains_key(&target))
}

/// The files below `env/` that package.env names.
fn named(tree: &Tree) -> HashSet<String> {
    let mut named = HashSet::new();
    for (path, node) in &tree.nodes {
        if let Node::File { bytes, .. } = node
            && path.below("etc/portage").is_some_and(|rest| rest.starts_with("package.env"))
            && let Some(kind) = file::find(path).filter(|kind| kind.name == "package.env")
        {
            let model = syntax::read(&kind.grammar, &bytes.0, &mut Report::new().file(path));
            named.extend(file::env::named(model));
        }
    }
    named
}

struct Importer<'a> {
    name: &'a str,
    named: HashSet<String>,
    imported: Imported,
    /// The parameters that secrets became.
    params: String,
    /// Each kind's place in the order in which a person reads.
    places: HashMap<&'static str, usize>,
    report: &'a mut Report,
}

impl Importer<'_> {
    /// What the spec says of a node, if it is said there.
    fn node(&mut self, path: &RelPath, node: &Node, tree: &Tree, is_empty: bool) -> Option<String> {
        let mut carried =
            Carried { path: path.clone(), kind: None, how: How::Node, reason: None, lines: 0, unknown: 0 };
        let chunk = match node {
            Node::Symlink { target } => {
                carried.kind = file::find(path);
                if carried.kind.is_some_and(|kind| !matches!(kind.place, file::Place::Link(_)))
                    && !leads_into(path, target, tree)
                {
                    let message = format!("what `{path}` points to is not in the spec");
                    self.tell(&F024, path, message)
                        .set_help("import the file behind it as well, or put it in the place of the link");
                }
                let target = spell::value(target);
                Some(format!("{}link = {target}\n", spell::file_header(path)))
            }
            Node::Dir { mode: 0o755 } if !is_empty => return None,
            Node::Dir { mode } => {
                let mode = if *mode == 0o755 { String::new() } else { spell::mode(*mode) };
                Some(format!("{}dir = true\n{mode}", spell::file_header(path)))
            }
            Node::File { bytes, mode } => self.file(path, &bytes.0, *mode, &mut carried),
        };
        self.imported.files.push(carried);
        chunk
    }

    /// Where a file stands in the spec: make.conf, make.profile, repositories, package.*, and so on.
    fn rank(&self, path: &RelPath, kind: Option<&'static Kind>) -> usize {
        if path.name() == "make.profile" {
            return 1;
        }
        let place = kind.or_else(|| file::find(path)).and_then(|kind| self.places.get(kind.name));
        place.map_or(usize::MAX, |place| place * 2)
    }

    /// Leaves a file a file.
    fn keep(&mut self, path: &RelPath, bytes: &[u8], mode: u32) {
        self.imported.private |= std::str::from_utf8(bytes).is_ok_and(secret::is_in);
        let bytes = crate::config::Bytes(bytes.to_vec());
        self.imported.tree.insert(path.clone(), Node::File { bytes, mode });
    }

    fn tell(&mut self, code: &'static Code, path: &RelPath, message: String) -> &mut Diagnostic {
        let spot = Spot { path: Some(path.clone()), key: Key::file(), word: None, span: None };
        self.report.push(Diagnostic::new(code, spot, message));
        let last = self.report.diagnostics.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "the line above put it there")]
        &mut self.report.diagnostics[last]
    }
}

/// A file said as text although its kind has entries.
static F020: Code = Code::hint(
    "F020",
    "said-as-text",
    "Entries would lose something here: order, a repetition, a line that cannot be read. As text the file keeps every \
     byte; it is parsed and checked all the same, and later layers can still change its entries.",
    "docs/spec.md",
);

/// A file that stays a file although its kind has entries.
static F021: Code = Code::hint(
    "F021",
    "kept-as-file",
    "TOML is UTF-8, and strings of a spec are for people to read. Other bytes, and very long texts, stay files of the \
     folder that is a layer.",
    "https://toml.io/en/v1.0.0",
);

/// A secret.
static F022: Code = Code::hint(
    "F022",
    "secret-moved",
    "Credentials do not belong in a text that is shown, compared and kept in repositories: the spec names a parameter, \
     and the value lies in a file of its own that only its owner can read.",
    "docs/spec.md",
);

/// Credentials that everybody can read.
static F023: Code = Code::warning(
    "F023",
    "readable-secret",
    "The file holds credentials, and its mode lets everybody on the machine read them.",
    "chmod(1)",
);

/// A link out of what is imported.
static F024: Code = Code::hint(
    "F024",
    "link-not-followed",
    "Portage reads the file that a link points to. A spec says the link and not that file: on another machine it is \
     missing, unless it is imported, too.",
    "lib/portage/util/__init__.py, _recursive_file_list",
);

/// All codes of this module.
pub(crate) static CODES: [&Code; 5] = [&F020, &F021, &F022, &F023, &F024];
