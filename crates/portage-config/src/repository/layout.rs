//! `metadata/layout.conf`.
//!
//! Grammar as Portage reads it (`parse_layout_conf`, `KeyValuePairFileLoader`): a line is blank, a comment (`#`), or
//! `KEY = VALUE`; keys and values are stripped of blanks, the last of two equal keys holds.

use crate::report::{Findings, Key};

use super::codes::{O020, O021};

/// Hashes that Portage computes today, by their names in a Manifest.
const HASHES: [&str; 13] = [
    "MD5",
    "SHA1",
    "SHA256",
    "SHA512",
    "RMD160",
    "WHIRLPOOL",
    "BLAKE2B",
    "BLAKE2S",
    "SHA3_256",
    "SHA3_512",
    "SHA3_384",
    "SHA3_224",
    "SHA224",
];

/// What `use-manifests` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UseManifests {
    /// A file without an entry is refused.
    #[default]
    Strict,
    /// Manifests are written, and may be missing.
    True,
    /// Manifests are neither read nor written.
    False,
}

/// `metadata/layout.conf` (portage(5)).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LayoutConf {
    /// `masters`: repositories whose eclasses, profiles and categories this one uses; `None` where nothing is said.
    pub masters: Option<Vec<String>>,
    /// `repo-name`, which goes before `profiles/repo_name`.
    pub repo_name: Option<String>,
    /// `aliases`: other names of the repository.
    pub aliases: Vec<String>,
    /// `thin-manifests`: Manifests list distfiles only.
    pub thin_manifests: bool,
    /// `sign-manifests`.
    pub sign_manifests: bool,
    /// `use-manifests`.
    pub use_manifests: UseManifests,
    /// `manifest-hashes`: those that are written.
    pub manifest_hashes: Vec<String>,
    /// `manifest-required-hashes`: those that each entry must have.
    pub manifest_required_hashes: Vec<String>,
    /// `cache-formats`.
    pub cache_formats: Vec<String>,
    /// `profile-formats`.
    pub profile_formats: Vec<String>,
    /// All other keys, in order.
    pub other: Vec<(String, String)>,
}

impl Default for LayoutConf {
    fn default() -> Self {
        let hashes = || vec!["BLAKE2B".to_owned(), "SHA512".to_owned()];
        Self {
            masters: None,
            repo_name: None,
            aliases: Vec::new(),
            thin_manifests: false,
            sign_manifests: true,
            use_manifests: UseManifests::Strict,
            manifest_hashes: hashes(),
            manifest_required_hashes: hashes(),
            cache_formats: Vec::new(),
            profile_formats: Vec::new(),
            other: Vec::new(),
        }
    }
}

impl LayoutConf {
    /// Reads a layout.conf; what Portage would make nothing of is reported, all of it.
    ///
    /// ```
    /// use portage_config::{report::Report, repository::LayoutConf, vocab::RelPath};
    /// let (path, text) = (RelPath::parse("metadata/layout.conf")?, b"masters = gentoo guru\nodd = 1\n");
    /// let mut report = Report::new();
    /// let layout = LayoutConf::read(text, &mut report.text(&path, text));
    /// assert_eq!(layout.masters, Some(vec!["gentoo".into(), "guru".into()]));
    /// assert_eq!(layout.other, [("odd".into(), "1".into())]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn read(text: &[u8], findings: &mut Findings<'_>) -> Self {
        let mut layout = Self::default();
        let mut hashes: (Option<Vec<String>>, Option<Vec<String>>) = (None, None);
        let mut required = 0..0;
        let mut start = 0;
        for raw in text.split_inclusive(|byte| *byte == b'\n') {
            let range = start..start + raw.len();
            start = range.end;
            let line = String::from_utf8_lossy(raw);
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let Some((key, value)) = line.split_once('=').map(|(key, value)| (key.trim(), value.trim()))
            else {
                findings.range(&O020, Key::file(), range, format!("`{line}` is no `key = value`"));
                continue;
            };
            if key.is_empty() {
                findings.range(&O020, Key::file(), range, format!("`{line}` is no `key = value`"));
                continue;
            }
            let mut wrong = |known: &str| {
                let text = format!("`{value}` is no value of `{key}`");
                findings
                    .range(&O021, Key::file(), range.clone(), text)
                    .set_help(format!("known are: {known}"));
            };
            let list = || value.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            let is = |wrong: &mut dyn FnMut(&str)| {
                if !["true", "false"].contains(&value.to_lowercase().as_str()) {
                    wrong("true, false");
                }
                value.eq_ignore_ascii_case("true")
            };
            let upper = || list().iter().map(|word| word.to_uppercase()).collect::<Vec<_>>();
            match key {
                "masters" => layout.masters = Some(list()),
                "repo-name" => layout.repo_name = Some(value.to_owned()),
                "aliases" => layout.aliases = list(),
                "thin-manifests" => layout.thin_manifests = is(&mut wrong),
                "sign-manifests" => layout.sign_manifests = is(&mut wrong),
                "use-manifests" => {
                    layout.use_manifests = match value.to_lowercase().as_str() {
                        "strict" => UseManifests::Strict,
                        "false" => UseManifests::False,
                        "true" => UseManifests::True,
                        _ => {
                            wrong("strict, true, false");
                            UseManifests::True
                        }
                    }
                }
                "manifest-hashes" | "manifest-required-hashes" => {
                    let words = upper();
                    for word in words.iter().filter(|word| !HASHES.contains(&word.as_str())) {
                        let text = format!("`{word}` in `{key}` is no hash that Portage computes");
                        findings
                            .range(&O021, Key::file(), range.clone(), text)
                            .set_help(format!("known are: {}", HASHES.join(", ")));
                    }
                    if key == "manifest-hashes" {
                        hashes.0 = Some(words);
                    } else {
                        (hashes.1, required) = (Some(words), range);
                    }
                }
                "cache-formats" => layout.cache_formats = list(),
                "profile-formats" => layout.profile_formats = list(),
                _ => layout.other.push((key.to_owned(), value.to_owned())),
            }
        }
        match hashes {
            (None, None) => {}
            (Some(all), None) | (None, Some(all)) => {
                layout.manifest_required_hashes.clone_from(&all);
                layout.manifest_hashes = all;
            }
            (Some(all), Some(needed)) => {
                for hash in needed.iter().filter(|hash| !all.contains(hash)) {
                    let text = format!("`{hash}` is required, and not in `manifest-hashes`");
                    findings.range(&O021, Key::file(), required.clone(), text);
                }
                layout.manifest_hashes = all;
                layout.manifest_required_hashes = needed;
            }
        }
        layout
    }

    /// Whether `profile-formats` is said; without it holds what the EAPI of `profiles/` allows.
    pub(crate) fn said_profile_formats(&self) -> bool {
        !self.profile_formats.is_empty()
    }

    /// The masters, none where nothing is said.
    pub fn masters(&self) -> &[String] {
        self.masters.as_deref().unwrap_or_default()
    }
}
