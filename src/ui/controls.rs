//! The controls that every setting is made of.

use gloo::events::EventListener;
use kyori_text::messages as text;
use wasm_bindgen::JsCast;
use web_sys::{
    FocusEvent, HtmlDialogElement, HtmlInputElement, HtmlSelectElement, KeyboardEvent, Node,
};
use yew::prelude::*;

use super::language::use_language;
use crate::loss::Scale;

/// Positions of a slider.
const TICKS: u16 = 1000;

/// What a slider offers. The browser knows it by its ticks only.
#[derive(Clone, Copy)]
struct Slider {
    min: f64,
    max: f64,
    scale: Scale,
    whole: bool,
}

impl Slider {
    /// The tick that is nearest to a value.
    fn tick_of(self, value: f64) -> u16 {
        let Self { min, max, .. } = self;
        let share = match self.scale {
            Scale::Log if min > 0.0 => (value / min).ln() / (max / min).ln(),
            _ => (value - min) / (max - min),
        };
        (share.clamp(0.0, 1.0) * f64::from(TICKS)).round() as u16
    }

    /// The value at a tick, rounded to what a person can read.
    fn value_at(self, tick: u16) -> f64 {
        let Self {
            min, max, whole, ..
        } = self;
        let share = f64::from(tick) / f64::from(TICKS);
        let value = match self.scale {
            Scale::Log if min > 0.0 => min * (max / min).powf(share),
            _ => min + share * (max - min),
        };
        let value = if self.scale == Scale::Log || !whole {
            round_to_significant(value, max)
        } else {
            value
        };
        let value = if whole { value.round() } else { value };
        value.clamp(min, max)
    }

    /// The next value above or below. Between two values that a person can tell apart there may be many ticks, at which an
    /// arrow key would seem to do nothing.
    fn next(self, value: f64, up: bool) -> Option<f64> {
        let at = self.tick_of(value);
        let shown = show_number(value);
        // A value that went through single precision is not quite the one that it is shown as.
        let is_next = |other: &f64| (*other > value) == up && show_number(*other) != shown;
        if up {
            (at..=TICKS).map(|tick| self.value_at(tick)).find(is_next)
        } else {
            (0..=at).rev().map(|tick| self.value_at(tick)).find(is_next)
        }
    }
}

/// Two significant digits, and never finer than a thousandth of the range on a linear scale.
fn round_to_significant(value: f64, max: f64) -> f64 {
    if value == 0.0 {
        return 0.0;
    }
    let size = value.abs().max(max.abs() * 1e-6);
    let unit = 10f64.powf(size.log10().floor() - 1.0);
    (value / unit).round() * unit
}

