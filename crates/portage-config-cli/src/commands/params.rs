//! Parameters, as `show` and `new` list them.

use portage_config::spec::{Param, Resolved};

use crate::json;

/// All parameters of a spec; values of secrets are left out.
pub(crate) fn list(spec: &Resolved) -> Vec<json::Param> {
    spec.params.iter().map(of).collect()
}

fn of(param: &Param) -> json::Param {
    json::Param {
        name: param.name.clone(),
        kind: param.kind.clone(),
        help: param.help.clone(),
        example: param.example.clone(),
        default: param.default.clone(),
        choices: param.choices.clone(),
        value: (param.value.as_ref())
            .filter(|value| !param.secret && !value.is_secret())
            .map(|value| value.shown().into_owned()),
        set: param.value.is_some(),
        secret: param.secret,
    }
}
