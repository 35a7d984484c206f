//! Who pulls whom: a matrix of samples and what they are compared with, sorted by class.

use std::rc::Rc;

use web_sys::{KeyboardEvent, PointerEvent};
use yew::prelude::*;

use super::canvas::{Surface, use_size};
use super::glyphs;
use super::palette::{Theme, pull, push};
use crate::order;
use crate::record::Inside;
use crate::ui::model::Same;

/// A cell by its place in the picture: row and column, sorted.
pub type Cell = (usize, usize);

/// In which order rows and columns stand, and where another class begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrangement {
    /// The sample in each row.
    pub rows: Vec<usize>,
    /// The column of the matrix in each column of the picture: samples first, then the rest.
    pub columns: Vec<usize>,
    /// Rows before which another class begins.
    pub row_borders: Vec<usize>,
    /// Columns before which another class begins.
    pub column_borders: Vec<usize>,
    /// How many columns are samples.
    pub among: usize,
}

impl Arrangement {
    /// Sorted by class; samples of one class stay in the batch's order.
    pub fn of(inside: &Inside) -> Self {
        let (among, all) = (inside.header.among(), inside.header.columns());
        let classes = &inside.header.classes;
        let rows = order::indices(classes.len(), &|a, b| classes[a].cmp(&classes[b]));
        let columns = order::indices(all, &|a, b| {
            let key = |column: usize| (column >= among, inside.class_of(column));
            key(a).cmp(&key(b))
        });
        let borders = |count: usize, class: &dyn Fn(usize) -> u32| {
            (1..count)
                .filter(|&at| class(at) != class(at - 1))
                .collect()
        };
        Self {
            row_borders: borders(rows.len(), &|at| classes[rows[at]]),
            column_borders: borders(all, &|at| inside.class_of(columns[at])),
            rows,
            columns,
            among,
        }
    }

    /// The cell so many rows and columns on, within the picture.
    fn step(&self, (row, column): Cell, (down, right): (isize, isize)) -> Cell {
        let within = |at: usize, by: isize, count: usize| {
            at.saturating_add_signed(by).min(count.saturating_sub(1))
        };
        (
            within(row, down, self.rows.len()),
            within(column, right, self.columns.len()),
        )
    }
}

/// The strongest pull or push of a batch, without its sign.
pub fn strongest(inside: &Inside) -> f32 {
    let (rows, columns) = (inside.header.samples.len(), inside.header.columns());
    let all = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
    all.map(|(row, column)| inside.pull(row, column).abs())
        .fold(0.0, f32::max)
}

/// One pixel a cell, four bytes each: as opaque as the square root of its share of the strongest, so that weak ones are seen.
fn pixels(inside: &Inside, arrangement: &Arrangement, dark: bool) -> Vec<u8> {
    let most = strongest(inside).max(f32::MIN_POSITIVE);
    let (pull, push) = (pull(dark), push(dark));
    let mut pixels = Vec::with_capacity(4 * arrangement.rows.len() * arrangement.columns.len());
    for &row in &arrangement.rows {
        for &column in &arrangement.columns {
            let force = inside.pull(row, column);
            let colour = if force > 0.0 { pull } else { push };
            let strength = ((force.abs() / most).sqrt() * 255.0) as u8;
            pixels.extend([colour.0, colour.1, colour.2, strength]);
        }
    }
    pixels
}

#[derive(Clone, PartialEq, Properties)]
pub struct MatrixProps {
    pub inside: Same<Inside>,
    pub arrangement: Rc<Arrangement>,
    /// The cell that is pointed at.
    pub cell: Option<Cell>,
    /// The row that is selected.
    pub selected: Option<usize>,
    /// What a screen reader is told.
    pub label: AttrValue,
    #[prop_or_default]
    pub dark: bool,
    pub on_point: Callback<Option<Cell>>,
    pub on_select: Callback<usize>,
    /// Arrow keys are used: what is seen is to stay, so that cells can be read one after another.
    pub on_keys: Callback<()>,
}

