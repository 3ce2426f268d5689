//! Whether a machine takes what another one signs, or does not sign.

use super::{Host, Reason, Topic};
use crate::resolve::{Package, Place, Refused, Subject};

/// What the form and the signature of the packages stand against.
pub(super) fn check(builder: &Host<'_>, user: &Host<'_>, reasons: &mut Vec<Reason>) -> Result<(), Refused> {
    let nobody = Package::default();
    let (built, used) = (builder.settings.about(&nobody)?, user.settings.about(&nobody)?);
    let has = |host: &Host<'_>, feature: &str| {
        host.settings.list("FEATURES").unwrap_or_default().iter().any(|word| word == feature)
    };
    let feature = |about: &crate::resolve::About<'_>, word: &str, is_in: bool| {
        super::Side::of_word(&about.steps(&Subject::Variable("FEATURES".to_owned())), word, is_in).lines
    };
    let form = builder.settings.variable("BINPKG_FORMAT").filter(|form| !form.is_empty());
    let form = form.unwrap_or_else(|| "gpkg".to_owned());
    let (asks, whose) = if has(user, "binpkg-request-signature") {
        ("FEATURES has binpkg-request-signature".to_owned(), feature(&used, "binpkg-request-signature", true))
    } else if has(user, "binpkg-ignore-signature") {
        return Ok(());
    } else {
        match section(builder, user) {
            Some(found) => found,
            None => return Ok(()),
        }
    };
    if form == "xpak" {
        let builder = super::instructions::lines(&built, "BINPKG_FORMAT");
        let message = format!("packages of the form xpak carry no signature, and one is asked for: {asks}");
        reasons.push(Reason { topic: Topic::Format, message, is_against: true, builder, user: whose });
    } else if !has(builder, "binpkg-signing") {
        let builder = feature(&built, "binpkg-signing", false);
        let message = format!("the packages are not signed, and a signature is asked for: {asks}");
        reasons.push(Reason { topic: Topic::Signature, message, is_against: true, builder, user: whose });
    }
    Ok(())
}

/// What binrepos.conf asks of the packages of a machine: the section that names it, else all sections.
fn section(builder: &Host<'_>, user: &Host<'_>) -> Option<(String, Vec<Place>)> {
    let files = user.settings.files();
    let conf = files.binrepos_conf();
    let get = |section: &str, key: &str| conf.get(section, key).ok().flatten();
    let all: Vec<&str> = conf.sections().filter(|section| get(section, "sync-uri").is_some()).collect();
    let names = |section: &&&str| {
        let uri = get(section, "sync-uri").unwrap_or_default();
        let host = uri.split_once("://").map_or("", |(_, rest)| rest).split(['/', ':', '.']).next();
        **section == builder.name || host == Some(builder.name)
    };
    let its: Vec<&str> = match all.iter().find(names) {
        Some(section) => vec![*section],
        None => all,
    };
    let asks = |section: &&str| {
        let said = get(section, "verify-signature").unwrap_or_default().to_lowercase();
        matches!(said.as_str(), "true" | "yes")
    };
    if its.is_empty() || !its.iter().all(asks) {
        return None;
    }
    let whose = files.lines("/etc/portage/binrepos.conf", |line| {
        let line = line.trim();
        its.iter().any(|section| line == format!("[{section}]")) || line.starts_with("verify-signature")
    });
    Some((
        format!("binrepos.conf says verify-signature for {}, or Portage's own does", its.join(", ")),
        whose,
    ))
}
