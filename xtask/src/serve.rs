//! A small static file server for this machine only.

use std::fs::File;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use percent_encoding::percent_decode_str;
use tiny_http::{Header, Method, Request, Response, Server, StatusCode};

use crate::dist::{self, Started};
use crate::shell::say;

const THREADS: usize = 8;
/// How long a connection may be left waiting, see [`nudge`].
const NUDGE: Duration = Duration::from_millis(100);
/// Where a page hears of changes, relative to the root.
pub const EVENTS: &str = "dev-events";
/// A connection without news is used this often, so that one whose browser has gone is noticed.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Serves dist/ until the process is ended. What is still being built joins when it is there.
pub fn run(port: u16, open: bool, started: Started) -> Result<()> {
    let folder = dist::folder();
    if !folder.join("index.html").is_file() {
        bail!(
            "there is no page in {}; run `cargo xtask build` first",
            folder.display()
        );
    }
    let site = Site::start(port, vec![("/".into(), folder)])?;
    let url = site.url();
    say(format!("{url} is ready (end with Ctrl+C)"));
    if open {
        open_browser(&url);
    }
    if let Some(rest) = started.rest {
        say("it trains on the CPU; the WebGPU engine is being built and will join");
        match rest.join().expect("building returns errors as values") {
            Ok(_) => say(format!(
                "the WebGPU engine is there: reload {url} to use it"
            )),
            Err(error) => say(format!(
                "error: {error:#}\n  The WebGPU engine was not built; {url} goes on without it."
            )),
        }
    }
    site.wait();
    Ok(())
}

/// The newest state of what is served, for the pages that ask to be told.
#[derive(Default)]
pub struct News {
    latest: Mutex<(u64, String)>,
    changed: Condvar,
}

impl News {
    /// Tells every page that listens, and those that come later.
    pub fn tell(&self, what: String) {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if latest.1 != what {
            *latest = (latest.0 + 1, what);
            self.changed.notify_all();
        }
    }

    /// Writes the state, and each later one, as server-sent events until nobody reads them.
    fn send(&self, mut to: impl Write) -> std::io::Result<()> {
        // Not a Response, which would keep what is small until there is more.
        to.write_all(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n\
              Connection: close\r\n\r\n",
        )?;
        let mut sent = 0;
        loop {
            let latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
            let same = |latest: &mut (u64, String)| latest.0 == sent;
            let (latest, _) = self
                .changed
                .wait_timeout_while(latest, HEARTBEAT, same)
                .unwrap_or_else(PoisonError::into_inner);
            let (number, what) = latest.clone();
            drop(latest);
            if number == sent {
                to.write_all(b":\n\n")?;
            } else {
                write!(to, "data: {what}\n\n")?;
                sent = number;
            }
            to.flush()?;
        }
    }
}

/// Folders under URL prefixes, served by threads that live as long as the process.
pub struct Site {
    pub port: u16,
    threads: Vec<thread::JoinHandle<()>>,
}

impl Site {
    /// Starts to serve. Port 0 picks a free one. Each mount is a prefix that ends in `/`, and its folder.
    pub fn start(port: u16, mounts: Vec<(String, PathBuf)>) -> Result<Self> {
        Self::start_with_news(port, mounts, None)
    }

    /// The same for pages that are told of changes.
    pub fn start_with_news(
        port: u16,
        mounts: Vec<(String, PathBuf)>,
        news: Option<Arc<News>>,
    ) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port)).with_context(|| {
            format!("cannot listen on port {port}; choose another one with --port")
        })?;
        let port = listener.local_addr()?.port();
        let server = Arc::new(
            Server::from_listener(listener, None).map_err(|e| anyhow!("cannot serve: {e}"))?,
        );
        thread::spawn(move || nudge(port));
        let mounts = Arc::new(mounts);
        let threads = (0..THREADS)
            .map(|_| {
                let (server, mounts) = (Arc::clone(&server), Arc::clone(&mounts));
                let news = news.clone();
                thread::spawn(move || {
                    for request in server.incoming_requests() {
                        answer(request, &mounts, news.as_ref());
                    }
                })
            })
            .collect();
        Ok(Self { port, threads })
    }

    /// The address of the root.
    pub fn url(&self) -> String {
        format!("http://localhost:{}/", self.port)
    }

    pub fn wait(self) {
        for thread in self.threads {
            let _ = thread.join();
        }
    }
}

