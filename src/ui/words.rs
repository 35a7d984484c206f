//! What went wrong, in words: failures are data until somebody reads them.
//!
//! Parts in brackets are what a browser or a library says, in its own language. Everything else is a message. `Display` of the same
//! errors is English for command line and log; a test holds both together.

use kyori_text::{Message, messages as text};

use super::state::MapFailure;
use crate::bridge::{
    BackboneError, CaseFault, CheckFailure, Failure, FetchFailure, Missing, RaceError,
};
use crate::data::{Allowed, DataError, FormatError, HeaderFault, Quantity, SetShape, Supply};
use crate::device::DeviceError;
use crate::experiment::{
    BACKBONE_WIDTH, ExportError, LINK_VERSION, MOST_IN_BATCH, Notice, SettingError,
    SettingTextError, plain,
};
use crate::record::{FilmError, RecordingError};
use crate::setting::Expected;

/// Why training cannot begin or go on.
pub fn failure(failure: &Failure) -> Message {
    match failure {
        Failure::Device { error } => device_error(error),
        Failure::DeviceLost { detail } => text::failure_device_lost(why(detail)),
        Failure::Data { error } => data_error(error),
        Failure::DataFile { error } | Failure::EngineFile { error } => fetch_failure(error),
        Failure::Race { error } => race_error(error),
        Failure::Pretrained { error } => text::failure_pretrained(backbone_error(error)),
        Failure::EngineDamaged { file, detail } => text::engine_damaged(file.clone(), why(detail)),
        Failure::EngineStart { detail } => text::failure_engine_start(why(detail)),
        Failure::EngineSilent { seconds } => text::failure_engine_silent(*seconds),
        Failure::WorkerStart { detail } => text::worker_not_started(why(detail)),
        Failure::WorkerEnded { detail: None } => text::worker_ended(),
        Failure::WorkerEnded {
            detail: Some(detail),
        } => text::worker_ended_why(why(detail)),
        Failure::NotSent { detail } => text::command_not_sent(why(detail)),
        Failure::Unreadable { detail } => text::failure_unreadable(why(detail)),
        Failure::OutOfOrder { command, missing } => {
            let missing = match missing {
                Missing::Device => text::failure_missing_device(),
                Missing::DataSet => text::failure_missing_data(),
            };
            text::failure_out_of_order(command.clone(), missing)
        }
    }
}

/// Why a device was not checked to the end.
pub fn check_failure(failure: &CheckFailure) -> Message {
    match failure {
        CheckFailure::CasesFile { error } => fetch_failure(error),
        CheckFailure::Cases { detail } => text::failure_cases_unreadable(why(detail)),
        CheckFailure::NoCases => text::failure_no_cases(),
        CheckFailure::Case { case, fault } => {
            text::failure_case_unusable(case.clone(), case_fault(fault))
        }
        CheckFailure::Device { detail } => text::failure_check_device(why(detail)),
        CheckFailure::NotRunning => text::check_no_engine(),
        CheckFailure::DeviceChanged => text::check_device_changed(),
    }
}

/// Why a file did not come.
pub fn fetch_failure(failure: &FetchFailure) -> Message {
    match failure {
        FetchFailure::Failed { file, why: detail } => text::fetch_failed(file.clone(), why(detail)),
        FetchFailure::Refused { file, status } => text::fetch_refused(file.clone(), *status),
        FetchFailure::Broken { file, why: detail } => text::fetch_broken(file.clone(), why(detail)),
        FetchFailure::NoText { file } => text::fetch_no_text(file.clone()),
    }
}

/// Why there is no map.
pub fn map_failure(failure: &MapFailure) -> Message {
    match failure {
        MapFailure::File(error) => fetch_failure(error),
        MapFailure::Damaged { detail } => text::map_damaged(why(detail)),
    }
}

/// What the browser said, where it said anything.
pub fn why(detail: &str) -> Message {
    if detail.is_empty() {
        text::error_unknown()
    } else {
        Message::verbatim(detail.to_owned())
    }
}

