//! Files of items, in all dialects.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| portage_config_fuzz::grammar(
    |g| matches!(g, portage_config::file::Grammar::Items(_)),
    data
));
