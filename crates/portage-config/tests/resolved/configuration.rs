//! Configurations of one machine, out of lines that concern the packages of a world.

use std::sync::Arc;

use crate::draw::Draw;
use crate::profiles::{Node, Whose};
use crate::tree::{Entry, PLACE, Root, Tree, add};
use crate::words::{self, EXPANDED, FEATURES, GROUPS, LICENSES, PROPERTIES, RESTRICT, USER};
use crate::world::World;

pub(crate) struct Making<'a> {
    pub(crate) draw: &'a mut Draw,
    pub(crate) world: &'a World,
    pub(crate) root: Root,
}

/// The tree of a world and of one configuration.
pub(crate) fn tree(world: &World, seed: u64) -> Tree {
    let draw = &mut Draw::new(seed, 2);
    let mut making = Making { draw, world, root: Root::new() };
    making.profile();
    making.make_conf();
    making.package_use();
    making.accept_keywords();
    making.accepted();
    making.masks();
    making.package_env();
    making.user_profile();
    making.others();
    making.mistakes();
    let env = making.env();
    let mut roots = world.roots.clone();
    roots.insert("config", Arc::new(making.root));
    Tree { roots, env }
}

/// The tree of a world and of a machine that has nothing but a profile.
pub(crate) fn bare(world: &World, profile: &str) -> Tree {
    let mut root = Root::new();
    root.insert("etc/portage/make.profile".to_owned(), Entry::Link(format!("{PLACE}/{profile}")));
    let mut roots = world.roots.clone();
    roots.insert("config", Arc::new(root));
    Tree { roots, env: Vec::new() }
}

