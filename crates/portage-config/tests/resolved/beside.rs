//! What stands beside the rules of a configuration: the user's profile, small files, mistakes and the environment.

use crate::configuration::Making;
use crate::packages::Version;
use crate::profiles::{Node, Whose};
use crate::tree::{Entry, Line, add};
use crate::words;

impl Making<'_> {
    pub(crate) fn user_profile(&mut self) {
        if !self.draw.percent(45) {
            return;
        }
        let folder = "etc/portage/profile";
        if self.draw.percent(20) {
            let eapi = *self.draw.pick(&["1", "4", "5", "7", "8"]);
            add(&mut self.root, &format!("{folder}/eapi"), eapi, &["user profile: eapi"]);
        }
        if self.draw.percent(20) {
            let kind = *self.draw.pick(&["package.use.mask", "package.mask", "use.force", "make.defaults"]);
            add(&mut self.root, &format!("{folder}/{kind}/last"), "# A folder.", &[]);
        }
        let (draw, versions, root) = (&mut *self.draw, self.world.versions.as_slice(), &mut self.root);
        let mut masks = self.world.masks.clone();
        let (folder, whose) = (folder.to_owned(), Whose::User);
        Node { draw, versions, root, folder, masks: &mut masks, whose, often: 25 }.fill();
    }

    pub(crate) fn others(&mut self) {
        for _ in 0..self.count(8, 1) {
            let line = *self.draw.pick(&["riscv", "-arm64", "-x86"]);
            add(&mut self.root, "etc/portage/arch.list", line, &["user: arch.list"]);
        }
        for _ in 0..self.count(8, 1) {
            let line = *self.draw.pick(&["-virtual", "-local-misc", "new-one"]);
            add(&mut self.root, "etc/portage/categories", line, &["user: categories"]);
        }
        if self.draw.percent(10) {
            add(&mut self.root, "etc/portage/bashrc", ":", &[]);
        }
        for _ in 0..self.count(15, 2) {
            let Version { cp, version, .. } = self.draw.pick(&self.world.versions).clone();
            let folder = self.draw.pick(&[cp.clone(), format!("{cp}-{version}"), format!("{cp}:0")]).clone();
            add(&mut self.root, &format!("etc/portage/patches/{folder}/a.patch"), "x", &[]);
        }
    }

    /// What people leave in their files.
    pub(crate) fn mistakes(&mut self) {
        let kinds =
            ["package.use", "package.accept_keywords", "package.mask", "package.license", "package.env"];
        for _ in 0..self.count(35, 3) {
            let kind = *self.draw.pick(&kinds);
            let (atom, _, iuse) = self.atom();
            let words =
                if kind == "package.mask" { String::new() } else { words::flags(self.draw, &iuse, 40) };
            let (line, feature) = match self.draw.below(8) {
                0 => (format!("# {atom} {words}"), "mistake: a comment"),
                1 => ("  \t ".to_owned(), "mistake: blanks"),
                2 => (format!("{atom} {words} # why"), "mistake: a comment behind a line"),
                3 => (format!("\t{atom}\u{a0}{words}  "), "mistake: odd blanks"),
                4 => (format!("{atom} {words} \\"), "mistake: a continued line"),
                5 => (atom, "mistake: an atom alone"),
                6 => (format!("{atom} {words}#x"), "mistake: no comment"),
                _ => (format!("\u{feff}{atom} {words}"), "mistake: a byte order mark"),
            };
            self.put(kind, line, &[feature]);
        }
        if self.draw.percent(20) {
            let (atom, _, iuse) = self.atom();
            let flags = words::flags(self.draw, &iuse, 40);
            let name = *self.draw.pick(&["use.bak", ".hidden", "old~", "sub/.git/x", "README.md"]);
            let (kind, line) = match self.draw.below(3) {
                0 => ("package.use", format!("{atom} {flags}")),
                1 => ("package.accept_keywords", atom),
                _ => ("package.mask", atom),
            };
            let path = format!("etc/portage/{kind}");
            if !self.root.contains_key(&path) {
                add(
                    &mut self.root,
                    &format!("{path}/{name}"),
                    line,
                    &["mistake: a file that was left behind"],
                );
            }
        }
        if self.draw.percent(2) {
            let wrong = *self.draw.pick(&["CFLAGS+=\" -g\"", "A=b c", "USE=\"open", "if true", "A-B=\"x\""]);
            self.put("make.conf", wrong.to_owned(), &["mistake: make.conf is no shell"]);
        }
        if self.draw.percent(12) {
            let paths: Vec<_> = self.root.keys().cloned().collect();
            let path = self.draw.pick(&paths).clone();
            if let Some(Entry::File { end, .. }) = self.root.get_mut(&path) {
                *end = "\r\n";
            }
        }
    }

    pub(crate) fn env(&mut self) -> Vec<(&'static str, Line)> {
        let mut env = Vec::new();
        for _ in 0..self.count(15, 2) {
            let (name, text) = match self.draw.below(6) {
                0 | 1 => ("USE", words::flags(self.draw, &[], 40)),
                2 => ("CFLAGS", "-Oenv".to_owned()),
                3 => ("ACCEPT_KEYWORDS", (*self.draw.pick(&["~amd64", "-~amd64", "-*", "**"])).to_owned()),
                4 => ("VIDEO_CARDS", "radeon".to_owned()),
                _ => ("FEATURES", "-test nostrip".to_owned()),
            };
            if env.iter().all(|(known, _)| *known != name) {
                env.push((name, Line { text, features: vec!["the calling environment"] }));
            }
        }
        env
    }
}
