//! A race: heats under one set of conditions, and what is measured of them.

use burn::tensor::{Device, Int, Tensor, TensorData};

use super::heat::read;
use super::{Backbone, Heat, Heats, TrainError, inside};
use crate::bridge::Retrieval;
use crate::data::{Dataset, Split};
use crate::experiment::RaceSpec;
use crate::metric::{MetricError, each_query, nearest_of};
use crate::projection::{NeighbourMap, Projection};
use crate::record::{
    ClassScore, CurvePoint, Embedded, Frame, FrameHeader, Inside, LanePoint, LaneScores, Measure,
};

/// Pictures that the embedding view shows at most: as many as find room beside each other.
const VIEW_PICTURES: usize = 192;
/// Most classes that they are of: as many as colours and shapes can tell apart.
pub const VIEW_CLASSES: usize = 24;
/// Most pictures of a class, where there are few classes.
pub const VIEW_PER_CLASS: usize = 16;
/// Class vectors that the embedding view shows beside them.
pub const VIEW_CLASS_VECTORS: usize = 24;
/// Pictures that are looked up to show who lies nearest, where nobody has chosen any.
pub const QUERIES: usize = 6;
/// How many of the nearest are shown of each.
pub const RETRIEVED: usize = 5;
/// Steps that a map of neighbours takes for each frame, so that it follows the training and never jumps.
const MAP_STEPS: usize = 30;

/// A data set on the device: uploaded once, gathered by index.
#[derive(Clone)]
pub struct Samples {
    /// `[sample, feature]`
    inputs: Tensor<2>,
}

impl Samples {
    pub fn new(dataset: &Dataset, device: &Device) -> Self {
        let shape = [dataset.len(), dataset.features];
        Self {
            inputs: Tensor::from_data(TensorData::new(dataset.to_floats(), shape), device),
        }
    }

    /// Length of one sample.
    pub fn features(&self) -> usize {
        self.inputs.dims()[1]
    }

    /// `[index, feature]`
    pub fn gather(&self, indices: &[u32]) -> Tensor<2> {
        let indices: Vec<i32> = indices.iter().map(|&index| index as i32).collect();
        let shape = [indices.len()];
        let indices =
            Tensor::<1, Int>::from_data(TensorData::new(indices, shape), &self.inputs.device());
        self.inputs.clone().select(0, indices)
    }
}

/// Heats under one set of conditions.
///
/// A race knows neither pace nor pause: a [`Driver`](super::Driver) decides when to call [`Race::step`]. It takes the
/// clock from outside, since browser and native program have different ones.
pub struct Race {
    spec: RaceSpec,
    samples: Samples,
    evaluation: Picked,
    view: Picked,
    runners: Vec<Runner>,
    /// Whether frames are maps of neighbours, where the embedding has more than three dimensions.
    neighbours: bool,
    /// The pictures that are looked up, as places among those of the evaluation.
    queries: Vec<usize>,
    /// The data set's class behind each training label.
    train_classes: Vec<u32>,
    test_classes: usize,
}

/// Samples that are embedded again and again: gathered once, `[1, sample, feature]`.
struct Picked {
    indices: Vec<u32>,
    labels: Vec<u32>,
    inputs: Tensor<3>,
}

impl Picked {
    fn new(indices: Vec<u32>, dataset: &Dataset, samples: &Samples) -> Self {
        let labels = indices
            .iter()
            .map(|&index| dataset.labels[index as usize])
            .collect();
        let inputs = samples.gather(&indices).unsqueeze::<3>();
        Self {
            indices,
            labels,
            inputs,
        }
    }
}

/// The first [`VIEW_CLASSES`] classes of the candidates, class after class: of few classes [`VIEW_PER_CLASS`] samples each, of
/// many as many as make [`VIEW_PICTURES`].
fn view_of(candidates: &[u32], dataset: &Dataset) -> Vec<u32> {
    let mut classes: Vec<(u32, Vec<u32>)> = Vec::new();
    for &index in candidates {
        let label = dataset.labels[index as usize];
        match classes.iter().position(|(class, _)| *class == label) {
            Some(known) if classes[known].1.len() < VIEW_PER_CLASS => classes[known].1.push(index),
            None if classes.len() < VIEW_CLASSES => classes.push((label, vec![index])),
            _ => {}
        }
    }
    let each = VIEW_PICTURES / classes.len().max(1);
    classes
        .into_iter()
        .flat_map(|(_, members)| members.into_iter().take(each))
        .collect()
}

