//! Where a query's own class stands among all the others: what every retrieval metric is made of.

use super::nearest::{Similarities, TILE, Tile, key, sample_of, similarity_of};

/// Others of a class up to which they are counted past. Beyond that, lists of the nearest are quicker.
const MOST_COUNTED: usize = 8;
/// Columns that are counted side by side.
const LANES: usize = 8;

/// For each sample, the ranks of the others of its class, ascending: 1 is the nearest of all others. Ranks beyond the number
/// of these others, and beyond `deepest`, may be left out. Equal similarities are ordered by index. `watch` is shown each
/// tile.
///
/// `classes` has one entry a sample, below `class_count`.
pub(super) fn ranks(
    similarities: &Similarities,
    classes: &[usize],
    class_count: usize,
    deepest: usize,
    watch: impl FnMut(&Tile<'_>),
) -> Vec<Vec<u32>> {
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); class_count];
    for (sample, &class) in classes.iter().enumerate() {
        members[class].push(sample as u32);
    }
    let largest = members.iter().map(Vec::len).max().unwrap_or(0);
    if largest <= MOST_COUNTED + 1 {
        return counted(similarities, &members, watch);
    }
    let wanted = |&class: &usize| match members[class].len() - 1 {
        0 => 0,
        others => others.max(deepest),
    };
    let wanted: Vec<usize> = classes.iter().map(wanted).collect();
    let nearest = similarities.nearest(&wanted, watch);
    let ranks = nearest.iter().zip(classes).map(|(nearest, &class)| {
        let hits = (1..).zip(nearest);
        let hits = hits.filter(|&(_, &other)| classes[other as usize] == class);
        hits.map(|(rank, _)| rank).collect()
    });
    ranks.collect()
}

/// The others of every sample's class, the most similar first, and how many samples are nearer than each.
struct Counts {
    /// Of the j-th other of a sample, at `j * padded + sample`; infinite where there is none.
    similarity: Vec<f32>,
    /// Its index.
    other: Vec<u32>,
    nearer: Vec<u32>,
    /// Others of the largest class.
    most: usize,
    /// Samples, rounded up to whole tiles.
    padded: usize,
}

