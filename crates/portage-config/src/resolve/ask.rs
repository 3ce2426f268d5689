//! What those ask who judge a configuration: who decides about a flag, and what REQUIRED_USE would take.

use std::collections::BTreeSet;

use super::about::About;
use super::depend::{self, Verdict};
use super::files::LineId;

impl About<'_> {
    /// The line that masks a flag; `None` where it is not masked.
    pub fn masked_by(&self, flag: &str) -> Option<LineId> {
        self.switched(flag, true).last().filter(|said| said.event.on)?.event.at
    }

    /// The line that forces a flag; `None` where it is not forced.
    pub fn forced_by(&self, flag: &str) -> Option<LineId> {
        self.switched(flag, false).last().filter(|said| said.event.on)?.event.at
    }

    /// The flags that the parts of REQUIRED_USE name which do not hold ([`Self::violated`]), sorted.
    pub fn contested(&self) -> Vec<String> {
        let mut flags = BTreeSet::new();
        for part in self.violated().unwrap_or_default() {
            let parts = depend::parse(&part).unwrap_or_default();
            let mut words = Vec::new();
            depend::all_words(&parts, &mut words);
            depend::asked(&parts, &mut words);
            flags.extend(words.into_iter().map(|word| word.trim_start_matches('!').to_owned()));
        }
        flags.into_iter().collect()
    }

    /// The flags of which one alone, switched, satisfies REQUIRED_USE, with what it becomes: those that are on and have
    /// to go, and those that are off and have to come. Flags that are masked or forced are none of them.
    pub fn remedies(&self) -> Vec<(String, bool)> {
        let Some(parts) = depend::parse(&self.package().required_use) else { return Vec::new() };
        let enabled = self.enabled();
        let mut found = Vec::new();
        for flag in self.contested() {
            if self.is_masked(&flag) || self.is_forced(&flag) {
                continue;
            }
            let wanted = !enabled.contains(&flag);
            let on = |other: &str| if other == flag { wanted } else { enabled.contains(other) };
            let verdict =
                depend::required_use(&parts, &on, &|flag| self.has(flag), self.package().eapi_number());
            if verdict == Verdict::Satisfied {
                found.push((flag, wanted));
            }
        }
        found
    }
}
