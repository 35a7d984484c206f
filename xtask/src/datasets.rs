//! Builds the bundled data sets, byte for byte the same from the same font packages.
//!
//! Glyphs: every character in many typefaces, its ink cropped and scaled to fit, turned, sheared, shrunk and shifted a
//! little at random, so that an untrained eye for shapes is not enough. Only integer random numbers and plain `f32`
//! arithmetic are used (no sine, no hash map), so that every machine gets the same bytes.

use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use ttf_parser::{Face, GlyphId, OutlineBuilder};

#[path = "../../src/data/packed.rs"]
#[allow(dead_code, reason = "one source of the format for reader and writer")]
mod packed;

use packed::Packed;

use crate::shell::{apt_install, cache_dir, can_apt_install, root};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// Where the files go; `assets` if not given.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Fail, instead of writing, where a file would change.
    #[arg(long)]
    check: bool,
    /// Typefaces a character.
    #[arg(long, default_value_t = 32)]
    faces: usize,
    /// Leave the digits as they are (they come from a Python package).
    #[arg(long)]
    no_digits: bool,
}

const SIDE: u16 = 24;
/// The larger side of the ink before it is shrunk, in pixels.
const FIT: f32 = 22.0;
const INK: u8 = 15;
const SEED: u64 = 24;
/// Two faces whose characters correlate more than this are one face to the eye.
const TOO_ALIKE: f64 = 0.94;
/// A face that correlates less than this with the mean of all is a puzzle (grass script, rail-track lines).
const TOO_ODD: f64 = 0.5;

/// Kana that look like another kana (ヘへ, リり, カか, キき, セせ, ヤや, モも, ンソ, シツ) or like a stroke (ノ) are left out.
const HIRAGANA: &str =
    "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをん";
const KATAKANA: &str = "アイウエオクケコサスソタチツテトナニヌネハヒフホマミムメユヨラルレロワヲ";
/// The characters of the first two school grades, without those that look like kana or a stroke: 一二三口力工夕八千才.
const KANJI_1: &str = "右雨円王音下火花貝学気九休玉金空月犬見五校左山子四糸字耳七車手十出女小上森人水正生青石赤川先早草足村大男竹中虫町天田土日入年白百文木本名目立林六";
const KANJI_2: &str = "引羽雲園遠何科夏家歌画回会海絵外角楽活間丸岩顔汽記帰弓牛魚京強教近兄形計元言原戸古午後語公広交光考行高黄合谷国黒今細作算止市矢姉思紙寺自時室社弱首秋週春書少場色食心新親図数西声星晴切雪船線前組走多太体台地池知茶昼長鳥朝直通弟店点電刀冬当東答頭同道読内南肉馬売買麦半番父風分聞米歩母方北毎妹万明鳴毛門夜野友用曜来里理話";

const APACHE: &str = "Apache 2.0";

/// Font packages with the licence of their faces. Only licences that let everyone use, change and pass on.
const PACKAGES: &[(&str, &str)] = &[
    ("fonts-aoyagi-kouzan-t", "public domain"),
    ("fonts-aoyagi-soseki", "public domain"),
    ("fonts-dejima-mincho", "MIT"),
    ("fonts-dotgothic16", "SIL OFL 1.1"),
    ("fonts-droid-fallback", APACHE),
    ("fonts-hanazono", "SIL OFL 1.1"),
    ("fonts-ipafont-gothic", "IPA Font License 1.0"),
    ("fonts-ipafont-mincho", "IPA Font License 1.0"),
    ("fonts-kanjistrokeorders", "BSD"),
    ("fonts-kiloji", "BSD"),
    ("fonts-klee", "SIL OFL 1.1"),
    ("fonts-konatu", "MIT"),
    ("fonts-kouzan-mouhitsu", "public domain"),
    ("fonts-migmix", "IPA Font License 1.0"),
    ("fonts-mona", "public domain"),
    ("fonts-morisawa-bizud-gothic", "SIL OFL 1.1"),
    ("fonts-morisawa-bizud-mincho", "SIL OFL 1.1"),
    ("fonts-motoya-l-maruberi", APACHE),
    ("fonts-mplus", "SIL OFL 1.1"),
    ("fonts-noto-cjk", "SIL OFL 1.1"),
    ("fonts-noto-cjk-extra", "SIL OFL 1.1"),
    ("fonts-reggae", "SIL OFL 1.1"),
    ("fonts-sawarabi-mincho", "SIL OFL 1.1"),
    ("fonts-seto", "SIL OFL 1.1"),
    ("fonts-train", "SIL OFL 1.1"),
    ("fonts-yozvox-yozfont-antique", "SIL OFL 1.1"),
    ("fonts-yozvox-yozfont-cute", "SIL OFL 1.1"),
    ("fonts-yozvox-yozfont-edu", "SIL OFL 1.1"),
    ("fonts-yusei-magic", "SIL OFL 1.1"),
];

