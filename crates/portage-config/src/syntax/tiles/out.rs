//! The text under construction.

use super::line::{Line, part};

/// Lines put one behind the other.
pub(super) struct Out<'t> {
    text: &'t [u8],
    newline: &'t [u8],
    bytes: Vec<u8>,
    /// Whether the last line has no terminator.
    open: bool,
    /// Whether the last line is a comment that belongs to nothing that follows.
    loose: bool,
}

impl<'t> Out<'t> {
    /// An empty text; new lines end as the first of `text` does.
    pub(super) fn new(text: &'t [u8], first: Option<Line>) -> Self {
        let newline = first
            .filter(|line| line.terminated)
            .map(|line| part(text, line.end..line.next))
            .filter(|end| !end.is_empty())
            .unwrap_or(b"\n");
        Self { text, newline, bytes: Vec::with_capacity(text.len()), open: false, loose: false }
    }

    fn close(&mut self) {
        if self.open {
            self.bytes.extend_from_slice(self.newline);
            self.open = false;
        }
    }

    /// A line of the text as it is.
    pub(super) fn keep(&mut self, line: Line) {
        self.change(part(self.text, line.content()), line);
    }

    /// A line of the text with another content.
    pub(super) fn change(&mut self, content: &[u8], line: Line) {
        self.close();
        self.bytes.extend_from_slice(content);
        self.bytes.extend_from_slice(part(self.text, line.end..line.next));
        self.open = !line.terminated;
        self.loose = false;
    }

    /// A new line.
    pub(super) fn line(&mut self, content: &[u8]) {
        self.close();
        self.bytes.extend_from_slice(content);
        self.bytes.extend_from_slice(self.newline);
        self.loose = false;
    }

    /// Says that the comment written last belongs to nothing that follows.
    pub(super) fn loosen(&mut self) {
        self.loose = true;
    }

    /// Keeps a loose comment from becoming that of the next entry.
    pub(super) fn part_from_comment(&mut self) {
        if self.loose {
            self.line(b"");
        }
    }

    /// The text.
    pub(super) fn finish(self) -> Vec<u8> {
        self.bytes
    }
}