/// The matrix. A cell is pointed at by pointer or arrow keys; a click, Enter or a space selects its row.
#[component]
pub fn MatrixView(props: &MatrixProps) -> Html {
    let canvas = use_node_ref();
    let size = use_size(&canvas);
    use_effect_with(
        (props.clone(), canvas.clone(), size),
        |(props, canvas, _): &(MatrixProps, NodeRef, (i32, i32))| paint(props, canvas),
    );
    let (rows, columns) = (
        props.arrangement.rows.len(),
        props.arrangement.columns.len(),
    );
    let at = move |event: &PointerEvent| -> Option<Cell> {
        let place = |offset: i32, length: i32, count: usize| {
            let cell = f64::from(offset) / f64::from(length.max(1)) * count as f64;
            (offset >= 0 && cell < count as f64).then_some(cell as usize)
        };
        Some((
            place(event.offset_y(), size.1, rows)?,
            place(event.offset_x(), size.0, columns)?,
        ))
    };
    let onpointermove = props.on_point.reform(move |event: PointerEvent| at(&event));
    let onpointerdown = {
        let (on_point, on_select) = (props.on_point.clone(), props.on_select.clone());
        Callback::from(move |event: PointerEvent| {
            let cell = at(&event);
            on_point.emit(cell);
            if let Some((row, _)) = cell {
                on_select.emit(row);
            }
        })
    };
    let onkeydown = {
        let props = props.clone();
        Callback::from(move |event: KeyboardEvent| on_key(&props, &event))
    };
    html! {
        <canvas ref={canvas} class="matrix" role="img" tabindex="0" aria-label={props.label.clone()} data-testid="matrix"
            {onpointermove} {onpointerdown} {onkeydown} />
    }
}

fn on_key(props: &MatrixProps, event: &KeyboardEvent) {
    let step = match event.key().as_str() {
        "ArrowLeft" => (0, -1),
        "ArrowRight" => (0, 1),
        "ArrowUp" => (-1, 0),
        "ArrowDown" => (1, 0),
        "Enter" | " " => {
            event.prevent_default();
            return props.on_select.emit(props.cell.map_or(0, |(row, _)| row));
        }
        _ => return,
    };
    event.prevent_default();
    let cell = props
        .cell
        .map_or((0, 0), |cell| props.arrangement.step(cell, step));
    props.on_point.emit(Some(cell));
    props.on_keys.emit(());
}

fn add_line(surface: &Surface, from: (f64, f64), to: (f64, f64)) {
    surface.move_to(from.0, from.1);
    surface.line_to(to.0, to.1);
}

/// Lines where another class begins, in cells of this width and height.
fn draw_borders(
    surface: &Surface,
    arrangement: &Arrangement,
    (wide, high): (f64, f64),
    theme: &Theme,
) {
    let (width, height) = (surface.width, surface.height);
    // Borders that are nearer to each other than this, on average, are a grey veil.
    let is_dense = |borders: &[usize], length: f64| length / (borders.len() + 1) as f64 <= 9.0;
    surface.begin_path();
    surface.set_stroke(theme.axis, 0.7, 0.75);
    if !is_dense(&arrangement.row_borders, height) {
        for &row in &arrangement.row_borders {
            add_line(
                surface,
                (0.0, row as f64 * high),
                (width, row as f64 * high),
            );
        }
    }
    if !is_dense(&arrangement.column_borders, width) {
        for &column in &arrangement.column_borders {
            add_line(
                surface,
                (column as f64 * wide, 0.0),
                (column as f64 * wide, height),
            );
        }
    }
    surface.stroke();
}

