//! A look inside a loss: who pulls whom in its next batch, drawn, listed and counted.

use kyori_text::{Language, Message, NumberFormat, messages as text};
use yew::prelude::*;

use super::controls::Dialog;
use super::language::use_language;
use super::model::Same;
use super::paint::{Arrangement, Cell, MatrixView, Picture, palette, strongest};
use super::state::Action;
use crate::data::Dataset;
use crate::loss::{LossKind, RelationKind};
use crate::order;
use crate::record::{ACTS, Census, Inside, Quiet};

/// Pulls, and pushes, that are listed of a picture.
const LISTED: usize = 5;

#[derive(Properties, PartialEq)]
pub struct InsideSheetProps {
    pub loss: LossKind,
    /// None before the first answer.
    pub seen: Option<Same<Inside>>,
    /// The batch stays.
    pub held: bool,
    pub dataset: Option<Same<Dataset>>,
    pub dark: bool,
    pub dispatch: Callback<Action>,
}

/// The dialog. Selecting a row, or going through the cells by keys, holds the batch, so that it can be read.
#[component]
pub fn InsideSheet(props: &InsideSheetProps) -> Html {
    let t = use_language();
    let name = props.loss.info().name;
    let close = props.dispatch.reform(|()| Action::CloseSheet);
    let body = match &props.seen {
        None => html! { <p class="meaning">{ t.say(text::inside_waiting()) }</p> },
        Some(inside) => html! {
            <Batch loss={props.loss} inside={inside.clone()} held={props.held} dataset={props.dataset.clone()} dark={props.dark}
                dispatch={props.dispatch.clone()} />
        },
    };
    html! {
        <Dialog title={t.say(text::inside_title(name))} class="wide" on_close={close}>{ body }</Dialog>
    }
}

#[derive(Clone, Properties, PartialEq)]
struct BatchProps {
    loss: LossKind,
    inside: Same<Inside>,
    held: bool,
    dataset: Option<Same<Dataset>>,
    dark: bool,
    dispatch: Callback<Action>,
}

/// One batch in words: what the parts below need.
struct Words<'a> {
    t: Language,
    inside: &'a Inside,
    dataset: Option<&'a Dataset>,
}

#[component]
fn Batch(props: &BatchProps) -> Html {
    let t = use_language();
    let cell = use_state_eq(|| None::<Cell>);
    let selected = use_state_eq(|| None::<usize>);
    let inside = &*props.inside.0;
    let arrangement = use_memo(props.inside.clone(), |inside| Arrangement::of(&inside.0));
    let (rows, columns) = (arrangement.rows.len(), arrangement.columns.len());
    // Another race may have smaller batches.
    let pointed = cell.filter(|&(row, column)| row < rows && column < columns);
    let row = selected.filter(|&row| row < rows && props.held);
    let words = Words {
        t,
        inside,
        dataset: props.dataset.as_ref().map(|dataset| &*dataset.0),
    };
    let on_point = {
        let setter = cell.setter();
        Callback::from(move |cell| setter.set(cell))
    };
    let on_select = {
        let (setter, dispatch) = (selected.setter(), props.dispatch.clone());
        Callback::from(move |row| {
            setter.set(Some(row));
            dispatch.emit(Action::HoldLook(true));
        })
    };
    let on_keys = props.dispatch.reform(|()| Action::HoldLook(true));
    let toggle = {
        let (setter, dispatch, held) = (selected.setter(), props.dispatch.clone(), props.held);
        Callback::from(move |_: MouseEvent| {
            setter.set(None);
            dispatch.emit(Action::HoldLook(!held));
        })
    };
    let (header, census) = (&inside.header, &inside.header.census);
    let name = props.loss.info().name;
    let label = text::inside_matrix(columns, name, rows, census.pull.acting, census.push.acting);
    html! {
        <div class="inside">
            <div class="inside-batch">
                { lead(t, inside, props.held, toggle) }
                <MatrixView inside={props.inside.clone()} arrangement={arrangement.clone()} cell={pointed} selected={row} label={t.say(label)}
                    dark={props.dark} {on_point} {on_select} {on_keys} />
                { legend(t, props.dark) }
                <p class="inside-cell" role="status">{ pointed_at(&words, &arrangement, pointed, props) }</p>
                if let Some(row) = row { { chosen(&words, arrangement.rows[row], props) } }
            </div>
            <div class="inside-census">
                { census_of(t, census) }
                if header.left_out > 0 { <p class="meaning">{ t.say(text::inside_left_out(header.left_out)) }</p> }
                if header.mixtures > 0 { <p class="meaning">{ t.say(text::inside_mixtures(header.mixtures)) }</p> }
            </div>
        </div>
    }
}

