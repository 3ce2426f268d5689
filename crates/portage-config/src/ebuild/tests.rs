//! Tables, laws, and hostile texts.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

mod limits;

fn patched(text: &str) -> Result<String, String> {
    let ebuild = Ebuild::parse(text.as_bytes());
    let bytes = ebuild.add_patches(&["new.patch"]).map_err(|e| e.to_string())?;
    Ok(String::from_utf8(bytes).unwrap())
}

/// What differs: `-` and `+` lines.
fn change(text: &str) -> String {
    match patched(text) {
        Err(error) => error,
        Ok(after) => similar::TextDiff::from_lines(text, after.as_str())
            .iter_all_changes()
            .filter(|change| change.tag() != similar::ChangeTag::Equal)
            .map(|change| format!("{}{}\n", change.tag(), change.value().trim_end_matches('\n')))
            .collect(),
    }
}

#[test]
fn what_is_assigned_when() {
    let text = r##"# Copyright
EAPI="8" # the newest
inherit autotools ${COMPAT} \
	flag-o-matic
PATCHES=( # first
	"${FILESDIR}"/a.patch # one
	${FILESDIR}/b.patch
)
[[ ${PV} == 9999 ]] && PATCHES+=( c )
if use_if_iuse x; then PATCHES=( d ); fi
cat <<-"EOF" || PATCHES=f
	PATCHES=( in-a-document )
	EOF
PATCHES=e make -j1 'PATCHES=(' "PATCHES=($(echo "PATCHES=(")" # PATCHES=(
src_prepare() {
	local PATCHES=( g )
	case ${x} in
		a|"b)") PATCHES+=( h ) ;;
		*) echo $'it\'s' "${y:-don't}" "${z//'}'/x}" ;;
	esac
	echo $(( 1 << 2 )) $# a#b
	PATCHES+=( i ) default
}
export IUSE="+a -b" SLOT=0/1
"##;
    let ebuild = Ebuild::parse(text.as_bytes());
    assert_eq!(ebuild.problem(), None);
    assert_eq!(ebuild.eapi(), "8");
    assert_eq!(ebuild.inherit(), ["autotools", "${COMPAT}", "flag-o-matic"]);
    assert_eq!(ebuild.slot().as_deref(), Some("0/1"));
    assert_eq!(ebuild.iuse().as_deref(), Some("+a -b"));
    assert_eq!(ebuild.functions(), ["src_prepare"]);
    let said: Vec<String> = ebuild
        .patches()
        .iter()
        .map(|one| {
            let words = match &one.value {
                Written::Word(word) => vec![*word],
                Written::Array(words) => words.clone(),
            };
            let words: Vec<_> = words.into_iter().map(String::from_utf8_lossy).collect();
            format!("{}{} {:?}: {}", one.line, if one.append { "+" } else { "" }, one.when, words.join(" "))
        })
        .collect();
    insta::assert_snapshot!(said.join("\n"), @r#"
    5 Always: "${FILESDIR}"/a.patch ${FILESDIR}/b.patch
    9+ Perhaps: c
    10 Perhaps: d
    11 Perhaps: f
    16 In("src_prepare"): g
    18+ In("src_prepare"): h
    "#);
}

#[test]
fn the_eapi_is_that_of_the_first_line() {
    for (text, eapi) in [
        ("EAPI=8\n", "8"),
        ("# x\n\n \tEAPI='7'\n", "7"),
        ("EAPI=\"6\"  # six\n", "6"),
        ("EAPI=\"6\"# six\n", "0"),
        ("EAPI=6;\n", "0"),
        ("EAPI=\"6'\n", "0"),
        ("EAPI=\nEAPI=8\n", "0"),
        ("inherit a\nEAPI=8\n", "0"),
        ("", "0"),
    ] {
        assert_eq!(Ebuild::parse(text.as_bytes()).eapi(), eapi, "{text}");
    }
}

