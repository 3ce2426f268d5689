//! Fragments of a kernel configuration: the kernel's kconfig documentation.

use super::{Grammar, Kind, PairsDialect, Place};
use crate::model::Model;
use crate::report::{Code, Findings, Key};

/// A kernel configuration or a fragment of one: `CONFIG_X=y`, `# CONFIG_X is not set`, said with `as`.
pub static KERNEL_CONFIG: Kind = Kind {
    name: "kernel-config",
    about: "A kernel configuration or a fragment of one: `CONFIG_X=y`, `# CONFIG_X is not set`, said with `as`.",
    place: Place::Named,
    grammar: Grammar::Pairs(PairsDialect::KernelConfig),
    template: Some("kernel-config.j2"),
    mode: 0o644,
    check,
};

/// A name that no symbol has.
pub(crate) const L088: Code = Code::error(
    "L088",
    "bad-symbol",
    "kconfig reads names that begin with CONFIG_ only; merge_config.sh lets any other line pass and its value is lost.",
    "scripts/kconfig/merge_config.sh; Documentation/kbuild/kconfig.rst",
);

fn check(model: &Model, findings: &mut Findings<'_>) {
    let Model::Pairs(pairs) = model else { return };
    for pair in &pairs.pairs {
        let symbol = pair.key.strip_prefix("CONFIG_").unwrap_or_default();
        if symbol.is_empty() || !symbol.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            findings
                .at(&L088, Key::of(&pair.key), format!("`{}` is no symbol of a kernel", pair.key))
                .set_help(format!("write CONFIG_{}", pair.key.to_uppercase()));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::file::testing::{codes_of, pairs};
    use crate::vocab::RelPath;

    #[test]
    fn symbols_begin_with_config() {
        let path = RelPath::parse("usr/src/kernel.config").unwrap();
        let codes = |key| codes_of(&super::KERNEL_CONFIG, &path, pairs(&[(key, "y")]));
        assert_eq!(codes("SMP"), ["L088"]);
        assert_eq!(codes("CONFIG_"), ["L088"]);
        assert_eq!(codes("CONFIG_SMP"), [""; 0]);
    }
}
