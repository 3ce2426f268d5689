mod moved;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use super::*;
use crate::config::{Body, Bytes, Config, File, Own};
use crate::file::{find, named};
use crate::model::Model;
use crate::report::Report;
use crate::root::Root;
use crate::syntax;
use crate::template::Templates;
use crate::vocab::Text;

fn rel(path: &str) -> RelPath {
    RelPath::parse(path).unwrap()
}

fn model(path: &str, text: &str) -> Model {
    let kind = find(&rel(path)).unwrap();
    syntax::read(&kind.grammar, text.as_bytes(), &mut Report::new().file(&rel(path)))
}

fn file(path: &str, text: &str) -> (RelPath, File) {
    (rel(path), File::model_of(find(&rel(path)).unwrap(), model(path, text)))
}

fn raw(path: &str, text: &str) -> (RelPath, File) {
    (rel(path), File::new(find(&rel(path)), Body::Text(Bytes(text.as_bytes().to_vec()))))
}

fn body(path: &str, body: Body) -> (RelPath, File) {
    (rel(path), File::new(None, body))
}

fn put(dir: &Path, path: &str, text: &str) {
    let path = dir.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o644)).unwrap();
}

fn changes(dir: &Path, files: Vec<(RelPath, File)>) -> Vec<Change> {
    let mut report = Report::new();
    let config = Config { files: files.into_iter().collect() };
    let changes = diff(&config, &Templates::builtin(), &Root::open(dir).unwrap(), &mut report);
    assert!(report.diagnostics.is_empty(), "{report:?}");
    changes
}

fn listed(changes: &[Change]) -> Vec<String> {
    let list = |words: &Option<Vec<String>>| words.as_ref().map_or("-".to_owned(), |w| w.join(" "));
    let mut all = Vec::new();
    for change in changes {
        all.push(format!("{:?} {}", change.op, change.path));
        for m in &change.meaning {
            let secret = if m.secret { " (secret)" } else { "" };
            all.push(format!("  {}: {} => {}{secret}", m.key, list(&m.before), list(&m.after)));
        }
    }
    all
}

const USE: &str = "etc/portage/package.use/a";

#[test]
fn all_operations() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    put(dir, USE, "# mine\napp/a x y\n\napp/b z\napp/c -*  w\n");
    put(dir, "etc/portage/package.mask", "app/old\n");
    put(dir, "etc/gone", "x");
    put(dir, "etc/once", "x");
    put(dir, "etc/free", "x");
    put(dir, "etc/mode", "x");
    put(dir, "etc/same", "x");
    symlink("/old", dir.join("etc/link")).unwrap();
    symlink("/same", dir.join("etc/link-same")).unwrap();
    fs::create_dir(dir.join("etc/dir-same")).unwrap();
    let mut once = raw("etc/once", "y");
    once.1.own = Own::Once;
    let mut new_once = raw("etc/once-new", "y");
    new_once.1.own = Own::Once;
    let mut mode = raw("etc/mode", "x");
    mode.1.mode = Some(0o600);
    let changes = changes(
        dir,
        vec![
            file(USE, "app/a y x\napp/b z q\napp/c w -*\napp/d VIDEO_CARDS: intel\n"),
            file("etc/portage/package.mask/new", "app/new\n"),
            body("etc/gone", Body::Absent),
            body("etc/never", Body::Absent),
            once,
            new_once,
            body("etc/free", Body::HandsOff),
            mode,
            raw("etc/same", "x"),
            body("etc/link", Body::Link("/new".into())),
            body("etc/link-same", Body::Link("/same".into())),
            body("etc/link-new", Body::Link("/x".into())),
            body("etc/dir", Body::Dir),
            body("etc/dir-same", Body::Dir),
        ],
    );
    insta::assert_snapshot!(listed(&changes).join("\n"), @r"
    Mkdir etc/dir
    Remove etc/gone
    Symlink etc/link
    Symlink etc/link-new
    Chmod etc/mode
    Create etc/once-new
    Mkdir etc/portage/package.mask
      app/old:  => -
    Create etc/portage/package.mask/new
      app/new: - => 
    Update etc/portage/package.use/a
      app/b: z => z q
      app/c: -* w => w -*
      app/d.VIDEO_CARDS: - => intel
    ");
    let update = changes.iter().find(|c| c.path == rel(USE)).unwrap();
    insta::assert_snapshot!(update.unified(), @r"
    --- a/etc/portage/package.use/a
    +++ b/etc/portage/package.use/a
    @@ -1,5 +1,6 @@
     # mine
    -app/a x y
    +app/a y x
     
    -app/b z
    -app/c -*  w
    +app/b z q
    +app/c w -*
    +app/d VIDEO_CARDS: intel
    ");
}

#[test]
fn what_means_nothing_is_no_change() {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), USE, "# mine\n\n\tapp/a   x\ty\n");
    put(dir.path(), "etc/portage/make.conf", "# mine\nUSE='a b'\nCFLAGS=-O2\n");
    let files =
        vec![file(USE, "app/a x y\n"), file("etc/portage/make.conf", "USE=\"a b\"\nCFLAGS=\"-O2\"\n")];
    assert_eq!(listed(&changes(dir.path(), files)), Vec::<String>::new());
}

