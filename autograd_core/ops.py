"""Operations that NumPy has no name for."""
