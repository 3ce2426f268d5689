//! What the rules across files ask a configuration.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use crate::config::{Body, Config};
use crate::file::{Effective, switched};
use crate::model::{Ini, Model, Rule, Vars};
use crate::report::{Key, Report};
use crate::vocab::{Atom, Chost, Dialect, Libc, Piece, RelPath};

/// A configuration with its files read once.
pub(super) struct Context<'a> {
    pub(super) config: &'a Config,
    /// The entries of each file of a known kind.
    pub(super) models: BTreeMap<&'a RelPath, (&'static str, Cow<'a, Model>)>,
    /// make.conf after its last line.
    pub(super) make_conf: Effective,
}

impl<'a> Context<'a> {
    /// Reads all files; what their readers and their own checks find is reported.
    pub(super) fn new(config: &'a Config, report: &mut Report) -> Self {
        let mut models = BTreeMap::new();
        for (path, file) in &config.files {
            let Some(kind) = file.kind else { continue };
            let mut findings = match &file.body {
                Body::Text(bytes) => report.text(path, &bytes.0),
                _ => report.file(path),
            };
            let model = match &file.body {
                Body::Model(model) => Some(Cow::Borrowed(model)),
                _ => file.model(&mut findings).map(Cow::Owned),
            };
            if let Some(model) = model {
                (kind.check)(&model, &mut findings);
                models.insert(path, (kind.name, model));
            }
        }
        let mut context = Self { config, models, make_conf: Effective::default() };
        context.make_conf = Effective::of(context.vars("make.conf").map(|(_, vars)| vars));
        context
    }

    /// The files of a kind that hold variables, in Portage's order.
    pub(super) fn vars(&self, kind: &'static str) -> impl DoubleEndedIterator<Item = (&RelPath, &Vars)> {
        self.models.iter().filter_map(move |(path, (name, model))| match &**model {
            Model::Vars(vars) if *name == kind => Some((*path, vars)),
            _ => None,
        })
    }

    /// The variables that some value refers to, in whichever file: a name of one's own, whatever it looks like.
    pub(super) fn referenced(&self) -> HashSet<&str> {
        let vars = self.models.values().filter_map(|(_, model)| match &**model {
            Model::Vars(vars) => Some(vars),
            _ => None,
        });
        vars.flat_map(Vars::assigns).flat_map(|assign| assign.value.references()).collect()
    }

    /// The rules of a kind, in Portage's order.
    pub(super) fn rules(&self, kind: &'static str) -> impl Iterator<Item = (&RelPath, &Rule)> {
        self.models.iter().filter(move |(_, (name, _))| *name == kind).flat_map(|(path, (_, model))| {
            let rules = if let Model::Rules(rules) = &**model { rules.rules.as_slice() } else { &[] };
            rules.iter().map(move |rule| (*path, rule))
        })
    }

    /// The items of a kind.
    pub(super) fn items(&self, kind: &'static str) -> impl Iterator<Item = (&RelPath, &str)> {
        self.models.iter().filter(move |(_, (name, _))| *name == kind).flat_map(|(path, (_, model))| {
            let items = if let Model::Items(items) = &**model { items.items.as_slice() } else { &[] };
            items.iter().map(move |item| (*path, item.text.as_str()))
        })
    }

    /// The files of sections of a kind.
    pub(super) fn inis(&self, kind: &'static str) -> impl Iterator<Item = (&RelPath, &Ini)> {
        self.models.iter().filter_map(move |(path, (name, model))| match &**model {
            Model::Ini(ini) if *name == kind => Some((*path, ini)),
            _ => None,
        })
    }

    /// The rules of a kind for one package, whatever their version.
    pub(super) fn rules_for(&self, kind: &'static str, cpn: &str) -> Vec<(&RelPath, &Rule)> {
        self.rules(kind).filter(|(_, rule)| speaks_of(&rule.key, cpn)).collect()
    }

    /// Whether a flag of a package is on, as far as the configuration says: make.conf's USE, then package.use.
    pub(super) fn flag(&self, cpn: &str, flag: &str) -> Option<bool> {
        let global = self.make_conf.switch("USE", flag);
        let rules = self.rules_for("package.use", cpn);
        let words = rules.iter().filter(|(_, rule)| rule.group.is_none()).flat_map(|(_, rule)| &rule.words);
        words.rev().find_map(|word| switched(word, flag)).or(global)
    }