/// A number as a person writes it.
pub fn show_number(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return format!("{value}");
    }
    let digits = (3.0 - value.abs().log10().floor()).clamp(0.0, 9.0) as usize;
    let text = format!("{value:.digits$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

#[derive(Clone, Properties, PartialEq)]
pub struct NumberControlProps {
    pub id: AttrValue,
    pub label: AttrValue,
    /// As the formula writes it.
    #[prop_or_default]
    pub symbol: AttrValue,
    #[prop_or_default]
    pub meaning: AttrValue,
    #[prop_or_default]
    pub unit: AttrValue,
    pub value: f64,
    /// Ends of the slider.
    pub min: f64,
    pub max: f64,
    /// Ends of what can be written, where the slider shows only a part of it.
    #[prop_or_default]
    pub accepts: Option<(f64, f64)>,
    #[prop_or(Scale::Linear)]
    pub scale: Scale,
    /// Only whole numbers.
    #[prop_or_default]
    pub whole: bool,
    pub on_change: Callback<f64>,
}

impl NumberControlProps {
    fn slider(&self) -> Slider {
        Slider {
            min: self.min,
            max: self.max,
            scale: self.scale,
            whole: self.whole || matches!(self.scale, Scale::Integer | Scale::Switch),
        }
    }

    /// Ends of what can be written.
    fn accepted(&self) -> (f64, f64) {
        self.accepts.unwrap_or((self.min, self.max))
    }

    /// The value that is taken for what was written; as before, where that is no number.
    fn accept(&self, written: f64) -> f64 {
        let (least, most) = self.accepted();
        let accepted = if written.is_finite() {
            written.clamp(least, most)
        } else {
            self.value
        };
        if self.slider().whole {
            accepted.round()
        } else {
            accepted
        }
    }
}

/// A slider with a box for exact values.
#[component]
pub fn NumberControl(props: &NumberControlProps) -> Html {
    let t = use_language();
    let NumberControlProps {
        id,
        value,
        on_change,
        ..
    } = props;
    let (value, slider) = (*value, props.slider());
    let (least, most) = props.accepted();
    let slide = on_change.reform(move |event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        slider.value_at(input.value_as_number() as u16)
    });
    let write = {
        let props = props.clone();
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            let accepted = props.accept(input.value_as_number());
            input.set_value(&show_number(accepted));
            props.on_change.emit(accepted);
        })
    };
    let shown = show_number(value);
    let tick = slider.tick_of(value);
    let fill = format!("--fill: {:.1}%", f64::from(tick) / f64::from(TICKS) * 100.0);
    let meaning_id = format!("{id}-meaning");
    let label_id = format!("{id}-label");
    html! {
        <div class="number">
            <div class="number-head">
                <label id={label_id.clone()} for={id}>
                    if !props.symbol.is_empty() { <span class="symbol">{ &props.symbol }</span> }
                    { &props.label }
                </label>
                <span class="number-box">
                    <input id={id} type="number" step="any" min={show_number(least)} max={show_number(most)}
                        value={shown.clone()} onchange={write} aria-describedby={meaning_id.clone()} />
                    if !props.unit.is_empty() { <span class="unit">{ &props.unit }</span> }
                </span>
            </div>
            <input type="range" min="0" max={TICKS.to_string()} step="1" value={tick.to_string()} style={fill}
                oninput={slide} onkeydown={on_arrow(slider, value, on_change)} aria-labelledby={label_id} aria-valuetext={format!("{shown} {}", props.unit).trim_end().to_owned()} />
            <p class="meaning" id={meaning_id}>
                { &props.meaning }
                { " " }
                <span class="range">{ t.say(text::accepted_range(show_number(least), show_number(most))) }</span>
            </p>
        </div>
    }
}

/// Has arrow keys move a slider from value to value.
fn on_arrow(slider: Slider, value: f64, on_change: &Callback<f64>) -> Callback<KeyboardEvent> {
    let on_change = on_change.clone();
    Callback::from(move |event: KeyboardEvent| {
        if let Some(up) = arrow(&event) {
            event.prevent_default();
            if let Some(next) = slider.next(value, up) {
                on_change.emit(next);
            }
        }
    })
}

/// Whether an arrow key leads up or down; none for every other key.
pub(super) fn arrow(event: &KeyboardEvent) -> Option<bool> {
    let plain = !(event.ctrl_key() || event.alt_key() || event.meta_key());
    match event.key().as_str() {
        "ArrowRight" | "ArrowUp" if plain => Some(true),
        "ArrowLeft" | "ArrowDown" if plain => Some(false),
        _ => None,
    }
}

/// `T` is what is chosen: a value, never its place in a list.
#[derive(Properties, PartialEq)]
pub struct ChoiceProps<T: PartialEq> {
    /// Also the group's name.
    pub id: AttrValue,
    pub label: AttrValue,
    /// Each value with its name.
    pub options: Vec<(T, AttrValue)>,
    /// None, or a value that is no option: none of them.
    pub selected: Option<T>,
    pub on_select: Callback<T>,
    #[prop_or_default]
    pub hide_label: bool,
}

/// One of a few, all of them in sight.
#[component]
pub fn Choice<T: Clone + PartialEq + 'static>(props: &ChoiceProps<T>) -> Html {
    let options = props.options.iter().map(|(value, name)| {
        let checked = props.selected.as_ref() == Some(value);
        let value = value.clone();
        let select = props.on_select.reform(move |_: Event| value.clone());
        html! {
            <label class="choice-option">
                <input type="radio" name={&props.id} {checked} onchange={select} />
                <span>{ name }</span>
            </label>
        }
    });
    html! {
        <div class="choice" role="radiogroup" aria-label={&props.label}>
            if !props.hide_label { <span class="choice-label" aria-hidden="true">{ &props.label }</span> }
            <div class="choice-options">{ for options }</div>
        </div>
    }
}

