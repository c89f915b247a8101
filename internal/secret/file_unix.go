//go:build !windows

package secret

import "io/fs"

// isPrivate also lets 0440 pass: systemd hands a credential to a service with that mode, and nobody can write it.
func isPrivate(mode fs.FileMode) bool { return mode&0o077 == 0 || mode == 0o440 }
