package main

import "slices"

// What happens to an exported document when its source changes afterwards
// (design.md §7, After export): a row is what happens to the source in Auvo, a
// column how the document stands in Omie by then. Every cell runs end to end,
// for a service order, a sales order and both, in afterExport (after_export_run_test.go),
// and the table is docs/after-export.md.

// How a document stands in Omie when its source changes: the columns.
const (
	docOpen = iota
	docEdited
	docSame
	docFrozen
	docBilled
	docCancelled
	docDeleted
)

var columns = []struct{ name, says string }{
	docOpen:      {"open", "as Ponte made it"},
	docEdited:    {"edited", "a person wrote other fields: a date, a line of their own in the notes, a stage"},
	docSame:      {"same field edited", "a person wrote the very fields that the source changes"},
	docFrozen:    {"frozen", "in a stage of `frozen_stages`"},
	docBilled:    {"billed", "billed in Omie"},
	docCancelled: {"cancelled", "cancelled in Omie by a person"},
	docDeleted:   {"deleted", "deleted in Omie by a person"},
}

// What becomes of a document: the cells. Any other word is the cause for which
// it waits, left as it is.
const (
	isUpdated   = "updated"
	isCancelled = "cancelled"
	isNothing   = "nothing"
)

// A row is what happens to a source.
type row struct {
	name, says string
	quotation  bool
	onDelete   string // the account's setting; "" is the default, wait
	cells      [7]string
	change     func(*afterExport, source) // in Auvo
	back       func(*afterExport, source) // the same undone in Auvo; nil: it cannot be
	same       func(document)             // a person's edit in Omie of what the source changes
	applied    func(document) bool        // Omie holds what the source asks for
	swept      bool                       // only the sweep can tell
}

var rows = []row{
	{
		name: "edited", says: "lines edited",
		cells:  [7]string{isUpdated, isUpdated, "conflict", "changed-after-billing", "changed-after-billing", "changed-after-billing", "deleted-in-omie"},
		change: editLines, back: restoreSource, same: document.rewriteLines, applied: document.holdsEditedLines,
	},
	{
		name: "reassigned", says: "given to another technician",
		cells:  [7]string{isUpdated, isUpdated, "conflict", "changed-after-billing", "changed-after-billing", "changed-after-billing", "deleted-in-omie"},
		change: reassign, back: restoreSource, same: document.rewriteWorker, applied: document.holdsNewWorker,
	},
	{
		name: "customer changed", says: "given to another customer",
		cells:  [7]string{isUpdated, isUpdated, "conflict", "changed-after-billing", "changed-after-billing", "changed-after-billing", "deleted-in-omie"},
		change: changeCustomer, back: restoreSource, same: document.rewriteCustomer, applied: document.holdsNewCustomer,
	},
	{
		name: "un-finished", says: "opened again",
		cells:  [7]string{"no-longer-ready", "no-longer-ready", "no-longer-ready", "no-longer-ready", "no-longer-ready", isNothing, isNothing},
		change: reopen, back: restoreSource, same: document.rewriteLines,
	},
	{
		name: "deleted", says: "deleted in Auvo, with `on_delete: wait`",
		cells:  [7]string{"deleted-after-export", "deleted-after-export", "deleted-after-export", "deleted-after-export", "deleted-after-export", isNothing, isNothing},
		change: removeSource, same: document.rewriteLines,
	},
	{
		name: "deleted, cancel", says: "deleted in Auvo, with `on_delete: cancel`", onDelete: "cancel",
		cells:  [7]string{isCancelled, isCancelled, isCancelled, "deleted-after-export", "deleted-after-export", isNothing, isNothing},
		change: removeSource, same: document.rewriteLines,
	},
	{
		name: "quotation edited", says: "items edited", quotation: true,
		cells:  [7]string{isUpdated, isUpdated, "conflict", "changed-after-billing", "changed-after-billing", "changed-after-billing", "deleted-in-omie"},
		change: editLines, back: restoreSource, same: document.rewriteLines, applied: document.holdsEditedLines,
	},
	{
		name: "quotation, customer changed", says: "given to another customer", quotation: true,
		cells:  [7]string{isUpdated, isUpdated, "conflict", "changed-after-billing", "changed-after-billing", "changed-after-billing", "deleted-in-omie"},
		change: changeCustomer, back: restoreSource, same: document.rewriteCustomer, applied: document.holdsNewCustomer,
	},
	{
		name: "quotation, stage left", says: "moved out of the approved stages", quotation: true,
		cells:  [7]string{"no-longer-ready", "no-longer-ready", "no-longer-ready", "no-longer-ready", "no-longer-ready", isNothing, isNothing},
		change: leaveStage, back: restoreSource, same: document.rewriteLines,
	},
	{
		name: "quotation deleted", says: "deleted in Auvo, with `on_delete: wait`; seen by the sweep", quotation: true, swept: true,
		cells:  [7]string{"deleted-after-export", "deleted-after-export", "deleted-after-export", "deleted-after-export", "deleted-after-export", isNothing, isNothing},
		change: removeSource, same: document.rewriteLines,
	},
	{
		name: "quotation deleted, cancel", says: "deleted in Auvo, with `on_delete: cancel`; seen by the sweep", quotation: true, swept: true, onDelete: "cancel",
		cells:  [7]string{isCancelled, isCancelled, isCancelled, "deleted-after-export", "deleted-after-export", isNothing, isNothing},
		change: removeSource, same: document.rewriteLines,
	},
}

// What a source becomes, as the rules of the account say by task type or requester.
var creates = []struct {
	name  string
	kinds []string // the lists of the simulator
}{
	{"service order", []string{"os"}},
	{"sales order", []string{"pedidos"}},
	{"both", []string{"os", "pedidos"}},
}

// standings are the columns of a source's documents, one each. Of two, each is
// treated by its own: the mixed pairs are those that tell most.
func standings(documents int) [][]int {
	var out [][]int
	for c := range columns {
		out = append(out, slices.Repeat([]int{c}, documents))
	}
	if documents == 2 {
		out = append(out, []int{docBilled, docOpen}, []int{docOpen, docBilled}, []int{docOpen, docCancelled}, []int{docDeleted, docOpen}, []int{docSame, docBilled})
	}
	return out
}
