# Copyright 2026 The portage-config authors
# Distributed under the terms of the GNU General Public License v2

EAPI=8

inherit crossdev flag-o-matic toolchain-funcs

# The programs that the C library of glibc brings along, from where ::gentoo has them
GETENT_COMMIT="93a08815f8598db442d8b766b463d0150ed8e2ab"
GETENT_FILE="musl-getent-${GETENT_COMMIT}.c"

DESCRIPTION="Small C library; localhost is known without /etc/hosts and name server"
HOMEPAGE="https://musl.libc.org"
SRC_URI="
	https://musl.libc.org/releases/${P}.tar.gz
	tools? (
		https://dev.gentoo.org/~blueness/musl-misc/getconf.c
		https://dev.gentoo.org/~blueness/musl-misc/iconv.c
		https://gitlab.alpinelinux.org/alpine/aports/-/raw/${GETENT_COMMIT}/main/musl/getent.c -> ${GETENT_FILE}
	)
"

# ldconfig is the one that is GPL-2 without tools
LICENSE="MIT GPL-2 tools? ( BSD-2 LGPL-2 )"
SLOT="0"
KEYWORDS="~amd64 ~x86"
IUSE="crypt headers-only split-usr +tools"

# crossdev merges musl into /usr/CTARGET, where no libxcrypt is
if is_crosspkg; then
	IUSE=${IUSE/crypt/+crypt}
else
	RDEPEND="crypt? ( !sys-libs/libxcrypt[system] )"
	PDEPEND="!crypt? ( sys-libs/libxcrypt[system] )"
fi

# libc.so is the library and the loader: it needs nothing, and has no name that another could ask for
QA_SONAME="usr/lib/libc.so"
QA_DT_NEEDED="usr/lib/libc.so"
QA_PRESTRIPPED="usr/lib/crtn.o"

PATCHES=(
	"${FILESDIR}/${P}-localhost.patch"
	"${FILESDIR}/${P}-iconv-euc-kr.patch"
)

only_headers() {
	use headers-only && target_is_not_host
}

# Whether this is the C library of the system that it is merged into
is_system_libc() {
	! is_crosspkg && ! target_is_not_host
}

# Whether the system that Portage runs in is the one that gets it
is_running_libc() {
	is_system_libc && [[ -z ${ROOT} ]]
}

# What was built with a newer C library may not start with this one; where it is the system's own, that is all of it
refuse_downgrade() {
	is_running_libc || return 0
	local version
	for version in ${REPLACING_VERSIONS}; do
		ver_test "${version%-r*}" -gt "${PV}" || continue
		eerror "${CATEGORY}/${PN}-${version} is the C library of this system, and ${PV} is older: programs that were"
		eerror "built with the newer one might not start with it. To keep what is there, take the mask of"
		eerror "${CATEGORY}/${PN} out of package.mask, so that Portage chooses the version of ::gentoo again. To have"
		eerror "the patches, use a newer repository portage-config, with ${PN} ${version%-r*} or later."
		die "${PN}-${PVR} would be a downgrade of the running C library, ${version}"
	done
}

# Where the target's root is below ours: empty, or /usr/CTARGET for crossdev
target_root() {
	target_is_not_host && echo "/usr/${CTARGET}"
}

pkg_pretend() {
	refuse_downgrade
}

pkg_setup() {
	refuse_downgrade
	if ! target_is_not_host && [[ ${CHOST} != *-musl* ]]; then
		die "the C library of ${CHOST} is not musl; crossdev makes a toolchain for one"
	fi
	# CFLAGS of the machine that builds say nothing of what the target's compiler takes
	if target_is_not_host || tc-is-cross-compiler; then
		CHOST=${CTARGET} strip-unsupported-flags
	fi
}

