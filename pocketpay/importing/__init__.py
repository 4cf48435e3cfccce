"""`pocketpay import`: files (`reading`) of `rows` make a plan (`planning`, of what is there: `looking`), which is
previewed (`previewing`) or carried out over HTTP (`carrying`, `calling`), and told (`report`).
"""
