//! Files of lines in folders, and the place where they stand while they are asked about.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One line, and what it is an example of; a line without examples holds the tree together and is never taken out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) features: Vec<&'static str>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Entry {
    File { lines: Vec<Line>, end: &'static str },
    Link(String),
}

pub(crate) type Root = BTreeMap<String, Entry>;

/// Folders by their names (`config` and the repositories), and the calling environment.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tree {
    pub(crate) roots: BTreeMap<&'static str, Arc<Root>>,
    pub(crate) env: Vec<(&'static str, Line)>,
}

/// Where a line stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Spot {
    Env(usize),
    Line { root: &'static str, path: String, index: usize },
}

/// In texts of files and links: the folder in which all the roots are.
pub(crate) const PLACE: &str = "@PLACE@";

/// Adds a line to a file, which begins with it if it is not there.
pub(crate) fn add(root: &mut Root, path: &str, text: impl Into<String>, features: &[&'static str]) {
    let new = || Entry::File { lines: Vec::new(), end: "\n" };
    if let Entry::File { lines, .. } = root.entry(path.to_owned()).or_insert_with(new) {
        lines.push(Line { text: text.into(), features: features.to_vec() });
    }
}

impl Tree {
    /// All lines that may be taken out.
    pub(crate) fn spots(&self) -> Vec<Spot> {
        let env = (0..self.env.len()).map(Spot::Env);
        let lines = self.roots.iter().flat_map(|(root, files)| {
            files.iter().flat_map(|(path, entry)| {
                let lines = match entry {
                    Entry::File { lines, .. } => lines.as_slice(),
                    Entry::Link(_) => &[],
                };
                let may = lines.iter().enumerate().filter(|(_, line)| !line.features.is_empty());
                may.map(|(index, _)| Spot::Line { root, path: path.clone(), index })
            })
        });
        env.chain(lines).collect()
    }

    pub(crate) fn line(&self, spot: &Spot) -> &Line {
        match spot {
            Spot::Env(index) => &self.env[*index].1,
            Spot::Line { root, path, index } => match &self.roots[root][path] {
                Entry::File { lines, .. } => &lines[*index],
                Entry::Link(_) => unreachable!("links have no lines"),
            },
        }
    }

    /// A file without lines goes as well.
    pub(crate) fn without(&self, spots: &[Spot]) -> Self {
        let mut tree = self.clone();
        let mut last_first = spots.to_vec();
        last_first.sort();
        for spot in last_first.into_iter().rev() {
            match spot {
                Spot::Env(index) => drop(tree.env.remove(index)),
                Spot::Line { root, path, index } => {
                    let files = Arc::make_mut(tree.roots.get_mut(root).unwrap());
                    if let Some(Entry::File { lines, .. }) = files.get_mut(&path) {
                        lines.remove(index);
                        if lines.is_empty() {
                            files.remove(&path);
                        }
                    }
                }
            }
        }
        tree
    }

    /// What `keep` names, for a reader.
    pub(crate) fn show(&self, keep: impl Fn(&str, &str) -> bool) -> String {
        let mut text = String::new();
        for (name, line) in &self.env {
            writeln!(text, "environment {name}={:?}", line.text).unwrap();
        }
        for (root, files) in &self.roots {
            for (path, entry) in files.iter().filter(|(path, _)| keep(root, path)) {
                match entry {
                    Entry::Link(to) => writeln!(text, "--- {root}/{path} -> {to}").unwrap(),
                    Entry::File { lines, end } => {
                        let end = if *end == "\n" { "" } else { " (CRLF)" };
                        writeln!(text, "--- {root}/{path}{end}").unwrap();
                        lines.iter().for_each(|line| writeln!(text, "{}", line.text.escape_debug()).unwrap());
                    }
                }
            }
        }
        text
    }
}

/// A folder in which trees follow each other; only what differs is written anew.
pub(crate) struct Place {
    folder: PathBuf,
    temporary: Option<tempfile::TempDir>,
    written: BTreeMap<&'static str, Arc<Root>>,
}

impl Place {
    pub(crate) fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        let temporary = folder.unwrap();
        Self { folder: temporary.path().to_owned(), temporary: Some(temporary), written: BTreeMap::new() }
    }

    /// Leaves the folder behind, for questions by hand, and says where it is.
    pub(crate) fn keep(mut self) -> PathBuf {
        self.temporary.take().map(tempfile::TempDir::keep).unwrap_or_default()
    }

    pub(crate) fn of(&self, root: &str) -> PathBuf {
        self.folder.join(root)
    }

    pub(crate) fn write(&mut self, tree: &Tree) {
        let gone: Vec<_> =
            self.written.keys().copied().filter(|root| !tree.roots.contains_key(root)).collect();
        for root in gone {
            self.written.remove(root);
            fs::remove_dir_all(self.of(root)).unwrap();
        }
        for (root, files) in &tree.roots {
            let old = self.written.insert(root, Arc::clone(files)).unwrap_or_default();
            if Arc::ptr_eq(&old, files) {
                continue;
            }
            let folder = self.of(root);
            let same = |path: &String| old.get(path) == files.get(path);
            for path in old.keys().filter(|path| !same(path)) {
                remove(&folder, path);
            }
            for (path, entry) in files.iter().filter(|(path, _)| !same(path)) {
                self.put(&folder.join(path), entry);
            }
        }
    }

    fn put(&self, path: &Path, entry: &Entry) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let place = self.folder.to_str().unwrap();
        match entry {
            Entry::Link(to) => symlink(to.replace(PLACE, place), path).unwrap(),
            Entry::File { lines, end } => {
                let text: String = lines.iter().map(|line| format!("{}{end}", line.text)).collect();
                fs::write(path, text.replace(PLACE, place)).unwrap();
            }
        }
    }
}

/// With the folders that are empty afterwards: a folder means something where a file may stand as well.
fn remove(root: &Path, path: &str) {
    let path = root.join(path);
    fs::remove_file(&path).unwrap();
    for folder in path.ancestors().skip(1).take_while(|folder| *folder != root) {
        if fs::remove_dir(folder).is_err() {
            break;
        }
    }
}
