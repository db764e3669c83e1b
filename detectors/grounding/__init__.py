"""Whether an answer is grounded in its sources: kernels, features and the model over them."""
