"""Where layers, initialisers and loaders draw from: one stream per thread, or a generator of your own."""

from autograd_core import random

Generator, manual_seed, stream = random.Generator, random.manual_seed, random.stream