fn device_error(error: &DeviceError) -> Message {
    match error {
        DeviceError::NoGpuInThisBuild => text::failure_no_gpu_in_engine(),
        DeviceError::NoGpuDevice { detail } => text::failure_no_gpu_device(why(detail)),
    }
}

fn race_error(error: &RaceError) -> Message {
    match error {
        RaceError::NoSeed => text::failure_no_seed(),
        RaceError::ParameterCount {
            loss,
            expected,
            found,
        } => text::failure_parameter_count(*expected, *found, loss.clone()),
        RaceError::OneValue { loss, key } => text::failure_one_value(key.clone(), loss.clone()),
        RaceError::NoPictures => text::failure_no_pictures(),
        RaceError::PretrainedData => text::failure_pretrained_data(),
        RaceError::PretrainedClasses { found, most } => {
            text::failure_pretrained_classes(*found, *most)
        }
        RaceError::PretrainedLayer {
            inputs,
            units,
            layer_inputs,
            layer_units,
        } => text::failure_pretrained_layer(*inputs, *layer_inputs, *layer_units, *units),
    }
}

fn backbone_error(error: &BackboneError) -> Message {
    match error {
        BackboneError::Magic => text::backbone_magic(),
        BackboneError::Version { found, reads } => text::backbone_version(*found, *reads),
        BackboneError::Length { expected, found } => text::backbone_length(*expected, *found),
        BackboneError::Checksum => text::backbone_checksum(),
        BackboneError::Contents { what } => text::backbone_contents(what.clone()),
        BackboneError::Classes => text::backbone_classes(),
    }
}

fn case_fault(fault: &CaseFault) -> Message {
    match fault {
        CaseFault::UnknownLoss { loss, miner } => {
            text::case_unknown_loss(loss.clone(), miner.clone())
        }
        CaseFault::Parameter { loss, key } => text::case_parameter(key.clone(), loss.clone()),
        CaseFault::Shape {
            field,
            expected,
            found,
        } => text::case_shape(*expected, field.clone(), *found),
        CaseFault::Missing { field } => text::case_missing(field.clone()),
        CaseFault::Other { detail } => why(detail),
    }
}

/// What is wrong with a data set or with what was asked of it.
pub fn data_error(error: &DataError) -> Message {
    match error {
        DataError::Missing { set, file } => text::failure_data_missing(file.clone(), set.clone()),
        DataError::File { file, cause } => {
            text::failure_data_file(file.clone(), format_error(cause))
        }
        DataError::Contents {
            file,
            expected,
            found,
        } => text::failure_data_contents(shape(expected), file.clone(), shape(found)),
        DataError::Parameter {
            quantity: of,
            value,
            allowed: range,
        } => text::failure_out_of_range(allowed(range), quantity(of), value.clone()),
    }
}

fn shape(shape: &SetShape) -> Message {
    text::failure_data_shape(
        shape.classes,
        shape.height,
        shape.least,
        shape.most,
        shape.pictures,
        shape.set.clone(),
        shape.width,
    )
}

fn format_error(error: &FormatError) -> Message {
    match error {
        FormatError::Magic => text::format_magic(),
        FormatError::Version { found } => text::format_version(*found, FormatError::READS),
        FormatError::Length { expected, found } => text::format_length(*expected, *found),
        FormatError::Checksum => text::format_checksum(),
        FormatError::Header(fault) => text::format_header(match fault {
            HeaderFault::NoInk => text::header_no_ink(),
            HeaderFault::EmptyClass => text::header_empty_class(),
            HeaderFault::Pixels => text::header_pixels(),
            HeaderFault::TooShort => text::header_too_short(),
            HeaderFault::InsideName => text::header_inside_name(),
            HeaderFault::NameText => text::header_name_text(),
        }),
        FormatError::Pictures => text::format_pictures(),
    }
}

