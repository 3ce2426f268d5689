//! The texts of the built-in templates.

macro_rules! embed {
    ($($name:literal,)*) => {
        /// Name and text of each.
        pub(super) static TEMPLATES: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../templates/", $name)))),*];
    };
}

embed! {
    "etc/conf.d.j2",
    "etc/default/grub.j2",
    "etc/dracut.conf.d.j2",
    "etc/dracut.conf.j2",
    "etc/fstab.j2",
    "etc/portage/binrepos.conf.j2",
    "etc/portage/categories.j2",
    "etc/portage/env.j2",
    "etc/portage/license_groups.j2",
    "etc/portage/make.conf.j2",
    "etc/portage/mirrors.j2",
    "etc/portage/package.accept_keywords.j2",
    "etc/portage/package.accept_restrict.j2",
    "etc/portage/package.env.j2",
    "etc/portage/package.keywords.j2",
    "etc/portage/package.license.j2",
    "etc/portage/package.mask.j2",
    "etc/portage/package.properties.j2",
    "etc/portage/package.unmask.j2",
    "etc/portage/package.use.j2",
    "etc/portage/profile/make.defaults.j2",
    "etc/portage/profile/package.accept_keywords.j2",
    "etc/portage/profile/package.mask.j2",
    "etc/portage/profile/package.provided.j2",
    "etc/portage/profile/package.unmask.j2",
    "etc/portage/profile/package.use.force.j2",
    "etc/portage/profile/package.use.j2",
    "etc/portage/profile/package.use.mask.j2",
    "etc/portage/profile/package.use.stable.force.j2",
    "etc/portage/profile/package.use.stable.j2",
    "etc/portage/profile/package.use.stable.mask.j2",
    "etc/portage/profile/packages.j2",
    "etc/portage/profile/use.force.j2",
    "etc/portage/profile/use.mask.j2",
    "etc/portage/profile/use.stable.force.j2",
    "etc/portage/profile/use.stable.mask.j2",
    "etc/portage/repos.conf.j2",
    "etc/portage/sets.conf.j2",
    "etc/portage/sets.j2",
    "etc/systemd/system-preset.j2",
    "etc/systemd/unit.j2",
    "etc/ugrd/config.toml.j2",
    "kernel-config.j2",
    "sh-env.j2",
    "var/lib/portage/world.j2",
    "var/lib/portage/world_sets.j2",
}
