//! Which file accepts which atoms.

/// Where an atom stands: Portage accepts different atoms in different files.
///
/// Each variant stands for the arguments with which Portage loads that family of files (`grabdict_package`,
/// `grabfile_package`, `isvalidatom`):
///
/// | variant | wildcards | `::repo` | build-id | USE deps | blocker |
/// |---|---|---|---|---|---|
/// | `User` | yes | yes | yes | yes | ignored |
/// | `UserLicense` | yes | yes | no | yes | ignored |
/// | `UserUse`, `UserProfileUse` | yes | yes | yes | no | ignored |
/// | `UserProfile` | no | yes | yes | yes | ignored |
/// | `UserProfileKeywords` | no | yes | yes | no | ignored |
/// | `UserProfileAcceptKeywords` | no | yes | no | no | ignored |
/// | `Profile` | no | no | no | yes | ignored |
/// | `ProfileUse` | no | no | no | no | ignored |
/// | `Set`, `World` | no | yes | no | yes | refused |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// Files of `/etc/portage` where USE deps are accepted and ignored: package.mask, package.unmask, package.env,
    /// package.properties, package.accept_restrict, and `profile/package.bashrc`.
    User,
    /// package.license: as [`Dialect::User`], without build-ids.
    UserLicense,
    /// Files of `/etc/portage` where USE deps are rejected: package.use, package.accept_keywords,
    /// package.keywords.
    UserUse,
    /// `profile/package.use*` without `eapi`: wildcards and `::repo` are accepted.
    UserProfileUse,
    /// `profile/package.mask`, `profile/package.unmask` and `profile/packages` without `eapi`: no wildcards.
    UserProfile,
    /// `profile/package.keywords` without `eapi`: no wildcards, no USE deps.
    UserProfileKeywords,
    /// `profile/package.accept_keywords` without `eapi`: no wildcards, no USE deps, no build-ids.
    UserProfileAcceptKeywords,
    /// Files of a `make.profile` folder with `eapi` 5 or later: no wildcards, no `::repo`.
    Profile,
    /// `package.use*`, `package.keywords` and `package.accept_keywords` of a `make.profile` folder: as
    /// [`Dialect::Profile`], without USE deps.
    ProfileUse,
    /// Files of `sets/`: any versioned atom, USE deps, no wildcards. (`@set` is no atom; see
    /// [`crate::vocab::is_set_name`].)
    Set,
    /// `var/lib/portage/world`.
    World,
}

impl Dialect {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::User,
        Self::UserLicense,
        Self::UserUse,
        Self::UserProfileUse,
        Self::UserProfile,
        Self::UserProfileKeywords,
        Self::UserProfileAcceptKeywords,
        Self::Profile,
        Self::ProfileUse,
        Self::Set,
        Self::World,
    ];

    /// Whether `*/*`, `cat/*` and the other extended forms are accepted.
    pub const fn wildcards(self) -> bool {
        matches!(self, Self::User | Self::UserLicense | Self::UserUse | Self::UserProfileUse)
    }

    /// Whether `::repo` is accepted.
    pub const fn repo(self) -> bool {
        !matches!(self, Self::Profile | Self::ProfileUse)
    }

    /// Whether a build-id is accepted (`=cat/pkg-1.0-2`).
    pub const fn build_id(self) -> bool {
        matches!(
            self,
            Self::User | Self::UserUse | Self::UserProfileUse | Self::UserProfile | Self::UserProfileKeywords
        )
    }

    /// Whether USE deps are accepted (`cat/pkg[flag]`); only sets and world look at them.
    pub const fn use_deps(self) -> bool {
        matches!(
            self,
            Self::User | Self::UserLicense | Self::UserProfile | Self::Profile | Self::Set | Self::World
        )
    }

    /// Whether a leading `!` or `!!` is accepted; it is then ignored.
    pub const fn blockers(self) -> bool {
        !matches!(self, Self::Set | Self::World)
    }
}
