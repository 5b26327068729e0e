"""What a server of La Suite Meet is configured with, and the answer of `/config/`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

SOURCES = ["camera", "microphone", "screen_share", "screen_share_audio"]


@dataclass
class Options:
    """May be changed while the server runs.

    `recording`: `works`, `no_egress` (starting answers 502) or `off`; `step_s` is how long each of its states lasts.
    `speaks`: once subtitles are asked for, the agent says a stock phrase in everybody's name again and again.
    `agent_hidden`: LiveKit tells nobody that the agent is there.
    `config` is laid over the answer of `/config/`.
    """

    session_cookie: str = "sessionid"
    session_life_s: int = 43_200
    waiting_s: float = 3.0
    denied_s: float = 5.0
    accepted_s: float = 21_600.0
    entries_per_minute: int = 150
    unregistered_rooms: bool = False
    telephony: bool = True
    subtitles: bool = True
    speaks: bool = False
    agent_hidden: bool = False
    diagnostics: bool = True
    recording: str = "works"
    step_s: float = 0.3
    edit_names: bool = True
    redirect_hosts: tuple[str, ...] = ()
    config: dict[str, Any] = field(default_factory=dict)


def config(options: Options, livekit_url: str) -> dict[str, Any]:
    """The answer of `/config/` (`core/api/__init__.py` of the server)."""
    mega = 1024 * 1024
    images = {"allowed_extensions": [".jpeg", ".jpg", ".png"], "allowed_mimetypes": ["image/jpeg", "image/png"]}
    return {
        "LANGUAGE_CODE": "en-us",
        "recording": {
            "is_enabled": options.recording != "off",
            "available_modes": ["screen_recording", "transcript"],
            "expiration_days": None,
            "max_duration": None,
        },
        "background_image": {"upload_is_enabled": True, "max_count_by_user": 10, "max_size": 2 * mega, **images},
        "telephony": {
            "enabled": options.telephony,
            "default_country": "FR",
            "international_phone_number": "+33 1 23 45 67 89" if options.telephony else None,
        },
        "resource": {"default_access_level": "public"},
        "subtitle": {"enabled": options.subtitles},
        "diagnostics": {"connection_test_enabled": options.diagnostics},
        "livekit": {
            "url": livekit_url,
            "force_wss_protocol": False,
            "enable_firefox_proxy_workaround": False,
            "default_sources": SOURCES,
        },
        "authenticated_users_can_edit_display_name": options.edit_names,
        "custom_css_url": None,
        "analytics": {},
        "support": {},
        "silence_livekit_debug_logs": False,
        "is_silent_login_enabled": True,
        "idle_disconnect_warning_delay": None,
        "feedback": {},
        "documentation_url": None,
        "external_home_url": None,
        "use_french_gov_footer": False,
        "use_proconnect_button": False,
        "manifest_link": None,
        "transcription_destination": None,
        "max_participants_for_sound": 5,
        "auto_mute_on_join_threshold": 50,
        **options.config,
    }
