use super::*;
use crate::config::Bytes;

fn imported(path: &str, text: &str) -> Imported {
    let mut tree = Tree::new();
    tree.insert(RelPath::parse(path).unwrap(), Node::File { bytes: Bytes(text.into()), mode: 0o644 });
    import(&tree, "this", &mut Report::new())
}

#[test]
fn each_comment_is_said_once() {
    for (path, text) in [
        ("package.use", "a/b x\n# one\nc/d y\n"),
        ("package.use", "a/b x\r\n\t# one\r\nc/d y  # two\r\n"),
        ("package.mask", "# zero\na/b\n# one\n# two\nc/d\n"),
        ("make.conf", "A=1\n# one\nB=2 # two\n\n# three\nC=3\n"),
        ("make.conf", "A=1\n\n# one\n\n# two\nB=2\n# three\n"),
        ("repos.conf", "# zero\n[a]\n# one\nx = 1\n# two\n[b]\ny = 1\n; three\nz = 2\n"),
        ("color.map", "NORMAL = green\n# one\nGOOD = red\n"),
        ("modules", "a.b = c\n# one\nd.e = f\n"),
        ("/etc/fstab", "proc /proc proc defaults 0 0\n# one\nsys /sys sysfs defaults 0 0\n"),
    ] {
        let path = path.strip_prefix('/').map_or_else(|| format!("etc/portage/{path}"), str::to_owned);
        let imported = imported(&path, text);
        assert_eq!(imported.files.first().map(|file| file.how), Some(How::Entries), "{}", imported.spec);
        for word in ["zero", "one", "two", "three"] {
            assert_eq!(imported.spec.matches(word).count(), text.matches(word).count(), "{}", imported.spec);
        }
    }
}

#[test]
fn credentials_in_comments_are_not_said() {
    for (path, text) in [
        ("make.conf", "A=1\n# GENTOO_MIRRORS=\"https://me:hunter2@mirror/\"\nB=2\n"),
        ("make.conf", "A=1  # https://me:hunter2@mirror/\n"),
        ("make.conf", "# https://me:hunter2@mirror/\n\nA=1\n"),
        ("repos.conf", "[a]\nx = 1\n\n# sync-uri = https://me:hunter2@host/\n\n# more\n"),
        ("/etc/fstab", "proc /proc proc defaults 0 0\n# //a /b cifs ro,password=hunter2 0 0\n"),
        ("/etc/ugrd/config.toml", "[a]\n# https://me:hunter2@host/\nb = 1\n"),
    ] {
        let path = path.strip_prefix('/').map_or_else(|| format!("etc/portage/{path}"), str::to_owned);
        let imported = imported(&path, text);
        assert!(!imported.spec.contains("hunter2"), "{}", imported.spec);
        let path = RelPath::parse(&path).unwrap();
        assert!(
            matches!(imported.tree.nodes.get(&path), Some(Node::File { bytes, .. }) if bytes.0 == text.as_bytes())
        );
        assert_eq!(imported.files.first().map(|file| file.how), Some(How::File));
    }
}
