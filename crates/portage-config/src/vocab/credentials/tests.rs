use proptest::prelude::*;

use super::*;
use crate::vocab::Text;

/// A text with `‹…›` around what is hidden.
fn hidden(marked: &str) -> (String, String) {
    let text = marked.replace(['‹', '›'], "");
    let mut shown = String::new();
    let mut rest = marked;
    while let Some((before, behind)) = rest.split_once('‹') {
        let (_, behind) = behind.split_once('›').unwrap();
        shown.push_str(before);
        shown.push_str(HIDDEN);
        rest = behind;
    }
    (text, shown + rest)
}

#[test]
fn what_is_a_credential_is_hidden() {
    for marked in [
        // URIs.
        "http://‹a:b›@h/p",
        "http://‹token›@h/p",
        "https://‹a:p@ss›@h/",
        "https://‹a:p/ss›@h/x",
        "ssh://‹git:pw›@h/p",
        "x http://‹a:b›@h y ftp://‹c:d›@i",
        "sync-uri = https://‹me:pw›@h/x.git",
        "rsync://‹u:p›@h:873/gentoo-portage",
        "https://‹u:p\\q›@h/",
        // Proxies.
        "P=\"‹u:pw›@proxy:3128\" x",
        "http_proxy=\"http://‹u:pw›@h:1\"",
        // Options of mounts.
        "//h/s /s cifs rw,password=‹a:b@c›,ro 0",
        "//a /b cifs ro,pass=‹hunter2›,rw 0 0",
        "-//a /b cifs ro,password=‹hunter2›,rw 0 0",
        "+# x cifs pass=‹a-b›\tz",
        "pass=‹x›,passwd=‹y› password=",
        r#"options = "passwd=‹é=x›,pass=‹y1›""#,
        "-password=‹x›",
        // Names of keys and variables.
        "token = \"‹x y›\"",
        "token = '‹x\\y›' # why",
        "\"token\" = \"‹x›\"",
        "secret_key=\"‹a\\\"b›\"",
        "dist.auth.token = \"‹x›\"",
        "cache = { redis = { password = \"‹x›\" } }",
        "connection_string = \"‹DefaultEndpointsProtocol=https;AccountKey=x==›\"",
        "SCCACHE_WEBDAV_TOKEN=\"‹x›\"",
        "export AWS_SECRET_ACCESS_KEY=‹x› y",
        "token = \"\"\"‹a\nb›\"\"\"",
        "Password = ‹a b›",
        "https://h/x?private_token=‹x›&ref=main",
        "password=‹x@{p}›",
        // Commands.
        "wget --password ‹x› ${URI}",
        "wget --http-password=‹x› ${URI}",
        "wget \\\"--http-password=‹x y›\\\" ${URI}",
        "aria2c --http-proxy-passwd=‹x› --rpc-secret=‹y›",
        "curl --user ‹u:p› --user u ${URI}",
        "curl -u‹u:p› -u '‹u:q›'",
        "curl --proxy-user=\"‹u:p›\"",
        "curl --oauth2-bearer ‹x›",
        "curl --cookie '‹a=b›' -b jar",
        "curl -H 'X-Token: ‹a b›' -H 'Accept: text/html'",
        "curl -H'X-Token:‹a›'",
        "wget --header \"Authorization: Bearer ‹x›\" -O x",
        "F=\"wget --header \\\"Authorization: Basic ‹x==›\\\" -O \\\"${DISTDIR}\\\"\"",
        "F = \"wget --header \\\\\\\"X-Any: ‹x y›\\\\\\\" z\"",
        "F='wget \"--header=X-Any: ‹x y›\" z'",
        "wget --header=X-Any:‹x› z",
        "wget --header=X-Any: ‹x› z",
        // Headers elsewhere.
        "# Authorization: Bearer ‹a b›",
        "header = \"PRIVATE-TOKEN: ‹x›\"",
        "X-Api-Key: ‹x›\nnext",
    ] {
        let (text, shown) = hidden(marked);
        assert_eq!(mask(&text), shown);
        assert_eq!(mask(&shown), shown, "hidden once");
        assert!(Text::from(text.clone()).holds_secret(), "{text}");
    }
}

