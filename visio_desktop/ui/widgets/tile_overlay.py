"""What lies over or in place of a tile's picture: corners, ring, name, badges, initials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap, QRadialGradient

from visio_desktop.meeting.values import Quality
from visio_desktop.system.colours import contrast
from visio_desktop.system.texts import LANGUAGES, text_in, tr
from visio_desktop.ui import icons, theme

if TYPE_CHECKING:
    from visio_desktop.ui.widgets.video_tile import TileLook

_EDGE_PX = 4.0
_CHIP_PX = 24.0
_PAD_PX = 7.0
_LARGEST_DISC_PX = 160.0
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_BARS = {Quality.LOST: 0, Quality.POOR: 1, Quality.GOOD: 2, Quality.EXCELLENT: 3}
_SHOW_BARS = (Quality.LOST, Quality.POOR)


def draw_overlay(size: QSize, ratio: float, look: TileLook, ground: QColor, radius_px: int) -> QPixmap:
    """Everything over the picture, transparent elsewhere; the corners are filled with the `ground` around the tile."""
    pixmap = _transparent(size, ratio)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    area = QRectF(0, 0, size.width(), size.height())
    if look.waiting:
        _draw_veil(painter, area)
    _round_corners(painter, area, ground, radius_px)
    _draw_rings(painter, area, look, radius_px)
    _draw_chip(painter, area, look)
    if look.quality in _SHOW_BARS or (look.hovered and look.quality in _BARS):
        _draw_bars(painter, area, _BARS[look.quality])
    if look.waiting:
        _draw_waiting(painter, area)
    if look.encrypted is not None:
        _draw_lock(painter, QRectF(_EDGE_PX + 4, 8, _CHIP_PX, _CHIP_PX), closed=look.encrypted)
    if look.signing:
        left_px = _EDGE_PX + 4 + (_CHIP_PX + 4 if look.encrypted is not None else 0)
        colour = theme.MIC_OFF_BADGE if look.signing_poor or look.signing_apart else theme.CHIP
        _draw_badge(painter, QRectF(left_px, 8, _CHIP_PX, _CHIP_PX), "sign_language", colour)
    if look.pinned:
        _draw_badge(painter, QRectF(area.right() - _CHIP_PX - 8, 8, _CHIP_PX, _CHIP_PX), "keep", theme.CHIP)
    painter.end()
    return pixmap


def draw_avatar(size: QSize, ratio: float, look: TileLook) -> QPixmap:
    """A tile without a picture: the initials on a disc of the person's colour; of a share, the sign of one."""
    pixmap = _transparent(size, ratio)
    if not look.cover:
        _draw_awaited_share(pixmap, size)
        return pixmap
    colour = colour_of(look.colour)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    area = QRectF(0, 0, size.width(), size.height())
    ground = QRadialGradient(area.center(), max(area.width(), area.height()) * 0.6)
    ground.setColorAt(0, colour.darker(140))
    ground.setColorAt(1, colour.darker(320))
    painter.fillRect(area, ground)
    disc_px = min(_LARGEST_DISC_PX, 0.5 * min(size.width(), size.height()))
    disc = QRectF(0, 0, disc_px, disc_px)
    disc.moveCenter(area.center())
    painter.setBrush(colour)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawEllipse(disc)
    painter.setPen(QColor(theme.TEXT_ON_DARK))
    painter.setFont(_font(max(8.0, disc_px * 0.38)))
    painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, initials(look.name))
    painter.end()
    return pixmap


def _draw_awaited_share(pixmap: QPixmap, size: QSize) -> None:
    pixmap.fill(QColor(theme.TILE))
    painter = QPainter(pixmap)
    image = icons.pixmap("screen_share", theme.SOFT_ON_DARK, 64, 2.0)
    place = QRectF(0, 0, min(64, size.height() / 2), min(64, size.height() / 2))
    place.moveCenter(QRectF(0, 0, size.width(), size.height()).center())
    painter.drawPixmap(place, image, QRectF(image.rect()))
    painter.end()


