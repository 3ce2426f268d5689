//! Packages before a change and after it.

use std::collections::BTreeSet;

use super::installed::Installed;
use super::subjects::Subject;
use super::variables::{is_built_in, is_written, matters};
use crate::resolve::{About, Mask, Package, Refused, Settings};

/// What a change means for packages.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Impact {
    /// How many packages were looked at.
    pub total: usize,
    /// Those for which something differs, in the order in which they were given.
    pub changed: Vec<Changed>,
}

/// A package for which something differs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Changed {
    /// The package.
    pub package: Package,
    /// Flags of its IUSE that are other ones than before, and whether they are on.
    pub flags: Vec<(String, bool)>,
    /// Variables that its build sees.
    pub variables: Vec<Variable>,
    /// Features that change what is installed, and whether they are on.
    pub features: Vec<(String, bool)>,
    /// Patches in etc/portage/patches that come, go or change.
    pub patches: Vec<String>,
    /// What stands against it that did not before.
    pub masked: Vec<Mask>,
    /// What stood against it and does no more.
    pub unmasked: Vec<Mask>,
    /// Whether Portage may choose it: before, and after.
    pub visible: (bool, bool),
    /// Parts of REQUIRED_USE that do not hold any more.
    pub violated: Vec<String>,
    /// What builds it again, if it is installed.
    pub rebuild: Rebuild,
    /// Whether emerge would have built it again before, too.
    pub was_due: bool,
}

/// A variable that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// The value before.
    pub before: Option<String>,
    /// The value after.
    pub after: Option<String>,
}

/// What builds an installed package again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Rebuild {
    /// Nothing has to: it is not installed, is built that way, or nothing of what differs is part of what is built.
    #[default]
    No,
    /// `emerge -1` with its name: what differs is nothing that Portage looks at.
    ByHand,
    /// `emerge --newuse`: a flag came into its IUSE or went out of it.
    NewUse,
    /// `emerge --changed-use`, and `--newuse`.
    ChangedUse,
}

impl Rebuild {
    /// What it is called: `no`, `by-hand`, `newuse`, `changed-use`.
    pub fn name(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::ByHand => "by-hand",
            Self::NewUse => "newuse",
            Self::ChangedUse => "changed-use",
        }
    }
}

impl Changed {
    /// What makes a rebuild by hand necessary: variables, `FEATURES`, `patches`.
    pub fn by_hand(&self) -> Vec<&str> {
        let features = (!self.features.is_empty()).then_some("FEATURES");
        let patches = (!self.patches.is_empty()).then_some("patches");
        self.variables.iter().map(|variable| variable.name.as_str()).chain(features).chain(patches).collect()
    }
}

impl Impact {
    /// Compares what holds for each package before a change with what holds after it, on all processors.
    ///
    /// # Errors
    /// When a file of env/ that package.env names is one that Portage refuses.
    pub fn of(before: &Settings<'_>, after: &Settings<'_>, packages: &[Subject]) -> Result<Self, Refused> {
        let names: BTreeSet<&str> = before.variables().into_iter().chain(after.variables()).collect();
        let is_other = |name: &&str| matters(name) && !before.agrees(after, name);
        let pair = Pair { before, after, names: names.into_iter().filter(is_other).collect() };
        let mut changed = Vec::new();
        for one in each(packages, |subject| pair.compare(subject)) {
            changed.extend(one?);
        }
        Ok(Self { total: packages.len(), changed })
    }

    /// How many are built again so.
    pub fn count(&self, rebuild: Rebuild) -> usize {
        self.changed.iter().filter(|changed| changed.rebuild == rebuild).count()
    }
}

/// What holds before and after.
struct Pair<'a> {
    before: &'a Settings<'a>,
    after: &'a Settings<'a>,
    /// Variables that may differ for each package.
    names: BTreeSet<&'a str>,
}

impl Pair<'_> {
    fn compare(&self, subject: &Subject) -> Result<Option<Changed>, Refused> {
        let package = &subject.package;
        let (before, after) = (self.before.about(package)?, self.after.about(package)?);
        let (was, is) = (before.enabled(), after.enabled());
        let iuse: BTreeSet<&str> = package.iuse.iter().map(|(flag, _)| flag.as_str()).collect();
        let flags = iuse.iter().filter(|flag| was.contains(**flag) != is.contains(**flag));
        let flags: Vec<(String, bool)> = flags.map(|flag| ((*flag).to_owned(), is.contains(*flag))).collect();
        let variables = self.variables(&before, &after);
        let features = before.features().symmetric_difference(after.features());
        let features = features.filter(|feature| is_built_in(feature));
        let features: Vec<(String, bool)> =
            features.map(|feature| (feature.clone(), after.features().contains(feature))).collect();
        let (masks, later) = (before.masks(), after.masks());
        let only = |one: &[Mask], other: &[Mask]| -> Vec<Mask> {
            let is_new = |mask: &&Mask| other.iter().all(|known| known.kind() != mask.kind());
            one.iter().filter(is_new).cloned().collect()
        };
        let violated = |about: &About<'_>| about.violated().unwrap_or_default();
        let mut violated_after = violated(&after);
        if !violated_after.is_empty() && !violated(&before).is_empty() {
            violated_after.clear();
        }
        let patches = patches(&before, &after);
        let mut changed = Changed {
            package: package.clone(),
            flags,
            variables,
            features,
            patches,
            masked: only(&later, &masks),
            unmasked: only(&masks, &later),
            visible: (masks.is_empty(), later.is_empty()),
            violated: violated_after,
            rebuild: Rebuild::No,
            was_due: false,
        };
        if changed.is_nothing() {
            return Ok(None);
        }
        changed.was_due = subject.due_to(&before, &was, masks.is_empty()) != Rebuild::No;
        changed.rebuild = subject.due_to(&after, &is, later.is_empty());
        if let Some(installed) = subject.installed.as_ref().filter(|_| subject.is_there && later.is_empty())
            && changed.rebuild == Rebuild::No
            && changed.is_other_than(installed)
        {
            changed.rebuild = Rebuild::ByHand;
        }
        Ok(Some(changed))
    }

    fn variables(&self, before: &About<'_>, after: &About<'_>) -> Vec<Variable> {
        let own = before.own_variables().chain(after.own_variables());
        let own = own.filter(|name| matters(name) && !self.after.is_use(name) && !self.before.is_use(name));
        let names: BTreeSet<&str> = self.names.iter().copied().chain(own).collect();
        let variable = |name: &str| {
            let (was, is) = (before.variable(name), after.variable(name));
            let words = |text: &Option<String>| -> Vec<String> {
                text.iter().flat_map(|text| text.split_whitespace()).map(str::to_owned).collect()
            };
            let is_same = words(&was) == words(&is);
            (!is_same).then(|| Variable { name: name.to_owned(), before: was, after: is })
        };
        names.into_iter().filter_map(variable).collect()
    }
}

