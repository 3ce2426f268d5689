//! The path that a mistyped or misplaced one was meant to be.

use super::table::{PLAIN, below, find, kinds, read_by_portage};
use super::{Grammar, Place};
use crate::vocab::RelPath;

/// The right spelling of a path that looks like a mistake; `None` where there is nothing to say.
///
/// The path is from the root, or below `etc/portage`; the answer is spelled as a header of a spec: below
/// `etc/portage`, or from the root with a leading slash.
///
/// ```
/// use portage_config::file::nearest;
/// assert_eq!(nearest("etc/portage/package.uses/x").as_deref(), Some("package.use/x"));
/// assert_eq!(nearest("etc/portage/package.use.mask/x").as_deref(), Some("profile/package.use.mask/x"));
/// assert_eq!(nearest("repos.conf.d/gentoo.conf").as_deref(), Some("repos.conf/gentoo.conf"));
/// assert_eq!(nearest("etc/portage/package.use/x"), None);
/// ```
pub fn nearest(path: &str) -> Option<String> {
    let path = path.trim_matches('/');
    if path.len() > 1024 {
        return None;
    }
    if RelPath::parse(path).is_ok_and(|path| find(&path).is_some()) {
        return None;
    }
    if let Some(rest) = below(path, "etc/portage") {
        return in_portage(rest);
    }
    match path.split('/').next().unwrap_or_default() {
        "etc" | "var" | "usr" | "boot" | "lib" | "root" | "home" | "opt" => in_root(path),
        _ if find(&RelPath::parse(&format!("etc/portage/{path}")).ok()?).is_some() => None,
        _ => in_portage(path),
    }
}

/// The names that may stand below `etc/portage`.
fn names() -> impl Iterator<Item = &'static str> {
    kinds()
        .iter()
        .filter_map(|kind| match kind.place {
            Place::File(base) | Place::FileOrFolder(base) | Place::Folder(base) | Place::Link(base) => {
                below(base, "etc/portage")
            }
            _ => None,
        })
        .chain(PLAIN.iter().copied())
}

fn in_portage(path: &str) -> Option<String> {
    if names().any(|name| name == path) || PLAIN.iter().any(|plain| below(path, plain).is_some()) {
        return None;
    }
    let depth = if path.starts_with("profile/") || path.starts_with("make.profile/") { 2 } else { 1 };
    let (head, rest) = match path.match_indices('/').nth(depth - 1) {
        Some((at, _)) => path.split_at(at),
        None => (path, ""),
    };
    let spelled = |name: &str| Some(format!("{name}{rest}"));

    let other_side = match head.strip_prefix("profile/").or_else(|| head.strip_prefix("make.profile/")) {
        Some(inner) => inner.to_owned(),
        None => format!("profile/{head}"),
    };
    let known = names().any(|name| name == head);
    if !known && names().any(|name| name == other_side) {
        return spelled(&other_side);
    }
    if known {
        let dead = path.rsplit('/').next().unwrap_or(path);
        return (!read_by_portage(dead)).then(|| path.replace(dead, dead.trim_matches(['.', '~'])));
    }
    // Programs and patches have names of any kind: `bashrc.conf` is nobody's `profile/bashrc/conf`.
    let folders = || {
        kinds().iter().filter(|kind| kind.grammar != Grammar::Opaque).filter_map(|kind| match kind.place {
            Place::FileOrFolder(base) | Place::Folder(base) => below(base, "etc/portage"),
            _ => None,
        })
    };
    if let Some(stem) = head.strip_suffix(".d")
        && let Some(name) = folders().find(|name| *name == stem)
    {
        return Some(if rest.is_empty() { format!("{name}/") } else { format!("{name}{rest}") });
    }
    let dotted = |name: &'static str| {
        let tail = head.strip_prefix(&name.replace('/', "."))?.strip_prefix('.')?;
        (!tail.is_empty()).then_some((name, tail))
    };
    let misplaced = |name: &'static str| {
        let tail = head.strip_prefix(name.strip_prefix("profile/")?)?.strip_prefix('.')?;
        (!tail.is_empty()).then_some((name, tail))
    };
    if let Some(name) = names().find(|name| name.replace('/', ".") == head) {
        return spelled(name);
    }
    let left = |(name, tail): &(&str, &str)| (tail.len(), name.len());
    let joined = |(name, tail): (&str, &str)| format!("{name}/{tail}{rest}");
    if head.starts_with("profile.") {
        return folders().filter_map(dotted).min_by_key(left).map(joined);
    }
    let distance = |name: &'static str| {
        let bare = name.strip_prefix("profile/").unwrap_or(name);
        let inner = head.strip_prefix("profile/").unwrap_or(head);
        let other_side = (bare.len() == name.len()) != (inner.len() == head.len());
        (strsim::damerau_levenshtein(bare, inner), other_side, name)
    };
    names()
        .map(distance)
        .min()
        .filter(|(_, _, name)| dotted(name).or_else(|| misplaced(name)).is_none())
        .filter(|(distance, _, name)| *distance <= 2 && *distance * 5 <= name.len() + 1)
        .map(|(_, _, name)| format!("{name}{rest}"))
        .or_else(|| {
            folders().filter_map(dotted).chain(folders().filter_map(misplaced)).min_by_key(left).map(joined)
        })
}