/// One sample of each of [`QUERIES`] classes, spread over all of them: the first of its class, whichever that is.
fn first_queries(labels: &[u32]) -> Vec<usize> {
    let new = |&place: &usize| place == 0 || labels[place] != labels[place - 1];
    let firsts: Vec<usize> = (0..labels.len()).filter(new).collect();
    let wanted = QUERIES.min(firsts.len());
    (0..wanted)
        .map(|query| firsts[query * firsts.len() / wanted])
        .collect()
}

/// A heat and what was measured of it.
struct Runner {
    heat: Heat,
    train_seconds: f64,
    /// Mean training loss of each lane's last steps; none before the first.
    losses: Vec<Option<f32>>,
    /// Steps at which lanes stopped because their loss was not finite.
    stopped: Vec<Option<u32>>,
    /// Lanes whose stop was reported.
    stop_reported: Vec<bool>,
    /// Index into `evaluate_at` of the next evaluation.
    next_evaluation: usize,
    evaluated_at: Option<u32>,
    /// The embeddings of that evaluation, `[lane, sample, dim]`.
    evaluated: Vec<f32>,
    shown_lane: usize,
    projection: Projection,
    map: NeighbourMap,
    /// The step whose embeddings the map has followed last.
    mapped: Option<u32>,
}

impl Runner {
    /// Other points are to be seen: nothing is left of the last picture.
    fn forget_picture(&mut self) {
        self.projection = Projection::new(2);
        self.map = NeighbourMap::new();
        self.mapped = None;
    }

    /// The map of neighbours, moved on from the last frame's; in units of its radius. Losses start from the same network,
    /// and so from the same map.
    fn neighbour_frame(&mut self, heat: usize, embeddings: &[f32], dim: usize) -> Frame {
        let step = self.heat.step_count();
        // A lane whose weights have left the range has no picture.
        let shown = self.map.observe(embeddings, dim).is_ok();
        if shown {
            while self.map.is_forming() {
                self.map.step();
            }
            // What is asked for twice is the same picture.
            if self.mapped.is_some_and(|mapped| mapped != step) {
                for _ in 0..MAP_STEPS {
                    self.map.step();
                }
            }
            self.mapped = Some(step);
        }
        let radius = self.map.radius().max(f32::MIN_POSITIVE);
        let coordinates: Vec<f32> = if shown {
            let all = self.map.positions().iter().flatten();
            all.map(|x| x / radius).collect()
        } else {
            Vec::new()
        };
        Frame {
            header: FrameHeader {
                heat,
                lane: self.shown_lane,
                step,
                components: 2,
                points: coordinates.len() / 2,
                neighbours: true,
                proxies: 0,
                explained: 0.0,
            },
            coordinates,
        }
    }
}

impl Race {
    /// Lays out a race at step 0.
    ///
    /// # Errors
    /// Where the settings make no race: no batch of the asked kind can be drawn, a heat has no lanes, a hyperparameter is
    /// missing, or the pre-trained network does not fit.
    pub fn new(
        spec: &RaceSpec,
        dataset: &Dataset,
        samples: &Samples,
        device: &Device,
    ) -> Result<Self, TrainError> {
        let backbone = Backbone::of(spec, dataset)?;
        Self::starting_from(backbone.as_ref(), spec, dataset, samples, device)
    }

    /// Lays out a race whose networks start from this backbone, whatever the settings say of the start.
    ///
    /// # Errors
    /// As [`Race::new`].
    pub fn starting_from(
        backbone: Option<&Backbone>,
        spec: &RaceSpec,
        dataset: &Dataset,
        samples: &Samples,
        device: &Device,
    ) -> Result<Self, TrainError> {
        let split = Split::of(&spec.data, dataset)?;
        let scored = spec.data.info().most_scored();
        let evaluation = split.evaluation(dataset, spec.evaluate_on, scored);
        let evaluation = Picked::new(evaluation, dataset, samples);
        // Of those that are measured, so that any of them can be looked up.
        let view = Picked::new(view_of(&evaluation.indices, dataset), dataset, samples);
        let runners = spec
            .heats
            .iter()
            .map(|heat| {
                let heat = Heat::new(spec, heat, &split, dataset, backbone, device)?;
                let lanes = heat.lanes();
                Ok(Runner {
                    heat,
                    train_seconds: 0.0,
                    losses: vec![None; lanes],
                    stopped: vec![None; lanes],
                    stop_reported: vec![false; lanes],
                    next_evaluation: 0,
                    evaluated_at: None,
                    evaluated: Vec::new(),
                    shown_lane: 0,
                    projection: Projection::new(2),
                    map: NeighbourMap::new(),
                    mapped: None,
                })
            })
            .collect::<Result<Vec<_>, TrainError>>()?;
        let mut test_classes = evaluation.labels.clone();
        test_classes.dedup();
        Ok(Self {
            spec: spec.clone(),
            samples: samples.clone(),
            view,
            runners,
            neighbours: true,
            queries: first_queries(&evaluation.labels),
            train_classes: split.train_classes,
            test_classes: test_classes.len(),
            evaluation,
        })
    }

