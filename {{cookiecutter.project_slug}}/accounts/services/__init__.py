"""Operations on accounts, shared by all entry points: one module for each topic."""
