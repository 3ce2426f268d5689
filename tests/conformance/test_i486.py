"""What the real Portage makes of the 486 system: each answer, and that it goes with the line that causes it."""

import pytest

from oracle import Refused

FLAG_VARIABLES = ("CFLAGS", "CXXFLAGS", "FCFLAGS", "FFLAGS", "LDFLAGS")
COMPILER_FLAGS = FLAG_VARIABLES[:4]
LTO = "-flto"
SECTIONS = {"-ffunction-sections", "-fdata-sections"}
COLLECT = "-Wl,--gc-sections"
# The last word wins.
TAKEN_BACK = {
    "-fno-lto": LTO,
    "-fno-function-sections": "-ffunction-sections",
    "-fno-data-sections": "-fdata-sections",
    "-Wl,--no-gc-sections": COLLECT,
}
GLIBC = "sys-libs/glibc-2.42-r4"
BASH = "app-shells/bash-5.3_p3"
# Others that link-time optimisation breaks.
OTHERS = ["sys-libs/libxcrypt-4.5.2", "sys-apps/sandbox-2.47"]

ETC = "etc/portage/"
WORKAROUNDS = ETC + "package.env/lto-workarounds"
NO_LTO = ETC + "env/no-lto.conf"
NO_SECTIONS = ETC + "env/no-gc-sections.conf"
MAKE_CONF = ETC + "make.conf"
UGRD_KEYWORDS = ETC + "package.accept_keywords/ugrd"


def flags(answer, cpv, variable):
    """The flags that hold in the end."""
    found = set()
    for word in answer.package(cpv)[variable].split():
        found.discard(TAKEN_BACK.get(word))
        found.add(word)
    return found


def without(flag, variable, cpv=GLIBC):
    def check(answer):
        found = flags(answer, cpv, variable)
        assert flag not in found
        assert found >= ({"-Wl,-O1", "-Wl,--as-needed"} if variable == "LDFLAGS" else {"-O2", "-march=i486", "-pipe"})

    return check


def others_are_optimised(variable):
    def check(answer):
        found = flags(answer, BASH, variable)
        if variable == "LDFLAGS":
            assert COLLECT in found and "-Wl,-z,pack-relative-relocs" in found
        else:
            assert found >= {LTO, *SECTIONS, "-O2", "-march=i486", "-pipe"}

    return check


def visible(cpv):
    def check(answer):
        assert answer.package(cpv).visible

    return check


def masked(cpv, kind):
    def check(answer):
        package = answer.package(cpv)
        assert not package.visible and kind in package.masks

    return check


def uses(cpv, on="", off=""):
    def check(answer):
        package = answer.package(cpv)
        assert package.use >= set(on.split()) and not package.use & set(off.split())
        assert package.required_use and not package.masked_flags & set(on.split())

    return check


def variable(name, value):
    def check(answer):
        assert answer[name] == value

    return check


def global_use(on="", off=""):
    def check(answer):
        found = set(answer["USE"].split())
        assert found >= set(on.split()) and not found & set(off.split())

    return check


def repository(section, key, value):
    def check(answer):
        assert answer.repositories[section][key] == value

    return check


GRUB_OFF = "branding fonts themes truetype device-mapper nls"

