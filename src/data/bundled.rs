//! Reading a set of pictures that comes in a file of its own.

use super::packed::Packed;
use super::{DataError, Dataset, Inputs, SetShape};

/// Opens the file of a set of `side`×`side` pictures that must hold `counts` pictures of its classes: splits and limits
/// count on that.
///
/// # Errors
///
/// The file is missing, cut off, changed, of another version or another set's.
pub(super) fn open(
    set: &'static str,
    name: &str,
    side: u16,
    counts: &[usize],
    file: Option<&[u8]>,
) -> Result<Dataset, DataError> {
    let file = file.ok_or(DataError::Missing {
        set: set.into(),
        file: name.to_owned(),
    })?;
    let packed = Packed::decode(file).map_err(|cause| DataError::File {
        file: name.to_owned(),
        cause,
    })?;
    let found: Vec<usize> = packed
        .classes
        .iter()
        .map(|&(_, count)| count as usize)
        .collect();
    if packed.name != set || (packed.width, packed.height) != (side, side) || found != counts {
        return Err(DataError::Contents {
            file: name.to_owned(),
            expected: Box::new(shape(set, counts, (side, side))),
            found: Box::new(shape(&packed.name, &found, (packed.width, packed.height))),
        });
    }

    let ink = u16::from(packed.ink);
    let bytes = packed
        .pixels
        .iter()
        .map(|&value| (u16::from(value) * 255 / ink) as u8)
        .collect();
    let labels = (0..)
        .zip(counts)
        .flat_map(|(label, &count)| std::iter::repeat_n(label, count));
    Ok(Dataset {
        inputs: Inputs::Bytes(bytes),
        features: usize::from(packed.width) * usize::from(packed.height),
        picture: Some((packed.width.into(), packed.height.into())),
        labels: labels.collect(),
        name: packed.name,
        class_names: packed.classes.into_iter().map(|(name, _)| name).collect(),
    })
}

fn shape(set: &str, counts: &[usize], (width, height): (u16, u16)) -> SetShape {
    SetShape {
        set: set.to_owned(),
        classes: counts.len(),
        least: counts.iter().copied().min().unwrap_or(0),
        most: counts.iter().copied().max().unwrap_or(0),
        pictures: counts.iter().sum(),
        width,
        height,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGITS_FILE: &[u8] = include_bytes!("../../assets/digits.bin");

    /// Limits and splits count on what the program says of its sets.
    #[test]
    fn a_file_with_other_numbers_of_pictures_is_an_error_that_tells_both() {
        let mut counts = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180];
        assert!(open("digits", "digits.bin", 8, &counts, Some(DIGITS_FILE)).is_ok());
        counts[3] += 1;
        let error = open("digits", "digits.bin", 8, &counts, Some(DIGITS_FILE)).unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains("(1797 in all)") && text.contains("(1798 in all)"),
            "{text}"
        );
    }
}
