"""The tests of Tornavoz; a package, because a dependency ships a package of the same name."""
