package web

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"ponte/internal/config"
	"ponte/internal/record"
)

// catalogueOrder and catalogueTitles name the catalogues for people.
var (
	catalogueOrder = []string{
		record.TaskTypes, record.CustomerGroups, record.QuotationStages, record.Categories, record.BankAccounts, record.PaymentTerms, record.ServiceStages, record.SalesStages,
		record.CatalogServices, record.StockLocations, record.Projects, record.Salespeople, record.Users, record.Companies,
	}
	catalogueTitles = map[string]string{
		record.TaskTypes: "Tipos de tarefa do Auvo", record.CustomerGroups: "Grupos de clientes do Auvo", record.QuotationStages: "Etapas dos orçamentos do Auvo", record.Categories: "Categorias do Omie",
		record.BankAccounts: "Contas correntes do Omie", record.PaymentTerms: "Condições de pagamento do Omie", record.ServiceStages: "Etapas da ordem de serviço no Omie",
		record.SalesStages: "Etapas do pedido de venda no Omie", record.CatalogServices: "Serviços do Omie", record.StockLocations: "Locais de estoque do Omie", record.Projects: "Projetos do Omie", record.Salespeople: "Vendedores do Omie", record.Users: "Usuários do Auvo", record.Companies: "Empresas do Omie",
	}
)

// leadingOptions are values of a setting that no catalogue lists.
var leadingOptions = map[string][]string{"stock_location": {"default", "all"}, "fallback_service": {"0"}}

// field is a setting in the assistant's form. A catalogue that was read turns it into
// a choice; gap says that what is chosen is not in it.
func (d *drafting) field(f stepField, typed map[string]string) (field formField, gap string) {
	keys := d.account.Keys(f.block)
	at := slices.IndexFunc(keys, func(k config.Key) bool { return k.Name == f.key })
	k := keys[at]
	if text, given := typed[f.path()]; given {
		k.Value = text
	}
	field = formFieldOf(0, k)
	field.ID, field.Name = strings.ReplaceAll(f.path(), ".", "-"), formPrefix+f.path()
	list, read := d.lists[f.list]
	if f.list == "" || !read || list.Wrong != "" || len(list.Choices) == 0 {
		return field, ""
	}
	return chosenFrom(field, f.key, k, list)
}

func chosenFrom(field formField, key string, k config.Key, list record.Catalogue) (formField, string) {
	field.Hint = ""
	several := k.Form == config.FormNumbers || k.Form == config.FormLines
	values := strings.FieldsFunc(k.Value, func(r rune) bool { return r == '\n' })
	if field.Form = config.FormChoice; several {
		field.Form, field.Hint = config.FormChoices, ""
		if w := emptyWords[key]; w != "" {
			field.Label += " (nenhum marcado: " + w + ")"
		}
	}
	known := map[string]bool{}
	offer := func(code, label string) {
		known[code] = true
		field.Options = append(field.Options, formOption{code, label, slices.Contains(values, code)})
	}
	if lead := leadingOptions[key]; !several && lead == nil {
		offer("", "escolha…")
	} else {
		for _, code := range lead {
			offer(code, valueOf(key, code))
		}
	}
	for _, c := range list.Choices {
		label := c.Title
		if c.Code != c.Title {
			label += " (" + c.Code + ")"
		}
		offer(c.Code, label)
	}
	var gap string
	for _, value := range values {
		if !known[value] && value != "0" {
			offer(value, value+" (não está na lista)")
			gap = "“" + labelOf(key) + "”: " + value + " não está na lista lida agora. Escolha outro valor."
		}
	}
	return field, gap
}

// zoneOf is an account's time zone; one that is wrong is São Paulo's.
func zoneOf(a config.Account) *time.Location {
	for _, name := range []string{a.Timezone, "America/Sao_Paulo"} {
		if zone, err := time.LoadLocation(name); err == nil && name != "" {
			return zone
		}
	}
	return time.UTC
}

// duration writes how long something takes: "40 s", "12 min".
func duration(seconds int) string {
	if seconds < 100 {
		return strconv.Itoa(max(seconds, 1)) + " s"
	}
	return strconv.Itoa((seconds+59)/60) + " min"
}
