//! The worker's own scope: its clock, its messages, and how it lets others have their turn.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use js_sys::{Function, Promise, Reflect};
use kyori::bridge::port::{decode, encode};
use kyori::bridge::{Command, Event, Failure};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, milliseconds: f64);

    type MessageChannel;
    type Port;
    #[wasm_bindgen(constructor)]
    fn new() -> MessageChannel;
    #[wasm_bindgen(method, getter)]
    fn port1(this: &MessageChannel) -> Port;
    #[wasm_bindgen(method, getter)]
    fn port2(this: &MessageChannel) -> Port;
    #[wasm_bindgen(method, setter)]
    fn set_onmessage(this: &Port, callback: Option<&Function>);
    #[wasm_bindgen(method, js_name = postMessage)]
    fn post_message(this: &Port, message: &JsValue);
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// How much is to be logged, as the page's greeting says.
pub fn log_level() -> Option<String> {
    Reflect::get(&js_sys::global(), &JsValue::from_str("kyoriLog"))
        .ok()?
        .as_string()
}

pub fn post(event: &Event, bulk: Option<&JsValue>) {
    let (message, transfer) = encode(event, bulk);
    scope()
        .post_message_with_transfer(&message, &transfer)
        .expect("text and a fresh array buffer can always be handed over");
}

pub fn fail(failure: impl Into<Failure>) {
    let failure = failure.into();
    post(&Event::Failed { failure }, None);
}

pub async fn sleep(milliseconds: f64) {
    let promise = Promise::new(&mut |resolve, _| set_timeout(&resolve, milliseconds));
    // It is only ever resolved.
    let _ = JsFuture::from(promise).await;
}

/// Lets messages in. A message channel, since `setTimeout` waits at least 4 ms.
pub struct Turn {
    channel: MessageChannel,
}

impl Turn {
    pub fn new() -> Self {
        Self {
            channel: MessageChannel::new(),
        }
    }

    pub async fn pass(&self) {
        let promise = Promise::new(&mut |resolve, _| {
            self.channel.port1().set_onmessage(Some(&resolve));
            self.channel.port2().post_message(&JsValue::NULL);
        });
        // It is only ever resolved.
        let _ = JsFuture::from(promise).await;
    }
}

/// A command and what travels beside it.
pub type Message = (Command, Option<JsValue>);

/// Commands that have arrived and are not yet done.
#[derive(Clone, Default)]
pub struct Inbox {
    messages: Rc<RefCell<VecDeque<Message>>>,
    wake: Rc<RefCell<Option<Function>>>,
}

impl Inbox {
    pub fn listen() -> Self {
        let inbox = Self::default();
        let receiver = inbox.clone();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            match decode::<Command>(&event.data()) {
                Ok(message) => receiver.messages.borrow_mut().push_back(message),
                Err(error) => fail(Failure::Unreadable {
                    detail: error.to_string(),
                }),
            }
            let wake = receiver.wake.borrow_mut().take();
            if let Some(wake) = wake {
                // A promise's own function, which throws nothing.
                let _ = wake.call0(&JsValue::NULL);
            }
        });
        scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        on_message.forget();
        inbox
    }

    pub fn take(&self) -> Option<Message> {
        self.messages.borrow_mut().pop_front()
    }

    pub fn is_empty(&self) -> bool {
        self.messages.borrow().is_empty()
    }

    pub async fn arrival(&self) {
        if self.is_empty() {
            let promise = Promise::new(&mut |resolve, _| *self.wake.borrow_mut() = Some(resolve));
            // It is only ever resolved.
            let _ = JsFuture::from(promise).await;
        }
    }
}
