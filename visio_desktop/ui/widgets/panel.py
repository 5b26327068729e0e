"""The panels beside the stage: which there are, and whether there is room for one."""

from __future__ import annotations

from visio_desktop.meeting.intents import Panel
from visio_desktop.ui import theme
from visio_desktop.ui.widgets.chat_panel import ChatPanel
from visio_desktop.ui.widgets.host_panel import HostPanel
from visio_desktop.ui.widgets.info_panel import InfoPanel
from visio_desktop.ui.widgets.people_panel import PeoplePanel
from visio_desktop.ui.widgets.side_panel import SidePanel


def make_panel(panel: Panel) -> SidePanel:
    """The widget of a panel."""
    match panel:
        case Panel.CHAT:
            return ChatPanel()
        case Panel.PEOPLE:
            return PeoplePanel()
        case Panel.INFO:
            return InfoPanel()
        case Panel.HOST:
            return HostPanel()


def fits_beside(width_px: int) -> bool:
    """Whether a window of this width shows stage and panel side by side."""
    return width_px >= theme.PANEL_PX * 2
