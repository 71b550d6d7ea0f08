"""The endpoints, one file per kind of object: parameters come checked, what is returned is the answer."""
