package secret

import "io/fs"

// isPrivate cannot be told from a mode: Windows keeps who may read a file in its access list, which a file takes from its folder.
func isPrivate(fs.FileMode) bool { return true }