fn counted(
    similarities: &Similarities,
    members: &[Vec<u32>],
    mut watch: impl FnMut(&Tile<'_>),
) -> Vec<Vec<u32>> {
    let mut counts = Counts::new(similarities, members);
    similarities.for_each_tile(|tile| {
        watch(&tile);
        if tile.is_on_diagonal() {
            // Each pair counts for both of its samples, and once.
            for (row, similarities) in tile.similarities.chunks_exact_mut(TILE).enumerate() {
                similarities[..=row].fill(f32::NEG_INFINITY);
            }
        }
        for row in 0..tile.rows {
            let similarities = &tile.similarities[row * TILE..][..tile.columns];
            counts.add_row(tile.first_row + row, similarities, tile.first_column);
        }
        for first in (0..tile.columns).step_by(LANES) {
            counts.add_columns(&tile, first);
        }
    });
    let mut ranks = vec![Vec::new(); similarities.samples];
    for members in members {
        for &sample in members {
            let nearer = (0..members.len() - 1)
                .map(|other| counts.nearer[other * counts.padded + sample as usize] + 1);
            ranks[sample as usize] = nearer.collect();
        }
    }
    ranks
}

impl Counts {
    fn new(similarities: &Similarities, members: &[Vec<u32>]) -> Self {
        let most = members.iter().map(Vec::len).max().unwrap_or(0).max(1) - 1;
        let padded = similarities.samples.next_multiple_of(TILE);
        let mut counts = Self {
            similarity: vec![f32::INFINITY; most * padded],
            other: vec![0; most * padded],
            nearer: vec![0; most * padded],
            most,
            padded,
        };
        let (mut among, mut keys) = (Vec::new(), Vec::new());
        for members in members {
            similarities.among(members, &mut among);
            for (&sample, row) in members.iter().zip(among.chunks_exact(members.len())) {
                keys.clear();
                let others = row.iter().zip(members).filter(|&(_, &m)| m != sample);
                keys.extend(others.map(|(&similarity, &other)| key(similarity, other)));
                keys.sort_unstable();
                for (place, &key) in keys.iter().enumerate() {
                    let at = place * padded + sample as usize;
                    counts.similarity[at] = similarity_of(key);
                    counts.other[at] = sample_of(key);
                }
            }
        }
        counts
    }

    /// The similarities of one sample with those from `first` on.
    fn add_row(&mut self, sample: usize, similarities: &[f32], first: usize) {
        let highest = similarities.iter().copied().fold(f32::NEG_INFINITY, larger);
        for place in (0..self.most).rev() {
            let at = place * self.padded + sample;
            let (similarity, other) = (self.similarity[at], self.other[at] as usize);
            if highest < similarity {
                if similarity == f32::INFINITY {
                    continue;
                }
                // Those before it are more similar still.
                break;
            }
            // Of equals the smaller index is nearer, so up to the other's own place an equal counts.
            let (before, behind) =
                similarities.split_at(other.clamp(first, first + similarities.len()) - first);
            self.nearer[at] += count(before, similarity.next_down()) + count(behind, similarity);
        }
    }

    /// The similarities of the samples of eight columns with those of all rows.
    fn add_columns(&mut self, tile: &Tile<'_>, first: usize) {
        let rows = || {
            let rows = tile.similarities.chunks_exact(TILE);
            rows.map(|row| {
                row[first..]
                    .first_chunk::<LANES>()
                    .expect("a tile has whole groups")
            })
        };
        let mut highest = [f32::NEG_INFINITY; LANES];
        for row in rows() {
            for (highest, &similarity) in highest.iter_mut().zip(row) {
                *highest = larger(*highest, similarity);
            }
        }
        for place in (0..self.most).rev() {
            let at = place * self.padded + tile.first_column + first;
            let similarity = lanes(&self.similarity, at);
            let other = lanes(&self.other, at);
            let (mut any, mut missing) = (false, false);
            for (&highest, &similarity) in highest.iter().zip(&similarity) {
                any |= highest >= similarity;
                missing |= similarity == f32::INFINITY;
            }
            if !any {
                if missing {
                    // Of a smaller class, whose others come later.
                    continue;
                }
                break;
            }
            let nearer = count_columns(rows(), tile.first_row as u32, &similarity, &other);
            for (sum, nearer) in self.nearer[at..][..LANES].iter_mut().zip(nearer) {
                *sum += nearer;
            }
        }
    }
}

fn lanes<T: Copy>(values: &[T], at: usize) -> [T; LANES] {
    *values[at..].first_chunk().expect("there are whole tiles")
}

/// How many of the rows, whose samples are numbered from `first` on, are nearer to the sample of each column than the other
/// of its class that has this similarity and this number.
#[inline]
fn count_columns<'a>(
    rows: impl Iterator<Item = &'a [f32; LANES]>,
    first: u32,
    similarity: &[f32; LANES],
    other: &[u32; LANES],
) -> [u32; LANES] {
    let below = similarity.map(f32::next_down);
    let mut nearer = [0u32; LANES];
    for (sample, row) in (first..).zip(rows) {
        for lane in 0..LANES {
            // Of equals the smaller index is nearer.
            let past = if sample < other[lane] {
                below[lane]
            } else {
                similarity[lane]
            };
            nearer[lane] += u32::from(row[lane] > past);
        }
    }
    nearer
}

/// How many are larger.
fn count(similarities: &[f32], past: f32) -> u32 {
    let larger = similarities.iter().map(|&x| u32::from(x > past));
    larger.sum()
}

