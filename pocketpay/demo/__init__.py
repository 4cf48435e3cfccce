"""`pocketpay demo`: a company with six months of history. What is asked for is data (`plan`, of `catalogue`,
`people`, `histories` and `till`, in `steps`); `making` asks for it over HTTP, `summary` says what is there then.
"""
