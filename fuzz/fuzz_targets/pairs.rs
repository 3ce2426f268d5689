//! Files of pairs, in both dialects.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| portage_config_fuzz::grammar(
    |g| matches!(g, portage_config::file::Grammar::Pairs(_)),
    data
));
