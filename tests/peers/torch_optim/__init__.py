"""Optimisers and schedules beside PyTorch's, in 64 bits: `python -m tests.peers.torch_optim [NAME ...]` (after `make peers`).

Both sides follow the gradients of one function from one start, with the same random settings of every argument, through groups,
steps without a gradient and changes of the rate. Half way our optimiser goes on from PyTorch's state, and at the end the states
are compared as well. Schedules are compared by the rates and the momentum that they set, computed weights by
results, gradients and buffers.
"""
