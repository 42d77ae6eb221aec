"""How the console looks: one calm dark theme, and one sheet of styles for all screens."""

from __future__ import annotations

from textual.theme import Theme

NIGHT = Theme(
    name="noktvrn",
    dark=True,
    background="#0f1217",
    surface="#0f1217",
    panel="#1a1f27",
    foreground="#d4dae3",
    primary="#8fb8c9",
    secondary="#6f8aa0",
    accent="#c9a87c",
    success="#9dbf8f",
    warning="#d9b56c",
    error="#d0767a",
    variables={
        "text-muted": "#8a94a3",
        "border": "#2a313c",
        "scrollbar": "#2a313c",
        "scrollbar-background": "#0f1217",
        "scrollbar-hover": "#3a4452",
        "scrollbar-active": "#4b5767",
        "block-cursor-background": "#26303c",
        "block-cursor-foreground": "#eef2f7",
        "block-cursor-text-style": "bold",
        "input-cursor-background": "#d4dae3",
    },
)

SHEET = """
Screen { background: $background; color: $foreground; }
Place { layout: vertical; }
.title { color: $text-muted; text-style: bold; height: 1; }
.muted { color: $text-muted; }
ModalScreen { align: center middle; background: $background 60%; }
Toast { max-width: 72; }
Input, Input:focus { border: none; height: 1; padding: 0 1; background: $panel; }
OptionList, OptionList:focus { border: none; background: $panel; padding: 0; }
OptionList > .option-list--option-highlighted { background: $block-cursor-background; }
CommandPalette > Vertical, CommandPalette:dark > Vertical { margin-top: 2; background: $panel; width: 76; }
CommandPalette #--input { border: none; background: $panel; padding: 1 1 0 1; }
CommandPalette SearchIcon { display: none; }
CommandPalette CommandList { background: $panel; border: none; padding: 1 0; max-height: 17; }
CommandPalette CommandList > .option-list--option { text-style: none; }
CommandPalette CommandList > .option-list--option-highlighted {
    background: $block-cursor-background; color: $block-cursor-foreground;
}
CommandPalette > .command-palette--help-text { color: $text-muted; text-style: none; }
"""
