//! From repos.conf to repositories.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use camino::{Utf8Path, Utf8PathBuf};

use super::names::stacked;
use super::{Configured, Given, Missing, Repositories, Why};
use crate::report::Report;
use crate::repository::{EbuildRepository, REPO_NAME, ReposConf, text};
use crate::root::{Look, Root, RootError};

/// A section on its way to a repository.
struct Section {
    name: String,
    repo: Configured,
    /// `masters` of repos.conf, else of layout.conf.
    masters: Option<Vec<String>>,
}

impl Repositories {
    /// Opens what repos.conf names, and what is given by hand: that takes the place of the location which repos.conf says of
    /// the name. Locations are resolved inside `machine`, as in a chroot; without a machine nothing but what is given is
    /// there. What repos.conf names and is not there is [`Repositories::missing`], and no error.
    ///
    /// # Errors
    /// When a repository that is given by hand cannot be read.
    pub fn open(conf: &ReposConf, machine: Option<&Root>, given: &[Given]) -> Result<Self, RootError> {
        let mut this = Self::default();
        let mut conf = conf.clone();
        if let Err(error) = conf.verify() {
            this.broken = Some(error);
            conf = ReposConf::default();
        }
        let mut places: Vec<(String, &Path)> = Vec::new();
        for given in given {
            let name = match &given.name {
                Some(name) => name.clone(),
                None => own_name(&EbuildRepository::open(Root::open(&given.dir)?, &mut Report::new())?, "").0,
            };
            conf.set(&name, "location", &given.dir.to_string_lossy());
            places.push((name, &given.dir));
        }
        let names: Vec<String> = conf.sections().map(str::to_owned).collect();
        let mut sections: Vec<Section> = Vec::new();
        for name in names {
            let said = conf.get(&name, "location").ok().flatten().filter(|text| !text.trim().is_empty());
            let by_hand = places.iter().rev().find(|(other, _)| *other == name).map(|(_, dir)| *dir);
            let opened = match by_hand {
                Some(dir) => {
                    let open = |root| EbuildRepository::open(root, &mut Report::new());
                    Ok((dir.to_owned(), Root::open(dir).and_then(open)?))
                }
                None => locate(machine, said.as_deref()),
            };
            let opened =
                opened.and_then(|(dir, repository)| section(&conf, &name, &dir, said.as_deref(), repository));
            match opened {
                Ok(section) => sections.push(section),
                Err(why) => this.missing.push(Missing { name, location: said, why }),
            }
        }
        this.take(&conf, sections);
        Ok(this)
    }

    /// Puts them in order, and finds out who is meant by which name.
    fn take(&mut self, conf: &ReposConf, sections: Vec<Section>) {
        // Every name, and the name of the repository it means. That of a section goes before an alias.
        let mut names: BTreeMap<String, String> =
            sections.iter().map(|section| (section.name.clone(), section.repo.name.clone())).collect();
        // Portage keeps this one, to be able to fetch it.
        let kept =
            self.missing.iter().find(|missing| missing.name == "gentoo" && missing.why == Why::NotThere);
        names.extend(kept.map(|missing| (missing.name.clone(), missing.name.clone())));
        let by_section = conf.main_repo().filter(|main| sections.iter().any(|section| section.name == *main));
        let mut all: Vec<Section> = Vec::new();
        for section in sections {
            let own = section.repo.name.clone();
            let is_other = section.name != own && names.contains_key(&own);
            names.entry(own.clone()).or_insert_with(|| own.clone());
            for alias in stacked(&section.repo.aliases) {
                names.entry(alias.to_owned()).or_insert_with(|| own.clone());
            }
            if !is_other {
                all.push(section);
            }
        }
        let main = conf.main_repo().and_then(|main| names.get(main)).cloned();
        for section in &mut all {
            // Of two sections that mean one repository the second may be called the main one: that changes nothing.
            let is_its = by_section.is_none_or(|name| section.name == name);
            if Some(&section.repo.name) == main.as_ref() && is_its {
                section.repo.priority.get_or_insert(-1000);
            }
        }
        all.sort_by(|a, b| order(&a.repo).cmp(&order(&b.repo)));
        let place = |own: &str| all.iter().position(|section| section.repo.name == own);
        self.main = main.as_deref().and_then(place);
        self.by_name = names.iter().filter_map(|(name, own)| Some((name.clone(), place(own)?))).collect();
        for (index, section) in all.iter_mut().enumerate() {
            let is_main = self.main == Some(index);
            let said = section.masters.take();
            let said = said.unwrap_or_else(|| main.iter().filter(|_| !is_main).cloned().collect());
            for name in said {
                match names.get(&name).filter(|own| self.by_name.contains_key(*own)) {
                    Some(own) => section.repo.masters.push(own.clone()),
                    None => section.repo.missing_masters.push(name),
                }
            }
        }
        self.all = all.into_iter().map(|section| section.repo).collect();
    }
}

