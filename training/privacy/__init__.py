"""Judging the privacy detector: a generated corpus, public data, and the card."""
