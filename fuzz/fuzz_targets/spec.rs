//! Specs of up to three layers.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| portage_config_fuzz::spec::check(data));