#[test]
fn what_is_no_credential_stays() {
    for text in [
        "none",
        "",
        "ssh://git@h/p",
        "https://h/p@q",
        "https://h:8080/p@q",
        "https://[::1]:80/p@q",
        "git@h:p a:1@h @{x}:y@z",
        "git@github.com:gentoo/gentoo.git",
        "{ pass=2, password=@{p} }",
        "\"/\".pass = 2",
        "pass=2, password=,",
        "password=@{smb}",
        "bypass=hunter2 = password = ",
        "compass=y",
        "password=${P} token=\"@{a}@{b}\"",
        "secret = true",
        "type = \"token\"",
        "token_url = \"https://h/\"",
        "cred_path = \"/x\"",
        "file = \"keys/token\"",
        "env = \"SCCACHE_TOKEN\"",
        "[param.token]",
        "FEATURES=\"jobserver-token\"",
        "token = [\"a\"]",
        "wget --header 'Accept: x' --header 'User-Agent: y: z'",
        "curl -u user --user user -U proxy",
        "rsync -u host:/path --password-file=/x -H a:b",
        "curl --header @/etc/x --cookie jar -b jar",
        "curl --netrc --config /etc/portage/curl.conf -o \"${DISTDIR}/${FILE}\" \"${URI}\"",
        "unknown key `token`: did you mean `tokens`?",
        "see the token: it is set",
        "--password --header",
        "CFLAGS=\"-O2 -march=native\"",
        "password=\u{2039}hidden\u{203a}",
    ] {
        assert_eq!(mask(text), text);
    }
}

#[test]
fn login_names_may_be_read() {
    for text in ["https://me@h/x", "https://me:@h/x", "ssh://git@h/", "git@h:x", "none"] {
        assert!(!exposes(text), "{text}");
    }
    for text in [
        "https://me:pw@h/x",
        "https://ghp_0123@h/x",
        "u:p@h:1",
        "token=x",
        "https://a@h https://b:c@i",
        "https://0123456789abcdef0123@h/",
    ] {
        assert!(exposes(text), "{text}");
        assert_eq!(credentials(text).len(), 1, "{text}");
    }
    for text in ["https://a-name-of-many-letters@h/", "https://me@h/x"] {
        assert!(!exposes(text) && credentials(text).is_empty() && mask(text).contains(HIDDEN), "{text}");
    }
}

#[test]
fn names_of_the_files_of_sccache() {
    let secret = [
        "cache.azure.connection_string",
        "cache.memcached.password",
        "cache.redis.password",
        "cache.webdav.password",
        "cache.webdav.token",
        "dist.auth.token",
        "client_auth.token",
        "server_auth.token",
        "server_auth.secret_key",
        "scheduler_auth.token",
    ];
    for name in secret {
        assert!(is_secret_name(name), "{name}");
    }
    for name in [
        "cache.gcs.cred_path",
        "cache.gcs.credential_url",
        "cache.s3.no_credentials",
        "cache.s3.server_side_encryption_kms_key_id",
        "cache.redis.key_prefix",
        "dist.auth.token_url",
        "dist.auth.client_id",
        "cache.redis.username",
    ] {
        assert!(!is_secret_name(name), "{name}");
    }
}

#[test]
fn options_of_mounts() {
    for (text, value) in
        [("password=a,b", Some(9..12)), ("pass=2", Some(5..6)), ("pass=", None), ("credentials=/x", None)]
    {
        assert_eq!(option(text), value, "{text}");
    }
}

proptest! {
    #[test]
    fn no_secret_shows(
        secret in "[A-Za-z0-9][A-Za-z0-9!%+_.~]{6,20}[A-Za-z0-9]",
        form in prop::sample::select(vec![
            "https://me:S@h/x", "me:S@h:3128", "ro,password=S,rw", "token = \"S\"", "token = 'S'", "X_TOKEN=S",
            "--header 'X-Token: S'", "--header \"Authorization: Bearer S\"", "--header=X-Token:S", "curl -u me:S",
            "--password S", "--http-password='S'", "curl -H 'Private-Token: S'", "Authorization: Basic S",
            "https://h/?access_token=S&x=y", "passwd=S", "secret_key=S",
        ]),
        before in "[ a-zé=:\"'-]{0,8}[ \n]",
        after in "([ \n][ -~é]{0,12})?",
    ) {
        let text = format!("{before}{}{after}", form.replace('S', &secret));
        let shown = mask(&text);
        prop_assert!(!shown.contains(&secret), "{} -> {}", text, shown);
        prop_assert!(exposes(&text));
    }

    #[test]
    fn pieces_are_those_that_are_hidden(text in "[ -~é\n]{0,60}|(https?://|--header |token=|[ab:@/\"'\\\\=-]){0,12}") {
        let mut at = 0;
        let mut again = String::new();
        for Found { range, .. } in find(&text) {
            prop_assert!(at <= range.start && range.start < range.end);
            again.push_str(text.get(at..range.start).unwrap());
            again.push_str(HIDDEN);
            at = range.end;
        }
        again.push_str(text.get(at..).unwrap());
        prop_assert_eq!(mask(&text), again);
    }

    #[test]
    fn words_without_a_sign_stay(text in "[A-Za-z0-9 .,_/+~*<>-]{0,60}") {
        prop_assume!(!text.contains("--"));
        prop_assume!(!text.contains("curl"));
        prop_assert_eq!(&*mask(&text), text.as_str());
    }
}