# The answer; the file and the start of the line that causes it.
CASES = [
    *((without(LTO, v), WORKAROUNDS, "sys-libs/glibc") for v in COMPILER_FLAGS),
    *((without(LTO, v), NO_LTO, f"{v}=") for v in COMPILER_FLAGS),
    *((without("-ffunction-sections", v), NO_SECTIONS, f"{v}=") for v in ("CFLAGS", "CXXFLAGS")),
    *((without("-fdata-sections", v), WORKAROUNDS, "sys-libs/glibc") for v in ("CFLAGS", "CXXFLAGS")),
    (without(COLLECT, "LDFLAGS"), NO_SECTIONS, "LDFLAGS="),
    *((without(LTO, "CFLAGS", cpv), WORKAROUNDS, cpv.rsplit("-", 1)[0]) for cpv in OTHERS),
    *((others_are_optimised(v), MAKE_CONF, f"{v}=") for v in FLAG_VARIABLES),
    *((others_are_optimised(v), MAKE_CONF, "COMMON_FLAGS=") for v in COMPILER_FLAGS),
    *((others_are_optimised(v), MAKE_CONF, "LTO_FLAGS=") for v in COMPILER_FLAGS),
    *((others_are_optimised(v), MAKE_CONF, "SECTION_FLAGS=") for v in COMPILER_FLAGS),
    (others_are_optimised("LDFLAGS"), MAKE_CONF, "GC_FLAGS="),
    (visible("sys-kernel/ugrd-9999"), UGRD_KEYWORDS, "=sys-kernel/ugrd"),
    (visible("dev-python/zenlib-9999"), UGRD_KEYWORDS, "=dev-python/zenlib"),
    (visible("dev-python/pycpio-9999"), UGRD_KEYWORDS, "=dev-python/pycpio"),
    (uses("sys-kernel/installkernel-69-r1", "ugrd"), ETC + "profile/package.use.mask/installkernel", "sys-kernel/installkernel"),
    (uses("sys-kernel/installkernel-69-r1", "ugrd grub", "dracut"), ETC + "package.use/installkernel", "sys-kernel/installkernel"),
    (masked("sys-kernel/gentoo-sources-7.1.5", "package.mask"), ETC + "package.mask/kernel-486", ">=sys-kernel/gentoo-sources-7.1"),
    (uses("sys-boot/grub-2.14-r4", "", GRUB_OFF), ETC + "package.use/grub", "sys-boot/grub"),
    (uses("sys-boot/grub-2.14-r4", "grub_platforms_pc"), MAKE_CONF, "GRUB_PLATFORMS="),
    (variable("CHOST_x86", "i486-pc-linux-gnu"), MAKE_CONF, "CHOST_x86="),
    (global_use("lto", "X gui nls"), MAKE_CONF, "USE="),
    (global_use("lto"), MAKE_CONF, "LTO_USE="),
    (uses("sys-block/nbd-3.25-r1", "", "netlink gnutls"), ETC + "package.use/nbd", "sys-block/nbd"),
    (repository("gentoo", "location", "/var/db/repos/gentoo"), ETC + "repos.conf/gentoo.conf", "location ="),
    (repository("gentoo", "auto_sync", "no"), ETC + "repos.conf/gentoo.conf", "auto-sync ="),
]


@pytest.mark.parametrize("check,path,line", CASES, ids=[f"{path.removeprefix(ETC)}:{line}" for _, path, line in CASES])
def test_answer_goes_with_its_line(check, path, line, i486, changed, oracle):
    check(oracle.load(i486))
    answer = oracle.load(changed.without(path, line))
    with pytest.raises((AssertionError, KeyError)):
        check(answer)


def test_kernels_before_7_1_stay(i486, oracle):
    assert oracle.load(i486).package("sys-kernel/gentoo-sources-6.18.30").visible


def test_tuple(i486, oracle):
    answer = oracle.load(i486)
    assert answer["CHOST"] == answer["CHOST_x86"] == "i486-pc-linux-gnu"
    assert answer["ARCH"] == "x86" and answer["ELIBC"] == "glibc"
    assert "systemd" in answer["USE"].split()


def test_profile_folder_that_does_not_exist_is_refused(changed, oracle):
    link = changed.tree / "etc/portage/make.profile"
    target = link.readlink()
    link.unlink()
    link.symlink_to(f"{target}-no-such")
    with pytest.raises(Refused):
        oracle.load(changed.tree)


@pytest.mark.parametrize(
    "path,line",
    [
        ("package.use/zz", "sys-boot/grub:: -fonts\n"),
        ("package.mask/zz", ">=sys-kernel/gentoo-sources\n"),
        ("package.env/zz", "sys-boot/grub no-such.conf\n"),
        ("make.conf", 'FEATURES="no-such-feature"\n'),
        ("make.conf", 'A="no end\n'),
    ],
)
def test_anything_portage_says_is_refused(path, line, changed, oracle):
    with (changed.tree / "etc/portage" / path).open("a") as file:
        file.write(line)
    with pytest.raises(Refused):
        oracle.load(changed.tree).everything()
