//! Why something is as it is: the lines that had a part in it, and what would be without each of them.

use std::collections::BTreeSet;

use super::about::{About, Said};
use super::files::{LineId, Place};
use super::package::Package;
use super::settings::{LAYERS, LayerName, Settings};
use super::vars::{Refused, is_incremental};
use super::visible::Accepted;

/// What is asked about a package.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Subject {
    /// A USE flag: whether it is on.
    Flag(String),
    /// A variable that its ebuild sees.
    Variable(String),
    /// Whether Portage may choose it.
    Visible,
}

/// What a line does to what is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// It says the value.
    Set,
    /// It switches on, accepts or unmasks.
    Add,
    /// It switches off, refuses or masks.
    Remove,
    /// Something goes before it.
    Lost,
    /// It has a part in another way: it is what another line refers to, or brings a file in.
    Part,
}

impl Effect {
    /// What it is called in answers for programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Set => "set",
            Self::Add => "add",
            Self::Remove => "remove",
            Self::Lost => "lost",
            Self::Part => "part",
        }
    }
}

/// A word that was looked at on the way to the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Step {
    /// The line that says it; `None` where it is the ebuild, the environment or Portage itself.
    pub line: Option<LineId>,
    /// Where that is, and what stands there.
    pub place: Option<Place>,
    /// The layer it belongs to.
    pub layer: &'static str,
    /// The word, or the value.
    pub says: String,
    /// What it does.
    pub effect: Effect,
    /// Why it loses.
    pub because: Option<String>,
    /// The answer without this line, where it is another one.
    pub without: Option<String>,
}

/// An answer with its reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// The answer: `on`, `off` or `none` (the package has no such flag); the value, empty where nothing sets it; `visible`, or
    /// what stands against it.
    pub value: String,
    /// What was looked at, the weakest first.
    pub steps: Vec<Step>,
}

impl<'m> Settings<'m> {
    /// Why something is as it is for a package. With `thorough` each line is named without which the answer would be
    /// another one, those of parents and of the variables that say what USE flags there are among them; else those that
    /// speak of what is asked.
    ///
    /// # Errors
    /// When a file of variables is one that Portage refuses, also where a line is left out.
    pub fn explain(
        &self,
        package: &Package,
        subject: &Subject,
        thorough: bool,
    ) -> Result<Explanation, Refused> {
        let about = self.about(package)?;
        let value = about.value(subject);
        let mut steps = match subject {
            Subject::Flag(flag) => about.flag_steps(flag),
            Subject::Variable(name) => about.variable_steps(name),
            Subject::Visible => about.visible_steps(),
        };
        let named: BTreeSet<LineId> = steps.iter().filter_map(|step| step.line).collect();
        let others = if thorough { about.lines(subject) } else { BTreeSet::new() };
        for line in others.difference(&named) {
            if let Some(place) = self.machine.files.place(*line) {
                let says = place.text.clone();
                let (place, effect) = (Some(place), Effect::Part);
                let line = Some(*line);
                steps.push(Step { line, place, layer: "", says, effect, because: None, without: None });
            }
        }
        drop(about);
        let mut known: Vec<(LineId, Option<String>)> = Vec::new();
        for step in &mut steps {
            let Some(line) = step.line else { continue };
            step.place = self.machine.files.place(line);
            let without = match known.iter().find(|(other, _)| *other == line) {
                Some((_, without)) => without.clone(),
                None => {
                    let other = self.without(line, package, subject)?;
                    let without = (other != value).then_some(other);
                    known.push((line, without.clone()));
                    without
                }
            };
            step.without = without;
        }
        steps.retain(|step| step.effect != Effect::Part || step.without.is_some());
        Ok(Explanation { value, steps })
    }

    /// The answer without a line.
    fn without(&self, line: LineId, package: &Package, subject: &Subject) -> Result<String, Refused> {
        if self.is_shallow(line) {
            return Ok(self.about_without(package, Some(line))?.value(subject));
        }
        let settings = self.machine.settings(Some(line))?;
        let about = settings.about(package)?;
        Ok(about.value(subject))
    }

    /// Whether a line is one of a table of rules or of a list, which are looked through for each package.
    fn is_shallow(&self, line: LineId) -> bool {
        let Some(place) = self.machine.files.place(line) else { return false };
        let own = format!("{}/", self.machine.config());
        let folders = self.nodes.iter().map(|node| format!("{}/", node.path));
        let repos = self.machine.repos.iter().map(|repo| format!("{}/", repo.profiles()));
        let inner =
            folders.chain(repos).chain([own]).filter_map(|folder| place.path.strip_prefix(folder.as_str()));
        let name = inner.min_by_key(|inner| inner.len()).and_then(|inner| inner.split('/').next());
        let is_table = name.is_some_and(|name| {
            (name.starts_with("package.") && name != "package.provided")
                || name.starts_with("use.mask")
                || name.starts_with("use.force")
                || name.starts_with("use.stable")
        });
        is_table && place.text.split_whitespace().next() != Some("*/*")
    }
}

