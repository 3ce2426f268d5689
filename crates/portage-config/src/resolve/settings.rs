//! The layers of variables, one over the other: `config.__init__` and `regenerate` of Portage's config.py.

use std::sync::{Arc, OnceLock};

use super::events::Events;
use super::files::LineId;
use super::licenses::Groups;
use super::machine::Machine;
use super::masks::Masks;
use super::nodes::{self, Tables};
use super::profiles::{Node, ProfileError, chain};
use super::tables::texts;
use super::vars::{
    Known, Layer, Reader, Refused, Value, is_blacklisted, is_incremental, is_reserved, last, stacked,
};

/// A layer of variables; later ones go before earlier ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum LayerName {
    /// /etc/profile.env, made of /etc/env.d.
    EnvD,
    /// `profiles/make.defaults` and the like of the package's repository and its masters.
    Repo,
    /// What FEATURES bring: the flag `test`.
    Features,
    /// The defaults in the ebuild's IUSE.
    Ebuild,
    /// make.globals.
    Globals,
    /// The profiles.
    Defaults,
    /// make.conf, and what `*/*` says in five files of /etc/portage.
    Conf,
    /// package.use and package.env.
    Package,
    /// The calling environment.
    Env,
}

/// The layers in their order, with the words of USE_ORDER.
pub(super) const LAYERS: [(LayerName, &str); 9] = [
    (LayerName::EnvD, "env.d"),
    (LayerName::Repo, "repo"),
    (LayerName::Features, "features"),
    (LayerName::Ebuild, "pkginternal"),
    (LayerName::Globals, "globals"),
    (LayerName::Defaults, "defaults"),
    (LayerName::Conf, "conf"),
    (LayerName::Package, "pkg"),
    (LayerName::Env, "env"),
];

/// What holds on a machine.
#[derive(Debug)]
pub struct Settings<'m> {
    pub(super) machine: &'m Machine,
    pub(super) skip: Option<LineId>,
    /// The profiles, the outermost parent first.
    pub(super) nodes: Vec<Node>,
    pub(super) tables: Vec<Arc<Tables>>,
    profile_error: Option<ProfileError>,
    pub(super) env_d: Layer,
    pub(super) globals: Layer,
    /// Each profile's make.defaults.
    pub(super) make_defaults: Vec<Layer>,
    pub(super) defaults: Layer,
    pub(super) conf: Layer,
    pub(super) env: Layer,
    /// Each repository's profiles/make.defaults.
    pub(super) repo_defaults: Vec<Layer>,
    /// Values that something later replaced.
    pub(super) lost: Vec<(LayerName, Box<str>, Value)>,
    pub(super) known: Known,
    pub(super) profile_only: Vec<String>,
    pub(super) use_order: Vec<LayerName>,
    pub(super) expand: Expand,
    /// The words of all layers that hold for each package.
    pub(super) words: Events,
    /// Masked and forced flags of the profiles.
    pub(super) masked: Events,
    pub(super) forced: Events,
    pub(super) top_masked: Vec<Events>,
    pub(super) top_forced: Vec<Events>,
    pub(super) implicit: Vec<String>,
    pub(super) groups: Groups,
    pub(super) masks: OnceLock<Masks>,
}

/// The USE_EXPAND variables.
#[derive(Clone, Debug, Default)]
pub(super) struct Expand {
    pub(super) names: Vec<String>,
    pub(super) hidden: Vec<String>,
    pub(super) unprefixed: Vec<String>,
    /// Those that some layer sets.
    pub(super) set: Vec<String>,
}

/// Variables that add up in make.conf with what `*/*` says elsewhere, but over the layers in a way of their own.
pub(super) fn is_lazy(name: &str) -> bool {
    matches!(name, "ACCEPT_LICENSE" | "ACCEPT_PROPERTIES" | "ACCEPT_RESTRICT")
}