src_configure() {
	strip-flags
	filter-lto
	tc-getCC "${CTARGET}" > /dev/null
	# There is no compiler yet for a target that has no headers yet
	only_headers && export CC=true

	local prefix
	prefix=${EPREFIX}$(target_root)
	# No configure of autoconf: it knows few options
	./configure \
		--target="${CTARGET}" \
		--prefix="${prefix}/usr" \
		--syslibdir="${prefix}/lib" \
		--disable-gcc-wrapper || die
}

src_compile() {
	if only_headers; then
		emake obj/include/bits/alltypes.h
		return
	fi
	local tools=( AR="$(tc-getAR "${CTARGET}")" RANLIB="$(tc-getRANLIB "${CTARGET}")" )
	emake "${tools[@]}"

	# gcc's specs for musl ask for it where the stack is protected and the code position independent
	local -a compiler flags link
	read -ra compiler <<< "$(tc-getCC "${CTARGET}")"
	read -ra flags <<< "${CPPFLAGS} ${CFLAGS}"
	read -ra link <<< "${LDFLAGS}"
	"${compiler[@]}" "${flags[@]}" -fPIC -c -o stack_chk.o "${FILESDIR}/stack_chk.c" || die
	"$(tc-getAR "${CTARGET}")" -rc libssp_nonshared.a stack_chk.o || die

	if is_system_libc && use tools; then
		local name file
		for name in getconf getent iconv; do
			file=${name}.c
			[[ ${name} == getent ]] && file=${GETENT_FILE}
			"${compiler[@]}" "${flags[@]}" "${link[@]}" -o "${T}/${name}" "${DISTDIR}/${file}" || die
		done
	fi
}

src_install() {
	if only_headers; then
		emake DESTDIR="${D}" install-headers
		return
	fi
	emake DESTDIR="${D}" install

	local root
	root=$(target_root)
	insinto "${root}/usr/lib"
	doins libssp_nonshared.a

	if ! use crypt; then
		# What sys-libs/libxcrypt brings instead
		rm "${ED}${root}/usr/include/crypt.h" "${ED}${root}/usr/lib/libcrypt.a" || die
	fi

	local ldso=( "${ED}${root}"/lib/ld-musl-*.so.1 )
	[[ ${#ldso[@]} == 1 && -L ${ldso[0]} ]] || die "not one loader: ${ldso[*]}"
	local name=${ldso[0]##*/} lib=/lib

	if is_system_libc; then
		# make's link names the library by its absolute path, which leads out of the root where it is not /
		rm "${ldso[0]}" || die
		use split-usr || lib=/usr/lib
		dosym -r /usr/lib/libc.so "${lib}/${name}"
		# an image of a merged /usr has no /lib: the root has a link there
		use split-usr || rmdir "${ED}/lib" || die

		local arch=${name#ld-musl-}
		sed -e "s|@ARCH@|${arch%.so.1}|" -e "s|@EPREFIX@|${EPREFIX}|g" "${FILESDIR}/ldconfig.in" > "${T}/ldconfig" || die
		into /
		dosbin "${T}/ldconfig"
		newenvd - 00musl <<-EOF
			LDPATH="include ld.so.conf.d/*.conf"
		EOF
		into /usr
		use tools && dobin "${T}"/{getconf,getent,iconv}
	fi
	# The loader lists what a program needs when it is called by this name
	dosym -r "${root}${lib}/${name}" "${root}/usr/bin/ldd"
}

pkg_preinst() {
	is_running_libc || return 0
	refuse_downgrade
	# With a C library that starts nothing this merge would be the last. Scripts and static programs say nothing of it.
	local -a words
	local line program
	for line in true env "ls -d /" "sh -c :" "bash -c :" "python3 -c pass" "gcc --version"; do
		read -ra words <<< "${line}"
		program=$(type -P "${words[0]}") || continue
		ldd "${program}" &> /dev/null || continue
		LC_ALL=C "${ED}/usr/lib/libc.so" "${program}" "${words[@]:1}" > /dev/null ||
			die "the new C library cannot start ${program}"
	done
}

pkg_postinst() {
	is_running_libc || return 0
	ldconfig || die
}
