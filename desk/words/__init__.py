"""The desk's words for what programs call by a code, in English; the catalogue has the Spanish."""
