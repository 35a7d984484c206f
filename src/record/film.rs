//! A run that can be watched again: its curves, and the pictures of its embeddings while it trained, in one small file.
//!
//! All numbers are little-endian.
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `KYORIRUN` |
//! | 2 | version, now 1 |
//! | 4 | length of the body |
//! | … | the body as one zlib stream, whose checksum is the file's |
//!
//! The body, with a text as its length (4 bytes) and UTF-8, and a list as its length (4 bytes) and its items:
//!
//! | what | how |
//! |---|---|
//! | what trained | text |
//! | the settings | text, as a link has them |
//! | the ids of the measures | list of texts |
//! | the points' samples | list of indices in the data set (4) |
//! | the names of their classes | list of texts |
//! | each point's class | an index in that list (2) |
//! | the points' pictures | width and height (2, 2), both 0 for none; 16 shades, two pixels a byte, the first in the high half |
//! | for each loss: its curves | points, stopped lanes, learning rates, cost of a step |
//! | for each loss: its frames | the unit (4), and a list of frames |
//!
//! A frame is its step (4), lane (2), components (1), whether it is a map of neighbours (1), points (4), class vectors (4) and
//! explained share (4), and the coordinates: whole multiples of a 2047th of the heat's largest one. Of a frame with as many as the
//! one before only what has changed is written, signs folded into the lowest bit; first the low bytes of all, then the high ones,
//! which are mostly 0.
//!
//! A body is read and written apart from its compression, which a browser brings along.

use miniz_oxide::{deflate, inflate};

use super::recording::RecordingError;
use super::{
    Clock, CurvePoint, Frame, FrameHeader, HeatRecord, LanePoint, Measure, Rates, Recording,
    StepCost, StepTime,
};
use crate::data::{Dataset, Inputs};
use crate::experiment::Experiment;

const MAGIC: &[u8; 8] = b"KYORIRUN";
const VERSION: u16 = 1;
/// What stands before the body.
pub const HEAD: usize = 14;
/// No film is near this; a larger one is not worth trying to unpack.
const MOST_BYTES: usize = 64 << 20;
/// Steps of a coordinate from the middle of the picture to its edge: a tenth of a pixel in a picture of 400.
const LEVELS: f32 = 2047.0;
/// Pixels of a picture's longer side at most. A file that says more would ask for more memory than there is.
const LARGEST_PICTURE: usize = 1024;
/// Shades of a picture, but for white.
const INK: u8 = 15;

/// The curves of a race, and what its embeddings looked like meanwhile.
#[derive(Clone, Debug, PartialEq)]
pub struct Film {
    pub recording: Recording,
    /// What the points of all frames are pictures of.
    pub view: View,
    /// For each heat, ascending in step.
    pub frames: Vec<Vec<Frame>>,
}

/// What the points of frames are pictures of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    /// For each point the index of its picture in the data set.
    pub samples: Vec<u32>,
    /// For each point its class, as index into `class_names`.
    pub labels: Vec<u32>,
    pub class_names: Vec<String>,
    pub pictures: Option<Shades>,
}

/// The points' pictures in 16 shades.
#[derive(Clone, Debug, PartialEq)]
pub struct Shades {
    pub width: usize,
    pub height: usize,
    /// 15 is ink; `point * width * height + pixel`
    pub pixels: Vec<u8>,
}

/// A film cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FilmError {
    #[error("this is no film of a race")]
    Magic,
    #[error(
        "the film has version {found}, which was never given out, and this version of Kyori reads {VERSION}"
    )]
    Older { found: u16 },
    #[error(
        "the film has version {found}, and this version of Kyori reads up to {VERSION}: open it with a newer one"
    )]
    Newer { found: u16 },
    #[error("the film is damaged: it cannot be unpacked")]
    Unpack,
    #[error("the film is damaged: {0}")]
    Body(BodyFault),
    #[error("the curves of the film: {0}")]
    Curves(#[from] RecordingError),
}

