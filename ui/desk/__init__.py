"""The data desk: the samples of a project, to look through, add to and mend."""
