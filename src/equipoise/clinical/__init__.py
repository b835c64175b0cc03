"""What medicine says: laboratory units, renal function, lesions, RECIST, PET, radiotherapy and questionnaires.

Pure rules on plain values. Each module stands alone and cites its source.
"""

from equipoise.clinical import words  # declares the sentences before any rule speaks

__all__ = ["words"]