/// What of a film's body cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyFault {
    #[error("it ends too soon")]
    TooShort,
    #[error("something follows its end")]
    TooLong,
    #[error("a text is not UTF-8")]
    Text,
    #[error("a point has a class without a name")]
    Class,
    #[error("its pictures are larger than those of any data set")]
    Picture,
    #[error("a clock that there is not")]
    Clock,
    #[error("a frame does not come after the one before it")]
    Order,
    #[error("a frame shows other points than the film has")]
    Points,
    #[error("a frame shows a seed that there is not")]
    Lane,
}

impl View {
    /// Of these samples, with what the data set says of them; without it their indices alone.
    pub fn of(samples: &[u32], dataset: Option<&Dataset>) -> Self {
        let mut view = Self {
            samples: samples.to_vec(),
            labels: vec![0; samples.len()],
            class_names: vec![String::new()],
            pictures: None,
        };
        let Some(dataset) = dataset else {
            return view;
        };
        let mut classes: Vec<u32> = Vec::new();
        let class_of = |&sample: &u32| dataset.labels.get(sample as usize).copied();
        for (sample, label) in samples.iter().zip(&mut view.labels) {
            let class = class_of(sample).unwrap_or_default();
            let known = classes.iter().position(|&other| other == class);
            *label = known.unwrap_or_else(|| {
                classes.push(class);
                classes.len() - 1
            }) as u32;
        }
        let name = |&class: &u32| dataset.class_names.get(class as usize).cloned();
        view.class_names = classes
            .iter()
            .map(|class| name(class).unwrap_or_default())
            .collect();
        view.pictures = shades(samples, dataset);
        view
    }

    /// A data set of nothing but the points, in their order; without inputs where the film has no pictures.
    pub fn dataset(&self) -> Dataset {
        let full = |shade: &u8| shade * (255 / INK);
        let pictures = self.pictures.as_ref();
        let pixels = pictures.map(|shades| shades.pixels.iter().map(full).collect());
        let picture = pictures.map(|shades| (shades.width, shades.height));
        Dataset {
            name: "film".to_owned(),
            inputs: Inputs::Bytes(pixels.unwrap_or_default()),
            features: picture.map_or(0, |(width, height)| width * height),
            picture,
            labels: self.labels.clone(),
            class_names: self.class_names.clone(),
        }
    }
}

/// The samples' pictures; none where the data set has none of them.
fn shades(samples: &[u32], dataset: &Dataset) -> Option<Shades> {
    let (width, height) = dataset.picture?;
    let mut pixels = Vec::with_capacity(samples.len() * dataset.features);
    let shade = |byte: u8| ((u16::from(byte) + 8) / 17) as u8;
    for &sample in samples {
        let range = sample as usize * dataset.features..(sample as usize + 1) * dataset.features;
        match &dataset.inputs {
            Inputs::Bytes(bytes) => pixels.extend(bytes.get(range)?.iter().copied().map(shade)),
            Inputs::Floats(_) => return None,
        }
    }
    Some(Shades {
        width,
        height,
        pixels,
    })
}

/// What stands before a packed body of this length.
pub fn head(body: usize) -> Vec<u8> {
    let mut head = Vec::from(*MAGIC);
    head.extend(VERSION.to_le_bytes());
    head.extend((body as u32).to_le_bytes());
    head
}

/// The length of a file's body, and the zlib stream that it is in.
///
/// # Errors
/// Where this is no film, or one of another version.
pub fn packed(file: &[u8]) -> Result<(usize, &[u8]), FilmError> {
    if !file.starts_with(MAGIC) {
        return Err(FilmError::Magic);
    }
    let mut rest = Reader(&file[MAGIC.len()..]);
    let found = u16::from_le_bytes(rest.array()?);
    if found != VERSION {
        return Err(if found > VERSION {
            FilmError::Newer { found }
        } else {
            FilmError::Older { found }
        });
    }
    match rest.count()? {
        length if length <= MOST_BYTES => Ok((length, rest.0)),
        _ => Err(FilmError::Unpack),
    }
}

impl Film {
    /// Writes the file. The same film is the same file.
    pub fn encode(&self) -> Vec<u8> {
        let body = self.to_body();
        let mut file = head(body.len());
        file.extend(deflate::compress_to_vec_zlib(&body, 9));
        file
    }

