//! Formulas are written once, as LaTeX, and turned into MathML while the program is compiled.
//!
//! The page then needs no typesetter: the browser draws MathML by itself, and a formula that is no LaTeX stops the build
//! instead of showing up red in front of a reader.

use math_core::{LatexError, LatexToMathML, MathCoreConfig, MathDisplay};
use proc_macro::TokenStream;
use quote::quote;
use syn::{Error, LitStr, parse_macro_input};

/// A formula in both of its forms, from one string of LaTeX.
///
/// Expands to `Formula { latex: "…", mathml: "<math display=\"block\">…</math>" }`. A struct of that name with these two
/// fields, both `&'static str`, must be in scope. The LaTeX may stretch over several lines; `latex` holds it on one.
///
/// ```
/// # use kyori_formula::latex;
/// struct Formula {
///     latex: &'static str,
///     mathml: &'static str,
/// }
///
/// const HALF: Formula = latex!(r"x = \frac{1}
///     {2}");
/// assert_eq!(HALF.latex, r"x = \frac{1} {2}");
/// assert_eq!(
///     HALF.mathml,
///     "<math display=\"block\"><mi>x</mi><mo>=</mo><mfrac><mn>1</mn><mn>2</mn></mfrac></math>"
/// );
/// ```
///
/// # Errors
/// What is no LaTeX, or LaTeX that [math-core](https://docs.rs/math-core) does not know, fails the build. The compiler
/// names file and line of the string, then what is wrong and where in it:
///
/// ```compile_fail
/// # use kyori_formula::latex;
/// # struct Formula { latex: &'static str, mathml: &'static str }
/// const HALF: Formula = latex!(r"x = \fraction{1}{2}");
/// ```
#[proc_macro]
pub fn latex(input: TokenStream) -> TokenStream {
    let literal = parse_macro_input!(input as LitStr);
    match to_mathml(&literal.value()) {
        Ok((latex, mathml)) => quote!(Formula { latex: #latex, mathml: #mathml }).into(),
        Err(message) => Error::new(literal.span(), message)
            .to_compile_error()
            .into(),
    }
}

/// The LaTeX on one line, and its MathML; or what is wrong with it.
fn to_mathml(written: &str) -> Result<(String, String), String> {
    let latex = written.split_whitespace().collect::<Vec<_>>().join(" ");
    if latex.is_empty() {
        return Err("LaTeX: the formula is empty.".to_owned());
    }
    if latex.replace(r"\%", "").contains('%') {
        return Err(
            "LaTeX: a comment would hide the rest of the formula, which is put on one line. \
            Write it as a Rust comment beside the formula, or write \\% for a per cent sign."
                .to_owned(),
        );
    }
    let converter = LatexToMathML::new(MathCoreConfig::default())
        .expect("only own LaTeX macros can be wrong, and none are defined");
    let converted = converter
        .convert_with_local_state(&latex, MathDisplay::Block)
        .map_err(|error| located(&latex, &error))?;
    if converted.warnings.has_undefined_references() {
        return Err(
            "LaTeX: \\ref or \\eqref names a label that is not in this formula.".to_owned(),
        );
    }
    Ok((latex, converted.mathml))
}

/// The error with the formula under it and carets below the place.
fn located(latex: &str, error: &LatexError) -> String {
    let start = latex.floor_char_boundary(error.0.start);
    let end = latex.floor_char_boundary(error.0.end).max(start);
    let before = " ".repeat(latex[..start].chars().count());
    // An error at the end of the formula has no width.
    let carets = "^".repeat(latex[start..end].chars().count().max(1));
    let message = error.error_message();
    let label = error.label();
    format!("LaTeX: {message}\n  {latex}\n  {before}{carets} {label}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mathml(latex: &str) -> String {
        to_mathml(latex).expect(latex).1
    }

    #[test]
    fn limits_stand_below_and_fractions_nest() {
        assert_eq!(
            mathml(r"\operatorname*{mean}_i \frac{1}{n_+}"),
            "<math display=\"block\"><munder><mo lspace=\"0\" rspace=\"0.1667em\">mean</mo><mi>i</mi></munder>\
            <mfrac><mn>1</mn><msub><mi>n</mi><mo>+</mo></msub></mfrac></math>"
        );
        assert!(mathml(r"\max_{j \in N_i} s_{ij}").contains("<munder>"));
        assert!(
            mathml(r"\begin{cases} x & x > 0 \\ 0 & \text{else} \end{cases}").contains("<mtable")
        );
    }

    #[test]
    fn line_breaks_and_indentation_do_not_matter() {
        let one_line = to_mathml(r"a = \sum_{c} b").unwrap();
        assert_eq!(
            to_mathml("a\n        = \\sum_{c}\n    b\n").unwrap(),
            one_line
        );
        assert_eq!(one_line.0, r"a = \sum_{c} b");
    }

    #[test]
    fn errors_say_what_and_where() {
        assert_eq!(
            to_mathml("α = \\fraction\n{1}{2}").unwrap_err(),
            "LaTeX: Unknown command \"\\fraction\".\n  α = \\fraction {1}{2}\n      ^^^^^^^^^ unknown command"
        );
        assert_eq!(
            to_mathml(r"\frac{1}{2").unwrap_err(),
            "LaTeX: Expected closing token \"}\", but reached end of input.\n  \\frac{1}{2\n            ^ a group was never closed"
        );
    }

    #[test]
    fn what_would_be_lost_silently_is_an_error() {
        for (latex, what) in [
            (" \n ", "empty"),
            ("a % note\n + b", "comment"),
            (r"a = \eqref{other}", "label"),
        ] {
            let error = to_mathml(latex).unwrap_err();
            assert!(error.contains(what), "{latex}: {error}");
        }
        assert!(mathml(r"50\,\%").contains('%'));
    }
}
