//! The retrieval strip: some pictures of unseen classes, and those that each loss puts nearest to them.

use std::rc::Rc;

use kyori_text::{Language, messages as text};
use yew::prelude::*;

use super::language::use_language;
use super::model::Same;
use super::paint::{RetrievalView, Retrieved, palette};
use super::state::Track;
use crate::bridge::Retrieval;
use crate::data::Dataset;

#[derive(Properties, PartialEq)]
pub struct RetrievalStripProps {
    pub tracks: Rc<Vec<Track>>,
    pub dataset: Option<Same<Dataset>>,
    pub dark: bool,
}

/// Queries and what each loss found, side by side. Nothing where there are no pictures.
#[component]
pub fn RetrievalStrip(props: &RetrievalStripProps) -> Html {
    let t = use_language();
    let dataset = props.dataset.as_ref().map(|shared| shared.0.clone());
    let dataset = dataset.filter(|dataset| dataset.picture.is_some());
    let retrieved = |track: &Track| Some((track.clone(), track.retrieval.clone()?.0));
    let mut found: Vec<(Track, Rc<Retrieval>)> =
        props.tracks.iter().filter_map(retrieved).collect();
    // A seed that has left the range answers no more: its last answer may be to other queries.
    let newest = found.iter().max_by_key(|(_, retrieval)| retrieval.step);
    let queries = newest.map(|(_, retrieval)| retrieval.queries.clone());
    found.retain(|(_, retrieval)| Some(&retrieval.queries) == queries.as_ref());
    let (Some(dataset), Some((_, first))) = (dataset, found.first()) else {
        return Html::default();
    };
    let queries = rows_of_queries(first);
    let style = format!("--rows: {}", queries.len());
    let losses = found
        .iter()
        .map(|(track, retrieval)| found_by(t, props.dark, track, retrieval, &dataset));
    html! {
        <section class="retrieval" aria-labelledby="retrieval-heading" {style}>
            <header>
                <h2 id="retrieval-heading">{ t.say(text::retrieval()) }</h2>
                <p class="meaning">{ t.say(text::retrieval_meaning()) }</p>
            </header>
            <div class="retrieval-strip" tabindex="0" role="group" aria-label={t.say(text::retrieval())}>
                <figure class="queries">
                    <figcaption>{ t.say(text::retrieval_query()) }</figcaption>
                    <div class="retrieved">
                        <RetrievalView dataset={dataset.clone()} rows={queries} label={queries_label(t, first, &dataset)} dark={props.dark} />
                    </div>
                </figure>
                { for losses }
            </div>
        </section>
    }
}

fn found_by(
    t: Language,
    dark: bool,
    track: &Track,
    retrieval: &Retrieval,
    dataset: &Rc<Dataset>,
) -> Html {
    let rows = rows(retrieval, dataset);
    let right = |row: &[Retrieved]| row.iter().filter(|cell| cell.found == Some(true)).count();
    let all: usize = rows.iter().map(Vec::len).sum();
    let found: usize = rows.iter().map(|row| right(row)).sum();
    let first = |row: &&Vec<Retrieved>| row.first().is_some_and(|cell| cell.found == Some(true));
    let firsts = rows.iter().filter(first).count();
    let name = track.name();
    let label = text::retrieval_label(firsts, name, all, rows.len(), found, retrieval.step);
    let swatch = format!("--loss: {}", palette::loss_css(track.colour, dark));
    html! {
        <figure style={swatch} data-testid={format!("retrieval-{}", track.loss.info().id)}>
            <figcaption title={name}><b>{ name }</b>
                <span>{ t.say(text::retrieval_found(firsts, all, rows.len(), found)) }</span></figcaption>
            <div class="retrieved">
                <RetrievalView dataset={dataset.clone()} {rows} label={AttrValue::from(t.say(label))} {dark} />
            </div>
        </figure>
    }
}

fn rows_of_queries(retrieval: &Retrieval) -> Vec<Vec<Retrieved>> {
    let cell = |&sample: &u32| {
        vec![Retrieved {
            sample,
            found: None,
        }]
    };
    retrieval.queries.iter().map(cell).collect()
}

/// What was found for each query, and whether it is of the query's class.
fn rows(retrieval: &Retrieval, dataset: &Dataset) -> Vec<Vec<Retrieved>> {
    let class = |sample: u32| dataset.labels.get(sample as usize);
    let queries = retrieval.queries.iter().zip(&retrieval.nearest);
    queries
        .map(|(&query, nearest)| {
            let cell = |&sample: &u32| Retrieved {
                sample,
                found: Some(class(sample) == class(query)),
            };
            nearest.iter().map(cell).collect()
        })
        .collect()
}

/// The classes that are looked for, by name.
fn queries_label(t: Language, retrieval: &Retrieval, dataset: &Dataset) -> AttrValue {
    let name = |&sample: &u32| {
        let class = *dataset.labels.get(sample as usize)?;
        dataset.class_names.get(class as usize).cloned()
    };
    let names: Vec<String> = retrieval.queries.iter().filter_map(name).collect();
    AttrValue::from(t.say(text::retrieval_queries(names)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Inputs;

    #[test]
    fn what_is_of_the_querys_class_is_found() {
        let dataset = Dataset {
            name: "three".into(),
            inputs: Inputs::Bytes(vec![0; 4]),
            features: 1,
            picture: Some((1, 1)),
            labels: vec![5, 5, 6, 5],
            class_names: vec![String::new(); 7],
        };
        let retrieval = Retrieval {
            lane: 0,
            step: 3,
            queries: vec![0, 2],
            nearest: vec![vec![3, 2], vec![1, 0]],
        };
        let found: Vec<Vec<Option<bool>>> = rows(&retrieval, &dataset)
            .iter()
            .map(|row| row.iter().map(|cell| cell.found).collect())
            .collect();
        assert_eq!(found, [[Some(true), Some(false)], [Some(false); 2]]);
    }
}
