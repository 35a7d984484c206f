//! The file of a bundled data set: labelled grey pictures in one small, checked file.
//!
//! All numbers are little-endian.
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `KYORISET` |
//! | 2 | version, now 1 |
//! | 4 | length of the whole file |
//! | 2, 2 | width and height of a picture |
//! | 1 | the value of full ink: 15 or less packs two pixels a byte (the first in the high half) |
//! | 1 + n | length and UTF-8 of the set's name |
//! | 4 | number of classes |
//! | 4, 1 + n | for each class: number of pictures; length and UTF-8 of its name |
//! | … | the pictures, class after class, row by row, as one raw deflate stream |
//! | 4 | CRC-32 of everything before |
//!
//! This file stands alone: the task that builds the sets includes it as its writer.

use miniz_oxide::{deflate, inflate};
use serde::{Deserialize, Serialize};

const MAGIC: &[u8; 8] = b"KYORISET";
const VERSION: u16 = 1;
/// Where the length of the file stands, and where it ends.
const LENGTH_AT: usize = 10;
const LENGTH_END: usize = LENGTH_AT + 4;
/// No bundled set is near this; a larger one is not worth trying to allocate.
const MAX_PIXELS: usize = 64 << 20;

/// Grey pictures with class labels, as they are in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    /// Which set this is, such as `glyphs`.
    pub name: String,
    pub width: u16,
    pub height: u16,
    /// The value of full ink.
    pub ink: u8,
    /// Name and number of pictures of each class.
    pub classes: Vec<(String, u32)>,
    /// Values `0..=ink`, class after class, picture after picture, row by row.
    pub pixels: Vec<u8>,
}

/// Why bytes are not a data set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum FormatError {
    #[error("it does not begin like a data set")]
    Magic,
    #[error("it has format version {found}, and this build reads version {VERSION}")]
    Version { found: u16 },
    #[error("it should be {expected} bytes long and has {found}")]
    Length { expected: u64, found: u64 },
    #[error("its checksum is wrong, so some of its bytes have changed")]
    Checksum,
    #[error("its header says something impossible: {0}")]
    Header(HeaderFault),
    #[error("its pictures cannot be unpacked")]
    Pictures,
}

/// What of a header cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum HeaderFault {
    #[error("no value is ink")]
    NoInk,
    #[error("a class has no pictures")]
    EmptyClass,
    #[error("the number of pixels")]
    Pixels,
    #[error("it ends too soon")]
    TooShort,
    #[error("it ends inside a name")]
    InsideName,
    #[error("a name is not UTF-8")]
    NameText,
}

impl FormatError {
    /// The version that this build reads.
    pub const READS: u16 = VERSION;
}

impl Packed {
    /// Reads a file. Whatever the bytes are, this ends in a set or an error.
    pub fn decode(file: &[u8]) -> Result<Self, FormatError> {
        if !file.starts_with(MAGIC) {
            return Err(FormatError::Magic);
        }
        let found = file.len() as u64;
        let short = FormatError::Length {
            expected: LENGTH_END as u64 + 4,
            found,
        };
        let (Some(version), Some(length)) = (
            file.get(MAGIC.len()..LENGTH_AT),
            file.get(LENGTH_AT..LENGTH_END),
        ) else {
            return Err(short);
        };
        let version = u16::from_le_bytes([version[0], version[1]]);
        if version != VERSION {
            return Err(FormatError::Version { found: version });
        }
        let expected = u64::from(u32::from_le_bytes([
            length[0], length[1], length[2], length[3],
        ]));
        if expected != found {
            return Err(FormatError::Length { expected, found });
        }
        let (body, checksum) = file.split_last_chunk::<4>().ok_or(short.clone())?;
        if body.len() < LENGTH_END {
            return Err(short);
        }
        if crc32fast::hash(body) != u32::from_le_bytes(*checksum) {
            return Err(FormatError::Checksum);
        }

        let mut rest = Reader(&body[LENGTH_END..]);
        let width = u16::from_le_bytes(rest.array()?);
        let height = u16::from_le_bytes(rest.array()?);
        let [ink] = rest.array()?;
        if ink == 0 {
            return Err(FormatError::Header(HeaderFault::NoInk));
        }
        let name = rest.text()?;
        let class_count = u32::from_le_bytes(rest.array()?);
        let mut classes = Vec::new();
        let mut pictures = 0_usize;
        for _ in 0..class_count {
            let count = u32::from_le_bytes(rest.array()?);
            if count == 0 {
                return Err(FormatError::Header(HeaderFault::EmptyClass));
            }
            pictures = pictures.saturating_add(count as usize);
            classes.push((rest.text()?, count));
        }
        let pixel_count = pictures
            .checked_mul(usize::from(width) * usize::from(height))
            .filter(|&pixels| (1..=MAX_PIXELS).contains(&pixels))
            .ok_or(FormatError::Header(HeaderFault::Pixels))?;

        let halves = ink <= 15;
        let unpacked = if halves {
            pixel_count.div_ceil(2)
        } else {
            pixel_count
        };
        // One byte more than fits, so that a stream that goes on is noticed.
        let bytes = inflate::decompress_to_vec_with_limit(rest.0, unpacked + 1)
            .map_err(|_| FormatError::Pictures)?;
        if bytes.len() != unpacked {
            return Err(FormatError::Pictures);
        }
        let pixels = if halves {
            let mut pixels: Vec<u8> = bytes
                .iter()
                .flat_map(|byte| [byte >> 4, byte & 15])
                .collect();
            pixels.truncate(pixel_count);
            pixels
        } else {
            bytes
        };
        if pixels.iter().any(|&value| value > ink) {
            return Err(FormatError::Pictures);
        }
        Ok(Self {
            name,
            width,
            height,
            ink,
            classes,
            pixels,
        })
    }