    /// The last assignment of a variable in make.conf: where a finding about it belongs.
    pub(super) fn assigned(&self, name: &str) -> Option<RelPath> {
        self.vars("make.conf").rev().find(|(_, vars)| vars.get(name).is_some()).map(|(path, _)| path.clone())
    }

    /// The place in make.conf where a word of a variable is written out: of the variable itself, or of one that it
    /// refers to.
    pub(super) fn written(&self, name: &str, word: &str) -> Option<(RelPath, Key)> {
        let mut open = vec![name];
        let mut seen = Vec::new();
        while let Some(name) = open.pop() {
            if seen.contains(&name) {
                continue;
            }
            seen.push(name);
            for (path, vars) in self.vars("make.conf") {
                for assign in vars.assigns().filter(|assign| assign.name == name) {
                    for piece in assign.value.pieces() {
                        match piece {
                            Piece::Literal(text) if text.contains(word) => {
                                return Some((path.clone(), Key::of(name)));
                            }
                            Piece::Literal(_) => {}
                            Piece::Reference(other) => open.push(other),
                        }
                    }
                }
            }
        }
        None
    }

    /// What make.profile points to.
    pub(super) fn profile(&self) -> Option<(RelPath, &str)> {
        ["etc/portage/make.profile", "etc/make.profile"].into_iter().find_map(|path| {
            let path = RelPath::parse(path).ok()?;
            match &self.config.files.get(&path)?.body {
                Body::Link(target) => Some((path, target.as_str())),
                _ => None,
            }
        })
    }

    /// The components of the profile below `profiles/`.
    pub(super) fn profile_parts(&self) -> Vec<&str> {
        let target = self.profile().map_or("", |(_, target)| target);
        let inner = target.split_once("profiles/").map_or(target, |(_, inner)| inner);
        inner.split('/').filter(|part| !part.is_empty()).collect()
    }

    /// Whether the C library is musl, as far as CHOST or the profile says.
    pub(super) fn is_musl(&self) -> bool {
        match self.chost().and_then(|chost| chost.libc_kind()) {
            Some(kind) => kind == Libc::Musl,
            None => self.profile_parts().contains(&"musl"),
        }
    }

    /// CHOST, where make.conf says it.
    pub(super) fn chost(&self) -> Option<Chost> {
        Chost::parse(self.make_conf.get("CHOST")?).ok()
    }

    /// The variables that hold for a package after its line of package.env, if it has one.
    pub(super) fn package_env(&self, cpn: &str) -> Option<Effective> {
        let rules = self.rules_for("package.env", cpn);
        let mut effective = self.make_conf.clone();
        let mut any = false;
        for word in rules.iter().flat_map(|(_, rule)| &rule.words) {
            let Ok(path) = RelPath::parse(&format!("etc/portage/env/{word}")) else { continue };
            if let Some(Model::Vars(vars)) = self.models.get(&path).map(|(_, model)| &**model) {
                effective.apply(vars);
                any = true;
            }
        }
        any.then_some(effective)
    }
}

/// Whether an atom speaks of a package, whatever its version; wildcards count for what they match.
pub(super) fn speaks_of(atom: &str, cpn: &str) -> bool {
    if !atom.contains('*') && !atom.contains(cpn) {
        return false;
    }
    let Ok(atom) = Atom::parse(atom.strip_prefix('-').unwrap_or(atom), Dialect::User) else { return false };
    if atom.cpn() == cpn {
        return true;
    }
    let Some((category, package)) = cpn.split_once('/') else { return false };
    let fits = |pattern: &str, name: &str| match pattern.split_once('*') {
        None => pattern == name,
        Some((before, after)) => {
            name.len() >= before.len() + after.len() && name.starts_with(before) && name.ends_with(after)
        }
    };
    atom.is_wildcard()
        && atom.version().is_none()
        && fits(atom.category(), category)
        && fits(atom.package(), package)
}
