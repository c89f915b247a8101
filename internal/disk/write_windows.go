package disk

// MayWrite says nothing: access lists alone know, and opening the file tells.
func MayWrite(string) error { return nil }
