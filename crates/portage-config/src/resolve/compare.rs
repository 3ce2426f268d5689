//! What a comparison of two machines asks.

use std::collections::BTreeSet;

use super::about::About;
use super::explain::{Effect, Step, Subject};
use super::files::{Files, Kind, LineId};
use super::settings::{LAYERS, Settings, is_lazy};
use super::vars::Value;
use crate::repository::ReposConf;

impl Settings<'_> {
    /// The variables that some layer sets, those of a package's own files aside, without USE and what is a part of it.
    pub fn variables(&self) -> BTreeSet<&str> {
        let layers = LAYERS.iter().filter_map(|(layer, _)| self.layer(*layer));
        let names = layers.chain(&self.repo_defaults).flat_map(|layer| layer.keys()).map(|name| &**name);
        names.filter(|name| !self.is_use(name)).collect()
    }

    /// Whether a variable is USE, or a part of it: USE_EXPAND.
    pub fn is_use(&self, name: &str) -> bool {
        let lists = [&self.expand.names, &self.expand.unprefixed];
        name == "USE" || lists.into_iter().flatten().any(|other| other == name)
    }

    /// Whether a variable has the same values in the same layers in both, those of a package's own files aside.
    pub fn agrees(&self, other: &Settings<'_>, name: &str) -> bool {
        let texts = |settings: &Settings<'_>| -> Vec<Vec<std::sync::Arc<str>>> {
            let layers = LAYERS.iter().map(|(layer, _)| settings.layer(*layer));
            let all = layers.chain(settings.repo_defaults.iter().map(Some));
            let values = all.map(|layer| layer.and_then(|layer| layer.get(name)).into_iter().flatten());
            values.map(|values| values.map(|value| value.text.clone()).collect()).collect()
        };
        texts(self) == texts(other)
    }
}

impl Settings<'_> {
    /// The files of the machine.
    pub fn files(&self) -> &'_ Files {
        &self.machine.files
    }

    /// The USE_EXPAND variables.
    pub fn use_expand(&self) -> &[String] {
        &self.expand.names
    }

    /// The words of a variable that adds up over the layers or, as ACCEPT_LICENSE, over the files of one; `None` where it is
    /// none, or nothing sets it.
    pub fn list(&self, name: &str) -> Option<Vec<String>> {
        if is_lazy(name) {
            let values = LAYERS.iter().rev().find_map(|(layer, _)| self.layer(*layer)?.get(name))?;
            return Some(values.iter().flat_map(Value::words).map(str::to_owned).collect());
        }
        let words = || self.variable(name).map(|text| text.split_whitespace().map(str::to_owned).collect());
        super::vars::is_incremental(name).then(words)?
    }

    /// Whether Portage takes packages that were built for a tuple: ACCEPT_CHOSTS, else CHOST, as regular expressions
    /// (`_accept_chost` of config.py). One that was built for none is taken everywhere.
    ///
    /// ```
    /// use portage_config::{config::Bytes, resolve::{Files, Machine}, tree::{Node, Tree}, vocab::RelPath};
    /// let mut tree = Tree::new();
    /// let text = "CHOST=\"i686-pc-linux-gnu\"\nACCEPT_CHOSTS=\"i[3-6]86-.*-linux-gnu\"\n";
    /// tree.insert(RelPath::parse("etc/portage/make.conf")?, Node::File { bytes: Bytes(text.into()), mode: 0o644 });
    /// let machine = Machine::new(Files::new(None).with(&tree, []), Vec::new(), None);
    /// let settings = machine.settings(None)?;
    /// assert!(settings.accepts_chost("i486-pc-linux-gnu") && !settings.accepts_chost("x86_64-pc-linux-gnu"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn accepts_chost(&self, chost: &str) -> bool {
        let said = |name| self.scalar(name).map_or("", |value| &value.text).split_whitespace();
        let mut words: Vec<&str> = said("ACCEPT_CHOSTS").collect();
        if words.is_empty() {
            words.extend(self.scalar("CHOST").map(|value| &*value.text).filter(|chost| !chost.is_empty()));
        }
        let pattern = match words.as_slice() {
            [] => return true,
            [one] => format!("^{one}$"),
            all => format!("^({})$", all.join("|")),
        };
        chost.is_empty() || regex_lite::Regex::new(&pattern).is_ok_and(|pattern| pattern.is_match(chost))
    }
}