/// The digits' table, as scikit-learn ships it, and the checksum of its text.
const DIGITS_WHEEL: &str = "scikit-learn";
const DIGITS_MEMBER: &str = "sklearn/datasets/data/digits.csv.gz";
const DIGITS_CRC: u32 = 0x2ebe_3bb7;

pub fn run(args: &Args) -> Result<()> {
    install_fonts()?;
    let (glyphs, faces) = glyphs(args.faces)?;
    println!(
        "{} characters × {} faces",
        glyphs.classes.len(),
        faces.len()
    );
    save(args, "glyphs.bin", &glyphs.encode())?;
    if !args.no_digits {
        save(args, "digits.bin", &digits()?.encode())?;
    }
    save(args, "README.md", readme(&faces)?.as_bytes())?;
    // Debian's records name this licence's text without repeating it.
    if faces.iter().any(|face| face.licence == APACHE) {
        save(
            args,
            "licences/Apache-2.0.txt",
            &fs::read("/usr/share/common-licenses/Apache-2.0")?,
        )?;
    }
    for package in used_packages(&faces) {
        let text = fs::read(format!("/usr/share/doc/{package}/copyright"))
            .with_context(|| format!("{package} has no copyright file"))?;
        save(args, &format!("licences/{package}.txt"), &text)?;
    }
    Ok(())
}

fn save(args: &Args, name: &str, bytes: &[u8]) -> Result<()> {
    let path = args
        .out
        .clone()
        .unwrap_or_else(|| root().join("assets"))
        .join(name);
    let same = fs::read(&path).is_ok_and(|old| old == bytes);
    println!(
        "{name}: {} bytes, {}",
        bytes.len(),
        if same { "as before" } else { "changed" }
    );
    if !same {
        ensure!(
            !args.check,
            "{} is not what this machine builds",
            path.display()
        );
        fs::create_dir_all(path.parent().context("a file has a folder")?)?;
        fs::write(&path, bytes)?;
    }
    Ok(())
}

// ---- fonts

/// The version of an installed Debian package.
fn version(package: &str) -> Option<String> {
    let output = Command::new("dpkg-query")
        .args(["-W", "-f=${db:Status-Status} ${Version}", package])
        .output()
        .ok()?;
    String::from_utf8(output.stdout)
        .ok()?
        .strip_prefix("installed ")
        .map(str::to_owned)
}

fn install_fonts() -> Result<()> {
    let missing: Vec<&str> = PACKAGES
        .iter()
        .map(|&(package, _)| package)
        .filter(|package| version(package).is_none())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let by_hand = format!(
        "apt-get install --no-install-recommends {}",
        missing.join(" ")
    );
    ensure!(
        can_apt_install(),
        "the glyphs are drawn from Debian's font packages; on a Debian machine, as root: {by_hand}"
    );
    apt_install(&missing).with_context(|| format!("by hand: {by_hand}"))
}

