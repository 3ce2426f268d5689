//! Whether Portage may choose a package, and what stands against it: `_emerge.Package._eval_masks`.

use std::collections::BTreeSet;

use super::about::About;
use super::depend;
use super::files::LineId;
use super::masks::Masks;
use super::settings::{LAYERS, LayerName};
use super::tables::{Rules, Star};

/// What stands against a package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Mask {
    /// CHOST is none that ACCEPT_CHOSTS accepts.
    Chost(String),
    /// An EAPI that Portage does not know.
    Eapi(String),
    /// What the ebuild says of itself is malformed.
    Invalid(String),
    /// Its keywords, none of which is accepted; `**` where it has none.
    Keywords(Vec<String>),
    /// Licences that are not accepted.
    License(Vec<String>),
    /// package.mask, with the atom.
    PackageMask(String),
    /// PROPERTIES that are not accepted.
    Properties(Vec<String>),
    /// RESTRICT that is not accepted.
    Restrict(Vec<String>),
}

impl Mask {
    /// What it is called: `package.mask`, `keywords`, `license`, …
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Chost(_) => "chost",
            Self::Eapi(_) => "eapi",
            Self::Invalid(_) => "invalid",
            Self::Keywords(_) => "keywords",
            Self::License(_) => "license",
            Self::PackageMask(_) => "package.mask",
            Self::Properties(_) => "properties",
            Self::Restrict(_) => "restrict",
        }
    }
}

/// A word that is accepted or not, with the line that says it.
#[derive(Clone, Debug)]
pub(super) struct Accepted {
    pub(super) word: Box<str>,
    pub(super) at: Option<LineId>,
    pub(super) via: Vec<LineId>,
}