/// The last of all values of each variable; those before it were replaced.
fn settle(layer: Layer, name: LayerName, lost: &mut Vec<(LayerName, Box<str>, Value)>) -> Layer {
    let mut out = Layer::new();
    for (variable, mut values) in layer {
        let Some(held) = values.pop() else { continue };
        lost.extend(values.into_iter().map(|value| (name, variable.clone(), value)));
        out.insert(variable, vec![held]);
    }
    out
}

impl<'m> Settings<'m> {
    pub(super) fn new(machine: &'m Machine, skip: Option<LineId>) -> Result<Self, Refused> {
        let files = &machine.files;
        let plain = Reader { files, skip, sourcing: false };
        let user = Reader { files, skip, sourcing: true };
        let mut lost = Vec::new();
        let mut known = Known::default();
        let mut env_d = match files.text("/etc/profile.env") {
            Some(text) => settle(plain.read(&text, &mut Known::default())?, LayerName::EnvD, &mut lost),
            None => Layer::new(),
        };
        for (name, values) in &env_d {
            values.iter().for_each(|value| known.set(name, value.clone()));
        }
        for name in ["BROOT", "EPREFIX"] {
            known.set(name, Value::given(""));
        }
        for name in ["EROOT", "ESYSROOT", "ROOT", "SYSROOT"] {
            known.set(name, Value::given("/"));
        }
        known.set("PORTAGE_CONFIGROOT", Value::given(&format!("{}/", machine.config_root)));
        let globals = match files.text("/usr/share/portage/config/make.globals") {
            Some(text) => plain.read(&text, &mut known)?,
            None => super::globals::builtin(&mut known),
        };
        let mut globals = settle(globals, LayerName::Globals, &mut lost);
        if let Some(main) = machine.main() {
            known.set("PORTDIR", Value::given(&main.location));
        }
        let overlays = machine.repos.iter().enumerate().filter(|(at, _)| Some(*at) != machine.main);
        let overlays: Vec<&str> = overlays.map(|(_, repo)| repo.location.as_str()).collect();
        known.set("PORTDIR_OVERLAY", Value::given(&overlays.join(" ")));

        let (nodes, profile_error) =
            match chain(files, &machine.config_root, &machine.repos, machine.profile.as_deref(), skip) {
                Ok(nodes) => (nodes, None),
                Err(error) => (Vec::new(), Some(error)),
            };
        let tables: Vec<Arc<Tables>> = nodes.iter().map(|node| machine.node(node)).collect();
        let mut make_defaults = Vec::with_capacity(nodes.len());
        for node in &nodes {
            known.forget("USE");
            let texts = texts(files, &node.path, "make.defaults", node.folders);
            let layer = plain.read_all(&texts, &mut known)?;
            make_defaults.push(settle(layer, LayerName::Defaults, &mut lost));
        }
        let mut defaults = stacked(make_defaults.clone(), is_incremental);
        let mut conf = Layer::new();
        for path in ["make.conf", "portage/make.conf"] {
            let path = format!("{}/etc/{path}", machine.config_root);
            for (name, values) in user.read_all(&files.walk(&path, true), &mut known)? {
                conf.entry(name).or_default().extend(values);
            }
        }
        conf.retain(|name, _| !name.starts_with("__"));
        let mut conf = settle(conf, LayerName::Conf, &mut lost);
        let profile_only = {
            let mut names: Vec<String> = Vec::new();
            let values = defaults.get("PROFILE_ONLY_VARIABLES").into_iter().flatten();
            for word in values.flat_map(Value::words) {
                match word.strip_prefix('-') {
                    Some("*") => names.clear(),
                    Some(word) => names.retain(|name| name != word),
                    None => names.push(word.to_owned()),
                }
            }
            names
        };
        let mut env: Layer = machine
            .environment
            .iter()
            .map(|(name, value)| (name.as_str().into(), vec![Value::given(value)]))
            .collect();
        for layer in [&mut env_d, &mut conf, &mut env] {
            layer.retain(|name, _| !profile_only.iter().any(|other| **other == **name));
        }
        for layer in [&mut env_d, &mut globals, &mut defaults, &mut conf, &mut env] {
            layer.retain(|name, _| !is_blacklisted(name));
        }
        let mut repo_defaults = Vec::new();
        for repo in &machine.repos {
            let mut known = Known::default();
            for (name, values) in &globals {
                values.iter().for_each(|value| known.set(name, value.clone()));
            }
            let texts = texts(files, &repo.profiles(), "make.defaults", repo.folders);
            let mut layer = settle(plain.read_all(&texts, &mut known)?, LayerName::Repo, &mut lost);
            let kept = |name: &str| !is_reserved(name) && !profile_only.iter().any(|other| other == name);
            layer.retain(|name, _| kept(name));
            repo_defaults.push(layer);
        }
        let mut settings = Self {
            machine,
            skip,
            nodes,
            tables,
            profile_error,
            env_d,
            globals,
            make_defaults,
            defaults,
            conf,
            env,
            repo_defaults,
            lost,
            known,
            profile_only,
            use_order: Vec::new(),
            expand: Expand::default(),
            words: Events::default(),
            masked: Events::default(),
            forced: Events::default(),
            top_masked: Vec::new(),
            top_forced: Vec::new(),
            implicit: Vec::new(),
            groups: Groups::default(),
            masks: OnceLock::new(),
        };
        settings.add_stars()?;
        if let Some(chost) = settings.scalar("CHOST").filter(|_| settings.scalar("CBUILD").is_none()).cloned()
        {
            settings.env.insert("CBUILD".into(), vec![chost]);
        }
        if settings.scalar("USERLAND").is_none() {
            settings.env.insert("USERLAND".into(), vec![Value::given("GNU")]);
        }
        settings.groups = Groups::read(machine, skip);
        settings.set_expand();
        settings.index();
        Ok(settings)
    }