    /// Reads a file.
    ///
    /// # Errors
    /// Whatever the bytes are, this ends in a film or an error.
    pub fn decode(file: &[u8]) -> Result<Self, FilmError> {
        let (length, stream) = packed(file)?;
        // One byte more than fits, so that a stream that goes on is noticed.
        let body = inflate::decompress_to_vec_zlib_with_limit(stream, length + 1)
            .map_err(|_| FilmError::Unpack)?;
        if body.len() != length {
            return Err(FilmError::Unpack);
        }
        Self::from_body(&body)
    }

    /// Whether every loss was followed to the end of the race, or of its last seed.
    pub fn is_whole(&self) -> bool {
        let steps = self.recording.experiment.schedule.steps;
        let ended = |heat: &HeatRecord| {
            let last = heat.points.last().map_or(0, |point| point.step);
            last >= steps || heat.is_over()
        };
        self.recording.heats.iter().all(ended)
    }

    /// What a file holds before it is packed.
    pub fn to_body(&self) -> Vec<u8> {
        let mut body = Writer(Vec::new());
        body.text(&self.recording.device);
        body.text(&self.recording.experiment.to_fragment());
        body.count(Measure::COUNT);
        Measure::ALL
            .iter()
            .for_each(|measure| body.text(measure.id()));
        body.view(&self.view);
        for heat in &self.recording.heats {
            body.curves(heat);
        }
        for frames in &self.frames {
            body.frames(frames);
        }
        body.0
    }

    /// Reads what [`to_body`](Self::to_body) has written.
    ///
    /// # Errors
    /// Where it contradicts itself or ends too soon.
    pub fn from_body(body: &[u8]) -> Result<Self, FilmError> {
        let mut rest = Reader(body);
        let device = rest.text()?;
        // What could not be used of the settings shows in the curves: they are then of other losses or seeds.
        let (experiment, _) = Experiment::from_fragment(&rest.text()?);
        let measures: Vec<Option<Measure>> = rest.list(4, |rest| {
            // One that is not known here belongs to a version that measures more.
            Ok(Measure::from_id(&rest.text()?))
        })?;
        let view = rest.view()?;
        let heats = experiment.entries.iter();
        let heats = heats.map(|entry| rest.curves(HeatRecord::new(entry.clone()), &measures));
        let recording = Recording {
            heats: heats.collect::<Result<_, _>>()?,
            experiment,
            device,
        };
        recording.check()?;
        let (points, seeds) = (view.samples.len(), recording.experiment.seeds);
        let frames = (0..recording.heats.len()).map(|heat| rest.frames(heat, points, seeds));
        let frames = frames.collect::<Result<_, _>>()?;
        if !rest.0.is_empty() {
            return Err(FilmError::Body(BodyFault::TooLong));
        }
        Ok(Self {
            recording,
            view,
            frames,
        })
    }
}

/// A body while it is written.
struct Writer(Vec<u8>);

impl Writer {
    fn count(&mut self, number: usize) {
        self.step(u32::try_from(number).expect("nobody keeps four thousand million of anything"));
    }

    fn step(&mut self, number: u32) {
        self.0.extend(number.to_le_bytes());
    }

    fn real(&mut self, number: f32) {
        self.0.extend(number.to_le_bytes());
    }

