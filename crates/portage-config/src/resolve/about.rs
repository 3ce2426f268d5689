//! What holds for one package: Portage's `setcpv`.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::OnceLock;

use super::depend;
use super::events::{Event, Events, Order};
use super::files::LineId;
use super::masks::Masks;
use super::package::Package;
use super::settings::{LAYERS, LayerName, Settings, is_lazy, switch};
use super::tables::{Rule, Rules, Star};
use super::vars::{Layer, Refused, Value, is_incremental, last};

/// What holds for one package.
#[derive(Debug)]
pub struct About<'s> {
    pub(super) settings: &'s Settings<'s>,
    pub(super) package: &'s Package,
    /// A line that is left out.
    pub(super) skip: Option<LineId>,
    /// Its masks, where they are not those of all packages.
    pub(super) own_masks: OnceLock<Masks>,
    /// The repositories whose files hold for it: the masters, and its own.
    pub(super) repos: Vec<usize>,
    pub(super) iuse: HashSet<&'s str>,
    pub(super) stable: bool,
    /// The variables of its files of package.env, with the words of package.use behind their USE.
    pub(super) env: Layer,
    /// The variables of its repositories.
    pub(super) repo_env: Layer,
    /// The words that are about it alone.
    pub(super) own: Events,
    pub(super) masked: Events,
    pub(super) forced: Events,
    pub(super) features: BTreeSet<String>,
    /// The flags that are on, once they were asked for.
    pub(super) on: OnceLock<BTreeSet<String>>,
}

/// A word about a flag, in its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Said<'a> {
    pub(super) order: Order,
    pub(super) event: &'a Event,
}

impl<'s> Settings<'s> {
    /// What holds for a package.
    ///
    /// # Errors
    /// When a file of env/ that package.env names for it is one that Portage refuses.
    pub fn about(&'s self, package: &'s Package) -> Result<About<'s>, Refused> {
        self.about_without(package, self.skip)
    }

    /// As [`Self::about`], as if a line of a file of rules or of a list were not there.
    pub(super) fn about_without(
        &'s self,
        package: &'s Package,
        skip: Option<LineId>,
    ) -> Result<About<'s>, Refused> {
        let find = |name: &str| self.machine.repos.iter().position(|repo| repo.name == name);
        let mut repos = Vec::new();
        if let Some(own) = package.repo.as_deref().and_then(find) {
            repos.extend(
                self.machine.repos.get(own).into_iter().flat_map(|repo| repo.masters.iter().copied()),
            );
            repos.push(own);
        }
        let mut about = About {
            settings: self,
            package,
            skip,
            own_masks: OnceLock::new(),
            repos,
            iuse: package.iuse.iter().map(|(flag, _)| flag.as_str()).collect(),
            stable: false,
            env: Layer::new(),
            repo_env: Layer::new(),
            own: Events::default(),
            masked: Events::default(),
            forced: Events::default(),
            features: BTreeSet::new(),
            on: OnceLock::new(),
        };
        about.stable = about.is_stable();
        about.read_switches();
        about.read_env()?;
        about.read_words();
        Ok(about)
    }
}

impl<'s> About<'s> {
    /// The package.
    pub fn package(&self) -> &Package {
        self.package
    }

    /// Whether it is visible, and would not be if each of its keywords were `~arch`: what decides about use.stable.mask and
    /// the like.
    pub fn stable(&self) -> bool {
        self.stable
    }

