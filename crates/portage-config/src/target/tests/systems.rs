//! The systems that the presets are for, and others.

use insta::assert_snapshot;

use super::target;

fn derived(said: &[(&str, &str)]) -> String {
    target(said).derive().text()
}

#[test]
fn i486_musl() {
    let said = [("cpu", "i486"), ("libc", "musl"), ("memory", "64M"), ("build-host.cores", "24")];
    assert_snapshot!(derived(&said), @r"
    CHOST=i486-pc-linux-musl
    CHOST_x86=i486-pc-linux-musl
    COMMON_FLAGS=-O2 -march=i486 -pipe
    CFLAGS=${COMMON_FLAGS}
    CXXFLAGS=${COMMON_FLAGS}
    FCFLAGS=${COMMON_FLAGS}
    FFLAGS=${COMMON_FLAGS}
    GO386=softfloat
    CPU_FLAGS_X86=
    ACCEPT_KEYWORDS=x86
    GRUB_PLATFORMS=pc
    MAKEOPTS=-j24 -l25
    EMERGE_DEFAULT_OPTS=--jobs=4 --load-average=25
    default/linux/x86/23.0/i486/musl
    ");
}

#[test]
fn i486_glibc_systemd() {
    let said = [("cpu", "i486"), ("init", "systemd"), ("cores", "1"), ("memory", "64M")];
    assert_snapshot!(derived(&said), @r"
    CHOST=i486-pc-linux-gnu
    CHOST_x86=i486-pc-linux-gnu
    COMMON_FLAGS=-O2 -march=i486 -pipe
    CFLAGS=${COMMON_FLAGS}
    CXXFLAGS=${COMMON_FLAGS}
    FCFLAGS=${COMMON_FLAGS}
    FFLAGS=${COMMON_FLAGS}
    GO386=softfloat
    CPU_FLAGS_X86=
    ACCEPT_KEYWORDS=x86
    GRUB_PLATFORMS=pc
    MAKEOPTS=-j1 -l2
    default/linux/x86/23.0/i486/systemd
    ");
}

#[test]
fn amd64_cross() {
    let said = [
        ("cpu", "icelake-client"),
        ("vendor", "icelake"),
        ("init", "systemd"),
        ("build-host.chost", "x86_64-pc-linux-gnu"),
        ("build-host.cores", "16"),
    ];
    assert_snapshot!(derived(&said), @r"
    CHOST=x86_64-icelake-linux-gnu
    CHOST_amd64=x86_64-icelake-linux-gnu
    CBUILD=x86_64-pc-linux-gnu
    COMMON_FLAGS=-O2 -march=icelake-client -pipe
    CFLAGS=${COMMON_FLAGS}
    CXXFLAGS=${COMMON_FLAGS}
    FCFLAGS=${COMMON_FLAGS}
    FFLAGS=${COMMON_FLAGS}
    RUSTFLAGS=-C target-cpu=icelake-client
    GOAMD64=v4
    CPU_FLAGS_X86=aes avx avx2 avx512_bitalg avx512_vbmi2 avx512_vnni avx512_vpopcntdq avx512bw avx512cd avx512dq avx512f avx512ifma avx512vbmi avx512vl bmi1 bmi2 f16c fma3 mmx mmxext pclmul popcnt rdrand sha sse sse2 sse3 sse4_1 sse4_2 ssse3 vpclmulqdq
    ACCEPT_KEYWORDS=amd64
    GRUB_PLATFORMS=efi-64 pc
    MAKEOPTS=-j16 -l17
    EMERGE_DEFAULT_OPTS=--jobs=2 --load-average=17
    default/linux/amd64/23.0/systemd
    ");
}

#[test]
fn amd64_without_avx512() {
    let said = [
        ("cpu", "icelake-client"),
        ("init", "systemd"),
        ("keywords", "testing"),
        ("build-host.cpu", "znver2"),
        ("build-host.runs-target", "true"),
        ("build-host.cores", "16"),
        ("build-host.memory", "16G"),
    ];
    assert_snapshot!(derived(&said), @r"
    CHOST=x86_64-pc-linux-gnu
    CHOST_amd64=x86_64-pc-linux-gnu
    COMMON_FLAGS=-O2 -march=icelake-client -mno-avx512f -mno-gfni -mno-vaes -mno-vpclmulqdq -mno-pku -mno-hle -mno-sgx -pipe
    CFLAGS=${COMMON_FLAGS}
    CXXFLAGS=${COMMON_FLAGS}
    FCFLAGS=${COMMON_FLAGS}
    FFLAGS=${COMMON_FLAGS}
    RUSTFLAGS=-C target-cpu=icelake-client -C target-feature=-avx512f,-gfni,-vaes,-vpclmulqdq
    GOAMD64=v3
    CPU_FLAGS_X86=aes avx avx2 bmi1 bmi2 f16c fma3 mmx mmxext pclmul popcnt rdrand sha sse sse2 sse3 sse4_1 sse4_2 ssse3
    ACCEPT_KEYWORDS=~amd64
    GRUB_PLATFORMS=efi-64 pc
    MAKEOPTS=-j8 -l17
    default/linux/amd64/23.0/systemd
    ");
    let target = target(&said);
    assert_eq!(target.derive().parameter("rust-mno"), Some("-avx512f,-gfni,-vaes,-vpclmulqdq"));
    assert_eq!(target.lacking().level, Some("x86-64-v3"));
}

#[test]
fn build_host() {
    let said = [("cpu", "znver4"), ("cores", "32"), ("memory", "64G"), ("firmware", "efi")];
    assert_snapshot!(derived(&said), @r"
    CHOST=x86_64-pc-linux-gnu
    CHOST_amd64=x86_64-pc-linux-gnu
    COMMON_FLAGS=-O2 -march=znver4 -pipe
    CFLAGS=${COMMON_FLAGS}
    CXXFLAGS=${COMMON_FLAGS}
    FCFLAGS=${COMMON_FLAGS}
    FFLAGS=${COMMON_FLAGS}
    RUSTFLAGS=-C target-cpu=znver4
    GOAMD64=v4
    CPU_FLAGS_X86=aes avx avx2 avx512_bf16 avx512_bitalg avx512_vbmi2 avx512_vnni avx512_vpopcntdq avx512bw avx512cd avx512dq avx512f avx512ifma avx512vbmi avx512vl bmi1 bmi2 f16c fma3 mmx mmxext pclmul popcnt rdrand sha sse sse2 sse3 sse4_1 sse4_2 sse4a ssse3 vpclmulqdq
    ACCEPT_KEYWORDS=amd64
    GRUB_PLATFORMS=efi-64
    MAKEOPTS=-j32 -l33
    EMERGE_DEFAULT_OPTS=--jobs=5 --load-average=33
    default/linux/amd64/23.0
    ");
}

#[test]
fn sccache_server() {
    assert_snapshot!(derived(&[("chost", "x86_64-pc-linux-gnu"), ("cores", "8")]), @r"
    CHOST=x86_64-pc-linux-gnu
    CHOST_amd64=x86_64-pc-linux-gnu
    COMMON_FLAGS=-O2 -march=x86-64 -pipe
    CFLAGS=${COMMON_FLAGS}
    CXXFLAGS=${COMMON_FLAGS}
    FCFLAGS=${COMMON_FLAGS}
    FFLAGS=${COMMON_FLAGS}
    CPU_FLAGS_X86=mmx mmxext sse sse2
    ACCEPT_KEYWORDS=amd64
    GRUB_PLATFORMS=efi-64 pc
    MAKEOPTS=-j8 -l9
    default/linux/amd64/23.0
    ");
}

#[test]
fn pentium3_musl() {
    let said = [("cpu", "pentium3"), ("libc", "musl"), ("cores", "2"), ("memory", "1G")];
    assert_snapshot!(derived(&said), @r"
    CHOST=i686-pc-linux-musl
    CHOST_x86=i686-pc-linux-musl
    COMMON_FLAGS=-O2 -march=pentium3 -pipe
    CFLAGS=${COMMON_FLAGS}
    CXXFLAGS=${COMMON_FLAGS}
    FCFLAGS=${COMMON_FLAGS}
    FFLAGS=${COMMON_FLAGS}
    RUSTFLAGS=-C target-cpu=pentium3
    GO386=softfloat
    CPU_FLAGS_X86=mmx mmxext sse
    ACCEPT_KEYWORDS=x86
    GRUB_PLATFORMS=pc
    MAKEOPTS=-j1 -l3
    default/linux/x86/23.0/i686/musl
    ");
}

#[test]
fn amd64_as_x86() {
    let said = [("cpu", "core2"), ("arch", "x86"), ("init", "none"), ("firmware", "bios")];
    assert_snapshot!(derived(&said), @r"
    CHOST=i686-pc-linux-gnu
    CHOST_x86=i686-pc-linux-gnu
    COMMON_FLAGS=-O2 -march=core2 -pipe
    CFLAGS=${COMMON_FLAGS}
    CXXFLAGS=${COMMON_FLAGS}
    FCFLAGS=${COMMON_FLAGS}
    FFLAGS=${COMMON_FLAGS}
    RUSTFLAGS=-C target-cpu=core2
    CPU_FLAGS_X86=mmx mmxext sse sse2 sse3 ssse3
    ACCEPT_KEYWORDS=x86
    GRUB_PLATFORMS=pc
    default/linux/x86/23.0/i686
    ");
}

#[test]
fn other_architectures() {
    for (cpu, libc, wanted) in [
        (
            "cortex-a53",
            "musl",
            "arm64 aarch64-unknown-linux-musl -mcpu=cortex-a53 default/linux/arm64/23.0/musl",
        ),
        (
            "cortex-a7",
            "glibc",
            "arm armv7a-unknown-linux-gnueabihf -mcpu=cortex-a7 -mfpu=neon-vfpv4 -mfloat-abi=hard \
             default/linux/arm/23.0/armv7a_hf",
        ),
        (
            "armv5te",
            "glibc",
            "arm armv5tel-softfloat-linux-gnueabi -march=armv5te default/linux/arm/23.0/armv5te",
        ),
        (
            "rv64gc",
            "glibc",
            "riscv riscv64-unknown-linux-gnu -march=rv64gc default/linux/riscv/23.0/rv64/lp64d",
        ),
        ("power9", "glibc", "ppc64 powerpc64le-unknown-linux-gnu -mcpu=power9 default/linux/ppc64le/23.0"),
        ("G4", "musl", "ppc powerpc-unknown-linux-musl -mcpu=7450 default/linux/ppc/23.0/musl"),
        (
            "mips32r2el",
            "glibc",
            "mips mipsel-unknown-linux-gnu -march=mips32r2 -mabi=32 default/linux/mips/23.0/mipsel/o32",
        ),
    ] {
        let derived = target(&[("cpu", cpu), ("libc", libc)]).derive();
        let parameter = |name| derived.parameter(name).unwrap();
        let profile = parameter("profile").trim_start_matches("/var/db/repos/gentoo/profiles/");
        assert_eq!(
            format!("{} {} {} {profile}", parameter("arch"), parameter("chost"), parameter("march")),
            wanted
        );
        assert_eq!(derived.value("CPU_FLAGS_X86"), None);
        assert_eq!(derived.value("GRUB_PLATFORMS"), None);
    }
}

#[test]
fn what_is_said_goes_before_what_follows() {
    let said = [
        ("cpu", "i686"),
        ("chost", "i686-gentoo-linux-gnut64"),
        ("profile", "default/linux/x86/23.0/i686/time64"),
        ("abi", "x86"),
    ];
    let derived = target(&said).derive();
    assert_eq!(derived.value("CHOST"), Some("i686-gentoo-linux-gnut64"));
    assert_eq!(derived.value("CHOST_x86"), Some("i686-gentoo-linux-gnut64"));
    assert_eq!(derived.profile.value, "/var/db/repos/gentoo/profiles/default/linux/x86/23.0/i686/time64");
    let own = [("cpu", "i386"), ("profile", "/srv/overlay/profiles/i386")];
    assert_eq!(target(&own).derive().profile.value, "/srv/overlay/profiles/i386");
    let same = [("cpu", "znver3"), ("build-host.chost", "x86_64-pc-linux-gnu")];
    assert_eq!(target(&same).derive().value("CBUILD"), None, "the build host is of the same tuple");
    let musl = [("profile", "default/linux/amd64/23.0/musl/llvm"), ("cpu", "x86-64-v3")];
    assert_eq!(target(&musl).derive().value("CHOST"), Some("x86_64-pc-linux-musl"));
    assert_eq!(target(&[("cpu", "pentium-mmx")]).derive().value("RUSTFLAGS"), None, "the profile masks Rust");
}

#[test]
fn jobs_follow_from_cores_and_memory() {
    for (cores, memory, wanted, emerge) in [
        ("1", None, "-j1 -l2", None),
        ("8", Some("16G"), "-j8 -l9", None),
        ("8", Some("4G"), "-j2 -l9", None),
        ("4", Some("512M"), "-j1 -l5", None),
        ("12", Some("1T"), "-j12 -l13", Some("--jobs=2 --load-average=13")),
    ] {
        let said: Vec<_> = [("cpu", Some("x86-64")), ("cores", Some(cores)), ("memory", memory)]
            .into_iter()
            .filter_map(|(key, value)| Some((key, value?)))
            .collect();
        let derived = target(&said).derive();
        assert_eq!(derived.value("MAKEOPTS"), Some(wanted), "{cores} {memory:?}");
        assert_eq!(derived.value("EMERGE_DEFAULT_OPTS"), emerge, "{cores} {memory:?}");
    }
    assert_eq!(target(&[("cpu", "i486"), ("memory", "64M")]).derive().value("MAKEOPTS"), None);
}
