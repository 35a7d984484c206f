//! The page.

fn main() {
    console_error_panic_hook::set_once();
    yew::Renderer::<kyori::ui::App>::new().render();
}
