//! The files that Portage reads, wherever they come from: a machine's root, a repository given by hand, a tree that is
//! not written yet.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

use crate::root::{Look, Root, RootError};
use crate::syntax::lines;
use crate::tree::{Node, Tree};
use crate::vocab::RelPath;

/// A line of a file, or the assignment that begins in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineId {
    pub(super) file: u32,
    pub(super) line: u32,
}

/// The place of a line, for people.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Place {
    /// The path, from the machine's `/`.
    pub path: String,
    /// The line, from 1.
    pub line: u32,
    /// What stands there, without the blanks at its ends.
    pub text: String,
}

/// A file that was read.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) id: u32,
    pub(super) path: String,
    pub(super) bytes: Vec<u8>,
    said: OnceLock<Vec<Said>>,
}

/// A line: its number, and its words before a comment.
pub(super) type Said = (u32, Vec<Box<str>>);

impl Text {
    /// The lines that say something.
    pub(super) fn said(&self) -> &[Said] {
        self.said.get_or_init(|| lines::said(&self.bytes))
    }

    pub(super) fn at(&self, line: u32) -> LineId {
        LineId { file: self.id, line }
    }
}

/// Folders of version control, which Portage does not enter.
const VCS: [&str; 7] = ["CVS", "RCS", "SCCS", ".bzr", ".git", ".hg", ".svn"];

/// As many links as a path may lead through.
const MAX_LINKS: usize = 40;

/// The files below a machine's `/`.
///
/// A repository given by hand lies at the place that the machine knows it by; a tree that is not written yet lies over
/// what is there. Links are followed as the machine would follow them. What was read is kept.
#[derive(Debug)]
pub struct Files {
    /// From the longest path to the shortest.
    mounts: Vec<(String, Option<Root>)>,
    over: BTreeMap<String, Option<Node>>,
    cache: Mutex<Cache>,
}

#[derive(Debug, Default)]
struct Cache {
    by_path: HashMap<String, Option<Arc<Text>>>,
    texts: Vec<Arc<Text>>,
    lists: HashMap<String, Arc<Vec<String>>>,
    folders: HashMap<String, Option<String>>,
    errors: Vec<RootError>,
}

/// What is at a path, links followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Dir,
}

impl Files {
    /// The files of a machine; of none, nothing but what is added lies there.
    pub fn new(root: Option<Root>) -> Self {
        Self { mounts: vec![("/".to_owned(), root)], over: BTreeMap::new(), cache: Mutex::default() }
    }

    /// Puts a folder at a path of the machine.
    #[must_use]
    pub fn mounted(mut self, path: &str, root: Root) -> Self {
        self.mounts.push((normal(path), Some(root)));
        self.mounts.sort_by_key(|(path, _)| std::cmp::Reverse(path.len()));
        // What was found not to be there may be there.
        self.cache = Mutex::default();
        self
    }

    /// Lays a tree over what is there; paths without a node are taken away.
    #[must_use]
    pub fn with(mut self, tree: &Tree, absent: impl IntoIterator<Item = RelPath>) -> Self {
        for path in absent {
            self.over.insert(format!("/{path}"), None);
        }
        for (path, node) in &tree.nodes {
            for folder in path.ancestors() {
                self.over.entry(format!("/{folder}")).or_insert(Some(Node::Dir { mode: 0o755 }));
            }
            self.over.insert(format!("/{path}"), Some(node.clone()));
        }
        self
    }

    /// What could not be read; those files count as not there.
    pub fn take_errors(&self) -> Vec<RootError> {
        std::mem::take(&mut self.cache().errors)
    }

