//! The words that repositories and configurations are made of, and the lines made of them.

use crate::draw::Draw;
use crate::packages::Version;

pub(crate) const FLAGS: &[&str] = &[
    "X", "bindist", "debug", "doc", "elogind", "gnutls", "gtk", "lto", "nls", "pam", "qt6", "ssl", "static",
    "systemd", "test",
];
/// Variables of USE_EXPAND, with the values that IUSE lists.
pub(crate) const EXPANDED: &[(&str, &[&str])] = &[
    ("CPU_FLAGS_X86", &["avx", "sse2"]),
    ("L10N", &["de", "fr", "pt-BR"]),
    ("LLVM_SLOT", &["19", "20"]),
    ("PYTHON_TARGETS", &["python3_12", "python3_13"]),
    ("VIDEO_CARDS", &["intel", "nouveau", "radeon"]),
];
/// Flags that no IUSE lists.
pub(crate) const IMPLICIT: &[&str] = &["amd64", "elibc_glibc", "elibc_musl", "kernel_linux", "prefix", "x86"];
pub(crate) const LICENSES: &[&str] = &["BSD", "EULA-1", "EULA-2", "GPL-2", "GPL-3", "MIT", "fdk+aac"];
pub(crate) const GROUPS: &[&str] = &["EULA", "FREE", "GPL", "LOOP", "OWN", "UNKNOWN"];
pub(crate) const RESTRICT: &[&str] = &["bindist", "fetch", "mirror", "strip", "test"];
pub(crate) const PROPERTIES: &[&str] = &["interactive", "live", "test_network"];
pub(crate) const ARCHES: &[&str] = &["amd64", "arm64", "x86"];
pub(crate) const FEATURES: &[&str] = &["buildpkg", "ccache", "nostrip", "splitdebug", "test"];
/// What every question asks for.
pub(crate) const VARIABLES: &[&str] = &[
    "ABI_X86",
    "ACCEPT_LICENSE",
    "ALLOW_TEST",
    "ARCH",
    "CBUILD",
    "CFLAGS",
    "CHOST",
    "COMMON_FLAGS",
    "CPU_FLAGS_X86",
    "CUSTOM",
    "CXXFLAGS",
    "ELIBC",
    "EXTRA_ECONF",
    "FEATURES",
    "KERNEL",
    "L10N",
    "LDFLAGS",
    "LLVM_SLOT",
    "MAKEOPTS",
    "PORTAGE_PROPERTIES",
    "PORTAGE_RESTRICT",
    "PYTHON_TARGETS",
    "USE",
    "VIDEO_CARDS",
];

pub(crate) fn variables() -> Vec<String> {
    VARIABLES.iter().map(|name| (*name).to_owned()).collect()
}

/// All flags that IUSE may list.
pub(crate) fn listed() -> Vec<String> {
    let expanded = EXPANDED.iter().flat_map(|(name, values)| {
        values.iter().map(move |value| format!("{}_{value}", name.to_lowercase()))
    });
    FLAGS.iter().map(|flag| (*flag).to_owned()).chain(expanded).collect()
}

/// Which forms of atoms the reader of a file takes.
#[derive(Clone, Copy)]
pub(crate) struct Forms {
    pub(crate) wildcards: bool,
    pub(crate) repositories: bool,
}

pub(crate) const USER: Forms = Forms { wildcards: true, repositories: true };
pub(crate) const PROFILE: Forms = Forms { wildcards: false, repositories: false };