fn quantity(quantity: &Quantity) -> Message {
    match quantity {
        Quantity::Batch => text::quantity_batch(),
        Quantity::BatchClasses => text::quantity_batch_classes(),
        Quantity::BatchSamples => text::quantity_batch_samples(),
        Quantity::LabelNoise => text::quantity_label_noise(),
        Quantity::Classes => text::quantity_classes(),
        Quantity::TrainingClasses => text::quantity_training_classes(),
        Quantity::Values => text::quantity_values(),
        Quantity::Setting(id) => text::setting_name(id),
    }
}

fn allowed(allowed: &Allowed) -> Message {
    match allowed {
        Allowed::Between { min, max } => text::allowed_between(max.clone(), min.clone()),
        Allowed::OneTo { most, of } => text::allowed_one_to(
            *most,
            match of {
                Supply::Samples => text::supply_samples(),
                Supply::Classes => text::supply_classes(),
                Supply::SamplesOfSmallest => text::supply_samples_of_smallest(),
            },
        ),
        Allowed::ClassesLeft { most } => text::allowed_classes_left(*most),
        Allowed::AtMost { most } => text::allowed_at_most(*most),
        Allowed::AtLeast { least } => text::allowed_at_least(*least),
        Allowed::Exactly { number } => text::allowed_exactly(*number),
    }
}

/// Something in a link that was not used as it stands.
pub fn notice(notice: &Notice) -> Message {
    match notice {
        Notice::Version { found } => text::notice_version(found.clone(), LINK_VERSION),
        Notice::TooLong => text::notice_too_long(),
        Notice::LeftOut(error) => text::notice_left_out(setting_text_error(error)),
        Notice::Repeated { key } => text::notice_repeated(key.clone()),
        Notice::UnknownLoss { id } => text::notice_unknown_loss(id.clone()),
        Notice::Clamped(error) => text::notice_clamped(setting_error(error)),
        Notice::More => text::notice_more(),
    }
}

fn setting_text_error(error: &SettingTextError) -> Message {
    match error {
        SettingTextError::UnknownKey { key } => text::problem_unknown_key(key.clone()),
        SettingTextError::Malformed {
            key,
            value,
            expected: form,
        } => text::problem_malformed(expected(form), key.clone(), value.clone()),
    }
}

fn expected(expected: &Expected) -> Message {
    match expected {
        Expected::Number => text::expected_number(),
        Expected::WholeNumber => text::expected_whole_number(),
        Expected::OneOf(ids) => match ids.split_last() {
            Some((last, rest)) if !rest.is_empty() => text::expected_one_of(rest.join(", "), *last),
            _ => Message::verbatim(ids.concat()),
        },
        Expected::Preset => text::expected_preset(),
        Expected::Widths => text::expected_widths(),
        Expected::Sampler => text::expected_sampler(),
    }
}

/// What is wrong with an experiment.
pub fn setting_error(error: &SettingError) -> Message {
    match *error {
        SettingError::OutOfRange {
            setting,
            value,
            min,
            max,
        } => text::problem_out_of_range(
            max.to_string(),
            min.to_string(),
            setting.name(),
            plain(value),
        ),
        SettingError::NoLoss => text::problem_no_loss(),
        SettingError::TooManyLosses { found, most } => text::problem_too_many_losses(found, most),
        SettingError::ParameterCount {
            entry,
            loss,
            found,
            expected,
        } => text::problem_parameter_count(expected, found, loss.info().name, entry + 1),
        SettingError::BatchTooLarge { classes, samples } => {
            text::problem_batch_too_large(classes, MOST_IN_BATCH, samples)
        }
        SettingError::MemoryTooLarge {
            batches,
            batch,
            most,
        } => text::problem_memory_too_large(batch, batches, most),
        SettingError::TooFewClasses { wanted, available } => {
            text::problem_too_few_classes(available, wanted)
        }
        SettingError::TooFewOfAClass { wanted, available } => {
            text::problem_too_few_of_a_class(available, wanted)
        }
        SettingError::TooFewSamples { wanted, available } => {
            text::problem_too_few_samples(available, wanted)
        }
        SettingError::NoPictures => text::problem_no_pictures(),
        SettingError::PretrainedData => text::problem_pretrained_data(),
        SettingError::PretrainedClasses { found, most } => {
            text::problem_pretrained_classes(found, most)
        }
        SettingError::PretrainedWidth { found: Some(found) } => {
            text::problem_pretrained_width(found, BACKBONE_WIDTH)
        }
        SettingError::PretrainedWidth { found: None } => {
            text::problem_pretrained_no_layer(BACKBONE_WIDTH)
        }
        SettingError::TooMuchData { values } => text::problem_too_much_data(values),
    }
}

