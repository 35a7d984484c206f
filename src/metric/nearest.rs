//! The nearest neighbours of every sample. The costly part of every retrieval metric, so it is laid out for SIMD: tiles
//! of the similarity matrix, each computed once for both of its sides.

use super::{Distance, MetricError, count, normalised};

/// Rows and columns of a tile of similarities: 16 kB, which stays in the first cache.
pub(super) const TILE: usize = 64;
/// Rows of the inner product kernel.
const ROWS: usize = 4;
/// Columns of the inner product kernel: two SIMD registers of four.
const COLUMNS: usize = 8;

/// The `k[i]` nearest other samples of each sample `i`, nearest first; fewer where there are fewer samples. Equal
/// distances are ordered by index.
///
/// # Shapes
/// `embeddings` is `[sample, dim]`, `k` has one entry a sample.
///
/// # Errors
/// [`MetricError`] where the lengths do not fit or a value is not finite.
pub fn nearest(
    embeddings: &[f32],
    dim: usize,
    k: &[usize],
    distance: Distance,
) -> Result<Vec<Vec<u32>>, MetricError> {
    let samples = count(embeddings, dim)?;
    if k.len() != samples {
        return Err(MetricError::Labels {
            embeddings: samples,
            labels: k.len(),
        });
    }
    let similarities = Similarities::new(embeddings, dim, distance)?;
    Ok(similarities.nearest(k, |_| ()))
}

/// A tile of the similarities, of those above the diagonal.
pub(super) struct Tile<'a> {
    /// [`TILE`] a row, of which the first [`columns`](Self::columns) count.
    pub(super) similarities: &'a mut [f32],
    pub(super) first_row: usize,
    pub(super) rows: usize,
    pub(super) first_column: usize,
    pub(super) columns: usize,
}

impl Tile<'_> {
    /// The first column that counts in a row: on the diagonal, each pair is there once.
    pub(super) fn first_of(&self, row: usize) -> usize {
        if self.is_on_diagonal() {
            (row + 1).min(self.columns)
        } else {
            0
        }
    }

    /// Its rows are the samples that its columns are.
    pub(super) fn is_on_diagonal(&self) -> bool {
        self.first_row == self.first_column
    }
}

/// How similar every two samples are: cosines, or −d²/2.
pub(super) struct Similarities {
    points: Vec<f32>,
    pub(super) dim: usize,
    pub(super) samples: usize,
    /// Half squared norms where it is −d²/2 = a·b − |a|²/2 − |b|²/2, which is symmetric and falls as the distance grows.
    offsets: Option<Vec<f32>>,
}

impl Similarities {
    pub(super) fn new(
        embeddings: &[f32],
        dim: usize,
        distance: Distance,
    ) -> Result<Self, MetricError> {
        let samples = count(embeddings, dim)?;
        let (points, offsets) = match distance {
            Distance::Cosine => (normalised(embeddings, dim)?, None),
            Distance::Euclidean => {
                let points = centred(embeddings, dim)?;
                let half = |row: &[f32]| 0.5 * dot(row, row);
                let offsets = points.chunks_exact(dim).map(half).collect();
                (points, Some(offsets))
            }
        };
        Ok(Self {
            points,
            dim,
            samples,
            offsets,
        })
    }

