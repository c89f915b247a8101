// Package disk is what file systems differ in.
package disk

// SyncFolder has nothing to do: NTFS journals names by itself.
func SyncFolder(string) error { return nil }
