//! The only place that chooses between WebGPU and CPU.
