//! Repositories that belong together.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::draw::Draw;
use crate::packages::{self, Version};
use crate::profiles::{self, Node, Whose};
use crate::tree::{Root, add};
use crate::words::{self, GROUPS, LICENSES};

pub(crate) struct World {
    /// The first is the main one.
    pub(crate) names: Vec<&'static str>,
    pub(crate) priorities: BTreeMap<String, i64>,
    pub(crate) roots: BTreeMap<&'static str, Arc<Root>>,
    pub(crate) versions: Vec<Version>,
    /// Below the folder in which all repositories are.
    pub(crate) profiles: Vec<String>,
    /// Atoms that some package.mask of them names.
    pub(crate) masks: Vec<String>,
    /// The variables that are asked for.
    pub(crate) variables: Vec<String>,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let draw = &mut Draw::new(seed, 1);
        let mut names = vec!["gentoo", "local"];
        if draw.percent(35) {
            names.push("extra");
        }
        let mut priorities = BTreeMap::new();
        for name in &names[1..] {
            if draw.percent(40) {
                priorities.insert((*name).to_owned(), i64::try_from(draw.below(3)).unwrap() * 10 - 10);
            }
        }
        let mut roots: BTreeMap<_, Root> = BTreeMap::new();
        let mut versions = Vec::new();
        for name in &names {
            let root = roots.entry(*name).or_default();
            layout(draw, root, name);
            packages::fill(draw, root, name, &mut versions);
            groups(draw, root);
        }
        let (mut leaves, mut masks) = (Vec::new(), Vec::new());
        for name in &names {
            let root = roots.get_mut(name).unwrap();
            beside(draw, root, &versions, &mut masks);
            chains(draw, root, name, &versions, &mut masks, &mut leaves);
        }
        let roots = roots.into_iter().map(|(name, root)| (name, Arc::new(root))).collect();
        Self { names, priorities, roots, versions, profiles: leaves, masks, variables: words::variables() }
    }
}

fn layout(draw: &mut Draw, root: &mut Root, name: &str) {
    let masters = match name {
        "gentoo" => "",
        "extra" if draw.percent(50) => "gentoo local",
        _ => "gentoo",
    };
    let mut formats = vec!["portage-2"];
    for (more, often) in
        [("profile-bashrcs", 60), ("profile-set", 30), ("profile-repo-deps", 25), ("profile-license", 20)]
    {
        if draw.percent(often) {
            formats.push(more);
        }
    }
    let path = "metadata/layout.conf";
    add(root, path, format!("masters = {masters}"), &[]);
    add(root, path, "cache-formats = md5-dict", &[]);
    add(root, path, format!("profile-formats = {}", formats.join(" ")), &[]);
    add(root, "profiles/repo_name", name, &[]);
    if draw.percent(75) {
        add(root, "profiles/eapi", *draw.pick(&["5", "6", "7", "8", "9", "9", "9"]), &[]);
    }
    let categories: &[&str] = match name {
        "gentoo" => &["app-misc", "dev-libs", "media-libs", "sys-apps", "sys-libs", "virtual"],
        "local" => &["local-misc"],
        _ => &[],
    };
    for category in categories {
        add(root, "profiles/categories", *category, &[]);
    }
    if name == "gentoo" {
        for arch in crate::words::ARCHES {
            add(root, "profiles/arch.list", *arch, &["repository: arch.list"]);
        }
    } else if draw.percent(20) {
        let line = *draw.pick(&["-arm64", "riscv"]);
        add(root, "profiles/arch.list", line, &["repository: arch.list"]);
    }
}

fn groups(draw: &mut Draw, root: &mut Root) {
    let path = "profiles/license_groups";
    let main = !root.contains_key(path) && root.contains_key("eclass/nothing.eclass");
    let lines: &[&str] = if main {
        &["GPL GPL-2 GPL-3", "FREE @GPL MIT BSD", "EULA EULA-1", "LOOP @EULA @LOOP fdk+aac"]
    } else {
        &["EULA EULA-2", "OWN MIT @GPL", "GPL fdk+aac", "FREE -MIT", "OWN"]
    };
    for line in lines {
        if main || draw.percent(30) {
            add(root, path, *line, &["license_groups"]);
        }
    }
    if draw.percent(20) {
        let line = format!("{} {}", draw.pick(GROUPS), draw.pick(LICENSES));
        add(root, path, line, &["license_groups"]);
    }
}