    /// The lines of a file of rules that are about it, the weakest first.
    pub(super) fn matching<'a>(&self, rules: &'a Rules) -> Vec<&'a Rule> {
        rules.matching(&self.package.candidate(), self.skip, Star::Kept)
    }

    /// As [`Self::matching`], of a file of /etc/portage.
    pub(super) fn matching_own<'a>(&self, rules: &'a Rules, star: Star) -> Vec<&'a Rule> {
        rules.matching(&self.package.candidate(), self.skip, star)
    }

    /// What is said of a flag in all layers, in order; the last word holds.
    pub(super) fn said(&self, flag: &str) -> Vec<Said<'_>> {
        let iuse = |flag: &str| self.iuse.contains(flag);
        let any = |prefix: &str| self.iuse.iter().any(|flag| flag.starts_with(prefix));
        let words = self.settings.words.of(flag, &iuse, &any).into_iter();
        let all = words.chain(self.own.of(flag, &iuse, &any));
        let kept = all.filter(|event| self.counts(event));
        let mut found: Vec<Said<'_>> = kept.map(|event| Said { order: event.order, event }).collect();
        found.sort_by_key(|said| said.order);
        found
    }

    fn counts(&self, event: &Event) -> bool {
        (!event.stable || self.stable) && (event.at.is_none() || event.at != self.skip)
    }

    /// What masks a flag, or forces it; the last word holds.
    pub(super) fn switched(&self, flag: &str, masks: bool) -> Vec<Said<'_>> {
        let settings = self.settings;
        let (top, nodes, own) = match masks {
            true => (&settings.top_masked, &settings.masked, &self.masked),
            false => (&settings.top_forced, &settings.forced, &self.forced),
        };
        let mut found: Vec<Said<'_>> = Vec::new();
        for (part, repo) in (0u16..).zip(self.repos.iter()) {
            for event in top.get(*repo).map_or(&[][..], |events| events.plain(flag)) {
                found.push(Said { order: Order { part, ..event.order }, event });
            }
        }
        let rest = nodes.plain(flag).iter().chain(own.plain(flag));
        found.extend(rest.map(|event| Said { order: event.order, event }));
        found.retain(|said| self.counts(said.event));
        found.sort_by_key(|said| said.order);
        found
    }

    /// Whether a flag is masked.
    pub fn is_masked(&self, flag: &str) -> bool {
        self.switched(flag, true).last().is_some_and(|said| said.event.on)
    }

    /// Whether a flag is forced.
    pub fn is_forced(&self, flag: &str) -> bool {
        self.switched(flag, false).last().is_some_and(|said| said.event.on)
    }

    /// The architecture, which is a flag that is always on.
    pub(super) fn arch(&self) -> Option<&str> {
        last(&self.settings.defaults, "ARCH").map(|value| &*value.text).filter(|arch| !arch.is_empty())
    }

    /// Whether a flag is in USE, whatever the package knows of it: a mask goes before all, then what is forced.
    pub fn is_on(&self, flag: &str) -> bool {
        !self.is_masked(flag)
            && (self.is_forced(flag)
                || self.arch() == Some(flag)
                || self.said(flag).last().is_some_and(|said| said.event.on))
    }

    /// Whether the package has a flag: in its IUSE, or among those that each package has.
    pub fn has(&self, flag: &str) -> bool {
        self.iuse.contains(flag) || self.has_implicitly(flag)
    }

    fn has_implicitly(&self, flag: &str) -> bool {
        let settings = self.settings;
        if self.package.eapi_number() >= 5 {
            return settings.implicit.binary_search_by(|other| other.as_str().cmp(flag)).is_ok();
        }
        let hidden = || {
            settings.expand.hidden.iter().any(|name| flag.starts_with(&format!("{}_", name.to_lowercase())))
        };
        // What is masked or forced for this package alone is none of them.
        let for_all = |events: &Events| {
            let mut said = events.plain(flag).iter().rev();
            said.find(|event| !event.stable && self.counts(event)).is_some_and(|event| event.on)
        };
        matches!(flag, "build" | "bootstrap")
            || self.arch() == Some(flag)
            || hidden()
            || for_all(&settings.masked)
            || for_all(&settings.forced)
            || settings.listed("arch.list").iter().any(|arch| arch == flag)
    }

    /// Whether a flag is one of those that stand for USE_EXPAND variables. Before EAPI 5 those that all packages have are
    /// patterns, which stand for none.
    fn is_expanded(&self, flag: &str) -> bool {
        match self.package.eapi_number() {
            0..5 => self.iuse.contains(flag) || self.is_forced(flag) || flag.ends_with(".*"),
            _ => self.has(flag),
        }
    }

    /// Whether a flag that the package has is on.
    pub fn is_enabled(&self, flag: &str) -> bool {
        let by_star = || {
            self.settings.expand.names.iter().any(|name| {
                let prefix = format!("{}_", name.to_lowercase());
                flag.starts_with(&prefix) && self.is_on(&format!("{prefix}*"))
            })
        };
        (self.has(flag) && self.is_on(flag)) || (self.is_expanded(flag) && !self.is_masked(flag) && by_star())
    }

    /// The flags that conditions of RESTRICT and PROPERTIES ask.
    pub(super) fn asked_by_restrict(&self) -> Vec<String> {
        self.asked(&[&self.package.restrict, &self.package.properties])
    }

    /// As [`Self::asked_by_restrict`], with those of LICENSE.
    pub(super) fn asked_by_all(&self) -> Vec<String> {
        let package = self.package;
        self.asked(&[&package.restrict, &package.properties, &package.license])
    }

    fn asked(&self, texts: &[&String]) -> Vec<String> {
        let parts: Vec<_> = texts.iter().map(|text| depend::parse(text).unwrap_or_default()).collect();
        let mut asked = Vec::new();
        parts.iter().for_each(|parts| depend::asked(parts, &mut asked));
        asked.into_iter().map(str::to_owned).collect()
    }

    /// The flags that are on, of those that the package has: `PORTAGE_USE`.
    pub fn enabled(&self) -> BTreeSet<String> {
        self.on().clone()
    }

    fn on(&self) -> &BTreeSet<String> {
        self.on.get_or_init(|| self.all_on())
    }

    fn all_on(&self) -> BTreeSet<String> {
        let settings = self.settings;
        let mut candidates: BTreeSet<&str> = self.iuse.iter().copied().collect();
        let mut all = BTreeSet::new();
        if self.package.eapi_number() >= 5 {
            candidates.extend(settings.implicit.iter().map(String::as_str));
            all.clone_from(&candidates);
        } else {
            let named = [&settings.words, &self.own, &settings.forced, &self.forced].into_iter();
            let top = self.repos.iter().filter_map(|repo| settings.top_forced.get(*repo));
            candidates.extend(named.chain(top).flat_map(Events::flags));
            candidates.extend(self.arch());
            all.clone_from(&candidates);
            // Where no package is asked about, no flag is one that it has not.
            let nobody = self.package.cpn.is_empty();
            candidates.retain(|flag| !flag.ends_with("_*") && (nobody || self.has(flag)));
        }
        let mut on: BTreeSet<String> =
            candidates.iter().filter(|flag| self.is_on(flag)).map(|flag| (*flag).to_owned()).collect();
        for name in &settings.expand.names {
            let prefix = format!("{}_", name.to_lowercase());
            if !self.is_on(&format!("{prefix}*")) {
                continue;
            }
            let rest = all.iter().filter(|flag| flag.starts_with(&prefix));
            let rest = rest.filter(|flag| self.is_expanded(flag) && !self.is_masked(flag));
            on.extend(rest.map(|flag| (*flag).to_owned()));
            if self.package.eapi_number() < 5 && settings.expand.hidden.contains(name) {
                on.insert(format!("{prefix}.*"));
            }
        }
        on
    }

    /// The values of a variable in a layer.
    pub(super) fn values(&self, layer: LayerName, name: &str) -> &[Value] {
        let own = match layer {
            LayerName::Repo => Some(&self.repo_env),
            LayerName::Package => Some(&self.env),
            layer => self.settings.layer(layer),
        };
        let values = own.and_then(|layer| layer.get(name)).map_or(&[][..], Vec::as_slice);
        let adds = is_incremental(name) || (layer == LayerName::Conf && is_lazy(name));
        let from = if adds { 0 } else { values.len().saturating_sub(1) };
        values.get(from..).unwrap_or_default()
    }

    pub(super) fn incremental(&self, name: &str) -> BTreeSet<String> {
        let mut words = BTreeSet::new();
        for value in LAYERS.iter().flat_map(|(layer, _)| self.values(*layer, name)) {
            value.words().for_each(|word| switch(&mut words, word));
        }
        words.into_iter().map(str::to_owned).collect()
    }

    /// The value of a variable that its ebuild sees. `None` where nothing sets it.
    pub fn variable(&self, name: &str) -> Option<String> {
        let settings = self.settings;
        if name == "FEATURES" {
            return Some(self.features.iter().cloned().collect::<Vec<_>>().join(" "));
        }
        match name {
            "USE" => return Some(self.on().iter().cloned().collect::<Vec<_>>().join(" ")),
            "ACCEPT_LICENSE" => return Some(self.accepted_license()),
            "PORTAGE_PROPERTIES" => return Some(self.flat(&self.package.properties)),
            "PORTAGE_RESTRICT" => return Some(self.flat(&self.package.restrict)),
            _ => {}
        }
        if settings.expand.names.iter().any(|other| other == name) {
            return Some(self.expanded(name));
        }
        if is_incremental(name) {
            let said = LAYERS.iter().any(|(layer, _)| !self.values(*layer, name).is_empty());
            return said.then(|| self.incremental(name).into_iter().collect::<Vec<_>>().join(" "));
        }
        let held = LAYERS.iter().rev().find_map(|(layer, _)| self.values(*layer, name).last())?;
        if settings.expand.unprefixed.iter().any(|other| other == name) {
            let on = self.on();
            return Some(held.words().filter(|word| on.contains(*word)).collect::<Vec<_>>().join(" "));
        }
        Some(held.text.to_string())
    }

    /// The words of PROPERTIES and the like that hold with the flags that are on.
    fn flat(&self, text: &str) -> String {
        let parts = depend::parse(text).unwrap_or_default();
        let mut words = Vec::new();
        depend::words(&parts, &|flag| self.has(flag) && self.is_on(flag), &mut words);
        words.into_iter().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(" ")
    }

    /// A USE_EXPAND variable: the flags of it that are on, in the order in which it is set.
    fn expanded(&self, name: &str) -> String {
        let prefix = format!("{}_", name.to_lowercase());
        let on = self.on();
        let own = on.iter().filter(|flag| self.is_expanded(flag));
        let own: BTreeMap<&str, ()> =
            own.filter_map(|flag| Some((flag.strip_prefix(&prefix)?, ()))).collect();
        let said = LAYERS.iter().rev().find_map(|(layer, _)| self.values(*layer, name).last());
        let mut words: Vec<&str> = Vec::new();
        for word in said.into_iter().flat_map(Value::words).filter(|word| own.contains_key(word)) {
            if !words.contains(&word) {
                words.push(word);
            }
        }
        let rest: Vec<&str> = own.keys().copied().filter(|word| !words.contains(word)).collect();
        words.extend(rest);
        words.join(" ")
    }

    /// The features that hold for it.
    pub fn features(&self) -> &BTreeSet<String> {
        &self.features
    }
}
