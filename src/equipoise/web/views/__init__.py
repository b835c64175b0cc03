"""Views, one module a noun. Two shapes only: read and render; form, perform, redirect."""