    fn precise(&mut self, number: f64) {
        self.0.extend(number.to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.extend(text.as_bytes());
    }

    fn view(&mut self, view: &View) {
        self.count(view.samples.len());
        view.samples.iter().for_each(|&sample| self.step(sample));
        self.count(view.class_names.len());
        view.class_names.iter().for_each(|name| self.text(name));
        for &label in &view.labels {
            self.0.extend((label as u16).to_le_bytes());
        }
        let (width, height, pixels) = match &view.pictures {
            Some(shades) => (shades.width, shades.height, &shades.pixels[..]),
            None => (0, 0, &[][..]),
        };
        self.0.extend((width as u16).to_le_bytes());
        self.0.extend((height as u16).to_le_bytes());
        let pairs = pixels.chunks(2);
        self.0
            .extend(pairs.map(|pair| pair[0] << 4 | pair.get(1).unwrap_or(&0)));
    }

    fn curves(&mut self, heat: &HeatRecord) {
        self.count(heat.points.len());
        for point in &heat.points {
            self.step(point.step);
            self.precise(point.train_seconds);
            self.0.extend(point.samples.to_le_bytes());
            self.count(point.lanes.len());
            for lane in &point.lanes {
                self.0.push(lane.is_some().into());
                if let Some(lane) = lane {
                    self.real(lane.loss.unwrap_or(f32::NAN));
                    let values = Measure::ALL.iter().map(|&measure| lane.get(measure));
                    values.for_each(|value| self.real(value.unwrap_or(f32::NAN)));
                }
            }
        }
        self.count(heat.stopped.len());
        for &(lane, step) in &heat.stopped {
            self.count(lane);
            self.step(step);
        }
        self.count(heat.rates.len());
        for rates in &heat.rates {
            self.step(rates.after_step);
            self.real(rates.lr);
            self.real(rates.proxy_lr_factor);
        }
        self.0.push(match &heat.cost {
            None => 0,
            Some(cost) if cost.clock == Clock::Processor => 1,
            Some(_) => 2,
        });
        if let Some(cost) = &heat.cost {
            self.time(&cost.alone);
            self.count(cost.lanes);
            self.time(&cost.among);
        }
    }

    fn time(&mut self, time: &StepTime) {
        self.precise(time.milliseconds);
        self.precise(time.error);
        self.count(time.rounds);
    }

    fn frames(&mut self, frames: &[Frame]) {
        let all = frames.iter().flat_map(|frame| &frame.coordinates);
        let widest = all.fold(0.0f32, |widest, x| widest.max(x.abs()));
        let unit = widest.min(f32::MAX) / LEVELS;
        self.real(unit);
        self.count(frames.len());
        let mut before: Vec<i16> = Vec::new();
        for Frame {
            header,
            coordinates,
        } in frames
        {
            self.step(header.step);
            self.0.extend((header.lane as u16).to_le_bytes());
            self.0.push(header.components as u8);
            self.0.push(header.neighbours.into());
            self.count(header.points);
            self.count(header.proxies);
            self.real(header.explained);
            let now: Vec<i16> = coordinates
                .iter()
                // What is not finite is nowhere; the middle is as good as any place.
                .map(|x| {
                    if unit > 0.0 {
                        (x / unit).round() as i16
                    } else {
                        0
                    }
                })
                .collect();
            before.resize(now.len(), 0);
            let moves = now
                .iter()
                .zip(&before)
                .map(|(now, before)| now.wrapping_sub(*before));
            let folded: Vec<u16> = moves.map(|by| ((by << 1) ^ (by >> 15)) as u16).collect();
            self.0.extend(folded.iter().map(|folded| *folded as u8));
            self.0
                .extend(folded.iter().map(|folded| (folded >> 8) as u8));
            before = now;
        }
    }
}

/// What is left of a body.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], FilmError> {
        let (head, tail) = self
            .0
            .split_at_checked(length)
            .ok_or(FilmError::Body(BodyFault::TooShort))?;
        self.0 = tail;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], FilmError> {
        let bytes = self.take(N)?;
        Ok(bytes.try_into().expect("as many were taken"))
    }

    fn byte(&mut self) -> Result<u8, FilmError> {
        let [byte] = self.array()?;
        Ok(byte)
    }

    fn short(&mut self) -> Result<usize, FilmError> {
        Ok(u16::from_le_bytes(self.array()?).into())
    }

    fn step(&mut self) -> Result<u32, FilmError> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    fn count(&mut self) -> Result<usize, FilmError> {
        Ok(self.step()? as usize)
    }

    fn real(&mut self) -> Result<f32, FilmError> {
        Ok(f32::from_le_bytes(self.array()?))
    }

    fn precise(&mut self) -> Result<f64, FilmError> {
        Ok(f64::from_le_bytes(self.array()?))
    }

    fn text(&mut self) -> Result<String, FilmError> {
        let length = self.count()?;
        let bytes = self.take(length)?.to_vec();
        String::from_utf8(bytes).map_err(|_| FilmError::Body(BodyFault::Text))
    }

    /// As many items as a number says, of at least so many bytes each: more than there is room for are refused before
    /// anything is set aside for them.
    fn list<T>(
        &mut self,
        least: usize,
        item: impl FnMut(&mut Self) -> Result<T, FilmError>,
    ) -> Result<Vec<T>, FilmError> {
        let count = self.count()?;
        self.items(count, least, item)
    }

    fn items<T>(
        &mut self,
        count: usize,
        least: usize,
        mut item: impl FnMut(&mut Self) -> Result<T, FilmError>,
    ) -> Result<Vec<T>, FilmError> {
        if count.saturating_mul(least) > self.0.len() {
            return Err(FilmError::Body(BodyFault::TooShort));
        }
        (0..count).map(|_| item(self)).collect()
    }

    fn view(&mut self) -> Result<View, FilmError> {
        let samples = self.list(4, Self::step)?;
        let class_names = self.list(4, Self::text)?;
        let labels = self.items(samples.len(), 2, |rest| Ok(rest.short()? as u32))?;
        if labels
            .iter()
            .any(|&label| label as usize >= class_names.len())
        {
            return Err(FilmError::Body(BodyFault::Class));
        }
        let (width, height) = (self.short()?, self.short()?);
        if width.max(height) > LARGEST_PICTURE {
            return Err(FilmError::Body(BodyFault::Picture));
        }
        let count = samples.len().saturating_mul(width * height);
        let pairs = self.take(count.div_ceil(2))?;
        let mut pixels: Vec<u8> = pairs
            .iter()
            .flat_map(|pair| [pair >> 4, pair & INK])
            .collect();
        pixels.truncate(count);
        Ok(View {
            pictures: (count > 0).then_some(Shades {
                width,
                height,
                pixels,
            }),
            samples,
            labels,
            class_names,
        })
    }

    fn curves(
        &mut self,
        mut heat: HeatRecord,
        measures: &[Option<Measure>],
    ) -> Result<HeatRecord, FilmError> {
        heat.points = self.list(24, |rest| {
            Ok(CurvePoint {
                step: rest.step()?,
                train_seconds: rest.precise()?,
                samples: u64::from_le_bytes(rest.array()?),
                lanes: rest.list(1, |rest| rest.lane(measures))?,
            })
        })?;
        heat.stopped = self.list(8, |rest| Ok((rest.count()?, rest.step()?)))?;
        heat.rates = self.list(12, |rest| {
            Ok(Rates {
                after_step: rest.step()?,
                lr: rest.real()?,
                proxy_lr_factor: rest.real()?,
            })
        })?;
        let clock = match self.byte()? {
            0 => return Ok(heat),
            1 => Clock::Processor,
            2 => Clock::Wall,
            _ => return Err(FilmError::Body(BodyFault::Clock)),
        };
        heat.cost = Some(StepCost {
            clock,
            alone: self.time()?,
            lanes: self.count()?,
            among: self.time()?,
        });
        Ok(heat)
    }

    fn lane(&mut self, measures: &[Option<Measure>]) -> Result<Option<LanePoint>, FilmError> {
        if self.byte()? == 0 {
            return Ok(None);
        }
        let loss = self.real()?;
        let mut lane = LanePoint::default();
        lane.loss = Some(loss).filter(|loss| !loss.is_nan());
        for measure in measures {
            let value = self.real()?;
            if let Some(measure) = *measure {
                lane = lane.with(measure, value);
            }
        }
        Ok(Some(lane))
    }

    fn time(&mut self) -> Result<StepTime, FilmError> {
        Ok(StepTime {
            milliseconds: self.precise()?,
            error: self.precise()?,
            rounds: self.count()?,
        })
    }

    /// The frames of one heat, of a view of so many points.
    fn frames(
        &mut self,
        heat: usize,
        points: usize,
        seeds: usize,
    ) -> Result<Vec<Frame>, FilmError> {
        let unit = self.real()?;
        let mut before: Vec<i16> = Vec::new();
        let mut last = None;
        self.list(20, |rest| {
            let header = FrameHeader {
                heat,
                step: rest.step()?,
                lane: rest.short()?,
                components: rest.byte()?.into(),
                neighbours: rest.byte()? != 0,
                points: rest.count()?,
                proxies: rest.count()?,
                explained: rest.real()?,
            };
            if last.is_some_and(|last| last >= header.step) {
                return Err(FilmError::Body(BodyFault::Order));
            }
            last = Some(header.step);
            // A lane whose weights had left the range has no points.
            let all_or_none = header.points == points || header.points == 0;
            if !(2..=3).contains(&header.components) || !all_or_none {
                return Err(FilmError::Body(BodyFault::Points));
            }
            if header.lane >= seeds {
                return Err(FilmError::Body(BodyFault::Lane));
            }
            let count = header.points.saturating_add(header.proxies);
            let count = count.saturating_mul(header.components);
            let (low, high) = (rest.take(count)?, rest.take(count)?);
            before.resize(count, 0);
            for ((at, low), high) in before.iter_mut().zip(low).zip(high) {
                let folded = u16::from_le_bytes([*low, *high]);
                let by = (folded >> 1) as i16 ^ -((folded & 1) as i16);
                *at = at.wrapping_add(by);
            }
            Ok(Frame {
                coordinates: before.iter().map(|&at| f32::from(at) * unit).collect(),
                header,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};

    use super::super::recording::tests::{linear, with_costs};
    use super::*;
    use crate::experiment::evaluate_at;
    use crate::loss::LossKind;

    /// Points that wander, each frame a little further than the last.
    fn wandering(heat: usize, lane: usize, steps: &[u32], points: usize) -> Vec<Frame> {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(heat as u64);
        let mut at: Vec<f32> = (0..2 * points)
            .map(|_| rng.random_range(-1.5..1.5))
            .collect();
        let frame = |&step: &u32| {
            at.iter_mut()
                .for_each(|x| *x += rng.random_range(-0.3..0.3));
            Frame {
                header: FrameHeader {
                    heat,
                    lane,
                    step,
                    components: 2,
                    points,
                    neighbours: true,
                    proxies: 0,
                    explained: 0.0,
                },
                coordinates: at.clone(),
            }
        };
        steps.iter().map(frame).collect()
    }

    fn small() -> Film {
        let mut recording = linear(&[&[100.0, 120.0], &[200.0, 400.0]], 0.5);
        recording.heats[0].points.truncate(3);
        recording.heats[1].points.truncate(4);
        recording.heats[1].stopped.push((1, 40));
        for point in &mut recording.heats[1].points[2..] {
            point.lanes[1] = None;
        }
        recording.heats[0].points[1].lanes[0].as_mut().unwrap().loss = Some(1.25);
        recording.heats[0].rates.push(Rates {
            after_step: 20,
            lr: 0.5,
            proxy_lr_factor: 2.0,
        });
        with_costs(&mut recording, &[1.5, 2.5], 0.25);
        let mut frames: Vec<Vec<Frame>> = (0..2)
            .map(|heat| wandering(heat, 1 - heat, &[0, 20, 30], 5))
            .collect();
        // Of a projection, with a class vector; then the lane has no picture any more.
        let header = &mut frames[1][1].header;
        (header.neighbours, header.proxies, header.explained) = (false, 1, 0.5);
        frames[1][1].coordinates.extend([0.25, -0.75]);
        frames[1][2].header.points = 0;
        frames[1][2].coordinates.clear();
        Film {
            recording,
            view: View {
                samples: vec![7, 8, 9, 12, 70_000],
                labels: vec![0, 0, 1, 1, 1],
                class_names: vec!["あ".to_owned(), "雨".to_owned()],
                pictures: Some(Shades {
                    width: 3,
                    height: 1,
                    // An odd number of pixels.
                    pixels: (0..15).collect(),
                }),
            },
            frames,
        }
    }

    /// Without coordinates, which are rounded.
    fn but_coordinates(film: &Film) -> Film {
        let mut film = film.clone();
        let frames = film.frames.iter_mut().flatten();
        frames.for_each(|frame| frame.coordinates.clear());
        film
    }

    #[test]
    fn a_film_comes_back() {
        let film = small();
        let file = film.encode();
        let read = Film::decode(&file).unwrap();
        assert_eq!(but_coordinates(&read), but_coordinates(&film));
        for (heat, read) in film.frames.iter().zip(&read.frames) {
            let widest = heat.iter().flat_map(|frame| &frame.coordinates);
            let widest = widest.fold(0.0f32, |widest, x| widest.max(x.abs()));
            for (frame, read) in heat.iter().zip(read) {
                assert_eq!(frame.coordinates.len(), read.coordinates.len());
                for (x, y) in frame.coordinates.iter().zip(&read.coordinates) {
                    assert!((x - y).abs() <= 0.51 * widest / LEVELS, "{x} became {y}");
                }
            }
        }
        assert_eq!(film.encode(), file, "the same film is the same file");
        // What was read is written as it was.
        assert_eq!(Film::decode(&read.encode()).unwrap(), read);
    }

    #[test]
    fn pictures_larger_than_any_are_refused_and_those_of_no_point_are_none() {
        let with = |points: usize, width: usize| {
            let mut film = small();
            film.view = View::of(&vec![3; points], None);
            film.frames = vec![Vec::new(); 2];
            film.view.pictures = Some(Shades {
                width,
                height: 1,
                pixels: vec![7; points * width],
            });
            Film::from_body(&film.to_body())
        };
        assert!(with(2, LARGEST_PICTURE).unwrap().view.pictures.is_some());
        assert!(matches!(
            with(2, LARGEST_PICTURE + 1),
            Err(FilmError::Body(BodyFault::Picture))
        ));
        assert_eq!(with(0, LARGEST_PICTURE).unwrap().view.pictures, None);
    }

    #[test]
    fn a_film_without_pictures_and_without_frames_comes_back() {
        let mut film = small();
        film.view = View::of(&[3, 4], None);
        film.frames = vec![Vec::new(); 2];
        assert_eq!(Film::decode(&film.encode()).unwrap(), film);
        let dataset = film.view.dataset();
        assert_eq!((dataset.picture, dataset.labels), (None, vec![0, 0]));
    }

    #[test]
    fn what_is_nowhere_does_not_spoil_the_rest() {
        let mut film = small();
        film.frames[0][1].coordinates[3] = f32::NAN;
        let read = Film::decode(&film.encode()).unwrap();
        assert!((read.frames[0][1].coordinates[2] - film.frames[0][1].coordinates[2]).abs() < 0.01);
        assert_eq!(read.frames[0][1].coordinates[3], 0.0);
    }

    #[test]
    fn a_view_has_the_pictures_and_classes_of_its_samples() {
        let dataset = Dataset {
            name: "five".to_owned(),
            inputs: Inputs::Bytes(vec![0, 255, 17, 34, 250, 8, 9, 0, 1, 2]),
            features: 2,
            picture: Some((2, 1)),
            labels: vec![0, 1, 1, 2, 2],
            class_names: ["a", "b", "c"].map(str::to_owned).to_vec(),
        };
        let view = View::of(&[3, 1, 2], Some(&dataset));
        assert_eq!(view.labels, [0, 1, 1]);
        assert_eq!(view.class_names, ["c", "b"]);
        let read = view.dataset();
        assert_eq!(read.inputs, Inputs::Bytes(vec![17, 0, 17, 34, 255, 0]));
        assert_eq!((read.len(), read.labels), (3, vec![0, 1, 1]));
        // A sample that the data set does not have.
        assert_eq!(View::of(&[9], Some(&dataset)).pictures, None);
    }

    #[test]
    fn every_truncation_is_an_error() {
        let file = small().encode();
        for length in 0..file.len() {
            assert!(Film::decode(&file[..length]).is_err(), "{length} bytes");
        }
        let body = small().to_body();
        for length in 0..body.len() {
            assert!(Film::from_body(&body[..length]).is_err(), "{length} bytes");
        }
        let longer = [&body[..], &[0]].concat();
        assert!(matches!(
            Film::from_body(&longer),
            Err(FilmError::Body(BodyFault::TooLong))
        ));
    }

    /// An error, or a film that holds together.
    fn look(read: Result<Film, FilmError>) -> bool {
        let Ok(film) = read else {
            return false;
        };
        let points = film.view.samples.len();
        assert_eq!(film.frames.len(), film.recording.heats.len());
        assert_eq!(film.view.labels.len(), points);
        for frame in film.frames.iter().flatten() {
            assert_eq!(frame.coordinates.len(), frame.header.coordinates());
            assert!(frame.header.points <= points);
        }
        let dataset = film.view.dataset();
        assert_eq!(dataset.inputs.len(), points * dataset.features);
        film.encode();
        true
    }

    /// The packing has bits that mean nothing; nothing else may be changed unnoticed.
    #[test]
    fn a_changed_file_is_an_error_or_the_same_film() {
        let file = small().encode();
        let same = Film::decode(&file).unwrap();
        for at in 0..file.len() {
            for bit in 0..8 {
                let mut changed = file.clone();
                changed[at] ^= 1 << bit;
                if let Ok(film) = Film::decode(&changed) {
                    assert_eq!(film, same, "bit {bit} of byte {at}");
                }
            }
        }
    }

    #[test]
    fn a_valid_checksum_does_not_hide_nonsense() {
        let body = small().to_body();
        let mut read = 0;
        for at in 0..body.len() {
            for value in [0, 1, 2, 7, 127, 128, 254, 255] {
                let mut changed = body.clone();
                changed[at] = value;
                read += usize::from(look(Film::from_body(&changed)));
            }
        }
        assert!(read > 0, "a value of a curve may be another");
    }

    #[test]
    fn other_versions_and_other_files_are_named() {
        let file = small().encode();
        let with = |version: u8| {
            let mut other = file.clone();
            other[MAGIC.len()] = version;
            Film::decode(&other).unwrap_err()
        };
        assert!(matches!(with(2), FilmError::Newer { found: 2 }));
        assert!(with(2).to_string().contains("open it with a newer one"));
        assert!(matches!(with(0), FilmError::Older { found: 0 }));
        assert!(with(0).to_string().contains("version 0"));
        for other in [&b"<!doctype html>"[..], b"", b"{\"format\": 2}"] {
            assert!(matches!(Film::decode(other), Err(FilmError::Magic)));
        }
        let mut large = file.clone();
        large[MAGIC.len() + 2..HEAD].fill(255);
        assert!(matches!(Film::decode(&large), Err(FilmError::Unpack)));
    }

    /// Eight losses with three seeds, a frame at each evaluation, whose points wander at random, which no real ones do.
    #[test]
    fn a_default_race_is_small() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/glyphs.bin");
        let mut experiment = Experiment::default_preset();
        experiment.seeds = 3;
        let kinds = LossKind::ALL.iter().take(8);
        experiment.entries = kinds
            .map(|&loss| crate::experiment::Entry {
                loss,
                params: loss.info().defaults(),
                ..experiment.entries[0].clone()
            })
            .collect();
        let dataset = experiment.data.source();
        let dataset = dataset.open(Some(&std::fs::read(path).unwrap())).unwrap();
        let steps = evaluate_at(experiment.schedule.steps);
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(9);
        let mut recording = Recording::new(&experiment, "test");
        for heat in &mut recording.heats {
            heat.points = steps
                .iter()
                .map(|&step| CurvePoint {
                    step,
                    train_seconds: rng.random(),
                    samples: u64::from(step) * 180,
                    lanes: (0..3)
                        .map(|_| {
                            let mut lane = LanePoint::default();
                            lane.loss = Some(rng.random());
                            let all = Measure::ALL.iter();
                            Some(all.fold(lane, |lane, &of| lane.with(of, rng.random())))
                        })
                        .collect(),
                })
                .collect();
        }
        let samples: Vec<u32> = (0..192).map(|point| point * 37).collect();
        let frames = (0..8).map(|heat| wandering(heat, 0, &steps, 192));
        let film = Film {
            recording,
            view: View::of(&samples, Some(&dataset)),
            frames: frames.collect(),
        };
        assert!(film.view.pictures.is_some() && film.frames[0].len() > 15);
        let size = film.encode().len();
        println!("{size} bytes of {}", film.to_body().len());
        assert!(size < 400_000, "{size} bytes");
        assert_eq!(
            but_coordinates(&Film::decode(&film.encode()).unwrap()),
            but_coordinates(&film)
        );
    }
}
