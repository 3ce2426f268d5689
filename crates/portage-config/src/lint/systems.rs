//! Whole systems that are known to work: only what is true of them may be found.

use super::testing::{Root, codes, root};
use crate::model::{Fstab, Model, Mount};

const PROFILES: &str = "/var/db/repos/gentoo/profiles/default/linux";

fn mount(source: &str, target: &str, fstype: &str, options: &str, pass: u32) -> Mount {
    let options = options.split(',').map(Into::into).collect();
    Mount {
        source: source.into(),
        target: target.into(),
        fstype: fstype.into(),
        options,
        pass,
        ..Mount::default()
    }
}

fn fstab() -> Model {
    let mounts = vec![
        mount("UUID=9e04e825-7f60-4171-815a-86e01ec4c4d3", "/", "ext4", "relatime,nobarrier", 1),
        mount("UUID=2f1c3f0c-2b7c-4f0a-9a53-0d0b8f5f2f11", "none", "swap", "sw", 0),
        mount("UUID=ABCD-1234", "/boot", "vfat", "noauto,noatime", 2),
    ];
    Model::Fstab(Fstab { mounts, ..Fstab::default() })
}

/// A 486 board with glibc and systemd, everything but the C library built with LTO and section collection.
fn i486_glibc_systemd() -> Root {
    root()
        .vars(
            "etc/portage/make.conf",
            &[
                ("CHOST", "i486-pc-linux-gnu"),
                ("CHOST_x86", "i486-pc-linux-gnu"),
                ("COMMON_FLAGS", "-O2 -march=i486 -pipe"),
                ("LTO_FLAGS", "-flto -ffunction-sections -fdata-sections"),
                ("CFLAGS", "${COMMON_FLAGS} ${LTO_FLAGS}"),
                ("CXXFLAGS", "${CFLAGS}"),
                ("FCFLAGS", "${CFLAGS}"),
                ("FFLAGS", "${CFLAGS}"),
                ("LDFLAGS", "${LDFLAGS} -Wl,--gc-sections"),
                ("CPU_FLAGS_X86", ""),
                ("USE", "lto -X -gui -nls"),
                ("ACCEPT_KEYWORDS", "x86"),
                ("ACCEPT_LICENSE", "@FREE"),
                ("GRUB_PLATFORMS", "pc"),
                ("MAKEOPTS", "-j24 -l25"),
                ("EMERGE_DEFAULT_OPTS", "--jobs=24 --load-average=25"),
                ("LC_MESSAGES", "C.UTF-8"),
            ],
        )
        .link("etc/portage/make.profile", &format!("{PROFILES}/x86/23.0/i486/systemd"))
        .ini(
            "etc/portage/repos.conf/gentoo.conf",
            &[
                ("DEFAULT", &[("main-repo", "gentoo")]),
                ("gentoo", &[("location", "/var/db/repos/gentoo"), ("auto-sync", "no")]),
            ],
        )
        .vars(
            "etc/portage/env/no-lto.conf",
            &[
                ("CFLAGS", "-O2 -march=i486 -pipe"),
                ("CXXFLAGS", "${CFLAGS}"),
                ("FCFLAGS", "${CFLAGS}"),
                ("FFLAGS", "${CFLAGS}"),
                ("LDFLAGS", "-Wl,-O1 -Wl,--as-needed -Wl,-z,pack-relative-relocs"),
            ],
        )
        .rules("etc/portage/package.env/glibc", &[("sys-libs/glibc", "no-lto.conf")])
        .items("etc/portage/package.mask/kernel-486", &[">=sys-kernel/gentoo-sources-7.1"])
        .rules(
            "etc/portage/package.accept_keywords/ugrd",
            &[("sys-kernel/ugrd", "**"), ("dev-python/zenlib", "**"), ("dev-python/pycpio", "**")],
        )
        .rules(
            "etc/portage/package.use/grub",
            &[("sys-boot/grub", "-branding -fonts -themes -truetype -device-mapper -nls")],
        )
        .rules("etc/portage/package.use/installkernel", &[("sys-kernel/installkernel", "grub ugrd -dracut")])
        .rules("etc/portage/profile/package.use.mask/installkernel", &[("sys-kernel/installkernel", "-ugrd")])
        .model("etc/fstab", fstab())
        .ini(
            "etc/systemd/system.conf.d/10-slow-cpu.conf",
            &[("Manager", &[("DefaultTimeoutStartSec", "30min"), ("DefaultTimeoutStopSec", "5min")])],
        )
}

