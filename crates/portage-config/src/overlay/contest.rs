//! Several forks that want one version.

use std::collections::BTreeMap;

use super::OverlayError;
use super::fork::slot;
use super::record::Fork;
use super::status::Upstream;
use super::update::{Becomes, Updated, update};
use super::upstream::Source;
use crate::report::Report;
use crate::repository::EbuildRepository;
use crate::vocab::{Cpn, Version};

/// Of forks that are updated at once those whose version another one of them takes, by their place in `wanted`.
///
/// All that want one version are tried on it. It goes to the one in whose slot it is; of several to the one that goes onto
/// it without a conflict, then to the one of which all patches were tried and apply, then to the one that was taken from
/// the newest version. A fork of which nothing is left wants none.
///
/// # Errors
/// When upstream cannot be read.
pub fn contested(
    wanted: &[Fork],
    forks: &[Fork],
    from: &EbuildRepository,
    overlay: &EbuildRepository,
    sources: &dyn Source,
) -> Result<BTreeMap<usize, Updated>, OverlayError> {
    let (mut upstream, mut report) = (Upstream::open(from)?, Report::new());
    let mut claims: BTreeMap<(Cpn, Version), Vec<(usize, &Fork)>> = BTreeMap::new();
    for claim @ (_, fork) in wanted.iter().enumerate() {
        // Why this one cannot be told its own update says.
        let Ok(found) = upstream.of(fork, forks, &mut report) else { continue };
        if let Some(version) = found.version {
            claims.entry((found.cpn, version)).or_default().push(claim);
        }
    }
    let mut lost = BTreeMap::new();
    for ((cpn, version), claims) in claims.into_iter().filter(|(_, claims)| claims.len() > 1) {
        let package = from.package(&cpn, &mut report)?;
        let ebuild = package.as_ref().and_then(|package| package.ebuild(&version)).map(|(_, bytes)| bytes);
        let own = ebuild.and_then(|bytes| slot(bytes, &cpn, &version));
        let mut judged = Vec::new();
        for (at, fork) in claims {
            let Ok(updated) = update(fork, forks, None, from, overlay, sources, &mut report) else {
                continue;
            };
            let fits = match updated.outcome {
                Becomes::Onto { .. } => true,
                Becomes::Conflict(_) => false,
                _ => continue,
            };
            let in_slot = slot(&fork.base, &fork.cpn, &fork.from) == own;
            let tried = updated.untried.is_empty() && updated.unknown.is_empty();
            judged.push(((in_slot, fits, tried, &fork.from), at, fork));
        }
        let Some((_, first, by)) = judged.iter().max_by(|a, b| a.0.cmp(&b.0)) else { continue };
        for (_, at, fork) in judged.iter().filter(|(_, at, _)| at != first) {
            let by = (by.cpn.clone(), by.version.clone());
            let outcome = Becomes::Taken { cpn: cpn.clone(), from: version.clone(), by };
            lost.insert(*at, Updated::new(fork, outcome));
        }
    }
    Ok(lost)
}
