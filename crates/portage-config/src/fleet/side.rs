//! What each machine says of one thing.

use crate::resolve::{About, Effect, Place, Step, Subject};

/// What one machine says of something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Side {
    /// The value: `on` or `off` of a flag and of a word; `None` where nothing says one.
    pub value: Option<String>,
    /// The lines that decide; what all machines say alike is left out where something else is left.
    pub lines: Vec<Place>,
    /// All that was looked at, the weakest first.
    pub steps: Vec<Step>,
}

/// Something that machines are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// A variable, or `profile`, `version`, `visible`, `patches`.
    pub name: String,
    /// A flag of USE, a word of a list.
    pub word: Option<String>,
    /// What each machine says, in their order.
    pub sides: Vec<Side>,
}

impl Difference {
    pub(super) fn new(name: &str, word: Option<&str>, sides: Vec<Side>) -> Self {
        let mut this = Self { name: name.to_owned(), word: word.map(str::to_owned), sides };
        this.tell_apart();
        this
    }

    /// Whether the machines say different things.
    pub fn differs(&self) -> bool {
        let words = |side: &Side| -> Vec<String> {
            side.value.iter().flat_map(|value| value.split_whitespace()).map(str::to_owned).collect()
        };
        let mut all = self.sides.iter().map(|side| (side.value.is_some(), words(side)));
        let first = all.next();
        all.any(|other| Some(other) != first)
    }

    /// Leaves out the lines that stand on all machines alike.
    fn tell_apart(&mut self) {
        let texts: Vec<Vec<String>> = self
            .sides
            .iter()
            .map(|side| side.lines.iter().map(|place| place.text.clone()).collect())
            .collect();
        for side in &mut self.sides {
            let is_own = |place: &&Place| !texts.iter().all(|texts| texts.contains(&place.text));
            let own: Vec<Place> = side.lines.iter().filter(is_own).cloned().collect();
            if own.is_empty() {
                side.lines.truncate(1);
            } else {
                side.lines = own;
            }
        }
    }
}

impl Side {
    /// What is said of a question about a package; of none, where it is the empty one.
    pub(super) fn of(about: &About<'_>, subject: &Subject) -> Self {
        let steps = about.steps(subject);
        let value = match subject {
            Subject::Flag(flag) => Some(if about.is_on(flag) { "on" } else { "off" }.to_owned()),
            Subject::Variable(name) => about.variable(name),
            _ => Some(about.answer(subject)),
        };
        let lines = match subject {
            Subject::Flag(flag) => of_flag(&steps, flag, value.as_deref() == Some("on")),
            Subject::Visible => of_mask(&steps, value.as_deref() == Some("visible")),
            _ => of_value(&steps),
        };
        Self { value, lines, steps }
    }

    /// Whether a list has a word.
    pub(super) fn of_word(steps: &[Step], word: &str, is_in: bool) -> Self {
        let speaks = |said: &str| match said.strip_prefix('-') {
            Some("*") => !is_in,
            Some(said) => !is_in && said == word,
            None => is_in && said.trim_start_matches('+') == word,
        };
        let decides = steps
            .iter()
            .rev()
            .find(|step| step.effect != Effect::Lost && step.says.split_whitespace().any(speaks));
        let value = if is_in { "on" } else { "off" }.to_owned();
        let lines = decides.and_then(|step| step.place.clone()).into_iter().collect();
        Self { value: Some(value), lines, steps: decides.cloned().into_iter().collect() }
    }
}

fn places<'a>(steps: impl IntoIterator<Item = &'a Step>) -> Vec<Place> {
    let mut all: Vec<Place> = Vec::new();
    for place in steps.into_iter().filter_map(|step| step.place.clone()) {
        if !all.contains(&place) {
            all.push(place);
        }
    }
    all
}

/// The last of the layers, of what is forced and of what is masked that says what holds, and the lines that bring its word in.
fn of_flag(steps: &[Step], flag: &str, is_on: bool) -> Vec<Place> {
    let wanted = if is_on { Effect::Add } else { Effect::Remove };
    let group = |step: &Step| match step.layer {
        "masked flags" => 2,
        "forced flags" => 1,
        _ => 0,
    };
    let last = |of: u8| {
        let decides = |step: &&Step| group(step) == of && step.effect == wanted && step.place.is_some();
        steps.iter().rev().find(decides)
    };
    let own = last(0);
    let speaks = |step: &&Step| {
        let mut words = step.says.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '='));
        step.effect == Effect::Part
            && own.is_some()
            && words.any(|word| word.trim_start_matches(['-', '+']) == flag)
    };
    places(own.into_iter().chain([1, 2].into_iter().filter_map(last)).chain(steps.iter().filter(speaks)))
}

fn of_mask(steps: &[Step], is_visible: bool) -> Vec<Place> {
    let wanted = if is_visible { Effect::Add } else { Effect::Remove };
    let own = places(steps.iter().filter(|step| step.effect == wanted));
    if own.is_empty() { places(steps) } else { own }
}

/// What holds, and what that refers to; of a list all that adds to it.
fn of_value(steps: &[Step]) -> Vec<Place> {
    let own = steps.iter().filter(|step| matches!(step.effect, Effect::Set | Effect::Add | Effect::Remove));
    places(own.chain(steps.iter().filter(|step| step.effect == Effect::Part)))
}
