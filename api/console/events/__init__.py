"""Events: their timeline and list, the page of one of them, and what people do with them."""
