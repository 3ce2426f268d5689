//! One thing, on several machines.

use std::collections::BTreeSet;

use super::Host;
use super::differ::{of_one, split};
use super::side::{Difference, Side};
use crate::impact::matters;
use crate::resolve::{About, Package, Refused, Subject};

/// A variable of all packages on each machine; of USE and other lists beside the whole each word that differs.
///
/// # Errors
/// As [`differences`](super::differences).
pub fn of_variable(hosts: &[Host<'_>], name: &str) -> Result<Vec<Difference>, Refused> {
    let nobody = Package::default();
    let abouts = hosts.iter().map(|host| host.settings.about(&nobody)).collect::<Result<Vec<_>, _>>()?;
    Ok(of_one(hosts, &abouts, name))
}

/// A package on each machine, in the version that it has there. With a subject that alone, be it the same or not; otherwise all
/// in which it differs: the version, whether it is visible, its USE flags, the variables that its build sees and its patches.
///
/// # Errors
/// When a file of env/ that package.env names is one that Portage refuses.
pub fn of_package(
    hosts: &[Host<'_>],
    packages: &[Option<Package>],
    subject: Option<&Subject>,
) -> Result<Vec<Difference>, Refused> {
    let mut abouts: Vec<Option<About<'_>>> = Vec::new();
    for (host, package) in hosts.iter().zip(packages) {
        abouts.push(package.as_ref().map(|package| host.settings.about(package)).transpose()?);
    }
    let each = |what: &dyn Fn(&About<'_>) -> Side| -> Vec<Side> {
        abouts.iter().map(|about| about.as_ref().map(what).unwrap_or_default()).collect()
    };
    let variable = |name: &str| {
        Difference::new(name, None, each(&|about| Side::of(about, &Subject::Variable(name.to_owned()))))
    };
    let flag = |flag: &str| {
        let sides = each(&|about| match about.has(flag) {
            true => {
                let value = if about.is_enabled(flag) { "on" } else { "off" };
                Side { value: Some(value.to_owned()), ..Side::of(about, &Subject::Flag(flag.to_owned())) }
            }
            false => Side::default(),
        });
        let (name, word) = split(hosts.iter().map(|host| host.settings), flag);
        Difference::new(&name, Some(word), sides)
    };
    let visible = || Difference::new("visible", None, each(&|about| Side::of(about, &Subject::Visible)));
    let there = || abouts.iter().flatten();
    let iuse: BTreeSet<&str> =
        packages.iter().flatten().flat_map(|package| &package.iuse).map(|(flag, _)| flag.as_str()).collect();
    match subject {
        Some(Subject::Flag(name)) => return Ok(vec![flag(name)]),
        Some(Subject::Visible) => return Ok(vec![visible()]),
        Some(Subject::Variable(name)) => {
            let mut all = vec![variable(name)];
            if hosts.iter().any(|host| host.settings.is_use(name)) {
                let own = iuse.iter().map(|name| flag(name)).filter(|one| one.name == *name);
                all.extend(own.filter(Difference::differs));
            }
            return Ok(all);
        }
        None => {}
    }
    let version =
        |package: &Option<Package>| Side { value: package.as_ref().map(Package::to_text), ..Side::default() };
    let mut all = vec![Difference::new("version", None, packages.iter().map(version).collect()), visible()];
    all.extend(iuse.iter().map(|name| flag(name)));
    let mut names: BTreeSet<&str> = hosts.iter().flat_map(|host| host.settings.variables()).collect();
    names.extend(there().flat_map(About::own_variables));
    names.retain(|name| matters(name) && !hosts.iter().any(|host| host.settings.is_use(name)));
    all.extend(names.into_iter().map(variable));
    let patches = each(&|about| {
        let value = about.patches().join(" ");
        Side { value: Some(value).filter(|value| !value.is_empty()), ..Side::default() }
    });
    all.push(Difference::new("patches", None, patches));
    all.retain(Difference::differs);
    Ok(all)
}
