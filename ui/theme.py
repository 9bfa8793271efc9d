"""Colours and type of the pages: calm, one accent, fonts of the computer itself."""

from __future__ import annotations

import gradio as gr

ACCENT = gr.themes.Color(
    c50="#eef4fb", c100="#dbe8f6", c200="#b8d1ec", c300="#8fb6e0", c400="#5a96dc", c500="#2f75bd", c600="#215ca0",
    c700="#1c4d87", c800="#183f6e", c900="#12304f", c950="#0c2036", name="accent",
)  # fmt: skip


def calm() -> gr.themes.Base:
    """System fonts, 16 px, no shadows; nothing is fetched."""
    fonts = ["system-ui", "-apple-system", "Segoe UI", "sans-serif"]
    return gr.themes.Base(
        primary_hue=ACCENT, secondary_hue="slate", neutral_hue="slate", text_size=gr.themes.sizes.text_lg,
        radius_size=gr.themes.sizes.radius_md, font=fonts, font_mono=["ui-monospace", "monospace"],
    ).set(
        button_primary_background_fill="*primary_600", button_primary_background_fill_hover="*primary_700",
        button_primary_text_color="white", button_primary_background_fill_dark="*primary_600",
        button_primary_background_fill_hover_dark="*primary_500", body_background_fill="#ffffff",
        body_background_fill_dark="#14181e", block_background_fill_dark="#1c222a", shadow_drop="none",
        checkbox_background_color_selected="*primary_600", checkbox_background_color_selected_dark="*primary_500",
    )  # fmt: skip