impl About<'_> {
    /// What stands against it; empty where Portage may choose it.
    pub fn masks(&self) -> Vec<Mask> {
        let mut found = Vec::new();
        let package = self.package;
        if let Some(chost) = self.refused_chost() {
            found.push(Mask::Chost(chost));
        }
        if !super::profiles::is_supported(&package.eapi) {
            found.push(Mask::Eapi(package.eapi.clone()));
        }
        let missing = self.missing_keywords();
        if !missing.is_empty() {
            found.push(Mask::Keywords(missing));
        }
        let own = self.settings.machine.own();
        for (name, text, rules, mask) in [
            ("PROPERTIES", &package.properties, &own.properties, Mask::Properties as fn(Vec<String>) -> Mask),
            ("RESTRICT", &package.restrict, &own.restrict, Mask::Restrict),
        ] {
            match self.refused_words(text, &format!("ACCEPT_{name}"), rules) {
                None => found.push(Mask::Invalid(name.to_owned())),
                Some(words) if !words.is_empty() => found.push(mask(words)),
                Some(_) => {}
            }
        }
        if let Some(atom) = self.mask_atom() {
            found.push(Mask::PackageMask(atom));
        }
        match self.missing_licenses() {
            None => found.push(Mask::Invalid("LICENSE".to_owned())),
            Some(missing) if !missing.is_empty() => found.push(Mask::License(missing)),
            Some(_) => {}
        }
        for (name, text) in [
            ("LICENSE", &package.license),
            ("PROPERTIES", &package.properties),
            ("RESTRICT", &package.restrict),
        ] {
            let mut asked = Vec::new();
            let parts = depend::parse(text).unwrap_or_default();
            depend::asked(&parts, &mut asked);
            if asked.iter().any(|flag| !self.has(flag)) {
                found.push(Mask::Invalid(name.to_owned()));
            }
        }
        let too_old = !package.required_use.is_empty() && package.eapi_number() < 4;
        if too_old || self.violated().is_none() {
            found.push(Mask::Invalid("REQUIRED_USE".to_owned()));
        }
        if package.wrong_slot.is_some() {
            found.push(Mask::Invalid("SLOT".to_owned()));
        }
        if package.eapi_number() < 1 && package.iuse.iter().any(|(_, default)| default.is_some()) {
            found.push(Mask::Invalid("IUSE".to_owned()));
        }
        found
    }

    /// Whether Portage may choose it.
    pub fn is_visible(&self) -> bool {
        self.masks().is_empty()
    }

    /// The parts of REQUIRED_USE that do not hold with the flags that are on. `None` where it is malformed.
    pub fn violated(&self) -> Option<Vec<String>> {
        let parts = depend::parse(&self.package.required_use)?;
        let on = |flag: &str| self.has(flag) && self.is_on(flag);
        match depend::required_use(&parts, &on, &|flag| self.has(flag), self.package.eapi_number()) {
            depend::Verdict::Satisfied => Some(Vec::new()),
            depend::Verdict::Violated(parts) => Some(parts),
            depend::Verdict::Invalid => None,
        }
    }

    fn refused_chost(&self) -> Option<String> {
        let chost =
            self.settings.scalar("CHOST").map(|value| value.text.to_string()).filter(|c| !c.is_empty())?;
        (!self.settings.accepts_chost(&chost)).then_some(chost)
    }

    pub(super) fn lines_of_masks(&self) -> &Masks {
        if self.skip == self.settings.skip {
            return self.settings.masks.get_or_init(|| Masks::new(self.settings, self.skip, None));
        }
        self.own_masks.get_or_init(|| Masks::new(self.settings, self.skip, Some(&self.package.cpn)))
    }

    /// The atom that masks it, unless another one unmasks it.
    fn mask_atom(&self) -> Option<String> {
        let masks = self.lines_of_masks();
        let instance = self.package.candidate();
        let atom = masks.masks.matching(&instance).first()?.atom.to_string();
        masks.unmasks.matching(&instance).is_empty().then_some(atom)
    }

    /// The words of ACCEPT_LICENSE and the like, cut behind the last one that says all or none.
    pub(super) fn accepted_words(&self, name: &str, rules: &Rules) -> Vec<Accepted> {
        let mut all = Vec::new();
        for (layer, _) in &LAYERS {
            // Emerge looks at masks with what package.env says of licences, and of nothing else.
            if matches!(layer, LayerName::Repo | LayerName::Package) && name != "ACCEPT_LICENSE" {
                continue;
            }
            let values = self.values(*layer, name);
            for value in values {
                all.extend(value.words().map(|word| Accepted {
                    word: word.into(),
                    at: value.at,
                    via: value.via.to_vec(),
                }));
            }
        }
        let cut = all.iter().rposition(|accepted| matches!(&*accepted.word, "*" | "-*"));
        let from = cut.unwrap_or(0);
        let mut all = all.split_off(from.min(all.len()));
        if all.is_empty() && name == "ACCEPT_LICENSE" {
            all =
                ["*", "-@EULA"].map(|word| Accepted { word: word.into(), at: None, via: Vec::new() }).into();
        }
        let star = if name == "ACCEPT_LICENSE" { Star::Taken } else { Star::TakenFirst };
        for rule in self.matching_own(rules, star) {
            all.extend(rule.words.iter().map(|word| Accepted {
                word: word.clone(),
                at: Some(rule.at),
                via: Vec::new(),
            }));
        }
        all
    }

    /// The words of PROPERTIES or RESTRICT that are not accepted. `None` where it is malformed.
    fn refused_words(&self, text: &str, name: &str, rules: &Rules) -> Option<Vec<String>> {
        if text.is_empty() {
            return Some(Vec::new());
        }
        let parts = depend::parse(text)?;
        let mut all = Vec::new();
        depend::all_words(&parts, &mut all);
        let words = self.accepted_words(name, rules);
        let accepted = accepted(words.iter().map(|word| &*word.word), &all);
        let mut own = Vec::new();
        depend::words(&parts, &|flag| self.has(flag) && self.is_on(flag), &mut own);
        own.retain(|word| !accepted.contains(word));
        Some(own.into_iter().map(str::to_owned).collect())
    }

    /// The words of ACCEPT_LICENSE and package.license, licences in the place of their groups.
    pub(super) fn accepted_licenses(&self) -> Vec<Accepted> {
        let settings = self.settings;
        let rules = &settings.machine.own().license;
        let mut found = Vec::new();
        let mut words = self.accepted_words("ACCEPT_LICENSE", rules);
        for tables in settings.tables.iter().filter(|tables| !tables.license.all().is_empty()) {
            for rule in self.matching(&tables.license) {
                words.extend(rule.words.iter().map(|word| Accepted {
                    word: word.clone(),
                    at: Some(rule.at),
                    via: Vec::new(),
                }));
            }
        }
        for accepted in words {
            for member in settings.groups.expand(&accepted.word) {
                let via = accepted.via.iter().copied().chain(member.via).collect();
                found.push(Accepted { word: member.word, via, ..accepted.clone() });
            }
        }
        found
    }

    /// Those of its licences that are accepted: what its ebuild sees of ACCEPT_LICENSE.
    pub(super) fn accepted_license(&self) -> String {
        let parts = depend::parse(&self.package.license).unwrap_or_default();
        let mut all = Vec::new();
        depend::words(&parts, &|flag| self.has(flag) && self.is_on(flag), &mut all);
        let words = self.accepted_licenses();
        let mut own = accepted(words.iter().map(|word| &*word.word), &all);
        own.retain(|license| all.contains(license));
        own.into_iter().collect::<Vec<_>>().join(" ")
    }

    /// The licences that are not accepted. `None` where LICENSE is malformed.
    fn missing_licenses(&self) -> Option<Vec<String>> {
        if self.package.license.is_empty() {
            return Some(Vec::new());
        }
        let parts = depend::parse(&self.package.license)?;
        let mut all = Vec::new();
        depend::all_words(&parts, &mut all);
        let words = self.accepted_licenses();
        let accepted = accepted(words.iter().map(|word| &*word.word), &all);
        let on = |flag: &str| self.has(flag) && self.is_on(flag);
        let mut missing = Vec::new();
        depend::missing(&parts, &on, &|license| accepted.contains(license), &mut missing);
        Some(missing.into_iter().map(str::to_owned).collect())
    }
}

/// Which of these words are accepted, by words that add and take away.
fn accepted<'a>(words: impl Iterator<Item = &'a str>, all: &[&'a str]) -> BTreeSet<&'a str> {
    let mut accepted = BTreeSet::new();
    for word in words {
        match word.strip_prefix('-') {
            _ if word == "*" => accepted.extend(all.iter().copied()),
            Some("*") => accepted.clear(),
            Some(word) => {
                accepted.remove(word);
            }
            None => {
                accepted.insert(word);
            }
        }
    }
    accepted
}
