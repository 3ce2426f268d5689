//! What the conformance tests share.
#![allow(clippy::print_stdout, reason = "says what was left out")]

use std::path::PathBuf;

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