def encryption_words(encrypted: bool | None) -> list[str]:
    """What is said of end-to-end encryption; nothing where it is no question."""
    match encrypted:
        case None:
            return []
        case True:
            return [tr("room.tile_encrypted")]
        case False:
            return [tr("room.tile_not_encrypted")]


def signing_words(look: TileLook) -> list[str]:
    """What is said of sign language that is followed."""
    if not look.signing:
        return []
    if look.signing_apart and not look.signing_poor:
        return [tr("picture.tile_signing_apart")]
    return [tr("picture.tile_signing_poor" if look.signing_poor else "picture.tile_signing")]


def initials(name: str) -> str:
    """At most two letters of a name; what is no word, as the "(you)" behind it, gives none."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0] for word in ([words[0], words[-1]] if len(words) > 1 else words)).upper()


def own_name(name: str) -> str:
    """How one's own name is shown; somebody called "You", in whatever language, needs no "(you)" behind it."""
    nobody = {text_in(language, "pages.you").casefold() for language in LANGUAGES}
    return tr("pages.you") if name.casefold() in nobody else tr("room.you_named", name=name)


def colour_of(text: str) -> QColor:
    """A person's colour, `hsl(h, s%, l%)` or anything Qt reads, dark enough to carry white; the usual one otherwise."""
    colour = QColor(theme.AVATAR)
    if text.startswith("hsl(") and text.endswith(")"):
        try:
            hue, saturation, lightness = (float(part.strip().rstrip("%")) for part in text[4:-1].split(","))
        except ValueError:
            return colour
        if 0 <= hue <= 360 and 0 <= saturation <= 100 and 0 <= lightness <= 100:  # noqa: PLR2004 - the ranges of hsl()
            colour = QColor.fromHslF(hue / 360 % 1, saturation / 100, lightness / 100)
    elif QColor.isValidColorName(text):
        colour = QColor(text)
    while contrast(theme.TEXT_ON_DARK, colour.name()) < 4.5:  # noqa: PLR2004 - WCAG's text contrast
        colour = colour.darker(110)
    return colour


def _transparent(size: QSize, ratio: float) -> QPixmap:
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    return pixmap


def _font(size_px: float) -> QFont:
    font = QFont()
    font.setPixelSize(round(size_px))
    return font


def _round_corners(painter: QPainter, area: QRectF, ground: QColor, radius_px: int) -> None:
    outside = QPainterPath()
    outside.addRect(area)
    inside = QPainterPath()
    inside.addRoundedRect(area, radius_px, radius_px)
    painter.fillPath(outside - inside, ground)


def _draw_rings(painter: QPainter, area: QRectF, look: TileLook, radius_px: int) -> None:
    rings = []
    if look.speaking:
        rings.append((theme.SPEAKING, 3.0, 0.0))
    if look.focused:
        rings.append((theme.FOCUS_ON_DARK, 2.0, 4.0))
        rings.append((theme.ROOM, 1.0, 6.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width_px, inset_px in rings:
        painter.setPen(QPen(QColor(colour), width_px))
        inset = inset_px + width_px / 2
        painter.drawRoundedRect(area.adjusted(inset, inset, -inset, -inset), radius_px - 1, radius_px - 1)


def _draw_chip(painter: QPainter, area: QRectF, look: TileLook) -> None:
    left_px, top_px = _EDGE_PX, area.bottom() - _EDGE_PX - _CHIP_PX
    if look.muted:
        _draw_badge(painter, QRectF(left_px, top_px, _CHIP_PX, _CHIP_PX), "mic_off", theme.MIC_OFF_BADGE)
        left_px += _CHIP_PX + _EDGE_PX
    elif not look.cover:
        _draw_badge(painter, QRectF(left_px, top_px, _CHIP_PX, _CHIP_PX), "screen_share", theme.CHIP)
        left_px += _CHIP_PX + _EDGE_PX
    font = _font(14)
    metrics = QFontMetricsF(font)
    number = str(look.hand) if look.hand else ""
    hand_px = metrics.horizontalAdvance(number) + 26 if look.hand else 0.0
    room_px = area.width() - left_px - _EDGE_PX - 2 * _PAD_PX - hand_px
    shown = metrics.elidedText(look.name, Qt.TextElideMode.ElideRight, max(0.0, room_px))
    chip = QRectF(left_px, top_px, metrics.horizontalAdvance(shown) + hand_px + 2 * _PAD_PX, _CHIP_PX)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.HAND if look.hand else theme.CHIP))
    painter.setOpacity(1.0 if look.hand else 0.8)
    painter.drawRoundedRect(chip, 4, 4)
    painter.setOpacity(1.0)
    painter.setPen(QColor(theme.HAND_TEXT if look.hand else theme.TEXT_ON_DARK))
    painter.setFont(font)
    text = chip.adjusted(_PAD_PX, 0, -_PAD_PX, 0)
    if look.hand:
        painter.drawText(text, _LEFT, number)
        image = icons.pixmap("back_hand", theme.HAND_TEXT, 18, 2.0)
        painter.drawPixmap(QRectF(text.left() + hand_px - 22, top_px + 3, 18, 18), image, QRectF(image.rect()))
    painter.drawText(text.adjusted(hand_px, 0, 1, 0), _LEFT, shown)