    pub fn heats(&self) -> usize {
        self.runners.len()
    }

    pub fn train_classes(&self) -> usize {
        self.train_classes.len()
    }

    /// Classes that the metrics are computed on.
    pub fn test_classes(&self) -> usize {
        self.test_classes
    }

    /// The picture behind each point of a frame, as index in the data set.
    pub fn view(&self) -> &[u32] {
        &self.view.indices
    }

    /// The samples that the metrics are computed on, as indices in the data set.
    pub fn evaluation(&self) -> &[u32] {
        &self.evaluation.indices
    }

    pub fn heat(&self, heat: usize) -> &Heat {
        &self.runners[heat].heat
    }

    /// Steps that a heat has done.
    pub fn step_count(&self, heat: usize) -> u32 {
        self.runners[heat].heat.step_count()
    }

    /// Whether all steps are done, or no lane is left.
    pub fn is_finished(&self, heat: usize) -> bool {
        let runner = &self.runners[heat];
        runner.heat.step_count() >= self.spec.schedule.steps
            || runner.stopped.iter().all(Option::is_some)
    }

    /// One training step of one heat.
    pub fn step(&mut self, heat: usize) {
        self.runners[heat].heat.step(&self.samples);
    }

    /// Adds to a heat's training time, which [`CurvePoint::train_seconds`] reports.
    pub fn add_train_seconds(&mut self, heat: usize, seconds: f64) {
        self.runners[heat].train_seconds += seconds;
    }

    /// See [`Heat::set_rates`]. The steps that the heat has done by then; `None` where there is no such heat.
    pub fn set_rates(&mut self, heat: usize, lr: f32, proxy_lr_factor: f32) -> Option<u32> {
        let heat = &mut self.runners.get_mut(heat)?.heat;
        heat.set_rates(lr, proxy_lr_factor);
        Some(heat.step_count())
    }

    /// Chooses the lane that [`Race::frame`] shows.
    pub fn show_lane(&mut self, heat: usize, lane: usize) {
        if let Some(runner) = self.runners.get_mut(heat)
            && lane < runner.heat.lanes()
        {
            runner.shown_lane = lane;
            runner.forget_picture();
        }
    }

    /// Chooses whether frames are maps of neighbours, as they are at first, or principal planes.
    pub fn show_neighbours(&mut self, neighbours: bool) {
        self.neighbours = neighbours;
        for runner in &mut self.runners {
            runner.forget_picture();
        }
    }

    /// Chooses whether frames show unseen classes or some of those that are trained on, whose class vectors can then be
    /// shown among their samples.
    ///
    /// # Errors
    /// Where the data set is not the race's.
    pub fn show_classes(
        &mut self,
        dataset: &Dataset,
        samples: &Samples,
        seen: bool,
    ) -> Result<(), TrainError> {
        let split = Split::of(&self.spec.data, dataset)?;
        let candidates = if seen {
            &split.train
        } else {
            &self.evaluation.indices
        };
        self.view = Picked::new(view_of(candidates, dataset), dataset, samples);
        for runner in &mut self.runners {
            runner.forget_picture();
        }
        Ok(())
    }

