//! The closed tables of the format: its own words, for programs that offer or check them.
//!
//! Any other name in their place is an error (S005). Kinds of files are in [`crate::file::kinds`], checks in
//! [`crate::codes::ALL`], known variables in [`crate::vocab::variables`].
//!
//! ```
//! use portage_config::spec::words;
//! assert!(words::LAYER.contains(&"extends"));
//! assert!(words::OWN.contains(&"whole"));
//! ```

/// The words of a layer. A root has `at` beside them, and neither `root` nor `variant`.
pub const LAYER: [&str; 10] =
    ["spec", "extends", "param", "file", "root", "variant", "check", "overlay", "target", "step"];

/// The keys of `{ tree = "…" }` in `extends`.
pub const FOLDER: [&str; 2] = ["tree", "at"];

/// The keys of `[file."PATH"]`.
pub const FILE: [&str; 7] = ["text", "link", "dir", "mode", "own", "as", "fill"];

/// The values of `own` in `[file."PATH"]`.
pub const OWN: [&str; 5] = ["whole", "entries", "absent", "none", "once"];

/// The keys of `[param.NAME]`.
pub const PARAM: [&str; 9] =
    ["help", "type", "example", "default", "value", "choices", "secret", "env", "file"];

/// The values of `type` in `[param.NAME]`.
pub const PARAM_TYPES: [&str; 11] =
    ["string", "int", "bool", "path", "uuid", "vfat-id", "host", "port", "size", "chost", "word"];

/// The keys of `[step.NAME]`.
pub const STEP: [&str; 5] = ["about", "phase", "on", "run", "remove"];

/// The values of `phase` in `[step.NAME]`, in the order in which they come.
pub const PHASES: [&str; 7] = ["prepare", "stage", "build", "boot", "first-boot", "tune", "update"];

/// The keys of `[target]`.
pub use crate::target::KEYS as TARGET;

/// The keys of `[target.build-host]`.
pub use crate::target::BUILD_HOST;

/// The keys of `[overlay.NAME]`.
pub const OVERLAY: [&str; 10] =
    ["tree", "fork", "from", "at", "packages", "keywords", "alone", "priority", "files", "remove"];

/// The keys of a fork in `[overlay.NAME.fork."ATOM"]`.
pub const FORK: [&str; 4] = ["from", "patches", "keywords", "remove"];

/// The keys of a check in `[check]` that says more than a level.
pub const CHECK: [&str; 2] = ["level", "why"];

/// The levels of `[check]`.
pub const LEVELS: [&str; 4] = ["allow", "hint", "warn", "error"];

/// The fields of a mount of fstab(5). The mount point is the name of the entry.
pub const MOUNT: [&str; 5] = ["source", "type", "options", "dump", "pass"];

/// The parts of MAKEOPTS.
pub const MAKEOPTS: [&str; 2] = ["jobs", "load-average"];
