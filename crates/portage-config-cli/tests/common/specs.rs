//! Specs that several tests use.

use super::Folder;

pub(crate) const GOOD: &str = r#"spec = 1

[param.host-name]
help = "what the machine is called"
example = "soekris"
default = "box"

[make.conf]
# plain and old
COMMON_FLAGS = "-O2 -pipe"
CFLAGS = "${COMMON_FLAGS}"
USE = "nbd"

["package.use/apps"]
"app-editors/vim" = "-X python"

["/etc/conf.d/hostname"]
hostname = "@{host-name}"

[file."make.profile"]
link = "/var/db/repos/gentoo/profiles/default/linux/x86/23.0/i486"
"#;

pub(crate) const ROOTS: &str = r#"spec = 1

[make.conf]
USE = "nbd"

[root.host.make.conf]
CHOST = "x86_64-pc-linux-gnu"

[root.cross]
at = "host:/usr/i486-pc-linux-gnu"
[root.cross.make.conf]
CHOST = "i486-pc-linux-gnu"

[root.iso.make.conf]
CHOST = "i686-pc-linux-gnu"
"#;

pub(crate) const SECRET: &str = r#"spec = 1

[param.token]
secret = true
value = "hunter2"

["repos.conf/local.conf"]
local.location = "/var/db/repos/local"
local.sync-uri = "https://me:@{token}@example.org/x.git"
"#;

pub(crate) fn folder() -> Folder {
    Folder::new(&[
        ("good.toml", GOOD),
        ("roots.toml", ROOTS),
        ("secret.toml", SECRET),
        ("broken.toml", "spec = 1\n[make.conf\nUSE = \"x\"\n"),
        ("wrong.toml", "spec = 1\n\n[make.conf]\nUSE = \"x\"\n\n[pakage.use]\n\"a/b\" = \"x\"\n"),
        (
            "unset.toml",
            "spec = 1\n[param.who]\nhelp = \"the name\"\nexample = \"me\"\n[make.conf]\nX = \"@{who}\"\n",
        ),
        (
            "layer.toml",
            "spec = 1\nextends = [\"good.toml\"]\n\n[make.conf]\nUSE.add = \"lto\"\nCFLAGS = \"-O3\"\n",
        ),
    ])
}
