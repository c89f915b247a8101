package recordtest_test

import (
	"testing"
	"time"

	"ponte/internal/record"
	"ponte/internal/record/recordtest"
)

func TestTheSideInMemoryPassesTheSuite(t *testing.T) {
	m := &recordtest.Memory{Side: record.Auvo, Now: time.Now}
	recordtest.Suite(t, m.System(), recordtest.Case{
		Kind: record.Customer, Draft: record.Draft{Kind: record.Customer, Code: "7001", Fields: record.Fields{record.FieldName: "Padaria"}},
		Edit: record.Fields{record.FieldName: "Padaria Nova"},
	})
}