#[test]
fn a_486_with_glibc_is_found_good() {
    assert_eq!(codes(&i486_glibc_systemd()), ["L019", "L019", "L019"], "`**` without a version, three times");
}

#[test]
fn a_486_without_its_precautions_is_not() {
    let mut root = i486_glibc_systemd();
    for gone in [
        "etc/portage/package.env/glibc",
        "etc/portage/package.mask/kernel-486",
        "etc/portage/profile/package.use.mask/installkernel",
    ] {
        root.0.files.retain(|path, _| path.as_str() != gone);
    }
    root.0.files.retain(|path, _| path.name() != "ugrd");
    assert_eq!(codes(&root), ["L013", "L003", "L023", "L127"]);
}

#[test]
fn a_laptop_built_on_a_machine_without_avx512_is_found_good() {
    let flags = "-O2 -march=icelake-client -mno-avx512f -mno-gfni -mno-vaes -mno-vpclmulqdq -pipe";
    let laptop = root()
        .vars(
            "etc/portage/make.conf",
            &[
                ("COMMON_FLAGS", flags),
                ("CFLAGS", "${COMMON_FLAGS}"),
                ("CXXFLAGS", "${COMMON_FLAGS}"),
                ("RUSTFLAGS", "-C target-cpu=icelake-client -C target-feature=-avx512f,-gfni,-vaes,-vpclmulqdq"),
                ("GOAMD64", "v3"),
                (
                    "CPU_FLAGS_X86",
                    "aes avx avx2 bmi1 bmi2 f16c fma3 mmx mmxext pclmul popcnt rdrand sha sse sse2 sse3 sse4_1 sse4_2 \
                     ssse3",
                ),
                ("ACCEPT_LICENSE", "@FREE"),
                ("MAKEOPTS", "-j16 -l16"),
            ],
        )
        .link("etc/portage/make.profile", &format!("{PROFILES}/amd64/23.0/systemd"));
    assert_eq!(codes(&laptop), [""; 0]);
}

#[test]
fn the_root_of_a_cross_build_is_found_good() {
    let target = root()
        .vars(
            "etc/portage/make.conf",
            &[
                ("CHOST", "x86_64-icelake-linux-gnu"),
                ("CHOST_amd64", "x86_64-icelake-linux-gnu"),
                ("CBUILD", "x86_64-pc-linux-gnu"),
                ("ROOT", "/usr/x86_64-icelake-linux-gnu/"),
                ("CFLAGS", "-O2 -march=icelake-client -pipe"),
                ("CXXFLAGS", "${CFLAGS}"),
                ("FEATURES", "buildpkg -collision-protect"),
                ("PKGDIR", "/usr/x86_64-icelake-linux-gnu/var/cache/binpkgs"),
                ("BINPKG_FORMAT", "gpkg"),
            ],
        )
        .vars("etc/portage/env/native-cbuild.conf", &[("CBUILD", "x86_64-icelake-linux-gnu")])
        .rules("etc/portage/package.env/traps", &[("app-emulation/qemu", "native-cbuild.conf")])
        .ini(
            "etc/portage/binrepos.conf/builder.conf",
            &[(
                "builder",
                &[
                    ("priority", "10"),
                    ("sync-uri", "http://192.0.2.10/binpkgs"),
                    ("verify-signature", "false"),
                ],
            )],
        );
    assert_eq!(codes(&target), [""; 0]);
}
