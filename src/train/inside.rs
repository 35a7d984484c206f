//! A look inside a lane: who pulls whom in its next batch, read back from the device.

use burn::tensor::Tensor;

use super::heat::{NextBatch, read};
use super::{Heat, Samples, TrainError};
use crate::loss::{Relation, RelationKind};
use crate::record::{Census, Inside, InsideHeader, Seen};

/// Where to look.
pub(super) struct At<'a> {
    pub heat: usize,
    pub lane: usize,
    /// The data set's class behind each training label.
    pub train_classes: &'a [u32],
}

/// Looks at the batch that the next step trains on.
pub(super) async fn look(heat: &Heat, samples: &Samples, at: At<'_>) -> Result<Inside, TrainError> {
    let next = heat.next_batch(samples, at.lane);
    let kind = next.relation.kind;
    let [_, rows, dim] = next.unit.dims();
    let learned = heat.class_vectors().map_or(0, |vectors| vectors.dims()[1]);
    let class = |label: u32| at.train_classes[label as usize];
    // Rows of one class are one after another, as many for each.
    let of_vector = |row: usize| class((row * at.train_classes.len() / learned) as u32);
    let classes: Vec<u32> = next.labels.iter().map(|&label| class(label)).collect();
    let vectors: Vec<u32> = (0..learned).map(of_vector).collect();
    let (samples, is_mixed) = (next.indices.clone(), next.is_mixed);
    let numbers = Numbers::read(next).await?;
    let memory: Vec<u32> = numbers.memory.into_iter().map(class).collect();
    let census = Census::of(&Seen {
        loss: heat.loss(),
        kind,
        samples: &classes,
        vectors: &vectors,
        memory: &memory,
        value: &numbers.value,
        attraction: &numbers.attraction,
        unit: &numbers.unit,
        value_of_loss: numbers.loss,
        mined: numbers.mined,
    });
    let header = InsideHeader {
        heat: at.heat,
        lane: at.lane,
        step: heat.step_count(),
        kind,
        samples,
        classes,
        vectors,
        memory,
        left_out: 0,
        mixtures: if is_mixed { rows } else { 0 },
        dim,
        census,
    };
    Ok(Inside {
        header,
        value: numbers.value,
        attraction: numbers.attraction,
        gradient: numbers.gradient,
    })
}

/// What was read of a batch.
struct Numbers {
    value: Vec<f32>,
    attraction: Vec<f32>,
    gradient: Vec<f32>,
    unit: Vec<f32>,
    loss: f32,
    mined: Option<usize>,
    /// Training labels of the memory.
    memory: Vec<u32>,
}

impl Numbers {
    /// All in one reading: on a GPU each costs the way there and back.
    async fn read(next: NextBatch) -> Result<Self, TrainError> {
        let [_, rows, _] = next.unit.dims();
        let has_miner = next.mined.is_some();
        let kept = next.memory_labels.as_ref().map_or(0, |it| it.dims()[1]);
        let value = of_samples(&next.relation, next.relation.value.clone(), rows, kept);
        let attraction = attraction_of_samples(&next.relation, rows, kept);
        let mut parts = vec![value, attraction, next.gradients.embeddings, next.unit];
        parts.push(next.loss);
        parts.extend(next.mined);
        // Labels are far below the whole numbers that a float holds.
        parts.extend(next.memory_labels.map(|it| it.float().unsqueeze::<3>()));
        let mut read = read_all(parts).await?.into_iter();
        let mut part = || read.next().expect("as many parts as were handed over");
        Ok(Self {
            value: part(),
            attraction: part(),
            gradient: part(),
            unit: part(),
            loss: part()[0],
            mined: has_miner.then(|| part()[0] as usize),
            memory: if kept > 0 {
                part().into_iter().map(|label| label as u32).collect()
            } else {
                Vec::new()
            },
        })
    }
}

/// A relation's matrix without the mixtures, whose columns come last and whose rows, where samples are compared with learned
/// vectors, come last, too; and without the relations of two learned vectors, which are of no batch.
fn of_samples(relation: &Relation, matrix: Tensor<3>, rows: usize, kept: usize) -> Tensor<3> {
    let [_, _, columns] = matrix.dims();
    let columns = match relation.kind {
        RelationKind::SampleCosines => rows + kept,
        _ => columns,
    };
    matrix.narrow(1, 0, rows).narrow(2, 0, columns)
}

/// As [`of_samples`]; a learned vector, which comes as a row as well where all are compared with all, has both together.
fn attraction_of_samples(relation: &Relation, rows: usize, kept: usize) -> Tensor<3> {
    let all = relation.attraction();
    let attraction = of_samples(relation, all.clone(), rows, kept);
    if relation.kind != RelationKind::AllCosines {
        return attraction;
    }
    let vectors = all.dims()[1] - rows;
    let by_vector = all.narrow(1, rows, vectors).narrow(2, 0, rows);
    let to_vector = attraction.clone().narrow(2, rows, vectors) + by_vector.swap_dims(1, 2);
    Tensor::cat(vec![attraction.narrow(2, 0, rows), to_vector], 2)
}

async fn read_all(parts: Vec<Tensor<3>>) -> Result<Vec<Vec<f32>>, TrainError> {
    let lengths: Vec<usize> = parts
        .iter()
        .map(|part| part.dims().iter().product())
        .collect();
    let flat = parts.into_iter().zip(&lengths);
    let flat = flat.map(|(part, &length)| part.reshape([1, 1, length]));
    let all = read(Tensor::cat(flat.collect(), 2)).await?;
    let mut rest = &all[..];
    let read = lengths.iter().map(|&length| {
        let (part, after) = rest.split_at(length);
        rest = after;
        part.to_vec()
    });
    Ok(read.collect())
}

#[cfg(test)]
mod tests;
