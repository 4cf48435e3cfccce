"""`pocketpay simulate`: a throw-away system, a plan that follows from a seed, faults in the middle of it, and then
everything that was acknowledged is looked for. What is asked for and what is broken is data (`plan`, of `buying`,
`wallets`, `subscribing` and `faults`); `living` runs the system, `acting` asks, `breaking` breaks, `looking` reads
what is there then, `comparing` finds what is lost or doubled, `report` says it.
"""
