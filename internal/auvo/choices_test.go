package auvo

import (
	"context"
	"slices"
	"testing"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/record"
)

func TestChoicesAreTheActiveTypesTheGroupsAndTheStagesSeen(t *testing.T) {
	e := setup(t, Options{})
	seedSources(e, auvosim.Data{Users: []auvosim.Record{{"userID": 571, "name": "Téo Técnico"}}, Tasks: []auvosim.Record{job}, Quotations: []auvosim.Record{budget}})
	titles := map[string][]string{}
	for _, c := range e.Choices(context.Background()) {
		if c.Wrong != "" {
			t.Errorf("%s: %s", c.Name, c.Wrong)
		}
		for _, v := range c.Choices {
			if v.Code == "" || v.Code == "0" {
				t.Errorf("%s: %+v", c.Name, v)
			}
			titles[c.Name] = append(titles[c.Name], v.Title)
		}
	}
	if len(titles[record.TaskTypes]) == 0 || len(titles[record.CustomerGroups]) == 0 || !slices.Equal(titles[record.QuotationStages], []string{"Aprovado"}) || !slices.Contains(titles[record.Users], "Téo Técnico") {
		t.Errorf("%v", titles)
	}
	if _, err := e.Open(context.Background()); err != nil {
		t.Error(err)
	}
}