#[test]
fn files_behind_links() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    put(dir, "home/dot", "app/a x\n");
    fs::create_dir_all(dir.join("etc/portage/package.use")).unwrap();
    symlink("/home/dot", dir.join(USE)).unwrap();
    assert!(changes(dir, vec![file(USE, "app/a x\n")]).is_empty(), "read through the link");
    let changed = changes(dir, vec![file(USE, "app/a y\n")]);
    assert_eq!(listed(&changed), ["Update etc/portage/package.use/a", "  app/a: x => y"]);
    assert!(matches!(changed[0].before, Some(Node::Symlink { .. })));
    fs::remove_file(dir.join("home/dot")).unwrap();
    let dangling = changes(dir, vec![file(USE, "app/a y\n")]);
    assert_eq!(listed(&dangling), ["Update etc/portage/package.use/a", "  app/a: - => y"]);
}

#[test]
fn a_mode_is_compared_where_it_matters() {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), USE, "app/a x\n");
    let set = |path: &str, mode| {
        fs::set_permissions(dir.path().join(path), fs::Permissions::from_mode(mode)).unwrap();
    };
    set(USE, 0o600);
    let token = "token = \"x\"\n";
    for (path, text, modes) in [
        // Nobody else reads it.
        (
            "etc/sccache/server.toml",
            format!("[scheduler_auth]\n{token}"),
            [(0o644, 0o600), (0o640, 0o600), (0o400, 0o400)],
        ),
        // Portage's builds do.
        (
            "etc/sccache/client.toml",
            format!("[dist.auth]\n{token}"),
            [(0o644, 0o640), (0o600, 0o640), (0o440, 0o440)],
        ),
        // Everybody does.
        (
            "etc/portage/repos.conf",
            "[a]\nsync-uri = https://u:p@h/x\n".to_owned(),
            [(0o600, 0o644), (0o640, 0o644), (0o444, 0o444)],
        ),
    ] {
        put(dir.path(), path, &text);
        for (mode, wanted) in modes {
            set(path, mode);
            let changes = changes(dir.path(), vec![file(path, &text), file(USE, "app/a x\n")]);
            let after = changes.iter().map(|change| (change.op, change.after.clone()));
            let expected = (mode != wanted).then(|| {
                (Op::Chmod, Some(Node::File { bytes: Bytes(text.clone().into_bytes()), mode: wanted }))
            });
            assert!(after.eq(expected), "{path} {mode:o}: {changes:?}");
        }
    }
}

