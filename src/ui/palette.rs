//! Replaced by the painters' own palette.
pub fn loss_css(index: usize, dark: bool) -> &'static str {
    const LIGHT: [&str; 8] = ["#0072b2", "#d55e00", "#00805a", "#b04f86", "#8a6d00", "#3a7ca5", "#444444", "#6a3d9a"];
    const DARK: [&str; 8] = ["#56b4e9", "#ff8c42", "#2fd19a", "#e59ac7", "#f0e442", "#8fc7ff", "#cccccc", "#b79cf0"];
    if dark { DARK[index % 8] } else { LIGHT[index % 8] }
}