/// Why there is no Python script of an experiment.
pub fn export_error(error: &ExportError) -> Message {
    match error {
        ExportError::Synthetic => text::failure_export_synthetic(),
        ExportError::NotInLibrary { loss } => text::failure_export_loss(*loss),
        ExportError::Mixup => text::failure_export_mixup(),
        ExportError::Data(error) => data_error(error),
        ExportError::Json(error) => text::failure_export_settings(why(&error.to_string())),
    }
}

/// Why a file is not shown.
pub fn film_error(error: &FilmError) -> Message {
    match error {
        FilmError::Magic | FilmError::Curves(RecordingError::Json(_)) => text::failure_film_other(),
        FilmError::Older { .. } => text::failure_film_damaged(),
        FilmError::Newer { .. } | FilmError::Curves(RecordingError::Newer { .. }) => {
            text::failure_film_newer()
        }
        FilmError::Unpack | FilmError::Body(_) | FilmError::Curves(_) => {
            text::failure_film_damaged()
        }
    }
}

/// Why curves were not written.
pub fn recording_error(error: &RecordingError) -> Message {
    match error {
        RecordingError::Json(error) => text::failure_export_json(why(&error.to_string())),
        unread => Message::verbatim(unread.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use kyori_text::Language;

    use super::*;
    use crate::data::SyntheticSpec;
    use crate::experiment::{DataSpec, Experiment};
    use crate::loss::LossKind;

    /// Letters and digits alone: sentences of the page begin with capitals, end with full stops and have other quotes.
    fn letters(text: &str) -> String {
        let all = text.chars().filter(|c| c.is_alphanumeric());
        all.flat_map(char::to_lowercase).collect()
    }

    /// The page says what the command line says, at the most after a few words that let it begin with a capital. In every language
    /// what was found is told.
    fn check(message: &Message, display: &str, told: &[&str]) {
        let english = Language::english().say(message);
        assert!(
            letters(&english).ends_with(&letters(display)),
            "{english} / {display}"
        );
        // Names of files and of the library are written as they are.
        let first = english.split(' ').next().expect("something is said");
        let is_name = first.contains(['.', '-']);
        assert!(
            is_name || !first.starts_with(char::is_lowercase),
            "{english}"
        );
        assert!(english.ends_with(['.', '?']), "{english}");
        let japanese = Language::built_in("ja")
            .expect("it is built in")
            .say(message);
        assert!(japanese.ends_with('。'), "{japanese}");
        for part in told {
            assert!(japanese.contains(part), "{part} is not in {japanese}");
        }
    }

    fn data_errors() -> Vec<DataError> {
        let file = || "glyphs.bin".to_owned();
        let shape = |classes| SetShape {
            set: "glyphs".to_owned(),
            classes,
            least: 7,
            most: 32,
            pictures: 77,
            width: 24,
            height: 25,
        };
        let faults = [
            HeaderFault::NoInk,
            HeaderFault::EmptyClass,
            HeaderFault::Pixels,
            HeaderFault::TooShort,
            HeaderFault::InsideName,
            HeaderFault::NameText,
        ];
        let formats = [
            FormatError::Magic,
            FormatError::Version { found: 9 },
            FormatError::Length {
                expected: 10,
                found: 9,
            },
            FormatError::Checksum,
            FormatError::Pictures,
        ];
        let mut errors = vec![
            DataError::Missing {
                set: "glyphs".into(),
                file: file(),
            },
            DataError::Contents {
                file: file(),
                expected: Box::new(shape(2)),
                found: Box::new(shape(3)),
            },
        ];
        let causes = formats.into_iter().chain(faults.map(FormatError::Header));
        errors.extend(causes.map(|cause| DataError::File {
            file: file(),
            cause,
        }));
        let quantities = [
            Quantity::Batch,
            Quantity::BatchClasses,
            Quantity::BatchSamples,
            Quantity::LabelNoise,
            Quantity::Classes,
            Quantity::TrainingClasses,
            Quantity::Values,
            Quantity::Setting("noise".into()),
        ];
        let parameter = |quantity, allowed| DataError::Parameter {
            quantity,
            value: "987".to_owned(),
            allowed,
        };
        errors.extend(
            quantities.map(|quantity| parameter(quantity, Allowed::AtMost { most: 16_000_000 })),
        );
        let supplies = [Supply::Samples, Supply::Classes, Supply::SamplesOfSmallest];
        let ranges = [
            Allowed::Between {
                min: "0".to_owned(),
                max: "0.4".to_owned(),
            },
            Allowed::ClassesLeft { most: 3 },
            Allowed::AtLeast { least: 3 },
            Allowed::Exactly { number: 3 },
        ];
        let ranges = ranges.into_iter();
        let ranges = ranges.chain(supplies.map(|of| Allowed::OneTo { most: 5, of }));
        errors.extend(ranges.map(|allowed| parameter(Quantity::Batch, allowed)));
        errors
    }

    fn race_errors() -> Vec<Failure> {
        let races = [
            RaceError::NoSeed,
            RaceError::ParameterCount {
                loss: "Circle".to_owned(),
                expected: 2,
                found: 1,
            },
            RaceError::OneValue {
                loss: "Circle".to_owned(),
                key: "m".to_owned(),
            },
            RaceError::NoPictures,
            RaceError::PretrainedData,
            RaceError::PretrainedClasses { found: 9, most: 5 },
            RaceError::PretrainedLayer {
                inputs: 1,
                units: 2,
                layer_inputs: 3,
                layer_units: 4,
            },
        ];
        let backbones = [
            BackboneError::Magic,
            BackboneError::Version { found: 9, reads: 1 },
            BackboneError::Length {
                expected: 4,
                found: 9,
            },
            BackboneError::Checksum,
            BackboneError::contents("more than a layer"),
            BackboneError::Classes,
        ];
        let races = races.map(|error| Failure::Race { error }).into_iter();
        races
            .chain(backbones.map(|error| Failure::Pretrained { error }))
            .collect()
    }

    fn failures() -> Vec<Failure> {
        let detail = || "OOM".to_owned();
        let file = || "engine.wasm".to_owned();
        let device = |error| Failure::Device { error };
        let fetched = [
            FetchFailure::Failed {
                file: file(),
                why: detail(),
            },
            FetchFailure::Refused {
                file: file(),
                status: 404,
            },
            FetchFailure::Broken {
                file: file(),
                why: detail(),
            },
            FetchFailure::NoText { file: file() },
        ];
        let out_of_order = |missing| Failure::OutOfOrder {
            command: "start".to_owned(),
            missing,
        };
        let mut all = vec![
            device(DeviceError::NoGpuInThisBuild),
            device(DeviceError::NoGpuDevice { detail: detail() }),
            Failure::DeviceLost { detail: detail() },
            Failure::EngineDamaged {
                file: file(),
                detail: detail(),
            },
            Failure::EngineStart { detail: detail() },
            Failure::EngineSilent { seconds: 21 },
            Failure::WorkerStart { detail: detail() },
            Failure::WorkerEnded { detail: None },
            Failure::WorkerEnded {
                detail: Some(detail()),
            },
            Failure::NotSent { detail: detail() },
            Failure::Unreadable { detail: detail() },
            out_of_order(Missing::Device),
            out_of_order(Missing::DataSet),
        ];
        all.extend(fetched.clone().map(|error| Failure::DataFile { error }));
        all.extend(fetched.map(|error| Failure::EngineFile { error }));
        all.extend(race_errors());
        all
    }

    #[test]
    fn every_failure_is_said_in_every_language() {
        for failure in failures() {
            let told: &[&str] = match &failure {
                Failure::DeviceLost { .. } | Failure::EngineStart { .. } => &["OOM"],
                Failure::EngineSilent { .. } => &["21"],
                Failure::OutOfOrder { .. } => &["start"],
                Failure::Race {
                    error: RaceError::PretrainedClasses { .. },
                } => &["9", "5"],
                _ => &[],
            };
            check(&super::failure(&failure), &failure.to_string(), told);
        }
        for error in data_errors() {
            let told: &[&str] = match &error {
                DataError::Parameter { .. } => &["987"],
                _ => &["glyphs.bin"],
            };
            check(&data_error(&error), &error.to_string(), told);
        }
    }

    #[test]
    fn every_failure_of_a_check_is_said_in_every_language() {
        let detail = || "OOM".to_owned();
        let faults = [
            CaseFault::UnknownLoss {
                loss: "circle".to_owned(),
                miner: "none".to_owned(),
            },
            CaseFault::Parameter {
                loss: "circle".to_owned(),
                key: "m".to_owned(),
            },
            CaseFault::Shape {
                field: "labels".to_owned(),
                expected: 8,
                found: 9,
            },
            CaseFault::Missing {
                field: "labels".to_owned(),
            },
            CaseFault::Other { detail: detail() },
        ];
        let cases = faults.map(|fault| CheckFailure::Case {
            case: "circle_07".to_owned(),
            fault,
        });
        let others = [
            CheckFailure::CasesFile {
                error: FetchFailure::NoText {
                    file: "golden.json".to_owned(),
                },
            },
            CheckFailure::Cases { detail: detail() },
            CheckFailure::NoCases,
            CheckFailure::Device { detail: detail() },
            CheckFailure::NotRunning,
            CheckFailure::DeviceChanged,
        ];
        for failure in cases.into_iter().chain(others) {
            let told: &[&str] = match &failure {
                CheckFailure::Case { .. } => &["circle_07"],
                CheckFailure::Cases { .. } | CheckFailure::Device { .. } => &["OOM"],
                _ => &[],
            };
            check(&check_failure(&failure), &failure.to_string(), told);
        }
    }

    fn setting_errors() -> Vec<SettingError> {
        let base = Experiment::before_convolutions();
        let mut errors: Vec<_> = ["seeds", "width", "weight-decay", "classes"]
            .map(|key| {
                let setting = base.all_settings().into_iter();
                let mut named = setting.filter(|setting| setting.face().key == key);
                let setting = named.next_back().expect("the default race has it");
                SettingError::OutOfRange {
                    setting,
                    value: f64::from(0.9_f32),
                    min: 1e-6,
                    max: 16.0,
                }
            })
            .to_vec();
        let param = (0..base.entries.len()).flat_map(|index| base.of_entry(index));
        let mut params = param.filter(|setting| setting.param().is_some());
        errors.push(SettingError::OutOfRange {
            setting: params.next().expect("a loss has a parameter"),
            value: 7.0,
            min: 0.0,
            max: 1.0,
        });
        errors.extend([
            SettingError::NoLoss,
            SettingError::TooManyLosses {
                found: 40,
                most: 26,
            },
            SettingError::ParameterCount {
                entry: 1,
                loss: LossKind::ALL[0],
                found: 3,
                expected: 2,
            },
            SettingError::BatchTooLarge {
                classes: 200,
                samples: 60,
            },
            SettingError::MemoryTooLarge {
                batches: 20,
                batch: 180,
                most: 15,
            },
            SettingError::TooFewClasses {
                wanted: 6,
                available: 5,
            },
            SettingError::TooFewOfAClass {
                wanted: 6,
                available: 5,
            },
            SettingError::TooFewSamples {
                wanted: 6,
                available: 5,
            },
            SettingError::NoPictures,
            SettingError::PretrainedData,
            SettingError::PretrainedClasses {
                found: 200,
                most: 150,
            },
            SettingError::PretrainedWidth { found: Some(64) },
            SettingError::PretrainedWidth { found: None },
            SettingError::TooMuchData { values: 99 },
        ]);
        errors
    }

    #[test]
    fn every_notice_of_a_link_is_said_in_every_language() {
        let forms = [
            Expected::Number,
            Expected::WholeNumber,
            Expected::OneOf(vec!["a", "b", "c"]),
            Expected::OneOf(vec!["a", "b"]),
            Expected::OneOf(vec!["a"]),
            Expected::Preset,
            Expected::Widths,
            Expected::Sampler,
        ];
        let malformed = forms.map(|expected| SettingTextError::Malformed {
            key: "dim".to_owned(),
            value: "banana".to_owned(),
            expected,
        });
        let unknown = SettingTextError::UnknownKey {
            key: "banana".to_owned(),
        };
        let mut notices = vec![
            Notice::Version {
                found: "banana".to_owned(),
            },
            Notice::TooLong,
            Notice::LeftOut(unknown),
            Notice::Repeated {
                key: "banana".to_owned(),
            },
            Notice::UnknownLoss {
                id: "banana".to_owned(),
            },
            Notice::More,
        ];
        notices.extend(malformed.map(Notice::LeftOut));
        notices.extend(setting_errors().into_iter().map(Notice::Clamped));
        for notice in notices {
            let told: &[&str] = match &notice {
                Notice::TooLong | Notice::More | Notice::Clamped(_) => &[],
                _ => &["banana"],
            };
            check(&super::notice(&notice), &notice.to_string(), told);
        }
    }

    /// A number that is wrong must be told as it was written.
    #[test]
    fn a_clamped_number_is_told_as_it_was_written() {
        let (_, notices) = Experiment::from_fragment("lr=1&weight-decay=12.5&classes=9999999");
        let said: Vec<_> = notices
            .iter()
            .map(|found| Language::built_in("ja").unwrap().say(notice(found)))
            .collect();
        assert!(said.iter().any(|said| said.contains("12.5")), "{said:?}");
        assert!(said.iter().any(|said| said.contains("9999999")), "{said:?}");
    }

    #[test]
    fn every_error_of_an_export_is_said_in_every_language() {
        let mut synthetic = Experiment::default_preset();
        synthetic.data = DataSpec::Synthetic(SyntheticSpec::default());
        for error in [
            ExportError::Synthetic,
            ExportError::NotInLibrary { loss: "Circle" },
            ExportError::Mixup,
            ExportError::Data(DataError::Missing {
                set: "glyphs".into(),
                file: "glyphs.bin".to_owned(),
            }),
        ] {
            check(&export_error(&error), &error.to_string(), &[]);
        }
        for (error, words) in [
            (FilmError::Magic, "no recording of a race"),
            (FilmError::Newer { found: 9 }, "a newer version of Kyori"),
            (FilmError::Unpack, "is damaged"),
            (
                FilmError::from(RecordingError::Newer { found: 9 }),
                "a newer version of Kyori",
            ),
        ] {
            let said = Language::english().say(film_error(&error));
            assert!(said.contains(words), "{said}");
        }
        let broken = || serde_json::from_str::<u8>("x").unwrap_err();
        let said = Language::english().say(export_error(&ExportError::Json(broken())));
        assert!(
            said.starts_with("The settings cannot be written: expected"),
            "{said}"
        );
        let said = Language::english().say(recording_error(&RecordingError::Json(broken())));
        assert!(
            said.starts_with("The race cannot be written as JSON: expected"),
            "{said}"
        );
    }
}
