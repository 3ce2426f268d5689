//! The order of variables: each after those it refers to.

use std::collections::HashMap;

use super::Problem;
use crate::model::Assign;
use crate::spec::code;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    New,
    Open,
    Done,
}

/// Puts each variable after those it refers to, else leaves the order as it is. A reference to itself means the
/// value so far and counts for nothing; a cycle of several is a problem.
pub(super) fn by_reference(assigns: Vec<Assign>, problems: &mut Vec<Problem>) -> Vec<Assign> {
    let index: HashMap<&str, usize> = assigns.iter().enumerate().map(|(i, a)| (a.name.as_str(), i)).collect();
    let needs: Vec<Vec<usize>> = assigns
        .iter()
        .enumerate()
        .map(|(own, assign)| {
            assign
                .value
                .references()
                .filter_map(|name| index.get(name).copied())
                .filter(|other| *other != own)
                .collect()
        })
        .collect();
    let mut marks = vec![Mark::New; assigns.len()];
    let mut order = Vec::with_capacity(assigns.len());
    for start in 0..assigns.len() {
        // The way to the variable at hand, each with the reference it looks at next.
        let mut path: Vec<(usize, usize)> = vec![(start, 0)];
        while let Some((at, next)) = path.pop() {
            if next == 0 {
                match marks.get(at) {
                    Some(Mark::New) => set(&mut marks, at, Mark::Open),
                    _ => continue,
                }
            }
            match needs.get(at).and_then(|needs| needs.get(next)) {
                None => {
                    set(&mut marks, at, Mark::Done);
                    order.push(at);
                }
                Some(need) => {
                    path.push((at, next + 1));
                    match marks.get(*need) {
                        Some(Mark::New) => path.push((*need, 0)),
                        Some(Mark::Open) => {
                            let name = |i: usize| assigns.get(i).map_or("", |a| a.name.as_str());
                            let cycle: Vec<&str> = path
                                .iter()
                                .map(|(i, _)| *i)
                                .skip_while(|i| i != need)
                                .skip(1)
                                .map(name)
                                .collect();
                            problems.push(Problem {
                                key: name(at).to_owned(),
                                code: &code::S018,
                                message: format!(
                                    "`{}` refers to itself through {}",
                                    name(*need),
                                    cycle.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ")
                                ),
                                help: Some("write the value itself in one of them".to_owned()),
                            });
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    let mut assigns: Vec<Option<Assign>> = assigns.into_iter().map(Some).collect();
    order.into_iter().filter_map(|i| assigns.get_mut(i).and_then(Option::take)).collect()
}

fn set(marks: &mut [Mark], at: usize, mark: Mark) {
    if let Some(place) = marks.get_mut(at) {
        *place = mark;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocab::Word;

    fn order(pairs: &[(&str, &str)]) -> (Vec<String>, usize) {
        let assigns = pairs
            .iter()
            .map(|(name, value)| Assign {
                name: (*name).into(),
                value: Word::parse(value).unwrap(),
                ..Assign::default()
            })
            .collect();
        let mut problems = Vec::new();
        let names = by_reference(assigns, &mut problems).into_iter().map(|a| a.name).collect();
        (names, problems.len())
    }

    #[test]
    fn a_variable_stands_behind_those_it_refers_to() {
        assert_eq!(
            order(&[("C", "${E} x"), ("E", "y"), ("A", "")]),
            (vec!["E".into(), "C".into(), "A".into()], 0)
        );
        assert_eq!(order(&[("A", "${A} x"), ("B", "${NONE}")]), (vec!["A".into(), "B".into()], 0));
        let (names, problems) = order(&[("A", "${B}"), ("B", "${C}"), ("C", "${A}")]);
        assert_eq!((names.len(), problems), (3, 1));
    }

    #[test]
    fn a_long_chain_is_no_deep_recursion() {
        let pairs: Vec<(String, String)> =
            (0..20_000).map(|i| (format!("V{i}"), format!("${{V{}}}", i + 1))).collect();
        let borrowed: Vec<(&str, &str)> = pairs.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let (names, problems) = order(&borrowed);
        assert_eq!((names.first().map(String::as_str), problems), (Some("V19999"), 0));
    }
}
