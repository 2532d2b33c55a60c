"""End-to-end comparison of Cloakroom with redis-server: CPU, memory, expiry. Standard library only."""