    /// What `*/*` says in package.use, package.license, package.properties, package.accept_restrict and package.env is
    /// part of make.conf's layer.
    fn add_stars(&mut self) -> Result<(), Refused> {
        let own = self.machine.own();
        let mut env = Vec::new();
        for (name, rules) in [
            ("USE", &own.package_use),
            ("ACCEPT_LICENSE", &own.license),
            ("ACCEPT_PROPERTIES", &own.properties),
            ("ACCEPT_RESTRICT", &own.restrict),
            ("", &own.env),
        ] {
            let stars = rules.all().iter().filter(|rule| rule.atom.as_str() == "*/*");
            for rule in stars.filter(|rule| !nodes::is_skipped(self.skip, rule.at)) {
                if name.is_empty() {
                    env.extend(rule.words.iter().map(|word| (word.to_string(), rule.at)));
                    continue;
                }
                let text = rule.words.join(" ");
                let value = Value { text: text.into(), at: Some(rule.at), via: Arc::from([]) };
                self.conf.entry(name.into()).or_default().push(value);
            }
        }
        let files: Vec<(&str, LineId)> = env.iter().map(|(name, at)| (name.as_str(), *at)).collect();
        for (name, values) in self.package_env(&files, &[])? {
            let Some(held) = values.last() else { continue };
            self.known.set(&name, joined(&values));
            let own = self.conf.entry(name.clone()).or_default();
            if is_incremental(&name) {
                own.extend(values);
            } else {
                let gone = std::mem::replace(own, vec![held.clone()]);
                self.lost.extend(gone.into_iter().map(|value| (LayerName::Conf, name.clone(), value)));
            }
        }
        Ok(())
    }

    /// The variables of files below env/: `_grab_pkg_env`.
    pub(super) fn package_env(&self, names: &[(&str, LineId)], protected: &[&str]) -> Result<Layer, Refused> {
        let mut known = self.known.clone();
        let reader = Reader { files: &self.machine.files, skip: self.skip, sourcing: true };
        let config = self.machine.config();
        let mut all = Layer::new();
        for (name, line) in names {
            let path =
                if name.starts_with('/') { (*name).to_owned() } else { format!("{config}/env/{name}") };
            let Some(text) = self.machine.files.text(&path) else { continue };
            for (name, mut values) in reader.read(&text, &mut known)? {
                let is_user = !is_reserved(&name) && !self.profile_only.iter().any(|other| **other == *name);
                let Some(mut value) = values.pop().filter(|_| is_user && !protected.contains(&&*name)) else {
                    continue;
                };
                // The line of package.env has a part in it, too.
                value.via = value.via.iter().copied().chain([*line]).collect();
                let held = all.entry(name.clone()).or_default();
                if !is_incremental(&name) {
                    held.clear();
                }
                held.push(value);
            }
        }
        Ok(all)
    }

