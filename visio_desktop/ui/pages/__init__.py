"""The pages of the window, one for each `meeting.state.Page`. Each shows snapshots and emits intents."""