/// The files of the folder `profiles` itself.
fn beside(draw: &mut Draw, root: &mut Root, versions: &[Version], masks: &mut Vec<String>) {
    let folder = "profiles".to_owned();
    Node { draw, versions, root, folder, masks, whose: Whose::Repository, often: 40 }.fill();
}

/// Profiles that build on each other, and on those of the main repository.
fn chains(
    draw: &mut Draw,
    root: &mut Root,
    name: &'static str,
    versions: &[Version],
    masks: &mut Vec<String>,
    leaves: &mut Vec<String>,
) {
    let main = name == "gentoo";
    let mut known: Vec<String> = Vec::new();
    if main {
        for (path, arch) in [("base", None), ("arch/amd64", Some("x86_64")), ("arch/x86", Some("i686"))] {
            let folder = format!("profiles/{path}");
            match arch {
                None => profiles::base(root, &folder),
                Some(machine) => {
                    profiles::arch(root, &folder, &path[5..], &format!("{machine}-pc-linux-gnu"));
                }
            }
            node(draw, root, versions, masks, folder);
        }
    }
    let count = if main { draw.between(4, 7) } else { draw.between(1, 3) };
    for number in 0..count {
        let kind = if draw.percent(50) { "features" } else { "targets/desktop" };
        let path = format!("{kind}/{name}{number}");
        let folder = format!("profiles/{path}");
        // The more profiles there are, the more there are that two others share.
        for parent in draw.some(&known, 0, 3) {
            let text = spell(draw, &path, &parent, name);
            add(root, &format!("{folder}/parent"), text, &["profile: parent"]);
        }
        node(draw, root, versions, masks, folder);
        known.push(path);
    }
    for number in 0..3 {
        let path = format!("default/linux/{name}{number}");
        let folder = format!("profiles/{path}");
        let parents = format!("{folder}/parent");
        let arch = if draw.percent(80) { "arch/amd64" } else { "arch/x86" };
        for parent in ["base", arch] {
            let text = if main { spell(draw, &path, parent, name) } else { format!("gentoo:{parent}") };
            add(root, &parents, text, &[]);
        }
        for parent in draw.some(&known, 1, 4) {
            let text = spell(draw, &path, &parent, name);
            add(root, &parents, text, &["profile: parent"]);
        }
        if !main && draw.percent(70) {
            let other = format!("gentoo:default/linux/gentoo{}", draw.below(3));
            add(root, &parents, other, &["profile: parent of another repository"]);
        }
        if draw.percent(25) {
            add(root, &format!("{folder}/deprecated"), "default/linux/gentoo0", &[]);
        }
        node(draw, root, versions, masks, folder);
        leaves.push(format!("{name}/profiles/{path}"));
    }
}

fn node(draw: &mut Draw, root: &mut Root, versions: &[Version], masks: &mut Vec<String>, folder: String) {
    let eapi = *draw.pick(&["", "", "0", "2", "4", "5", "5", "6", "7", "7", "8", "8", "8", "9", "9"]);
    if !eapi.is_empty() {
        add(root, &format!("{folder}/eapi"), eapi, &["profile: eapi"]);
    }
    if draw.percent(5) {
        // Files of the same name in it are one after the other.
        add(root, &format!("{folder}/package.use/10-first"), "# A folder.", &[]);
    }
    Node { draw, versions, root, folder, masks, whose: Whose::Profile, often: 22 }.fill();
}

/// A parent as a path from its child, or by its repository.
fn spell(draw: &mut Draw, from: &str, to: &str, repository: &str) -> String {
    match draw.below(4) {
        0 => format!("{repository}:{to}"),
        1 => format!(":{to}"),
        _ => format!("{}{to}", "../".repeat(from.split('/').count())),
    }
}