/// One typeface: its outlines of all characters, and where it is from.
struct Typeface {
    package: &'static str,
    licence: &'static str,
    file: String,
    name: String,
    outlines: Vec<Outline>,
}

/// Closed polygons, y down.
type Outline = Vec<Vec<[f32; 2]>>;

fn font_files(package: &str) -> Result<Vec<PathBuf>> {
    let output = Command::new("dpkg").args(["-L", package]).output()?;
    let mut files: Vec<PathBuf> = String::from_utf8(output.stdout)?
        .lines()
        .map(PathBuf::from)
        .filter(|path| {
            path.extension()
                .is_some_and(|kind| ["ttf", "otf", "ttc"].iter().any(|known| kind == *known))
        })
        // Symbolic links name a file twice.
        .filter(|path| path.symlink_metadata().is_ok_and(|file| file.is_file()))
        .collect();
    files.sort();
    Ok(files)
}

fn candidates(characters: &[char]) -> Result<Vec<Typeface>> {
    let mut candidates = Vec::new();
    for &(package, licence) in PACKAGES {
        for path in font_files(package)? {
            let data = fs::read(&path)?;
            let file = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            for index in 0..ttf_parser::fonts_in_collection(&data).unwrap_or(1) {
                let Ok(face) = Face::parse(&data, index) else {
                    continue;
                };
                let name = face_name(&face).unwrap_or_else(|| format!("{file} {index}"));
                // A collection's other languages draw many characters alike, and some otherwise than in Japan.
                if file.ends_with(".ttc") && !name.contains(" JP") {
                    continue;
                }
                if let Some(outlines) = characters
                    .iter()
                    .map(|&c| outline(&face, c))
                    .collect::<Option<Vec<_>>>()
                {
                    candidates.push(Typeface {
                        package,
                        licence,
                        file: file.clone(),
                        name,
                        outlines,
                    });
                }
            }
        }
    }
    Ok(candidates)
}

fn face_name(face: &Face<'_>) -> Option<String> {
    let name = |id| {
        face.names()
            .into_iter()
            .filter(|n| n.name_id == id && n.is_unicode())
            .find_map(|n| {
                n.to_string()
                    .filter(|text| text.is_ascii() && !text.is_empty())
            })
    };
    name(ttf_parser::name_id::FULL_NAME).or_else(|| name(ttf_parser::name_id::FAMILY))
}

/// Straight pieces a curve. Curves are a few pixels long.
const PIECES: u8 = 8;

#[derive(Default)]
struct Flatten(Outline);

impl Flatten {
    fn last(&self) -> [f32; 2] {
        self.0
            .last()
            .and_then(|polygon| polygon.last())
            .copied()
            .unwrap_or_default()
    }

    fn curve(&mut self, at: impl Fn(f32) -> [f32; 2]) {
        for piece in 1..=PIECES {
            let [x, y] = at(f32::from(piece) / f32::from(PIECES));
            self.line_to(x, -y);
        }
    }
}

impl OutlineBuilder for Flatten {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.push(vec![[x, -y]]);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        if let Some(polygon) = self.0.last_mut() {
            polygon.push([x, -y]);
        }
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let p = [self.last(), [x1, -y1], [x, -y]];
        self.curve(|t| {
            let s = 1.0 - t;
            [0, 1].map(|d| s * s * p[0][d] + 2.0 * s * t * p[1][d] + t * t * p[2][d])
        });
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let p = [self.last(), [x1, -y1], [x2, -y2], [x, -y]];
        self.curve(|t| {
            let s = 1.0 - t;
            [0, 1].map(|d| {
                s * s * s * p[0][d]
                    + 3.0 * s * s * t * p[1][d]
                    + 3.0 * s * t * t * p[2][d]
                    + t * t * t * p[3][d]
            })
        });
    }

    fn close(&mut self) {}
}

