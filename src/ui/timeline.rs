//! Back and forth through the run: the moment that is looked at, playing it again, and what is a recording.

use kyori_text::messages as text;
use web_sys::{HtmlInputElement, KeyboardEvent};
use yew::prelude::*;

use super::controls::{Select, arrow};
use super::language::use_language;
use super::state::{Action, FilmSource, Moment, SPEEDS};

#[derive(Properties, PartialEq)]
pub struct TimelineProps {
    pub moment: Moment,
    pub dispatch: Callback<Action>,
}

#[component]
pub fn TimelineBar(props: &TimelineProps) -> Html {
    let t = use_language();
    let TimelineProps { moment, dispatch } = props;
    let at = t.say(text::timeline_at(moment.step, moment.steps));
    let seek = dispatch.reform(|event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        Action::Seek(input.value_as_number() as u32)
    });
    // Between two moments nothing changes, and the slider is to go back to the one that is shown.
    let refresh = use_force_update();
    let settled = Callback::from(move |_: Event| refresh.force_update());
    let keys = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: KeyboardEvent| {
            // From moment to moment: between them there is nothing else to see.
            if let Some(forward) = arrow(&event) {
                event.prevent_default();
                dispatch.emit(Action::SeekBy { forward });
            }
        })
    };
    let speeds = SPEEDS.map(|speed| {
        let said: AttrValue = t.say(text::timeline_speed_is(speed)).into();
        (speed, said)
    });
    let share = f64::from(moment.step) / f64::from(moment.steps.max(1));
    let fill = format!("--fill: {}%", 100.0 * share.min(1.0));
    let word = if moment.replaying {
        text::timeline_stop()
    } else {
        text::timeline_replay()
    };
    let from = moment.film.map(|source| match source {
        FilmSource::Opening => text::film_opening(),
        FilmSource::File => text::film_file(),
    });
    html! {
        <section class="timeline" aria-label={t.say(text::timeline())}>
            if let Some(from) = from { <p class="film-note" data-testid="film">{ t.say(from) }</p> }
            <button type="button" disabled={!moment.recorded} onclick={dispatch.reform(|_: MouseEvent| Action::ToggleReplay)}>{ t.say(word) }</button>
            <Select<f64> id="replay-speed" label={t.say(text::timeline_speed())} hide_label=true options={speeds.to_vec()}
                selected={Some(moment.speed)} on_select={dispatch.reform(Action::SetReplaySpeed)} />
            <input type="range" min="0" max={moment.steps.to_string()} step="1" value={moment.step.to_string()} disabled={!moment.recorded}
                aria-label={t.say(text::timeline_moment())} aria-valuetext={at.clone()} style={fill} oninput={seek} onchange={settled} onkeydown={keys} />
            <span class="timeline-at" data-testid="moment">{ at }</span>
            <button type="button" class="quiet" disabled={moment.live}
                onclick={dispatch.reform(|_: MouseEvent| Action::GoLive)} title={t.say(text::timeline_live_hint())}>{ t.say(text::timeline_live()) }</button>
        </section>
    }
}
