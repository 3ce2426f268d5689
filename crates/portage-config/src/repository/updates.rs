//! `profiles/updates`: packages that got another name or slot (PMS 4.4).

use std::collections::HashMap;

use super::{Repositories, text};
use crate::root::RootError;
use crate::vocab::{Atom, Cpn, Dialect, RelPath, SlotOperator, is_slot};

/// A line of a file in `profiles/updates`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Update {
    /// `move OLD NEW`
    Move {
        /// The name until then.
        from: Cpn,
        /// The name from then on.
        to: Cpn,
    },
    /// `slotmove ATOM OLD NEW`
    Slot {
        /// The versions.
        atom: Box<Atom>,
        /// Their slot until then.
        from: String,
        /// Their slot from then on.
        to: String,
    },
}

impl std::fmt::Display for Update {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Move { from, to } => write!(f, "move {from} {to}"),
            Self::Slot { atom, from, to } => write!(f, "slotmove {atom} {from} {to}"),
        }
    }
}

impl Update {
    /// Reads a line (`parse_updates` in Portage's `update.py`); nothing where Portage makes nothing of it.
    ///
    /// ```
    /// use portage_config::repository::Update;
    /// let update = Update::parse("slotmove  dev-lang/python 3 3.13").ok_or("no update")?;
    /// assert_eq!(update.to_string(), "slotmove dev-lang/python 3 3.13");
    /// assert!(Update::parse("move a/b =c/d-1").is_none());
    /// # Ok::<(), &str>(())
    /// ```
    pub fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let update = match (words.next()?, words.next()?, words.next()?) {
            ("move", from, to) => Self::Move { from: Cpn::parse(from).ok()?, to: Cpn::parse(to).ok()? },
            ("slotmove", atom, from) => {
                let to = words.next()?;
                if !is_slot(from) || !is_slot(to) {
                    return None;
                }
                let atom = Box::new(Atom::parse(atom, Dialect::Set).ok()?);
                Self::Slot { atom, from: from.to_owned(), to: to.to_owned() }
            }
            _ => return None,
        };
        words.next().is_none().then_some(update)
    }
}

/// What updates make of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Applied<'a> {
    /// The atom afterwards.
    pub atom: String,
    /// Those that changed it, in their order.
    pub by: Vec<&'a Update>,
}

/// The updates of all repositories.
///
/// ```
/// use portage_config::{repository::{Given, Repositories, ReposConf, Updates}, vocab::{Atom, Cpn, Dialect}};
/// let dir = tempfile::tempdir()?;
/// for (path, text) in [
///     ("profiles/repo_name", "gentoo\n"),
///     ("profiles/updates/4Q-2023", "move app-misc/a app-misc/b\n"),
///     ("profiles/updates/1Q-2024", "move app-misc/b app-misc/c\nslotmove app-misc/c 0 1\n"),
/// ] {
///     let path = dir.path().join(path);
///     std::fs::create_dir_all(path.parent().unwrap()).and_then(|()| std::fs::write(path, text))?;
/// }
/// let repositories = Repositories::open(&ReposConf::packaged(), None, &[Given::new(None, dir.path())])?;
/// let updates = Updates::of(&repositories)?;
/// assert_eq!(updates.moved(&Cpn::parse("app-misc/a")?), Some(Cpn::parse("app-misc/c")?));
/// let applied = updates.applied(&Atom::parse(">=app-misc/a-2:0/3", Dialect::User)?).ok_or("not changed")?;
/// assert_eq!((applied.atom.as_str(), applied.by.len()), (">=app-misc/c-2:1/3", 3));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Updates {
    all: Vec<Own>,
}

/// Those of one repository.
#[derive(Clone, Debug)]
struct Own {
    updates: Vec<Update>,
    /// By the name that they change: their numbers, ascending.
    by_name: HashMap<String, Vec<usize>>,
}

