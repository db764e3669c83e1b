"""Noting who changed what: entries on the audit topic, which the sink stores."""
