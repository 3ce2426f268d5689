use super::*;

#[test]
fn texts_that_double_themselves_end() {
    let mut text = format!("EAPI=8\nA0=\"{}\"\n", "x".repeat(1000));
    for at in 0..40 {
        text += &format!("A{}=\"${{A{at}}}${{A{at}}}\"\n", at + 1);
    }
    let names = Ebuild::parse(text.as_bytes()).names("a", "b", &crate::vocab::Version::parse("1").unwrap());
    assert!(names["A5"].len() == 32_000 && !names.contains_key("A7"));
    let text = format!("f() {{\n\tdoins \"${{FILESDIR}}/{}\"\n}}\n", "${A5}".repeat(1000));
    assert_eq!(Ebuild::parse(text.as_bytes()).files(&names), None);
}

#[test]
fn patches_that_are_applied_in_a_condition_are_not_always() {
    let text = b"EAPI=8\nPATCHES=( \"${FILESDIR}\"/a )\nif x; then\n\tPATCHES+=( \"${FILESDIR}\"/b )\nfi\n\
        src_prepare() {\n\teapply \"${FILESDIR}\"/c\n\tuse d && eapply \"${FILESDIR}\"/d\n\tuse e && mine\n}\n\
        mine() {\n\teapply \"${FILESDIR}\"/e\n}\n";
    let ebuild = Ebuild::parse(text);
    assert_eq!(ebuild.patch_names(&Names::new()), ["a", "b", "c", "d", "e"]);
    assert_eq!(ebuild.patch_names_always(&Names::new()), ["a", "c"]);
}

#[test]
fn only_what_is_applied_is_added_to() {
    let refused = |rest: &str| {
        let text = format!("EAPI=8\n{rest}\n");
        Ebuild::parse(text.as_bytes()).add_patches(&["a"]).unwrap_err().to_string()
    };
    let said = refused("src_prepare() {\n\teapply \"${DEB_PATCHES[@]}\"\n\teapply_user\n}");
    assert!(said.starts_with("line 2: `src_prepare` calls neither"), "{said}");
    for text in [
        "PATCHES=( b )\nunset PATCHES",
        "unset PATCHES",
        "PATCHES=( b )\nsrc_prepare() {\n\tunset PATCHES\n\tdefault\n}",
    ] {
        assert!(refused(text).contains("`unset PATCHES`"), "{text}");
    }
    let before = Ebuild::parse(b"EAPI=8\nunset PATCHES\nPATCHES=( b )\n");
    assert!(before.add_patches(&["a"]).is_ok());
}

#[test]
fn a_coprocess_may_have_a_name() {
    for text in
        ["coproc X { A=1; }", "coproc X (:)", "coproc cat x", "coproc { :; }", "coproc X if :; then :; fi"]
    {
        let text = format!("EAPI=8\nf() {{\n\t{text}\n}}\nB=2\n");
        let ebuild = Ebuild::parse(text.as_bytes());
        assert_eq!((ebuild.problem(), ebuild.variable("B").len()), (None, 1), "{text}");
    }
}

#[test]
fn files_of_functions_named_after_the_revision_are_found() {
    let lines = |text: &str| Ebuild::parse(text.as_bytes()).names_revision();
    assert_eq!(lines("f() {\n\teapply \"${FILESDIR}\"/${PF}.patch\n}\n"), [(2, "PF")]);
    assert_eq!(lines("f() {\n\tdoins ${FILESDIR}/a ${PF}\n\tdodir /usr/share/doc/${PF}\n}\n"), []);
}

#[test]
fn what_is_written_out_is_never_too_long() {
    let uris: String = (0..4000).map(|at| format!("\thttps://example.org/file{at}.bin\n")).collect();
    let ebuild = Ebuild::parse(format!("EAPI=8\nSRC_URI=\"\n{uris}\"\n").as_bytes());
    let version = crate::vocab::Version::parse("1").unwrap();
    let names = ebuild.names("app-misc", "many", &version);
    assert_eq!(names.get("SRC_URI").map(|uris| uris.split_whitespace().count()), Some(4000));
}
