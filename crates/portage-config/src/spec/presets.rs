//! The presets that come with the library.

macro_rules! table {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("../../presets/", $name, ".toml")))),*]
    };
}

/// Whole systems first, then what they are composed of.
static PRESETS: &[(&str, &str)] = table! {
    "i486-musl-openrc"
    "i486-musl-iscsi"
    "i486-glibc-systemd"
    "i486-servers"
    "tiny"
    "initramfs-kexec"
    "cross-amd64"
    "amd64-no-avx512"
    "sccache-dist"
    "board/i486-musl"
    "board/net4501"
    "boot/dracut-iscsi"
    "boot/dracut-nbd"
    "boot/initramfs-embedded"
    "boot/initramfs-kernel"
    "boot/ugrd-nbd"
    "init/openrc"
    "init/systemd"
    "init/systemd-slow"
    "libc/glibc"
    "libc/musl"
    "optimise/flags"
    "optimise/lto-workarounds"
    "role/binhost"
    "role/binhost-client"
    "role/builder"
    "role/checked"
    "role/compile-farm"
    "role/compile-scheduler"
    "role/compile-server"
    "role/cross-root"
    "role/nbd-server"
    "role/pxe-server"
    "role/target"
};

/// The built-in presets: name and text. A name with a slash is that of a building block, see [`is_block`].
pub fn presets() -> &'static [(&'static str, &'static str)] {
    PRESETS
}

/// Whether a preset is no system of its own but a part that systems extend: `libc/musl`.
///
/// ```
/// assert!(portage_config::spec::is_block("libc/musl"));
/// assert!(!portage_config::spec::is_block("i486-glibc-systemd"));
/// ```
pub fn is_block(name: &str) -> bool {
    name.contains('/')
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_file_is_a_preset() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("presets");
        let mut found = BTreeSet::new();
        let mut open = vec![folder.clone()];
        while let Some(here) = open.pop() {
            for entry in std::fs::read_dir(here).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else if path.extension().is_some_and(|ending| ending == "toml") {
                    let name = path.strip_prefix(&folder).unwrap().with_extension("");
                    found.insert(name.to_str().unwrap().to_owned());
                }
            }
        }
        assert_eq!(found, presets().iter().map(|(name, _)| (*name).to_owned()).collect());
    }
}
