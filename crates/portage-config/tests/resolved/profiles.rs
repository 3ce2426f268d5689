//! Profiles of repositories, what stands beside them for a whole repository, and the profile of the user.

use crate::draw::Draw;
use crate::packages::Version;
use crate::tree::{Entry, Root, add};
use crate::words::{self, EXPANDED, Forms, IMPLICIT, PROFILE, RESTRICT, USER};

/// Where lines are written to: a folder of profiles.
pub(crate) struct Node<'a> {
    pub(crate) draw: &'a mut Draw,
    pub(crate) versions: &'a [Version],
    pub(crate) root: &'a mut Root,
    pub(crate) folder: String,
    /// Atoms of package.mask and packages so far, to be taken back.
    pub(crate) masks: &'a mut Vec<String>,
    pub(crate) whose: Whose,
    /// How often each file exists, of a hundred.
    pub(crate) often: usize,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Whose {
    Profile,
    Repository,
    User,
}

/// The names of features by file, for each of the three.
macro_rules! named {
    ($whose:expr, $file:literal) => {
        match $whose {
            Whose::Profile => concat!("profile: ", $file),
            Whose::Repository => concat!("repository: ", $file),
            Whose::User => concat!("user profile: ", $file),
        }
    };
}

impl Node<'_> {
    fn path(&self, file: &str) -> String {
        format!("{}/{file}", self.folder)
    }

    fn put(&mut self, file: &str, text: String, features: &[&'static str]) {
        // A user's file may be a folder, and so may those of profiles with the formats that are drawn here.
        let kind = file.split('/').next().unwrap_or_default();
        let folder = format!("{}/", self.path(kind));
        let path = if self.root.keys().any(|path| path.starts_with(&folder)) && !file.contains('/') {
            let name = *self.draw.pick(&["10-first", "last"]);
            format!("{folder}{name}")
        } else {
            self.path(file)
        };
        add(self.root, &path, text, features);
    }

    fn forms(&mut self) -> Forms {
        // What the reader does not take is a mistake that is worth a line now and then.
        let more = if self.whose == Whose::User { 30 } else { 3 };
        if self.draw.percent(more) { USER } else { PROFILE }
    }

    /// Everything that a profile may hold.
    pub(crate) fn fill(&mut self) {
        self.flags();
        self.package_flags();
        self.masks();
        self.keywords();
        if self.often() {
            self.defaults();
        }
        if self.whose != Whose::Repository {
            self.bashrc();
            self.packages();
        }
    }

    fn often(&mut self) -> bool {
        self.draw.percent(self.often)
    }

    fn wanted(&mut self, file: &str, usual: usize) -> bool {
        // What a repository says for stable versions only is seldom the last word.
        let rare = self.whose == Whose::Repository && file.ends_with("use.stable") && usual == 100;
        rare || (self.often() && self.draw.percent(usual))
    }

    /// How often there are files that only the newest EAPI knows, or none at all.
    fn stable(&self) -> usize {
        let nine = match self.root.get(&self.path("eapi")) {
            Some(Entry::File { lines, .. }) => lines.iter().any(|line| line.text == "9"),
            _ => self.whose == Whose::User,
        };
        if nine { 100 } else { 4 }
    }

    fn flags(&mut self) {
        let whose = self.whose;
        let stable = self.stable();
        for (file, feature, usual) in [
            ("use.mask", named!(whose, "use.mask"), 100),
            ("use.force", named!(whose, "use.force"), 100),
            ("use.stable.mask", named!(whose, "use.stable.mask"), 80),
            ("use.stable.force", named!(whose, "use.stable.force"), 80),
            ("use.stable", named!(whose, "use.stable"), stable),
        ] {
            if !self.wanted(file, usual) {
                continue;
            }
            for _ in 0..self.draw.between(1, 2) {
                let flag = words::signed(self.draw, &[], 35);
                self.put(file, flag, &[feature]);
            }
        }
    }

    fn package_flags(&mut self) {
        let whose = self.whose;
        let stable = self.stable();
        for (file, feature, usual) in [
            ("package.use", named!(whose, "package.use"), 100),
            ("package.use.mask", named!(whose, "package.use.mask"), 100),
            ("package.use.force", named!(whose, "package.use.force"), 100),
            ("package.use.stable.mask", named!(whose, "package.use.stable.mask"), 80),
            ("package.use.stable.force", named!(whose, "package.use.stable.force"), 80),
            ("package.use.stable", named!(whose, "package.use.stable"), stable),
        ] {
            if !self.wanted(file, usual) {
                continue;
            }
            for _ in 0..self.draw.between(1, 3) {
                let forms = self.forms();
                let (atom, form, version) = words::atom(self.draw, self.versions, forms);
                let mut flags = words::flags(self.draw, &version.iuse, 35);
                let mut features = vec![feature, form];
                if whose == Whose::User && self.draw.percent(15) {
                    let (name, values) = *self.draw.pick(EXPANDED);
                    flags = format!("{flags} {name}: {}", self.draw.pick(values));
                    features.push("user profile: NAME:");
                } else if self.draw.percent(3) {
                    flags = format!("{flags} -* +{flags} b@d!");
                    features.push("mistake: flags of a profile");
                }
                self.put(file, format!("{atom} {flags}"), &features);
            }
        }
    }

    fn masks(&mut self) {
        let whose = self.whose;
        for (file, feature, back) in [
            ("package.mask", named!(whose, "package.mask"), named!(whose, "package.mask -atom")),
            ("package.unmask", named!(whose, "package.unmask"), named!(whose, "package.unmask -atom")),
        ] {
            if !self.often() {
                continue;
            }
            for _ in 0..self.draw.between(1, 3) {
                if self.draw.percent(35) && !self.masks.is_empty() {
                    let atom = self.draw.pick(self.masks).clone();
                    if file == "package.unmask" && self.draw.percent(35) {
                        // Taken back at once, so that a mask holds.
                        self.put("package.mask", atom.clone(), &[]);
                        self.put(file, atom.clone(), &[feature]);
                        self.put(file, format!("-{atom}"), &[back]);
                        continue;
                    }
                    let minus = if self.draw.percent(60) { "-" } else { "" };
                    let feature = if minus.is_empty() { feature } else { back };
                    self.put(file, format!("{minus}{atom}"), &[feature]);
                    continue;
                }
                let forms = self.forms();
                let (atom, form, _) = words::atom(self.draw, self.versions, forms);
                self.masks.push(atom.clone());
                self.put(file, atom.clone(), &[feature, form]);
                if self.draw.percent(15) {
                    self.put(file, format!("-{atom}"), &[back]);
                }
            }
        }
    }

    fn keywords(&mut self) {
        let whose = self.whose;
        if whose != Whose::Repository && self.often() {
            let (atom, form, _) = words::atom(self.draw, self.versions, PROFILE);
            let words = *self.draw.pick(&[
                "amd64",
                "~amd64",
                "-amd64",
                "-~amd64 amd64",
                "-*",
                "x86",
                "~*",
                "-* ~x86",
            ]);
            self.put(
                "package.keywords",
                format!("{atom} {words}"),
                &[named!(whose, "package.keywords"), form],
            );
        }
        if whose != Whose::Repository && self.often() {
            let (atom, form, _) = words::atom(self.draw, self.versions, PROFILE);
            let (words, feature) = words::keywords(self.draw);
            let features = [named!(whose, "package.accept_keywords"), form, feature];
            self.put("package.accept_keywords", format!("{atom} {words}"), &features);
        }
    }

    /// Assignments; those that hold all together are in the first profile.
    fn defaults(&mut self) {
        let (whose, file) = (self.whose, "make.defaults");
        let feature = named!(whose, "make.defaults");
        for _ in 0..self.draw.between(1, 4) {
            let (name, values) = *self.draw.pick(EXPANDED);
            let value = *self.draw.pick(values);
            let (text, own) = match self.draw.below(14) {
                0..=3 => {
                    let flags = words::flags(self.draw, &[], 30);
                    (format!("USE=\"{flags}\""), "make.defaults: USE")
                }
                4 => ("USE=\"-* ssl pam\"".to_owned(), "make.defaults: USE -*"),
                5 | 6 => {
                    let sign = if self.draw.percent(25) { "-" } else { "" };
                    (format!("{name}=\"{sign}{value}\""), "make.defaults: USE_EXPAND")
                }
                7 => ("CFLAGS=\"${CFLAGS} -fdefault\"".to_owned(), "make.defaults: ${CFLAGS}"),
                8 => ("CUSTOM=\"${ARCH}-${CHOST}\"".to_owned(), "make.defaults: ${ARCH}"),
                9 => {
                    let word = self.draw.pick(words::FEATURES);
                    (format!("FEATURES=\"{word} -nostrip\""), "make.defaults: FEATURES")
                }
                10 => (words::licenses(self.draw), "make.defaults: ACCEPT_LICENSE"),
                11 => {
                    let (words, _) = words::accepted(self.draw, RESTRICT, &[]);
                    (format!("ACCEPT_RESTRICT=\"{words}\""), "make.defaults: ACCEPT_RESTRICT")
                }
                12 if whose != Whose::Repository => {
                    let variables = [
                        "ELIBC=\"musl\"",
                        "IUSE_IMPLICIT=\"prefix-guest -prefix\"",
                        "USE_EXPAND_IMPLICIT=\"-KERNEL\"",
                        "USE_EXPAND_VALUES_ELIBC=\"musl\"",
                        "USE_EXPAND_HIDDEN=\"L10N\"",
                        "USE_EXPAND=\"-L10N\"",
                        "ACCEPT_KEYWORDS=\"~x86\"",
                        "PROFILE_ONLY_VARIABLES=\"CUSTOM\"",
                        "USE_ORDER=\"env:conf:pkg:defaults:pkginternal:features:repo:env.d\"",
                    ];
                    ((*self.draw.pick(&variables)).to_owned(), "make.defaults: what profiles are made of")
                }
                _ => ("LDFLAGS=\"-Wl,-O1\"".to_owned(), "make.defaults: LDFLAGS"),
            };
            self.put(file, text, &[feature, own]);
        }
    }

    fn bashrc(&mut self) {
        let whose = self.whose;
        if self.draw.percent(self.often / 3) {
            add(self.root, &self.path("profile.bashrc"), ":", &[named!(whose, "profile.bashrc")]);
        }
        if self.draw.percent(self.often / 2) {
            let forms = self.forms();
            let (atom, form, _) = words::atom(self.draw, self.versions, forms);
            let name = *self.draw.pick(&["one.sh", "two.sh", "missing.sh"]);
            self.put("package.bashrc", format!("{atom} {name}"), &[named!(whose, "package.bashrc"), form]);
            if name != "missing.sh" && !self.root.contains_key(&self.path(&format!("bashrc/{name}"))) {
                add(self.root, &self.path(&format!("bashrc/{name}")), ":", &[]);
            }
        }
    }

    fn packages(&mut self) {
        let whose = self.whose;
        if self.draw.percent(self.often / 2) {
            let (atom, form, _) = words::atom(self.draw, self.versions, PROFILE);
            let path = self.path("packages");
            let text = match self.draw.below(10) {
                0 => "-*".to_owned(),
                1 | 2 if !self.masks.is_empty() => format!("-*{}", self.draw.pick(self.masks)),
                3 => atom,
                _ => {
                    self.masks.push(atom.clone());
                    format!("*{atom}")
                }
            };
            add(self.root, &path, text, &[named!(whose, "packages"), form]);
        }
    }
}

