//! What the rules ask the repositories, read once.

use std::cell::{Cell, Ref, RefCell};
use std::collections::HashMap;
use std::sync::Arc;

use super::chain::Chain;
use crate::each::each;
use crate::lint::context::Context;
use crate::model::{Comment, Model};
use crate::report::{Diagnostic, Key};
use crate::repository::{Configured, Found, Repositories, Updates};
use crate::root::RootError;
use crate::vocab::{Atom, Cpn, Dialect, RelPath, accepts_keywords};

/// Files of an atom and words a line, and of an atom a line.
pub(in crate::lint) const ATOMS: [&str; 23] = [
    "package.use",
    "package.accept_keywords",
    "package.keywords",
    "package.license",
    "package.properties",
    "package.accept_restrict",
    "package.env",
    "package.mask",
    "package.unmask",
    "profile/package.use",
    "profile/package.use.mask",
    "profile/package.use.force",
    "profile/package.use.stable",
    "profile/package.use.stable.mask",
    "profile/package.use.stable.force",
    "profile/package.accept_keywords",
    "profile/package.keywords",
    "profile/package.bashrc",
    "profile/package.mask",
    "profile/package.unmask",
    "profile/packages",
    "sets",
    "world",
];

/// How often the nearest name is looked for: each time costs a walk over all of them.
const NEAREST: usize = 100;

/// A line that speaks of packages.
pub(super) struct Line<'a> {
    pub(super) kind: &'static str,
    pub(super) path: &'a RelPath,
    /// The entry, as the file says it.
    pub(super) key: &'a str,
    /// Without the `-` that takes a line back, and the `*` of profile/packages.
    pub(super) atom: Atom,
    pub(super) removes: bool,
    pub(super) group: Option<&'a str>,
    pub(super) words: &'a [String],
    pub(super) comment: &'a Comment,
}

impl Line<'_> {
    pub(super) fn key(&self) -> Key {
        Key::of(self.key)
    }
}

/// The versions of a package; `None` where they cannot be read.
pub(super) type Versions<'a> = Option<Arc<[Found<'a>]>>;

pub(super) struct Known<'a> {
    pub(super) repos: &'a Repositories,
    pub(super) updates: Updates,
    pub(super) lines: Vec<Line<'a>>,
    /// The numbers of the lines about each package, and of those with wildcards.
    by_name: HashMap<String, Vec<usize>>,
    wild: Vec<usize>,
    pub(super) chain: Chain<'a>,
    /// The words of ACCEPT_KEYWORDS: of the profile, then of make.conf.
    accepted: Vec<String>,
    /// The words of ACCEPT_LICENSE: of the profile, then of make.conf.
    pub(super) licenses: Vec<String>,
    packages: RefCell<HashMap<String, Versions<'a>>>,
    asked: Cell<usize>,
}

impl<'a> Known<'a> {
    pub(super) fn new(context: &'a Context<'_>, repos: &'a Repositories) -> Result<Self, RootError> {
        let chain = Chain::of(context, repos)?;
        let words =
            |text: Option<&str>| text.unwrap_or_default().split_whitespace().map(str::to_owned).collect();
        let mut accepted: Vec<String> = words(chain.defaults.get("ACCEPT_KEYWORDS"));
        accepted.extend::<Vec<String>>(words(context.make_conf.get("ACCEPT_KEYWORDS")));
        let arch = chain.defaults.get("ARCH").unwrap_or_default().to_owned();
        for word in &mut accepted {
            *word = word.replace("${ARCH}", &arch);
        }
        let mut licenses: Vec<String> = words(chain.defaults.get("ACCEPT_LICENSE"));
        licenses.extend::<Vec<String>>(words(context.make_conf.get("ACCEPT_LICENSE")));
        let lines = lines(context);
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        let mut wild = Vec::new();
        for (number, line) in lines.iter().enumerate() {
            if line.atom.is_wildcard() {
                wild.push(number);
            } else {
                by_name.entry(line.atom.cpn().to_owned()).or_default().push(number);
            }
        }
        let names: Vec<&String> = by_name.keys().collect();
        let found = each(&names, |cpn| read(repos, &Cpn::parse(cpn).ok()?)).into_iter();
        let packages = names.iter().copied().cloned().zip(found.map(|found| found.map(Arc::from))).collect();
        Ok(Self {
            repos,
            updates: Updates::of(repos)?,
            lines,
            by_name,
            wild,
            chain,
            accepted,
            licenses,
            packages: RefCell::new(packages),
            asked: Cell::new(0),
        })
    }

