"""From a payload, or an address, to one record of an article."""