    /// Waits until the device has done all steps of a heat; lanes whose loss is no longer finite are stopped. Returns
    /// those that stopped just now.
    ///
    /// # Errors
    /// [`TrainError::Device`] where the device is lost.
    pub async fn settle(&mut self, heat: usize) -> Result<Vec<usize>, TrainError> {
        let runner = &mut self.runners[heat];
        let step = runner.heat.step_count();
        if let Some(losses) = runner.heat.take_losses().await? {
            for (lane, loss) in losses.into_iter().enumerate() {
                if runner.stopped[lane].is_some() {
                    continue;
                }
                if loss.is_finite() {
                    runner.losses[lane] = Some(loss);
                } else {
                    runner.stopped[lane] = Some(step);
                }
            }
        }
        let ended: Vec<usize> = (0..runner.stop_reported.len())
            .filter(|&lane| runner.stopped[lane].is_some() && !runner.stop_reported[lane])
            .collect();
        for &lane in &ended {
            runner.stop_reported[lane] = true;
        }
        Ok(ended)
    }

    /// Whether the metrics are to be computed at the step that a heat has reached: because the race says so, or because
    /// the heat has ended before its time.
    pub fn evaluation_due(&self, heat: usize) -> bool {
        let runner = &self.runners[heat];
        let step = runner.heat.step_count();
        let planned = self.next_evaluation(heat).is_some_and(|at| at <= step);
        planned || (self.is_finished(heat) && runner.evaluated_at != Some(step))
    }

    /// The step of a heat's next evaluation; none where the last one is done.
    fn next_evaluation(&self, heat: usize) -> Option<u32> {
        let next = self.runners[heat].next_evaluation;
        self.spec.evaluate_at.get(next).copied()
    }

    /// Embeds the unseen classes and measures every lane that has not ended. Call [`Race::settle`] before.
    ///
    /// # Errors
    /// [`TrainError::Device`] where the device is lost.
    pub async fn evaluate(&mut self, heat: usize) -> Result<CurvePoint, TrainError> {
        let runner = &mut self.runners[heat];
        let step = runner.heat.step_count();
        while self
            .spec
            .evaluate_at
            .get(runner.next_evaluation)
            .is_some_and(|&at| at <= step)
        {
            runner.next_evaluation += 1;
        }
        runner.evaluated_at = Some(step);
        let embeddings = read(runner.heat.net().forward(self.evaluation.inputs.clone())).await?;
        let stride = self.evaluation.labels.len() * self.spec.net.dim;
        let mut lanes = vec![None; runner.stopped.len()];
        for (lane, embeddings) in embeddings.chunks_exact(stride).enumerate() {
            if runner.stopped[lane].is_some() {
                continue;
            }
            match Embedded::new(embeddings, self.spec.net.dim, &self.evaluation.labels) {
                Ok(embedded) => {
                    lanes[lane] = Some(LanePoint::measured(&embedded, runner.losses[lane]));
                }
                // The last step has driven its weights out of range.
                Err(MetricError::NotFinite { .. }) => runner.stopped[lane] = Some(step),
                Err(error) => panic!("every sample of the evaluation has a label: {error}"),
            }
        }
        runner.evaluated = embeddings;
        Ok(CurvePoint {
            step,
            train_seconds: runner.train_seconds,
            samples: u64::from(step) * self.spec.sampler.batch() as u64,
            lanes,
        })
    }

    /// Looks up these samples from now on; those that are not measured are left out.
    pub fn look_up(&mut self, queries: &[u32]) {
        let place = |query| self.evaluation.indices.iter().position(|at| at == query);
        self.queries = queries.iter().filter_map(place).collect();
    }

    /// Which pictures lay nearest to the queries at a heat's last evaluation, by the lane that is shown. None before it, and
    /// where the lane has left the range.
    pub fn retrieval(&self, heat: usize) -> Option<Retrieval> {
        let runner = &self.runners[heat];
        let step = runner.evaluated_at?;
        let stride = self.evaluation.indices.len() * self.spec.net.dim;
        let embeddings = runner
            .evaluated
            .chunks_exact(stride)
            .nth(runner.shown_lane)?;
        let found = nearest_of(embeddings, self.spec.net.dim, &self.queries, RETRIEVED).ok()?;
        let sample = |place: &usize| self.evaluation.indices[*place];
        Some(Retrieval {
            lane: runner.shown_lane,
            step,
            queries: self.queries.iter().map(sample).collect(),
            nearest: found
                .iter()
                .map(|nearest| nearest.iter().map(sample).collect())
                .collect(),
        })
    }

