//! Packages that got another name: `profiles/updates/` (PMS 4.4.4).

use std::collections::BTreeMap;

use super::OverlayError;
use crate::repository::EbuildRepository;
use crate::tree::Node;
use crate::vocab::{Cpn, RelPath};

/// `move OLD NEW`, the later ones last.
pub(super) struct Moves(BTreeMap<Cpn, Cpn>);

impl Moves {
    pub(super) fn read(repository: &EbuildRepository) -> Result<Self, OverlayError> {
        let folder = RelPath::parse("profiles/updates")?;
        let names = repository.root().list(Some(&folder))?.unwrap_or_default();
        // `3Q-2024`: by year, then by quarter.
        let mut files: Vec<(String, RelPath)> = names
            .into_iter()
            .filter_map(|name| name.into_string().ok())
            .filter_map(|name| {
                let (quarter, year) = name.split_once('-')?;
                Some((format!("{year}-{quarter}"), folder.join(&name).ok()?))
            })
            .collect();
        files.sort();
        let mut moves = BTreeMap::new();
        for (_, path) in files {
            let Some(Node::File { bytes, .. }) = repository.root().read_through(&path)? else { continue };
            for line in String::from_utf8_lossy(&bytes.0).lines() {
                let words: Vec<&str> = line.split_whitespace().collect();
                if let ["move", old, new] = words.as_slice()
                    && let (Ok(old), Ok(new)) = (Cpn::parse(old), Cpn::parse(new))
                {
                    moves.insert(old, new);
                }
            }
        }
        Ok(Self(moves))
    }

    /// Where a package went, in as many steps as it took.
    pub(super) fn of(&self, cpn: &Cpn) -> Option<Cpn> {
        let mut at = self.0.get(cpn)?;
        for _ in 0..self.0.len() {
            match self.0.get(at) {
                Some(next) if next != cpn => at = next,
                _ => break,
            }
        }
        Some(at.clone())
    }
}
