//! What both sides want, merged, or written down for somebody to settle it.

use std::fmt::Display;

use similar::TextMerge;

use super::OverlayError;
use super::record::folder;
use super::update::Run;
use crate::root::Root;
use crate::tree::Node;
use crate::vocab::RelPath;

impl Run<'_> {
    /// What both sides want, for somebody to settle it; or what somebody made of it. A settlement is one of these three
    /// texts (base, ours, theirs), whose digest stands below `.digests/`. What somebody wrote is never written over.
    pub(super) fn conflict(
        &mut self,
        name: &str,
        sides: [&[u8]; 3],
        text: Vec<u8>,
        why: &str,
    ) -> Result<Option<Vec<u8>>, OverlayError> {
        let folder = folder(&self.fork.cpn, &self.fork.version);
        let path = format!("{folder}/conflict/{name}");
        let note = format!("{folder}/conflict/.digests/{name}");
        let of = digest(&sides);
        let (known, written) = noted(self.overlay.root(), &note)?;
        let why = match self.overlay.root().read(&RelPath::parse(&path)?)? {
            Some(Node::File { bytes, .. }) if known == of => {
                if !is_marked(&bytes.0) {
                    return Ok(Some(bytes.0));
                }
                why.to_owned()
            }
            Some(Node::File { bytes, .. }) if written == digest(&[&bytes.0]) => {
                self.write_down(&path, &note, &of, text)?;
                why.to_owned()
            }
            Some(_) => format!(
                "{why}; what stands there is of another version, and is not written over: move it away, and update again"
            ),
            None => {
                self.write_down(&path, &note, &of, text)?;
                why.to_owned()
            }
        };
        self.conflicts.push((path, why));
        Ok(None)
    }

    fn write_down(&mut self, path: &str, note: &str, of: &str, text: Vec<u8>) -> Result<(), OverlayError> {
        let digests = format!("{of}\n{}\n", digest(&[&text]));
        self.changes.file(note, digests.into_bytes())?;
        self.changes.file(path, text)?;
        Ok(())
    }
}

/// The digests of the texts that a conflict is of, and of what was written down of it.
pub(super) fn noted(root: &Root, note: &str) -> Result<(String, String), OverlayError> {
    let noted = match root.read(&RelPath::parse(note)?)? {
        Some(Node::File { bytes, .. }) => String::from_utf8_lossy(&bytes.0).into_owned(),
        _ => String::new(),
    };
    let (known, written) = noted.trim_end().split_once('\n').unwrap_or_default();
    Ok((known.to_owned(), written.to_owned()))
}

/// BLAKE2B of texts, each with its length.
pub(super) fn digest(texts: &[&[u8]]) -> String {
    let mut state = blake2b_simd::State::new();
    for text in texts {
        state.update(&(text.len() as u64).to_le_bytes()).update(text);
    }
    state.finalize().to_hex().to_string()
}

fn is_marked(text: &[u8]) -> bool {
    text.split(|b| *b == b'\n').any(|line| line.starts_with(b"<<<<<<< ") || line.starts_with(b">>>>>>> "))
}

/// The bytes of a file, or a link's target.
pub(super) fn raw(node: &Node) -> Vec<u8> {
    match node {
        Node::File { bytes, .. } => bytes.0.clone(),
        node => node.target_bytes().unwrap_or_default(),
    }
}

/// Merges by lines; the text, with marks where both sides changed the same, and whether there are none.
pub(super) fn merge(base: &[u8], ours: &[u8], theirs: &[u8]) -> (Vec<u8>, bool) {
    let (Ok(base), Ok(one), Ok(other)) =
        (std::str::from_utf8(base), std::str::from_utf8(ours), std::str::from_utf8(theirs))
    else {
        let whole: [&[u8]; 5] = [b"<<<<<<< ours\n", ours, b"\n=======\n", theirs, b"\n>>>>>>> theirs\n"];
        return match () {
            () if ours == theirs || base == ours => (theirs.to_vec(), true),
            () if base == theirs => (ours.to_vec(), true),
            () => (whole.concat(), false),
        };
    };
    let merged = TextMerge::from_lines(base, one, other);
    (merged.to_string().into_bytes(), !merged.is_conflicted())
}

/// A text that says at its head what is to be done to it.
pub(super) fn marked(text: Vec<u8>, error: &dyn Display) -> Vec<u8> {
    [
        format!("<<<<<<< {error}\n=======\n>>>>>>> remove these three lines when it is done\n").into_bytes(),
        text,
    ]
    .concat()
}