impl Making<'_> {
    /// One line in a file, or in one of two below a folder: the first line of a kind decides for all of them.
    pub(crate) fn put(&mut self, kind: &str, text: String, features: &[&'static str]) {
        let path = format!("etc/portage/{kind}");
        let folder = format!("{path}/");
        let in_folder = self.root.keys().any(|known| known.starts_with(&folder));
        if self.root.contains_key(&path) || (!in_folder && self.draw.percent(65)) {
            return add(&mut self.root, &path, text, features);
        }
        let name = *self.draw.pick(&["a", "10-b", "sub/c"]);
        let mut features = features.to_vec();
        features.push("a folder of files");
        add(&mut self.root, &format!("{folder}{name}"), text, &features);
    }

    /// So many lines, as often as that of a hundred.
    pub(crate) fn count(&mut self, often: usize, most: usize) -> usize {
        if self.draw.percent(often) { self.draw.between(1, most) } else { 0 }
    }

    fn profile(&mut self) {
        let path = "etc/portage/make.profile";
        let leaf = self.draw.pick(&self.world.profiles).clone();
        if self.draw.percent(75) {
            self.root.insert(path.to_owned(), Entry::Link(format!("{PLACE}/{leaf}")));
            return;
        }
        let (repository, profile) = leaf.split_once("/profiles/").unwrap();
        let parents = format!("{path}/parent");
        let text =
            if self.draw.percent(50) { format!("{repository}:{profile}") } else { format!("{PLACE}/{leaf}") };
        add(&mut self.root, &parents, text, &[]);
        if self.draw.percent(50) {
            let other = self.draw.pick(&self.world.profiles).clone();
            let text = format!("{PLACE}/{other}");
            add(&mut self.root, &parents, text, &["make.profile: a folder with parents"]);
        }
        if self.draw.percent(60) {
            let eapi = *self.draw.pick(&["1", "4", "5", "7", "8"]);
            add(&mut self.root, &format!("{path}/eapi"), eapi, &["make.profile: eapi"]);
        }
        let (draw, versions, root) = (&mut *self.draw, self.world.versions.as_slice(), &mut self.root);
        let mut masks = self.world.masks.clone();
        let (folder, whose) = (path.to_owned(), Whose::Profile);
        Node { draw, versions, root, folder, masks: &mut masks, whose, often: 20 }.fill();
    }

    fn make_conf(&mut self) {
        // Most machines accept what is tested.
        if self.draw.percent(30) {
            self.put("make.conf", "ACCEPT_KEYWORDS=\"~amd64\"".to_owned(), &["make.conf: ACCEPT_KEYWORDS"]);
        }
        for _ in 0..self.draw.between(2, 7) {
            let (line, feature) = self.variable();
            self.put("make.conf", line, &[feature]);
        }
        self.source();
    }

    /// A file that make.conf sources, and one that this one sources.
    fn source(&mut self) {
        if !self.draw.percent(20) {
            return;
        }
        let folder = format!("{PLACE}/config/etc/portage");
        let mut spellings =
            vec![format!("source {folder}/own.conf"), format!("HERE='{folder}' source ${{HERE}}/own.conf")];
        let is_folder = self.root.keys().any(|path| path.starts_with("etc/portage/make.conf/"));
        if !is_folder {
            spellings.push("source own.conf".to_owned());
            spellings.push("source \"./own.conf\"".to_owned());
        }
        let line = self.draw.pick(&spellings).clone();
        self.put("make.conf", line, &["make.conf: source"]);
        for _ in 0..self.draw.between(1, 3) {
            let (line, _) = self.variable();
            add(&mut self.root, "etc/portage/own.conf", line, &["a sourced file"]);
        }
        if self.draw.percent(40) {
            add(&mut self.root, "etc/portage/own.conf", "source more/last.conf", &["a sourced file: source"]);
            let (line, _) = self.variable();
            add(&mut self.root, "etc/portage/more/last.conf", line, &["a sourced file of a sourced file"]);
        }
        // What stands behind it goes before it.
        let (line, feature) = self.variable();
        self.put("make.conf", line, &[feature]);
    }

    /// An assignment, for make.conf.
    fn variable(&mut self) -> (String, &'static str) {
        let draw = &mut *self.draw;
        let (name, values) = *draw.pick(EXPANDED);
        match draw.below(24) {
            0..=3 => (format!("USE=\"{}\"", words::flags(draw, &[], 30)), "make.conf: USE"),
            4 => (format!("USE=\"-* {}\"", words::flags(draw, &[], 0)), "make.conf: USE -*"),
            5 => {
                let name = name.to_lowercase();
                let sign = *draw.pick(&["", "-"]);
                (format!("USE=\"{sign}{name}_*\""), "make.conf: USE prefix_*")
            }
            6 => ("USE=\"${USE} +ssl\"".to_owned(), "make.conf: ${USE}"),
            7 => {
                let flags =
                    ["-march=native", "-pipe", "-g"].map(|flag| if draw.percent(50) { flag } else { "-O3" });
                (
                    format!("COMMON_FLAGS=\"{}\" CFLAGS='${{COMMON_FLAGS}}'", flags.join(" ")),
                    "make.conf: COMMON_FLAGS",
                )
            }
            8 => ("CFLAGS=\"${CFLAGS} -fconf\"".to_owned(), "make.conf: CFLAGS"),
            9 | 10 => {
                let values = draw.some(values, 0, 2).join(" ");
                (format!("{name}=\"{values}\""), "make.conf: USE_EXPAND")
            }
            11 | 12 => {
                let words =
                    *draw.pick(&["~amd64", "~amd64", "~x86", "~*", "**", "amd64", "-amd64", "-* ~amd64"]);
                (format!("ACCEPT_KEYWORDS=\"{words}\""), "make.conf: ACCEPT_KEYWORDS")
            }
            13 | 14 => (words::licenses(draw), "make.conf: ACCEPT_LICENSE"),
            15 => {
                let (words, _) = words::accepted(draw, PROPERTIES, &[]);
                (format!("ACCEPT_PROPERTIES=\"{words}\""), "make.conf: ACCEPT_PROPERTIES")
            }
            16 => {
                let (words, _) = words::accepted(draw, RESTRICT, &[]);
                (format!("ACCEPT_RESTRICT=\"{words}\""), "make.conf: ACCEPT_RESTRICT")
            }
            17 | 18 => {
                let sign = *draw.pick(&["", "", "-"]);
                (format!("FEATURES=\"{sign}{}\"", draw.pick(FEATURES)), "make.conf: FEATURES")
            }
            19 => {
                let order = *draw.pick(&[
                    "env:pkg:conf:pkginternal:defaults:features:repo:env.d",
                    "env:conf:defaults",
                    "pkginternal:env:pkg:conf:defaults:features:repo:env.d",
                ]);
                if draw.percent(60) {
                    return ("LDFLAGS='-Wl,-z,now'".to_owned(), "make.conf: LDFLAGS");
                }
                (format!("USE_ORDER=\"{order}\""), "make.conf: USE_ORDER")
            }
            20 => {
                let text = *draw.pick(&[
                    "ACCEPT_CHOSTS=\"x86_64-pc-linux-gnu i686-.*\"",
                    "CHOST=\"x86_64-pc-linux-musl\"",
                    "CHOST=\"x86_64-own-linux-gnu\" ACCEPT_CHOSTS=\"x86_64-.*-gnu\"",
                    "ACCEPT_CHOSTS=\"armv7.*\"",
                ]);
                if draw.percent(60) {
                    return ("MAKEOPTS=\"-j4\"".to_owned(), "make.conf: MAKEOPTS");
                }
                (text.to_owned(), "make.conf: CHOST")
            }
            21 => {
                let text = *draw.pick(&["ALLOW_TEST=\"all\"", "ALLOW_TEST=\"network\"", "FEATURES=\"test\""]);
                (text.to_owned(), "make.conf: tests")
            }
            22 => ("CUSTOM=\"${CHOST} $ARCH ${NOTHING}\\$X\"".to_owned(), "make.conf: CUSTOM"),
            _ => {
                // Only profiles may set these.
                let text = *draw.pick(&[
                    "ELIBC=\"musl\"",
                    "ARCH=\"x86\"",
                    "IUSE_IMPLICIT=\"ssl\"",
                    "KEYWORDS=\"x\"",
                ]);
                (text.to_owned(), "mistake: make.conf may not set it")
            }
        }
    }

    /// An atom of the user's, and what the flags of its package are.
    pub(crate) fn atom(&mut self) -> (String, &'static str, Vec<String>) {
        let (text, form, version) = words::atom(self.draw, &self.world.versions, USER);
        (text, form, version.iuse.clone())
    }

    fn package_use(&mut self) {
        for _ in 0..self.count(85, 8) {
            let (atom, form, iuse) = self.atom();
            let draw = &mut *self.draw;
            let mut text = words::flags(draw, &iuse, 40);
            let (name, values) = *draw.pick(EXPANDED);
            let value = *draw.pick(values);
            let mut features = vec!["package.use", form];
            match draw.below(14) {
                0 => {
                    text = format!("-* {text}");
                    features.push("package.use: -*");
                }
                1 => {
                    let sign = *draw.pick(&["", "-"]);
                    text = format!("{text} {sign}{}_*", name.to_lowercase());
                    features.push("package.use: prefix_*");
                }
                2 | 3 => {
                    text = format!("{text} {name}: {value}");
                    features.push("package.use: NAME:");
                }
                4 => {
                    text = format!(
                        "{name}: -* {value} {}: -de fr",
                        if draw.percent(50) { "L10N" } else { "l10n" }
                    );
                    features.push("package.use: NAME: -*");
                }
                5 => {
                    text = format!("{text} +ssl a!b {name}:{value}");
                    features.push("mistake: package.use words");
                }
                _ => {}
            }
            self.put("package.use", format!("{atom} {text}"), &features);
        }
    }

    fn accept_keywords(&mut self) {
        for _ in 0..self.count(75, 5) {
            let (atom, form, _) = self.atom();
            let (text, feature) = words::keywords(self.draw);
            let (kind, own) = if self.draw.percent(80) {
                ("package.accept_keywords", "package.accept_keywords")
            } else {
                ("package.keywords", "package.keywords")
            };
            self.put(kind, format!("{atom} {text}").trim_end().to_owned(), &[own, form, feature]);
        }
    }

    fn accepted(&mut self) {
        let none: &[&str] = &[];
        for (own, of, groups, often) in [
            ("package.license", LICENSES, GROUPS, 60),
            ("package.properties", PROPERTIES, none, 35),
            ("package.accept_restrict", RESTRICT, none, 35),
        ] {
            for _ in 0..self.count(often, 4) {
                let (atom, form, _) = self.atom();
                let (text, feature) = words::accepted(self.draw, of, groups);
                self.put(own, format!("{atom} {text}"), &[own, form, feature]);
            }
        }
        for _ in 0..self.count(15, 2) {
            let line = format!("{} {}", self.draw.pick(GROUPS), self.draw.some(LICENSES, 1, 2).join(" "));
            add(&mut self.root, "etc/portage/license_groups", line, &["user: license_groups"]);
        }
    }

    fn masks(&mut self) {
        for (kind, own) in [("package.mask", "package.mask"), ("package.unmask", "package.unmask")] {
            for _ in 0..self.count(55, 4) {
                let known = &self.world.masks;
                if self.draw.percent(35) && !known.is_empty() {
                    let atom = self.draw.pick(known).clone();
                    // What a repository masks can be taken back, or unmasked.
                    if kind == "package.mask" {
                        self.put(kind, format!("-{atom}"), &["package.mask: -atom"]);
                    } else {
                        self.put(kind, atom, &[own]);
                    }
                    continue;
                }
                let (atom, form, _) = self.atom();
                self.put(kind, atom, &[own, form]);
            }
        }
    }

    fn package_env(&mut self) {
        for _ in 0..self.count(65, 5) {
            let (atom, form, iuse) = self.atom();
            let names = self.draw.some(&["o3", "test", "sub/own", "lto.conf"], 1, 2);
            let mut features = vec!["package.env", form];
            if names.len() > 1 {
                features.push("package.env: several files");
            }
            for name in &names {
                self.env_file(name, &iuse);
            }
            let mut text = format!("{atom} {}", names.join(" "));
            if self.draw.percent(6) {
                text += " missing.conf";
                features.push("mistake: an env file that is missing");
            }
            self.put("package.env", text, &features);
        }
    }

    fn env_file(&mut self, name: &str, iuse: &[String]) {
        let path = format!("etc/portage/env/{name}");
        if self.root.contains_key(&path) {
            return;
        }
        if self.draw.percent(8) {
            let up = if name.contains('/') { "../" } else { "" };
            add(&mut self.root, &path, format!("source {up}common.sh"), &["env: source"]);
            let common = "etc/portage/env/common.sh";
            if !self.root.contains_key(common) {
                add(
                    &mut self.root,
                    common,
                    "CFLAGS=\"${CFLAGS} -fcommon\" USE=\"ssl -X\"",
                    &["env: a sourced file"],
                );
            }
        }
        for _ in 0..self.draw.between(1, 3) {
            let draw = &mut *self.draw;
            let (name, values) = *draw.pick(EXPANDED);
            let (line, feature) = match draw.below(16) {
                0..=2 => {
                    let flag = *draw.pick(&["-O3", "-flto", "-g"]);
                    (format!("CFLAGS=\"${{CFLAGS}} {flag}\""), "env: ${CFLAGS}")
                }
                3 => ("CXXFLAGS=\"${CFLAGS}\"".to_owned(), "env: CXXFLAGS"),
                4 => ("LDFLAGS=\"\"".to_owned(), "env: LDFLAGS"),
                5 | 6 => (format!("USE=\"{}\"", words::flags(draw, iuse, 40)), "env: USE"),
                7 | 8 => {
                    let sign = *draw.pick(&["", "-"]);
                    (format!("FEATURES=\"{sign}{}\"", draw.pick(FEATURES)), "env: FEATURES")
                }
                9 => (format!("{name}=\"{}\"", draw.pick(values)), "env: USE_EXPAND"),
                10 => ("CUSTOM=\"${CUSTOM} ${NAME}\" NAME=own".to_owned(), "env: CUSTOM"),
                11 => ("EXTRA_ECONF='--with-x' MAKEOPTS=-j1".to_owned(), "env: EXTRA_ECONF"),
                12 => {
                    let (words, _) = words::accepted(draw, LICENSES, &[]);
                    (format!("ACCEPT_LICENSE=\"{words}\""), "env: ACCEPT_LICENSE")
                }
                13 => (
                    "ACCEPT_KEYWORDS=\"**\" KEYWORDS=\"x86\" ROOT=/x".to_owned(),
                    "mistake: env may not set it",
                ),
                14 => ("COMMON_FLAGS=\"-Os\" CHOST=\"${CHOST}x\"".to_owned(), "env: CHOST"),
                _ if draw.percent(15) => ("CFLAGS+=\" -g\"".to_owned(), "mistake: env is no shell"),
                _ => ("ALLOW_TEST=\"all\" FEATURES=\"test\"".to_owned(), "env: FEATURES=test"),
            };
            add(&mut self.root, &path, line, &[feature]);
        }
    }
}