/// The outline with its ink centred on 0 and the larger side 1 long; none where there is no such character or no ink.
fn outline(face: &Face<'_>, character: char) -> Option<Outline> {
    let glyph = face
        .glyph_index(character)
        .filter(|&glyph| glyph != GlyphId(0))?;
    let mut flat = Flatten::default();
    face.outline_glyph(glyph, &mut flat)?;
    let points = || flat.0.iter().flatten();
    let bound = |d: usize, pick: fn(f32, f32) -> f32| points().map(|p| p[d]).reduce(pick);
    let low = [bound(0, f32::min)?, bound(1, f32::min)?];
    let high = [bound(0, f32::max)?, bound(1, f32::max)?];
    let side = (high[0] - low[0]).max(high[1] - low[1]);
    if side <= 0.0 {
        return None;
    }
    let middle = [(low[0] + high[0]) / 2.0, (low[1] + high[1]) / 2.0];
    for point in flat.0.iter_mut().flatten() {
        *point = [(point[0] - middle[0]) / side, (point[1] - middle[1]) / side];
    }
    Some(flat.0)
}

/// `[a, b, c, d, x, y]`: a point becomes `(a·x + b·y, c·x + d·y) + (x, y)`, in pixels from the middle.
type Affine = [f32; 6];

const UPRIGHT: Affine = [FIT, 0.0, 0.0, FIT, 0.0, 0.0];

fn draw(outline: &Outline, [a, b, c, d, x, y]: Affine) -> Vec<u8> {
    let half = f32::from(SIDE) / 2.0;
    let place = |p: &[f32; 2]| {
        zeno::Vector::new(
            a * p[0] + b * p[1] + x + half,
            c * p[0] + d * p[1] + y + half,
        )
    };
    let mut path = Vec::new();
    for polygon in outline {
        let mut points = polygon.iter().map(place);
        path.extend(points.next().map(zeno::Command::MoveTo));
        path.extend(points.map(zeno::Command::LineTo));
        path.push(zeno::Command::Close);
    }
    let side = u32::from(SIDE);
    // Non-zero winding: strokes of one character may overlap.
    let (coverage, _) = zeno::Mask::new(&path[..])
        .style(zeno::Fill::NonZero)
        .size(side, side)
        .render();
    coverage
        .into_iter()
        .map(|alpha| ((u16::from(alpha) * u16::from(INK) + 127) / 255) as u8)
        .collect()
}

/// A little turned (±10°), sheared (±0.15), shrunk (0.78–1) and shifted (±1.5 pixels).
fn jitter(character: usize, face: usize) -> Affine {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    rng.set_stream((character as u64) << 32 | face as u64);
    let mut uniform = |low: f32, high: f32| {
        low + (high - low) * (rng.random_range(0..=10_000_u32) as f32 / 10_000.0)
    };
    // The tangent of half the angle gives sine and cosine without either function: tan 5° = 0.0875.
    let t = uniform(-0.0875, 0.0875);
    let (cos, sin) = ((1.0 - t * t) / (1.0 + t * t), 2.0 * t / (1.0 + t * t));
    let shear = uniform(-0.15, 0.15);
    let scale = FIT * uniform(0.78, 1.0);
    let (x, y) = (uniform(-1.5, 1.5), uniform(-1.5, 1.5));
    [
        scale * cos,
        scale * (cos * shear - sin),
        scale * sin,
        scale * (sin * shear + cos),
        x,
        y,
    ]
}

fn glyphs(face_count: usize) -> Result<(Packed, Vec<Typeface>)> {
    let characters: Vec<char> = [HIRAGANA, KATAKANA, KANJI_1, KANJI_2]
        .iter()
        .flat_map(|set| set.chars())
        .collect();
    let faces = choose_faces(candidates(&characters)?, face_count)?;
    let mut pixels = Vec::new();
    for character in 0..characters.len() {
        for (number, face) in faces.iter().enumerate() {
            pixels.extend(draw(&face.outlines[character], jitter(character, number)));
        }
    }
    let classes = characters
        .iter()
        .map(|character| (character.to_string(), faces.len() as u32))
        .collect();
    Ok((
        Packed {
            name: "glyphs".into(),
            width: SIDE,
            height: SIDE,
            ink: INK,
            classes,
            pixels,
        },
        faces,
    ))
}

