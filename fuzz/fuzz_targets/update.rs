//! New files, and files changed in place, of all kinds.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| portage_config_fuzz::update::check(data));
