package record

// A Notice is what a vendor's webhook says: something happened to a record. It
// is a hint and nothing more; the record itself is read again through the API.
type Notice struct {
	Topic string // the vendor's words: "ClienteFornecedor.Alterado", "Tarefas/Alteracao"
	Ref   Ref    // the record; of no kind when it is none that Ponte knows
	Feed  string // the partial feed that moved ("stock"); "": the record itself
	Gone  bool   // the vendor says that it was deleted
	ByAPI bool   // the vendor says that a program did it, ours or another
	// Mark sets this event apart from a like one: a delivery made again repeats
	// it. "" when the vendor's body has none.
	Mark string
}
