//! Trees of files in memory.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::config::Bytes;
use crate::report::Code;
use crate::vocab::{RelPath, unescape};

/// A tree of files: what a configuration renders to, or what was read from a root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// The nodes, by path. Folders above a node need not be listed.
    pub nodes: BTreeMap<RelPath, Node>,
}

/// A node of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// A file.
    File {
        /// Its content.
        bytes: Bytes,
        /// Its permission bits.
        mode: u32,
    },
    /// A folder that is wanted for itself, or with another mode than 0o755.
    Dir {
        /// Its permission bits.
        mode: u32,
    },
    /// A symbolic link.
    Symlink {
        /// Its target, verbatim; bytes that no text can show are spelled as in [`RelPath`].
        target: String,
    },
}

impl Node {
    /// The bytes of a link's target.
    pub fn target_bytes(&self) -> Option<Vec<u8>> {
        match self {
            Self::Symlink { target } => Some(unescape(target)),
            Self::File { .. } | Self::Dir { .. } => None,
        }
    }

    /// `file`, `dir` or `symlink`.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::File { .. } => "file",
            Self::Dir { .. } => "dir",
            Self::Symlink { .. } => "symlink",
        }
    }
}

/// Two nodes that cannot both be: one lies below the other, which is no folder.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Clash {
    /// The file or link.
    pub above: RelPath,
    /// What would lie below it.
    pub below: RelPath,
    /// Whether `above` is a link.
    pub link: bool,
}

impl Tree {
    /// An empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a node in; the one that was there is returned.
    pub fn insert(&mut self, path: RelPath, node: Node) -> Option<Node> {
        self.nodes.insert(path, node)
    }

    /// The nodes that lie below a file or a link of the tree.
    pub fn clashes(&self) -> Vec<Clash> {
        let mut clashes = Vec::new();
        for below in self.nodes.keys() {
            for above in below.ancestors() {
                let link = match self.nodes.get(&above) {
                    Some(Node::File { .. }) => false,
                    Some(Node::Symlink { .. }) => true,
                    Some(Node::Dir { .. }) | None => continue,
                };
                clashes.push(Clash { above, below: below.clone(), link });
            }
        }
        clashes
    }

    /// The whole tree as one text that is always the same for the same tree: for snapshots. A file's lines are
    /// indented, bytes that are no text are escaped. Secrets are in it.
    ///
    /// ```
    /// use portage_config::{config::Bytes, tree::{Node, Tree}, vocab::RelPath};
    /// let mut tree = Tree::new();
    /// let file = Node::File { bytes: Bytes(b"USE=\"nbd\"\n".to_vec()), mode: 0o644 };
    /// tree.insert(RelPath::parse("etc/portage/make.conf")?, file);
    /// let link = Node::Symlink { target: "/var/db/repos/gentoo".into() };
    /// tree.insert(RelPath::parse("etc/portage/make.profile")?, link);
    /// assert_eq!(tree.to_text(), "\
    /// etc/portage/make.conf 0644
    ///     USE=\"nbd\"
    /// etc/portage/make.profile -> /var/db/repos/gentoo
    /// ");
    /// # Ok::<(), portage_config::vocab::PathError>(())
    /// ```
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        for (path, node) in &self.nodes {
            // Writing to a string cannot fail.
            let _ = match node {
                Node::Symlink { target } => writeln!(out, "{path} -> {target}"),
                Node::Dir { mode } => writeln!(out, "{path}/ {mode:04o}"),
                Node::File { bytes, mode } => {
                    let _ = writeln!(out, "{path} {mode:04o}");
                    content(&mut out, &bytes.0);
                    Ok(())
                }
            };
        }
        out
    }
}