/// Which batch it is, what rows and columns are, and whether it stays.
fn lead(t: Language, inside: &Inside, held: bool, toggle: Callback<MouseEvent>) -> Html {
    let header = &inside.header;
    let mut classes = header.classes.clone();
    classes.sort_unstable();
    classes.dedup();
    let batch = text::inside_batch(
        classes.len(),
        header.samples.len(),
        header.lane + 1,
        header.step,
    );
    let axes = match header.kind {
        RelationKind::SampleCosines | RelationKind::NoiseRatios => text::inside_among(),
        RelationKind::ClassCosines | RelationKind::ClassLogits => text::inside_vectors(),
        RelationKind::AllCosines => text::inside_both(),
    };
    let label = if held {
        text::inside_go_on()
    } else {
        text::inside_hold()
    };
    html! {
        <>
            <p class="meaning" data-testid="inside-batch">{ t.say(batch) }{ " " }{ t.say(axes) }</p>
            <p class="inside-held">
                <button type="button" onclick={toggle}>{ t.say(label) }</button>
                if held { <span class="meaning">{ t.say(text::inside_held()) }</span> }
            </p>
        </>
    }
}

fn legend(t: Language, dark: bool) -> Html {
    let swatch = |colour, label| {
        let style = format!("background:{}", palette::css(colour, 1.0));
        html! { <span class="inside-key"><i {style} aria-hidden="true"></i>{ t.say(label) }</span> }
    };
    html! {
        <p class="inside-legend">
            { swatch(palette::pull(dark), text::inside_pull()) }
            { swatch(palette::push(dark), text::inside_push()) }
            <span class="meaning">{ t.say(text::inside_scale()) }</span>
        </p>
    }
}

impl Words<'_> {
    fn class(&self, class: u32) -> String {
        let names = self.dataset.map(|dataset| &dataset.class_names);
        let name = names.and_then(|names| names.get(class as usize));
        name.filter(|name| !name.is_empty())
            .cloned()
            .unwrap_or_else(|| class.to_string())
    }

    fn sample(&self, sample: usize) -> Message {
        text::inside_picture(self.class(self.inside.header.classes[sample]))
    }

    fn column(&self, column: usize) -> Message {
        if column < self.inside.header.among() {
            self.sample(column)
        } else {
            text::inside_vector(self.class(self.inside.class_of(column)))
        }
    }

    fn closeness(&self, sample: usize, column: usize) -> Message {
        let header = &self.inside.header;
        let value = self.inside.value[sample * header.columns() + column];
        match header.kind {
            RelationKind::ClassLogits => text::inside_logit(value),
            RelationKind::NoiseRatios => text::inside_noise(value),
            _ => text::inside_cosine(value),
        }
    }

    fn cell(&self, sample: usize, column: usize) -> Message {
        if column == sample && column < self.inside.header.among() {
            return text::inside_itself(self.sample(sample));
        }
        let force = self.inside.pull(sample, column);
        let most = strongest(self.inside);
        let share = force.abs() / most.max(f32::MIN_POSITIVE);
        let force = match force {
            _ if share <= ACTS => text::inside_rests(),
            force if force > 0.0 => text::inside_pulled(share),
            _ => text::inside_pushed(share),
        };
        text::inside_cell(
            self.closeness(sample, column),
            force,
            self.sample(sample),
            self.column(column),
        )
    }
}

/// The picture of a sample, or a star for a class vector.
fn picture(column: usize, inside: &Inside, props: &BatchProps) -> Html {
    let Some(dataset) = &props.dataset else {
        return Html::default();
    };
    if column < inside.header.among() {
        let sample = inside.header.samples[column];
        html! { <Picture dataset={dataset.clone()} {sample} dark={props.dark} /> }
    } else {
        html! { <span class="picture vector" aria-hidden="true">{ "★" }</span> }
    }
}