/// What all profiles build on; without these lines nothing means anything.
pub(crate) fn base(root: &mut Root, folder: &str) {
    let names: Vec<_> = EXPANDED.iter().map(|(name, _)| *name).collect();
    let values = |name: &str, values: &str| format!("USE_EXPAND_VALUES_{name}=\"{values}\"");
    let path = format!("{folder}/make.defaults");
    for line in [
        format!("USE_EXPAND=\"ABI_X86 ELIBC KERNEL {}\"", names.join(" ")),
        "USE_EXPAND_HIDDEN=\"ELIBC KERNEL\"".to_owned(),
        "USE_EXPAND_IMPLICIT=\"ARCH ELIBC KERNEL\"".to_owned(),
        "USE_EXPAND_UNPREFIXED=\"ARCH\"".to_owned(),
        values("ARCH", "amd64 arm64 x86"),
        values("ELIBC", "glibc musl"),
        values("KERNEL", "linux"),
        "IUSE_IMPLICIT=\"prefix\"".to_owned(),
        "PROFILE_ONLY_VARIABLES=\"ARCH ELIBC IUSE_IMPLICIT KERNEL USE_EXPAND_IMPLICIT USE_EXPAND_UNPREFIXED\"".into(),
        "ELIBC=\"glibc\"".to_owned(),
        "KERNEL=\"linux\"".to_owned(),
        "PYTHON_TARGETS=\"python3_12\"".to_owned(),
        "LDFLAGS=\"-Wl,--as-needed\"".to_owned(),
    ] {
        add(root, &path, line, &[]);
    }
}

/// A profile of an architecture.
pub(crate) fn arch(root: &mut Root, folder: &str, arch: &str, chost: &str) {
    let path = format!("{folder}/make.defaults");
    for line in [
        format!("ARCH=\"{arch}\""),
        format!("ACCEPT_KEYWORDS=\"{arch}\""),
        format!("CHOST=\"{chost}\""),
        format!("CFLAGS=\"-O2 -march={arch}\""),
        "CXXFLAGS=\"${CFLAGS}\"".to_owned(),
        "ABI_X86=\"64\"".to_owned(),
    ] {
        add(root, &path, line, &[]);
    }
    for flag in IMPLICIT.iter().filter(|flag| ["amd64", "x86"].contains(flag) && **flag != arch) {
        add(root, &format!("{folder}/use.mask"), *flag, &["profile: use.mask"]);
    }
}
