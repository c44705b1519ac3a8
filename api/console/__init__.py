"""The web page: ask, look at events, try a what-if; NiceGUI on the same application as the REST API.

`page.mount` puts it there. Nothing is imported here: `login` and `words` do without the page's library.
"""
