//! Flags of make.conf that no package has.

use std::collections::BTreeSet;

use super::chain::lines;
use super::flags::is_implicit;
use super::known::{Known, mean, read};
use crate::each::each;
use crate::lint::context::Context;
use crate::report::{Code, Key, Report};
use crate::repository::{Configured, Found};
use crate::vocab::{Cpn, RelPath, nearest};

/// A flag that no package has.
pub(crate) const L214: Code = Code::hint(
    "L214",
    "flag-of-no-package",
    "A flag in make.conf that neither the lists of flags in the repositories nor the IUSE of a package names has no effect.",
    "PMS 4.4, use.desc, use.local.desc, desc/; portage(5)",
);

pub(super) fn check(context: &Context<'_>, known: &Known<'_>, report: &mut Report) {
    let mut described = BTreeSet::new();
    let mut groups: Vec<String> = Vec::new();
    for repo in known.repos.iter() {
        describe(repo, &mut described, &mut groups);
    }
    let words: Vec<String> = context.make_conf.words("USE").map(str::to_owned).collect();
    let mut asked: Vec<(&str, String, String)> = Vec::new();
    for word in &words {
        let flag = word.strip_prefix('-').unwrap_or(word);
        if !flag.contains(['$', '*']) && !is_implicit(flag) && !described.contains(flag) {
            asked.push(("USE", word.clone(), flag.to_owned()));
        }
    }
    for group in &groups {
        let name = group.to_uppercase();
        let Some((name, words)) = USE_EXPAND
            .iter()
            .find(|known| **known == name)
            .map(|name| (*name, context.make_conf.words(name)))
        else {
            continue;
        };
        for word in words {
            let flag = format!("{group}_{}", word.strip_prefix('-').unwrap_or(word));
            if !word.contains(['$', '*']) && !described.contains(&flag) {
                asked.push((name, word.to_owned(), flag));
            }
        }
    }
    if asked.is_empty() {
        return;
    }
    let Some(iuse) = iuse(known) else { return };
    for (variable, word, flag) in asked {
        if iuse.contains(&flag) {
            continue;
        }
        let at = context.written(variable, &word);
        let at = at.or_else(|| Some((context.assigned(variable)?, Key::of(variable))));
        let Some((path, key)) = at else { continue };
        let prefix = if variable == "USE" { String::new() } else { format!("{}_", variable.to_lowercase()) };
        let all = described.iter().chain(&iuse).filter_map(|known| known.strip_prefix(&prefix));
        let near = nearest(flag.strip_prefix(&prefix).unwrap_or(&flag), all).map(str::to_owned);
        let text = format!("no package has the flag `{flag}`");
        mean(report.file(&path).word(&L214, key, &word, text), near.as_deref());
    }
}

/// Variables whose values are described by profiles/desc; others are said by ebuilds alone.
const USE_EXPAND: [&str; 24] = [
    "ABI_X86",
    "APACHE2_MODULES",
    "CALLIGRA_FEATURES",
    "CAMERAS",
    "COLLECTD_PLUGINS",
    "CPU_FLAGS_ARM",
    "CPU_FLAGS_PPC",
    "CPU_FLAGS_X86",
    "CURL_SSL",
    "GPSD_PROTOCOLS",
    "GRUB_PLATFORMS",
    "INPUT_DEVICES",
    "LCD_DEVICES",
    "LIBREOFFICE_EXTENSIONS",
    "LLVM_TARGETS",
    "LUA_TARGETS",
    "NGINX_MODULES_HTTP",
    "PHP_TARGETS",
    "POSTGRES_TARGETS",
    "PYTHON_TARGETS",
    "QEMU_SOFTMMU_TARGETS",
    "QEMU_USER_TARGETS",
    "RUBY_TARGETS",
    "VIDEO_CARDS",
];

/// The flags that a repository describes.
fn describe(repo: &Configured, all: &mut BTreeSet<String>, groups: &mut Vec<String>) {
    let first = |line: &String| line.split_whitespace().next().map(str::to_owned);
    all.extend(lines(repo, "profiles/use.desc").iter().filter_map(first));
    for line in lines(repo, "profiles/use.local.desc") {
        all.extend(first(&line).and_then(|word| word.split_once(':').map(|(_, flag)| flag.to_owned())));
    }
    let Ok(folder) = RelPath::parse("profiles/desc") else { return };
    for name in repo.repository.root().list(Some(&folder)).ok().flatten().unwrap_or_default() {
        let Some(group) = name.to_str().and_then(|name| name.strip_suffix(".desc")) else { continue };
        let words = lines(repo, &format!("profiles/desc/{group}.desc"));
        all.extend(words.iter().filter_map(first).map(|word| format!("{group}_{word}")));
        groups.push(group.to_owned());
    }
}

/// The flags of all packages; `None` where those of one are not known.
fn iuse(known: &Known<'_>) -> Option<BTreeSet<String>> {
    let loaded = known.loaded();
    let (loaded, repos) = (&*loaded, known.repos);
    let of = |cpn: &Cpn| match loaded.get(&cpn.to_string()) {
        Some(versions) => iuse_of(versions.as_deref()?),
        None => iuse_of(&read(repos, cpn)?),
    };
    each(repos.packages(), of).into_iter().try_fold(BTreeSet::new(), |mut all, flags| {
        flags?.into_iter().for_each(|flag| {
            if !all.contains(&flag) {
                all.insert(flag);
            }
        });
        Some(all)
    })
}

/// The flags of the versions of a package.
fn iuse_of(versions: &[Found<'_>]) -> Option<Vec<String>> {
    let mut all: Vec<String> = Vec::new();
    for found in versions {
        for (flag, _) in found.entry.iuse()? {
            if !all.iter().any(|known| known == flag) {
                all.push(flag.to_owned());
            }
        }
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use crate::lint::repo::testing::{machine, told};
    use crate::lint::testing::root;

    #[test]
    fn some_package_has_the_flag() {
        let told = |name, value| told(&machine(), &root().vars("etc/portage/make.conf", &[(name, value)]));
        assert_eq!(told("USE", "lua -nls vim-pager -* x86 ${OTHER}"), [""; 0]);
        assert_eq!(told("USE", "lua luja"), ["L214 USE luja: did you mean lua?"]);
        assert_eq!(told("VIDEO_CARDS", "intel radeon"), [""; 0]);
        assert_eq!(told("VIDEO_CARDS", "raedon"), ["L214 VIDEO_CARDS raedon: did you mean radeon?"]);
        let own = machine().put("local/app-misc/mine/mine-1.ebuild", "EAPI=8\ninherit x\n");
        let conf = root().vars("etc/portage/make.conf", &[("USE", "luja")]);
        assert_eq!(super::super::testing::told(&own, &conf), [""; 0], "an eclass may bring it");
    }
}