fn content(out: &mut String, bytes: &[u8]) {
    let mut rest = bytes;
    while !rest.is_empty() {
        let end = rest.iter().position(|b| *b == b'\n');
        let (line, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after.get(1..).unwrap_or_default();
        let start = out.len();
        out.push_str("    ");
        for chunk in line.utf8_chunks() {
            for c in chunk.valid().chars() {
                match c {
                    '\t' => out.push(c),
                    c if c.is_control() => out.extend(c.escape_default()),
                    c => out.push(c),
                }
            }
            for byte in chunk.invalid() {
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
        if line.is_empty() {
            out.truncate(start);
        }
        out.push('\n');
        if end.is_none() {
            out.push_str("\\ no newline at the end\n");
        }
    }
}

/// Two entries of a configuration that cannot both be written.
pub(crate) const F001: Code = Code::error(
    "F001",
    "file-and-folder",
    "A path is a file or a folder. Portage reads one or the other, and a tree can hold only one.",
    "portage(5)",
);

/// A path that would be written through a link.
pub(crate) const F002: Code = Code::error(
    "F002",
    "below-a-link",
    "What lies below a symbolic link lies somewhere else: in the link's target, which belongs to somebody else.",
    "path_resolution(7)",
);

/// A path that cannot be read.
pub(crate) const F003: Code = Code::error(
    "F003",
    "unreadable-path",
    "What cannot be read cannot be compared, and is not touched.",
    "path_resolution(7)",
);

/// A name that no text can show.
pub(crate) const F004: Code = Code::warning(
    "F004",
    "odd-name",
    "A name that is no UTF-8 or holds control characters is read by Portage like any other, and hard to type and to \
     see. It is spelled with `\\xHH`.",
    "lib/portage/util/__init__.py, _recursive_file_list",
);

/// Two paths of one file.
pub(crate) const F006: Code = Code::error(
    "F006",
    "same-place",
    "A link makes one file of two paths. What is written at the one is changed again at the other.",
    "path_resolution(7)",
);

/// Something in a folder that is named as a whole.
pub(crate) const F007: Code = Code::hint(
    "F007",
    "unnamed",
    "Portage reads all files of a folder, also those that a spec does not name: left from earlier, they go on to hold. \
     Nothing is removed that was not written by this program.",
    "portage(5)",
);

/// All codes of this module.
pub(crate) static CODES: &[&Code] = &[&F001, &F002, &F003, &F004, &F006, &F007];

#[cfg(test)]
mod tests {
    use super::*;

    fn rel(path: &str) -> RelPath {
        RelPath::parse(path).unwrap()
    }

    fn file(bytes: &[u8]) -> Node {
        Node::File { bytes: Bytes(bytes.to_vec()), mode: 0o600 }
    }

    #[test]
    fn a_text_shows_modes_ends_and_odd_bytes() {
        let mut tree = Tree::new();
        tree.insert(rel("a"), file(b"x\n\n\ty\x07\xff\n"));
        tree.insert(rel("b"), file(b"no end"));
        tree.insert(rel("c"), file(b""));
        tree.insert(rel("d"), Node::Dir { mode: 0o750 });
        insta::assert_snapshot!(tree.to_text(), @r"
        a 0600
            x

            	y\u{7}\xff
        b 0600
            no end
        \ no newline at the end
        c 0600
        d/ 0750
        ");
    }

    #[test]
    fn nothing_lies_below_a_file_or_a_link() {
        let mut tree = Tree::new();
        tree.insert(rel("a"), file(b""));
        tree.insert(rel("a/b/c"), file(b""));
        tree.insert(rel("d"), Node::Symlink { target: "/".into() });
        tree.insert(rel("d/e"), file(b""));
        tree.insert(rel("f"), Node::Dir { mode: 0o755 });
        tree.insert(rel("f/g"), file(b""));
        let clashes = tree.clashes();
        assert_eq!(
            clashes,
            [
                Clash { above: rel("a"), below: rel("a/b/c"), link: false },
                Clash { above: rel("d"), below: rel("d/e"), link: true },
            ]
        );
    }
}
