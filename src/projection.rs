//! PCA of an embedding with an orientation that stays from frame to frame.
pub struct Picture {
    pub components: usize,
    pub explained: f32,
    pub coordinates: Vec<f32>,
}
pub struct Projection;
impl Projection {
    pub fn new(_d: usize) -> Self {
        Self
    }
    pub fn project(&mut self, _e: &[f32], _p: &[f32]) -> Picture {
        todo!()
    }
}
