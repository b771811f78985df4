"""Speed and memory beside other libraries, as ratios from the same run.

    python -m benchmarks.peers          # once: a virtual environment for each peer, under .peers/
    python -m benchmarks                # every workload, one table
    python -m benchmarks conv node_1e5  # some of them

A workload is a row of `benchmarks.workloads.WORKLOADS` and a module beside it, with one function for each side (`ours`,
`torch`, `hips`, ...) that gives the `step` to be measured. Every side runs in a process of its own with one thread; the
parent asks them for rounds in turn, so that noise hits all alike, and keeps the minimum (of memory the maximum).
"""
