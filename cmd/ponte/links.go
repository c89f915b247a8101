package main

import (
	"net/url"
	"strings"

	"ponte/internal/config"
	"ponte/internal/record"
)

// recordLink is where people see a record in its own system; "" when nobody
// knows. Auvo's page of a task stands in auvo-api.md (taskUrl, "Deep link for
// office users"); Omie documents no address of a record.
func recordLink(a config.Account, ref record.Ref) string {
	base, err := url.Parse(a.Auvo.BaseURL)
	if err != nil || !strings.HasSuffix(base.Hostname(), "auvo.com.br") { // a simulator has no pages
		return ""
	}
	if ref.Kind == record.Task && ref.Side == record.Auvo {
		return "https://app.auvo.com.br/relatorioTarefas/DetalheTarefa/" + url.PathEscape(ref.ID)
	}
	return ""
}
