"""The evaluation that an examiner reads: who takes part, how they are judged, what to doubt."""