    /// The lines of some kinds, wildcards aside.
    pub(super) fn of(&self, kinds: &[&str]) -> impl Iterator<Item = &Line<'a>> {
        let is = move |line: &&Line<'a>| !line.atom.is_wildcard();
        self.lines.iter().filter(is).filter(|line| kinds.contains(&line.kind)).collect::<Vec<_>>().into_iter()
    }

    /// The versions of a package; `None` where they cannot be read.
    pub(super) fn versions(&self, cpn: &str) -> Versions<'a> {
        if let Some(known) = self.packages.borrow().get(cpn) {
            return known.clone();
        }
        let found = Cpn::parse(cpn).ok().and_then(|cpn| read(self.repos, &cpn)).map(Arc::from);
        self.packages.borrow_mut().insert(cpn.to_owned(), found.clone());
        found
    }

    /// The packages that were read.
    pub(super) fn loaded(&self) -> Ref<'_, HashMap<String, Versions<'a>>> {
        self.packages.borrow()
    }

    /// The versions that an atom without wildcards matches.
    pub(super) fn matching(&self, atom: &Atom) -> Vec<Found<'a>> {
        let versions = self.versions(atom.cpn());
        let all = versions.iter().flat_map(|all| all.iter());
        all.filter(|found| found.is(atom.cpn(), atom)).cloned().collect()
    }

    /// Whether a repository has a package of that name.
    pub(super) fn has(&self, cpn: &str) -> bool {
        Cpn::parse(cpn).is_ok_and(|cpn| self.repos.has(&cpn))
    }

    /// The name that was most likely meant, if that was not asked for too often.
    pub(super) fn nearest(&self, cpn: &str) -> Option<String> {
        let asked = self.asked.replace(self.asked.get() + 1);
        if asked < NEAREST { self.repos.nearest(cpn) } else { None }
    }

    /// ARCH, where the profile is known.
    pub(super) fn arch(&self) -> Option<&str> {
        self.chain.defaults.get("ARCH").filter(|arch| !arch.is_empty())
    }

    /// Whether the keywords of a version are accepted, first by ACCEPT_KEYWORDS and then by these words.
    pub(super) fn accepts(&self, keywords: &str, more: &[&str]) -> bool {
        accepts_keywords(self.accepted.iter().map(String::as_str).chain(more.iter().copied()), keywords)
    }

    /// The lines of some kinds that match a version, in reading order.
    pub(super) fn about(&self, kinds: &[&str], cpn: &str, found: &Found<'_>) -> Vec<&Line<'a>> {
        let own = self.by_name.get(cpn).map(Vec::as_slice).unwrap_or_default();
        let mut numbers: Vec<usize> = own.iter().chain(&self.wild).copied().collect();
        numbers.sort_unstable();
        let lines = numbers.into_iter().filter_map(|number| self.lines.get(number));
        lines.filter(|line| kinds.contains(&line.kind) && found.is(cpn, &line.atom)).collect()
    }

    /// The words that package.accept_keywords accepts for a version: those of general atoms first, and of equally specific
    /// ones that of the first line last.
    pub(super) fn accepted_for(&self, cpn: &str, found: &Found<'_>) -> Vec<String> {
        let mut lines = self.about(&KEYWORDS, cpn, found);
        lines.reverse();
        lines.sort_by_key(|line| line.atom.specificity());
        lines.into_iter().flat_map(|line| self.words(line)).collect()
    }

    /// The words of a line of package.accept_keywords: without any, the testing keyword of this architecture.
    pub(super) fn words(&self, line: &Line<'_>) -> Vec<String> {
        match (line.words, self.arch()) {
            ([], Some(arch)) => vec![format!("~{arch}")],
            (words, _) => words.to_vec(),
        }
    }
}

/// The versions of a package; `None` where they cannot be read.
pub(super) fn read<'a>(repos: &'a Repositories, cpn: &Cpn) -> Option<Vec<Found<'a>>> {
    repos.package(cpn).ok()
}

/// The kinds that accept keywords.
pub(super) const KEYWORDS: [&str; 3] =
    ["package.keywords", "package.accept_keywords", "profile/package.accept_keywords"];

/// How a repository is written in a message.
pub(super) fn shown(repo: &Configured) -> String {
    format!("::{}", repo.name)
}

/// Says which word was most likely meant.
pub(super) fn mean<'d>(found: &'d mut Diagnostic, near: Option<&str>) -> &'d mut Diagnostic {
    if let Some(near) = near {
        found.set_help(format!("did you mean {near}?"));
    }
    found
}

fn lines<'a>(context: &'a Context<'_>) -> Vec<Line<'a>> {
    let mut all = Vec::new();
    for (path, (kind, model)) in &context.models {
        if !ATOMS.contains(kind) {
            continue;
        }
        let mut add = |key: &'a str, group, words, comment| {
            let removes = key.starts_with('-');
            let text = key.strip_prefix('-').unwrap_or(key);
            let text =
                if *kind == "profile/packages" { text.strip_prefix('*').unwrap_or(text) } else { text };
            if let Ok(atom) = Atom::parse(text, Dialect::User) {
                all.push(Line { kind, path, key, atom, removes, group, words, comment });
            }
        };
        match &**model {
            Model::Rules(rules) => {
                for rule in &rules.rules {
                    add(&rule.key, rule.group.as_deref(), rule.words.as_slice(), &rule.comment);
                }
            }
            Model::Items(items) => {
                for item in &items.items {
                    add(&item.text, None, &[], &item.comment);
                }
            }
            _ => {}
        }
    }
    all
}
