//! Lists of names: categories, license groups and mirrors, portage(5).

use super::{Grammar, Groups, ItemWords, ItemsDialect, Kind, Place, RuleWords, RulesDialect};
use crate::model::Model;
use crate::report::{Code, Findings, Key};
use crate::vocab::{AcceptKeyword, Keywords, is_category};

/// Categories beside those of the repositories: one a line; Portage fails on a folder, portage(5).
pub static CATEGORIES: Kind = Kind {
    name: "categories",
    about: "Categories beside those of the repositories: one a line; Portage fails on a folder, portage(5).",
    place: Place::File("etc/portage/categories"),
    grammar: Grammar::Items(ItemsDialect { words: ItemWords::Any, whole_line: true }),
    template: Some("etc/portage/categories.j2"),
    mode: 0o644,
    check: check_categories,
};

/// Groups of licenses, added to the repository's groups of the same name; Portage fails on a folder, portage(5).
pub static LICENSE_GROUPS: Kind = Kind {
    name: "license_groups",
    about: "Groups of licenses, added to the repository's groups of the same name; Portage fails on a folder, portage(5).",
    place: Place::File("etc/portage/license_groups"),
    grammar: Grammar::Rules(RulesDialect { atoms: None, words: RuleWords::Any, groups: Groups::None }),
    template: Some("etc/portage/license_groups.j2"),
    mode: 0o644,
    check: check_groups,
};

/// Where files of `mirror://NAME` are fetched from: a name and URIs a line, portage(5).
pub static MIRRORS: Kind = Kind {
    name: "mirrors",
    about: "Where files of `mirror://NAME` are fetched from: a name and URIs a line, portage(5).",
    place: Place::FileOrFolder("etc/portage/mirrors"),
    grammar: Grammar::Rules(RulesDialect { atoms: None, words: RuleWords::Any, groups: Groups::None }),
    template: Some("etc/portage/mirrors.j2"),
    mode: 0o644,
    check: super::nothing_to_check,
};

/// Keywords beside those of the repositories: one a line; Portage fails on a folder, lib/portage/package/ebuild/config.py.
pub static ARCH_LIST: Kind = Kind {
    name: "arch.list",
    about: "Keywords beside those of the repositories: one a line; Portage fails on a folder, lib/portage/package/ebuild/config.py.",
    place: Place::File("etc/portage/arch.list"),
    grammar: Grammar::Items(ItemsDialect { words: ItemWords::Any, whole_line: true }),
    template: Some("etc/portage/arch.list.j2"),
    mode: 0o644,
    check: check_arches,
};

/// A name that no category can have.
pub(crate) const L119: Code = Code::error(
    "L119",
    "bad-category",
    "Portage drops lines that are no name of a category, without a message.",
    "lib/portage/package/ebuild/config.py; PMS 3.1.1",
);

/// A word that is no keyword.
pub(crate) const L144: Code = Code::warning(
    "L144",
    "bad-arch",
    "The names are compared with the keywords of ACCEPT_KEYWORDS: one that no keyword can have is of no use.",
    "lib/portage/package/ebuild/config.py, validate; PMS 3.1.6",
);

/// `-license` in a group.
pub(crate) const L118: Code = Code::error(
    "L118",
    "minus-in-group",
    "A group of licenses can only grow: Portage skips an element with a minus, with a message.",
    "lib/portage/package/ebuild/_config/LicenseManager.py",
);

fn check_categories(model: &Model, findings: &mut Findings<'_>) {
    let Model::Items(items) = model else { return };
    for item in &items.items {
        if !is_category(item.text.strip_prefix('-').unwrap_or(&item.text)) {
            findings.at(&L119, Key::of(&item.text), format!("`{}` is no name of a category", item.text));
        }
    }
}

fn check_arches(model: &Model, findings: &mut Findings<'_>) {
    let Model::Items(items) = model else { return };
    for item in &items.items {
        let name = item.text.strip_prefix('-').unwrap_or(&item.text);
        let bad = !matches!(AcceptKeyword::parse(name), Ok(keyword) if !keyword.removes && matches!(keyword.keywords, Keywords::Stable(_)));
        if bad {
            findings
                .at(&L144, Key::of(&item.text), format!("`{}` is no name of a keyword", item.text))
                .set_help("write one name a line, without `~`");
        }
    }
}

fn check_groups(model: &Model, findings: &mut Findings<'_>) {
    let Model::Rules(rules) = model else { return };
    for rule in &rules.rules {
        for word in rule.words.iter().filter(|word| word.starts_with('-')) {
            findings
                .word(
                    &L118,
                    Key::of(&rule.key),
                    word,
                    format!("`{word}` takes nothing out of `{}`", rule.key),
                )
                .set_help("write a group of another name with the licenses that are wanted");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::file::testing::{codes, items, rules};

    #[test]
    fn names_and_groups() {
        assert_eq!(codes("etc/portage/categories", items(&["my/cat"])), ["L119"]);
        assert_eq!(
            codes("etc/portage/categories", items(&["cross-i486-pc-linux-gnu", "-x11-misc"])),
            [""; 0]
        );
        assert_eq!(codes("etc/portage/arch.list", items(&["i486", "-x86", "ppc-macos"])), [""; 0]);
        assert_eq!(codes("etc/portage/arch.list", items(&["~x86", "a b", "*", "--x86"])), ["L144"; 4]);
        assert_eq!(codes("etc/portage/license_groups", rules(&[("MINE", "MIT -BSD")])), ["L118"]);
        assert_eq!(codes("etc/portage/license_groups", rules(&[("MINE", "MIT @FREE")])), [""; 0]);
    }
}
