"""Visio Desktop: a native client for meetings on self-hosted WebRTC servers."""

__version__ = "0.1.0"
