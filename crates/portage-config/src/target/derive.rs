//! What follows from a machine.

use super::lacking::{Lacking, go};
use super::sets::Sets;
use super::{Firmware, Init, Target};
use crate::vocab::Libc;

/// The parameters that follow from a target, without `target.` in front.
pub const PARAMETERS: [&str; 11] =
    ["cpu", "march", "arch", "chost", "libc", "init", "profile", "jobs", "load", "mno", "rust-mno"];

/// What follows from a machine.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Derived {
    /// The variables of make.conf, in the order in which a person reads them.
    pub variables: Vec<Entry>,
    /// What make.profile points to.
    pub profile: Entry,
    /// Values for `@{target.NAME}`, by [`PARAMETERS`]. What does not follow is not there.
    pub parameters: Vec<(&'static str, String)>,
}

/// One thing that follows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// The name of the variable.
    pub name: String,
    /// Its value, in make.conf's own spelling.
    pub value: String,
    /// The key of the target that it follows from.
    pub key: &'static str,
    /// Why it is so, where the value does not say it.
    pub because: Option<String>,
}

const GIB: u64 = 1 << 30;

struct Out(Vec<Entry>);

impl Out {
    fn say(&mut self, name: &str, value: impl Into<String>, key: &'static str) {
        self.because(name, value, key, None);
    }

    fn because(&mut self, name: &str, value: impl Into<String>, key: &'static str, because: Option<String>) {
        self.0.push(Entry { name: name.to_owned(), value: value.into(), key, because });
    }
}

impl Target {
    /// What follows from the machine.
    ///
    /// ```
    /// use portage_config::target::Target;
    /// let said = [("cpu", "icelake-client"), ("vendor", "icelake"), ("cores", "16"), ("memory", "64G")];
    /// let target = Target::read(said).map_err(|all| format!("{all:?}"))?;
    /// let all: Vec<String> =
    ///     target.derive().variables.iter().map(|entry| format!("{}={}", entry.name, entry.value)).collect();
    /// for line in ["CHOST_amd64=x86_64-icelake-linux-gnu", "GOAMD64=v4", "MAKEOPTS=-j16 -l17"] {
    ///     assert!(all.iter().any(|other| other == line), "{line}: {all:?}");
    /// }
    /// # Ok::<(), String>(())
    /// ```
    pub fn derive(&self) -> Derived {
        let mut out = Out(Vec::new());
        let lacking = self.off();
        self.tuples(&mut out);
        self.flags(lacking.as_ref(), &mut out);
        self.other_compilers(lacking.as_ref(), &mut out);
        let testing = if self.testing { "~" } else { "" };
        let key = if self.testing { "keywords" } else { "arch" };
        out.say("ACCEPT_KEYWORDS", format!("{testing}{}", self.arch), key);
        if let Some((platforms, key)) = self.platforms() {
            out.say("GRUB_PLATFORMS", platforms, key);
        }
        let load = self.load();
        if let Some((jobs, load, because, key)) = &load {
            out.because("MAKEOPTS", format!("-j{jobs} -l{load}"), key, Some(because.clone()));
            let packages = jobs / 6;
            if packages > 1 {
                out.say("EMERGE_DEFAULT_OPTS", format!("--jobs={packages} --load-average={load}"), key);
            }
        }
        let profile = Entry {
            name: "make.profile".to_owned(),
            value: self.profile.clone(),
            key: "profile",
            because: None,
        };
        let all = self.lacking();
        let mut parameters = vec![
            ("cpu", self.named.clone()),
            ("march", self.cpu.flags(&self.named)),
            ("arch", self.arch.to_owned()),
            ("chost", self.chost.to_string()),
            ("libc", if self.libc == Libc::Musl { "musl" } else { "glibc" }.to_owned()),
            ("init", self.init.name().to_owned()),
            ("profile", self.profile.clone()),
        ];
        if let Some((jobs, load, ..)) = load {
            parameters.extend([("jobs", jobs.to_string()), ("load", load.to_string())]);
        }
        if self.build_host.as_ref().is_some_and(|host| host.cpu.is_some()) {
            parameters.extend([("mno", all.gcc.join(" ")), ("rust-mno", all.rust.join(","))]);
        }
        Derived { variables: out.0, profile, parameters }
    }

    /// What is left out because the build host runs what it builds.
    fn off(&self) -> Option<Lacking> {
        let runs = self.build_host.as_ref().is_some_and(|host| host.runs_target);
        runs.then(|| self.lacking()).filter(|lacking| !lacking.sets.is_empty())
    }

