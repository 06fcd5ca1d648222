"""Gradio's theme: system fonts, small sizes, and every colour a variable of ``static/style.css``."""

from gradio.themes import Base
from gradio.themes.utils import colors, sizes
from gradio.themes.utils.fonts import Font

INK, MUTED, PAGE, SURFACE = "var(--ink)", "var(--muted)", "var(--page)", "var(--surface)"
RULE, EDGE, ACCENT, FAULT = "var(--rule)", "var(--edge)", "var(--accent)", "var(--fault)"
ACCENT_STRONG, ACCENT_SOFT = "var(--accent-strong)", "var(--accent-soft)"
ON_ACCENT, FAULT_SOFT = "var(--on-accent)", "var(--fault-soft)"

# The variables change with the mode, so one value serves Gradio's light and dark settings alike.
COLOURS = {
    "background_fill_primary": PAGE,
    "background_fill_secondary": SURFACE,
    "block_background_fill": PAGE,
    "block_border_color": RULE,
    "block_info_text_color": MUTED,
    "block_label_background_fill": SURFACE,
    "block_label_border_color": RULE,
    "block_label_text_color": MUTED,
    "block_title_text_color": MUTED,
    "body_background_fill": PAGE,
    "body_text_color": INK,
    "body_text_color_subdued": MUTED,
    "border_color_accent": ACCENT,
    "border_color_accent_subdued": ACCENT,
    "border_color_primary": RULE,
    "button_cancel_background_fill": SURFACE,
    "button_cancel_background_fill_hover": FAULT_SOFT,
    "button_cancel_border_color": FAULT,
    "button_cancel_border_color_hover": FAULT,
    "button_cancel_text_color": FAULT,
    "button_cancel_text_color_hover": FAULT,
    "button_primary_background_fill": ACCENT,
    "button_primary_background_fill_hover": ACCENT_STRONG,
    "button_primary_border_color": ACCENT,
    "button_primary_border_color_hover": ACCENT_STRONG,
    "button_primary_text_color": ON_ACCENT,
    "button_primary_text_color_hover": ON_ACCENT,
    "button_secondary_background_fill": SURFACE,
    "button_secondary_background_fill_hover": ACCENT_SOFT,
    "button_secondary_border_color": EDGE,
    "button_secondary_border_color_hover": EDGE,
    "button_secondary_text_color": INK,
    "button_secondary_text_color_hover": INK,
    "checkbox_background_color": PAGE,
    "checkbox_background_color_focus": PAGE,
    "checkbox_background_color_hover": PAGE,
    "checkbox_background_color_selected": ACCENT,
    "checkbox_border_color": EDGE,
    "checkbox_border_color_focus": ACCENT,
    "checkbox_border_color_hover": EDGE,
    "checkbox_border_color_selected": ACCENT,
    "checkbox_label_background_fill": PAGE,
    "checkbox_label_background_fill_hover": SURFACE,
    "checkbox_label_background_fill_selected": ACCENT_SOFT,
    "checkbox_label_border_color": RULE,
    "checkbox_label_border_color_hover": EDGE,
    "checkbox_label_border_color_selected": ACCENT,
    "checkbox_label_text_color": INK,
    "checkbox_label_text_color_selected": INK,
    "code_background_fill": SURFACE,
    "color_accent_soft": ACCENT_SOFT,
    "accordion_text_color": INK,
    "error_background_fill": FAULT_SOFT,
    "error_border_color": FAULT,
    "error_icon_color": FAULT,
    "error_text_color": FAULT,
    "input_background_fill": PAGE,
    "input_background_fill_focus": PAGE,
    "input_background_fill_hover": PAGE,
    "input_border_color": EDGE,
    "input_border_color_focus": ACCENT,
    "input_border_color_hover": EDGE,
    "input_placeholder_color": MUTED,
    "link_text_color": ACCENT,
    "link_text_color_active": ACCENT,
    "link_text_color_hover": ACCENT_STRONG,
    "link_text_color_visited": ACCENT,
    "panel_background_fill": SURFACE,
    "panel_border_color": RULE,
    "slider_color": ACCENT,
    "stat_background_fill": ACCENT,
    "table_border_color": RULE,
    "table_even_background_fill": PAGE,
    "table_odd_background_fill": PAGE,
    "table_row_focus": ACCENT_SOFT,
    "table_text_color": INK,
}

SHAPES = {
    "block_border_width": "0px",
    "block_padding": "0px",
    "block_shadow": "none",
    "button_border_width": "1px",
    "button_large_text_size": "*text_md",
    "button_large_text_weight": "500",
    "button_medium_text_weight": "500",
    "button_primary_shadow": "none",
    "button_secondary_shadow": "none",
    "color_accent": ACCENT,
    "form_gap_width": "10px",
    "input_border_width": "1px",
    "input_shadow": "none",
    "layout_gap": "10px",
    "loader_color": ACCENT,
}


class SystemFont(Font):
    """A font that the machine has; CSS wants its generic names without quotes."""

    def __str__(self) -> str:
        return self.name


def build_theme() -> Base:
    """Make the one theme of all pages."""
    theme = Base(
        primary_hue=colors.blue,
        neutral_hue=colors.gray,
        spacing_size=sizes.spacing_sm,
        radius_size=sizes.radius_sm,
        text_size=sizes.text_md,
        font=[SystemFont("var(--sans)")],
        font_mono=[SystemFont("var(--mono)")],
    )
    dark = {f"{name}_dark": value for name, value in COLOURS.items()}
    return theme.set(**COLOURS, **dark, **SHAPES)
