//! What holds where a machine has no make.globals: the defaults of Portage.

use super::vars::{Known, Layer, Value};
use crate::vocab::{features, variables};

/// Set there without a value.
const EMPTY: [&str; 5] = ["CFLAGS", "CXXFLAGS", "LDFLAGS", "FFLAGS", "FCFLAGS"];

/// The layer of make.globals, from the table of variables and that of features.
pub(super) fn builtin(known: &mut Known) -> Layer {
    let on: Vec<&str> =
        features().iter().filter(|feature| feature.default_on).map(|feature| feature.name).collect();
    let table = variables().filter_map(|variable| Some((variable.name, variable.default?.to_owned())));
    let all = EMPTY.into_iter().map(|name| (name, String::new())).chain(table);
    let mut layer = Layer::new();
    for (name, default) in all.chain([("FEATURES", on.join(" "))]) {
        let value = Value::given(&default);
        known.set(name, value.clone());
        layer.insert(name.into(), vec![value]);
    }
    layer
}
