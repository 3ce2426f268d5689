//! A change as text.

use std::fmt::Write as _;
use std::time::Duration;

use similar::TextDiff;

use super::Change;
use crate::tree::Node;

impl Change {
    /// The text before and after, as `diff -u` shows them; secrets are hidden, control characters escaped.
    pub fn unified(&self) -> String {
        let mut out = String::new();
        let name = |side: char, node: &Option<Node>| match node {
            Some(_) => format!("{side}/{}", self.path),
            None => "/dev/null".to_owned(),
        };
        let (old, new) = (name('a', &self.before), name('b', &self.after));
        let kind = |node: &Option<Node>| node.as_ref().map(Node::type_name);
        let mode = |node: &Option<Node>| match node {
            Some(Node::File { mode, .. } | Node::Dir { mode }) => Some(*mode),
            _ => None,
        };
        // Writing to a string cannot fail.
        if let (Some(a), Some(b)) = (mode(&self.before), mode(&self.after))
            && a != b
            && kind(&self.before) == kind(&self.after)
        {
            let _ = writeln!(out, "old mode {a:04o}\nnew mode {b:04o}");
        }
        if let (Some(before), Some(after)) = (self.lines(&self.before), self.lines(&self.after)) {
            if before != after {
                let diff = TextDiff::configure().timeout(Duration::from_secs(2)).diff_lines(&before, &after);
                let _ = write!(out, "{}", diff.unified_diff().header(&old, &new));
            } else if bytes(&self.before) != bytes(&self.after) {
                let _ = writeln!(out, "--- {old}\n+++ {new}\nonly what is hidden differs");
            }
        } else {
            let _ = writeln!(out, "--- {old}\n+++ {new}\nthe text is hidden: it holds a secret");
        }
        out
    }

    /// The text of a side; `None`: not to be shown.
    fn lines(&self, node: &Option<Node>) -> Option<String> {
        let text = match node {
            None => return Some(String::new()),
            Some(Node::Dir { .. }) => "a folder\n".to_owned(),
            Some(Node::Symlink { target }) => format!("a link to {target}\n"),
            Some(Node::File { bytes, .. }) => self.hidden.shown(&String::from_utf8_lossy(&bytes.0))?,
        };
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                '\n' | '\t' => out.push(c),
                c if c.is_control() => out.extend(c.escape_default()),
                c => out.push(c),
            }
        }
        Some(out)
    }
}

fn bytes(node: &Option<Node>) -> &[u8] {
    match node {
        Some(Node::File { bytes, .. }) => &bytes.0,
        _ => &[],
    }
}
