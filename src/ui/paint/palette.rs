//! Colours of losses, classes and chart furniture, in light and dark.
//!
//! Both palettes start from Okabe and Ito's hues (<https://jfly.uni-koeln.de/color/>). A search then moved them in
//! lightness and slightly in hue, so that each has a contrast of at least 3:1 to its surface and any two stay as far
//! apart in OKLab as can be, for normal sight and for protanopia, deuteranopia and tritanopia as simulated by Machado,
//! Oliveira and Fernandes (2009). The tests hold them to that. No chart relies on colour alone: lines are labelled
//! where they end, classes have shapes.

use crate::ui::model::LOSS_COLOURS as LOSSES;

/// Red, green, blue.
pub type Rgb = (u8, u8, u8);

/// A colour as CSS writes it and as numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Colour {
    css: &'static str,
    rgb: Rgb,
}

const fn colour(css: &'static str) -> Colour {
    let hex = css.as_bytes();
    Colour {
        css,
        rgb: (
            byte(hex[1], hex[2]),
            byte(hex[3], hex[4]),
            byte(hex[5], hex[6]),
        ),
    }
}

const fn byte(high: u8, low: u8) -> u8 {
    digit(high) * 16 + digit(low)
}

const fn digit(hex: u8) -> u8 {
    if hex <= b'9' {
        hex - b'0'
    } else {
        hex - b'a' + 10
    }
}

const LOSSES_LIGHT: [Colour; LOSSES] = [
    colour("#2a8cec"),
    colour("#d4750a"),
    colour("#008475"),
    colour("#840173"),
    colour("#925a01"),
    colour("#004e9f"),
    colour("#7263bd"),
    colour("#9d2348"),
    colour("#7f8fae"),
    colour("#424a00"),
];

const LOSSES_DARK: [Colour; LOSSES] = [
    colour("#5174ff"),
    colour("#f54c19"),
    colour("#77f6bc"),
    colour("#e387b6"),
    colour("#facf00"),
    colour("#64b3f6"),
    colour("#9072be"),
    colour("#bb6773"),
    colour("#b6d1f6"),
    colour("#a5bc6a"),
];

const CLASS_COLOURS: usize = 8;

const CLASSES_LIGHT: [Rgb; CLASS_COLOURS] = [
    colour("#015bbb").rgb,
    colour("#bf2d00").rgb,
    colour("#298f80").rgb,
    colour("#79406d").rgb,
    colour("#a9940d").rgb,
    colour("#2f99ef").rgb,
    colour("#153329").rgb,
    colour("#480073").rgb,
];

const CLASSES_DARK: [Rgb; CLASS_COLOURS] = [
    colour("#03ccff").rgb,
    colour("#ff9d26").rgb,
    colour("#0e893b").rgb,
    colour("#b051a1").rgb,
    colour("#e6f61f").rgb,
    colour("#bbf3ff").rgb,
    colour("#a69f9a").rgb,
    colour("#7f88f7").rgb,
];

/// How the points of a class are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    Circle,
    Triangle,
    Square,
    Diamond,
    Plus,
}

impl Shape {
    pub const ALL: [Self; 5] = [
        Self::Circle,
        Self::Triangle,
        Self::Square,
        Self::Diamond,
        Self::Plus,
    ];
}

/// Line colour of a loss, as CSS.
pub fn loss_css(index: usize, dark: bool) -> &'static str {
    loss(index, dark).css
}

/// Line colour of a loss.
pub fn loss_rgb(index: usize, dark: bool) -> Rgb {
    loss(index, dark).rgb
}

/// The colour of a loss for its name: closer to the text's colour than its line, to be readable when small.
pub fn loss_text(index: usize, dark: bool) -> Rgb {
    let (colour, ink) = (loss_rgb(index, dark), Theme::of(dark).ink);
    let mix = |colour: u8, ink: u8| ((u32::from(colour) * 62 + u32::from(ink) * 38) / 100) as u8;
    (
        mix(colour.0, ink.0),
        mix(colour.1, ink.1),
        mix(colour.2, ink.2),
    )
}

fn loss(index: usize, dark: bool) -> Colour {
    if dark {
        LOSSES_DARK[index % LOSSES]
    } else {
        LOSSES_LIGHT[index % LOSSES]
    }
}

