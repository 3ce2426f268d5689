# @ECLASS: shell-completion.eclass
# @MAINTAINER:
# Nobody: a stand-in for the tests
# @SUPPORTED_EAPIS: 8
# @BLURB: stand-in with the functions that the ebuilds of overlay/ call

# @FUNCTION: newbashcomp
# @USAGE: <file> <name>
# @DESCRIPTION:
# Installs completions for bash.
newbashcomp() { (insinto /usr/share/bash-completion/completions; newins "$@"); }

# @FUNCTION: newfishcomp
# @USAGE: <file> <name>
# @DESCRIPTION:
# Installs completions for fish.
newfishcomp() { (insinto /usr/share/fish/vendor_completions.d; newins "$@"); }

# @FUNCTION: newzshcomp
# @USAGE: <file> <name>
# @DESCRIPTION:
# Installs completions for zsh.
newzshcomp() { (insinto /usr/share/zsh/site-functions; newins "$@"); }
