//! What can go wrong in the command itself: arguments, files it reads and writes.

use portage_config::report::Code;

macro_rules! codes {
    ($($name:ident = $id:literal $slug:literal $why:literal;)*) => {
        $(pub(crate) static $name: Code = Code::error($id, $slug, $why, "portage-config(1)");)*
    };
}

codes! {
    USAGE = "C001" "usage" "The command line cannot be understood.";
    UNKNOWN_ROOT = "C002" "unknown-root" "The spec has no root of that name.";
    UNKNOWN_PRESET = "C003" "unknown-preset" "There is no preset of that name.";
    EXISTS = "C004" "exists" "What is there may be somebody's work.";
    CANNOT_READ = "C005" "cannot-read" "A file or folder that was named cannot be read.";
    CANNOT_WRITE = "C006" "cannot-write" "The answer cannot be written.";
    ROOT_NEEDED = "C007" "root-needed" "A root that is compared needs something to be compared with.";
    OVERLAP = "C008" "overlap" "Two roots would write the same file.";
    NO_TREE = "C009" "no-tree" "The tree could not be made, and nothing says why.";
    TEMPLATE = "C011" "template" "A template of --templates cannot be used.";
    NOT_APPLIED = "C012" "not-applied" "The machine is as it was, or the message says how far it came.";
    CONFLICT = "C013" "conflict" "What somebody else wrote is not overwritten, and not removed, without being told.";
    NOT_ASKED = "C014" "not-asked" "A machine is not changed without somebody having said so.";
    NO_GENERATION = "C015" "no-generation" "There is nothing to go back to.";
    BLOCK = "C016" "building-block" "A building block is a part of systems, and no system of its own.";
    PKGCHECK = "C017" "pkgcheck" "pkgcheck says so: `pkgcheck show --keywords -v` tells what each of its results means.";
    REFUSED = "C018" "refused" "Portage ends where a file of variables is one that it cannot read.";
    NOT_KNOWN = "C019" "not-known" "Nothing is known of what was asked.";
    NOT_FOUND = "C010" "not-in-spec" "The spec says nothing of that file.";
}
