//! Users and groups of a root: its own passwd(5) and group(5), never those of the running system.

use super::{Root, RootError};
use crate::tree::Node;
use crate::vocab::RelPath;

impl Root {
    /// The number of a user, as the root's own `etc/passwd` has it; `None` where it knows no such user.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn user_id(&self, name: &str) -> Result<Option<u32>, RootError> {
        self.id("etc/passwd", name)
    }

    /// The number of a group, as the root's own `etc/group` has it; `None` where it knows no such group.
    ///
    /// ```
    /// use portage_config::root::Root;
    /// let dir = tempfile::tempdir()?;
    /// std::fs::create_dir(dir.path().join("etc"))?;
    /// std::fs::write(dir.path().join("etc/group"), "root:x:0:root\nportage:x:250:portage,larry\n")?;
    /// let root = Root::open(dir.path())?;
    /// assert_eq!(root.group_id("portage")?, Some(250));
    /// assert_eq!(root.group_id("larry")?, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn group_id(&self, name: &str) -> Result<Option<u32>, RootError> {
        self.id("etc/group", name)
    }

    /// The third field of the first line with that name. A number that is none, or the one that stands for nobody in
    /// chown(2), is no answer.
    fn id(&self, file: &str, name: &str) -> Result<Option<u32>, RootError> {
        let path = RelPath::parse(file).map_err(|e| RootError::new(file, std::io::Error::other(e)))?;
        let Some(Node::File { bytes, .. }) = self.read_through(&path)? else { return Ok(None) };
        let line = bytes.0.split(|byte| *byte == b'\n').find(|line| {
            let mut fields = line.split(|byte| *byte == b':');
            !name.is_empty() && fields.next() == Some(name.as_bytes())
        });
        let number = line.and_then(|line| line.split(|byte| *byte == b':').nth(2));
        let number = number
            .and_then(|number| std::str::from_utf8(number).ok())
            .filter(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()));
        Ok(number.and_then(|number| number.parse().ok()).filter(|id| *id != u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn root(group: &[u8]) -> (tempfile::TempDir, Root) {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("etc")).unwrap();
        std::fs::write(dir.path().join("etc/group"), group).unwrap();
        std::fs::write(
            dir.path().join("etc/passwd"),
            "portage:x:251:250:portage:/var/tmp/portage:/bin/false\n",
        )
        .unwrap();
        let root = Root::open(dir.path()).unwrap();
        (dir, root)
    }

    #[test]
    fn the_first_line_of_the_name_counts() {
        let (_dir, root) = root(b"root:x:0:\nportagex:x:1:\nportage:x:250:a,b\nportage:x:7:\n");
        assert_eq!(root.group_id("portage").unwrap(), Some(250));
        assert_eq!(root.group_id("nobody").unwrap(), None);
        assert_eq!(root.user_id("portage").unwrap(), Some(251));
    }

    #[test]
    fn what_is_no_number_is_no_answer() {
        for text in [
            &b"portage:x:-1:\n"[..],
            b"portage:x:4294967295:\n",
            b"portage:x:99999999999999999999:\n",
            b"portage:x:+5:\n",
            b"portage:x: 5:\n",
            b"portage:x::\n",
            b"portage\n",
            b":x:5:\n",
            b"\xff\x00:\xff:\n\n\n",
            b"portage:x:\xff:\n",
            b"",
        ] {
            let (_dir, root) = root(text);
            assert_eq!(root.group_id("portage").unwrap(), None, "{}", text.escape_ascii());
            assert_eq!(root.group_id("").unwrap(), None);
        }
    }

    #[test]
    fn links_stay_inside_and_devices_are_not_opened() {
        let (dir, root) = root(b"");
        let group = dir.path().join("etc/group");
        std::fs::remove_file(&group).unwrap();
        assert_eq!(root.group_id("root").unwrap(), None, "no file");
        symlink("/../../../../etc/group", &group).unwrap();
        root.group_id("root").unwrap_err();
        std::fs::remove_file(&group).unwrap();
        symlink("/etc/passwd", &group).unwrap();
        assert_eq!(root.group_id("portage").unwrap(), Some(251), "the root's own passwd");
        std::fs::remove_file(&group).unwrap();
        std::fs::create_dir(&group).unwrap();
        assert_eq!(root.group_id("root").unwrap(), None, "a folder");
    }
}