    /// Each pair once, in tiles.
    pub(super) fn for_each_tile(&self, mut see: impl FnMut(Tile<'_>)) {
        let panels = Panels::new(&self.points, self.dim, self.samples);
        let mut tile = [0.0f32; TILE * TILE];
        for first_row in (0..self.samples).step_by(TILE) {
            let rows = TILE.min(self.samples - first_row);
            for first_column in (first_row..self.samples).step_by(TILE) {
                let columns = TILE.min(self.samples - first_column);
                panels.tile(
                    &self.points,
                    (first_row, rows),
                    (first_column, columns),
                    &mut tile,
                );
                let similarities = &mut tile[..rows * TILE];
                if let Some(offsets) = &self.offsets {
                    let of_columns = &offsets[first_column..first_column + columns];
                    let of_rows = &offsets[first_row..first_row + rows];
                    for (row, &offset) in similarities.chunks_exact_mut(TILE).zip(of_rows) {
                        for (similarity, &other) in row.iter_mut().zip(of_columns) {
                            *similarity -= offset + other;
                        }
                    }
                }
                see(Tile {
                    similarities,
                    first_row,
                    rows,
                    first_column,
                    columns,
                });
            }
        }
    }

    /// Similarities of some samples with each other, `[one * of.len() + other]`, bit by bit as the tiles have them.
    pub(super) fn among(&self, of: &[u32], out: &mut Vec<f32>) {
        let row = |sample: u32| &self.points[sample as usize * self.dim..][..self.dim];
        out.clear();
        out.resize(of.len() * of.len(), 0.0);
        let mut panel = vec![0.0; self.dim * COLUMNS];
        for (block, columns) in of.chunks(COLUMNS).enumerate() {
            for (column, &sample) in columns.iter().enumerate() {
                for (d, &x) in row(sample).iter().enumerate() {
                    panel[d * COLUMNS + column] = x;
                }
            }
            for first in (0..of.len()).step_by(ROWS) {
                // A last group of fewer rows repeats its last one.
                let at = |r: usize| of[(first + r).min(of.len() - 1)];
                let sums = products([at(0), at(1), at(2), at(3)].map(row), &panel);
                for (r, sums) in sums.iter().take(of.len() - first).enumerate() {
                    let start = (first + r) * of.len() + block * COLUMNS;
                    out[start..][..columns.len()].copy_from_slice(&sums[..columns.len()]);
                }
            }
        }
        if let Some(offsets) = &self.offsets {
            let each = out.chunks_exact_mut(of.len().max(1)).zip(of);
            for (similarities, &one) in each {
                for (similarity, &other) in similarities.iter_mut().zip(of) {
                    *similarity -= offsets[one as usize] + offsets[other as usize];
                }
            }
        }
    }

    /// The `k[i]` nearest others of each sample. Each tile is shown to `watch`, so that what else needs it does not compute it
    /// again.
    pub(super) fn nearest(&self, k: &[usize], mut watch: impl FnMut(&Tile<'_>)) -> Vec<Vec<u32>> {
        let others = self.samples.saturating_sub(1);
        let mut kept: Vec<Kept> = k.iter().map(|&k| Kept::new(k.min(others))).collect();
        let mut column = [0.0f32; TILE];
        self.for_each_tile(|tile| {
            watch(&tile);
            for row in 0..tile.rows {
                let first = tile.first_of(row);
                let similarities = &tile.similarities[row * TILE..][first..tile.columns];
                kept[tile.first_row + row].offer(similarities, tile.first_column + first);
            }
            for other in 0..tile.columns {
                let rows = if tile.is_on_diagonal() {
                    other
                } else {
                    tile.rows
                };
                let each = column.iter_mut().zip(tile.similarities.chunks_exact(TILE));
                for (similarity, row) in each.take(rows) {
                    *similarity = row[other];
                }
                kept[tile.first_column + other].offer(&column[..rows], tile.first_row);
            }
        });
        kept.into_iter().map(Kept::into_indices).collect()
    }
}

/// Moves the mean to the origin, which leaves distances as they are and spares the Gram form a loss of digits.
fn centred(embeddings: &[f32], dim: usize) -> Result<Vec<f32>, MetricError> {
    let mut mean = vec![0.0f64; dim];
    for (sample, row) in embeddings.chunks_exact(dim).enumerate() {
        if row.iter().any(|x| !x.is_finite()) {
            return Err(MetricError::NotFinite { sample });
        }
        for (sum, &x) in mean.iter_mut().zip(row) {
            *sum += f64::from(x);
        }
    }
    let samples = (embeddings.len() / dim).max(1) as f64;
    Ok(embeddings
        .chunks_exact(dim)
        .flat_map(|row| {
            row.iter()
                .zip(&mean)
                .map(|(&x, &sum)| (f64::from(x) - sum / samples) as f32)
        })
        .collect())
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// The points once more, in panels of [`COLUMNS`] points with the dimension as the slow axis, padded with zeros.
struct Panels {
    values: Vec<f32>,
    dim: usize,
}

impl Panels {
    fn new(points: &[f32], dim: usize, samples: usize) -> Self {
        let panels = samples.div_ceil(TILE) * (TILE / COLUMNS);
        let mut values = vec![0.0; panels * dim * COLUMNS];
        for (sample, row) in points.chunks_exact(dim).enumerate() {
            let panel = &mut values[sample / COLUMNS * dim * COLUMNS..];
            for (d, &x) in row.iter().enumerate() {
                panel[d * COLUMNS + sample % COLUMNS] = x;
            }
        }
        Self { values, dim }
    }

    /// Inner products of so many points from a first one with so many from another. Of a tile on the diagonal only groups
    /// that reach above it.
    fn tile(
        &self,
        points: &[f32],
        (first_row, rows): (usize, usize),
        (first_column, columns): (usize, usize),
        out: &mut [f32; TILE * TILE],
    ) {
        let dim = self.dim;
        for first in (0..rows).step_by(ROWS) {
            // A last group of fewer rows repeats its last one; what it writes there is overwritten or not read.
            let row = |r: usize| {
                let sample = first_row + (first + r).min(rows - 1);
                &points[sample * dim..(sample + 1) * dim]
            };
            let group = [row(0), row(1), row(2), row(3)];
            let first_panel = if first_row == first_column {
                first / COLUMNS
            } else {
                0
            };
            for panel in first_panel..columns.div_ceil(COLUMNS) {
                let columns = &self.values[(first_column / COLUMNS + panel) * dim * COLUMNS..]
                    [..dim * COLUMNS];
                let sums = products(group, columns);
                for (r, sums) in sums.iter().enumerate() {
                    out[(first + r) * TILE + panel * COLUMNS..][..COLUMNS].copy_from_slice(sums);
                }
            }
        }
    }
}

/// Four rows times eight columns. Every sum runs over the dimensions in order, so equal points have equal similarities.
#[inline]
fn products(rows: [&[f32]; ROWS], columns: &[f32]) -> [[f32; COLUMNS]; ROWS] {
    let mut sums = [[0.0f32; COLUMNS]; ROWS];
    let [a, b, c, d] = rows;
    let (columns, _) = columns.as_chunks::<COLUMNS>();
    for ((((column, &a), &b), &c), &d) in columns.iter().zip(a).zip(b).zip(c).zip(d) {
        for (sums, x) in sums.iter_mut().zip([a, b, c, d]) {
            for (sum, y) in sums.iter_mut().zip(column) {
                *sum += x * y;
            }
        }
    }
    sums
}

/// The nearest samples seen so far: a buffer of twice the wanted number, cut down when it is full. That costs a constant
/// time a candidate, for few neighbours and for many.
struct Kept {
    wanted: usize,
    /// `key(similarity, index)`: ascending is nearest first. Only the first `count` are candidates; behind them is room for
    /// one group more.
    keys: Vec<u64>,
    count: usize,
    /// Candidates below this similarity cannot be among the nearest.
    threshold: f32,
}

impl Kept {
    fn new(wanted: usize) -> Self {
        Self {
            wanted,
            keys: vec![0; 2 * wanted + 2 * COLUMNS],
            count: 0,
            threshold: f32::NEG_INFINITY,
        }
    }

    /// Looks at the similarities of the samples from `first` on.
    fn offer(&mut self, similarities: &[f32], first: usize) {
        if self.wanted == 0 {
            return;
        }
        for (group, chunk) in similarities.chunks(COLUMNS).enumerate() {
            // Most groups hold nothing near: one SIMD comparison passes them by.
            let any = chunk.iter().fold(false, |any, &similarity| {
                any | (similarity >= self.threshold)
            });
            if !any {
                continue;
            }
            // Whether one is near cannot be foreseen: each is written, and counted if it is.
            let room = &mut self.keys[self.count..][..COLUMNS + 1];
            let mut count = 0;
            for (offset, &similarity) in chunk.iter().enumerate() {
                let index = first + group * COLUMNS + offset;
                room[count] = key(similarity, index as u32);
                count += usize::from(similarity >= self.threshold);
            }
            self.count += count;
            if self.count >= 2 * self.wanted {
                self.cut();
            }
        }
    }

    fn cut(&mut self) {
        let (_, &mut last, _) = self.keys[..self.count].select_nth_unstable(self.wanted - 1);
        self.count = self.wanted;
        self.threshold = similarity_of(last);
    }

    fn into_indices(mut self) -> Vec<u32> {
        self.keys.truncate(self.count);
        self.keys.sort_unstable();
        self.keys.truncate(self.wanted);
        self.keys.iter().copied().map(sample_of).collect()
    }
}

/// A number that ascends as the similarity falls, then as the index rises.
pub(super) fn key(similarity: f32, index: u32) -> u64 {
    // `+ 0.0` makes −0 equal to 0.
    let bits = (similarity + 0.0).to_bits();
    let ascending = if bits >> 31 == 0 {
        bits | 0x8000_0000
    } else {
        !bits
    };
    (u64::from(!ascending) << 32) | u64::from(index)
}

pub(super) fn similarity_of(key: u64) -> f32 {
    let ascending = !((key >> 32) as u32);
    f32::from_bits(if ascending >> 31 == 1 {
        ascending & 0x7fff_ffff
    } else {
        !ascending
    })
}

/// The index that is in a key.
pub(super) fn sample_of(key: u64) -> u32 {
    key as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Differences in f64, sorted: nothing shared with the code above.
    fn brute_force(embeddings: &[f32], dim: usize, k: usize) -> Vec<Vec<u32>> {
        let rows: Vec<&[f32]> = embeddings.chunks_exact(dim).collect();
        (0..rows.len())
            .map(|i| {
                let mut others: Vec<(f64, u32)> = (0..rows.len())
                    .filter(|&j| j != i)
                    .map(|j| {
                        let d = rows[i]
                            .iter()
                            .zip(rows[j])
                            .map(|(a, b)| f64::from(a - b).powi(2))
                            .sum::<f64>();
                        (d, j as u32)
                    })
                    .collect();
                others.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                others.into_iter().take(k).map(|(_, j)| j).collect()
            })
            .collect()
    }

    fn random(samples: usize, dim: usize, seed: u64) -> Vec<f32> {
        use rand::{RngExt, SeedableRng};
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        // Multiples of 1/8 in few dimensions tie often; the sums are exact.
        (0..samples * dim)
            .map(|_| f32::from(rng.random_range(-32i8..=32)) / 8.0)
            .collect()
    }

    #[test]
    fn the_key_orders_by_similarity_then_index() {
        let values = [f32::MAX, 3.0, 1e-30, 0.0, -1e-30, -0.5, -f32::MAX];
        for pair in values.windows(2) {
            assert!(key(pair[0], 9) < key(pair[1], 0), "{pair:?}");
        }
        for value in values {
            assert_eq!(similarity_of(key(value, 77)), value);
        }
        assert!(key(0.5, 1) < key(0.5, 2));
        assert!(key(-0.0, 1) < key(0.0, 2));
    }

    #[test]
    fn agrees_with_sorting_all_distances_at_every_size_about_a_tile() {
        for (samples, dim) in [
            (1, 3),
            (2, 1),
            (3, 5),
            (63, 2),
            (64, 3),
            (65, 4),
            (130, 7),
            (200, 1),
        ] {
            let embeddings = random(samples, dim, samples as u64);
            for k in [1, 4, 50, 500] {
                let found =
                    nearest(&embeddings, dim, &vec![k; samples], Distance::Euclidean).unwrap();
                // The centring is not exact, so neighbours at equal distances may change places: compare distances.
                let expected = brute_force(&embeddings, dim, k);
                for (i, (found, expected)) in found.iter().zip(&expected).enumerate() {
                    let distance = |j: u32| {
                        let (a, b) = (
                            &embeddings[i * dim..][..dim],
                            &embeddings[j as usize * dim..][..dim],
                        );
                        a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f32>()
                    };
                    let found: Vec<f32> = found.iter().map(|&j| distance(j)).collect();
                    let expected: Vec<f32> = expected.iter().map(|&j| distance(j)).collect();
                    assert_eq!(found, expected, "sample {i} of {samples}, dim {dim}, k {k}");
                }
            }
        }
    }

    #[test]
    fn equal_points_are_ordered_by_index_without_oneself() {
        let embeddings = [1.0f32, 2.0].repeat(150);
        for distance in [Distance::Cosine, Distance::Euclidean] {
            let found = nearest(&embeddings, 2, &[3; 150], distance).unwrap();
            assert_eq!(found[0], [1, 2, 3]);
            assert_eq!(found[1], [0, 2, 3]);
            assert_eq!(found[149], [0, 1, 2]);
        }
    }

    #[test]
    fn cosine_does_not_see_the_length_euclidean_does() {
        let embeddings = [1.0, 0.0, 9.0, 1.0, 1.0, 1.0];
        assert_eq!(
            nearest(&embeddings, 2, &[1; 3], Distance::Cosine).unwrap()[0],
            [1]
        );
        assert_eq!(
            nearest(&embeddings, 2, &[1; 3], Distance::Euclidean).unwrap()[0],
            [2]
        );
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        assert_eq!(
            nearest(&[1.0; 5], 2, &[1; 2], Distance::Cosine),
            Err(MetricError::Shape { values: 5, dim: 2 })
        );
        assert_eq!(
            nearest(&[1.0], 0, &[1], Distance::Cosine),
            Err(MetricError::Shape { values: 1, dim: 0 })
        );
        for distance in [Distance::Cosine, Distance::Euclidean] {
            assert_eq!(
                nearest(&[1.0, 2.0, f32::NAN, 0.0], 2, &[1; 2], distance),
                Err(MetricError::NotFinite { sample: 1 })
            );
        }
    }
}