/// One of many.
#[component]
pub fn Select<T: Clone + PartialEq + 'static>(props: &ChoiceProps<T>) -> Html {
    let node = use_node_ref();
    // The element itself knows its options by their place only.
    let place = props.selected.as_ref().and_then(|selected| {
        props
            .options
            .iter()
            .position(|(value, _)| value == selected)
    });
    {
        let node = node.clone();
        // Options only say what is selected at first; afterwards the element itself has to be told.
        use_effect_with((place, props.options.len()), move |(place, _)| {
            if let (Some(select), Some(place)) = (node.cast::<HtmlSelectElement>(), *place) {
                select.set_selected_index(i32::try_from(place).unwrap_or(0));
            }
        });
    }
    let change = {
        let values: Vec<T> = props
            .options
            .iter()
            .map(|(value, _)| value.clone())
            .collect();
        let on_select = props.on_select.clone();
        Callback::from(move |event: Event| {
            let select: HtmlSelectElement = event.target_unchecked_into();
            let place = usize::try_from(select.selected_index()).ok();
            // -1 where nothing is selected, which then chooses nothing.
            if let Some(value) = place.and_then(|place| values.get(place)) {
                on_select.emit(value.clone());
            }
        })
    };
    html! {
        <label class="select">
            <span class={classes!(props.hide_label.then_some("visually-hidden"))}>{ &props.label }</span>
            <select ref={node} id={&props.id} onchange={change}>
                { for props.options.iter().enumerate().map(|(index, (_, name))| html! {
                    <option selected={place == Some(index)}>{ name }</option>
                }) }
            </select>
        </label>
    }
}

/// On or off.
pub fn toggle(label: impl Into<AttrValue>, on: bool, on_toggle: &Callback<bool>) -> Html {
    let label = label.into();
    let change = on_toggle
        .reform(|event: Event| event.target_unchecked_into::<HtmlInputElement>().checked());
    html! {
        <label class="toggle">
            <input type="checkbox" checked={on} onchange={change} />
            <span>{ label }</span>
        </label>
    }
}

#[derive(Properties, PartialEq)]
pub struct MenuProps {
    /// What is on the button.
    pub button: Html,
    pub label: AttrValue,
    #[prop_or_default]
    pub class: Classes,
    pub children: Children,
}

/// A button that opens a box beneath it. Closes with Escape, and when the focus leaves it.
#[component]
pub fn Menu(props: &MenuProps) -> Html {
    let open = use_state_eq(|| false);
    let root = use_node_ref();
    let toggle = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(!*open))
    };
    let leave = {
        let (open, root) = (open.clone(), root.clone());
        Callback::from(move |event: FocusEvent| {
            let to = event
                .related_target()
                .and_then(|target| target.dyn_into::<Node>().ok());
            // A click on a part that takes no focus is no leaving.
            if let (Some(to), Some(root)) = (to, root.get())
                && !root.contains(Some(&to))
            {
                open.set(false);
            }
        })
    };
    {
        // On the document: Safari does not focus a button that is clicked, so keys need not come from in here.
        let (open, root) = (open.clone(), root.clone());
        use_effect_with(*open, move |is_open| {
            let listeners = is_open.then(|| {
                let document = gloo::utils::document();
                let (shut, inside) = (open.clone(), root.clone());
                let pointer = EventListener::new(&document, "pointerdown", move |event| {
                    let target = event
                        .target()
                        .and_then(|target| target.dyn_into::<Node>().ok());
                    if !inside
                        .get()
                        .is_some_and(|root| root.contains(target.as_ref()))
                    {
                        shut.set(false);
                    }
                });
                let key = EventListener::new(&document, "keydown", move |event| {
                    if event
                        .dyn_ref::<KeyboardEvent>()
                        .is_some_and(|event| event.key() == "Escape")
                    {
                        open.set(false);
                        focus_button(&root);
                    }
                });
                (pointer, key)
            });
            move || drop(listeners)
        });
    }
    html! {
        <div class={classes!("menu", props.class.clone())} ref={root} onfocusout={leave}>
            <button type="button" aria-expanded={open.to_string()} aria-label={&props.label} onclick={toggle}>
                { props.button.clone() }
            </button>
            if *open { <div class="menu-box">{ props.children.clone() }</div> }
        </div>
    }
}

