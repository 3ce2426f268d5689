//! The words of FEATURES: make.conf(5), `SUPPORTED_FEATURES` in Portage's const.py.

use std::sync::LazyLock;

/// A word of FEATURES.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Feature {
    /// The word.
    pub name: &'static str,
    /// Whether make.globals switches it on.
    pub default_on: bool,
}

static TABLE: LazyLock<Vec<Feature>> = LazyLock::new(|| {
    let rows = include_str!("../../data/features.tsv").lines().skip(1);
    rows.filter_map(|row| row.split_once('\t'))
        .map(|(name, default)| Feature { name, default_on: default == "yes" })
        .collect()
});

/// The feature of that name.
///
/// ```
/// use portage_config::vocab::feature;
/// assert!(feature("network-sandbox").is_some_and(|feature| feature.default_on));
/// assert!(feature("networksandbox").is_none());
/// ```
pub fn feature(name: &str) -> Option<&'static Feature> {
    TABLE.binary_search_by(|feature| feature.name.cmp(name)).ok().and_then(|at| TABLE.get(at))
}

/// All words that Portage 3.0.83 knows, by name.
pub fn features() -> &'static [Feature] {
    &TABLE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole_and_sorted() {
        assert_eq!(features().len(), 98);
        assert_eq!(features().iter().filter(|feature| feature.default_on).count(), 32);
        assert!(features().iter().all(|known| feature(known.name) == Some(known)));
    }
}