impl Updates {
    /// Reads those of all repositories; lines that Portage makes nothing of are passed over. Files named `1Q-2024` come in
    /// the order of time, others behind them.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn of(repositories: &Repositories) -> Result<Self, RootError> {
        let mut all = Vec::new();
        for repo in repositories.iter() {
            let root = repo.repository.root();
            let Ok(folder) = RelPath::parse("profiles/updates") else { continue };
            let Some(names) = root.list(Some(&folder))? else { continue };
            let mut files: Vec<(Option<(u32, u32)>, String)> = names
                .iter()
                .filter_map(|name| name.to_str())
                .filter(|name| !name.starts_with('.'))
                .map(|name| (quarter(name), name.to_owned()))
                .collect();
            files.sort_by(|a, b| (a.0.is_none(), a).cmp(&(b.0.is_none(), b)));
            let mut updates = Vec::new();
            for (_, name) in files {
                let bytes = text(root, &format!("profiles/updates/{name}"))?.unwrap_or_default();
                updates.extend(String::from_utf8_lossy(&bytes).lines().filter_map(Update::parse));
            }
            all.push(Own::new(updates));
        }
        Ok(Self { all })
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.all.iter().all(|own| own.updates.is_empty())
    }

    /// The name that a package has after all moves.
    pub fn moved(&self, cpn: &Cpn) -> Option<Cpn> {
        let atom = Atom::parse(&cpn.to_string(), Dialect::Set).ok()?;
        let applied = self.applied(&atom)?;
        Cpn::parse(&applied.atom).ok()
    }

    /// What Portage makes of an entry of the configuration (`update_config_files`), where the package is installed from the
    /// repository that says so: those of all repositories, one repository after the other. Wildcards, blockers and entries
    /// with `::repo` stay; so do entries whose slot moves for some versions only.
    pub fn applied(&self, atom: &Atom) -> Option<Applied<'_>> {
        if atom.is_wildcard() || atom.blocker().is_some() || atom.repo().is_some() {
            return None;
        }
        let mut now = Now { atom: atom.clone(), by: Vec::new() };
        self.all.iter().for_each(|own| own.apply(&mut now));
        (!now.by.is_empty()).then(|| Applied { atom: now.atom.to_string(), by: now.by })
    }
}

/// An atom on its way.
struct Now<'a> {
    atom: Atom,
    by: Vec<&'a Update>,
}

impl Own {
    fn new(updates: Vec<Update>) -> Self {
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (number, update) in updates.iter().enumerate() {
            let name = match update {
                Update::Move { from, .. } => from.to_string(),
                Update::Slot { atom, .. } => atom.cpn().to_owned(),
            };
            by_name.entry(name).or_default().push(number);
        }
        Self { updates, by_name }
    }

    fn apply<'a>(&'a self, now: &mut Now<'a>) {
        let mut from = 0;
        loop {
            let numbers = self.by_name.get(now.atom.cpn()).map(Vec::as_slice).unwrap_or_default();
            let Some(number) = numbers.iter().copied().find(|number| *number >= from) else { return };
            from = number + 1;
            let Some(update) = self.updates.get(number) else { return };
            if let Some(atom) = changed(&now.atom, update) {
                now.atom = atom;
                now.by.push(update);
            }
        }
    }
}

/// The atom as one update writes it.
fn changed(atom: &Atom, update: &Update) -> Option<Atom> {
    let text = match update {
        Update::Move { from, to } => atom.as_str().replacen(&from.to_string(), &to.to_string(), 1),
        Update::Slot { atom: which, from, to } => {
            if which.operator().is_some() || atom.slot() != Some(from) {
                return None;
            }
            let sub = atom.subslot().map(|sub| format!("/{}", if sub == from { to } else { sub }));
            let operator = atom.slot_operator().map_or("", SlotOperator::as_str);
            let slot = format!(
                "{from}{}{operator}",
                atom.subslot().map(|sub| format!("/{sub}")).unwrap_or_default()
            );
            let new = format!("{to}{}{operator}", sub.unwrap_or_default());
            atom.as_str().replacen(&format!(":{slot}"), &format!(":{new}"), 1)
        }
    };
    if text == atom.as_str() {
        return None;
    }
    Atom::parse(&text, Dialect::User).ok()
}

/// The year and quarter of `1Q-2024`.
fn quarter(name: &str) -> Option<(u32, u32)> {
    let (quarter, year) = name.split_once("Q-")?;
    Some((year.parse().ok()?, quarter.parse().ok()?))
}
