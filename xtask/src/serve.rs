//! A small static file server for this machine only.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Component, Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::thread;

use anyhow::{Context, Result, anyhow, bail};
use tiny_http::{Header, Method, Request, Response, Server, StatusCode};

use crate::dist;
use crate::shell::say;

const THREADS: usize = 8;

/// Serves dist/ until the process is ended.
pub fn run(port: u16, open: bool) -> Result<()> {
    let folder = dist::folder();
    if !folder.join("index.html").is_file() {
        bail!(
            "there is no page in {}; run `cargo xtask build` first",
            folder.display()
        );
    }
    let site = Site::start(port, vec![("/".into(), folder)])?;
    let url = format!("http://localhost:{}/", site.port);
    say(format!("{url} (end with Ctrl+C)"));
    if open {
        open_browser(&url);
    }
    site.wait();
    Ok(())
}

/// Folders under URL prefixes, served by threads that live as long as the process.
pub struct Site {
    pub port: u16,
    threads: Vec<thread::JoinHandle<()>>,
}

impl Site {
    /// Starts to serve. Port 0 picks a free one. Each mount is a prefix that ends in `/`, and its folder.
    pub fn start(port: u16, mounts: Vec<(String, PathBuf)>) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port)).with_context(|| {
            format!("cannot listen on port {port}; choose another one with --port")
        })?;
        let port = listener.local_addr()?.port();
        let server = Arc::new(
            Server::from_listener(listener, None).map_err(|e| anyhow!("cannot serve: {e}"))?,
        );
        let mounts = Arc::new(mounts);
        let threads = (0..THREADS)
            .map(|_| {
                let (server, mounts) = (Arc::clone(&server), Arc::clone(&mounts));
                thread::spawn(move || {
                    for request in server.incoming_requests() {
                        answer(request, &mounts);
                    }
                })
            })
            .collect();
        Ok(Self { port, threads })
    }

    fn wait(self) {
        for thread in self.threads {
            let _ = thread.join();
        }
    }
}

fn answer(request: Request, mounts: &[(String, PathBuf)]) {
    // A browser that hangs up early is no error of ours.
    let _ = match request.method() {
        Method::Get | Method::Head => match find(request.url(), mounts) {
            Some((path, file)) => {
                request.respond(
                    Response::from_file(file)
                        .with_header(header("Content-Type", mime(&path)))
                        .with_header(
                            // A rebuilt page must be seen at the next reload.
                            header("Cache-Control", "no-cache"),
                        ),
                )
            }
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
    let decoded = percent_decode(path)?;
    if decoded.contains(['\0', '\\']) {
        return None;
    }
    let path = Path::new(&decoded);
    path.components()
        .all(|part| matches!(part, Component::Normal(_)))
        .then(|| path.to_path_buf())
}

fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let digits = [bytes.next()?, bytes.next()?];
            let digits = std::str::from_utf8(&digits).ok()?;
            decoded.push(u8::from_str_radix(digits, 16).ok()?);
        } else {
            decoded.push(byte);
        }
    }
    String::from_utf8(decoded).ok()
}

fn mime(path: &Path) -> &'static str {
    match path
        .extension()
        .and_then(|e| e.to_str())
        .unwrap_or_default()
    {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "csv" => "text/csv; charset=utf-8",
        "txt" | "md" | "" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn text(status: u16, body: &str) -> Response<std::io::Cursor<Vec<u8>>> {
    Response::from_string(body).with_status_code(StatusCode(status))
}

fn header(name: &str, value: &str) -> Header {
    Header::from_bytes(name, value).expect("header names and values are ASCII constants")
}

fn open_browser(url: &str) {
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
    use std::net::TcpStream;

    use super::*;

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
            "%zz",
            "%4",
        ] {
            assert_eq!(relative(url), None, "{url}");
        }
        assert_eq!(
            relative("a/b%20c.js?x=../..#y"),
            Some(PathBuf::from("a/b c.js"))
        );
        assert_eq!(relative(""), Some(PathBuf::new()));
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
}