/// Colour and shape of the class with this rank among the classes in view. Forty classes differ; then they repeat.
pub fn class_style(rank: usize, dark: bool) -> (Rgb, Shape) {
    let colours = if dark { &CLASSES_DARK } else { &CLASSES_LIGHT };
    (
        colours[rank % CLASS_COLOURS],
        Shape::ALL[(rank + rank / CLASS_COLOURS) % Shape::ALL.len()],
    )
}

/// What pulls together.
pub fn pull(dark: bool) -> Rgb {
    if dark {
        colour("#a8d8ff").rgb
    } else {
        colour("#123c8c").rgb
    }
}

/// What pushes apart. It is told from [`pull`] by its lightness as well.
pub fn push(dark: bool) -> Rgb {
    if dark {
        colour("#d9601a").rgb
    } else {
        colour("#ef8a17").rgb
    }
}

/// What charts are made of besides data: the page's own paper and ink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    pub surface: Rgb,
    /// Tooltips.
    pub raised: Rgb,
    pub ink: Rgb,
    pub muted: Rgb,
    pub grid: Rgb,
    pub axis: Rgb,
}

impl Theme {
    pub const fn of(dark: bool) -> &'static Self {
        const LIGHT: Theme = Theme {
            surface: colour("#fffefb").rgb,
            raised: colour("#ffffff").rgb,
            ink: colour("#1d1c1a").rgb,
            muted: colour("#5f5b53").rgb,
            grid: colour("#ebe8e0").rgb,
            axis: colour("#b9b2a3").rgb,
        };
        const DARK: Theme = Theme {
            surface: colour("#1d2024").rgb,
            raised: colour("#282c32").rgb,
            ink: colour("#ebe8e1").rgb,
            muted: colour("#a9a69f").rgb,
            grid: colour("#2d3237").rgb,
            axis: colour("#545b64").rgb,
        };
        if dark { &DARK } else { &LIGHT }
    }
}

/// A colour with transparency, as CSS.
pub fn css((red, green, blue): Rgb, alpha: f64) -> String {
    if alpha >= 1.0 {
        format!("#{red:02x}{green:02x}{blue:02x}")
    } else {
        format!("rgba({red},{green},{blue},{:.3})", alpha.max(0.0))
    }
}

/// Black or white, whichever is easier to read on a colour. One of them always has a contrast of at least 4.58:1, which near
/// black would not have.
pub fn readable_on(colour: Rgb) -> Rgb {
    let (black, white) = ((0, 0, 0), (255, 255, 255));
    if contrast(colour, black) >= contrast(colour, white) {
        black
    } else {
        white
    }
}

fn linear((red, green, blue): Rgb) -> [f64; 3] {
    [red, green, blue].map(|channel| {
        let c = f64::from(channel) / 255.0;
        if c <= 0.04045 {
            c / 12.92
        } else {
            ((c + 0.055) / 1.055).powf(2.4)
        }
    })
}

