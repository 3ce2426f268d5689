//! Files that a shell sources.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| portage_config_fuzz::shell(data));
