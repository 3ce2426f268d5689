# What the eapply_user of Portage applies: for each line of stdin (category, package, version, revision, slot, apart by
# tabs) the patches, one a line, and an empty line. The helpers of Portage's bin/ are in $PORTAGE_BIN_PATH.
export EAPI=8 EBUILD_PHASE=prepare COLUMNS=80 PORTAGE_BUILD_USER=nobody
source "${PORTAGE_BIN_PATH}/isolated-functions.sh" || exit
source "${PORTAGE_BIN_PATH}/phase-helpers.sh" || exit

# What eapply would be given, and nothing that it prints.
__eapply_patch() { printf '%s\n' "$2" >&3; }
einfo() { :; }
die() { printf 'die\n' >&3; exit 1; }
__helpers_die() { printf 'die\n' >&3; }

while IFS=$'\t' read -r CATEGORY PN PV PR SLOT; do
	P=${PN}-${PV}
	T=$(mktemp -d) || exit
	PORTAGE_BUILDDIR=${T}
	(eapply_user) 3>&1 >/dev/null 2>&1 </dev/null
	printf '\n'
	rm -r "${T}"
done