    /// The place of a line.
    pub fn place(&self, line: LineId) -> Option<Place> {
        let text = self.cache().texts.get(usize::try_from(line.file).ok()?)?.clone();
        let index = usize::try_from(line.line).ok()?.checked_sub(1)?;
        let whole = String::from_utf8_lossy(&text.bytes);
        let said = whole.split('\n').nth(index).unwrap_or_default().trim().to_owned();
        Some(Place { path: text.path.clone(), line: line.line, text: said })
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// The folder that a path lies in, and the path inside it.
    pub(super) fn below(&self, path: &str) -> Option<(&Root, Option<RelPath>)> {
        let (at, root) = self.mounts.iter().find(|(at, _)| is_below(path, at))?;
        let inner = path.get(at.len()..)?.trim_start_matches('/');
        Some((root.as_ref()?, if inner.is_empty() { None } else { Some(RelPath::parse(inner).ok()?) }))
    }

    /// What is at a path whose folders are no links.
    fn look(&self, path: &str) -> Option<Look> {
        if let Some(over) = self.over.get(path) {
            return over.as_ref().map(|node| match node {
                Node::File { bytes, .. } => Look::File(u64::try_from(bytes.0.len()).unwrap_or(u64::MAX)),
                Node::Symlink { target } => Look::Link(target.clone()),
                Node::Dir { .. } => Look::Dir,
            });
        }
        if self.mounts.iter().any(|(at, _)| at != "/" && is_below(at, path)) {
            return Some(Look::Dir);
        }
        let (root, inner) = self.below(path)?;
        let Some(inner) = inner else { return Some(Look::Dir) };
        match root.look(&inner, false) {
            Ok(look) => look,
            Err(error) => {
                self.cache().errors.push(error);
                None
            }
        }
    }

    /// The path without links, dots and doubled slashes: Python's `realpath`. `None` where nothing is there.
    pub(super) fn real(&self, path: &str) -> Option<String> {
        self.resolve(path, &mut 0).map(|(path, _)| path)
    }

    fn resolve(&self, path: &str, links: &mut usize) -> Option<(String, Look)> {
        let path = normal(path);
        let Some((folder, name)) = path.rsplit_once('/').filter(|(_, name)| !name.is_empty()) else {
            return Some(("/".to_owned(), Look::Dir));
        };
        let folder = self.folder(folder, links)?;
        let here = format!("{}/{name}", folder.trim_end_matches('/'));
        match self.look(&here)? {
            Look::Link(target) => {
                *links += 1;
                if *links > MAX_LINKS {
                    return None;
                }
                let target = if target.starts_with('/') { target } else { format!("{folder}/{target}") };
                self.resolve(&target, links)
            }
            look => Some((here, look)),
        }
    }

    /// The real path of a folder.
    fn folder(&self, path: &str, links: &mut usize) -> Option<String> {
        if path.is_empty() {
            return Some("/".to_owned());
        }
        if let Some(known) = self.cache().folders.get(path) {
            return known.clone();
        }
        let found = self.resolve(path, links).filter(|(_, look)| *look == Look::Dir).map(|(path, _)| path);
        self.cache().folders.insert(path.to_owned(), found.clone());
        found
    }

    /// What is there, links followed.
    pub(super) fn kind(&self, path: &str) -> Option<Kind> {
        match self.resolve(path, &mut 0)?.1 {
            Look::File(_) => Some(Kind::File),
            Look::Dir => Some(Kind::Dir),
            _ => None,
        }
    }

    /// A file; `None` where there is none.
    pub(super) fn text(&self, path: &str) -> Option<Arc<Text>> {
        let path = normal(path);
        if let Some(known) = self.cache().by_path.get(&path) {
            return known.clone();
        }
        let bytes = self.bytes(&path);
        let mut cache = self.cache();
        let text = bytes.map(|bytes| {
            let id = u32::try_from(cache.texts.len()).unwrap_or(u32::MAX);
            Arc::new(Text { id, path: path.clone(), bytes, said: OnceLock::new() })
        });
        cache.texts.extend(text.clone());
        cache.by_path.insert(path, text.clone());
        text
    }

    /// The bytes of a file that is not kept.
    pub(super) fn bytes(&self, path: &str) -> Option<Vec<u8>> {
        let (real, Look::File(_)) = self.resolve(path, &mut 0)? else { return None };
        if let Some(Some(Node::File { bytes, .. })) = self.over.get(&real) {
            return Some(bytes.0.clone());
        }
        let (root, inner) = self.below(&real)?;
        match root.read(&inner?) {
            Ok(Some(Node::File { bytes, .. })) => Some(bytes.0),
            Ok(_) => None,
            Err(error) => {
                self.cache().errors.push(error);
                None
            }
        }
    }

    /// The names in a folder, in the order of their characters; none where there is no folder.
    pub(super) fn list(&self, path: &str) -> Arc<Vec<String>> {
        let path = normal(path);
        if let Some(known) = self.cache().lists.get(&path) {
            return known.clone();
        }
        let names = Arc::new(self.names(&path).unwrap_or_default());
        self.cache().lists.insert(path, names.clone());
        names
    }

    fn names(&self, path: &str) -> Option<Vec<String>> {
        let real = self.folder(path, &mut 0)?;
        let mut names: Vec<String> = match self.below(&real) {
            Some((root, inner)) => match root.list(inner.as_ref()) {
                Ok(found) => {
                    let found = found.unwrap_or_default();
                    found.into_iter().filter_map(|name| name.into_string().ok()).collect()
                }
                Err(error) => {
                    self.cache().errors.push(error);
                    Vec::new()
                }
            },
            None => Vec::new(),
        };
        let prefix = if real == "/" { real } else { format!("{real}/") };
        for (path, node) in
            self.over.range(prefix.clone()..).take_while(|(path, _)| path.starts_with(&prefix))
        {
            let Some(name) = path.get(prefix.len()..).filter(|name| !name.contains('/')) else { continue };
            names.retain(|other| other != name);
            if node.is_some() {
                names.push(name.to_owned());
            }
        }
        names.sort_unstable();
        Some(names)
    }

    /// The files that Portage reads for a path that may be a file or a folder: `_recursive_file_list`.
    pub(super) fn walk(&self, path: &str, recursive: bool) -> Vec<Arc<Text>> {
        if !recursive {
            return self.text(path).into_iter().collect();
        }
        let mut found = Vec::new();
        let mut open = vec![normal(path)];
        let mut steps = 0;
        while let Some(path) = open.pop() {
            steps += 1;
            if steps > 1_000_000 || path.len() > 4096 {
                break;
            }
            let name = path.rsplit('/').next().unwrap_or_default();
            if name.starts_with('.') || name.ends_with('~') {
                continue;
            }
            match self.kind(&path) {
                Some(Kind::Dir) if !VCS.contains(&name) => {
                    open.extend(self.list(&path).iter().rev().map(|name| format!("{path}/{name}")));
                }
                Some(Kind::File) => found.extend(self.text(&path)),
                _ => {}
            }
        }
        found
    }
}

/// Whether a path is a folder, or lies in it.
pub(super) fn is_below(path: &str, folder: &str) -> bool {
    folder == "/" || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A path as Portage's `normalize_path` makes it: absolute, without dots and doubled slashes.
pub(super) fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}