fn in_root(path: &str) -> Option<String> {
    for kind in kinds() {
        if let Place::Ending(base, [ending]) = kind.place
            && matches!(kind.name, "systemd-preset" | "dracut.conf.d")
            && let Some(name) = below(path, base).filter(|name| !name.contains('.'))
        {
            return Some(format!("/{base}/{name}{ending}"));
        }
    }
    kinds()
        .iter()
        .filter_map(|kind| match kind.place {
            Place::File(base) | Place::FileOrFolder(base) => Some(base),
            _ => None,
        })
        .map(|base| (strsim::damerau_levenshtein(base, path), base))
        .min()
        .filter(|(distance, _)| (1..=2).contains(distance))
        .map(|(_, base)| match below(base, "etc/portage") {
            Some(inner) => inner.to_owned(),
            None => format!("/{base}"),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_have_a_right_spelling() {
        for (path, right) in [
            ("etc/portage/package.uses", Some("package.use")),
            ("packge.use/x", Some("package.use/x")),
            ("etc/portage/package.use.mask/x", Some("profile/package.use.mask/x")),
            ("package.use.force", Some("profile/package.use.force")),
            ("use.mask", Some("profile/use.mask")),
            ("package.provided", Some("profile/package.provided")),
            ("make.defaults", Some("profile/make.defaults")),
            ("etc/portage/profile/package.env", Some("package.env")),
            ("profile/package.license/x", Some("package.license/x")),
            ("repos.conf.d", Some("repos.conf/")),
            ("binrepos.conf.d/x.conf", Some("binrepos.conf/x.conf")),
            ("package.use.d/x", Some("package.use/x")),
            ("profile.package.use.mask.x", Some("profile/package.use.mask/x")),
            ("profile.package.use.mask", Some("profile/package.use.mask")),
            ("package.use.grub", Some("package.use/grub")),
            ("package.use.mask.x", Some("profile/package.use.mask/x")),
            ("package.accept_keyword", Some("package.accept_keywords")),
            ("etc/make.conf", None),
            ("/etc/make.profile", None),
            ("etc/portage/make.profile/package.env", Some("package.env")),
            ("etc/portage/make.profile/pacages", Some("make.profile/packages")),
            ("etc/portage/arch.lst", Some("arch.list")),
            ("modules.d", Some("modules/")),
            ("etc/fstabs", Some("/etc/fstab")),
            ("etc/systemd/system-preset/10-x", Some("/etc/systemd/system-preset/10-x.preset")),
            ("package.use/.x", Some("package.use/x")),
            ("profile/package.use.msak", Some("profile/package.use.mask")),
            ("package.use.msak/x", Some("profile/package.use.mask/x")),
            ("profile/package.msak", Some("profile/package.mask")),
            ("package.msak", Some("package.mask")),
            ("etc/portage/make.profile", None),
            ("etc/portage/patches/a/b/x.patch", None),
            ("etc/portage/package.use/x", None),
            ("package.use/x", None),
            ("etc/portage/something-else", None),
            ("etc/hostname", None),
            ("extends", None),
            ("", None),
        ] {
            assert_eq!(nearest(path).as_deref(), right, "{path}");
        }
    }
}
