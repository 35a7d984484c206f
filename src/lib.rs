//! Kyori: see metric learning happen.
//!
//! A *race* compares losses under equal conditions. Every tensor of the training step carries a leading *lane* axis: a
//! lane is one independent training run with its own initial weights, batches and hyperparameters. All lanes of one
//! loss form a *heat* and train in one graph; a race holds many heats.
//!
//! | room | what is in it | needs |
//! |---|---|---|
//! | [`experiment`] | what a race is: conditions, the table of settings, presets, protocols, links | – |
//! | [`setting`] | what a setting is: a row of a table | – |
//! | [`data`] | data sets, one file each; class-disjoint splits, samplers | – |
//! | [`loss`] | one file a loss; the registry that everything else reads | tensors: `engine` |
//! | [`miner`] | masks of pairs and triplets | `engine` |
//! | [`golden`] | reference values and gradients, checked on any device | `engine` |
//! | [`metric`] | Recall@K, R-precision, MAP@R, NMI, AMI, tightness, contrast and mean log distance | – |
//! | [`record`] | what was measured: points, curves, films, verdict, statistics | – |
//! | [`projection`] | embeddings as pictures that go on from frame to frame: PCA, t-SNE | – |
//! | [`net`] | the embedding network over lanes: fully connected layers, a convolution before them | `engine` |
//! | [`device`] | kinds of devices; the only place that opens one | –, to open: `engine` |
//! | [`train`] | optimiser, heat, race, and the driver that says what comes next | `engine` |
//! | [`bridge`] | the messages between page and worker | – |
//! | [`console`] | a log in the browser's console, for `?log=debug` | `web` |
//! | [`number`] | floats in JSON that need not be finite; floats from text | – |
//! | [`order`] | a sort that is compiled once | – |
//! | [`random`] | generators that are the same everywhere, one for each purpose of a seed | – |
//! | [`cli`] | the command line `kyori` | `cli` |
//! | [`ui`] | the page (Yew); links no tensor code | `page` |
//!
//! Two rooms are crates of their own: `kyori-formula` turns a loss's LaTeX into MathML while it is compiled, and
//! `kyori-text` has every sentence that a person reads, in each language.
//!
//! # From play to a point of a curve
//!
//! The page holds an [`Experiment`](experiment::Experiment) and makes a [`RaceSpec`](experiment::RaceSpec) of it, which
//! goes over the [`bridge`] to a worker. There a `Race` of `Heat`s is laid out, and a `Driver` says what comes next: a
//! step takes a batch from the sampler through the network to the matrix that the loss sees, and the gradient back; an
//! evaluation embeds unseen classes and measures them by the table of [`Measure`](record::Measure)s. The values come back
//! as a [`CurvePoint`](record::CurvePoint), which joins the curve of its heat; the charts, the ranking and the verdict
//! are computed from the curves. The command line does the same without the bridge.

pub mod bridge;
#[cfg(feature = "web")]
pub mod console;
pub mod data;
pub mod device;
pub mod experiment;
mod lean;
pub mod loss;
pub mod metric;
pub mod number;
pub mod order;
pub mod projection;
pub mod random;
pub mod record;
pub mod setting;
#[cfg(feature = "page")]
pub mod ui;

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "engine")]
pub mod golden;
#[cfg(feature = "engine")]
pub mod miner;
#[cfg(feature = "engine")]
pub mod net;
#[cfg(feature = "engine")]
pub mod train;
