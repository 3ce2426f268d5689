//! Whether one machine can use the binary packages of another one.

use super::packages::Packages;
use super::{Host, HostCpu, instructions, signature};
use crate::impact::Subject;
use crate::resolve::{About, Package, Place, Refused};
use crate::vocab::Chost;

/// Whether a machine can use the binary packages of another one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Binaries {
    /// What was looked at, what stands against it among it.
    pub reasons: Vec<Reason>,
    /// What stands against single packages; nothing where no packages are known.
    pub packages: Option<Packages>,
}

/// What was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reason {
    /// What it is about.
    pub topic: Topic,
    /// What is so.
    pub message: String,
    /// Whether it stands against the use of the packages, or may.
    pub is_against: bool,
    /// The lines of the machine that builds.
    pub builder: Vec<Place>,
    /// The lines of the one that uses.
    pub user: Vec<Place>,
}

/// What a reason is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Topic {
    /// The tuple.
    Chost,
    /// The architecture.
    Arch,
    /// The C library.
    Libc,
    /// The instruction sets.
    Instructions,
    /// The form of the packages.
    Format,
    /// Their signature.
    Signature,
    /// Packages of which none, or one that would not run, is taken.
    Packages,
}

impl Topic {
    /// What it is called: `chost`, `instructions`, …
    pub fn name(self) -> &'static str {
        match self {
            Self::Chost => "chost",
            Self::Arch => "arch",
            Self::Libc => "libc",
            Self::Instructions => "instructions",
            Self::Format => "format",
            Self::Signature => "signature",
            Self::Packages => "packages",
        }
    }
}

impl Binaries {
    /// Whether they can be used.
    pub fn usable(&self) -> bool {
        !self.reasons.iter().any(|reason| reason.is_against)
    }
}

/// Whether `user` can use the binary packages that `builder` makes: whether Portage takes them, and whether they run.
///
/// `processor`: the CPU of `user`; without it the one that its own CFLAGS are for, which may say less than it has. `packages`: those
/// of the ebuild repositories; each one that `builder` may build is looked at.
///
/// ```
/// use portage_config::{config::Bytes, fleet, resolve::{Files, Machine}, tree::{Node, Tree}, vocab::RelPath};
/// let machine = |march: &str| -> Result<Machine, Box<dyn std::error::Error>> {
///     let mut tree = Tree::new();
///     let text = format!("CHOST=\"x86_64-pc-linux-gnu\"\nCFLAGS=\"-O2 -march={march}\"\n");
///     let node = Node::File { bytes: Bytes(text.into()), mode: 0o644 };
///     tree.insert(RelPath::parse("etc/portage/make.conf")?, node);
///     Ok(Machine::new(Files::new(None).with(&tree, []), Vec::new(), None))
/// };
/// let (old, new) = (machine("x86-64-v2")?, machine("haswell")?);
/// let (old, new) = (old.settings(None)?, new.settings(None)?);
/// let (old, new) = (fleet::Host { name: "old", settings: &old }, fleet::Host { name: "new", settings: &new });
/// assert!(fleet::binaries(&old, &new, None, &[])?.usable());
/// assert!(!fleet::binaries(&new, &old, None, &[])?.usable());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When a file of env/ that package.env names is one that Portage refuses.
pub fn binaries(
    builder: &Host<'_>,
    user: &Host<'_>,
    processor: Option<&HostCpu>,
    packages: &[Subject],
) -> Result<Binaries, Refused> {
    let nobody = Package::default();
    let (built, used) = (builder.settings.about(&nobody)?, user.settings.about(&nobody)?);
    let mut asked = Asked { builder, user, built: &built, used: &used, reasons: Vec::new() };
    asked.tuple();
    let known = match processor {
        Some(known) => Ok(known.clone()),
        None => instructions::processor(user),
    };
    asked.instructions(known.as_ref());
    let mut reasons = asked.reasons;
    signature::check(builder, user, &mut reasons)?;
    if packages.is_empty() {
        return Ok(Binaries { reasons, packages: None });
    }
    let packages = Packages::of(builder, user, known.as_ref().ok(), packages)?;
    let mut say = |message: String| {
        let (builder, user) = (Vec::new(), Vec::new());
        reasons.push(Reason { topic: Topic::Packages, message, is_against: true, builder, user });
    };
    match packages.count("instructions") {
        0 => {}
        count => say(format!("versions whose own settings use what the CPU lacks: {count}")),
    }
    if packages.total > 0 && packages.against.len() == packages.total {
        say("something stands against each of them".to_owned());
    }
    Ok(Binaries { reasons, packages: Some(packages) })
}

struct Asked<'a> {
    builder: &'a Host<'a>,
    user: &'a Host<'a>,
    built: &'a About<'a>,
    used: &'a About<'a>,
    reasons: Vec<Reason>,
}

