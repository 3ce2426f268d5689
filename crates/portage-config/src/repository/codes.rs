//! What is to be said of a repository.

use crate::report::{Code, codes};

codes! {
    O020 error "layout-syntax" "Portage reads a line of layout.conf as `key = value`, and ignores one that is not." "KeyValuePairFileLoader in Portage's env/loaders.py";
    O021 error "layout-value" "Portage takes a word it does not know as `false`, and drops a hash that it cannot compute." "parse_layout_conf in Portage's repository/config.py";
    O022 error "repository-name" "Portage ignores what stands behind the first line of repo_name, and puts underscores in the place of what no name may hold." "_read_repo_name, gen_valid_repo in Portage's repository/config.py";
    O023 error "same-version" "Two ebuilds of the same version are one package for Portage: which of them it takes is chance." "PMS 3.3: equal versions in one repository are not allowed";
    O024 error "unseen-name" "Portage does not see a file or folder of such a name, or refuses the package." "PMS 3.1, 4.3; _is_cpv in Portage's manifest.py";
    O025 error "not-a-folder" "A package, category, or `files` is a folder." "PMS 4.2, 4.3";
    O026 error "link-leads-out" "A link that leads out of the repository names another file on each machine, or none." "PMS 4.3; os.walk, os.open in Portage's manifest.py";
    O027 error "metadata-xml" "metadata.xml is XML that holds a `pkgmetadata`." "GLEP 68";
}
