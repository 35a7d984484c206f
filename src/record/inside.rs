//! What one loss sees of one batch, and how it pulls: read from the engine, to be drawn.

use serde::{Deserialize, Serialize};

use super::Census;
use crate::loss::RelationKind;

/// What the matrices of an [`Inside`] are of. Classes are those of the data set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InsideHeader {
    pub heat: usize,
    pub lane: usize,
    /// Steps done before: the batch is that of the next one.
    pub step: u32,
    pub kind: RelationKind,
    /// Which sample of the data set each row is.
    pub samples: Vec<u32>,
    /// The class that each is trained as, which is another one than its own where labels have noise.
    pub classes: Vec<u32>,
    /// The class of each learned vector that the samples are compared with.
    pub vectors: Vec<u32>,
    /// The class of each sample of earlier batches that they are compared with. Of these the pictures are not known.
    pub memory: Vec<u32>,
    /// How many more of those the census counts, which are no columns here.
    pub left_out: usize,
    /// Mixtures of the batch's samples that it is compared with, too. They are in the gradient, but not in the matrices.
    pub mixtures: usize,
    /// Dimensions of the embedding.
    pub dim: usize,
    pub census: Census,
}

impl InsideHeader {
    /// Columns that are the samples themselves, in the rows' order.
    pub fn among(&self) -> usize {
        if self.kind.among_samples() {
            self.samples.len()
        } else {
            0
        }
    }

    /// Columns of the matrices: the samples, where they are compared with each other, the learned vectors, the memory.
    pub fn columns(&self) -> usize {
        self.among() + self.vectors.len() + self.memory.len()
    }
}

/// Who pulls whom in the batch that a lane trains on next.
///
/// # Shapes
/// Both matrices `[sample, column]`, see [`InsideHeader::columns`].
#[derive(Clone, Debug, PartialEq)]
pub struct Inside {
    pub header: InsideHeader,
    /// How close the two are: a cosine, a logit, or a ratio of noise.
    pub value: Vec<f32>,
    /// −∂L/∂(closeness): above 0 the two attract each other, below 0 they repel. Row and column are anchor and other; of two
    /// samples add (i, j) and (j, i). A learned vector has both together.
    pub attraction: Vec<f32>,
    /// The loss's gradient by each embedding as it leaves the network, `[sample, dim]`.
    pub gradient: Vec<f32>,
}

impl Inside {
    /// Without the columns of earlier batches, which the census counts and no picture shows.
    pub fn without_memory(mut self) -> Self {
        let (columns, memory) = (self.header.columns(), self.header.memory.len());
        if memory > 0 {
            let kept = columns - memory;
            let narrow = |all: Vec<f32>| -> Vec<f32> {
                all.chunks_exact(columns)
                    .flat_map(|row| &row[..kept])
                    .copied()
                    .collect()
            };
            self.value = narrow(self.value);
            self.attraction = narrow(self.attraction);
            self.header.memory.clear();
            self.header.left_out += memory;
        }
        self
    }

    /// How strongly a sample and a column pull each other together, below 0 apart: of two samples both directions added.
    pub fn pull(&self, sample: usize, column: usize) -> f32 {
        let columns = self.header.columns();
        let here = self.attraction[sample * columns + column];
        if column == sample && column < self.header.among() {
            0.0
        } else if column < self.header.among() {
            here + self.attraction[column * columns + sample]
        } else {
            here
        }
    }

    /// The class of a column.
    pub fn class_of(&self, column: usize) -> u32 {
        let (header, among) = (&self.header, self.header.among());
        if column < among {
            header.classes[column]
        } else if column < among + header.vectors.len() {
            header.vectors[column - among]
        } else {
            header.memory[column - among - header.vectors.len()]
        }
    }

    /// Length of the loss's gradient by an embedding.
    pub fn gradient_length(&self, sample: usize) -> f32 {
        let dim = self.header.dim;
        let own = &self.gradient[sample * dim..(sample + 1) * dim];
        own.iter().map(|x| x * x).sum::<f32>().sqrt()
    }

    /// The numbers one after another, as they travel beside the header.
    pub fn floats(&self) -> Vec<f32> {
        [&self.value[..], &self.attraction, &self.gradient].concat()
    }

    /// From what has travelled; `None` where it is not as long as the header says.
    pub fn from_floats(header: InsideHeader, mut floats: Vec<f32>) -> Option<Self> {
        let rows = header.samples.len();
        let matrix = rows * header.columns();
        if header.classes.len() != rows || floats.len() != 2 * matrix + rows * header.dim {
            return None;
        }
        let gradient = floats.split_off(2 * matrix);
        let attraction = floats.split_off(matrix);
        Some(Self {
            header,
            value: floats,
            attraction,
            gradient,
        })
    }
}
