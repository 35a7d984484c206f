//! Checks the message files of all languages against each other, and makes the catalogues and the typed functions.

#[path = "src/compile.rs"]
mod compile;
#[path = "src/languages.rs"]
mod languages;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use compile::Failure;
use languages::{FAMILIES, LANGUAGES};

/// From the root of the repository, as messages of the build name it.
const FOLDER: &str = "assets/text";

fn main() -> ExitCode {
    let of_cargo = |name| PathBuf::from(std::env::var_os(name).expect("cargo sets it"));
    let folder = of_cargo("CARGO_MANIFEST_DIR").join("../..").join(FOLDER);
    println!("cargo::rerun-if-changed={}", folder.display());
    match build(&folder, &of_cargo("OUT_DIR")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failures) => {
            for failure in failures {
                println!("cargo::error={failure}");
            }
            ExitCode::FAILURE
        }
    }
}

fn build(folder: &Path, out: &Path) -> Result<(), Vec<Failure>> {
    let books = compile::all(folder, FOLDER)?;
    let write = |name: &str, text: String| {
        std::fs::write(out.join(name), text).expect("cargo's own folder can be written");
    };
    write("functions.rs", compile::functions(&books, FAMILIES)?);
    let mut catalogues = String::from("&[\n");
    for (language, book) in LANGUAGES.iter().zip(&books) {
        let name = format!("{}.txt", language.id);
        catalogues += &format!("    include_str!(concat!(env!(\"OUT_DIR\"), \"/{name}\")),\n");
        write(&name, compile::catalogue(book));
    }
    write("catalogues.rs", catalogues + "]\n");
    Ok(())
}
