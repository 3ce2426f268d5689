//! Atoms, versions, keywords, licences, USE flags, values.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| portage_config_fuzz::vocab::check(data));
