"""Loads a configuration as a user without groups, one file after the other being closed to it."""
import io, os, sys, tempfile, contextlib, warnings
warnings.simplefilter("ignore")
top = tempfile.mkdtemp()
os.chmod(top, 0o755)
repo, etc = top + "/repo", top + "/etc/portage"
def put(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)
put(repo + "/profiles/repo_name", "gentoo\n")
put(repo + "/profiles/arch.list", "x86\n")
put(repo + "/profiles/categories", "a\n")
put(repo + "/profiles/p/make.defaults", 'ARCH="x86"\n')
put(repo + "/profiles/p/eapi", "8\n")
put(repo + "/metadata/layout.conf", "masters =\n")
put(repo + "/a/b/b-1.ebuild", 'EAPI=8\nSLOT=0\nKEYWORDS="x86"\n')
files = {
    "make.conf": 'X="1"\n', "repos.conf": f"[gentoo]\nlocation = {repo}\n", "binrepos.conf": "[h]\nsync-uri = https://h/\n",
    "package.env": "a/b e\n", "env/e": 'Y="1"\n', "env/a/c": "Y=1\n", "bashrc": "X=1\n", "categories": "c\n",
    "license_groups": "G a b\n", "mirrors": "m https://h/\n", "arch.list": "arm\n", "sets/s": "a/b\n",
    "patches/a/b/x.patch": "x\n", "savedconfig/a/b": "x\n", "postsync.d/x": "#!/bin/sh\n", "repo.postsync.d/x": "#!/bin/sh\n",
    "profile/make.defaults": 'X="2"\n', "profile/packages": "*a/b\n", "profile/package.bashrc": "a/b x\n",
    "profile/bashrc/x": "X=1\n", "profile/profile.bashrc": "X=1\n", "profile/package.provided": "a/d-1\n",
    "profile/virtuals": "a/b a/b\n",
}
for name in "use keywords accept_keywords license properties accept_restrict".split():
    files["package." + name] = "a/b x\n"
for name in "package.mask package.unmask profile/package.mask profile/package.unmask".split():
    files[name] = "a/e\n"
for name in "use.mask use.force use.stable.mask use.stable.force".split():
    files["profile/" + name] = "x\n"
    files["profile/package." + name] = "a/b x\n"
for name in "package.use package.keywords package.accept_keywords package.use.stable".split():
    files["profile/" + name] = "a/b x\n"
for name, text in files.items():
    put(etc + "/" + name, text)
os.symlink(repo + "/profiles/p", etc + "/make.profile")
import portage
from portage.binrepo.config import BinRepoConfigLoader
from portage.versions import _pkg_str
def load():
    env = {"PORTDIR_OVERLAY": "", "DISTDIR": top, "PKGDIR": top, "PORTAGE_TMPDIR": top}
    c = portage.config(config_root=top, target_root=top + "/", eprefix="", env=env)
    pkg = _pkg_str("a/b-1", slot="0", repo="gentoo", eapi="8", settings=c)
    c.setcpv(pkg, mydb={"USE": "", "IUSE": "x", "SLOT": "0", "KEYWORDS": "x86", "EAPI": "8", "repository": "gentoo"})
    c._getMaskAtom(pkg, {"SLOT": "0", "repository": "gentoo", "KEYWORDS": "x86"})
    c._getMissingKeywords(pkg, {"KEYWORDS": "x86", "SLOT": "0", "repository": "gentoo"})
    hosts = BinRepoConfigLoader([etc + "/binrepos.conf"], c)
    return sorted(r.name for r in c.repositories), sorted(hosts)
with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
    whole = load()
ROOT = os.geteuid() == 0
def user(number):
    if ROOT:
        os.seteuid(number)
if ROOT:
    os.setgroups([])
    os.setegid(65534)
user(65534)
def answer(name):
    path = etc + "/" + name
    user(0)
    os.chmod(path, 0)
    user(65534)
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            return "works" if load() == whole else "differs"
    except portage.exception.PermissionDenied:
        return "dies"
    except PermissionError:
        return "dies"
    finally:
        user(0)
        os.chmod(path, 0o644)
        user(65534)
for name in files:
    sys.stdout.write(f"{name} {answer(name)}\n")
user(0)
import shutil
shutil.rmtree(top)
