//! New files, and files changed in place.

use std::sync::LazyLock;

use libfuzzer_sys::arbitrary::Unstructured;
use portage_config::config::Own;
use portage_config::diff::meaning;
use portage_config::file::{Grammar, kinds};
use portage_config::render::{create, update};
use portage_config::template::Templates;

use crate::laws::{keeps, model, shown};
use crate::{Input, edits};

static TEMPLATES: LazyLock<Templates> = LazyLock::new(Templates::builtin);

/// The first byte of the edits chooses the kind, the next ones whose the file is, and what is changed.
pub fn check(data: &[u8]) {
    let input = Input::of(data);
    let mut choices = Unstructured::new(input.edits);
    let Ok(kind) = choices.choose(kinds()).copied() else { return };
    if kind.grammar == Grammar::Opaque {
        // A file without entries is replaced as a whole.
        return;
    }
    let own = *choices.choose(&[Own::Whole, Own::Entries, Own::Once]).unwrap_or(&Own::Whole);
    let bare = choices.arbitrary().unwrap_or(true);
    let mut wanted = model(&kind.grammar, input.other);
    edits::edit(&mut wanted, &model(&kind.grammar, input.text), &mut choices);
    if bare {
        edits::strip(&mut wanted);
    }

    if let Ok(text) = create(kind, &wanted, &TEMPLATES) {
        let again = update(kind, &wanted, Own::Whole, &text);
        assert!(again.as_ref().ok() == Some(&text), "{} new {}: {again:?}", kind.name, shown(&text));
    }
    let Ok(text) = update(kind, &wanted, own, input.text) else { return };
    let told = || format!("{} {own:?} {wanted:#?}\n{}\n{}", kind.name, shown(input.text), shown(&text));
    let again = update(kind, &wanted, own, &text);
    assert!(again.as_ref().ok() == Some(&text), "changed again: {again:?}\n{}", told());
    let said = model(&kind.grammar, &text);
    match own {
        Own::Once => assert!(text == input.text, "touched: {}", told()),
        Own::Entries => {}
        // What a new file would say in another way may stay as it is said.
        Own::Whole => {
            let new = create(kind, &wanted, &TEMPLATES).ok().map(|new| model(&kind.grammar, &new));
            if bare && let Some(new) = new {
                let same = || meaning(&kind.grammar, Some(&said), Some(&new)).is_empty();
                let said_so = new.satisfied_by(&said) || wanted.satisfied_by(&said) || same();
                assert!(said_so, "other than when new: {}", told());
            }
        }
    }
    if bare {
        keeps(&kind.grammar, input.text, &text);
    }
}