/// Characters that faces are compared by.
const PROBE: usize = 40;

fn choose_faces(candidates: Vec<Typeface>, count: usize) -> Result<Vec<Typeface>> {
    let found = candidates.len();
    let characters = candidates
        .first()
        .context("no typeface has all characters")?
        .outlines
        .len();
    let probe: Vec<usize> = (0..PROBE).map(|i| i * characters / PROBE).collect();
    let draw_probe = |face: &Typeface| -> Vec<Vec<f64>> {
        probe
            .iter()
            .map(|&c| standardise(draw(&face.outlines[c], UPRIGHT).into_iter().map(f64::from)))
            .collect()
    };
    let pictures: Vec<Vec<Vec<f64>>> = candidates.iter().map(draw_probe).collect();
    let consensus: Vec<Vec<f64>> = (0..PROBE)
        .map(|c| {
            standardise(
                (0..pictures[0][c].len())
                    .map(|p| pictures.iter().map(|face| face[c][p]).sum::<f64>()),
            )
        })
        .collect();

    // A face that fits better when turned is one for vertical text; one that draws two characters alike lacks some.
    let sound: Vec<bool> = candidates
        .iter()
        .zip(&pictures)
        .map(|(face, drawn)| {
            let upright = mean_correlation(drawn, &consensus);
            let turned = (1..4).map(|quarters| {
                let turned: Vec<_> = drawn
                    .iter()
                    .map(|picture| turn(picture, quarters))
                    .collect();
                mean_correlation(&turned, &consensus)
            });
            let mut all: Vec<Vec<u8>> = face
                .outlines
                .iter()
                .map(|outline| draw(outline, UPRIGHT))
                .collect();
            all.sort();
            upright >= TOO_ODD
                && turned.into_iter().all(|fit| fit < upright)
                && all.windows(2).all(|pair| pair[0] != pair[1])
        })
        .collect();

    // From the most ordinary face outwards, always the one that is least like those chosen.
    let usual = |face: &usize| mean_correlation(&pictures[*face], &consensus);
    let usable = || (0..found).filter(|&face| sound[face]);
    let first = usable().reduce(|best, face| {
        if usual(&face) > usual(&best) {
            face
        } else {
            best
        }
    });
    let mut chosen = vec![first.context("no typeface is upright and complete")?];
    let mut likeness: Vec<f64> = vec![f64::NEG_INFINITY; found];
    while chosen.len() < count {
        let last = chosen[chosen.len() - 1];
        for face in usable() {
            likeness[face] = likeness[face].max(mean_correlation(&pictures[face], &pictures[last]));
        }
        let next = usable()
            .filter(|face| !chosen.contains(face))
            .reduce(|best, face| {
                if likeness[face] < likeness[best] {
                    face
                } else {
                    best
                }
            });
        let Some(next) = next.filter(|&face| likeness[face] <= TOO_ALIKE) else {
            break;
        };
        chosen.push(next);
    }
    ensure!(
        chosen.len() == count,
        "only {} of {found} typefaces are different enough",
        chosen.len()
    );
    let (unsound, closest) = (
        sound.iter().filter(|&&sound| !sound).count(),
        likeness[chosen[count - 1]],
    );
    println!(
        "{found} typefaces have all characters; {unsound} unsound or odd; the most alike of the chosen correlate {closest:.3}"
    );
    chosen.sort_unstable();
    let keep = |(number, face)| chosen.contains(&number).then_some(face);
    Ok(candidates
        .into_iter()
        .enumerate()
        .filter_map(keep)
        .collect())
}

