//! Files of several kinds: what a spec says of them first and next, and what somebody makes of them.

/// A file that a spec names.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) path: &'static str,
    /// As a spec spells the path.
    pub(crate) key: &'static str,
    /// The content, in a section of a spec.
    pub(crate) first: &'static str,
    pub(crate) next: &'static str,
    /// What somebody makes of the file that `first` gives.
    pub(crate) edited: &'static str,
    /// The same, with other comments and another layout.
    pub(crate) layout: &'static str,
    /// Another path.
    pub(crate) other: &'static str,
    /// A file below the path, if it may be a folder.
    pub(crate) inner: Option<&'static str>,
    /// A file above the path, if that may be a file.
    pub(crate) outer: Option<&'static str>,
    /// What is there before the first run.
    pub(crate) before: &'static [(&'static str, &'static str)],
}

impl Kind {
    /// A section with content.
    pub(crate) fn section(&self, key: &str, body: &str) -> String {
        match body.strip_prefix('=') {
            Some(attributes) => format!("[file.\"{key}\"]\n{attributes}"),
            None => format!("[\"{key}\"]\n{body}"),
        }
    }

    pub(crate) fn attribute(&self, attribute: &str) -> String {
        format!("[file.\"{}\"]\n{attribute}\n", self.key)
    }
}

pub(crate) const KINDS: &[Kind] = &[
    Kind {
        name: "rules",
        path: "etc/portage/package.use",
        key: "package.use",
        first: "\"a/b\" = \"c\"\n\"a/k\" = \"k\"\n",
        next: "\"a/b\" = \"c d\"\n\"a/n\" = \"n\"\n",
        edited: "a/b c mine\na/k k\nx/y z\n",
        layout: "# why\na/b   c\n\na/k k\n",
        other: "package.use/zz",
        inner: Some("package.use/a"),
        outer: None,
        before: &[],
    },
    Kind {
        name: "rules in a folder",
        path: "etc/portage/package.use/a",
        key: "package.use/a",
        first: "\"a/b\" = \"c\"\n\"a/k\" = \"k\"\n",
        next: "\"a/b\" = \"c d\"\n\"a/n\" = \"n\"\n",
        edited: "a/b c mine\na/k k\nx/y z\n",
        layout: "# why\na/b   c\n\na/k k\n",
        other: "package.use/b",
        inner: Some("package.use/a/b"),
        outer: Some("package.use"),
        before: &[],
    },
    Kind {
        name: "variables",
        path: "etc/portage/make.conf",
        key: "make.conf",
        first: "USE = \"a b\"\nMAKEOPTS = \"-j1\"\n",
        next: "USE = \"a c\"\nMAKEOPTS = \"-j1\"\n",
        edited: "USE='a b'\nMAKEOPTS='-j9'\nMINE='x'\n",
        layout: "# why\nUSE=\"a b\"\n\nMAKEOPTS=-j1\n",
        other: "/etc/make.conf",
        inner: Some("make.conf/a"),
        outer: None,
        before: &[],
    },
    Kind {
        name: "sections",
        path: "etc/portage/repos.conf/r",
        key: "repos.conf/r",
        first: "r.location = \"/r\"\nr.auto-sync = true\n",
        next: "r.location = \"/s\"\nr.auto-sync = true\n",
        edited: "[r]\nlocation = /r\nauto-sync = yes\nsync-depth = 1\n\n[mine]\nlocation = /mine\n",
        layout: "# why\n[r]\nlocation=/r\nauto-sync=true\n",
        other: "repos.conf/s",
        inner: None,
        outer: Some("repos.conf"),
        before: &[],
    },
    Kind {
        name: "text",
        path: "etc/motd",
        key: "/etc/motd",
        first: "=text = \"one\\ntwo\\nthree\\n\"\n",
        next: "=text = \"one\\ntwo\\nfour\\n\"\n",
        edited: "mine\none\ntwo\nthree\n",
        layout: "one\ntwo\nthree\n\n",
        other: "/etc/issue",
        inner: Some("/etc/motd/a"),
        outer: None,
        before: &[],
    },
    Kind {
        name: "a link",
        path: "etc/portage/make.profile",
        key: "make.profile",
        first: "=link = \"/one\"\n",
        next: "=link = \"/two\"\n",
        edited: "->/mine",
        layout: "->../../one",
        other: "/etc/make.profile",
        inner: None,
        outer: None,
        before: &[],
    },
    Kind {
        name: "entries",
        path: "var/lib/portage/world",
        key: "/var/lib/portage/world",
        first: "\"a/b\" = true\n\"a/k\" = true\n",
        next: "\"a/b\" = true\n\"a/n\" = true\n",
        edited: "app-misc/mine\na/b\nx/y\n",
        layout: "a/k\napp-misc/mine\n\na/b\n",
        other: "",
        inner: None,
        outer: None,
        before: &[("var/lib/portage/world", "app-misc/mine\n")],
    },
    Kind {
        name: "entries of rules",
        path: "etc/portage/package.use",
        key: "package.use",
        first: "\"a/b\" = \"c\"\n\"a/k\" = \"k\"\n[file.\"package.use\"]\nown = \"entries\"\n",
        next: "\"a/b\" = \"c d\"\n\"a/n\" = \"n\"\n[file.\"package.use\"]\nown = \"entries\"\n",
        edited: "m/m mine\na/b -c\na/k -k\n",
        layout: "# why\nm/m mine\na/k   k\na/b c\n",
        other: "package.use/zz",
        inner: Some("package.use/a"),
        outer: None,
        before: &[("etc/portage/package.use", "m/m mine\n")],
    },
];