    /// The values of a variable in a layer that is the same for all packages.
    pub(super) fn layer(&self, layer: LayerName) -> Option<&Layer> {
        match layer {
            LayerName::EnvD => Some(&self.env_d),
            LayerName::Globals => Some(&self.globals),
            LayerName::Defaults => Some(&self.defaults),
            LayerName::Conf => Some(&self.conf),
            LayerName::Env => Some(&self.env),
            _ => None,
        }
    }

    /// An incremental variable, of all layers together; sorted.
    pub(super) fn incremental(&self, name: &str) -> Vec<String> {
        let layers = LAYERS.iter().filter_map(|(layer, _)| self.layer(*layer)?.get(name));
        let mut words = std::collections::BTreeSet::new();
        for word in layers.flatten().flat_map(Value::words) {
            switch(&mut words, word);
        }
        words.into_iter().map(str::to_owned).collect()
    }

    /// A variable that does not add up, for no package in particular.
    pub(super) fn scalar(&self, name: &str) -> Option<&Value> {
        LAYERS.iter().rev().filter_map(|(layer, _)| self.layer(*layer)).find_map(|layer| last(layer, name))
    }

    /// The profiles, the outermost parent first; /etc/portage/profile is the last.
    pub fn profiles(&self) -> &[Node] {
        &self.nodes
    }

    /// What the profiles say of a variable: all values of one that adds up, else the last one.
    pub(crate) fn of_profiles(&self, name: &str) -> Option<String> {
        let values = self.defaults.get(name)?;
        let from = if is_incremental(name) { 0 } else { values.len().saturating_sub(1) };
        let texts: Vec<&str> = values.iter().skip(from).map(|value| &*value.text).collect();
        Some(texts.join(" "))
    }

    /// Why there is no profile.
    pub fn profile_error(&self) -> Option<&ProfileError> {
        self.profile_error.as_ref()
    }

    /// The value of a variable for no package in particular: what `portageq envvar` prints.
    pub fn variable(&self, name: &str) -> Option<String> {
        if is_incremental(name) {
            let words = self.incremental(name);
            let said =
                LAYERS.iter().any(|(layer, _)| self.layer(*layer).is_some_and(|l| l.contains_key(name)));
            return said.then(|| words.join(" "));
        }
        self.scalar(name).map(|value| value.text.to_string())
    }

    /// The lines that speak of a flag of stable packages alone.
    pub(super) fn stable_lines(&self, flag: &str) -> Vec<LineId> {
        let top = self.top_masked.iter().chain(&self.top_forced);
        let all = [&self.words, &self.masked, &self.forced].into_iter().chain(top);
        all.flat_map(|events| events.plain(flag)).filter_map(|event| event.at).collect()
    }
}

/// Several values of one variable as the one that files after them refer to.
fn joined(values: &[Value]) -> Value {
    let text: Vec<&str> = values.iter().map(|value| &*value.text).collect();
    let lines = values.iter().flat_map(|value| value.at.into_iter().chain(value.via.iter().copied()));
    Value { text: text.join(" ").into(), at: None, via: lines.collect() }
}

/// Stacks a word of an incremental variable.
pub(super) fn switch<'a>(words: &mut std::collections::BTreeSet<&'a str>, word: &'a str) {
    if word == "-*" {
        words.clear();
        return;
    }
    let name = word.strip_prefix('+').unwrap_or(word);
    match name.strip_prefix('-') {
        _ if name.is_empty() => {}
        Some(off) => {
            words.remove(off);
        }
        None => {
            words.insert(name);
        }
    }
}
