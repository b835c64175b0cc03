"""Remission of acute leukaemia in weeks: 21 children under placebo (arm 0), 21 under 6-mercaptopurine (arm 1).

Freireich et al., Blood 1963;21:699, as printed by Gehan 1965 and Cox 1972.
"""

PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
TREATED = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
TIME = PLACEBO + TREATED
EVENT = [1] * 21 + [1] * 9 + [0] * 12
ARM = [0] * 21 + [1] * 21
