//! A log in the browser's console, off unless it is asked for by `?log=debug` (or `error`, `warn`, `info`, `trace`) in the
//! page's address. Then it names what page and workers tell each other, and what took how long.

use std::str::FromStr;
use std::sync::OnceLock;

use log::{Level, LevelFilter, Log, Metadata, Record};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console)]
    fn error(text: &str);
    #[wasm_bindgen(js_namespace = console)]
    fn warn(text: &str);
    #[wasm_bindgen(js_namespace = console)]
    fn log(text: &str);

    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

/// Milliseconds since the page or worker began.
pub fn now_ms() -> f64 {
    now()
}

struct Console {
    /// Who writes, such as `page`.
    who: &'static str,
}

impl Log for Console {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let text = format!("[{} {:.0} ms] {}", self.who, now(), record.args());
        match record.level() {
            Level::Error => error(&text),
            Level::Warn => warn(&text),
            Level::Info | Level::Debug | Level::Trace => log(&text),
        }
    }

    fn flush(&self) {}
}

/// Begins to write where `level` names a level; else nothing is ever formatted.
pub fn start(who: &'static str, level: Option<&str>) {
    let level = level.and_then(|level| LevelFilter::from_str(level).ok());
    let Some(level) = level.filter(|level| *level != LevelFilter::Off) else {
        return;
    };
    static CONSOLE: OnceLock<Console> = OnceLock::new();
    log::set_logger(CONSOLE.get_or_init(|| Console { who }))
        .expect("page and worker start their log once");
    log::set_max_level(level);
}