    /// Writes the file. Names over 255 bytes are cut, which no bundled set has.
    #[cfg_attr(
        not(test),
        allow(dead_code, reason = "the task that builds the sets writes them")
    )]
    pub fn encode(&self) -> Vec<u8> {
        fn text(file: &mut Vec<u8>, text: &str) {
            let bytes = &text.as_bytes()[..text.len().min(255)];
            file.push(bytes.len() as u8);
            file.extend(bytes);
        }
        let mut file = Vec::from(*MAGIC);
        file.extend(VERSION.to_le_bytes());
        file.extend([0; 4]);
        file.extend(self.width.to_le_bytes());
        file.extend(self.height.to_le_bytes());
        file.push(self.ink);
        text(&mut file, &self.name);
        file.extend((self.classes.len() as u32).to_le_bytes());
        for (name, count) in &self.classes {
            file.extend(count.to_le_bytes());
            text(&mut file, name);
        }
        let packed: Vec<u8> = if self.ink <= 15 {
            self.pixels
                .chunks(2)
                .map(|pair| pair[0] << 4 | pair.get(1).unwrap_or(&0))
                .collect()
        } else {
            self.pixels.clone()
        };
        file.extend(deflate::compress_to_vec(&packed, 10));
        let length = file.len() as u32 + 4;
        file[LENGTH_AT..LENGTH_END].copy_from_slice(&length.to_le_bytes());
        file.extend(crc32fast::hash(&file).to_le_bytes());
        file
    }
}

/// What is left of the header.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], FormatError> {
        let (head, tail) = self
            .0
            .split_first_chunk()
            .ok_or(FormatError::Header(HeaderFault::TooShort))?;
        self.0 = tail;
        Ok(*head)
    }

    fn text(&mut self) -> Result<String, FormatError> {
        let [length] = self.array()?;
        let (head, tail) = self
            .0
            .split_at_checked(length.into())
            .ok_or(FormatError::Header(HeaderFault::InsideName))?;
        self.0 = tail;
        String::from_utf8(head.to_vec()).map_err(|_| FormatError::Header(HeaderFault::NameText))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small(ink: u8) -> Packed {
        let pixels = (0..5 * 3 * 3)
            .map(|i| (i * 7 % (usize::from(ink) + 1)) as u8)
            .collect();
        Packed {
            name: "small".into(),
            width: 3,
            height: 3,
            ink,
            classes: vec![("あ".into(), 2), ("雨".into(), 3)],
            pixels,
        }
    }

    /// Repairs length and checksum, as a careful forger would.
    fn seal(file: &mut Vec<u8>) {
        file.truncate(file.len() - 4);
        let length = file.len() as u32 + 4;
        file[LENGTH_AT..LENGTH_END].copy_from_slice(&length.to_le_bytes());
        file.extend(crc32fast::hash(file).to_le_bytes());
    }

    #[test]
    fn what_was_written_is_read() {
        // 45 pixels: an odd number, so that the last half byte is filling.
        for ink in [15, 16] {
            assert_eq!(Packed::decode(&small(ink).encode()), Ok(small(ink)));
        }
    }

    #[test]
    fn every_truncation_is_an_error() {
        let file = small(15).encode();
        for length in 0..file.len() {
            assert!(
                Packed::decode(&file[..length]).is_err(),
                "{length} of {} bytes",
                file.len()
            );
        }
        let longer = [&file[..], &[0]].concat();
        assert!(matches!(
            Packed::decode(&longer),
            Err(FormatError::Length { .. })
        ));
    }

    #[test]
    fn every_flipped_bit_is_an_error() {
        let file = small(15).encode();
        for at in 0..file.len() * 8 {
            let mut changed = file.clone();
            changed[at / 8] ^= 1 << (at % 8);
            assert!(Packed::decode(&changed).is_err(), "bit {at}");
        }
    }

    #[test]
    fn a_valid_checksum_does_not_hide_nonsense() {
        let file = small(15).encode();
        // Each header byte takes each value: no panic, no huge allocation, and what is accepted is consistent.
        for at in LENGTH_END..file.len() - 4 {
            for value in 0..=255 {
                let mut changed = file.clone();
                changed[at] = value;
                seal(&mut changed);
                if let Ok(set) = Packed::decode(&changed) {
                    let pictures: u32 = set.classes.iter().map(|(_, count)| count).sum();
                    assert_eq!(
                        set.pixels.len(),
                        pictures as usize * usize::from(set.width) * usize::from(set.height)
                    );
                }
            }
        }
        let mut short = file.clone();
        short.truncate(LENGTH_END + 9);
        seal(&mut short);
        assert!(matches!(
            Packed::decode(&short),
            Err(FormatError::Header(_))
        ));
    }

    #[test]
    fn a_newer_version_and_another_file_are_named() {
        let mut newer = small(15).encode();
        newer[8] = 2;
        assert_eq!(
            Packed::decode(&newer),
            Err(FormatError::Version { found: 2 })
        );
        assert_eq!(
            Packed::decode(b"<!doctype html><title>404"),
            Err(FormatError::Magic)
        );
        assert_eq!(Packed::decode(b""), Err(FormatError::Magic));
    }
}