/// An atom that matches at least one of the versions (but for the mistakes), and that version.
pub(crate) fn atom<'a>(
    draw: &mut Draw,
    versions: &'a [Version],
    forms: Forms,
) -> (String, &'static str, &'a Version) {
    let version = draw.pick(versions);
    let Version { cp, version: number, slot, repository, .. } = version;
    let main_slot = slot.split('/').next().unwrap_or_default();
    let (category, name) = cp.split_once('/').unwrap();
    let without_revision = number.split("-r").next().unwrap();
    let major = number.split(['.', '_', '-']).next().unwrap();
    let operator = *draw.pick(&[">=", "<=", ">", "<"]);
    let (wild, repository_too) = (usize::from(forms.wildcards), usize::from(forms.repositories));
    let plain = [24, 8, 8, 5, 5, 5, 3, 2].into_iter();
    let repositories = [6, 2].map(|weight| weight * repository_too).into_iter();
    let wildcards = [8, 4, 4, 3, 3, 2, 2].map(|weight| weight * wild).into_iter();
    let both = std::iter::once(3 * wild * repository_too);
    let weights: Vec<_> = plain.chain(repositories).chain(wildcards).chain(both).chain([1, 1]).collect();
    let (text, form) = match draw.weighted(&weights) {
        0 => (cp.clone(), "atom: cat/pkg"),
        1 => (format!("={cp}-{number}"), "atom: ="),
        2 => (format!("{operator}{cp}-{number}"), "atom: range"),
        3 => (format!("~{cp}-{without_revision}"), "atom: ~"),
        4 => (format!("={cp}-{major}*"), "atom: =*"),
        5 => (format!("{cp}:{main_slot}"), "atom: slot"),
        6 => (format!("{cp}:{slot}"), "atom: sub-slot"),
        7 => (format!(">={cp}-{number}:{main_slot}"), "atom: range and slot"),
        8 => (format!("{cp}::{repository}"), "atom: ::repository"),
        9 => (format!("={cp}-{number}:{main_slot}::{repository}"), "atom: = and ::repository"),
        10 => (format!("{category}/*"), "atom: cat/*"),
        11 => (format!("*/{name}"), "atom: */pkg"),
        12 => ("*/*".to_owned(), "atom: */*"),
        13 => (format!("*/*:{main_slot}"), "atom: */*:slot"),
        14 => ("=*/*-*9999*".to_owned(), "atom: =*/*-*9999*"),
        15 => (format!("{}*/*{}", &category[..2], &name[1..]), "atom: ca*/*g"),
        16 => (format!("{cp}*"), "atom: cat/pkg*"),
        17 => (format!("*/*::{repository}"), "atom: */*::repository"),
        18 => {
            let wrong = [
                format!("{cp}-{number}"),
                format!(">={cp}"),
                name.to_owned(),
                format!("{cp}::{repository}:{main_slot}"),
                format!("={cp}-{number}.*"),
                format!("{cp},"),
                format!("\"{cp}\""),
                "@world".to_owned(),
            ];
            (draw.pick(&wrong).clone(), "mistake: invalid atom")
        }
        _ => {
            let nothing = [
                "dev-libs/nothing".to_owned(),
                format!("{cp}::nowhere"),
                format!("{cp}:77"),
                format!("={cp}-77"),
                cp.to_uppercase(),
                format!("!{cp}"),
                format!("{cp}[ssl]"),
            ];
            (draw.pick(&nothing).clone(), "mistake: an atom that may match nothing")
        }
    };
    (text, form, version)
}

/// A flag: mostly one of these, rarely one that nobody lists.
pub(crate) fn flag(draw: &mut Draw, of: &[String]) -> String {
    match draw.below(20) {
        0 => (*draw.pick(IMPLICIT)).to_owned(),
        1 => "unknown".to_owned(),
        2..=4 => draw.pick(&listed()).clone(),
        _ if of.is_empty() => draw.pick(&listed()).clone(),
        _ => draw.pick(of).clone(),
    }
}

/// `flag` or `-flag`.
pub(crate) fn signed(draw: &mut Draw, of: &[String], negative: usize) -> String {
    let sign = if draw.percent(negative) { "-" } else { "" };
    format!("{sign}{}", flag(draw, of))
}

/// `a -b c`.
pub(crate) fn flags(draw: &mut Draw, of: &[String], negative: usize) -> String {
    let count = draw.between(1, 3);
    let words: Vec<_> = (0..count).map(|_| signed(draw, of, negative)).collect();
    words.join(" ")
}

/// Words that are taken or refused (with `-`), among them `*` and `-*` now and then.
pub(crate) fn accepted(draw: &mut Draw, of: &[&str], groups: &[&str]) -> (String, &'static str) {
    let count = draw.between(1, 3);
    let mut feature = "tokens: plain";
    let words: Vec<_> = (0..count)
        .map(|_| {
            let sign = if draw.percent(40) { "-" } else { "" };
            match draw.below(10) {
                0 => {
                    feature = "tokens: *";
                    format!("{sign}*")
                }
                1..=3 if !groups.is_empty() => {
                    feature = "tokens: @group";
                    format!("{sign}@{}", draw.pick(groups))
                }
                _ => format!("{sign}{}", draw.pick(of)),
            }
        })
        .collect();
    (words.join(" "), feature)
}

/// A value of ACCEPT_LICENSE for everything; mostly one that leaves something to accept.
pub(crate) fn licenses(draw: &mut Draw) -> String {
    let (words, _) = accepted(draw, LICENSES, GROUPS);
    format!("ACCEPT_LICENSE=\"{}{words}\"", draw.pick(&["* ", "* ", "* ", "@FREE ", "@FREE BSD ", ""]))
}

/// The words of a line in package.accept_keywords; none is a word of its own.
pub(crate) fn keywords(draw: &mut Draw) -> (String, &'static str) {
    let arch = *draw.pick(ARCHES);
    match draw.below(12) {
        0..=2 => (String::new(), "keywords: none"),
        3 => ("**".to_owned(), "keywords: **"),
        4 => ("~*".to_owned(), "keywords: ~*"),
        5 => ("*".to_owned(), "keywords: *"),
        6 => (format!("-~{arch}"), "keywords: -~arch"),
        7 => (format!("-{arch}"), "keywords: -arch"),
        8 => (format!("-* ~{arch}"), "keywords: -*"),
        9 => (arch.to_owned(), "keywords: arch"),
        _ => (format!("~{arch}"), "keywords: ~arch"),
    }
}