fn sample_picture(sample: usize, inside: &Inside, props: &BatchProps) -> Html {
    let Some(dataset) = &props.dataset else {
        return Html::default();
    };
    let sample = inside.header.samples[sample];
    html! { <Picture dataset={dataset.clone()} {sample} dark={props.dark} /> }
}

fn pointed_at(
    words: &Words<'_>,
    arrangement: &Arrangement,
    cell: Option<Cell>,
    props: &BatchProps,
) -> Html {
    let Some((row, column)) = cell else {
        return html! { <span class="meaning">{ words.t.say(text::inside_hint()) }</span> };
    };
    let (sample, column) = (arrangement.rows[row], arrangement.columns[column]);
    html! {
        <>
            { sample_picture(sample, words.inside, props) }
            { picture(column, words.inside, props) }
            <span>{ words.t.say(words.cell(sample, column)) }</span>
        </>
    }
}

/// What pulls and pushes a picture most.
fn chosen(words: &Words<'_>, sample: usize, props: &BatchProps) -> Html {
    let (t, inside) = (words.t, words.inside);
    let lengths = (0..inside.header.samples.len()).map(|sample| inside.gradient_length(sample));
    let longest = lengths.fold(0.0, f32::max);
    let moves = inside.gradient_length(sample) / longest.max(f32::MIN_POSITIVE);
    html! {
        <section class="inside-chosen" data-testid="inside-chosen">
            <h3>{ sample_picture(sample, inside, props) }{ t.say(text::inside_selected(words.sample(sample))) }</h3>
            <p class="meaning">{ t.say(text::inside_moves(moves)) }</p>
            <div class="inside-lists">
                { forces(words, sample, true, props) }
                { forces(words, sample, false, props) }
            </div>
        </section>
    }
}

/// The strongest of one sign, with their share of all of that sign.
fn forces(words: &Words<'_>, sample: usize, pulls: bool, props: &BatchProps) -> Html {
    let (t, inside) = (words.t, words.inside);
    let title = if pulls {
        text::inside_strongest_pulls()
    } else {
        text::inside_strongest_pushes()
    };
    let (total, strong) = strongest_of(inside, sample, pulls);
    let items = strong.into_iter().map(|(column, force)| {
        let part = text::inside_part(
            words.closeness(sample, column),
            words.column(column),
            force / total,
        );
        html! { <li>{ picture(column, inside, props) }<span>{ t.say(part) }</span></li> }
    });
    html! {
        <div>
            <h4>{ t.say(title) }</h4>
            if total > 0.0 {
                <ul>{ for items }</ul>
            } else {
                <p class="meaning">{ t.say(text::inside_nobody()) }</p>
            }
        </div>
    }
}

/// The sum of a picture's pulls, or of its pushes, and the strongest of them, strongest first.
fn strongest_of(inside: &Inside, sample: usize, pulls: bool) -> (f32, Vec<(usize, f32)>) {
    let sign = if pulls { 1.0 } else { -1.0 };
    let all =
        (0..inside.header.columns()).map(|column| (column, sign * inside.pull(sample, column)));
    let mut all: Vec<(usize, f32)> = all.filter(|(_, force)| *force > 0.0).collect();
    order::sort_by(&mut all, |(_, a), (_, b)| b.total_cmp(a));
    let total = all.iter().map(|(_, force)| force).sum();
    all.truncate(LISTED);
    (total, all)
}

