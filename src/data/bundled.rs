//! The sets that come in a file of their own: glyphs and digits.

use super::packed::Packed;
use super::{DataError, Dataset, Inputs};

/// What a bundled file must hold.
pub(super) struct Bundled {
    pub set: &'static str,
    pub file: &'static str,
    side: u16,
    classes: usize,
    /// Pictures of the rarest class, at least.
    pictures: u32,
}

/// Japanese characters in many typefaces.
pub(super) const GLYPHS: Bundled = Bundled {
    set: "glyphs",
    file: "glyphs.bin",
    side: 24,
    classes: 312,
    pictures: 8,
};

/// Handwritten digits: "Optical Recognition of Handwritten Digits", Alpaydin and Kaynak, UCI, 1998.
pub(super) const DIGITS: Bundled = Bundled {
    set: "digits",
    file: "digits.bin",
    side: 8,
    classes: 10,
    pictures: 100,
};

impl Bundled {
    pub fn open(&self, file: Option<&[u8]>) -> Result<Dataset, DataError> {
        let file = file.ok_or(DataError::Missing {
            set: self.set.into(),
            file: self.file.into(),
        })?;
        let packed = Packed::decode(file).map_err(|cause| DataError::File {
            file: self.file.into(),
            cause,
        })?;
        self.check(&packed)?;

        let ink = u16::from(packed.ink);
        let bytes = packed
            .pixels
            .iter()
            .map(|&value| (u16::from(value) * 255 / ink) as u8)
            .collect();
        let labels = (0..)
            .zip(&packed.classes)
            .flat_map(|(label, &(_, count))| (0..count).map(move |_| label));
        Ok(Dataset {
            inputs: Inputs::Bytes(bytes),
            features: usize::from(packed.width) * usize::from(packed.height),
            picture: Some((packed.width.into(), packed.height.into())),
            labels: labels.collect(),
            name: packed.name,
            class_names: packed.classes.into_iter().map(|(name, _)| name).collect(),
        })
    }

    /// The splits rely on this shape.
    fn check(&self, packed: &Packed) -> Result<(), DataError> {
        let side = (packed.width, packed.height);
        let rarest = packed
            .classes
            .iter()
            .map(|&(_, count)| count)
            .min()
            .unwrap_or(0);
        if packed.name == self.set
            && side == (self.side, self.side)
            && packed.classes.len() == self.classes
            && rarest >= self.pictures
        {
            return Ok(());
        }
        Err(DataError::Contents {
            file: self.file.into(),
            expected: format!(
                "the set `{}` with {} classes of {} or more pictures, {}×{}",
                self.set, self.classes, self.pictures, self.side, self.side
            ),
            found: format!(
                "the set `{}` with {} classes of {rarest} or more pictures, {}×{}",
                packed.name,
                packed.classes.len(),
                side.0,
                side.1
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{FormatError, Split};
    use crate::experiment::{DataSpec, EvaluateOn};

    const GLYPHS_FILE: &[u8] = include_bytes!("../../assets/glyphs.bin");
    const DIGITS_FILE: &[u8] = include_bytes!("../../assets/digits.bin");

    #[test]
    fn the_glyphs_are_whole() {
        let glyphs = GLYPHS.open(Some(GLYPHS_FILE)).unwrap();
        let faces = glyphs.len() / 312;
        assert!((30..=54).contains(&faces), "{faces} faces");
        assert_eq!(glyphs.len(), 312 * faces);
        assert_eq!(
            glyphs.labels,
            (0..glyphs.len())
                .map(|i| (i / faces) as u32)
                .collect::<Vec<_>>()
        );
        let mut names = glyphs.class_names.clone();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 312);
        // Every picture has ink and paper, and no two are alike.
        let mut pictures = Vec::new();
        for sample in 0..glyphs.len() {
            let picture = glyphs.picture_bytes(sample).unwrap();
            assert!(
                picture.iter().any(|&p| p >= 85)
                    && picture.iter().filter(|&&p| p == 0).count() > 100,
                "{sample}"
            );
            pictures.push(picture);
        }
        pictures.sort();
        assert!(pictures.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn the_digits_are_whole() {
        let digits = DIGITS.open(Some(DIGITS_FILE)).unwrap();
        assert_eq!((digits.len(), digits.features), (1797, 64));
        assert_eq!(
            digits.class_names,
            ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]
        );
        let counts: Vec<_> = digits.members().iter().map(Vec::len).collect();
        assert_eq!(counts, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
        // The first picture of the set as it is published: 0 0 5 13 9 1 0 0 of 16.
        assert_eq!(
            digits.picture_bytes(0).unwrap()[..8],
            [0, 0, 79, 207, 143, 15, 0, 0]
        );
    }

    #[test]
    fn a_cut_or_swapped_file_is_an_error() {
        let cut = GLYPHS.open(Some(&GLYPHS_FILE[..1000])).unwrap_err();
        assert!(
            matches!(
                cut,
                DataError::File {
                    cause: FormatError::Length { found: 1000, .. },
                    ..
                }
            ),
            "{cut}"
        );
        let swapped = GLYPHS.open(Some(DIGITS_FILE)).unwrap_err();
        assert!(swapped.to_string().contains("`digits`"), "{swapped}");
        assert!(matches!(swapped, DataError::Contents { .. }));
    }

    /// Nearest neighbour by raw pixels: how far one gets on the unseen classes without learning anything.
    #[test]
    fn raw_pixels_are_not_enough_for_the_glyphs() {
        let spec = DataSpec::Glyphs { train_classes: 200 };
        let glyphs = Dataset::open(&spec, Some(GLYPHS_FILE)).unwrap();
        let test =
            Split::of(&spec, &glyphs)
                .unwrap()
                .evaluation(&glyphs, EvaluateOn::Test, usize::MAX);
        let pictures: Vec<&[u8]> = test
            .iter()
            .map(|&sample| glyphs.picture_bytes(sample as usize).unwrap())
            .collect();
        let label = |at: usize| glyphs.labels[test[at] as usize];
        let distance = |a: &[u8], b: &[u8]| -> u32 {
            a.iter()
                .zip(b)
                .map(|(&a, &b)| u32::from(a.abs_diff(b)).pow(2))
                .sum()
        };
        let (mut recall, mut map, mut queries) = (0, 0.0, 0);
        for query in (0..test.len()).step_by(5) {
            let mut others: Vec<usize> = (0..test.len()).filter(|&other| other != query).collect();
            others.sort_by_key(|&other| distance(pictures[query], pictures[other]));
            let same = |&other: &usize| label(other) == label(query);
            let relevant = others.iter().filter(|other| same(other)).count();
            recall += u32::from(same(&others[0]));
            let mut hits = 0;
            for (rank, other) in others[..relevant].iter().enumerate() {
                if same(other) {
                    hits += 1;
                    map += f64::from(hits) / (rank + 1) as f64 / relevant as f64;
                }
            }
            queries += 1;
        }
        let (recall, map) = (
            f64::from(recall) / f64::from(queries),
            map / f64::from(queries),
        );
        println!("raw pixels: Recall@1 {recall:.3}, MAP@R {map:.3}");
        assert!((0.5..0.85).contains(&recall), "Recall@1 {recall}");
        assert!((0.1..0.3).contains(&map), "MAP@R {map}");
    }
}