/// WCAG 2 contrast ratio.
pub(super) fn contrast(a: Rgb, b: Rgb) -> f64 {
    let luminance = |rgb| {
        let [r, g, b] = linear(rgb);
        0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05
    };
    let (a, b) = (luminance(a), luminance(b));
    a.max(b) / a.min(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn oklab([r, g, b]: [f64; 3]) -> [f64; 3] {
        let l = (0.412_221_47 * r + 0.536_332_54 * g + 0.051_445_99 * b).cbrt();
        let m = (0.211_903_5 * r + 0.680_699_55 * g + 0.107_396_96 * b).cbrt();
        let s = (0.088_302_46 * r + 0.281_718_84 * g + 0.629_978_7 * b).cbrt();
        [
            0.210_454_26 * l + 0.793_617_79 * m - 0.004_072_05 * s,
            1.977_998_5 * l - 2.428_592_21 * m + 0.450_593_71 * s,
            0.025_904_04 * l + 0.782_771_77 * m - 0.808_675_77 * s,
        ]
    }

    /// Machado et al. 2009, table 1 at severity 1.0, in linear RGB: normal, protan, deutan, tritan.
    const SIGHTS: [[[f64; 3]; 3]; 4] = [
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ],
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ],
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ],
    ];

    fn seen(rgb: Rgb, sight: &[[f64; 3]; 3]) -> [f64; 3] {
        let c = linear(rgb);
        oklab(sight.map(|row| {
            row.iter()
                .zip(c)
                .map(|(w, c)| w * c)
                .sum::<f64>()
                .clamp(0.0, 1.0)
        }))
    }

    fn closest(colours: &[Rgb], sight: &[[f64; 3]; 3]) -> f64 {
        let seen: Vec<_> = colours.iter().map(|&rgb| seen(rgb, sight)).collect();
        let mut least = f64::INFINITY;
        for (i, a) in seen.iter().enumerate() {
            for b in &seen[..i] {
                least = least.min(
                    a.iter()
                        .zip(b)
                        .map(|(a, b)| (a - b).powi(2))
                        .sum::<f64>()
                        .sqrt(),
                );
            }
        }
        least
    }

    #[test]
    fn losses_stand_out_from_the_surface() {
        for dark in [false, true] {
            for index in 0..LOSSES {
                let ratio = contrast(loss_rgb(index, dark), Theme::of(dark).surface);
                assert!(ratio >= 3.0, "loss {index}, dark {dark}: {ratio:.2}");
            }
        }
    }

    #[test]
    fn losses_stay_apart_for_every_sight() {
        for dark in [false, true] {
            let colours: Vec<_> = (0..LOSSES).map(|index| loss_rgb(index, dark)).collect();
            for (sight, least) in SIGHTS.iter().zip([0.10, 0.08, 0.08, 0.06]) {
                let distance = closest(&colours, sight);
                assert!(distance >= least, "dark {dark}: {distance:.3} < {least}");
            }
        }
    }

    #[test]
    fn names_can_be_read_on_every_loss() {
        for dark in [false, true] {
            for index in 0..LOSSES {
                let colour = loss_rgb(index, dark);
                assert!(
                    contrast(loss_text(index, dark), Theme::of(dark).surface) >= 4.5,
                    "loss {index}, dark {dark}"
                );
                assert!(
                    contrast(colour, readable_on(colour)) >= 4.5,
                    "loss {index}, dark {dark}"
                );
            }
        }
    }

    #[test]
    fn texts_are_readable() {
        for dark in [false, true] {
            let theme = Theme::of(dark);
            for (text, least) in [(theme.ink, 7.0), (theme.muted, 4.5)] {
                assert!(contrast(text, theme.surface) >= least);
                assert!(contrast(text, theme.raised) >= least);
            }
        }
    }

    #[test]
    fn forty_classes_differ_in_colour_or_shape() {
        for dark in [false, true] {
            let styles: std::collections::HashSet<_> =
                (0..40).map(|rank| class_style(rank, dark)).collect();
            assert_eq!(styles.len(), 40);
        }
    }

    #[test]
    fn class_colours_are_seen_and_told_apart() {
        for (colours, dark) in [(&CLASSES_LIGHT, false), (&CLASSES_DARK, true)] {
            for sight in &SIGHTS[..3] {
                let distance = closest(colours, sight);
                assert!(distance >= 0.1, "dark {dark}: {distance:.3}");
            }
            for &colour in colours {
                let ratio = contrast(colour, Theme::of(dark).surface);
                assert!(ratio >= 3.0, "dark {dark} {colour:?}: {ratio:.2}");
            }
        }
    }

    #[test]
    fn pull_and_push_differ_for_every_sight_and_in_lightness() {
        for dark in [false, true] {
            let both = [pull(dark), push(dark)];
            let all = [both[0], both[1], Theme::of(dark).surface];
            for sight in &SIGHTS {
                let distance = closest(&all, sight);
                assert!(distance >= 0.2, "dark {dark}: {distance:.3}");
                let [pull, push] = both.map(|rgb| seen(rgb, sight)[0]);
                assert!(
                    (pull - push).abs() >= 0.15,
                    "dark {dark}: {pull:.2} {push:.2}"
                );
            }
        }
    }

    #[test]
    fn css_and_numbers_agree() {
        for dark in [false, true] {
            for index in 0..LOSSES {
                assert_eq!(loss_css(index, dark), css(loss_rgb(index, dark), 1.0));
            }
        }
        assert_eq!(loss_css(LOSSES, true), loss_css(0, true));
    }
}