/// Mean 0, length 1.
fn standardise(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.iter_mut().for_each(|value| *value -= mean);
    let norm = values
        .iter()
        .map(|value| value * value)
        .sum::<f64>()
        .sqrt()
        .max(1e-9);
    values.iter_mut().for_each(|value| *value /= norm);
    values
}

fn mean_correlation(a: &[Vec<f64>], b: &[Vec<f64>]) -> f64 {
    let each = a
        .iter()
        .zip(b)
        .map(|(a, b)| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>());
    each.sum::<f64>() / a.len() as f64
}

fn turn(picture: &[f64], quarters: usize) -> Vec<f64> {
    let side = usize::from(SIDE);
    let turn_once = |picture: Vec<f64>| {
        (0..side * side)
            .map(|i| picture[(side - 1 - i % side) * side + i / side])
            .collect()
    };
    (0..quarters).fold(picture.to_vec(), |picture, _| turn_once(picture))
}

// ---- digits

fn digits() -> Result<Packed> {
    let text = digits_text()?;
    ensure!(
        crc32fast::hash(text.as_bytes()) == DIGITS_CRC,
        "the digits are not the published ones"
    );
    let mut classes: Vec<(String, u32)> = (0..10).map(|digit| (digit.to_string(), 0)).collect();
    let mut pixels: Vec<Vec<u8>> = vec![Vec::new(); 10];
    for line in text.lines() {
        let values: Vec<u8> = line
            .split(',')
            .map(|value| Ok(value.trim().parse::<f64>()? as u8))
            .collect::<Result<_>>()?;
        let (&digit, picture) = values.split_last().context("an empty line")?;
        ensure!(
            picture.len() == 64 && digit < 10,
            "a line is not 64 pixels and a digit"
        );
        classes[usize::from(digit)].1 += 1;
        pixels[usize::from(digit)].extend(picture);
    }
    Ok(Packed {
        name: "digits".into(),
        width: 8,
        height: 8,
        ink: 16,
        classes,
        pixels: pixels.concat(),
    })
}

fn digits_text() -> Result<String> {
    let folder = cache_dir().join("datasets");
    fs::create_dir_all(&folder)?;
    let by_hand = format!("python3 -m pip download --no-deps {DIGITS_WHEEL}");
    let mut words = by_hand.split(' ');
    let pip = words.next().unwrap_or_default();
    let status = Command::new(pip).args(words).current_dir(&folder).status();
    ensure!(
        status.is_ok_and(|status| status.success()),
        "the digits come with scikit-learn; this failed: {by_hand} (on Debian: apt-get install python3-pip; without the \
         digits: --no-digits)"
    );
    let wheel = fs::read_dir(&folder)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|kind| kind == "whl"))
        .context("pip downloaded no wheel")?;
    let extract = "import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))";
    let packed = Command::new("python3")
        .args(["-c", extract])
        .arg(&wheel)
        .arg(DIGITS_MEMBER)
        .output()?;
    ensure!(
        packed.status.success(),
        "{} holds no {DIGITS_MEMBER}",
        wheel.display()
    );
    let mut text = String::new();
    flate2::read::GzDecoder::new(&packed.stdout[..]).read_to_string(&mut text)?;
    Ok(text)
}

// ---- origin and licences

fn used_packages(faces: &[Typeface]) -> Vec<&'static str> {
    let mut packages: Vec<&str> = faces.iter().map(|face| face.package).collect();
    packages.dedup();
    packages
}

fn readme(faces: &[Typeface]) -> Result<String> {
    let mut text = String::from(README);
    for (number, face) in faces.iter().enumerate() {
        let version = version(face.package).context("a package is gone")?;
        let Typeface {
            package,
            licence,
            file,
            name,
            ..
        } = face;
        writeln!(
            text,
            "| {number} | {name} | {file} | {package} {version} | [{licence}](licences/{package}.txt) |"
        )?;
    }
    Ok(text)
}

