//! What is to be said of an edit.

use crate::report::{Code, codes};

codes! {
    E001 error "no-place" "An entry is written into a file that is there, or that can be made." "this program";
    E002 error "file-not-read" "What Portage does not read has no effect." "_recursive_basename_filter in Portage's util/__init__.py";
    E003 error "not-editable" "A spec that had new mistakes after an edit would be worse than before." "the format of the spec";
    E004 warning "not-in-entry" "The word that is taken away is not there: it was renamed, or mistyped." "the format of the spec";
    E010 warning "overridden" "Of all lines that match a package those of the closer atom win; of two that are as close, the one that was read first." "best_match_to_list in Portage's dep/__init__.py, ordered_by_atom_specificity";
    E011 warning "overridden-in-part" "Of all lines that match a package those of the closer atom win; of two that are as close, the one that was read first." "best_match_to_list in Portage's dep/__init__.py, ordered_by_atom_specificity";
    E012 warning "taken-back" "The words of one atom are read in the order of their lines, and the last one holds." "grabdict_package in Portage's util/__init__.py";
    E013 warning "said-elsewhere" "An entry that stands in several files goes on to say what the others say." "portage(5)";
    E014 warning "flag-masked" "A masked USE flag cannot be switched on." "use.mask, package.use.mask in portage(5)";
    E015 warning "flag-forced" "A forced USE flag cannot be switched off." "use.force, package.use.force in portage(5)";
    E016 warning "assigned-later" "Of several assignments of a variable the last one holds." "getconfig in Portage's util/__init__.py";
    E017 warning "file-refused" "What Portage cannot read it ignores, or it refuses the whole file." "the readers of the file kinds";
}
