"""What our window has to do with the desktop around it: tray, notices, system-wide shortcuts, a second start."""