def _draw_badge(painter: QPainter, badge: QRectF, icon: str, colour: str) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawRoundedRect(badge, 4, 4)
    image = icons.pixmap(icon, theme.TEXT_ON_DARK, 18, 2.0)
    painter.drawPixmap(badge.adjusted(3, 3, -3, -3), image, QRectF(image.rect()))


def _draw_lock(painter: QPainter, badge: QRectF, *, closed: bool) -> None:
    """A padlock; open, and on red, where what comes cannot be opened."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.CHIP if closed else theme.MIC_OFF_BADGE))
    painter.drawRoundedRect(badge, 4, 4)
    left_px, top_px = badge.left(), badge.top()
    painter.setBrush(QColor(theme.TEXT_ON_DARK))
    painter.drawRoundedRect(QRectF(left_px + 6, top_px + 11, 12, 8), 1.5, 1.5)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(theme.TEXT_ON_DARK), 2))
    shackle = QPainterPath(QPointF(left_px + 8.5, top_px + 11))
    shackle.lineTo(left_px + 8.5, top_px + 8)
    shackle.arcTo(QRectF(left_px + 8.5, top_px + 4.5, 7, 7), 180, -180 if closed else -130)
    if closed:
        shackle.lineTo(left_px + 15.5, top_px + 11)
    painter.drawPath(shackle)


def _draw_bars(painter: QPainter, area: QRectF, bars: int) -> None:
    ground = QRectF(area.right() - 36, area.bottom() - _EDGE_PX - _CHIP_PX, 32, _CHIP_PX)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.CHIP))
    painter.drawRoundedRect(ground, 4, 4)
    for index in range(3):
        height_px = 5.0 + 5 * index
        painter.setBrush(QColor(theme.TEXT_ON_DARK if index < bars else theme.BUTTON_EDGE))
        painter.drawRect(QRectF(ground.left() + 6 + 8 * index, ground.bottom() - 4 - height_px, 5, height_px))


def _draw_veil(painter: QPainter, area: QRectF) -> None:
    """A picture that stands still must not look alive."""
    veil = QColor(theme.ROOM)
    veil.setAlphaF(0.6)
    painter.fillRect(area, veil)


def _draw_waiting(painter: QPainter, area: QRectF) -> None:
    font = _font(14)
    text = tr("room.tile_waiting")
    width_px = min(area.width() - 2 * _EDGE_PX, QFontMetricsF(font).horizontalAdvance(text) + 2 * _PAD_PX)
    place = QRectF(_EDGE_PX, area.bottom() - 2 * (_EDGE_PX + _CHIP_PX), width_px, _CHIP_PX)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.CHIP))
    painter.drawRoundedRect(place, 4, 4)
    painter.setFont(font)
    painter.setPen(QColor(theme.TEXT_ON_DARK))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