fn paint(props: &MatrixProps, node: &NodeRef) {
    let arrangement = &*props.arrangement;
    let (rows, columns) = (arrangement.rows.len(), arrangement.columns.len());
    let Some(surface) = Surface::of(node) else {
        return;
    };
    let Some((_, context)) = surface.canvas() else {
        return;
    };
    let pixels = pixels(&props.inside.0, arrangement, props.dark);
    let Some(cells) = glyphs::canvas(&pixels, (columns, rows)) else {
        return;
    };
    let (width, height) = (surface.width, surface.height);
    context.set_image_smoothing_enabled(false);
    // Fails only for a canvas without pixels, and then there is nothing to draw.
    let _ =
        context.draw_image_with_html_canvas_element_and_dw_and_dh(&cells, 0.0, 0.0, width, height);
    let (wide, high) = (width / columns as f64, height / rows as f64);
    let theme = Theme::of(props.dark);
    let line = |from, to| add_line(&surface, from, to);
    draw_borders(&surface, arrangement, (wide, high), theme);
    surface.begin_path();
    surface.set_stroke(theme.ink, 1.0, 2.0);
    if (1..columns).contains(&arrangement.among) {
        let x = arrangement.among as f64 * wide;
        line((x, 0.0), (x, height));
    }
    if let Some(row) = props.selected {
        for y in [row, row + 1] {
            line((0.0, y as f64 * high), (width, y as f64 * high));
        }
    }
    surface.stroke();
    if let Some((row, column)) = props.cell {
        let (x, y) = (column as f64 * wide, row as f64 * high);
        surface.set_stroke(theme.ink, 1.0, 1.5);
        surface.rounded(x - 2.0, y - 2.0, wide + 4.0, high + 4.0, 2.0);
        surface.stroke();
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::loss::RelationKind;
    use crate::record::{Census, InsideHeader, Positives, Side};

    fn inside(kind: RelationKind, classes: &[u32], vectors: &[u32]) -> Inside {
        let rows = classes.len();
        let side = Side::default();
        let header = InsideHeader {
            heat: 0,
            lane: 0,
            step: 0,
            kind,
            samples: (0..rows as u32).collect(),
            classes: classes.to_vec(),
            vectors: vectors.to_vec(),
            memory: vec![],
            left_out: 0,
            mixtures: 0,
            dim: 1,
            census: Census {
                loss: 0.0,
                relations: 0,
                valid: 0,
                acting: 0,
                triplets: None,
                mined: None,
                positives: Positives {
                    mean: 0.0,
                    least: 0,
                    without: 0,
                },
                pull: side,
                push: side,
                mean_cosine: 0.0,
                quiet: None,
            },
        };
        let cells = rows * header.columns();
        Inside {
            header,
            value: (1..=cells).map(|cell| cell as f32 * 0.25).collect(),
            attraction: vec![0.0; cells],
            gradient: vec![1.0; rows],
        }
    }

    /// Four samples of two classes. Of samples 0 and 2, of one class, both directions attract, with 1 and 2; 0 repels 1 with 1.5
    /// and 3 with 0.5.
    pub fn among_samples() -> Inside {
        let mut inside = inside(RelationKind::SampleCosines, &[7, 5, 7, 5], &[]);
        for (row, column, force) in [(0, 2, 1.0), (2, 0, 2.0), (0, 1, -1.5), (3, 0, -0.5)] {
            inside.attraction[row * 4 + column] = force;
        }
        inside
    }

    /// Two samples and two class vectors. The second is pulled to its own with 2, the first pushed from that with 1.
    pub fn to_vectors() -> Inside {
        let mut inside = inside(RelationKind::ClassCosines, &[7, 5], &[5, 7]);
        (inside.attraction[0], inside.attraction[2]) = (-1.0, 2.0);
        inside
    }

    #[test]
    fn rows_and_columns_stand_class_by_class() {
        let arrangement = Arrangement::of(&among_samples());
        assert_eq!(arrangement.rows, [1, 3, 0, 2]);
        assert_eq!(arrangement.columns, [1, 3, 0, 2]);
        assert_eq!(arrangement.row_borders, [2]);
        assert_eq!(arrangement.among, 4);
        let arrangement = Arrangement::of(&to_vectors());
        assert_eq!(
            (arrangement.rows, arrangement.columns),
            (vec![1, 0], vec![0, 1])
        );
        // Samples before class vectors, each in the order of their classes.
        let both = inside(RelationKind::AllCosines, &[7, 5], &[5, 6, 7]);
        let arrangement = Arrangement::of(&both);
        assert_eq!(arrangement.columns, [1, 0, 2, 3, 4]);
        assert_eq!(arrangement.column_borders, [1, 2, 3, 4]);
        assert_eq!(arrangement.among, 2);
    }

    #[test]
    fn arrow_keys_stay_within_the_picture() {
        let arrangement = Arrangement::of(&to_vectors());
        assert_eq!(arrangement.step((0, 0), (-1, -1)), (0, 0));
        assert_eq!(arrangement.step((0, 0), (1, 0)), (1, 0));
        assert_eq!(arrangement.step((1, 1), (1, 1)), (1, 1));
    }

    #[test]
    fn a_cell_is_coloured_by_sign_and_as_full_as_its_root() {
        let inside = among_samples();
        assert_eq!(strongest(&inside), 3.0);
        let arrangement = Arrangement::of(&inside);
        let pixels = pixels(&inside, &arrangement, false);
        let at = |row: usize, column: usize| {
            let start = 4 * (row * 4 + column);
            let cell = &pixels[start..start + 4];
            ((cell[0], cell[1], cell[2]), cell[3])
        };
        // Sample 0 is in row 2, sample 1 in row 0, sample 2 in row 3: the same in both places.
        assert_eq!(at(2, 3), (pull(false), 255));
        assert_eq!(at(3, 2), (pull(false), 255));
        let half = (0.5_f32.sqrt() * 255.0) as u8;
        assert_eq!(at(2, 0), (push(false), half));
        assert_eq!(at(0, 2), (push(false), half));
        assert_eq!(at(2, 2).1, 0);
    }
}
