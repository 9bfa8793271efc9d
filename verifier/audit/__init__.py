"""`verifier audit`: how often an organisation's own process, the tool and its people, is right on calls of known truth.

`people.py` (recordings and the consent to use them) -> `draw.py` (a blind set) -> `sets.py` (what it is on disk) ->
`desk.py` (votes of people; what a page calls), `tool.py` (runs of the tool) -> `figures.py` -> `report.py`.
"""
