use std::os::unix::fs::symlink;
use std::path::Path;

use super::*;

fn put(dir: &Path, path: &str, text: &[u8]) {
    let path = dir.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn open(dir: &Path) -> (EbuildRepository, Report) {
    let mut report = Report::new();
    let repository = EbuildRepository::open(Root::open(dir).unwrap(), &mut report).unwrap();
    (repository, report)
}

fn said(report: &Report) -> Vec<String> {
    report.diagnostics.iter().map(|d| format!("{} {}", d.code.id, d.message)).collect()
}

#[test]
fn an_odd_layout_is_read_as_portage_does() {
    let dir = tempfile::tempdir().unwrap();
    let text = b"# c\n masters=a  b\nnothing\n= x\nthin-manifests = TRUE\nuse-manifests = maybe\nsign-manifests = yes\n\
        manifest-hashes = sha512 crc\nmasters =\nmanifest-required-hashes = sha512\nkey = v = w\nbin\xffary = 1\n";
    put(dir.path(), "metadata/layout.conf", text);
    put(dir.path(), "profiles/repo_name", b"\xff\n");
    let (repository, report) = open(dir.path());
    let layout = repository.layout();
    assert_eq!(layout.masters, Some(Vec::new()));
    assert!(layout.thin_manifests && !layout.sign_manifests);
    assert_eq!(layout.use_manifests, UseManifests::True);
    assert_eq!(layout.manifest_required_hashes, ["SHA512"]);
    assert_eq!(layout.other[0], ("key".into(), "v = w".into()));
    assert_eq!(
        said(&report),
        [
            "O022 `\u{fffd}` is no name of a repository",
            "O020 `nothing` is no `key = value`",
            "O020 `= x` is no `key = value`",
            "O021 `maybe` is no value of `use-manifests`",
            "O021 `yes` is no value of `sign-manifests`",
            "O021 `CRC` in `manifest-hashes` is no hash that Portage computes",
        ]
    );
}

#[test]
fn strange_packages_are_reported_and_never_followed() {
    let outside = tempfile::tempdir().unwrap();
    put(outside.path(), "secret", b"secret");
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    put(at, "a-b/file", b"");
    put(at, "a-b/c/c-1.0.ebuild", b"EAPI=8\n");
    put(at, "a-b/c/c-1.0-r0.ebuild", b"EAPI=8\n");
    put(at, "a-b/c/d-1.ebuild", b"EAPI=8\n");
    put(at, "a-b/c/files/sub/x", b"x");
    put(at, "a-b/d/d-1.ebuild", b"EAPI=8\n");
    put(at, "a-b/d/files", b"no folder");
    put(at, "a-b/not a name/x-1.ebuild", b"");
    symlink(outside.path().join("secret"), at.join("a-b/c/files/abs")).unwrap();
    symlink("../../../../../../etc/passwd", at.join("a-b/c/files/rel")).unwrap();
    symlink("sub/x", at.join("a-b/c/files/in")).unwrap();
    symlink(outside.path(), at.join("a-b/c/files/folder")).unwrap();
    symlink(outside.path().join("secret"), at.join("a-b/c/metadata.xml")).unwrap();
    symlink("loop", at.join("a-b/c/files/loop")).unwrap();
    let (repository, mut report) = open(at);
    let names: Vec<String> = repository.packages().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(names, ["a-b/c", "a-b/d"]);
    assert!(repository.package(&Cpn::parse("a-b/file").unwrap(), &mut report).unwrap().is_none());
    assert!(repository.package(&Cpn::parse("a-b/none").unwrap(), &mut report).unwrap().is_none());
    let c = repository.package(&Cpn::parse("a-b/c").unwrap(), &mut report).unwrap().unwrap();
    let d = repository.package(&Cpn::parse("a-b/d").unwrap(), &mut report).unwrap().unwrap();
    assert_eq!((c.ebuilds.len(), d.ebuilds.len(), d.files.len()), (1, 1, 0));
    assert_eq!(c.metadata, None, "nothing from outside is read");
    let files: Vec<&str> = c.files.keys().map(RelPath::as_str).collect();
    assert_eq!(files, ["abs", "folder", "in", "loop", "rel", "sub/x"]);
    let mut said = said(&report);
    said.sort();
    assert_eq!(
        said,
        [
            "O023 `c-1.0.ebuild` is the same version as `c-1.0-r0.ebuild`",
            "O024 `d-1.ebuild` is no ebuild of `a-b/c`",
            "O025 `a-b/file` is a file, and no package",
            "O025 `files` is no folder",
            "O026 the link `files/abs` leads out of the repository",
            "O026 the link `files/folder` leads out of the repository",
            "O026 the link `files/rel` leads out of the repository",
            "O026 the link `metadata.xml` leads out of the repository",
        ]
    );
}

#[test]
fn metadata_is_read_and_its_mistakes_are_all_told() {
    let path = RelPath::parse("metadata.xml").unwrap();
    let read = |text: &[u8]| {
        let mut report = Report::new();
        let metadata = Metadata::read(text, &mut report.text(&path, text));
        (metadata, said(&report))
    };
    let text = br#"<?xml version="1.0"?><!DOCTYPE pkgmetadata SYSTEM "x"><pkgmetadata>
        <maintainer type="person" proxied="yes"><email>a@b</email><name>A &amp; B</name></maintainer>
        <maintainer><name>n</name></maintainer><odd/>
        <use><flag name="x">with <pkg>a/b</pkg>
          support</flag><flag/></use>
        <upstream><remote-id type="github">a/b</remote-id><bugs-to>u</bugs-to></upstream></pkgmetadata>"#;
    let (metadata, said) = read(text);
    let metadata = metadata.unwrap();
    assert_eq!(metadata.maintainers[0].name.as_deref(), Some("A & B"));
    assert_eq!(metadata.flags["x"], "with a/b support");
    assert_eq!(metadata.upstream.remote_ids, [("github".to_owned(), "a/b".to_owned())]);
    assert_eq!(
        said,
        [
            "O027 a `maintainer` has no type",
            "O027 a `maintainer` has no `email`",
            "O027 `odd` is nothing that a `pkgmetadata` holds",
            "O027 a `flag` has no name",
        ]
    );
    let bomb = {
        let mut text = String::from("<!DOCTYPE x [<!ENTITY a0 \"aaaaaaaaaa\">");
        for at in 1..40 {
            text += &format!("<!ENTITY a{at} \"{}\">", format!("&a{};", at - 1).repeat(10));
        }
        text + "]><pkgmetadata>&a39;</pkgmetadata>"
    };
    for bad in [&b""[..], b"\xff", b"<pkgmetadata>", b"<a/>", b"<pkgmetadata/><b/>", bomb.as_bytes()] {
        let (metadata, said) = read(bad);
        assert!(metadata.is_none() && said.len() == 1, "{said:?}");
    }
}

proptest::proptest! {
    #[test]
    fn any_metadata_is_written_so_that_it_reads_back(name in "[^\\s\\p{C}]{1,8}( [^\\s\\p{C}]{1,8}){0,2}", flag in "[a-z]{1,5}") {
        let mut metadata = Metadata::default();
        let mut maintainer = Maintainer::new(MaintainerType::Project, "x@y");
        maintainer.name = Some(name.clone());
        metadata.maintainers.push(maintainer);
        metadata.flags.insert(flag, name);
        let (path, mut report) = (RelPath::parse("metadata.xml").unwrap(), Report::new());
        let text = metadata.to_xml();
        let back = Metadata::read(text.as_bytes(), &mut report.text(&path, text.as_bytes()));
        proptest::prop_assert_eq!(back, Some(metadata));
    }
}

#[test]
fn entries_are_read_as_portage_reads_them() {
    let entry = CacheEntry::parse(b"SLOT=0\nDESCRIPTION=a=b\nSLOT=1/2\nX=y\nIUSE=").unwrap();
    assert_eq!((entry.slot(), entry.sub_slot()), (Some("1"), Some("2")), "the last holds");
    assert_eq!(entry.get(Field::Description), Some("a=b"));
    assert_eq!((entry.get(Field::Iuse), entry.eapi()), (Some(""), Some("0")));
    assert!(entry.is_live() && entry.is_complete());
    assert!(CacheEntry::parse(b"").unwrap().slot() == Some(""));
    assert!(CacheEntry::parse(b"SLOT=0\nno line\n").is_none());
    assert!(CacheEntry::parse(b"DESCRIPTION=\xff\n").unwrap().get(Field::Description) == Some("\u{fffd}"));
    for field in Field::ALL {
        let entry = CacheEntry::parse(format!("A=\n{}=x y\nB=\n", field.name()).as_bytes()).unwrap();
        assert_eq!(entry.get(field), Some("x y"), "{}", field.name());
    }
}

#[test]
fn without_an_entry_the_ebuild_says_what_it_can() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    let plain = b"EAPI=8\nDESCRIPTION=\"of ${PN}\"\nSLOT=\"0/${PV}\"\nKEYWORDS=\"~x86\n\tamd64\"\nIUSE=\"+a\"\nIUSE+=\" b\"\n";
    put(at, "a-b/c/c-1.2-r1.ebuild", plain);
    put(at, "a-b/c/c-2.ebuild", b"EAPI=7\ninherit x\nSLOT=0\nIUSE=a\nKEYWORDS=$(echo x86)\n");
    let live = b"EAPI=8\nif [[ ${PV} == 9999 ]]; then\n\tinherit git-r3\nelse\n\tKEYWORDS=x86\nfi\nSLOT=0\n";
    put(at, "a-b/c/c-9999.ebuild", live);
    put(at, "a-b/c/c-3.ebuild", b"EAPI=8\nKEYWORDS=x86\n");
    put(at, "metadata/md5-cache/a-b/c-3", b"EAPI=8\nKEYWORDS=amd64\nSLOT=3\n");
    put(at, "metadata/md5-cache/a-b/c-4", b"EAPI=8\nSLOT=4\n");
    put(at, "a-b/d/metadata.xml", b"");
    let (repository, _) = open(at);
    let cpn = Cpn::parse("a-b/c").unwrap();
    let names: Vec<String> = repository.cached_packages().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(names, ["a-b/c", "a-b/d"]);
    let versions: Vec<String> = repository.cached(&cpn).unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(versions, ["1.2-r1", "2", "3", "9999"]);
    assert_eq!(repository.cached(&Cpn::parse("a-b/none").unwrap()).unwrap(), []);
    let entry = |version: &str| {
        let version = crate::vocab::Version::parse(version).unwrap();
        repository.cached_entry(&cpn, &version).unwrap()
    };
    let one = entry("1.2-r1").unwrap();
    assert_eq!(one.get(Field::Description), Some("of c"));
    assert_eq!((one.slot(), one.sub_slot(), one.eapi()), (Some("0"), Some("1.2"), Some("8")));
    assert_eq!(one.get(Field::Keywords), Some("~x86 amd64"));
    assert_eq!(one.get(Field::Iuse), Some("+a b"));
    assert_eq!(one.get(Field::Rdepend), Some(""));
    assert!(!one.is_complete(), "nobody knows its phases");
    let two = entry("2").unwrap();
    assert_eq!((two.slot(), two.get(Field::Iuse), two.get(Field::Keywords)), (Some("0"), None, None));
    assert_eq!((two.get(Field::Inherit), two.get(Field::License)), (Some("x"), None));
    let live = entry("9999").unwrap();
    assert_eq!((live.get(Field::Keywords), live.is_live()), (None, false), "a condition decides");
    assert_eq!(entry("3").unwrap().slot(), Some("3"), "the entry goes before the text");
    assert!(entry("5").is_none());
    put(at, "metadata/layout.conf", b"cache-formats = pms\n");
    let (repository, _) = open(at);
    let three = crate::vocab::Version::parse("3").unwrap();
    assert_eq!(repository.cached_entry(&cpn, &three).unwrap().unwrap().get(Field::Keywords), Some("x86"));
}

#[test]
fn references_that_do_not_end_are_a_mistake() {
    let mut text = String::from("[DEFAULT]\na0 =\n");
    for at in 1..9 {
        text += &format!("a{at} = {}\n", format!("%(a{})s", at - 1).repeat(50));
    }
    for (text, key) in
        [(text + "[x]\nlocation = %(a8)s\n", "doubles"), ("[x]\na = %(b)s\nb = %(a)s\n".into(), "end")]
    {
        let mut conf = ReposConf::default();
        conf.add_text("etc/portage/repos.conf", text.as_bytes());
        assert!(conf.verify().unwrap_err().to_string().contains(key), "{text}");
    }
    let mut conf = ReposConf::default();
    conf.add_text("etc/portage/repos.conf", b"[x]\na = 50%%\nb = %(A)s%(root)s\n");
    assert_eq!(conf.get("x", "b").unwrap().as_deref(), Some("50%/"));
    assert_eq!(conf.get("x", "c").unwrap(), None);
    assert_eq!(conf.get("y", "a").unwrap(), None);
}