impl Files {
    /// binrepos.conf, as [`Self::repos_conf`]; without a file of Portage's own it is what that says of all: `verify-signature`.
    pub fn binrepos_conf(&self) -> ReposConf {
        let mut conf = ReposConf::default();
        let packaged = self.walk("/usr/share/portage/config/binrepos.conf", true);
        if packaged.is_empty() {
            conf.add_text("binrepos.conf", b"[DEFAULT]\nverify-signature = true\n");
        }
        for text in packaged.into_iter().chain(self.walk("/etc/portage/binrepos.conf", true)) {
            conf.add_text(text.path.trim_start_matches('/'), &text.bytes);
        }
        conf
    }

    /// The lines of the files at a path, each file of a folder, for which something holds.
    pub fn lines(&self, path: &str, holds: impl Fn(&str) -> bool) -> Vec<super::Place> {
        let mut found = Vec::new();
        for text in self.walk(path, true) {
            let whole = String::from_utf8_lossy(&text.bytes);
            for (line, said) in (1u32..).zip(whole.lines()).filter(|(_, said)| holds(said)) {
                let text_of = said.trim().to_owned();
                found.push(super::Place { path: text.path.clone(), line, text: text_of });
            }
        }
        found
    }
}

impl About<'_> {
    /// What was looked at on the way to an answer, the weakest first, and the lines that the value which holds refers to
    /// ([`Effect::Part`]). As [`Settings::explain`], but what would be without each line is not asked: that takes most of its
    /// time.
    pub fn steps(&self, subject: &Subject) -> Vec<Step> {
        let files = &self.settings.machine.files;
        let mut steps = match subject {
            Subject::Flag(flag) => self.flag_steps(flag),
            Subject::Variable(name) => self.variable_steps(name),
            Subject::Visible => self.visible_steps(),
        };
        for line in self.refers_to(subject) {
            if !steps.iter().any(|step| step.line == Some(line))
                && let Some(place) = files.place(line)
            {
                let (line, says) = (Some(line), place.text.clone());
                let (place, effect) = (None, Effect::Part);
                steps.push(Step { line, place, layer: "", says, effect, because: None, without: None });
            }
        }
        for step in &mut steps {
            step.place = step.line.and_then(|line| files.place(line));
        }
        steps
    }

    /// The lines that what holds refers to.
    fn refers_to(&self, subject: &Subject) -> Vec<LineId> {
        match subject {
            Subject::Flag(flag) => {
                self.said(flag).last().map(|said| said.event.via.to_vec()).unwrap_or_default()
            }
            Subject::Variable(name) => {
                let held = LAYERS.iter().rev().find_map(|(layer, _)| self.values(*layer, name).last());
                held.map(|value| value.via.to_vec()).unwrap_or_default()
            }
            Subject::Visible => Vec::new(),
        }
    }

    /// The answer to a question, as one text: as [`Explanation::value`](super::Explanation::value).
    pub fn answer(&self, subject: &Subject) -> String {
        self.value(subject)
    }

    /// The variables that its files of package.env set.
    pub fn own_variables(&self) -> impl Iterator<Item = &str> {
        self.env.keys().map(|name| &**name)
    }

    /// As [`About::patches`], each with what it holds.
    pub fn patched(&self) -> Vec<(String, Vec<u8>)> {
        let files = &self.settings.machine.files;
        let (category, name) = self.package.cpn.split_once('/').unwrap_or_default();
        let folder = format!("{}/patches/{category}", self.settings.machine.config());
        // Most packages have none, and most machines no such category.
        if files.kind(&folder) != Some(Kind::Dir)
            || !files.list(&folder).iter().any(|found| found.starts_with(name))
        {
            return Vec::new();
        }
        let paths = self.patches().into_iter();
        paths.filter_map(|path| files.bytes(&path).map(|bytes| (path, bytes))).collect()
    }
}
