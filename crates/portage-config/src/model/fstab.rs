//! Mounts: fstab(5).

use super::{Comment, pairwise, says};
use crate::vocab::Text;

/// A file of mounts, in order: mount(8) goes from top to bottom.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fstab {
    /// The comment at the head of the file.
    pub header: Vec<String>,
    /// The rows.
    pub mounts: Vec<Mount>,
}

/// One row of six fields, escapes resolved.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mount {
    /// What is mounted: a device, `UUID=…`, `host:/dir`.
    pub source: Text,
    /// Where: an absolute path, or `none` for swap.
    pub target: String,
    /// The file system type, `swap`, or `none`.
    pub fstype: String,
    /// The options; one may hold credentials (`password=…` of cifs).
    pub options: Vec<Text>,
    /// The fifth field: whether dump(8) saves it. 0 when absent.
    pub dump: u32,
    /// The sixth field: the order of fsck(8). 0 when absent.
    pub pass: u32,
    /// Its comment.
    pub comment: Comment,
}

impl Mount {
    /// Whether both say the same, comments aside.
    pub fn same(&self, other: &Self) -> bool {
        let texts = |a: &[Text], b: &[Text]| pairwise(a, b, |a, b| a.reveal() == b.reveal());
        self.source.reveal() == other.source.reveal()
            && self.target == other.target
            && self.fstype == other.fstype
            && texts(&self.options, &other.options)
            && self.dump == other.dump
            && self.pass == other.pass
    }

    /// Whether it is swap space.
    pub fn is_swap(&self) -> bool {
        self.fstype == "swap"
    }
}

impl Fstab {
    pub(super) fn satisfied_by(&self, disk: &Self) -> bool {
        says(&disk.header, &self.header)
            && pairwise(&self.mounts, &disk.mounts, |a, b| a.same(b) && a.comment.within(&b.comment))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.mounts.is_empty()
    }

    pub(super) fn holds_secret(&self) -> bool {
        self.mounts.iter().any(|m| m.source.holds_secret() || m.options.iter().any(Text::holds_secret))
    }
}