/// What is counted, and why nothing acts where nothing does.
fn census_of(t: Language, census: &Census) -> Html {
    let nothing = || t.say(text::census_none()).into_owned();
    let number = |value: usize| t.number(value as f64, NumberFormat::decimals(0));
    let decimals = |value: f64, digits| {
        if value.is_finite() {
            t.number(value, NumberFormat::decimals(digits))
        } else {
            nothing()
        }
    };
    let share = |share: Option<f64>| {
        share.map_or_else(nothing, |share| t.number(share, NumberFormat::percent(0)))
    };
    let line = |id: &'static str, label: Message, value: String, meaning: Option<Message>| {
        html! {
            <div>
                <dt>{ t.say(label) }</dt>
                <dd>
                    <b data-testid={format!("census-{id}")}>{ value }</b>
                    if let Some(meaning) = meaning { <small>{ t.say(meaning) }</small> }
                </dd>
            </div>
        }
    };
    let positives = &census.positives;
    let (pulls, pushes) = (census.pull.acting, census.push.acting);
    html! {
        <>
            <h3>{ t.say(text::census()) }</h3>
            if let Some(why) = why(census) {
                <p class="caption warning" role="status" data-testid="census-quiet">{ t.say(why) }</p>
            }
            <dl>
                { line("loss", text::census_loss(), decimals(f64::from(census.loss), 4), None) }
                { line("relations", text::census_relations(), number(census.relations), Some(text::census_relations_meaning())) }
                { line("valid", text::census_valid(), number(census.valid), Some(text::census_valid_meaning())) }
                { line("acting", text::census_acting(), number(census.acting), Some(text::census_acting_meaning(pulls, pushes))) }
                if let Some(triplets) = census.triplets {
                    { line("triplets", text::census_triplets(), number(triplets), Some(text::census_triplets_meaning())) }
                }
                if let Some(mined) = census.mined {
                    { line("mined", text::census_mined(), number(mined.kept), Some(if mined.triplets {
                        text::census_mined_triplets(mined.of)
                    } else {
                        text::census_mined_pairs(mined.of)
                    })) }
                }
                { line("positives", text::census_positives(), decimals(positives.mean, 1), Some(text::census_positives_meaning(positives.least, positives.without))) }
                { line("pull", text::census_pull(), share(census.pull.hardest_share()), Some(text::census_pull_meaning())) }
                { line("push", text::census_push(), share(census.push.hardest_share()), Some(text::census_push_meaning())) }
                { line("cosine", text::census_cosine(), decimals(census.mean_cosine, 2), Some(text::census_cosine_meaning())) }
            </dl>
        </>
    }
}

/// Why nothing acts, or that the run has collapsed.
fn why(census: &Census) -> Option<Message> {
    let Some(quiet) = census.quiet else {
        return census.is_collapsed().then(text::quiet_collapse_warning);
    };
    Some(match quiet {
        Quiet::NotFinite => text::quiet_not_finite(),
        Quiet::NoPositives => text::quiet_no_positives(),
        Quiet::NoNegatives => text::quiet_no_negatives(),
        Quiet::Collapsed => text::quiet_collapsed(),
        Quiet::NothingMined => text::quiet_nothing_mined(),
        Quiet::MarginsMet => text::quiet_margins_met(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::paint::tests::{among_samples, to_vectors};

    #[test]
    fn the_strongest_are_listed_with_all_of_their_sign() {
        let inside = among_samples();
        // See there: sample 0 is pulled by 2 with 3 and pushed by 1 with 1.5 and by 3 with 0.5.
        assert_eq!(strongest_of(&inside, 0, true), (3.0, vec![(2, 3.0)]));
        let pushes = (2.0, vec![(1, 1.5), (3, 0.5)]);
        assert_eq!(strongest_of(&inside, 0, false), pushes);
    }

    #[test]
    fn a_cell_says_who_how_near_and_what_happens() {
        let (t, inside) = (Language::english(), to_vectors());
        let words = Words {
            t,
            inside: &inside,
            dataset: None,
        };
        let said = |sample, column| t.say(words.cell(sample, column)).into_owned();
        assert_eq!(
            said(0, 0),
            "picture of 7 and class vector of 5: cosine 0.25, pushed apart with 50% of the strongest force here."
        );
        assert_eq!(
            said(1, 0),
            "picture of 5 and class vector of 5: cosine 0.75, pulled together with 100% of the strongest force here."
        );
        assert_eq!(
            said(1, 1),
            "picture of 5 and class vector of 7: cosine 1.00, neither pulled nor pushed."
        );
        let (t, inside) = (Language::english(), among_samples());
        let words = Words {
            t,
            inside: &inside,
            dataset: None,
        };
        assert!(t.say(words.cell(2, 2)).contains("with itself"));
    }
}
