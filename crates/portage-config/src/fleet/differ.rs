//! What holds for all packages on one machine, and not on another.

use std::collections::BTreeSet;

use super::Host;
use super::side::{Difference, Side};
use crate::resolve::{About, Package, Refused, Settings, Subject};

/// What comes first.
const FIRST: [&str; 12] = [
    "profile",
    "ARCH",
    "CHOST",
    "ACCEPT_CHOSTS",
    "CBUILD",
    "CFLAGS",
    "CXXFLAGS",
    "LDFLAGS",
    "RUSTFLAGS",
    "ACCEPT_KEYWORDS",
    "ACCEPT_LICENSE",
    "USE",
];

/// The settings of all packages in which machines differ: the profile, the variables that a profile, make.conf or another file
/// sets, and each word of USE, of USE_EXPAND variables and of other lists; each with the lines that decide on each machine.
///
/// ```
/// use portage_config::{config::Bytes, fleet, resolve::{Files, Machine}, tree::{Node, Tree}, vocab::RelPath};
/// let machine = |text: &str| -> Result<Machine, Box<dyn std::error::Error>> {
///     let mut tree = Tree::new();
///     let node = Node::File { bytes: Bytes(text.into()), mode: 0o644 };
///     tree.insert(RelPath::parse("etc/portage/make.conf")?, node);
///     Ok(Machine::new(Files::new(None).with(&tree, []), Vec::new(), None))
/// };
/// let (a, b) = (machine("COMMON=\"-O2\"\nCFLAGS=\"${COMMON}\"\n")?, machine("COMMON=\"-Os\"\nCFLAGS=\"${COMMON}\"\n")?);
/// let (a, b) = (a.settings(None)?, b.settings(None)?);
/// let hosts = [fleet::Host { name: "a", settings: &a }, fleet::Host { name: "b", settings: &b }];
/// let all = fleet::differences(&hosts)?;
/// let cflags = all.iter().find(|one| one.name == "CFLAGS").ok_or("alike")?;
/// assert_eq!(cflags.sides[1].value.as_deref(), Some("-Os"));
/// assert_eq!(cflags.sides[1].lines[0].text, "COMMON=\"-Os\"");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When a file of env/ that is for all packages is one that Portage refuses.
pub fn differences(hosts: &[Host<'_>]) -> Result<Vec<Difference>, Refused> {
    let nobody = Package::default();
    let abouts = hosts.iter().map(|host| host.settings.about(&nobody)).collect::<Result<Vec<_>, _>>()?;
    let mut all = vec![profile(hosts)];
    let names: BTreeSet<&str> = hosts.iter().flat_map(|host| host.settings.variables()).collect();
    for name in names {
        if hosts.iter().any(|host| host.settings.is_use(name)) {
            continue;
        }
        all.extend(of_name(hosts, &abouts, name));
    }
    all.extend(flags(hosts, &abouts));
    all.retain(Difference::differs);
    // CBUILD is CHOST where nothing says it.
    let chost = all.iter().find(|one| one.name == "CHOST").map(|one| one.sides.clone());
    all.retain(|one| one.name != "CBUILD" || !chost.as_ref().is_some_and(|sides| alike(sides, &one.sides)));
    all.sort_by(|a, b| order(a).cmp(&order(b)));
    Ok(all)
}

fn alike(a: &[Side], b: &[Side]) -> bool {
    a.iter().zip(b).all(|(a, b)| a.value == b.value && a.lines == b.lines)
}

fn order(one: &Difference) -> (usize, &str, Option<&str>) {
    let first = FIRST.iter().position(|name| *name == one.name).unwrap_or(FIRST.len());
    (first, &one.name, one.word.as_deref())
}

/// The profile that make.profile leads to.
fn profile(hosts: &[Host<'_>]) -> Difference {
    let side = |host: &Host<'_>| {
        let leaf = host.settings.profiles().iter().rev().find(|node| !node.user);
        Side { value: leaf.map(|node| node.path.clone()), ..Side::default() }
    };
    Difference::new("profile", None, hosts.iter().map(side).collect())
}

/// A variable that is no part of USE; of a list each word that differs.
fn of_name(hosts: &[Host<'_>], abouts: &[About<'_>], name: &str) -> Vec<Difference> {
    let subject = Subject::Variable(name.to_owned());
    let lists: Vec<Option<Vec<String>>> = hosts.iter().map(|host| host.settings.list(name)).collect();
    if lists.iter().all(Option::is_none) {
        let side = |(about, host): (&About<'_>, &Host<'_>)| {
            let mut side = Side::of(about, &subject);
            side.value = host.settings.variable(name);
            side
        };
        let sides = abouts.iter().zip(hosts).map(side).collect();
        return vec![Difference::new(name, None, sides)];
    }
    let lists: Vec<Vec<String>> = lists.into_iter().map(Option::unwrap_or_default).collect();
    let words: BTreeSet<&String> = lists.iter().flatten().collect();
    let steps: Vec<_> = abouts.iter().map(|about| about.steps(&subject)).collect();
    let differing = words.into_iter().filter(|word| !lists.iter().all(|list| list.contains(word)));
    let one = |word: &String| {
        let sides =
            lists.iter().zip(&steps).map(|(list, steps)| Side::of_word(steps, word, list.contains(word)));
        Difference::new(name, Some(word), sides.collect())
    };
    differing.map(one).collect()
}

/// The flags that are on for some and off for others.
fn flags(hosts: &[Host<'_>], abouts: &[About<'_>]) -> Vec<Difference> {
    let on: Vec<BTreeSet<String>> = abouts.iter().map(About::enabled).collect();
    let all: BTreeSet<&String> = on.iter().flatten().collect();
    let differing = all.into_iter().filter(|flag| !on.iter().all(|on| on.contains(*flag)));
    let one = |flag: &String| {
        let subject = Subject::Flag(flag.clone());
        let sides = abouts.iter().zip(&on).map(|(about, on)| {
            let mut side = Side::of(about, &subject);
            side.value = Some(if on.contains(flag) { "on" } else { "off" }.to_owned());
            side
        });
        let (name, word) = split(hosts.iter().map(|host| host.settings), flag);
        Difference::new(&name, Some(word), sides.collect())
    };
    differing.map(one).collect()
}

/// The variable that a flag is a word of: USE, or one of USE_EXPAND.
pub(super) fn split<'f>(
    settings: impl Iterator<Item = &'f Settings<'f>>,
    flag: &'f str,
) -> (String, &'f str) {
    let names = settings.flat_map(Settings::use_expand);
    let of = names.filter_map(|name| {
        let word = flag.strip_prefix(&format!("{}_", name.to_lowercase()))?;
        Some((name.clone(), word))
    });
    of.max_by_key(|(name, _)| name.len()).unwrap_or_else(|| ("USE".to_owned(), flag))
}

/// One variable: as a whole, and each word of a list that differs.
pub(super) fn of_one(hosts: &[Host<'_>], abouts: &[About<'_>], name: &str) -> Vec<Difference> {
    let subject = Subject::Variable(name.to_owned());
    let is_use = hosts.iter().any(|host| host.settings.is_use(name));
    let side = |(about, host): (&About<'_>, &Host<'_>)| {
        let mut side = Side::of(about, &subject);
        if !is_use {
            side.value = host.settings.variable(name);
        }
        side
    };
    let mut all = vec![Difference::new(name, None, abouts.iter().zip(hosts).map(side).collect())];
    if all.iter().any(Difference::differs) {
        let words = if is_use { flags(hosts, abouts) } else { of_name(hosts, abouts, name) };
        all.extend(words.into_iter().filter(|one| one.name == name && one.word.is_some()));
    }
    all
}
