//! A repository, an overlay and distfiles.
#![allow(dead_code, clippy::unwrap_used, clippy::panic, reason = "tests, each of which uses its part")]

use std::fs;
use std::process::Command;

use tempfile::TempDir;

pub(crate) const FIX: &str = "--- a/main.c\n+++ b/main.c\n@@ -1,4 +1,4 @@\n int main(void)\n {\n-\tputs(\"hi\");\n+\tputs(\"hello\");\n }\n";
pub(crate) const SOURCE: &str = "int main(void)\n{\n\tputs(\"hi\");\n}\n";

/// A repository, an overlay and distfiles in a folder that goes.
pub(crate) struct Place(pub(crate) TempDir);

/// What an ebuild says.
pub(crate) struct Ebuild<'a> {
    pub(crate) eapi: &'a str,
    pub(crate) slot: &'a str,
    pub(crate) rest: &'a str,
}

pub(crate) const PLAIN: Ebuild<'_> = Ebuild { eapi: "8", slot: "0", rest: "" };

impl Ebuild<'_> {
    pub(crate) fn text(&self) -> String {
        let Self { eapi, slot, rest } = self;
        format!(
            "# Copyright\n\nEAPI={eapi}\n\nDESCRIPTION=\"Says hello\"\nHOMEPAGE=\"https://example.org\"\n\
             SRC_URI=\"https://example.org/${{P}}.tar.gz\"\n\nLICENSE=\"MIT\"\nSLOT=\"{slot}\"\nKEYWORDS=\"amd64\"\n\
             \n{rest}\nsrc_install() {{\n\tnewinitd \"${{FILESDIR}}\"/hello.initd hello\n}}\n"
        )
    }
}

impl Place {
    pub(crate) fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        place.put("up/profiles/repo_name", "gentoo\n");
        place.put("up/metadata/layout.conf", "masters =\n");
        place.put("up/app-misc/hello/files/hello.initd", "#!/sbin/openrc-run\ncommand=hello\n");
        place.put("up/app-misc/hello/metadata.xml", "<pkgmetadata/>\n");
        place.put("fix.patch", FIX);
        place.put(".dist", "");
        let (said, status) = place.run("new local --name local");
        assert_eq!(status, 0, "{said}");
        place
    }

    pub(crate) fn put(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.0.path().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub(crate) fn has(&self, path: &str) -> bool {
        self.0.path().join(path).exists()
    }

    pub(crate) fn upstream(&self, version: &str, ebuild: &Ebuild<'_>) {
        self.put(&format!("up/app-misc/hello/hello-{version}.ebuild"), &ebuild.text());
    }

    /// A distfile with an entry in the Manifest and in the cache.
    pub(crate) fn source(&self, version: &str, main: &str) {
        let folder = self.0.path().join(format!("src/hello-{version}"));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("main.c"), main).unwrap();
        self.archive(version);
    }

    pub(crate) fn archive(&self, version: &str) {
        let dist = self.0.path().join("dist");
        fs::create_dir_all(&dist).unwrap();
        let name = format!("hello-{version}.tar.gz");
        let (to, from) = (dist.join(&name), self.0.path().join("src"));
        let folder = format!("hello-{version}");
        let tar = Command::new("tar").arg("czf").arg(to).arg("-C").arg(from).arg(folder).status();
        assert!(tar.unwrap().success());
        let manifest = self.0.path().join("up/app-misc/hello/Manifest");
        let mut text = fs::read_to_string(&manifest).unwrap_or_default();
        text.push_str(&self.entry(&name));
        fs::write(manifest, text).unwrap();
        let cache = format!("up/metadata/md5-cache/app-misc/hello-{version}");
        self.put(&cache, &format!("EAPI=8\nSRC_URI=https://example.org/{name}\n"));
    }

    /// The entry of a distfile, as it is.
    pub(crate) fn entry(&self, name: &str) -> String {
        let path = self.0.path().join("dist").join(name);
        let sum = Command::new("sha512sum").arg(&path).output().unwrap().stdout;
        let sum = String::from_utf8(sum).unwrap().split(' ').next().unwrap().to_owned();
        format!("DIST {name} {} SHA512 {sum}\n", fs::metadata(&path).unwrap().len())
    }

    /// Runs `overlay` in the folder: what it says, and its status.
    pub(crate) fn run(&self, args: &str) -> (String, i32) {
        let output = Command::new(env!("CARGO_BIN_EXE_portage-config"))
            .arg("overlay")
            .args(args.split_whitespace())
            .current_dir(self.0.path())
            .output()
            .unwrap();
        let text = [output.stdout, output.stderr].concat();
        (String::from_utf8(text).unwrap(), output.status.code().unwrap())
    }

    pub(crate) fn fork(&self, more: &str) {
        let (said, status) = self.run(&format!("fork app-misc/hello --from ./up --repo local {more}"));
        assert_eq!(status, 0, "{said}");
    }

    pub(crate) fn status(&self, more: &str) -> (String, i32) {
        self.run(&format!("status --from ./up --repo local {more}"))
    }

    pub(crate) fn update(&self, more: &str) -> (String, i32) {
        self.run(&format!("update --from ./up --repo local {more}"))
    }

    /// All files of the overlay with their texts.
    pub(crate) fn all(&self) -> Vec<(String, Vec<u8>)> {
        let mut all = Vec::new();
        let mut open = vec![self.0.path().join("local")];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    all.push((path.to_string_lossy().into_owned(), fs::read(path).unwrap()));
                }
            }
        }
        all.sort();
        all
    }
}
