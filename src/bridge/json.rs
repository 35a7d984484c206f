//! The written form of a message.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::lean;

/// A message as JSON. Numbers that are not finite keep what they are, see [`number`](crate::number).
pub fn write(message: &impl Serialize) -> String {
    serde_json::to_string(message).expect(
        "a message has fields of names and plain values only, which always have a JSON form",
    )
}

/// A message from its JSON.
///
/// # Errors
/// Where it is not a message of this kind.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    lean::read(text)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::bridge::{
        BackboneError, CaseReport, CheckFailure, Command, Event, Failure, FrameHeader, Missing,
        RaceError, Retrieval,
    };
    use crate::data::{
        Allowed, DataError, Dataset, FormatError, HeaderFault, Inputs, Quantity, Supply,
    };
    use crate::data::{DataSource, SyntheticSpec};
    use crate::device::{DeviceError, DeviceKind, DeviceReport};
    use crate::experiment::{EvaluateOn, Protocol, presets};
    use crate::loss::RelationKind;
    use crate::record::{
        Census, CurvePoint, InsideHeader, LanePoint, Measure, Mined, Positives, Quiet, Rates, Side,
    };

    /// One of each event, every float of it with a fraction.
    fn events() -> Vec<Event> {
        let (run, heat) = (3, 1);
        let mut lane = LanePoint::default();
        lane.loss = Some(0.5);
        let lane = lane.with(Measure::MapAtR, 0.75);
        let dataset = Dataset {
            name: "dots".into(),
            inputs: Inputs::default(),
            features: 2,
            picture: Some((2, 1)),
            labels: vec![0, 1],
            class_names: vec!["あ".into(), "い".into()],
        };
        vec![
            Event::Alive,
            Event::Ready {
                device: DeviceReport {
                    kind: DeviceKind::WebGpu,
                    name: "an adapter".into(),
                    software: true,
                },
            },
            Event::Loaded {
                samples: 9,
                classes: 3,
            },
            Event::Dataset {
                data: DataSource::Synthetic(SyntheticSpec {
                    classes: 3,
                    dim: 2,
                    samples_per_class: 3,
                    spread: 0.5,
                    noise: 0.25,
                    seed: 1,
                }),
                dataset,
            },
            Event::Started {
                run,
                view: vec![4, 5],
                train_classes: 7,
                test_classes: 3,
            },
            Event::View {
                run,
                view: vec![4, 5],
            },
            Event::Evaluated {
                run,
                heat,
                point: CurvePoint {
                    step: 5,
                    train_seconds: 0.5,
                    samples: 300,
                    lanes: vec![Some(lane), None],
                },
                evaluation_ms: 1.5,
            },
            Event::Progress {
                run,
                heat,
                step: 7,
                steps_per_second: 30.5,
            },
            Event::Frame {
                run,
                header: FrameHeader {
                    heat,
                    lane: 0,
                    step: 7,
                    components: 2,
                    points: 12,
                    neighbours: true,
                    proxies: 4,
                    explained: 0.5,
                },
            },
            Event::Inside {
                run,
                header: Box::new(inside()),
            },
            Event::RatesSet {
                run,
                heat,
                rates: Rates {
                    after_step: 7,
                    lr: 0.5,
                    proxy_lr_factor: 10.5,
                },
            },
            Event::LaneStopped {
                run,
                heat,
                lane: 1,
                step: 7,
            },
            Event::Paused { run, play: 4 },
            Event::Finished { run },
            Event::Measured {
                id: 2,
                milliseconds_per_step: 3.5,
            },
            Event::MeasureFailed {
                id: 2,
                failure: Failure::DeviceLost {
                    detail: "out of memory".into(),
                },
            },
            Event::Checked {
                id: 3,
                report: CaseReport {
                    id: "circle_01".into(),
                    loss: "circle".into(),
                    value_error: 1.5,
                    gradient_error: 0.5,
                    passed: false,
                },
                done: 1,
                of: 2,
            },
            Event::CheckFailed {
                id: 3,
                failure: CheckFailure::NoCases,
            },
            Event::Failed {
                failure: Failure::EngineSilent { seconds: 20 },
            },
            Event::Retrieved {
                run: 3,
                heat: 1,
                retrieval: Retrieval {
                    lane: 2,
                    step: 40,
                    queries: vec![7, 900],
                    nearest: vec![vec![8, 9, 33], Vec::new()],
                },
            },
        ]
    }

    fn inside() -> InsideHeader {
        let side = Side {
            acting: 2,
            total: 1.5,
            hardest: 0.5,
        };
        InsideHeader {
            heat: 1,
            lane: 0,
            step: 7,
            kind: RelationKind::AllCosines,
            samples: vec![4, 5],
            classes: vec![0, 1],
            vectors: vec![0, 1, 2],
            memory: vec![2],
            left_out: 0,
            mixtures: 2,
            dim: 3,
            census: Census {
                loss: 0.25,
                relations: 9,
                valid: 8,
                acting: 5,
                triplets: Some(2),
                mined: Some(Mined {
                    kept: 1,
                    of: 2,
                    triplets: true,
                }),
                positives: Positives {
                    mean: 1.5,
                    least: 1,
                    without: 0,
                },
                pull: side,
                push: side,
                mean_cosine: 0.5,
                quiet: Some(Quiet::NothingMined),
            },
        }
    }

    /// Fails to compile where an event is missing in [`events`].
    fn place(event: &Event) -> usize {
        match event {
            Event::Alive => 0,
            Event::Ready { .. } => 1,
            Event::Loaded { .. } => 2,
            Event::Dataset { .. } => 3,
            Event::Started { .. } => 4,
            Event::View { .. } => 5,
            Event::Evaluated { .. } => 6,
            Event::Progress { .. } => 7,
            Event::Frame { .. } => 8,
            Event::Inside { .. } => 9,
            Event::RatesSet { .. } => 10,
            Event::LaneStopped { .. } => 11,
            Event::Paused { .. } => 12,
            Event::Finished { .. } => 13,
            Event::Measured { .. } => 14,
            Event::MeasureFailed { .. } => 15,
            Event::Checked { .. } => 16,
            Event::CheckFailed { .. } => 17,
            Event::Failed { .. } => 18,
            Event::Retrieved { .. } => 19,
        }
    }

    /// The paths to all floats in a JSON value, as serde_json's pointers.
    fn floats(value: &Value, path: &str, found: &mut Vec<String>) {
        match value {
            Value::Number(number) if number.is_f64() => found.push(path.to_owned()),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    floats(item, &format!("{path}/{index}"), found);
                }
            }
            // A lane's values are none where they are not finite, see `LanePoint`.
            Value::Object(fields) => {
                for (name, field) in fields.iter().filter(|(name, _)| *name != "lanes") {
                    floats(field, &format!("{path}/{name}"), found);
                }
            }
            _ => {}
        }
    }

    #[test]
    fn every_event_comes_back_as_it_was() {
        for (index, event) in events().into_iter().enumerate() {
            assert_eq!(place(&event), index, "there is one of each, in order");
            assert_eq!(read::<Event>(&write(&event)).unwrap(), event);
        }
    }

    #[test]
    fn every_preset_reaches_the_engine_as_it_is() {
        for preset in presets() {
            let experiment = preset.experiment(Protocol::AsPublished);
            let command = Command::Start {
                run: 3,
                race: Box::new(experiment.race(EvaluateOn::Validation)),
            };
            assert_eq!(read::<Command>(&write(&command)).unwrap(), command);
        }
    }

    #[test]
    fn a_struct_is_read_from_an_object_only() {
        let header = r#"{"heat":1,"lane":0,"step":7,"components":2,"points":12,"neighbours":false,"proxies":4,"explained":0.5}"#;
        assert_eq!(read::<FrameHeader>(header).unwrap().points, 12);
        assert!(read::<FrameHeader>("[1,0,7,2,12,false,4,0.5]").is_err());
        assert!(read::<FrameHeader>(&format!("{header} 1")).is_err());
    }

    #[test]
    fn no_float_of_any_event_is_lost_where_it_is_not_finite() {
        let mut count = 0;
        for event in events() {
            let plain: Value = serde_json::from_str(&write(&event)).unwrap();
            let mut paths = Vec::new();
            floats(&plain, "", &mut paths);
            for path in &paths {
                for name in ["NaN", "Infinity", "-Infinity"] {
                    let mut changed = plain.clone();
                    *changed.pointer_mut(path).unwrap() = name.into();
                    let event: Event = serde_json::from_value(changed.clone())
                        .unwrap_or_else(|error| panic!("{path} of {event:?}: {error}"));
                    let again: Value = serde_json::from_str(&write(&event)).unwrap();
                    assert_eq!(again, changed, "{path}");
                }
                count += 1;
            }
        }
        assert!(count >= 18, "only {count} floats were found");
    }

    #[test]
    fn a_check_can_report_what_is_not_finite() {
        let report = CaseReport {
            id: "circle_01".into(),
            loss: "circle".into(),
            value_error: f64::INFINITY,
            gradient_error: f64::NAN,
            passed: false,
        };
        let event = Event::Checked {
            id: 1,
            report,
            done: 1,
            of: 1,
        };
        let Event::Checked { report, .. } = read(&write(&event)).unwrap() else {
            panic!("another event");
        };
        assert_eq!(report.value_error, f64::INFINITY);
        assert!(report.gradient_error.is_nan());
    }

    #[test]
    fn failures_come_back_with_what_they_hold() {
        let detail = || "why".to_owned();
        let format = FormatError::Header(HeaderFault::NoInk);
        for failure in [
            Failure::Device {
                error: DeviceError::NoGpuInThisBuild,
            },
            Failure::Data {
                error: DataError::Missing {
                    set: "glyphs".into(),
                    file: "glyphs.bin".into(),
                },
            },
            Failure::Data {
                error: DataError::File {
                    file: "glyphs.bin".into(),
                    cause: format,
                },
            },
            Failure::Data {
                error: DataError::Parameter {
                    quantity: Quantity::Setting("the noise".into()),
                    value: "2".into(),
                    allowed: Allowed::OneTo {
                        most: 1,
                        of: Supply::Classes,
                    },
                },
            },
            Failure::Race {
                error: RaceError::PretrainedClasses { found: 1, most: 2 },
            },
            Failure::Pretrained {
                error: BackboneError::contents("it ends too soon"),
            },
            Failure::WorkerEnded { detail: None },
            Failure::WorkerEnded {
                detail: Some(detail()),
            },
            Failure::OutOfOrder {
                command: "load".into(),
                missing: Missing::Device,
            },
        ] {
            let read: Failure = read(&write(&failure)).unwrap();
            assert_eq!(read, failure);
            assert_eq!(read.to_string(), failure.to_string());
        }
        assert!(
            read::<Event>(r#"{"failed":{"failure":{"engine-start":{"detail":"why"}}}}"#).is_ok()
        );
    }
}
