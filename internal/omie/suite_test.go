package omie_test

import (
	"net/http"
	"testing"

	"ponte/internal/inprocess"
	"ponte/internal/omie"
	"ponte/internal/omie/omieapi"
	"ponte/internal/omie/omiesim"
	"ponte/internal/record"
	"ponte/internal/record/recordtest"
)

func TestTheOmieSidePassesTheSuite(t *testing.T) {
	sim := &omiesim.Sim{RedundancyWindow: -1}
	client := omieapi.New(omieapi.Config{
		BaseURL: "http://omie.test/api/v1", AppKey: omiesim.DefaultAppKey, AppSecret: omiesim.DefaultAppSecret,
		HTTP: &http.Client{Transport: inprocess.Transport(sim)}, RedundancyWindow: 1,
	})
	recordtest.Suite(t, omie.New(client, omie.Options{}), recordtest.Case{
		Kind: record.Customer,
		Draft: record.Draft{Kind: record.Customer, Code: "AUVOC55", Fields: record.Fields{
			record.FieldName: "Padaria Pão Quente", record.FieldDocument: "11222333000181", record.FieldPhone: "11987654321",
			record.FieldEmail: "a@padaria.test,b@padaria.test", record.FieldAddress: "Rua das Flores, 120, Centro, Campinas - SP, 13010-000",
			record.FieldComplement: "Loja 2", record.FieldActive: "true",
		}},
		Edit: record.Fields{record.FieldPhone: "1933334444", record.FieldActive: "false", record.FieldComplement: ""},
	})
	for _, v := range sim.Violations() {
		t.Errorf("%+v", v)
	}
}