fn order(repo: &Configured) -> (i64, &str) {
    (repo.priority.unwrap_or(0), &repo.name)
}

/// Opens the repository at a place of a machine.
fn locate(machine: Option<&Root>, location: Option<&str>) -> Result<(PathBuf, EbuildRepository), Why> {
    let location = location.ok_or(Why::NoLocation)?;
    let machine = machine.ok_or(Why::NotThere)?;
    let place = machine.resolve(location).ok_or(Why::NotThere)?;
    let unreadable = |error: RootError| Why::Unreadable(error.to_string());
    match machine.look(&place, false) {
        Ok(Some(Look::Dir)) => {}
        Ok(_) => return Err(Why::NotThere),
        Err(error) => return Err(unreadable(error)),
    }
    let dir = machine.dir().join(place.as_path());
    let root = Root::open(&dir).map_err(unreadable)?;
    let repository = EbuildRepository::open(root, &mut Report::new()).map_err(unreadable)?;
    Ok((dir, repository))
}

fn section(
    conf: &ReposConf,
    name: &str,
    dir: &Path,
    said: Option<&str>,
    repository: EbuildRepository,
) -> Result<Section, Why> {
    let base = dir.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (own, is_missing) = own_name(&repository, &base);
    let own = if is_missing { name.to_owned() } else { own };
    let get = |key: &str| conf.get(name, key).ok().flatten();
    let words =
        |key: &str| get(key).map(|text| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
    let mut aliases = repository.layout().aliases.clone();
    aliases.extend(words("aliases").unwrap_or_default());
    if own != name && !aliases.iter().any(|alias| alias == name) {
        return Err(Why::OtherName(own));
    }
    let masters = words("masters").or_else(|| repository.layout().masters.clone());
    let location = said.map_or_else(
        || Utf8PathBuf::from(dir.to_string_lossy().as_ref()),
        |said| Utf8Path::new(said).to_owned(),
    );
    let priority = get("priority").and_then(|text| text.trim().parse().ok());
    let repo = Configured {
        name: own,
        location,
        priority,
        is_local: ["sync-type", "sync-uri"]
            .iter()
            .all(|key| get(key).is_none_or(|text| text.trim().is_empty())),
        aliases,
        masters: Vec::new(),
        missing_masters: Vec::new(),
        repository,
    };
    Ok(Section { name: name.to_owned(), repo, masters })
}

/// The name that a repository gives itself, and whether it gives itself none (`RepoConfig._read_valid_repo_name`; layout.conf
/// goes before `profiles/repo_name`).
fn own_name(repository: &EbuildRepository, base: &str) -> (String, bool) {
    if let Some(name) = repository.layout().repo_name.as_deref().and_then(valid) {
        return (name, false);
    }
    let first = |bytes: Vec<u8>| {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        text.lines().next().unwrap_or_default().trim().to_owned()
    };
    let said = text(repository.root(), REPO_NAME).ok().flatten().map(first);
    let is_missing = said.is_none();
    let stand_in = || format!("x-{base}");
    let name = said.as_deref().and_then(valid).or_else(|| valid(&stand_in())).unwrap_or_else(stand_in);
    (name, is_missing)
}

/// A name without what no name may hold (`_gen_valid_repo`).
fn valid(name: &str) -> Option<String> {
    let is = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let name: String = name.chars().map(|c| if is(c) { c } else { ' ' }).collect();
    let name = name.split_whitespace().collect::<Vec<_>>().join("-");
    let name = name.trim_start_matches('-');
    (!name.is_empty()).then(|| name.to_owned())
}
