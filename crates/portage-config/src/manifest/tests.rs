use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::report::Report;
use crate::vocab::RelPath;

fn read(text: &[u8]) -> (Manifest, Vec<String>) {
    let (path, mut report) = (RelPath::parse("a-b/c/Manifest").unwrap(), Report::new());
    let manifest = Manifest::read(text, &mut report.text(&path, text));
    let said = report.diagnostics.iter().map(|d| format!("{} {}", d.code.id, d.message)).collect();
    (manifest, said)
}

#[test]
fn a_signed_manifest_is_read() {
    let entry = format!("DIST x 1 SHA512 {}\n", "a".repeat(128));
    let signed = format!(
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n{entry}- odd\n-----BEGIN PGP SIGNATURE-----\n\n\
         iQGTBAEBCgB9\n=abcd\n-----END PGP SIGNATURE-----\n{}",
        entry.replace("DIST x", "DIST y")
    );
    let (manifest, said) = read(signed.as_bytes());
    assert_eq!((manifest.entries.len(), said), (2, vec!["O001 `odd` is no entry of a Manifest".to_owned()]));
}

#[test]
fn all_mistakes_at_once() {
    let (a, b) = ("a".repeat(128), "b".repeat(128));
    let text = format!(
        "DIST x 1 SHA512 {a}\n\nDIST x 2 SHA512 {b} MD5 {}\nAUX ../../x 1 SHA512 {a}\nAUX /x 1 SHA512 {a}\n\
         AUX a/./b 1 SHA512 {a}\nDIST a/b 1 SHA512 {a}\nEBUILD .. 1 SHA512 {a}\nAUX sub/y 1 SHA512 {a}\n\
         MISC z 99999999999999999999999 SHA512 {a}\nMISC z -1 SHA512 {a}\nMISC z 1\nMISC z 1 SHA512\n\
         MISC  z 1 SHA512 {a}\nDATA z 1 SHA512 {a}\nMISC short 1 SHA512 abc\nMISC odd 1 SHA512 {}\n\
         -----BEGIN PGP SIGNED MESSAGE-----\n",
        "c".repeat(32),
        "g".repeat(128),
    );
    let (manifest, said) = read(text.as_bytes());
    let codes: Vec<&str> = said.iter().filter_map(|said| said.split(' ').next()).collect();
    assert_eq!(
        codes,
        [
            "O002", "O003", "O003", "O003", "O003", "O003", "O001", "O001", "O001", "O001", "O001", "O004",
            "O005", "O005"
        ],
        "{said:#?}"
    );
    let x = manifest.get(&Kind::Dist, "x").unwrap();
    assert_eq!(
        (x.size, x.hashes["SHA512"].as_str(), x.hashes.len()),
        (2, b.as_str(), 2),
        "the last one holds"
    );
    let names: Vec<String> = manifest.entries.keys().map(|(kind, name)| format!("{kind} {name}")).collect();
    assert_eq!(names, ["AUX sub/y", "DIST x", "MISC odd", "MISC short", "DATA z"]);
}

#[test]
fn large_and_strange_texts_are_borne() {
    let noise: Vec<u8> = (0..10_000_000u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let (manifest, said) = read(&noise);
    assert!(manifest.entries.is_empty() && said.len() == MANY + 1, "{}", said.len());
    let mut many = String::new();
    for at in 0..40_000 {
        let _ = writeln!(many, "DIST file-{} 1 SHA512 {}", at % 20_000, "0".repeat(128));
    }
    let (manifest, said) = read(many.as_bytes());
    assert_eq!((manifest.entries.len(), said.len()), (20_000, MANY + 1));
    assert_eq!(said.last().unwrap(), "O001 19900 more lines are wrong");
    assert_eq!(read(&[b'x'; 10_000_000]).1.len(), 1);
}

fn entries() -> impl Strategy<Value = Manifest> {
    let kind = prop_oneof![Just(Kind::Aux), Just(Kind::Dist), Just(Kind::Ebuild), Just(Kind::Misc)];
    let hashes = prop::collection::btree_map(
        prop_oneof![Just("BLAKE2B".to_owned()), Just("SHA512".to_owned())],
        "[0-9a-f]{128}",
        1..3,
    );
    let sums = (any::<u64>(), hashes).prop_map(|(size, hashes)| Sums { size, hashes });
    prop::collection::btree_map((kind, "[a-zA-Z0-9_+][a-zA-Z0-9._+-]{0,12}"), sums, 0..20)
        .prop_map(|entries| Manifest { entries })
}

proptest! {
    #[test]
    fn what_is_written_reads_back(manifest in entries()) {
        let text = manifest.to_text();
        let (back, said) = read(text.as_bytes());
        prop_assert_eq!(&back, &manifest);
        prop_assert!(said.is_empty());
        prop_assert_eq!(back.to_text(), text);
    }

    #[test]
    fn no_name_leaves_the_folder(bytes in prop::collection::vec(any::<u8>(), 0..200), name in "[./a]{0,8}") {
        let mut text = format!("AUX {name} 1 SHA512 {}\n", "0".repeat(128)).into_bytes();
        text.extend(bytes);
        for (_, name) in read(&text).0.entries.keys() {
            prop_assert!(RelPath::parse(name).is_ok() || name.chars().any(char::is_control), "{}", name);
        }
    }
}