/// Back to the button that opened it.
fn focus_button(root: &NodeRef) {
    let button = root
        .cast::<web_sys::Element>()
        .and_then(|root| root.query_selector("button").ok().flatten());
    if let Some(button) = button.and_then(|button| button.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = button.focus();
    }
}

#[derive(Properties, PartialEq)]
pub struct DialogProps {
    pub title: AttrValue,
    pub on_close: Callback<()>,
    #[prop_or_default]
    pub class: Classes,
    pub children: Children,
}

/// A box over the page; the page behind it rests.
#[component]
pub fn Dialog(props: &DialogProps) -> Html {
    let t = use_language();
    let dialog = use_node_ref();
    {
        let dialog = dialog.clone();
        use_effect_with((), move |()| {
            if let Some(dialog) = dialog.cast::<HtmlDialogElement>()
                && !dialog.open()
            {
                let _ = dialog.show_modal();
            }
        });
    }
    let close = props.on_close.reform(|_: MouseEvent| ());
    let closed = props.on_close.reform(|_: Event| ());
    // A click on the backdrop is a click on the dialog itself.
    let backdrop = {
        let on_close = props.on_close.clone();
        let dialog = dialog.clone();
        Callback::from(move |event: MouseEvent| {
            let target = event
                .target()
                .and_then(|target| target.dyn_into::<Node>().ok());
            if target.is_some() && target == dialog.get() {
                on_close.emit(());
            }
        })
    };
    html! {
        <dialog class={props.class.clone()} ref={dialog} onclose={closed} onclick={backdrop} aria-labelledby="dialog-title">
            <div class="dialog-body">
                <header>
                    <h2 id="dialog-title">{ &props.title }</h2>
                    <button type="button" class="quiet" aria-label={t.say(text::close())} onclick={close}>{ "✕" }</button>
                </header>
                { props.children.clone() }
            </div>
        </dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sliders() -> Vec<Slider> {
        let slider = |min, max, scale, whole| Slider {
            min,
            max,
            scale,
            whole,
        };
        vec![
            slider(1.0, 10.0, Scale::Linear, true),
            slider(8.0, 64.0, Scale::Log, true),
            slider(1e-5, 1.0, Scale::Log, false),
            slider(0.0, 2.0, Scale::Linear, false),
            slider(50.0, 2000.0, Scale::Linear, true),
        ]
    }

    #[test]
    fn an_arrow_key_leads_from_value_to_value_and_says_another_each_time() {
        for slider in sliders() {
            let Slider { min, max, .. } = slider;
            let (least, most) = (min as f32, max as f32);
            for (from, to, up) in [(least, most, true), (most, least, false)] {
                let mut values = vec![from];
                // Settings are kept in single precision.
                while let Some(next) = slider.next(f64::from(values[values.len() - 1]), up) {
                    values.push(next as f32);
                    assert!(
                        values.len() < usize::from(TICKS) + 2,
                        "{min} to {max} never ends"
                    );
                }
                assert_eq!(values.last(), Some(&to));
                let said = values.iter().map(|&value| show_number(value.into()));
                let mut said: Vec<String> = said.collect();
                let presses = said.len();
                said.dedup();
                assert_eq!(said.len(), presses, "{min} to {max}: one was said twice");
            }
        }
        let seeds = sliders()[0];
        assert_eq!(seeds.next(3.0, true), Some(4.0));
        assert_eq!(seeds.next(3.0, false), Some(2.0));
    }

    #[test]
    fn an_arrow_key_leads_back_to_the_slider_from_beyond() {
        let slider = sliders()[0];
        assert_eq!(slider.next(25.0, false), Some(10.0));
        assert_eq!(slider.next(25.0, true), None);
    }
}
