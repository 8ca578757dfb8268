"""A fair's offline pack: made and signed on the server, served in the hall, handed in after it.

`make` writes it (`contents` in a `box`, sealed by `keys`), `opened` checks and reads it, `desk`
answers from it, `journal` keeps slips and marks of the hall, `hand_in` brings them home.
"""
