//! A profile that its repository does not have.

use super::known::{Known, mean, shown};
use crate::report::{Code, Key, Report};
use crate::vocab::nearest;

/// A path below profiles/ that is not there.
pub(crate) const L221: Code = Code::error(
    "L221",
    "unknown-profile",
    "A make.profile that leads nowhere leaves Portage without a profile: emerge refuses to work, and etc/portage/profile is ignored, too.",
    "lib/portage/package/ebuild/_config/LocationsManager.py, load_profiles",
);

pub(super) fn check(known: &Known<'_>, report: &mut Report) {
    for (path, named) in &known.chain.named {
        if named.is_there {
            continue;
        }
        let all = named.repo.repository.profiles().unwrap_or_default();
        let near = nearest(&named.path, all.iter().map(|(_, path, _)| path.as_str()));
        let text = format!("`{}` has no profile `{}`", shown(named.repo), named.path);
        mean(report.file(path).at(&L221, Key::file(), text), near);
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::repo::testing::{machine, told};
    use crate::lint::testing::root;

    #[test]
    fn a_profile_is_there() {
        let link = |target| told(&machine(), &root().link("etc/portage/make.profile", target));
        assert_eq!(link("../../var/db/repos/gentoo/profiles/default/linux/x86"), [""; 0]);
        assert_eq!(
            link("/var/db/repos/gentoo/profiles/default/linux/x68"),
            ["L221 : did you mean default/linux/x86?"]
        );
        assert_eq!(link("/var/db/repos/other/profiles/x"), [""; 0], "of a repository that is not known");
        let parent = |text| told(&machine(), &root().items("etc/portage/make.profile/parent", &[text]));
        assert_eq!(parent("gentoo:default/linux/x86"), [""; 0]);
        assert_eq!(parent("gentoo:default/linux/x87"), ["L221 : did you mean default/linux/x86?"]);
    }
}
