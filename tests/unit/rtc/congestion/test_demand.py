from __future__ import annotations

from visio_desktop.rtc.congestion.demand import Demand, LayerDemand, Priority


def test_sound_is_served_before_screens_and_screens_before_cameras() -> None:
    assert sorted([Priority.CAMERA, Priority.SOUND, Priority.SCREEN]) == [
        Priority.SOUND,
        Priority.SCREEN,
        Priority.CAMERA,
    ]


def test_layers_are_wanted_unless_said_otherwise() -> None:
    demand = Demand(Priority.CAMERA, (LayerDemand(1, 2), LayerDemand(3, 4, wanted=False)))
    assert [layer.wanted for layer in demand.layers] == [True, False]
