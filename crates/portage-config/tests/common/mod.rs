//! What the conformance tests share.
#![allow(clippy::print_stdout, reason = "says what was left out")]

use std::path::PathBuf;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// The interpreter that can import portage, or nothing when the test is left to `scripts/test`.
///
/// # Panics
/// When it is missing although `PORTAGE_CONFIG_CONFORMANCE=1` asks for it.
#[allow(unreachable_pub, dead_code, reason = "shared by several test binaries")]
pub fn python(test: &str) -> Option<PathBuf> {
    let found = std::env::var_os("PORTAGE_CONFIG_PYTHON").map(PathBuf::from).filter(|path| path.exists());
    if found.is_none() {
        assert!(
            std::env::var_os("PORTAGE_CONFIG_CONFORMANCE").is_none_or(|v| v != "1"),
            "{test}: PORTAGE_CONFIG_PYTHON must name a python that can import portage"
        );
        println!("left to scripts/test: {test}");
    }
    found
}

/// Whether a program can be run, or the test is left to `scripts/test`.
///
/// # Panics
/// When it is missing although `PORTAGE_CONFIG_CONFORMANCE=1` asks for it.
#[allow(unreachable_pub, dead_code, reason = "shared by several test binaries")]
pub fn tool(test: &str, program: &str) -> bool {
    let found = std::process::Command::new(program).arg("--version").output().is_ok();
    if !found {
        assert!(
            std::env::var_os("PORTAGE_CONFIG_CONFORMANCE").is_none_or(|v| v != "1"),
            "{test}: {program} is missing"
        );
        println!("left to scripts/test: {test}");
    }
    found
}

fn number(variable: &str) -> Option<usize> {
    std::env::var(variable).ok().and_then(|text| text.parse().ok())
}

/// How many texts a comparison draws: `usual` ones, or as many as `PORTAGE_CONFIG_CASES` asks for, if that is more.
#[allow(unreachable_pub, dead_code, reason = "shared by several test binaries")]
pub fn cases(usual: usize) -> usize {
    number("PORTAGE_CONFIG_CASES").map_or(usual, |count| count.max(usual))
}

/// Draws the same each time, or what `PORTAGE_CONFIG_SEED` makes of it.
#[allow(unreachable_pub, dead_code, reason = "shared by several test binaries")]
pub fn runner() -> TestRunner {
    let mut seed = [7; 32];
    let number = number("PORTAGE_CONFIG_SEED").unwrap_or(0);
    seed.iter_mut().zip(number.to_le_bytes()).for_each(|(byte, chosen)| *byte ^= chosen);
    TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
}

/// A text with bytes taken out, put in, doubled and exchanged, wherever they stand: also in the middle of a
/// character.
#[allow(unreachable_pub, dead_code, reason = "shared by several test binaries")]
pub fn mutated(text: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let odd = prop::sample::select(vec![
        &b"\n"[..],
        b"\r",
        b"\r\n",
        b"\r\r",
        b"\n\r",
        b" ",
        b"\t",
        b"\x0b",
        b"\x0c",
        b"\x1c",
        b"\x1d",
        b"\x1e",
        b"\x1f",
        b"\0",
        b"\xef\xbb\xbf",
        b"\xef\xbb",
        b"\xff",
        b"\xfe",
        b"\xc2\x85",
        b"\xc2\xa0",
        b"\xc2",
        b"\x85",
        b"\xa0",
        b"\xe2\x80\xa8",
        b"\xe2\x80",
        b"\xe2\x80\x8b",
        b"\xe3\x80\x80",
        b"\xed\xa0\x80",
        b"\xf0\x9f\x98\x80",
        b"\xf4\x90\x80\x80",
        b"\xc0\xaf",
        b"#",
        b"'",
        b"\"",
        b"\\",
        b"$",
        b"=",
        b":",
        b"*",
        b"-",
        b"/",
    ]);
    let bytes = prop_oneof![4 => odd.prop_map(<[u8]>::to_vec), 1 => prop::collection::vec(any::<u8>(), 1..4)];
    let index = any::<prop::sample::Index>;
    let change = (0_u8..5, index(), index(), 1_usize..6, bytes);
    (text, prop::collection::vec(change, 1..5)).prop_map(|(mut text, changes)| {
        for (change, from, to, length, new) in changes {
            let from = from.index(text.len() + 1);
            let end = (from + length).min(text.len());
            match change {
                0 => drop(text.drain(from..end)),
                1 => drop(text.splice(from..end, new)),
                2 => {
                    let piece = text.get(from..end).unwrap_or_default().to_vec();
                    let to = to.index(text.len() + 1);
                    drop(text.splice(to..to, piece));
                }
                _ => drop(text.splice(from..from, new)),
            }
        }
        text
    })
}
