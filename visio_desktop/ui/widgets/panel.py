"""The panels beside the stage: which there are, and whether there is room for one. Each is loaded when it is opened."""
# ruff: noqa: PLC0415 - see above

from __future__ import annotations

from visio_desktop.meeting.intents import Panel
from visio_desktop.ui import theme
from visio_desktop.ui.choices import NO_CHOICES, Choices
from visio_desktop.ui.widgets.side_panel import SidePanel


def make_panel(panel: Panel, choices: Choices = NO_CHOICES) -> SidePanel:
    """The widget of a panel."""
    match panel:
        case Panel.CHAT:
            from visio_desktop.ui.widgets.chat_panel import ChatPanel

            alone = choices.get("kiosk") is not True
            return ChatPanel(links=choices.get("chat_links") is True and alone, saves=alone)
        case Panel.PEOPLE:
            from visio_desktop.ui.widgets.people_panel import PeoplePanel

            return PeoplePanel()
        case Panel.INFO:
            from visio_desktop.ui.widgets.info_panel import InfoPanel

            return InfoPanel()
        case Panel.HOST:
            from visio_desktop.ui.widgets.host_panel import HostPanel

            return HostPanel()


def fits_beside(width_px: int) -> bool:
    """Whether a window of this width shows stage and panel side by side."""
    return width_px >= theme.PANEL_PX * 2