/// What a mask or a force is called.
const MASK: &str = "masked flags";
const FORCE: &str = "forced flags";

impl About<'_> {
    /// The answer to a question, as one text.
    pub(super) fn value(&self, subject: &Subject) -> String {
        match subject {
            Subject::Flag(flag) if !self.has(flag) => "none".to_owned(),
            Subject::Flag(flag) => if self.is_enabled(flag) { "on" } else { "off" }.to_owned(),
            Subject::Variable(name) => self.variable(name).unwrap_or_default(),
            Subject::Visible => {
                let mut kinds: Vec<&str> = self.masks().iter().map(super::visible::Mask::kind).collect();
                kinds.sort_unstable();
                kinds.dedup();
                if kinds.is_empty() {
                    "visible".to_owned()
                } else {
                    format!("masked by {}", kinds.join(", "))
                }
            }
        }
    }

    fn step(line: Option<LineId>, layer: &'static str, says: &str, effect: Effect) -> Step {
        Step { line, place: None, layer, says: says.to_owned(), effect, because: None, without: None }
    }

    /// What was said of a flag, in the order in which it holds: layers, what is forced, what is masked.
    pub(super) fn flag_steps(&self, flag: &str) -> Vec<Step> {
        let layer = |said: &Said<'_>| {
            let at = usize::from(said.order.layer);
            self.settings.use_order.get(at).map_or("", |layer| layer_name(*layer))
        };
        let mut groups: Vec<Vec<Step>> = Vec::new();
        for (said, forced, masked) in [
            (self.said(flag), false, false),
            (self.switched(flag, false), true, false),
            (self.switched(flag, true), false, true),
        ] {
            let step = |said: &Said<'_>| {
                let name = match (forced, masked) {
                    (true, _) => FORCE,
                    (_, true) => MASK,
                    _ => layer(said),
                };
                let effect = if said.event.on != masked { Effect::Add } else { Effect::Remove };
                Self::step(said.event.at, name, &said.event.word, effect)
            };
            groups.push(said.iter().map(step).collect());
        }
        let decides = match (self.is_masked(flag), self.is_forced(flag)) {
            (true, _) => 2,
            (_, true) => 1,
            _ => 0,
        };
        let mut steps = Vec::new();
        for (at, mut group) in groups.into_iter().enumerate() {
            let last = group.len().saturating_sub(1);
            let holds = group.last().map(|step| (step.effect, step.layer));
            for (index, step) in group.iter_mut().enumerate() {
                if at < decides {
                    step.because = Some(
                        if decides == 2 { "the flag is masked" } else { "the flag is forced" }.to_owned(),
                    );
                    step.effect = Effect::Lost;
                } else if at == decides
                    && index < last
                    && holds.is_some_and(|(effect, _)| effect != step.effect)
                {
                    let by = holds.map_or("", |(_, layer)| layer);
                    let same = by == step.layer;
                    step.because = Some(if same {
                        format!("a later or more specific line of {by} holds")
                    } else {
                        format!("{by} goes before {}", step.layer)
                    });
                    step.effect = Effect::Lost;
                }
            }
            steps.extend(group);
        }
        if self.arch() == Some(flag) && decides != 2 {
            steps.push(Self::step(None, "ARCH", flag, Effect::Add));
        }
        steps
    }

    /// The values of a variable, layer by layer.
    pub(super) fn variable_steps(&self, name: &str) -> Vec<Step> {
        let settings = self.settings;
        let nobody = self.package.cpn.is_empty();
        if (name == "USE" && !nobody) || settings.expand.names.iter().any(|other| other == name) {
            let prefix = if name == "USE" { String::new() } else { format!("{}_", name.to_lowercase()) };
            let flags = self.package.iuse.iter().filter(|(flag, _)| flag.starts_with(&prefix));
            return flags.flat_map(|(flag, _)| self.flag_steps(flag)).collect();
        }
        let adds = is_incremental(name);
        let mut steps = Vec::new();
        for (layer, _) in &LAYERS {
            let lost = settings.lost.iter().filter(|(own, other, _)| own == layer && &**other == name);
            for (_, _, value) in lost {
                let mut step = Self::step(value.at, layer_name(*layer), &value.text, Effect::Lost);
                step.because = Some(format!("a later line of {} holds", layer_name(*layer)));
                steps.push(step);
            }
            let values = match layer {
                LayerName::Repo => self.repo_env.get(name),
                LayerName::Package => self.env.get(name),
                layer => settings.layer(*layer).and_then(|own| own.get(name)),
            };
            let name = if *layer == LayerName::Package { "package.env" } else { layer_name(*layer) };
            for value in values.into_iter().flatten() {
                steps.push(Self::step(value.at, name, &value.text, Effect::Set));
            }
        }
        if adds {
            steps
                .iter_mut()
                .filter(|step| step.effect == Effect::Set)
                .for_each(|step| step.effect = Effect::Add);
        } else if let Some(held) = steps.iter().rposition(|step| step.effect == Effect::Set) {
            let by = steps.get(held).map_or("", |step| step.layer);
            for step in steps.iter_mut().take(held).filter(|step| step.effect == Effect::Set) {
                step.effect = Effect::Lost;
                step.because = Some(format!("{by} goes before {}", step.layer));
            }
        }
        steps
    }

    /// What accepts and what masks the package.
    pub(super) fn visible_steps(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        let masks = self.lines_of_masks();
        let candidate = self.package.candidate();
        for (lines, effect, layer) in [
            (masks.masks.matching(&candidate), Effect::Remove, "package.mask"),
            (masks.unmasks.matching(&candidate), Effect::Add, "package.unmask"),
        ] {
            steps.extend(
                lines.iter().map(|line| Self::step(Some(line.at), layer, line.atom.as_str(), effect)),
            );
        }
        for (atom, _, by) in masks.removed.iter().filter(|(atom, ..)| atom.matches(&candidate)) {
            steps.push(Self::step(Some(*by), "package.mask", &format!("-{atom}"), Effect::Add));
        }
        let keywords = self.keywords();
        let refused = self.masks();
        let is_refused = |kind: &str| refused.iter().any(|mask| mask.kind() == kind);
        let said = if keywords.is_empty() { "none".to_owned() } else { keywords.join(" ") };
        steps.push(Self::step(None, "KEYWORDS", &said, Effect::Set));
        let is_own = |word: &str| {
            let word = word.strip_prefix('-').unwrap_or(word);
            is_refused("keywords")
                || matches!(word, "*" | "~*" | "**")
                || keywords.iter().any(|own| own == word)
        };
        self.accepted_steps(&mut steps, self.accepted_keywords(), "ACCEPT_KEYWORDS", &is_own);
        let own = self.settings.machine.own();
        let words = |text: &str| -> Vec<String> {
            text.split_whitespace().map(|word| word.trim_start_matches('-').to_owned()).collect()
        };
        for (name, text, accepted) in [
            ("ACCEPT_LICENSE", &self.package.license, self.accepted_licenses()),
            (
                "ACCEPT_PROPERTIES",
                &self.package.properties,
                self.accepted_words("ACCEPT_PROPERTIES", &own.properties),
            ),
            (
                "ACCEPT_RESTRICT",
                &self.package.restrict,
                self.accepted_words("ACCEPT_RESTRICT", &own.restrict),
            ),
        ] {
            if text.is_empty() {
                continue;
            }
            let all = words(text);
            if is_refused(&name.trim_start_matches("ACCEPT_").to_lowercase()) {
                steps.push(Self::step(None, name.strip_prefix("ACCEPT_").unwrap_or(name), text, Effect::Set));
            }
            let is_own = |word: &str| {
                let word = word.strip_prefix('-').unwrap_or(word);
                word == "*" || all.iter().any(|own| own == word)
            };
            self.accepted_steps(&mut steps, accepted, name, &is_own);
        }
        steps
    }

    fn accepted_steps(
        &self,
        steps: &mut Vec<Step>,
        accepted: Vec<Accepted>,
        name: &'static str,
        is_own: &dyn Fn(&str) -> bool,
    ) {
        for accepted in accepted.into_iter().filter(|accepted| is_own(&accepted.word)) {
            let effect = if accepted.word.starts_with('-') { Effect::Remove } else { Effect::Add };
            steps.push(Self::step(accepted.at, name, &accepted.word, effect));
        }
    }
}

/// What a layer is called.
fn layer_name(layer: LayerName) -> &'static str {
    match layer {
        LayerName::EnvD => "env.d",
        LayerName::Repo => "the repository",
        LayerName::Features => "FEATURES",
        LayerName::Ebuild => "IUSE",
        LayerName::Globals => "make.globals",
        LayerName::Defaults => "the profile",
        LayerName::Conf => "make.conf",
        LayerName::Package => "package.use",
        LayerName::Env => "the environment",
    }
}
