//! Golden trees: each folder below `cases/` is a spec and the tree it renders to.
//!
//! A new case is a new `cases/NAME/spec.toml`; `INSTA_UPDATE=always cargo test -p snapshots` (or `cargo insta review`)
//! writes the rest: `report.snap`, `tree.snap`, and below `out/` a snapshot of every file at its own path.