const README: &str = "\
# Data sets

Written by `cargo xtask datasets`, like the files it tells of. The files' format is described in `src/data/packed.rs`.

## Digits: `digits.bin`

1,797 handwritten digits, 8×8 pixels with values 0–16: the test part of *Optical Recognition of Handwritten Digits* by
E. Alpaydin and C. Kaynak (1998), UCI Machine Learning Repository, <https://doi.org/10.24432/C50P49>, licensed under
[CC BY 4.0](https://creativecommons.org/licenses/by/4.0/). Taken from scikit-learn (`sklearn/datasets/data/digits.csv.gz`);
the pictures are in another order here (digit after digit), otherwise unchanged.

## Synthetic

Generated when it is needed, from a seed: no file, no licence.

## Glyphs: `glyphs.bin`

Japanese characters: the hiragana, the katakana and the kanji of the first two school grades, without those that look like
another one or like a single stroke; 312 classes. Each is drawn from its outline in each of the typefaces below, cropped to
its ink, fitted into 24×24 pixels of 16 grey values, and turned (±10°), sheared (±0.15), shrunk (0.78–1) and shifted
(±1.5 pixels) at random. The typefaces are those of the Debian packages named in `xtask/src/datasets.rs` that have all
characters upright and different from each other, and that a reader of plain print can read (their characters correlate with the mean of
all typefaces by 0.5 or more); of these, starting with the most ordinary one, always the one that is least like those
chosen, with a correlation of 0.94 at most.

The pictures are no fonts. The typefaces' licences, with their copyright lines, are in `licences/` as Debian records them.

| face | name | file | package | licence |
|---|---|---|---|---|
";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn there_are_312_different_characters() {
        let characters: Vec<char> = [HIRAGANA, KATAKANA, KANJI_1, KANJI_2]
            .concat()
            .chars()
            .collect();
        assert_eq!(characters.len(), 312);
        assert_eq!(characters.iter().collect::<BTreeSet<_>>().len(), 312);
        assert_eq!(
            [HIRAGANA, KATAKANA, KANJI_1, KANJI_2].map(|set| set.chars().count()),
            [46, 36, 72, 158]
        );
    }

    #[test]
    fn an_outline_is_drawn_where_it_is() {
        // The right half, so that left and right, and up and down, cannot be mistaken.
        let half = vec![vec![[0.0, -0.5], [0.5, -0.5], [0.5, 0.0], [0.0, 0.0]]];
        let picture = draw(&half, UPRIGHT);
        for (at, &value) in picture.iter().enumerate() {
            let (x, y) = (at % 24, at / 24);
            assert_eq!(
                value,
                if (12..23).contains(&x) && (1..12).contains(&y) {
                    INK
                } else {
                    0
                },
                "{x}, {y}"
            );
        }
    }

    #[test]
    fn turning_four_times_changes_nothing() {
        let picture: Vec<f64> = (0..576).map(f64::from).collect();
        assert_eq!(turn(&picture, 4), picture);
        assert_ne!(turn(&picture, 1), picture);
        // The upper left corner goes to the upper right.
        assert_eq!(turn(&picture, 1)[23], 0.0);
    }

    #[test]
    fn jitter_stays_within_its_bounds() {
        for character in 0..50 {
            for face in 0..20 {
                let [a, b, c, d, x, y] = jitter(character, face);
                let scale = (a * a + c * c).sqrt() / FIT;
                assert!((0.779..1.001).contains(&scale) && x.abs() <= 1.5 && y.abs() <= 1.5);
                assert!(
                    (a * d - b * c - a * a - c * c).abs() < 0.01,
                    "shear keeps the area"
                );
                assert!((c / a).abs() < 0.1764 + 1e-4, "10 degrees at most");
            }
        }
        assert_eq!(jitter(3, 4), jitter(3, 4));
        assert_ne!(jitter(3, 4), jitter(4, 3));
    }
}
