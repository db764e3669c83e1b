"""Receivers of alerts: one file each, found by :mod:`streams.receivers.discovery`."""