impl Changed {
    fn is_nothing(&self) -> bool {
        self.flags.is_empty()
            && self.variables.is_empty()
            && self.features.is_empty()
            && self.patches.is_empty()
            && self.masked.is_empty()
            && self.unmasked.is_empty()
            && self.violated.is_empty()
    }

    /// Whether it is built in another way than what is not USE says.
    fn is_other_than(&self, installed: &Installed) -> bool {
        let is_other = |variable: &Variable| {
            if !is_written(&variable.name) {
                return true;
            }
            let built = installed.get(&variable.name).unwrap_or_default();
            let wanted = variable.after.as_deref().unwrap_or_default();
            !built.split_whitespace().eq(wanted.split_whitespace())
        };
        !self.patches.is_empty() || !self.features.is_empty() || self.variables.iter().any(is_other)
    }
}

impl Subject {
    /// Whether emerge builds an installed package again because of its USE flags: [`Rebuild::ChangedUse`],
    /// [`Rebuild::NewUse`] or [`Rebuild::No`] (`_reinstall_for_flags` of Portage's depgraph). Never where no repository has
    /// this version any more, or it is masked. Of newer versions nothing is said.
    ///
    /// # Errors
    /// As [`Settings::about`].
    pub fn due(&self, settings: &Settings<'_>) -> Result<Rebuild, Refused> {
        let about = settings.about(&self.package)?;
        Ok(self.due_to(&about, &about.enabled(), about.is_visible()))
    }

    fn due_to(&self, about: &About<'_>, on: &BTreeSet<String>, is_visible: bool) -> Rebuild {
        let Some(installed) = self.installed.as_ref().filter(|_| self.is_there && is_visible) else {
            return Rebuild::No;
        };
        let iuse: BTreeSet<&str> = self.package.iuse.iter().map(|(flag, _)| flag.as_str()).collect();
        let has = |flag: &str| installed.iuse.contains(flag);
        let all: BTreeSet<&str> =
            installed.iuse.iter().map(String::as_str).chain(iuse.iter().copied()).collect();
        let is_built = |flag: &str| has(flag) && installed.enabled.contains(flag);
        let is_wanted = |flag: &str| iuse.contains(flag) && on.contains(flag);
        if all.iter().any(|flag| is_built(flag) != is_wanted(flag)) {
            return Rebuild::ChangedUse;
        }
        let is_free = |flag: &str| !about.is_forced(flag) && !about.is_masked(flag);
        if all.iter().any(|flag| has(flag) != iuse.contains(flag) && is_free(flag)) {
            return Rebuild::NewUse;
        }
        Rebuild::No
    }
}

/// The patches that only one side has, or that hold something else.
fn patches(before: &About<'_>, after: &About<'_>) -> Vec<String> {
    let (was, is) = (before.patched(), after.patched());
    let only = was.iter().filter(|patch| !is.contains(patch)).chain(is.iter().filter(|p| !was.contains(p)));
    let paths: BTreeSet<&String> = only.map(|(path, _)| path).collect();
    paths.into_iter().cloned().collect()
}

/// Does something with each, on all processors; what comes of it stands in the same order.
pub(crate) fn each<T: Sync, R: Send>(all: &[T], what: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let size = all.len().div_ceil(threads.max(1) * 4).max(16);
    if threads < 2 || all.len() <= size {
        return all.iter().map(what).collect();
    }
    let parts: Vec<&[T]> = all.chunks(size).collect();
    let next = std::sync::atomic::AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some(part) = {
            let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            parts.get(at).map(|part| (at, part))
        } {
            done.push((part.0, part.1.iter().map(&what).collect::<Vec<R>>()));
        }
        done
    };
    let mut done: Vec<(usize, Vec<R>)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let results = workers.into_iter().map(std::thread::ScopedJoinHandle::join);
        // One that panicked passes it on.
        results.flat_map(|result| result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().flat_map(|(_, part)| part).collect()
}
