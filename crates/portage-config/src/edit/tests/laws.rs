use proptest::prelude::*;

use super::*;
use crate::meaning::said;
use crate::report::Key;
use crate::syntax;

/// A language: its path, the spelling of an entry, the word that is added, the key of the entry.
struct Language {
    path: &'static str,
    entry: fn(usize, &[(String, String)]) -> String,
    statement: fn(usize, &str) -> String,
    key: fn(usize) -> Vec<String>,
}

fn inline(words: &[(String, String)]) -> String {
    words.iter().map(|(blank, word)| format!("{}{word}", blank.replace(['\n', '\\'], " "))).collect()
}

const LANGUAGES: [Language; 5] = [
    Language {
        path: "etc/portage/make.conf",
        entry: |number, words| {
            let words: String = words.iter().map(|(blank, word)| format!("{blank}{word}")).collect();
            format!("V{number}=\"{}\"", words)
        },
        statement: |number, word| format!("make.conf: V{number}.add = \"{word}\""),
        key: |number| vec![format!("V{number}")],
    },
    Language {
        path: "etc/portage/package.use",
        entry: |number, words| format!("cat/p{number}{}", inline(words)),
        statement: |number, word| format!("package.use: \"cat/p{number}\".add = \"{word}\""),
        key: |number| vec![format!("cat/p{number}")],
    },
    Language {
        path: "etc/portage/repos.conf",
        entry: |number, words| format!("[s{number}]\nlocation = /x\nextra ={}", inline(words)),
        statement: |number, word| format!("repos.conf: s{number}.extra.add = \"{word}\""),
        key: |number| vec![format!("s{number}"), "extra".to_owned()],
    },
    Language {
        path: "etc/fstab",
        entry: |number, words| {
            let options: Vec<&str> = words.iter().map(|(_, word)| word.as_str()).collect();
            format!("LABEL=a\t /m{number}  ext4\t{}  0 0", options.join(","))
        },
        statement: |number, word| format!("/etc/fstab: \"/m{number}\".options.add = \"{word}\""),
        key: |number| vec![format!("/m{number}")],
    },
    Language {
        path: "etc/ugrd/config.toml",
        entry: |number, words| {
            let words: Vec<String> = words.iter().map(|(_, word)| format!("\"{word}\"")).collect();
            format!("v{number} = [ {} ]", words.join(" ,  "))
        },
        statement: |number, word| format!("/etc/ugrd/config.toml: v{number}.add = [\"{word}\"]"),
        key: |number| vec![format!("v{number}")],
    },
];

fn words() -> impl Strategy<Value = Vec<(String, String)>> {
    let blank = prop_oneof![Just(" "), Just("  "), Just("\t"), Just("\n    "), Just(" \\\n  "), Just("\n")];
    proptest::collection::vec((blank.prop_map(str::to_owned), "[a-y][a-z0-9_]{0,4}"), 1..5)
}

proptest! {
    #[test]
    fn only_the_entry_changes(
        language in 0..LANGUAGES.len(),
        entries in proptest::collection::vec((words(), prop_oneof![Just("\n"), Just("\n\n# why\n"), Just("\n# é\n")]), 1..5),
        pick in any::<prop::sample::Index>(),
        ended in any::<bool>(),
    ) {
        let language = &LANGUAGES[language];
        let pick = pick.index(entries.len());
        let mut texts: Vec<String> = entries
            .iter()
            .enumerate()
            .map(|(number, (words, between))| format!("{}{between}", (language.entry)(number, words)))
            .collect();
        if !ended && let Some(last) = texts.last_mut() {
            *last = (language.entry)(entries.len() - 1, &entries[entries.len() - 1].0);
        }
        let text = texts.concat();
        let statement = (language.statement)(pick, "zz");
        let after = edited(language.path, &text, &[&statement]).unwrap();
        let head = texts[..pick].concat();
        let tail = texts[pick + 1..].concat();
        let body = after.strip_prefix(&head).and_then(|rest| rest.strip_suffix(&tail));
        prop_assert!(body.is_some(), "{text:?} {statement} {after:?}");
        // Without the new word the entry is what it was.
        let own = &texts[pick];
        let at = body.unwrap().rfind("zz").unwrap();
        let rest = body.unwrap().get(at + 2..).unwrap();
        prop_assert!(own.ends_with(rest.trim_start_matches('"')), "{own:?} {body:?}");
        let kind = crate::file::find(&RelPath::parse(language.path).unwrap()).unwrap();
        let path = RelPath::parse(language.path).unwrap();
        let read = |text: &str| said(&kind.grammar, &syntax::read(&kind.grammar, text.as_bytes(), &mut Report::new().file(&path)));
        let (mut before, mut now) = (read(&text), read(&after));
        let key = Key((language.key)(pick));
        let flat = |said: Option<crate::meaning::Said>| -> Vec<String> {
            said.into_iter().flat_map(|said| said.raw).flat_map(|word| word.split([' ', '\t', '\n']).filter(|w| !w.is_empty()).map(str::to_owned).collect::<Vec<_>>()).collect()
        };
        let (old, new) = (flat(before.shift_remove(&key)), flat(now.shift_remove(&key)));
        let without: Vec<&String> = new.iter().filter(|word| *word != "zz").collect();
        prop_assert_eq!(old.iter().collect::<Vec<_>>(), without);
        prop_assert_eq!(new.len(), old.len() + 1);
        let others = |all: indexmap::IndexMap<Key, crate::meaning::Said>| -> Vec<(Key, Vec<String>)> {
            all.into_iter().map(|(key, said)| (key, said.raw)).collect()
        };
        prop_assert_eq!(others(before), others(now));
        // Once more changes nothing.
        prop_assert_eq!(edited(language.path, &after, &[&statement]).unwrap(), after);
    }
}
