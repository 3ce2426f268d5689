//! What can be wrong with a spec.

use crate::report::Code;

macro_rules! codes {
    ($($id:ident $make:ident $name:literal $why:literal;)*) => {
        $(
            #[doc = $why]
            pub(crate) const $id: Code = Code::$make(stringify!($id), $name, $why, "the format of the spec");
        )*
        /// All codes of this module.
        pub(crate) static CODES: &[&Code] = &[$(&$id),*];
    };
}

codes! {
    S001 error "syntax" "A spec is TOML.";
    S002 error "not-utf-8" "TOML is UTF-8.";
    S003 error "unreadable" "A layer that cannot be read leaves the machine half described.";
    S004 error "cycle" "A layer that extends itself has no first word.";
    S005 error "unknown-name" "A name nobody knows would be dropped in silence.";
    S006 error "bad-path" "A path has one spelling, and never leaves its root.";
    S007 error "said-twice" "One thing said in two places of a file has no order.";
    S008 error "wrong-shape" "Each entry has a shape: words, a string, a table of parts.";
    S009 error "bad-atom" "Portage ignores a line whose atom it cannot read.";
    S010 error "bad-word" "The consumer would read another word, or none.";
    S011 error "unsayable-value" "The file's language cannot say the value, or its reader would make another of it.";
    S012 warning "nothing-to-remove" "The word or entry that is taken away is not there: it was renamed, or mistyped.";
    S013 error "unset-parameter" "The tree cannot be written before all parameters have a value.";
    S014 error "bad-parameter" "A parameter has the type it was declared with.";
    S015 error "unknown-parameter" "A parameter is declared before it is used.";
    S016 error "unknown-variant" "A variant is declared by one of the layers.";
    S017 error "unknown-root" "A root lies inside another one that the spec declares.";
    S018 error "reference-cycle" "A variable that refers to itself through another has no value.";
    S019 error "path-twice" "A path is a file or a folder.";
    S021 error "spec-version" "A newer format may mean something else by the same words.";
    S022 error "misplaced" "A layer's own words stand above the first header, or in a header of their own.";
    S023 error "secret-in-name" "Names and words end up in messages; a secret may stand in values only.";
    S024 warning "not-acted-on" "This part of the spec is for later steps; rendering does not use it.";
    S025 hint "no-version" "With `spec = 1` an older or newer tool can tell what it reads.";
    S026 error "bad-target" "A machine has one CPU, one C library, and a profile that fits both.";
}
