"""Letters and signs that look like Latin letters, as disguises of words use them.

``@compiled`` loops hold these tables: naming them here renews their code when this file changes.
"""

from typing import Final

LOOKALIKES: Final = dict(
    zip(
        "аеорсухіјѕԁӏвнкмтгһпԛԝαεικνορτυχωᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢǫ",
        "aeopcyxijsdlbhkmtrhnqwaeiknoptuxwabcdefghijklmnoprstuvwyzq",
        strict=True,
    )
)
"""Letters of other scripts, and small capitals."""

LEET_LETTERS: Final = dict(zip("013457@$!", "oieastasi", strict=True))
"""Digits and signs that stand for letters."""
