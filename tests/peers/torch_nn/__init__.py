"""The layers beside PyTorch's, in 64 bits: `python -m tests.peers.torch_nn [NAME ...]` (after `make peers`).

Each family has a file here that draws random configurations of its classes and functions (`configurations`). What is drawn is
computed by both, from the same parameters: outputs, gradients of inputs and parameters, and buffers afterwards.
"""
