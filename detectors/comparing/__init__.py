"""Two arms compared at any time: confidence sequences that hold however often one looks."""
