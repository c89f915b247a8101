package auvo_test

import (
	"net/http"
	"testing"

	"ponte/internal/auvo"
	"ponte/internal/auvo/auvoapi"
	"ponte/internal/auvo/auvosim"
	"ponte/internal/inprocess"
	"ponte/internal/record"
	"ponte/internal/record/recordtest"
)

func TestTheAuvoSidePassesTheSuite(t *testing.T) {
	sim := &auvosim.Sim{}
	client := auvoapi.New(auvoapi.Config{
		BaseURL: "http://auvo.test/v2", APIKey: auvosim.DefaultAPIKey, APIToken: auvosim.DefaultAPIToken,
		HTTP: &http.Client{Transport: inprocess.Transport(sim)},
	})
	named := func(kind record.Kind, code string, more record.Fields) record.Draft {
		return record.Draft{Kind: kind, Code: code, Fields: record.Fields{record.FieldName: "Filtro 10\""}.With(more)}
	}
	recordtest.Suite(
		t, auvo.New(client, auvo.Options{}),
		recordtest.Case{
			Kind: record.Customer,
			Draft: named(record.Customer, "7000000001", record.Fields{
				record.FieldDocument: "11222333000181", record.FieldPhone: "11987654321", record.FieldEmail: "a@padaria.test",
				record.FieldAddress: "RUA A, 10, CENTRO, SAO PAULO - SP, 01001-000", record.FieldComplement: "Sala 1", record.FieldActive: "true",
			}),
			Edit: record.Fields{record.FieldPhone: "1933334444", record.FieldActive: "false"},
		},
		recordtest.Case{
			Kind:  record.Product,
			Draft: named(record.Product, "FIL-10", record.Fields{record.FieldActive: "true"}),
			Edit:  record.Fields{record.FieldPrice: "35.5", record.FieldStock: "12"},
		},
		recordtest.Case{
			Kind:  record.Service,
			Draft: named(record.Service, "7000000100", record.Fields{record.FieldPrice: "150.25"}),
			Edit:  record.Fields{record.FieldPrice: "160"},
		},
	)
	for _, v := range sim.Violations() {
		t.Errorf("%+v", v)
	}
}
