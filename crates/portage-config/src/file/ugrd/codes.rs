//! What can be wrong with a configuration of ugrd.

use crate::report::Code;

const CONFIG: &str = "ugrd 2.2.0, initramfs_dict.py";

pub(super) const L051: Code = Code::error(
    "L051",
    "ugrd-bool-text",
    "ugrd turns values into their type with Python's bool(): every text is true, also \"false\".",
    CONFIG,
);
pub(super) const L052: Code = Code::error(
    "L052",
    "ugrd-unknown",
    "ugrd refuses a key that no loaded module registers, and a module it cannot find. With `hostonly = false` an \
     unknown key is only logged, and does nothing.",
    CONFIG,
);
pub(super) const L053: Code = Code::error(
    "L053",
    "ugrd-swallowed-key",
    "A key below a [table] header belongs to that table: ugrd never sees it, and keeps its default.",
    "https://toml.io/en/v1.0.0#table",
);
pub(super) const L054: Code = Code::error(
    "L054",
    "ugrd-compression",
    "ugrd looks at cpio_compression only when it packs the image: anything but xz, zstd, true or false fails then.",
    "ugrd 2.2.0, fs/cpio.py",
);
pub(super) const L055: Code = Code::hint(
    "L055",
    "ugrd-zstd",
    "zstd needs dev-python/zstandard where the image is built, and CONFIG_RD_ZSTD in the kernel that unpacks it.",
    "ugrd 2.2.0, fs/cpio.py; usr/Kconfig of Linux",
);
pub(super) const L056: Code = Code::error(
    "L056",
    "ugrd-program-as-file",
    "`dependencies` copies a file as it is. The shared libraries of a program come along only through `binaries`.",
    "ugrd 2.2.0, base/core.py",
);
pub(super) const L057: Code = Code::warning(
    "L057",
    "ugrd-absolute-program",
    "The folder of a program differs between split and merged /usr, and ugrd refuses a path that is not there. A \
     name is looked up.",
    "ugrd 2.2.0, base/core.py",
);
pub(super) const L058: Code = Code::error(
    "L058",
    "ugrd-tag-twice",
    "Two loaded modules provide the same tag: ugrd refuses the second one.",
    CONFIG,
);
pub(super) const L059: Code = Code::hint(
    "L059",
    "ugrd-fakeudev",
    "ugrd.fs.fakeudev only writes udev's entries for device-mapper. Without such a root it does nothing.",
    "ugrd 2.2.0, fs/fakeudev.py",
);
pub(super) const L060: Code = Code::error(
    "L060",
    "ugrd-console",
    "[console.*] is known only with ugrd.base.console loaded, and a console that is no `tty` needs its `baud`. \
     `local` is of older versions and ignored.",
    "ugrd 2.2.0, base/console.py",
);
pub(super) const L061: Code = Code::warning(
    "L061",
    "ugrd-build-host",
    "With `hostonly` (the default) ugrd probes the machine it runs on: an image for another machine describes the \
     wrong one, or is not built at all.",
    "ugrd 2.2.0, base/core.py, fs/mounts.py",
);
pub(super) const L062: Code = Code::error(
    "L062",
    "ugrd-mount",
    "ugrd refuses unknown keys of a mount and a mount without source; options given as one text become a set of \
     letters; `mask` is no key at all.",
    "ugrd 2.2.0, fs/mounts.py",
);
pub(super) const L063: Code = Code::warning(
    "L063",
    "ugrd-musl",
    "Without `musl_libc = true` ugrd looks for libgcc_s and runs ldconfig, which a musl system does not have.",
    "ugrd 2.2.0, base/core.py",
);
pub(super) const L064: Code = Code::warning(
    "L064",
    "ugrd-debug-shell",
    "ugrd.base.debug starts a shell at each boot and waits for its end.",
    "ugrd 2.2.0, base/debug.py",
);
pub(super) const L151: Code = Code::error(
    "L151",
    "ugrd-type",
    "A value that cannot be turned into the type of its key ends the build with a traceback.",
    CONFIG,
);
pub(super) const L152: Code = Code::error(
    "L152",
    "ugrd-missing-key",
    "ugrd refuses a node without numbers, and a copy or link without its two ends.",
    "ugrd 2.2.0, base/core.py",
);

/// All codes of this module.
pub(crate) static CODES: &[&Code] = &[
    &L051, &L052, &L053, &L054, &L055, &L056, &L057, &L058, &L059, &L060, &L061, &L062, &L063, &L064, &L151,
    &L152,
];
