//! What a canvas context does, written down as SVG: the same painters make the pictures to take along.

use std::fmt::Write as _;

use super::canvas::Align;
use super::palette::{Rgb, css};

/// A drawing that grows: paths and texts with the style last set.
#[derive(Clone, Debug)]
pub struct Svg {
    body: String,
    path: String,
    fill: Rgb,
    fill_alpha: f64,
    stroke: Rgb,
    stroke_alpha: f64,
    line_width: f64,
    /// Of everything, besides the colours' own.
    alpha: f64,
    font_size: f64,
    bold: bool,
}

impl Default for Svg {
    fn default() -> Self {
        Self {
            body: String::new(),
            path: String::new(),
            fill: (0, 0, 0),
            fill_alpha: 1.0,
            stroke: (0, 0, 0),
            stroke_alpha: 1.0,
            line_width: 1.0,
            alpha: 1.0,
            font_size: 12.0,
            bold: false,
        }
    }
}

/// A number with as many digits as a picture needs.
fn number(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// A text as XML has it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// About how wide a text is in a system font that is not known here.
pub fn typical_width(text: &str, size: f64, bold: bool) -> f64 {
    let wide = |character: char| {
        if u32::from(character) >= 0x2e80 {
            1.0
        } else {
            0.56
        }
    };
    text.chars().map(wide).sum::<f64>() * size * if bold { 1.08 } else { 1.0 }
}

// Writing to a string does not fail.
impl Svg {
    pub fn begin_path(&mut self) {
        self.path.clear();
    }

    pub fn move_to(&mut self, x: f64, y: f64) {
        let _ = write!(self.path, "M{} {}", number(x), number(y));
    }

    pub fn line_to(&mut self, x: f64, y: f64) {
        let _ = write!(self.path, "L{} {}", number(x), number(y));
    }

    pub fn close_path(&mut self) {
        self.path.push('Z');
    }

    /// A whole circle, as two halves: an arc that ends where it begins is nothing.
    pub fn circle(&mut self, x: f64, y: f64, radius: f64) {
        let (left, right, y, radius) = (
            number(x - radius),
            number(x + radius),
            number(y),
            number(radius),
        );
        let _ = write!(
            self.path,
            "M{right} {y}A{radius} {radius} 0 1 1 {left} {y}A{radius} {radius} 0 1 1 {right} {y}Z"
        );
    }

    pub fn set_alpha(&mut self, alpha: f64) {
        self.alpha = alpha;
    }

    pub fn set_fill(&mut self, colour: Rgb, alpha: f64) {
        (self.fill, self.fill_alpha) = (colour, alpha);
    }

    pub fn set_stroke(&mut self, colour: Rgb, alpha: f64, width: f64) {
        (self.stroke, self.stroke_alpha, self.line_width) = (colour, alpha, width);
    }

    pub fn fill(&mut self) {
        let (colour, alpha) = (css(self.fill, 1.0), number(self.fill_alpha * self.alpha));
        let _ = write!(
            self.body,
            "<path d=\"{}\" fill=\"{colour}\" fill-opacity=\"{alpha}\"/>",
            self.path
        );
    }

    pub fn stroke(&mut self) {
        let (colour, alpha) = (
            css(self.stroke, 1.0),
            number(self.stroke_alpha * self.alpha),
        );
        let _ = write!(
            self.body,
            "<path d=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-opacity=\"{alpha}\" stroke-width=\"{}\"/>",
            self.path,
            number(self.line_width)
        );
    }

    pub fn set_font(&mut self, size: f64, bold: bool) {
        (self.font_size, self.bold) = (size, bold);
    }

    pub fn measure(&self, text: &str) -> f64 {
        typical_width(text, self.font_size, self.bold)
    }

    /// Centred on `y`.
    pub fn text(&mut self, text: &str, x: f64, y: f64, align: Align) {
        let anchor = match align {
            Align::Left => "start",
            Align::Centre => "middle",
            Align::Right => "end",
        };
        let (colour, alpha) = (css(self.fill, 1.0), number(self.fill_alpha * self.alpha));
        let _ = write!(
            self.body,
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\" font-weight=\"{}\" text-anchor=\"{anchor}\" fill=\"{colour}\" \
             fill-opacity=\"{alpha}\">{}</text>",
            number(x),
            // A baseline a third of the height below the middle; `dominant-baseline` is not known to every program.
            number(y + 0.35 * self.font_size),
            self.font_size,
            if self.bold { 600 } else { 400 },
            escaped(text)
        );
    }

    /// Another drawing with its origin here.
    pub fn place(&mut self, drawing: &Self, x: f64, y: f64) {
        let _ = write!(
            self.body,
            "<g transform=\"translate({} {})\">{}</g>",
            number(x),
            number(y),
            drawing.body
        );
    }

    /// The whole file, on a ground of one colour.
    pub fn file(&self, width: f64, height: f64, ground: Rgb) -> String {
        let (width, height) = (width.ceil(), height.ceil());
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
             font-family=\"system-ui, sans-serif\" stroke-linecap=\"round\" stroke-linejoin=\"round\">\
             <rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>{}</svg>\n",
            css(ground, 1.0),
            self.body
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_filled_and_stroked_in_the_style_last_set() {
        let mut svg = Svg::default();
        svg.begin_path();
        svg.move_to(1.0, 2.0);
        svg.line_to(3.456, 4.0);
        svg.close_path();
        svg.set_alpha(0.5);
        svg.set_fill((255, 0, 16), 0.5);
        svg.fill();
        svg.set_stroke((1, 2, 3), 1.0, 1.5);
        svg.stroke();
        assert_eq!(
            svg.body,
            "<path d=\"M1 2L3.46 4Z\" fill=\"#ff0010\" fill-opacity=\"0.25\"/>\
             <path d=\"M1 2L3.46 4Z\" fill=\"none\" stroke=\"#010203\" stroke-opacity=\"0.5\" stroke-width=\"1.5\"/>"
        );
        svg.begin_path();
        svg.circle(10.0, 5.0, 2.0);
        assert_eq!(svg.path, "M12 5A2 2 0 1 1 8 5A2 2 0 1 1 12 5Z");
    }

    #[test]
    fn a_file_is_whole_and_texts_are_escaped() {
        let mut inner = Svg::default();
        inner.text("a < b & c", 5.0, 10.0, Align::Centre);
        let mut svg = Svg::default();
        svg.place(&inner, 7.0, 8.5);
        let file = svg.file(99.2, 50.0, (255, 255, 255));
        assert!(
            file.starts_with(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"100\" height=\"50\""
            ),
            "{file}"
        );
        assert!(
            file.contains("<g transform=\"translate(7 8.5)\"><text x=\"5\" y=\"14.2\""),
            "{file}"
        );
        assert!(file.contains("a &lt; b &amp; c</text></g></svg>"), "{file}");
    }
}
