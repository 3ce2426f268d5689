//! Random files of each language.

use proptest::prelude::*;
use proptest::sample::select;

/// Lines that real files are made of, and some that they should not.
fn lines(kind: &'static str) -> impl Strategy<Value = String> {
    let pieces: Vec<&str> = match kind {
        "package.use" => vec![
            "a/b x -y",
            "a/b",
            "a/c VIDEO_CARDS: intel",
            "a/c z L10N: de en",
            "*/* -*",
            "a/b x y # why",
            "a/d qt5#",
            "a/d L10N: de L10N: en",
            "a/e x\tz",
            "a/e\u{a0}x",
            ">=a/f-1:2::r u",
            "a/g x \\",
            "!a/h i",
            "a/i +x",
            "a/j video_cards: -* X",
            "=======",
            "a/k ${X}",
            "a/l L10N:",
            "a/m @{x}",
        ],
        "package.accept_keywords" => vec![
            "a/b",
            "a/c ~amd64",
            "a/d **",
            "=a/e-1 -* x86",
            "a/f amd64 # c",
            "a/f arm",
            "nonsense",
            "*/*::r ~*",
        ],
        "package.mask" => vec![">=a/b-2", "a/c", "-a/d", "*/*::r", "a/e x", "# a", "a/b[x]", "@set"],
        "make.conf" => vec![
            "A=\"1\"",
            "B=\"${A} 2\"",
            "USE=\"a\n  b\n\n c\"",
            "C='$A'",
            "D=\"\\${E}\"",
            "export F=x",
            "A=\"2\" # c",
            "G=\"$(x)\"",
            "H=a#b",
            "I=\"don't\"",
            "J=\"\"",
            "source x",
            "K=\"@{x}\"",
            "MAKEOPTS=\"-j 4 --load-average=3 -l2\"",
            "L=\"a  b \"",
            "M=\"\\\"q\\\" \\\\ ${A:-b}\"",
            "N=\u{e9}",
            "FEATURES=\"-a b\"",
            "if x",
            "O = \"p\"",
        ],
        "repos.conf" => vec![
            "[gentoo]",
            "location = /x",
            "auto-sync=yes",
            "priority: 50",
            "sync-uri = https://%%a/",
            "[DEFAULT]",
            "main-repo = gentoo",
            "; c",
            "[b]",
            "  more",
            "X = Y",
            "key",
            "auto-sync = No",
            "sync-uri = %(EROOT)s/x",
            "masters =",
        ],
        "fstab" => vec![
            "/dev/a / ext4 noatime 0 1",
            "UUID=1 none swap sw 0 0",
            "/dev/b none swap sw",
            "LABEL=x\\040y /m auto",
            "a /b c d e f g",
            "/dev/c /c ext4 defaults 0 0",
            "/dev/c /c ext4 rw",
            "x",
            "h:/s /n nfs rw,_netdev",
        ],
        _ => vec![
            "modules = [\"a\"]",
            "x = 1",
            "[t]",
            "y = \"z\"",
            "[t.u]",
            "[[v]]",
            "add = 1",
            "remove = [1]",
            "k = '@{x}'",
            "d = 2020-01-01",
            "\"q r\" = {a = 1}",
            "f = 1.5",
        ],
    };
    prop_oneof![
        6 => select(pieces).prop_map(str::to_owned),
        1 => Just("# a comment ".to_owned()),
        1 => Just("#".to_owned()),
        2 => Just(String::new()),
    ]
}

pub(crate) fn text(kind: &'static str) -> impl Strategy<Value = String> {
    let end = prop_oneof![12 => Just("\n"), 1 => Just("\r\n"), 1 => Just("\n\n")];
    (prop::collection::vec((lines(kind), end), 0..9), any::<bool>()).prop_map(|(lines, cut)| {
        let text: String = lines.into_iter().map(|(line, end)| line + end).collect();
        if cut { text.trim_end_matches('\n').to_owned() } else { text }
    })
}
