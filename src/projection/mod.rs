//! Embeddings as a picture: which points lie where on a page.
//!
//! [`Projection`] is the shadow on a plane, turned to where the embeddings spread most. [`NeighbourMap`] gives up the
//! plane to keep neighbours together. Neither knows any labels.

mod neighbour_map;
mod principal;

pub use neighbour_map::NeighbourMap;
pub use principal::Projection;