    /// What a measure is in each class that is scored, for every lane that has not ended.
    ///
    /// # Errors
    /// [`TrainError::Device`] where the device is lost.
    pub async fn class_scores(
        &mut self,
        heat: usize,
        measure: Measure,
    ) -> Result<Vec<LaneScores>, TrainError> {
        let of_query = measure.info().of_query;
        let of_query = of_query.expect("losses are ranked by measures of queries only");
        let runner = &self.runners[heat];
        let embeddings = read(runner.heat.net().forward(self.evaluation.inputs.clone())).await?;
        let stride = self.evaluation.labels.len() * self.spec.net.dim;
        let lanes = embeddings.chunks_exact(stride).zip(&runner.stopped);
        let scores = lanes.map(|(embeddings, stopped)| {
            let labels = &self.evaluation.labels;
            let queries = match each_query(embeddings, self.spec.net.dim, labels) {
                Ok(queries) if stopped.is_none() => queries,
                _ => return None,
            };
            // Samples are class after class.
            let mut classes: Vec<ClassScore> = Vec::new();
            for (query, &class) in queries.iter().zip(labels) {
                if query.relevant == 0 {
                    continue;
                }
                if classes.last().is_none_or(|last| last.class != class) {
                    classes.push(ClassScore {
                        class,
                        ..ClassScore::default()
                    });
                }
                let score = classes.last_mut().expect("it was just put there");
                score.queries += 1;
                score.sum += of_query(query);
            }
            Some(classes)
        });
        Ok(scores.collect())
    }

    /// Who pulls whom in the batch that a lane trains on in its heat's next step, read from the very computation that trains.
    /// Nothing is trained by it, and the race goes on as if nobody had looked.
    ///
    /// # Panics
    /// Where there is no such heat or lane.
    ///
    /// # Errors
    /// [`TrainError::Device`] where the device is lost.
    pub async fn look_inside(&self, heat: usize, lane: usize) -> Result<Inside, TrainError> {
        let at = inside::At {
            heat,
            lane,
            train_classes: &self.train_classes,
        };
        inside::look(&self.runners[heat].heat, &self.samples, at).await
    }

    /// The shown lane's embedding of the view's pictures, as coordinates to draw.
    ///
    /// # Errors
    /// [`TrainError::Device`] where the device is lost.
    pub async fn frame(&mut self, heat: usize) -> Result<Frame, TrainError> {
        let runner = &mut self.runners[heat];
        let lane = runner.shown_lane;
        let step = runner.heat.step_count();
        let dim = self.spec.net.dim;
        let embeddings = read(
            runner
                .heat
                .net()
                .lane(lane)
                .forward(self.view.inputs.clone()),
        )
        .await?;
        if self.neighbours && dim > 3 {
            return Ok(runner.neighbour_frame(heat, &embeddings, dim));
        }
        let class_vectors = match runner.heat.class_vectors() {
            Some(vectors) => {
                let rows = vectors.dims()[1].min(VIEW_CLASS_VECTORS);
                read(vectors.clone().narrow(0, lane, 1).narrow(1, 0, rows)).await?
            }
            None => Vec::new(),
        };
        // A lane whose weights have left the range has no picture.
        let mut points = self.view.indices.len();
        let mut proxies = class_vectors.len() / dim;
        let mut coordinates = Vec::new();
        let projection = &mut runner.projection;
        let explained = projection.update(&embeddings, dim).and_then(|explained| {
            projection.project(&embeddings, dim, &mut coordinates)?;
            projection.project(&class_vectors, dim, &mut coordinates)?;
            Ok(explained)
        });
        if explained.is_err() {
            coordinates.clear();
            (points, proxies) = (0, 0);
        }
        let components = projection.components(dim);
        let explained = explained.unwrap_or(0.0);
        Ok(Frame {
            header: FrameHeader {
                heat,
                lane,
                step,
                components,
                points,
                neighbours: false,
                proxies,
                explained,
            },
            coordinates,
        })
    }
}

impl Heats for Race {
    fn count(&self) -> usize {
        self.heats()
    }

    fn step_count(&self, heat: usize) -> u32 {
        self.step_count(heat)
    }

    fn is_finished(&self, heat: usize) -> bool {
        self.is_finished(heat)
    }

    fn evaluation_due(&self, heat: usize) -> bool {
        self.evaluation_due(heat)
    }

    fn next_stop(&self, heat: usize) -> u32 {
        let last = self.spec.schedule.steps;
        self.next_evaluation(heat)
            .map_or(last, |next| next.min(last))
    }
}
