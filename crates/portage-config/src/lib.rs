//! A Gentoo machine's whole Portage configuration as one typed, layered TOML file.
//!
//! A *spec* says what `/etc/portage` and the files beside it hold: make.conf, `package.use/`, `repos.conf/`, fstab,
//! the initramfs' configuration, and so on. The library reads it, merges its layers, checks what it means, writes
//! the files, and compares them with a machine. It never prints, and never looks at the environment or at a path that
//! it was not given; the command `portage-config` is a thin program on top of it.
//!
//! # From a spec to a machine
//!
//! | step | function | gives |
//! |---|---|---|
//! | 1. read and merge the layers | [`spec::load`] | [`spec::Resolved`]: for each root a [`config::Config`], and the [`spec::Origins`] of its entries |
//! | 2. check what it means | [`lint::check`] | findings in a [`report::Report`] |
//! | 3. write the files | [`render::render`] with [`template::Templates`] | a [`tree::Tree`] in memory |
//! | 4. put them somewhere | [`tree::Tree::write_to`] | a folder: a chroot, an image, a repository |
//! | 5. compare with what is there | [`diff::diff`] with a [`root::Root`] | a list of [`diff::Change`], by meaning and as text |
//!
//! [`config::Config`] is the waist: checks, rendering and differences know it alone, and nothing of specs. One file
//! by itself goes through [`syntax::read`] and [`render::update`], without any of the rest.
//!
//! ```
//! use std::collections::BTreeMap;
//! use portage_config::{lint, render, report::Report, spec, template::Templates, tree::Node, vocab::RelPath};
//!
//! let text = r#"
//! spec = 1
//! extends = ["site.toml"]
//! [make.conf]
//! USE.add = "wifi"
//! ["package.use/editors"]
//! ## the only script in use
//! "app-editors/vim" = "lua -X"
//! "#;
//! let site = "spec = 1\n[make.conf]\nUSE = \"-gui nls\"\n";
//! let files = BTreeMap::from([("host.toml".into(), text.into()), ("site.toml".into(), site.into())]);
//!
//! let mut report = Report::new();
//! let spec = spec::load("host.toml", &spec::Options::new(&files), &mut report).ok_or("no answer")?;
//! let root = spec.roots.first().ok_or("no root")?;
//! lint::check(&root.config, &mut report);
//! assert!(!report.has_errors());
//!
//! let tree = render::render(&root.config, &Templates::builtin(), &mut report).ok_or("not rendered")?;
//! let bytes = |path: &str| match tree.nodes.get(&RelPath::parse(path).ok()?) {
//!     Some(Node::File { bytes, .. }) => Some(String::from_utf8_lossy(&bytes.0)),
//!     _ => None,
//! };
//! assert_eq!(bytes("etc/portage/make.conf").as_deref(), Some("USE=\"-gui nls wifi\"\n"));
//! assert_eq!(
//!     bytes("etc/portage/package.use/editors").as_deref(),
//!     Some("# the only script in use\napp-editors/vim lua -X\n"),
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Modules
//!
//! Each imports only those above it in this table; a test holds them to it. Modules of one row do not know each
//! other. One exception: `[check]` in a spec names codes, so [`spec`] asks [`codes`] for them.
//!
//! | | |
//! |---|---|
//! | [`vocab`] | words: atoms, versions, USE flags, keywords, tuples, paths. No files, no layout |
//! | [`report`], [`model`] | findings with their places; what a file says, in seven shapes |
//! | [`mod@file`] | the kinds of files: where they lie, their language, what is wrong with one alone |
//! | [`syntax`] | the languages: from text to model and back, without losing a byte |
//! | [`config`] | all files of a root |
//! | [`spec`], [`lint`], [`template`], [`tree`] | layers; what a configuration means; layout; files in memory |
//! | [`render`], [`root`] | models to bytes, through a gate; a machine's folder that no path leads out of |
//! | [`diff`], [`codes`] | what differs; the catalogue of findings |
//!
//! # What is promised
//!
//! * **Lossless.** [`syntax::write`] of what [`syntax::read`] gave changes no byte. What cannot be read is kept
//!   byte for byte, and reported with its place.
//! * **Faithful.** No byte is rendered that does not read back as the model it was made from; a template that adds or
//!   drops anything is an error.
//! * **The consumer's reading.** Each language is read as its consumer reads it: Portage's `getconfig` and
//!   `grabdict`, Python's configparser and tomllib, bash, libmount. Tests compare with the real ones.
//! * **Secrets stay in files.** A secret parameter and the user part of a URI read `***` everywhere but in the file
//!   they belong in, which is written with mode 0600.
//! * **No panic** on any input, and the same output for the same input.
//!
//! # Seven shapes, not a trait for each kind
//!
//! There are some fifty kinds of files, but few languages: rules (`package.use`), items (`package.mask`), variables
//! (make.conf), INI (repos.conf), pairs (kernel fragments), fstab, and TOML. [`model::Model`] is a closed enum of
//! these seven shapes, and a kind is a row of data, [`file::Kind`]: place, grammar, template, mode, and a check.
//! A generic type for each kind would have given typed fields to Rust programs, at the price of a reader, a writer, a
//! merge, a difference and a template for each. This way they are written once for a shape, and a further kind
//! is one row, one template and its documentation. What the words of a kind mean is in tables ([`vocab::variables`],
//! [`file::ugrd::parameters`]) and in its check.
//!
//! # Limitations
//!
//! * The value of a variable or of an INI key that changes is written anew: line breaks and odd blanks inside it go.
//!   In rules, fstab rows and TOML lists only the words that differ are touched. Other entries keep every byte.
//! * A comment above an entry that is removed stays: whether it was about that entry alone, no program can tell.
//! * Two entries that change places may leave their comments where they were: entries are aligned by what they say.
//! * An entry that is said in two lines of a file cannot be said as an entry of a spec, nor can `source` in
//!   make.conf: order and repetition would be lost. Such a file is said as `text`; it is parsed and checked all the
//!   same.
//! * Checks do not read files that `source` names: those may lie outside the configuration. References to what they
//!   set are left as they stand.
//! * Only what the configuration itself says is judged. Whether a package, flag or profile exists is a question to
//!   an ebuild repository, which is not read.
//! * Files in a shell's language are assignments and comments. Anything else is a command, which would run as root:
//!   it is kept where it is, reported, and never added.
//! * A folder of files as a layer, `[target]` and `[overlay]` in a spec are not acted on, and say so.
//! * A root is compared with and not changed: there is no function that applies a difference to a running system.
#![deny(missing_docs)]

pub mod codes;
pub mod config;
pub mod diff;
pub mod file;
pub mod lint;
mod meaning;
pub mod model;
pub mod render;
pub mod report;
pub mod root;
pub mod spec;
pub mod syntax;
pub mod template;
pub mod tree;
pub mod vocab;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