#[test]
fn patches_are_added_where_they_count() {
    let head = "EAPI=8\nSLOT=0\n";
    // In its own style.
    insta::assert_snapshot!(change(&format!("{head}PATCHES=( \"${{FILESDIR}}\"/a )\n")), @r#"
    -PATCHES=( "${FILESDIR}"/a )
    +PATCHES=( "${FILESDIR}"/a "${FILESDIR}"/new.patch )
    "#);
    insta::assert_snapshot!(change(&format!("{head}PATCHES=(\n    ${{FILESDIR}}/a # why\n    # last\n)\n")), @"+    ${FILESDIR}/new.patch");
    insta::assert_snapshot!(change(&format!("{head}PATCHES=(\n\t\"${{FILESDIR}}/a\"\n\t\"${{FILESDIR}}/b\")\n")), @r#"
    -	"${FILESDIR}/b")
    +	"${FILESDIR}/b"
    +	"${FILESDIR}/new.patch")
    "#);
    insta::assert_snapshot!(change(&format!("{head}PATCHES=()\n")), @r#"
    -PATCHES=()
    +PATCHES=( "${FILESDIR}"/new.patch )
    "#);
    insta::assert_snapshot!(change(&format!("{head}PATCHES=(\n)")), @r#"+	"${FILESDIR}"/new.patch"#);
    // One word.
    insta::assert_snapshot!(change(&format!("{head}PATCHES=\"${{FILESDIR}}/a\"\n")), @r#"
    -PATCHES="${FILESDIR}/a"
    +PATCHES="${FILESDIR}/a ${FILESDIR}/new.patch"
    "#);
    insta::assert_snapshot!(change(&format!("{head}PATCHES=${{FILESDIR}}/a")), @r#"
    -PATCHES=${FILESDIR}/a
    +PATCHES=${FILESDIR}/a
    +PATCHES+=" ${FILESDIR}/new.patch"
    "#);
    // Behind the condition of the last one.
    insta::assert_snapshot!(change(&format!("{head}PATCHES=( a )\nif true; then\n\tPATCHES+=( b )\nfi\nDOCS=x\n")), @r#"+PATCHES+=( "${FILESDIR}"/new.patch )"#);
    insta::assert_snapshot!(change(&format!("{head}true && PATCHES=( b ) && cat <<A\nA\nDOCS=x\n")), @r#"+PATCHES+=( "${FILESDIR}"/new.patch )"#);
    // Nobody says it, or functions add to it.
    insta::assert_snapshot!(change(&format!("{head}\n# Why.\nsrc_prepare() {{\n\tPATCHES+=( b )\n\tdefault\n}}\n")), @r#"
    +PATCHES=(
    +	"${FILESDIR}"/new.patch
    +)
    +
    "#);
    insta::assert_snapshot!(change("EAPI=8\ninherit a"), @r#"
    -inherit a
    +inherit a
    +
    +PATCHES=(
    +	"${FILESDIR}"/new.patch
    +)
    "#);
    // What is said outside is lost.
    insta::assert_snapshot!(change(&format!("{head}src_prepare() {{\n\tlocal PATCHES=( b )\n\tdefault\n}}\n")), @r#"
    -	local PATCHES=( b )
    +	local PATCHES=( b "${FILESDIR}"/new.patch )
    "#);
}

#[test]
fn patches_are_not_added_where_that_does_nothing_or_is_not_known() {
    let head = "EAPI=8\n";
    for (text, error) in [
        ("PATCHES=( a )\nsrc_prepare() {\n\teapply_user\n}\n", "calls neither `default`"),
        ("src_unpack() {\n\tPATCHES=( a )\n}\n", "`src_unpack` sets PATCHES anew"),
        ("src_prepare() {\n\ttrue && PATCHES=( a )\n\tdefault\n}\n", "`src_prepare` sets PATCHES anew"),
        ("PATCHES=a\nPATCHES+=( b )\n", "PATCHES is one word here"),
        ("PATCHES=( 'a )\n", "line 2: the end of a quote is missing"),
        ("PATCHES=( a\n", "line 2: the end of an array is missing"),
        ("cat <<A\n", "the end of a here-document is missing"),
        ("a() {\n", "its end is missing"),
        ("fi\n", "something ends that did not begin"),
    ] {
        let found = patched(&format!("{head}{text}")).unwrap_err();
        assert!(found.contains(error), "{text}{found}");
    }
    assert!(patched("PATCHES=( a )\n").unwrap_err().contains("EAPI 0 does not apply PATCHES"));
    assert!(patched("EAPI=5\ninherit base\nPATCHES=( a )\n").is_ok());
    let name = Ebuild::parse(b"EAPI=8\n").add_patches(&["$(rm).patch"]).unwrap_err();
    assert!(name.to_string().contains("is no name for a patch"));
}

#[test]
fn what_src_prepare_leads_to_counts() {
    let prepare = |body: &str| {
        let text =
            format!("EAPI=7\nsrc_prepare() {{\n{body}\n}}\nhelper() {{ again; }}\nagain() {{ default; }}\n");
        let found = Ebuild::parse(text.as_bytes()).prepare();
        (found.patches, found.user)
    };
    assert_eq!(prepare("default"), (true, true));
    assert_eq!(prepare("use x && cmake_src_prepare"), (true, true));
    assert_eq!(prepare("eapply -p0 -- \"${PATCHES[@]}\""), (true, false));
    assert_eq!(prepare("eapply \"${FILESDIR}\"/a; eapply_user"), (false, true));
    assert_eq!(prepare("multilib_foreach_abi helper"), (true, true));
    assert_eq!(prepare("# default\n:"), (false, false));
}

#[test]
fn keywords_are_set_alone() {
    let set = |text: &str| {
        let after = Ebuild::parse(text.as_bytes()).set_keywords("~x86");
        after.map(|bytes| String::from_utf8(bytes).unwrap()).map_err(|e| e.to_string())
    };
    assert_eq!(set("KEYWORDS='amd64 x86' # x\n").unwrap(), "KEYWORDS=\"~x86\" # x\n");
    assert_eq!(set("KEYWORDS='~x86'\n").unwrap(), "KEYWORDS='~x86'\n");
    assert_eq!(
        set("if a; then\n\tKEYWORDS=b\nfi\n").unwrap(),
        "if a; then\n\tKEYWORDS=b\nfi\nKEYWORDS=\"~x86\"\n"
    );
    assert_eq!(set("EAPI=8\nSLOT=0\nIUSE=\"\"").unwrap(), "EAPI=8\nSLOT=0\nKEYWORDS=\"~x86\"\nIUSE=\"\"");
    assert_eq!(set("KEYWORDS=a\nKEYWORDS=b\n").unwrap(), "KEYWORDS=a\nKEYWORDS=\"~x86\"\n");
    let neutral = |text: &str| String::from_utf8(Ebuild::parse(text.as_bytes()).without_keywords()).unwrap();
    assert_eq!(neutral("KEYWORDS=\"a\" # x\nA=b && KEYWORDS=c\n"), "KEYWORDS= # x\nA=b && KEYWORDS=\n");
    let wrong = Ebuild::parse(b"KEYWORDS=a\n").set_keywords("amd64 \"; rm");
    assert!(wrong.unwrap_err().to_string().contains("`\";` is no keyword"));
}

#[test]
fn files_that_are_named() {
    let names = Names::from([("P".into(), "a-1".into()), ("PN".into(), "a".into())]);
    let files = |text: &str| {
        Ebuild::parse(text.as_bytes()).files(&names).map(|all| all.into_iter().collect::<Vec<_>>().join(" "))
    };
    assert_eq!(
        files("A=\"${FILESDIR}/${P}.patch\" B=( \"${FILESDIR}\"/b \"${FILESDIR}/c/d\" )"),
        Some("a-1.patch b c/d".into())
    );
    assert_eq!(files("# ${FILESDIR}/*\n:"), Some(String::new()));
    for text in [
        "a \"${FILESDIR}\"",
        "a ${FILESDIR}/*.patch",
        "a ${FILESDIR}/${MY}",
        "a ${FILESDIR}/../x",
        "inherit elisp",
    ] {
        assert_eq!(files(text), None, "{text}");
    }
}

#[test]
fn ten_megabytes_are_read_in_time() {
    let long = |piece: &str| piece.repeat(10_000_000 / piece.len());
    let texts = [
        long("(("),
        long("$("),
        long("${a:-"),
        long("\"$("),
        long("A=( "),
        long("a[b"),
        long("<<A "),
        long("<<A\n"),
        long("'"),
        long("\\\n"),
        long("if "),
        long("f() "),
        long("{ "),
        long("A=b "),
        long("a\n"),
        long("case a in b) "),
        long("[[ a "),
        long("# PATCHES=(\n"),
        long("PATCHES+=( a )\n"),
        long("\0\u{7f}"),
        long("a && "),
        long("`"),
        long("$(("),
        format!("A=( {})\n", long("\"${FILESDIR}\"/a.patch\n")),
        format!("f() {{\n{}}}\n", long("f g h\n")),
    ];
    for text in texts {
        let start = Instant::now();
        let ebuild = Ebuild::parse(text.as_bytes());
        let _ = (
            ebuild.prepare(),
            ebuild.add_patches(&["a"]),
            ebuild.set_keywords("a"),
            ebuild.files(&Names::new()),
        );
        assert_eq!(ebuild.bytes(), text.as_bytes());
        let start_of = text.get(..20).unwrap_or_default();
        assert!(start.elapsed() < Duration::from_secs(20), "{start_of:?} took {:?}", start.elapsed());
    }
}

/// Pieces of ebuilds that begin and end what they begin.
fn piece() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("DOCS=\"a b\"\n".to_owned()),
        Just("PATCHES=( \"${FILESDIR}\"/a )\n".to_owned()),
        Just("PATCHES+=(\n\t\"${FILESDIR}\"/a # x )\n\t'b)'\n)\n".to_owned()),
        Just("PATCHES+=( a \\\n\tb )\n".to_owned()),
        Just("cat <<-EOF # (\n\tPATCHES=( x\nEOF\n".to_owned()),
        Just("X=$(echo \"a ( ${b:-\"'\"}\" ) Y='\"'\n".to_owned()),
        Just("[[ ${a} =~ ^(x|y)$ ]] && PATCHES+=( z )\n".to_owned()),
        Just("# it's {\n\n".to_owned()),
        Just("KEYWORDS=\"~amd64\"; (( a = 1 << 2 ))\n".to_owned()),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let some = prop::collection::vec(inner, 1..4).prop_map(|all| format!(":\n{}", all.concat()));
        prop_oneof![
            some.clone().prop_map(|body| format!("if use a; then\n{body}elif b; then :; else\n{body}fi\n")),
            some.clone().prop_map(|body| format!("for a in b c; do\n{body}done < <(x)\n")),
            some.clone().prop_map(|body| format!("case ${{a}} in\n(b|c) {body};;\n*)\n{body}esac\n")),
            some.clone().prop_map(|body| format!("src_compile() {{\n{body}}}\n")),
            some.prop_map(|body| format!("function my {{\n{body}\tdefault\n}}\n")),
        ]
    })
}

fn ebuild() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..6).prop_map(|all| format!("EAPI=8\n{}", all.concat()))
}

fn items(ebuild: &Ebuild) -> usize {
    let count = |one: &Variable<'_>| match &one.value {
        Written::Word(_) => 0,
        Written::Array(items) => items.len(),
    };
    ebuild.patches().iter().map(count).sum()
}

fn said(ebuild: &Ebuild) -> Vec<String> {
    let rest = |one: &Assigned| ebuild.slice(&one.name) != b"PATCHES";
    let all = ebuild.parsed.assigned.iter().filter(|one| rest(one));
    all.map(|one| String::from_utf8_lossy(ebuild.slice(&one.all)).into_owned()).collect()
}

proptest! {
    #[test]
    fn any_bytes_are_safe(text in prop::collection::vec(any::<u8>(), 0..200)) {
        let ebuild = Ebuild::parse(&text);
        prop_assert_eq!(ebuild.bytes(), &text);
        let _ = (ebuild.add_patches(&["a"]), ebuild.set_keywords("a"), ebuild.files(&Names::new()), ebuild.names_revision());
    }

    #[test]
    fn any_syntax_is_safe(text in "([(){}<>$'\"`\\\\#;&|=\n \\[\\]!@+]|if|fi|do|done|case|in|esac|A=|PATCHES|EAPI=8\n){0,40}") {
        let ebuild = Ebuild::parse(text.as_bytes());
        let _ = (ebuild.add_patches(&["a"]), ebuild.set_keywords("a"), ebuild.inherit(), ebuild.prepare());
    }

    /// More patches are there, nothing else changed, and lines are only added to.
    #[test]
    fn an_edit_adds_patches_and_nothing_else(text in ebuild()) {
        let before = Ebuild::parse(text.as_bytes());
        prop_assert_eq!(before.problem(), None, "{}", text);
        if let Ok(bytes) = before.add_patches(&["one.patch", "two.patch"]) {
            let after = Ebuild::parse(&bytes);
            prop_assert_eq!(after.problem(), None);
            prop_assert_eq!(items(&after), items(&before) + 2);
            prop_assert_eq!(said(&after), said(&before));
            prop_assert_eq!(after.functions(), before.functions());
            let mut rest = bytes.iter();
            prop_assert!(text.bytes().all(|byte| rest.any(|other| *other == byte)), "{}", text);
        }
    }

    /// Bash takes what is taken here.
    #[test]
    fn bash_reads_what_an_edit_leaves(texts in prop::collection::vec(ebuild(), 8)) {
        for text in texts {
            let before = Ebuild::parse(text.as_bytes());
            let after = before.add_patches(&["one.patch"]).unwrap_or_else(|_| text.clone().into_bytes());
            let after = Ebuild::parse(&after).set_keywords("~x86").unwrap_or(after);
            let mut bash = std::process::Command::new("bash").arg("-n").stdin(std::process::Stdio::piped()).spawn().unwrap();
            std::io::Write::write_all(&mut bash.stdin.take().unwrap(), &after).unwrap();
            prop_assert!(bash.wait().unwrap().success(), "{}", String::from_utf8_lossy(&after));
        }
    }
}