/// Comes by now and then, says nothing and leaves.
///
/// tiny_http hands a connection to an idle thread, if it believes that there is one. Of two that come at the same moment
/// it may believe so twice, and the second waits until another connection comes or closes. Browsers keep theirs open, so
/// that a page would wait for a file without end.
fn nudge(port: u16) {
    while TcpStream::connect(("127.0.0.1", port)).is_ok() {
        thread::sleep(NUDGE);
    }
}

fn answer(request: Request, mounts: &[(String, PathBuf)], news: Option<&Arc<News>>) {
    if let Some(news) = news
        && request.url().strip_prefix('/') == Some(EVENTS)
    {
        // It lasts as long as the page is open, and so needs a thread of its own.
        let news = Arc::clone(news);
        thread::spawn(move || news.send(request.into_writer()));
        return;
    }
    // A browser that hangs up early is no error of ours.
    let _ = match request.method() {
        Method::Get | Method::Head => match find(request.url(), mounts) {
            Some((path, file)) => request.respond(
                Response::from_file(file)
                    .with_header(header("Content-Type", &mime(&path)))
                    // A rebuilt page must be seen at the next reload.
                    .with_header(header("Cache-Control", "no-cache")),
            ),
            None => request.respond(text(404, "404: no such file\n")),
        },
        _ => request.respond(
            text(405, "405: only GET and HEAD\n").with_header(header("Allow", "GET, HEAD")),
        ),
    };
}

fn find(url: &str, mounts: &[(String, PathBuf)]) -> Option<(PathBuf, File)> {
    let (prefix, folder) = mounts
        .iter()
        .find(|(prefix, _)| url.starts_with(prefix.as_str()))?;
    let mut path = folder.join(relative(&url[prefix.len()..])?);
    if path.is_dir() {
        path.push("index.html");
    }
    // A link must not lead out of the folder either.
    let path = path.canonicalize().ok()?;
    if !path.starts_with(folder.canonicalize().ok()?) || !path.is_file() {
        return None;
    }
    let file = File::open(&path).ok()?;
    Some((path, file))
}

/// The file that a URL path names, as a path that cannot leave its folder.
fn relative(url: &str) -> Option<PathBuf> {
    let path = url.split(['?', '#']).next()?;
    let decoded = percent_decode_str(path).decode_utf8().ok()?;
    if decoded.contains(['\0', '\\']) {
        return None;
    }
    let path = Path::new(decoded.as_ref());
    path.components()
        .all(|part| matches!(part, Component::Normal(_)))
        .then(|| path.to_path_buf())
}

/// The type of a file by its name; licences, which have no ending, are texts.
fn mime(path: &Path) -> String {
    let known = match path.extension().and_then(|ending| ending.to_str()) {
        None | Some("md" | "ftl") => mime_guess::mime::TEXT_PLAIN,
        Some(ending) => mime_guess::from_ext(ending).first_or_octet_stream(),
    };
    if known.type_() == mime_guess::mime::TEXT {
        format!("{}; charset=utf-8", known.essence_str())
    } else {
        known.essence_str().to_owned()
    }
}

fn text(status: u16, body: &str) -> Response<std::io::Cursor<Vec<u8>>> {
    Response::from_string(body).with_status_code(StatusCode(status))
}

fn header(name: &str, value: &str) -> Header {
    Header::from_bytes(name, value).expect("header names and values are ASCII constants")
}

