"""Dialogs of the window. None is modal: a meeting goes on behind them, and its buttons stay within reach."""
