//! Sorting that is compiled once. The standard sort is compiled anew for every kind of item, some 5 kB each time, which is
//! much for the page, where all that is sorted is short. The engines sort with the standard one, which is faster.

use std::cmp::Ordering;

/// The indices below `len` in the order of `compare`; equal ones stay in theirs.
pub fn indices(len: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..len).collect();
    order.sort_by(|&a, &b| compare(a, b));
    order
}

/// Sorts as [`slice::sort_by`] does; equal items stay in their order.
pub fn sort_by<T>(items: &mut Vec<T>, compare: impl Fn(&T, &T) -> Ordering) {
    let order = indices(items.len(), &|a, b| compare(&items[a], &items[b]));
    let mut rest: Vec<Option<T>> = std::mem::take(items).into_iter().map(Some).collect();
    let place = |index: usize| rest[index].take().expect("every index comes once");
    items.extend(order.into_iter().map(place));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_as_the_standard_sort_does() {
        let items: Vec<(u32, u32)> = (0..200).map(|i| (i * 37 % 11, i)).collect();
        let mut expected = items.clone();
        expected.sort_by_key(|item| item.0);
        let order = indices(items.len(), &|a, b| items[a].0.cmp(&items[b].0));
        let picked: Vec<_> = order.into_iter().map(|index| items[index]).collect();
        assert_eq!(picked, expected);
        let mut sorted = items;
        sort_by(&mut sorted, |a, b| a.0.cmp(&b.0));
        assert_eq!(sorted, expected);
    }
}