/// The larger of two that are numbers; one instruction, where [`f32::max`] has to mind those that are none.
fn larger(a: f32, b: f32) -> f32 {
    if b > a { b } else { a }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::super::{Distance, dense_classes, evaluate, normalised};
    use super::*;

    /// Classes of these sizes, one sample of each after the other, so that no class stays together.
    fn mixed(sizes: &[usize]) -> Vec<u32> {
        let most = sizes.iter().copied().max().unwrap_or(0);
        let round = |round: usize| {
            let left = move |&(_, &size): &(u32, &usize)| size > round;
            (0..).zip(sizes).filter(left).map(|(class, _)| class)
        };
        (0..most).flat_map(round).collect()
    }

    /// All ranks in f64, by sorting all distances: nothing shared with the code above.
    fn by_sorting(points: &[f64], dim: usize, labels: &[u32]) -> Vec<Vec<u32>> {
        let rows: Vec<&[f64]> = points.chunks_exact(dim).collect();
        let ranks = (0..rows.len()).map(|query| {
            let distance = |other: usize| {
                let pairs = rows[query].iter().zip(rows[other]);
                pairs.map(|(a, b)| (a - b).powi(2)).sum::<f64>()
            };
            let others = (0..rows.len()).filter(|&other| other != query);
            let mut others: Vec<(f64, usize)> = others.map(|i| (distance(i), i)).collect();
            others.sort_by(|a, b| a.partial_cmp(b).unwrap());
            let places = (1..).zip(others);
            let own = places.filter(|(_, (_, other))| labels[*other] == labels[query]);
            own.map(|(rank, _)| rank).collect()
        });
        ranks.collect()
    }

    /// Sizes of classes that are counted past, and others that are not, each with samples that are alone.
    const SIZES: [&[usize]; 4] = [
        &[8; 25],
        &[1, 2, 3, 9, 1, 7, 9, 4, 5, 9, 2, 2, 9, 9, 9],
        &[30, 1, 41, 12, 2],
        &[1; 10],
    ];

    #[test]
    fn ranks_are_those_of_all_distances() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        for sizes in SIZES {
            let labels = mixed(sizes);
            let (samples, dim) = (labels.len(), 3);
            // Multiples of 1/4 in few dimensions tie often. Every other one faces the one before, so that their mean is 0, and
            // all sums are exact.
            let mut embeddings = vec![0.0f32; samples * dim];
            for pair in embeddings.chunks_exact_mut(2 * dim) {
                let (one, other) = pair.split_at_mut(dim);
                for (one, other) in one.iter_mut().zip(other) {
                    *one = f32::from(rng.random_range(-6i8..=6)) / 4.0;
                    *other = -*one;
                }
            }
            let (classes, count) = dense_classes(&labels);
            let similarities = Similarities::new(&embeddings, dim, Distance::Euclidean).unwrap();
            let found = ranks(&similarities, &classes, count, samples, |_| ());
            let exact: Vec<f64> = embeddings.iter().copied().map(f64::from).collect();
            let expected = by_sorting(&exact, dim, &labels);
            for (sample, (found, expected)) in found.iter().zip(&expected).enumerate() {
                assert_eq!(found, expected, "sample {sample} of {sizes:?}");
            }
        }
    }

    /// What is reported of embeddings as networks make them agrees with a plain loop in f64 to a millionth.
    #[test]
    fn metrics_agree_with_a_loop_in_f64() {
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        for sizes in SIZES {
            let labels = mixed(sizes);
            let (samples, dim) = (labels.len(), 16);
            let centres: Vec<f32> = (0..sizes.len() * dim)
                .map(|_| rng.random_range(-1.0..1.0))
                .collect();
            let embeddings: Vec<f32> = (0..samples * dim)
                .map(|at| {
                    let centre = centres[labels[at / dim] as usize * dim + at % dim];
                    centre + rng.random_range(-1.0f32..1.0)
                })
                .collect();
            let unit = normalised(&embeddings, dim).unwrap();
            let unit: Vec<f64> = unit.into_iter().map(f64::from).collect();
            let ranks = by_sorting(&unit, dim, &labels);
            let asked = ranks.iter().filter(|ranks| !ranks.is_empty());
            let of_query = asked.map(|ranks| {
                let relevant = ranks.len() as f64;
                let hits = (1..)
                    .zip(ranks)
                    .filter(|&(_, &rank)| f64::from(rank) <= relevant);
                let precisions = hits
                    .clone()
                    .map(|(hit, &rank): (u32, _)| f64::from(hit) / f64::from(rank));
                let found = |k: u32| f64::from(u8::from(ranks[0] <= k));
                [
                    found(1),
                    found(20),
                    hits.count() as f64 / relevant,
                    precisions.sum::<f64>() / relevant,
                ]
            });
            let of_query: Vec<[f64; 4]> = of_query.collect();
            let found = evaluate(&embeddings, dim, &labels, &[1, 20], Distance::Cosine).unwrap();
            assert_eq!(found.queries, of_query.len());
            let found = [
                found.recall_at[0],
                found.recall_at[1],
                found.r_precision,
                found.map_at_r,
            ];
            for (measure, found) in found.into_iter().enumerate() {
                let sum: f64 = of_query.iter().map(|of| of[measure]).sum();
                let expected = sum / of_query.len() as f64;
                let same = (found - expected).abs() < 1e-6 || (found.is_nan() && expected.is_nan());
                assert!(same, "{measure} of {sizes:?}: {found}, {expected}");
            }
        }
    }
}
