//! The data of `explain --hosts`.

use serde::Serialize;

use super::{Impact, Reason};

/// What was asked about several machines.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Hosts {
    /// The machines as they were named.
    pub(crate) names: Vec<String>,
    /// The package or variable; `null` where machines are compared as a whole.
    pub(crate) what: Option<String>,
    pub(crate) subject: Option<String>,
    /// What they say differently; of what was asked for also what they say alike.
    pub(crate) differences: Vec<Difference>,
    /// What packages get of the others that they do not get of the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) packages: Option<Vec<Compared>>,
    /// Whether the others can use the binary packages of the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) binaries: Option<Vec<Binaries>>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Difference {
    pub(crate) name: String,
    pub(crate) word: Option<String>,
    pub(crate) differs: bool,
    pub(crate) sides: Vec<Side>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Side {
    pub(crate) value: Option<String>,
    pub(crate) lines: Vec<Line>,
    pub(crate) from: Vec<Reason>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Line {
    pub(crate) path: String,
    pub(crate) line: u32,
    pub(crate) text: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Compared {
    pub(crate) host: String,
    #[serde(flatten)]
    pub(crate) impact: Impact,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Binaries {
    pub(crate) builder: String,
    pub(crate) user: String,
    pub(crate) usable: bool,
    pub(crate) reasons: Vec<BinaryReason>,
    pub(crate) packages: Option<BinaryPackages>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct BinaryReason {
    pub(crate) topic: &'static str,
    pub(crate) message: String,
    pub(crate) against: bool,
    pub(crate) builder: Vec<Line>,
    pub(crate) user: Vec<Line>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct BinaryPackages {
    pub(crate) total: usize,
    pub(crate) masked: usize,
    #[serde(rename = "use")]
    pub(crate) flags: usize,
    pub(crate) patches: usize,
    pub(crate) instructions: usize,
    pub(crate) against: Vec<BinaryPackage>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct BinaryPackage {
    pub(crate) package: String,
    pub(crate) version: String,
    pub(crate) repo: Option<String>,
    pub(crate) masked: Vec<&'static str>,
    /// As the using machine has them.
    pub(crate) flags: Vec<String>,
    pub(crate) patches: bool,
    pub(crate) instructions: Vec<String>,
}