pub fn open_browser(url: &str) {
    let mut command = if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(windows) {
        let mut command = Command::new("cmd");
        command.args(["/C", "start", ""]);
        command
    } else {
        Command::new("xdg-open")
    };
    if command.arg(url).spawn().is_err() {
        say(format!("no program here opens URLs; go to {url} yourself"));
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use super::*;
    use crate::shell::root;

    #[test]
    fn a_path_cannot_leave_its_folder() {
        for url in [
            "../Cargo.toml",
            "a/../../b",
            "%2e%2e/x",
            "/etc/passwd",
            "%2Fetc/passwd",
            "a%00b",
            "..%5Cx",
            "%ff",
        ] {
            assert_eq!(relative(url), None, "{url}");
        }
        assert_eq!(
            relative("a/b%20c.js?x=../..#y"),
            Some(PathBuf::from("a/b c.js"))
        );
        assert_eq!(relative(""), Some(PathBuf::new()));
    }

    #[test]
    fn files_have_the_types_that_browsers_ask_for() {
        for (name, wanted) in [
            ("index.html", "text/html; charset=utf-8"),
            ("app.js", "text/javascript; charset=utf-8"),
            ("style.css", "text/css; charset=utf-8"),
            ("app_bg.wasm", "application/wasm"),
            ("manifest.json", "application/json"),
            ("kyori.webmanifest", "application/manifest+json"),
            ("icon.svg", "image/svg+xml"),
            ("page.ftl", "text/plain; charset=utf-8"),
            ("LICENSE-MIT", "text/plain; charset=utf-8"),
            ("glyphs.bin", "application/octet-stream"),
        ] {
            assert_eq!(mime(Path::new(name)), wanted, "{name}");
        }
    }

    #[test]
    fn pages_hear_of_changes_until_they_hang_up() {
        let news = Arc::new(News::default());
        news.tell("one".into());
        let site = Site::start_with_news(0, Vec::new(), Some(Arc::clone(&news))).unwrap();
        let mut stream = TcpStream::connect(("127.0.0.1", site.port)).unwrap();
        write!(stream, "GET /{EVENTS} HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        let mut heard = String::new();
        let mut until = |wanted: &str| {
            let mut bytes = [0; 256];
            while !heard.ends_with(wanted) {
                let count = stream.read(&mut bytes).unwrap();
                assert!(count > 0, "{heard}");
                heard += std::str::from_utf8(&bytes[..count]).unwrap();
            }
        };
        until("data: one\n\n");
        news.tell("one".into());
        news.tell("two".into());
        until("data: one\n\ndata: two\n\n");
    }

    fn ask(port: u16, request: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        write!(
            stream,
            "{request} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn serves_files_with_their_types_under_a_prefix() {
        let folder = std::env::temp_dir().join(format!("kyori-serve-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("index.html"), "hello").unwrap();
        std::fs::write(folder.join("a.wasm"), "asm").unwrap();
        let site = Site::start(0, vec![("/deep/".into(), folder.clone())]).unwrap();

        let page = ask(site.port, "GET /deep/?seed=1");
        assert!(
            page.starts_with("HTTP/1.1 200")
                && page.contains("text/html")
                && page.ends_with("hello"),
            "{page}"
        );
        let wasm = ask(site.port, "GET /deep/a.wasm");
        assert!(
            wasm.contains("Content-Type: application/wasm") && wasm.ends_with("asm"),
            "{wasm}"
        );
        let head = ask(site.port, "HEAD /deep/a.wasm");
        assert!(
            head.starts_with("HTTP/1.1 200") && head.ends_with("\r\n\r\n"),
            "{head}"
        );
        assert!(ask(site.port, "GET /a.wasm").starts_with("HTTP/1.1 404"));
        assert!(ask(site.port, "GET /deep/../a.wasm").starts_with("HTTP/1.1 404"));
        assert!(ask(site.port, "GET /deep/missing").starts_with("HTTP/1.1 404"));
        assert!(ask(site.port, "POST /deep/").starts_with("HTTP/1.1 405"));
        std::fs::remove_dir_all(folder).unwrap();
    }

    /// A browser opens several connections at once and keeps them.
    #[test]
    fn no_connection_waits_for_others_to_close() {
        let folder = root().join("xtask");
        let site = Site::start(0, vec![("/".into(), folder)]).unwrap();
        for round in 0..300 {
            let start = std::sync::Barrier::new(8);
            let ask = || {
                start.wait();
                let mut stream = TcpStream::connect(("127.0.0.1", site.port)).unwrap();
                let patience = Some(Duration::from_secs(10));
                stream.set_read_timeout(patience).unwrap();
                stream
                    .write_all(b"GET /Cargo.toml HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    .unwrap();
                let mut answer = [0; 12];
                stream.read_exact(&mut answer).map(|()| stream)
            };
            thread::scope(|scope| {
                let asked: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
                // Kept open until all have their answer.
                let kept: Vec<_> = asked.into_iter().map(|one| one.join().unwrap()).collect();
                let unanswered = kept.iter().filter(|stream| stream.is_err()).count();
                assert_eq!(unanswered, 0, "in round {round}");
            });
        }
    }
}
