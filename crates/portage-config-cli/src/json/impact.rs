//! What changes mean for packages.

use std::collections::BTreeMap;

use portage_config::impact::{self, Changed, Rebuild};
use portage_config::resolve::Mask;
use serde::Serialize;

use crate::secrets::Secrets;

/// What changes mean for packages.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Impact {
    /// Why nothing of it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) unknown: Option<String>,
    #[serde(flatten)]
    pub(crate) known: Option<Known>,
}

/// What is known.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Known {
    /// Which packages were looked at: `installed`, `world`, `all`.
    pub(crate) of: &'static str,
    pub(crate) total: usize,
    /// How many are built again how, by the words of `rebuild`.
    pub(crate) rebuild: BTreeMap<&'static str, usize>,
    pub(crate) masked: usize,
    pub(crate) unmasked: usize,
    pub(crate) packages: Vec<Package>,
    /// What could not be read.
    pub(crate) unreadable: Vec<String>,
}

/// A package for which something differs.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Package {
    package: String,
    version: String,
    repo: Option<String>,
    rebuild: &'static str,
    was_due: bool,
    flags: Vec<String>,
    variables: Vec<Variable>,
    features: Vec<String>,
    patches: Vec<String>,
    masked: Vec<&'static str>,
    unmasked: Vec<&'static str>,
    visible: bool,
    violated: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
struct Variable {
    name: String,
    before: Option<String>,
    after: Option<String>,
}

impl Impact {
    /// Nothing is known.
    pub(crate) fn unknown(why: String) -> Self {
        Self { unknown: Some(why), known: None }
    }

    pub(crate) fn of(
        of: &'static str,
        impact: &impact::Impact,
        unreadable: Vec<String>,
        secrets: &Secrets,
    ) -> Self {
        let ways = [Rebuild::ChangedUse, Rebuild::NewUse, Rebuild::ByHand, Rebuild::No];
        let count = |is: fn(&Changed) -> bool| impact.changed.iter().filter(|changed| is(changed)).count();
        let known = Known {
            of,
            total: impact.total,
            rebuild: ways.into_iter().map(|way| (way.name(), impact.count(way))).collect(),
            masked: count(|changed| changed.visible == (true, false)),
            unmasked: count(|changed| changed.visible == (false, true)),
            packages: impact.changed.iter().map(|changed| package(changed, secrets)).collect(),
            unreadable,
        };
        Self { unknown: None, known: Some(known) }
    }
}

fn package(changed: &Changed, secrets: &Secrets) -> Package {
    let hide = |text: &String| secrets.hide(text).into_owned();
    let switches = |all: &[(String, bool)]| all.iter().map(|(name, on)| switch(name, *on)).collect();
    let kinds = |masks: &[Mask]| masks.iter().map(Mask::kind).collect();
    let variables = changed.variables.iter().map(|variable| Variable {
        name: variable.name.clone(),
        before: variable.before.as_ref().map(hide),
        after: variable.after.as_ref().map(hide),
    });
    Package {
        package: changed.package.cpn.clone(),
        version: changed.package.version.clone(),
        repo: changed.package.repo.clone(),
        rebuild: changed.rebuild.name(),
        was_due: changed.was_due,
        flags: switches(&changed.flags),
        variables: variables.collect(),
        features: switches(&changed.features),
        patches: changed.patches.clone(),
        masked: kinds(&changed.masked),
        unmasked: kinds(&changed.unmasked),
        visible: changed.visible.1,
        violated: changed.violated.clone(),
    }
}

/// `flag`, or `-flag`.
pub(crate) fn switch(name: &str, on: bool) -> String {
    if on { name.to_owned() } else { format!("-{name}") }
}