#[test]
fn secrets_are_shown_nowhere() {
    let dir = tempfile::tempdir().unwrap();
    let (conf, repos) = ("etc/portage/make.conf", "etc/portage/repos.conf");
    put(dir.path(), conf, "# was old\\\"secret\nA=\"old\\\"secret\"\nB=\"x\"\n");
    put(dir.path(), repos, "[a]\nsync-uri = https://me:oldpass@h/x\nsync-type = git\n");
    let mut wanted = model(conf, "A=\"x\"\nB=\"y\"\n");
    if let Model::Vars(vars) = &mut wanted
        && let crate::model::Statement::Assign(assign) = &mut vars.statements[0]
    {
        assign.value = crate::vocab::Word::literal("new$ecret").into_secret(true);
    }
    let mut token = model(repos, "[a]\nsync-uri = https://me:newpass@h/x\nsync-type = plaintoken\n");
    if let Model::Ini(ini) = &mut token {
        ini.sections[0].keys[1].value = Text::secret("plaintoken");
    }
    let mut filled = raw("etc/token", "filled");
    filled.1.secret = true;
    put(dir.path(), "etc/token", "before");
    let changes = changes(
        dir.path(),
        vec![
            (rel(conf), File::model_of(named("make.conf").unwrap(), wanted)),
            (rel(repos), File::model_of(named("repos.conf").unwrap(), token)),
            filled,
        ],
    );
    assert_eq!(changes.len(), 3);
    let mut shown = listed(&changes).join("\n");
    for change in &changes {
        shown += &change.unified();
        shown += &format!("{change:?}");
        shown += &serde_json::to_string(&change.view(None::<()>)).unwrap();
    }
    for secret in [
        "secret",
        "ecret\"",
        "ecret'",
        "$ecret",
        "oldpass",
        "newpass",
        "plaintoken",
        "filled",
        "before,",
        "-before",
    ] {
        let shown = shown
            .replace("(secret)", "")
            .replace("\"secret\":", "")
            .replace("secret: ", "")
            .replace("a secret", "");
        assert!(!shown.contains(secret), "{secret}:\n{shown}");
    }
    assert!(shown.contains("+B=\"y\""), "{shown}");
}

#[test]
fn programs_get_this() {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), USE, "app/a x\n");
    let changes = changes(dir.path(), vec![file(USE, "app/a x y\napp/b z\n")]);
    let json = serde_json::to_string_pretty(&changes[0].view(None::<()>)).unwrap();
    insta::assert_snapshot!(json, @r#"
    {
      "path": "etc/portage/package.use/a",
      "op": "update",
      "node": "file",
      "kind": "package.use",
      "conflict": null,
      "meaning": [
        {
          "key": "app/a",
          "before": [
            "x"
          ],
          "after": [
            "x",
            "y"
          ],
          "happened": "changed",
          "same": false
        },
        {
          "key": "app/b",
          "before": null,
          "after": [
            "z"
          ],
          "happened": "added",
          "same": false
        }
      ]
    }
    "#);
}

#[test]
fn control_characters_reach_no_terminal() {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), "etc/x", "a\x1b[31m\u{9b}b\n");
    let changes = changes(dir.path(), vec![raw("etc/x", "c\td\r\n")]);
    assert_eq!(
        changes[0].unified(),
        "--- a/etc/x\n+++ b/etc/x\n@@ -1 +1 @@\n-a\\u{1b}[31m\\u{9b}b\n+c\td\\r\n"
    );
}

#[test]
fn a_file_without_lines_has_none_to_show() {
    let dir = tempfile::tempdir().unwrap();
    let changes = changes(dir.path(), vec![raw("etc/x", "")]);
    assert_eq!((changes[0].op, changes[0].unified().as_str()), (Op::Create, ""));
}

#[test]
fn what_cannot_be_read_is_reported_and_the_rest_compared() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("etc")).unwrap();
    symlink("loop", dir.path().join("etc/loop")).unwrap();
    let mut report = Report::new();
    let config = Config { files: [raw("etc/loop/x", "x"), raw("etc/y", "y")].into_iter().collect() };
    let root = Root::open(dir.path()).unwrap();
    let changes = diff(&config, &Templates::builtin(), &root, &mut report);
    assert_eq!(listed(&changes), ["Create etc/y"]);
    assert_eq!(report.diagnostics.len(), 1);
    assert_eq!(report.diagnostics[0].code.id, "F003");
}
