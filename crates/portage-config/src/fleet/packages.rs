//! Which packages that one machine builds another one takes.

use super::instructions::{self, Lack};
use super::{Host, HostCpu, instructions::ALL};
use crate::each::each;
use crate::impact::Subject;
use crate::resolve::{About, Mask, Package, Refused};

/// What stands against the binary package of one package.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Against {
    /// Portage may not choose it there.
    Masked(Vec<Mask>),
    /// Flags of its IUSE that have another value there, and whether they are on there. With `--usepkgonly` it is taken all
    /// the same, unless `--binpkg-respect-use=y` is said.
    Use(Vec<(String, bool)>),
    /// Patches in etc/portage/patches that only one machine has, or that hold something else.
    Patches,
    /// What it uses of the CPU that the other one lacks: `CFLAGS: …`.
    Instructions(Vec<String>),
}

impl Against {
    /// What it is called: `masked`, `use`, `patches`, `instructions`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Masked(_) => "masked",
            Self::Use(_) => "use",
            Self::Patches => "patches",
            Self::Instructions(_) => "instructions",
        }
    }
}

/// The packages that a machine may build, and what stands against their use on another one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Packages {
    /// How many versions may be built.
    pub total: usize,
    /// Those against which something stands.
    pub against: Vec<(Package, Vec<Against>)>,
}

impl Packages {
    /// How many of them something of this kind stands against.
    pub fn count(&self, kind: &str) -> usize {
        self.against.iter().filter(|(_, against)| against.iter().any(|one| one.kind() == kind)).count()
    }

    pub(super) fn of(
        builder: &Host<'_>,
        user: &Host<'_>,
        processor: Option<&HostCpu>,
        subjects: &[Subject],
    ) -> Result<Self, Refused> {
        let one = |subject: &Subject| -> Result<Option<Vec<Against>>, Refused> {
            let (built, used) =
                (builder.settings.about(&subject.package)?, user.settings.about(&subject.package)?);
            if !built.is_visible() {
                return Ok(None);
            }
            let mut all = taken(&built, &used);
            let lacks = processor.map(|processor| own(&built, processor)).unwrap_or_default();
            if !lacks.is_empty() {
                all.push(Against::Instructions(lacks.iter().map(Lack::to_text).collect()));
            }
            Ok(Some(all))
        };
        let mut packages = Self::default();
        for (found, subject) in each(subjects, one).into_iter().zip(subjects) {
            let Some(against) = found? else { continue };
            packages.total += 1;
            if !against.is_empty() {
                packages.against.push((subject.package.clone(), against));
            }
        }
        Ok(packages)
    }
}

/// What makes Portage pass over the binary package of a package that is built as one machine has it, on another one; CHOST
/// aside, which is the same for all packages.
///
/// # Errors
/// When a file of env/ that package.env names is one that Portage refuses.
pub fn refused(builder: &Host<'_>, user: &Host<'_>, package: &Package) -> Result<Vec<Against>, Refused> {
    Ok(taken(&builder.settings.about(package)?, &user.settings.about(package)?))
}

fn taken(built: &About<'_>, used: &About<'_>) -> Vec<Against> {
    let mut all = Vec::new();
    // Of the tuple that it is built for more is said elsewhere.
    let masks: Vec<Mask> = used.masks().into_iter().filter(|mask| !matches!(mask, Mask::Chost(_))).collect();
    if !masks.is_empty() {
        all.push(Against::Masked(masks));
    }
    let iuse = built.package().iuse.iter().map(|(flag, _)| flag.as_str());
    let iuse: std::collections::BTreeSet<&str> = iuse.collect();
    let (was, is) = (built.enabled(), used.enabled());
    let flags = iuse.into_iter().filter(|flag| was.contains(*flag) != is.contains(*flag));
    let flags: Vec<(String, bool)> = flags.map(|flag| (flag.to_owned(), is.contains(flag))).collect();
    if !flags.is_empty() {
        all.push(Against::Use(flags));
    }
    let texts = |about: &About<'_>| about.patched().into_iter().map(|(_, text)| text).collect::<Vec<_>>();
    if texts(built) != texts(used) {
        all.push(Against::Patches);
    }
    all
}

/// What a package uses by its own settings that a CPU lacks: what files of package.env say, and CPU_FLAGS_X86 as it has them.
fn own(built: &About<'_>, processor: &HostCpu) -> Vec<Lack> {
    let names: Vec<&str> = built.own_variables().filter(|name| ALL.contains(name)).collect();
    let mut all = instructions::lacking(&|name| built.variable(name), &names, processor);
    let iuse = |word: &&String| {
        built
            .package()
            .iuse
            .iter()
            .any(|(flag, _)| flag.strip_prefix("cpu_flags_x86_") == Some(word.as_str()))
    };
    let words = instructions::cpu_flags(built);
    all.extend(instructions::lacking_flags(words.iter().filter(iuse).map(String::as_str), processor));
    all
}