    fn tuples(&self, out: &mut Out) {
        let key = if self.profile_builds_for_i686() { "libc" } else { "chost" };
        let because =
            self.profile_builds_for_i686().then(|| "the profile alone would build for i686".to_owned());
        out.because("CHOST", self.chost.as_str(), key, because);
        if let Some(abi) = &self.abi {
            // The profiles of time64 set it themselves.
            let leaves = self.arch == "x86" && self.chost.cpu() != "i686" && !self.chost.is_time64();
            let because =
                leaves.then(|| "what multilib.eclass asks for; the profile leaves it at i686".to_owned());
            out.because(&format!("CHOST_{abi}"), self.chost.as_str(), "chost", because);
        }
        let host = self.build_host.as_ref().and_then(|host| host.chost.as_ref());
        if let Some(host) = host.filter(|host| **host != self.chost) {
            out.because(
                "CBUILD",
                host.as_str(),
                "build-host.chost",
                Some("what builds for it is another machine".to_owned()),
            );
        }
    }

    /// The stored profile i486/musl is a copy of that for i686.
    fn profile_builds_for_i686(&self) -> bool {
        self.profile.ends_with("/i486/musl")
    }

    fn flags(&self, lacking: Option<&Lacking>, out: &mut Out) {
        let march = self.cpu.flags(&self.named);
        let (value, because, key) = match (lacking, &self.build_host) {
            (Some(lacking), Some(host)) => (
                format!("-O2 {march} {} -pipe", lacking.gcc.join(" ")),
                host.cpu.map(|cpu| format!("-mno-…: what the build host ({}) lacks", cpu.name)),
                "build-host.runs-target",
            ),
            _ => (format!("-O2 {march} -pipe"), None, "cpu"),
        };
        let because = because.or_else(|| {
            let until = self.cpu.until?;
            Some(format!("GCC {until} is the last one that knows {}", self.named))
        });
        out.because("COMMON_FLAGS", value, key, because);
        for name in ["CFLAGS", "CXXFLAGS", "FCFLAGS", "FFLAGS"] {
            out.say(name, "${COMMON_FLAGS}", "cpu");
        }
    }

    /// rustc, Go, and what ebuilds ask before they take hand-written assembly.
    fn other_compilers(&self, lacking: Option<&Lacking>, out: &mut Out) {
        if let Some(rust) = self.cpu.rust.filter(|_| self.has_rust()) {
            let off = lacking.map(|lacking| lacking.rust.join(",")).filter(|off| !off.is_empty());
            match off {
                Some(off) => {
                    let value = format!("-C target-cpu={rust} -C target-feature={off}");
                    out.say("RUSTFLAGS", value, "build-host.runs-target");
                }
                None if rust == "x86-64" => {}
                None => {
                    out.say("RUSTFLAGS", format!("-C target-cpu={rust}"), "cpu");
                }
            }
        }
        let Some(mut sets) = self.cpu.sets else { return };
        if let Some(lacking) = lacking {
            sets = sets.without(lacking.sets);
        }
        let key = if lacking.is_some() { "build-host.runs-target" } else { "cpu" };
        match (self.arch, go(sets)) {
            ("x86", _) if !sets.covers(Sets::named(["sse2"])) => {
                out.because("GO386", "softfloat", key, Some("Go counts on SSE2 without it".to_owned()));
            }
            ("x86", _) | (_, "v1") => {}
            (_, level) => {
                out.say("GOAMD64", level, key);
            }
        }
        let flags = sets.cpu_flags();
        let because =
            (flags.is_empty() && lacking.is_none()).then(|| format!("{} has none of them", self.named));
        out.because("CPU_FLAGS_X86", flags.join(" "), key, because);
    }

    /// The profiles of the 486 mask Rust (features/wd40).
    fn has_rust(&self) -> bool {
        !self.profile.split('/').any(|part| part == "i486")
    }

    fn platforms(&self) -> Option<(&'static str, &'static str)> {
        let key = if self.firmware.is_some() { "firmware" } else { "cpu" };
        let platforms = match (self.arch, self.firmware) {
            ("x86" | "amd64", Some(Firmware::Bios)) | ("x86", None) => "pc",
            ("x86", Some(Firmware::Efi)) => "efi-32",
            ("amd64", Some(Firmware::Efi)) => "efi-64",
            ("amd64", None) => "efi-64 pc",
            _ => return None,
        };
        Some((platforms, key))
    }

    /// How many jobs, up to which load, why, and from which key that follows.
    fn load(&self) -> Option<(u32, u32, String, &'static str)> {
        let host = self.build_host.as_ref();
        let (cores, memory, key) = match host.and_then(|host| Some((host.cores?, host.memory))) {
            Some((cores, memory)) => (cores, memory, "build-host.cores"),
            None => (self.cores?, host.and_then(|host| host.memory).or(self.memory), "cores"),
        };
        let most = memory.map(|memory| u32::try_from(memory / (2 * GIB)).unwrap_or(u32::MAX).max(1));
        let (jobs, because) = match most {
            Some(most) if most < cores => {
                (most, format!("{cores} cores, and a job for each 2 GiB of memory"))
            }
            _ => (cores, format!("{cores} core{}", if cores == 1 { "" } else { "s" })),
        };
        Some((jobs, cores.saturating_add(1), because, key))
    }
}

impl Init {
    /// As `init` says it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Openrc => "openrc",
            Self::Systemd => "systemd",
            Self::None => "none",
        }
    }
}
