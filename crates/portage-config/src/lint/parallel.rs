//! Jobs of make times jobs of emerge.

use super::context::Context;
use crate::report::{Code, Key, Report};
use crate::vocab::MakeOpts;

/// Jobs without a limit by load.
pub(crate) const L036: Code = Code::warning(
    "L036",
    "jobs-without-load",
    "Each job of emerge starts its own make with all its jobs: without --load-average the two multiply, and the machine runs out of memory.",
    "emerge(1), --load-average; make(1), -l",
);

pub(super) fn check(context: &Context<'_>, report: &mut Report) {
    let make = MakeOpts::parse(context.make_conf.get("MAKEOPTS").unwrap_or_default());
    let emerge = MakeOpts::parse_emerge(context.make_conf.get("EMERGE_DEFAULT_OPTS").unwrap_or_default());
    let many = |opts: &MakeOpts| {
        opts.jobs().is_some_and(|jobs| jobs.is_empty() || jobs.parse::<u32>().is_ok_and(|jobs| jobs > 1))
    };
    let endless = |opts: &MakeOpts| opts.jobs() == Some("") && opts.load_average().is_none();
    let multiplied = many(&make) && many(&emerge);
    for (name, opts, help) in [
        ("MAKEOPTS", &make, "add -l and the number of CPUs"),
        ("EMERGE_DEFAULT_OPTS", &emerge, "add --load-average= and the number of CPUs"),
    ] {
        if (multiplied && opts.load_average().is_none() || endless(opts))
            && let Some(path) = context.assigned(name)
        {
            report
                .file(&path)
                .at(&L036, Key::of(name), format!("`{name}` starts jobs whatever the load is"))
                .set_help(help);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{codes, root};

    #[test]
    fn jobs_have_a_limit() {
        for (make, emerge, found) in [
            ("-j24", "--jobs=24", 2),
            ("-j24 -l25", "--jobs=24", 1),
            ("-j24 -l25", "--jobs=24 --load-average=25", 0),
            ("-j8", "--quiet", 0),
            ("-j1", "--jobs=24", 0),
            ("-j", "", 1),
            ("-j -l8", "", 0),
        ] {
            let root =
                root().vars("etc/portage/make.conf", &[("MAKEOPTS", make), ("EMERGE_DEFAULT_OPTS", emerge)]);
            assert_eq!(codes(&root), vec!["L036"; found], "{make} {emerge}");
        }
    }
}