impl Asked<'_> {
    fn say(&mut self, topic: Topic, is_against: bool, message: String, names: (&[&str], &[&str])) {
        let lines = |about: &About<'_>, names: &[&str]| {
            names.iter().flat_map(|name| instructions::lines(about, name)).collect()
        };
        let (builder, user) = (lines(self.built, names.0), lines(self.used, names.1));
        self.reasons.push(Reason { topic, message, is_against, builder, user });
    }

    /// What the tuples and architectures say.
    fn tuple(&mut self) {
        let chost = |host: &Host<'_>| host.settings.variable("CHOST").filter(|chost| !chost.is_empty());
        let (built, used) = (chost(self.builder), chost(self.user));
        let by = |host: &Host<'_>| match host.settings.variable("ACCEPT_CHOSTS") {
            Some(words) if !words.trim().is_empty() => "ACCEPT_CHOSTS",
            _ => "CHOST",
        };
        let Some(tuple) = built.clone() else {
            let message =
                "CHOST of what is built is not known: neither make.conf nor a profile says it".to_owned();
            return self.say(Topic::Chost, true, message, (&[], &[]));
        };
        let by = by(self.user);
        let is_taken = self.user.settings.accepts_chost(&tuple);
        let message = match is_taken {
            true => format!("{tuple} is taken"),
            false => format!(
                "{tuple} is not taken: {by} is {}",
                self.user.settings.variable(by).unwrap_or_default()
            ),
        };
        self.say(Topic::Chost, !is_taken, message, (&["CHOST"], &[by]));
        let arch = |host: &Host<'_>, chost: &Option<String>| {
            let said = host.settings.variable("ARCH").filter(|arch| !arch.is_empty());
            let of = || Chost::parse(chost.as_deref()?).ok()?.arch().map(str::to_owned);
            said.or_else(of)
        };
        if let (Some(a), Some(b)) = (arch(self.builder, &built), arch(self.user, &used))
            && a != b
        {
            let message = format!("the packages are for {a}, and the machine is {b}");
            self.say(Topic::Arch, true, message, (&["ARCH"], &["ARCH"]));
        }
        let libc = |chost: &Option<String>| {
            let chost = Chost::parse(chost.as_deref()?).ok()?;
            Some((chost.libc_kind()?, chost.is_time64(), chost.libc()?.to_owned()))
        };
        if let (Some(a), Some(b)) = (libc(&built), libc(&used))
            && (a.0, a.1) != (b.0, b.1)
        {
            let message = format!(
                "the packages are linked to the C library of {}, and the machine has that of {}",
                a.2, b.2
            );
            self.say(Topic::Libc, true, message, (&["CHOST"], &["CHOST"]));
        }
    }

    /// What the compilers may use of the CPU.
    fn instructions(&mut self, known: Result<&HostCpu, &String>) {
        let chost = self.builder.settings.variable("CHOST").unwrap_or_default();
        if !instructions::is_x86(&chost) {
            let (built, used) =
                (instructions::machine_flags(self.builder), instructions::machine_flags(self.user));
            if !built.is_empty() && built != used {
                let message = format!(
                    "whether the CPU has what `{}` uses is not known: instruction sets are known of x86 alone",
                    built.join(" ")
                );
                self.say(Topic::Instructions, true, message, (&["CFLAGS"], &["CFLAGS"]));
            }
            return;
        }
        let processor = match known {
            Ok(processor) => processor,
            Err(why) => {
                let message = format!("what the CPU has is not known: {why}");
                return self.say(Topic::Instructions, true, message, (&[], &["CFLAGS"]));
            }
        };
        let get = |name: &str| self.builder.settings.variable(name);
        let mut all = instructions::lacking(&get, &instructions::ALL, processor);
        let words = instructions::cpu_flags(self.built);
        all.extend(instructions::lacking_flags(words.iter().map(String::as_str), processor));
        let name = processor.name().unwrap_or("the CPU");
        if all.is_empty() {
            let message = format!("{name} has all instructions that the compilers may use");
            self.say(Topic::Instructions, false, message, (&["CFLAGS"], &[]));
            return self.only_lines_with(&["-m"]);
        }
        for lack in all {
            let lacks = if lack.lacks.is_empty() { String::new() } else { format!(", which {name} lacks") };
            let message = format!("{}{lacks}", lack.to_text());
            self.say(Topic::Instructions, true, message, (&[lack.variable], &[]));
            self.only_lines_with(&lack.word.split(' ').collect::<Vec<_>>());
        }
    }

    /// Leaves of the builder's lines of the last reason those in which one of these words stands, where there are any.
    fn only_lines_with(&mut self, words: &[&str]) {
        let Some(reason) = self.reasons.last_mut() else { return };
        let has = |place: &&Place| words.iter().any(|word| place.text.contains(word));
        let own: Vec<Place> = reason.builder.iter().filter(has).cloned().collect();
        if !own.is_empty() {
            reason.builder = own;
        }
    }
}
